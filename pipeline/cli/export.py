"""The commands `corridor export`, tables and other formats of records, and `report` and `show`, pages to read."""

from pathlib import Path, PurePath
from typing import Annotated, Literal

from rich.console import Console
from typer import Argument, Option

from pipeline.atomic import whole_file
from pipeline.cli.console import (
    Located,
    exit_if,
    known_records,
    located_records,
    refuse,
    require_other_path,
    say,
    sound_records,
)
from pipeline.cli.options import Records, Today, day_or_folder, is_day
from pipeline.cli.resolve import news_since
from pipeline.errors import ArticleError, number_of
from pipeline.knowledge.decisions import published, read_decisions, read_matches
from pipeline.knowledge.folder import of_folder
from pipeline.publish.formats import FORMATS, TABLES, Form, Options
from pipeline.publish.formats import export as write
from pipeline.publish.report.data import gather
from pipeline.publish.report.page import html
from pipeline.publish.report.terminal import render
from pipeline.record import Record
from pipeline.review.accepted.agreement import Selection

PAGES = ("", ".html", ".htm", ".xhtml")  # endings of the name of a page
Only = Literal["accepted", "accepted-or-agreed", "all"]


def export(
    records: Records,
    out: Annotated[
        str, Option("--out", "-o", help="A folder for parquet, csv, jsonl; else a file (a graph: .graphml, .gexf).")
    ],
    to: Annotated[Form, Option(help="Tables in one of five forms, IATI, FollowTheMoney or a graph.")],
    knowledge: Annotated[
        Path | None, Option(help="For tables and graphs: a folder of `corridor resolve`, to add its lasting ids.")
    ] = None,
    matches: Annotated[
        Path | None,
        Option(help="With --knowledge: a table of `corridor match`; ids that are accepted in it are written."),
    ] = None,
    safe_csv: Annotated[
        bool, Option("--safe-csv", help="For csv: a ' before text that a spreadsheet would read as a formula.")
    ] = False,
    reviewed: Annotated[
        Path | None, Option(help="Folder of `corridor review` (--gold) with decisions on these articles.")
    ] = None,
    only: Annotated[
        Only | None,
        Option(
            help="With --reviewed: what a person accepted, or --accept-at too, or all.",
            show_default="accepted for iati and ftm",
        ),
    ] = None,
    reporting_org: Annotated[
        str, Option(help="For iati: the identifier under which you publish.", show_default="a placeholder")
    ] = Options.reporting_org,
    reporting_org_name: Annotated[str, Option(help="For iati: your name.")] = Options.reporting_org_name,
) -> None:
    """Write records as tables for pandas, Excel and DuckDB, as IATI, FollowTheMoney entities or a graph for Gephi.

    Columns and views: docs/tables.md. The other formats: docs/export.md.

    Example: corridor export records.jsonl --to parquet -o tables/
    """
    require_other_path(records, out)
    _require_options(out, to, knowledge, matches, safe_csv)
    accepted = _selection(reviewed, only, to)
    failures: list[str] = []
    stated = 0

    def failed(error: ArticleError) -> None:
        failures.append(error.where)
        say(str(error))

    known = of_folder(knowledge)
    if matches:
        known.published = published(read_matches(matches), known.links)
    options = Options(to, known, reporting_org, reporting_org_name, safe_csv)

    def counted() -> Located:
        nonlocal stated
        for where, record in known_records(located_records(records), known, knowledge):
            stated += len(record.commitments) if isinstance(record, Record) else 0
            yield where, record

    try:
        number = write(counted(), out, options, failed, accepted)
    finally:
        if accepted:
            say(accepted.summary())
    if to == "iati" and reporting_org == Options.reporting_org:
        say("the reporting organisation is a placeholder; set yours with --reporting-org before you publish")
    if not reviewed and FORMATS[to].publishes:
        say(f"nobody has accepted these {number_of(stated, 'commitment')}; review them, then export with --reviewed")
    escaped = "; text that begins like a formula has a ' before it" if safe_csv else ""
    say(f"{number_of(number, 'record')} exported to {out}, {len(failures)} failed{escaped}")
    exit_if(failures)


def _require_options(out: str, to: Form, knowledge: Path | None, matches: Path | None, safe_csv: bool) -> None:
    """Raises SetupError where the path or an option does not go with the form."""
    named, tables = Path(out).suffix.removeprefix(".") in TABLES and not Path(out).is_dir(), to in TABLES
    lasting = FORMATS[to].knowledge or matches
    refuse(
        (tables and named, f"{out}: {to} is a folder with a file for each table; name a folder with -o"),
        (not tables and out.endswith("/"), f"{out}: {to} is one file; name a file with -o"),
        (matches and not knowledge, "--matches has lasting ids; name their folder with --knowledge"),
        (matches and to == "graph", "--matches is for tables, iati and ftm; a graph holds no ids of activities"),
        (
            knowledge and not lasting,
            f"--knowledge is for tables and graphs; {to} cannot hold lasting ids without --matches",
        ),
        (safe_csv and to != "csv", f"--safe-csv is for csv; {to} holds no formulas"),
    )


def _selection(reviewed: Path | None, only: Only | None, to: Form) -> Selection | None:
    """What people accepted, if no more is to be exported. Raises SetupError where a folder holds no review."""
    needs = f"--only {only} needs decisions: name the folder of `corridor review` with --reviewed"
    refuse((only not in (None, "all") and not reviewed, needs))
    if not reviewed:
        return None
    chosen, unsaid = Selection(reviewed, only == "accepted-or-agreed"), only is None and not FORMATS[to].publishes
    refuse((unsaid, f"--reviewed with --to {to}: say which commitments you want: --only accepted or --only all"))
    return None if only == "all" else chosen


def report(
    records: Records,
    out: Annotated[str, Option("--out", "-o", help="The page, an HTML file; - for standard output.")],
    title: Annotated[str, Option(help="Title of the page.")] = "Corridor report",
    knowledge: Annotated[
        str | None,
        Option(help="What `corridor resolve` wrote: each act counts once over all articles; a page per project."),
    ] = None,
    since: Annotated[
        str | None,
        Option(
            callback=day_or_folder,
            help="With --knowledge: show what is new since another knowledge folder, or a day (2025-06-01).",
        ),
    ] = None,
    today: Today = None,
) -> None:
    """Make one HTML file of records: overview, commitments, how far they have come, a map, and each article.

    It opens from disk and loads nothing. One page holds at most 10,000 articles.

    Example: corridor report records.jsonl -o report.html
    """
    require_other_path(records, out)
    suffix = PurePath(out).suffix
    page = f"a report is an HTML page, not a {suffix} file; name it {out.removesuffix(suffix)}.html"
    refuse(
        (suffix.lower() not in PAGES, f"{out}: {page} (a browser prints it)"),
        (since and not knowledge, "--since compares knowledge folders; name that of now with --knowledge"),
    )
    known = of_folder(knowledge) if knowledge else None
    changes = None
    if since and known and knowledge:
        same = Path(since).resolve() == Path(knowledge).resolve()
        refuse((same, f"{since}: is the folder of --knowledge itself; name an older copy of it with --since, or a day"))
        old = known if is_day(since) else of_folder(since)
        changes = since, news_since(since, old, known, read_decisions(Path(knowledge)), today)
    failed: list[ArticleError] = []
    located = known_records(located_records(records), known, Path(knowledge) if knowledge else None)
    data = gather(sound_records(located, failed), known, today, changes)
    number = len(data.index["articles"])
    refuse((not number, f"{records}: holds no record"))
    with whole_file(out) as file:
        file.write(html(title, data))
    say(f"a page of {number_of(number, 'article')} written to {out}, {len(failed)} failed")
    exit_if(failed)


def show(
    records: Annotated[str, Argument(help="What `corridor extract` wrote, - for standard input.")],
    article: Annotated[str | None, Argument(metavar="[ID]", help="Only the record with this id.")] = None,
) -> None:
    """Show records for reading: actors, projects, commitments with their sentences.

    Example: corridor show records.jsonl
    """
    console, shown, failed = Console(), 0, list[ArticleError]()
    for record in sound_records(located_records(records), failed):
        if article in (None, record.article.id):
            shown += 1
            console.print(render(record))
    nothing = f"{records}: holds no record{f' with the id {article}' if article else ''}"
    refuse((not shown and not failed, nothing))
    exit_if(failed)
