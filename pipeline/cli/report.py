"""The command `corridor report`: records in, one HTML page out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.console import Unknown, exit_if, require_other_path, say, sound_records
from pipeline.cli.diff import is_day, news_since, require_day
from pipeline.errors import ArticleError, SetupError, number_of
from pipeline.record import Record

if TYPE_CHECKING:
    from pipeline.knowledge.changes import Change
    from pipeline.knowledge.folder import Knowledge

PAGES = ("", ".html", ".htm", ".xhtml")  # endings of the name of a page


def report(
    records: Annotated[
        str, typer.Argument(help="What `corridor extract` wrote: a file, a run folder, or - for standard input.")
    ],
    out: Annotated[str, typer.Option("--out", "-o", help="The page, an HTML file; - for standard output.")],
    title: Annotated[str, typer.Option(help="Title of the page.")] = "Corridor report",
    knowledge: Annotated[
        str | None,
        typer.Option(help="What `corridor resolve` wrote: each act counts once over all articles; a page per project."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(help="With --knowledge: show what is new since another knowledge folder, or a day (2025-06-01)."),
    ] = None,
    today: Annotated[
        str | None,
        typer.Option(
            help="Day on which commitments may be overdue or silent.", show_default="day of the latest article"
        ),
    ] = None,
) -> None:
    """Make one HTML file of records: overview, commitments, how far they have come, a map, and each article.

    It opens from disk and loads nothing. One page holds at most 10,000 articles.

    Example: corridor report records.jsonl -o report.html
    """
    require_other_path(records, out)
    _require_page(out)
    from pipeline.knowledge.folder import of_folder
    from pipeline.publish.report.data import gather
    from pipeline.publish.report.page import html
    from pipeline.whole import whole_file

    if since is not None and knowledge is None:
        raise SetupError("--since compares knowledge folders; name that of now with --knowledge")
    for day in filter(None, (since if since and is_day(since) else None, today)):
        require_day(day)
    known = of_folder(knowledge) if knowledge else None
    changes = (since, _changes(since, known, knowledge, today)) if since and known and knowledge else None
    failed: list[ArticleError] = []
    unknown = Unknown(known)

    def counted() -> Iterator[Record]:
        for record in sound_records([records], failed):
            unknown.add(record)
            yield record

    data = gather(counted(), known, today, changes)
    unknown.say(knowledge)
    number = len(data.index["articles"])
    if not number:
        raise SetupError(f"{records}: holds no record")
    with whole_file(out) as file:
        file.write(html(title, data))
    say(f"a page of {number_of(number, 'article')} written to {out}, {len(failed)} failed")
    exit_if(failed)


def _changes(since: str, known: Knowledge, folder: str, today: str | None) -> list[Change]:
    """What is new in the knowledge since a day, or since another folder."""
    from pipeline.knowledge.decisions import read_decisions
    from pipeline.knowledge.folder import of_folder

    if Path(since).resolve() == Path(folder).resolve():
        raise SetupError(
            f"{since}: is the folder of --knowledge itself; name an older copy of it with --since, or a day"
        )
    old = known if is_day(since) else of_folder(since)
    return news_since(since, old, known, read_decisions(Path(folder)), today)


def _require_page(out: str) -> None:
    """Raises SetupError for the name of another kind of file, such as r.pdf."""
    suffix = PurePath(out).suffix
    if suffix.lower() not in PAGES:
        name = PurePath(out).with_suffix(".html")
        raise SetupError(f"{out}: a report is an HTML page, not a {suffix} file; name it {name} (a browser prints it)")
