"""The command `corridor export`: records in; tables, a database, IATI activities, entities or a graph out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import typer

from pipeline.cli.console import Unknown, exit_if, located_records, require_other_path, say
from pipeline.cli.options import Records
from pipeline.errors import ArticleError, SetupError, number_of
from pipeline.knowledge.decisions import published, read_matches
from pipeline.knowledge.folder import of_folder
from pipeline.publish import FORMATS, TABLES, Form, Options
from pipeline.publish import export as write
from pipeline.record import Record
from pipeline.review.accepted.agreement import Selection

Only = Literal["accepted", "all"]


def export(
    records: Records,
    out: Annotated[
        str,
        typer.Option("--out", "-o", help="A folder for parquet, csv, jsonl; else a file (a graph: .graphml, .gexf)."),
    ],
    to: Annotated[Form, typer.Option(help="Tables in one of five forms, IATI, FollowTheMoney or a graph.")],
    knowledge: Annotated[
        Path | None,
        typer.Option(help="For tables and graphs: a folder of `corridor resolve`, to add its lasting ids."),
    ] = None,
    matches: Annotated[
        Path | None,
        typer.Option(help="With --knowledge: a table of `corridor match`; ids that are accepted in it are written."),
    ] = None,
    safe_csv: Annotated[
        bool,
        typer.Option("--safe-csv", help="For csv: a ' before text that a spreadsheet would read as a formula."),
    ] = False,
    reviewed: Annotated[
        Path | None, typer.Option(help="Folder of `corridor review` (--gold) with decisions on these articles.")
    ] = None,
    only: Annotated[
        Only | None,
        typer.Option(help="With --reviewed: what a person accepted, or all.", show_default="accepted for iati and ftm"),
    ] = None,
    reporting_org: Annotated[
        str, typer.Option(help="For iati: the identifier under which you publish.", show_default="a placeholder")
    ] = Options.reporting_org,
    reporting_org_name: Annotated[str, typer.Option(help="For iati: your name.")] = Options.reporting_org_name,
) -> None:
    """Write records as tables for pandas, Excel and DuckDB, as IATI, FollowTheMoney entities or a graph for Gephi.

    Columns and views: docs/tables.md. The other formats: docs/export.md.

    Example: corridor export records.jsonl --to parquet -o tables/
    """
    require_other_path(records, out)
    _require_path_for(out, to)
    _require_knowledge_for(to, knowledge, matches)
    if safe_csv and to != "csv":
        raise SetupError(f"--safe-csv is for csv; {to} holds no formulas")

    accepted = _selection(reviewed, only, to)

    failures: list[str] = []
    stated = 0

    def failed(error: ArticleError) -> None:
        failures.append(error.where)
        say(str(error))

    known = of_folder(knowledge)
    if matches:
        known.published = published(read_matches(matches), known.links)
    options, unknown = Options(to, known, reporting_org, reporting_org_name, safe_csv), Unknown(known)

    def counted() -> Iterator[tuple[str, Record | ArticleError]]:
        nonlocal stated
        for where, found in located_records(records):
            if isinstance(found, Record):
                unknown.add(found)
                stated += len(found.commitments)
            yield where, found

    try:
        number = write(counted(), out, options, failed, accepted)
    finally:
        if accepted:
            say(accepted.summary())
    unknown.say(knowledge)
    if to == "iati" and reporting_org == Options.reporting_org:
        say("the reporting organisation is a placeholder; set yours with --reporting-org before you publish")
    if not reviewed and FORMATS[to].publishes:
        say(f"nobody has accepted these {number_of(stated, 'commitment')}; review them, then export with --reviewed")
    escaped = "; text that begins like a formula has a ' before it" if safe_csv else ""
    say(f"{number_of(number, 'record')} exported to {out}, {len(failures)} failed{escaped}")
    exit_if(failures)


def _require_knowledge_for(to: Form, knowledge: Path | None, matches: Path | None) -> None:
    """Raises SetupError if a knowledge folder or a table of matches is given for a form that cannot hold it."""
    if matches and not knowledge:
        raise SetupError("--matches has lasting ids; name their folder with --knowledge")
    if matches and to == "graph":
        raise SetupError("--matches is for tables, iati and ftm; a graph holds no ids of activities")
    if knowledge and not FORMATS[to].knowledge and not matches:
        raise SetupError(f"--knowledge is for tables and graphs; {to} cannot hold lasting ids without --matches")


def _require_path_for(out: str, to: Form) -> None:
    """Raises SetupError if the name of a folder is given for a file, or that of a file for a folder."""
    if to in TABLES:
        if Path(out).suffix.removeprefix(".") in TABLES and not Path(out).is_dir():
            raise SetupError(f"{out}: {to} is a folder with a file for each table; name a folder with -o")
    elif out.endswith("/"):
        raise SetupError(f"{out}: {to} is one file; name a file with -o")


def _selection(reviewed: Path | None, only: Only | None, to: Form) -> Selection | None:
    """What people accepted, if no more is to be exported. Raises SetupError where a folder holds no review."""
    if not reviewed:
        if only == "accepted":
            raise SetupError("--only accepted needs decisions: name the folder of `corridor review` with --reviewed")
        return None
    chosen = Selection(reviewed)
    if only is None and not FORMATS[to].publishes:
        raise SetupError(f"--reviewed with --to {to}: say which commitments you want: --only accepted or --only all")
    return None if only == "all" else chosen
