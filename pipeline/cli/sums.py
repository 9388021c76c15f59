"""The command `corridor sums`: how much money goes from whom to whom: a sentence, a table, the words behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from rich.console import Console
from rich.table import Table
from typer import Argument, Option

from pipeline.atomic import whole_file, whole_path
from pipeline.cli.console import printable, refuse
from pipeline.errors import ArticleError, SetupError
from pipeline.knowledge.answers import COLUMNS, SUMS, Act, Question, Scope, acts, between, sentence, totals
from pipeline.knowledge.folder import of_folder
from pipeline.record import Instrument
from pipeline.records import STANDARD
from pipeline.review.accepted.agreement import PUBLISHED
from pipeline.review.accepted.decisions import Reviewed, name_of
from pipeline.values.numbers import SHORT, in_words

if TYPE_CHECKING:
    import pandas as pd

Form = Literal["text", "csv", "json", "parquet"]


def sums(
    knowledge: Annotated[Path, Argument(help="Knowledge folder of `corridor resolve`.")],
    provider: Annotated[
        str | None, Option(help="Whose money: a country (CHN, China), else the name or lasting id of an actor.")
    ] = None,
    recipient: Annotated[str | None, Option(help="To whom it goes, likewise.")] = None,
    year: Annotated[int | None, Option(help="Year of the act.")] = None,
    instrument: Annotated[str, Option(metavar="NAME,...", help="Only these instruments, such as loan,grant.")] = "",
    source: Annotated[list[str], Option(help="Only acts that this outlet reports; repeatable.")] = [],  # noqa: B006
    scope: Annotated[
        Scope | None, Option(help="Only cooperation between countries, what stays in one, or business.")
    ] = None,
    by: Annotated[
        str, Option(metavar="COLUMN,...", help=f"What the sums are apart by: {', '.join(COLUMNS)}.")
    ] = "instrument,status",
    reviewed: Annotated[
        Path | None, Option(help="Folder of `corridor review`: which acts a person has accepted.")
    ] = None,
    only: Annotated[
        Literal["accepted"] | None, Option(help="With --reviewed: only acts that a person has accepted.")
    ] = None,
    with_acts: Annotated[bool, Option("--acts", help="List the acts with the words of every report.")] = False,
    to: Annotated[Form, Option("--format", "--to", help="Form of the answer.")] = "text",
    out: Annotated[str, Option("-o", "--out", help="File to write; - for standard output.")] = STANDARD,
) -> None:
    """Add up the money that goes from one country or body to another, each act once, in US dollars.

    Where outlets give other amounts the sum is a range. What counts, and what does not: docs/values.md.

    Example: corridor sums knowledge --provider CHN --recipient PAK --year 2025 --by sector,status
    """
    import pandas as pd  # slow to import

    columns, instruments = _chosen("--by", by, COLUMNS), _chosen("--instrument", instrument, get_args(Instrument))
    refuse(
        (only and not reviewed, "--only accepted needs decisions: name a folder of `corridor review` with --reviewed"),
        (to == "parquet" and out == STANDARD, "parquet cannot be written to standard output; name a file with -o"),
        (with_acts and to in ("csv", "parquet"), f"--acts lists words, for which a {to} table has no place; use json"),
    )
    question = Question(provider, recipient, year, instruments, source, _accepted(reviewed), only == "accepted", scope)
    found = acts(of_folder(knowledge), question)
    table = pd.DataFrame(totals(found, columns), columns=[*columns, *SUMS])
    if to == "parquet":
        with whole_path(out) as path:
            table.to_parquet(path, index=False)
        return
    with whole_file(out) as file:
        if to == "csv":
            table.to_csv(file, index=False)
        elif to == "json":
            rows, listed = json.loads(table.to_json(orient="records")), [asdict(act) for act in found]
            answer = {"answer": sentence(found, question), "sums": rows, "acts": listed} if with_acts else rows
            file.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
        else:
            console = Console(file=file)
            console.print(sentence(found, question), highlight=False, soft_wrap=True, markup=False)
            if found:
                console.print(_shown(table))
            for line in (line for act in found if with_acts for line in _words(act)):
                console.print(printable(line), highlight=False, soft_wrap=True, markup=False)


def _chosen(option: str, text: str, known: Sequence[str]) -> list[Any]:
    """The names in `a,b`. Raises SetupError for one that is not known."""
    names = [name for name in map(str.strip, text.split(",")) if name]
    refuse(*((name not in known, f"{option} {name}: not one of {', '.join(known)}") for name in names))
    return names


def _shown(table: pd.DataFrame) -> Table:
    """The table for a terminal, amounts in words."""
    shown = Table(box=None, pad_edge=False)
    own = [name for name in table.columns if name not in SUMS]
    for name in [*own, "USD", "expected", "acts"]:
        shown.add_column(name, justify="left" if name in own else "right")
    for row in table.to_dict("records"):
        cells = ["" if row[name] is None else str(row[name]) for name in own]
        cells += [
            between(row["low"], row["high"]),
            in_words(float(f"{row['expected']:.2g}"), SHORT),
            f"{row['acts']:g}",
        ]
        shown.add_row(*map(printable, cells), style=None if row["firm"] else "dim")
    return shown


def _words(act: Act) -> Iterator[str]:
    """An act with the words of every report of it."""
    what = " ".join([act.of["instrument"][0], act.of["status"][0], *act.of["project"][:1]])
    yield f"\n{act.id}: {in_words(act.value, SHORT)} {act.currency}, {what}"
    for one in act.reports:
        said = "" if one.value is None else f" {in_words(one.value, SHORT)} {act.currency}"
        yield f"  {one.date or 'no date'} {one.source or one.link}{said}: “{' '.join(one.quote.split())}”"


def _accepted(folder: Path | None) -> set[str] | None:
    """ARTICLE/LOCAL of the commitments that a person accepted."""
    if folder is None:
        return None
    try:
        decided = [one for rows in Reviewed(folder).all() for one in rows]
    except ArticleError as error:
        raise SetupError(str(error)) from error
    return {f"{one.article}/{one.commitment}" for one in decided if name_of(one) in PUBLISHED}
