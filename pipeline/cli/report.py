"""The command `corridor report`: records in, one HTML page out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import Annotated

import typer

from pipeline.cli.console import Unknown, exit_if, require_other_path, say, sound_records
from pipeline.errors import ArticleError, SetupError, number_of
from pipeline.record import Record

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
) -> None:
    """Make one HTML file of records: overview, commitments, and each article with its mentions marked.

    It opens from disk and loads nothing. One page holds at most 10,000 articles.

    Example: corridor report records.jsonl -o report.html
    """
    require_other_path(records, out)
    _require_page(out)
    from pipeline.export.whole import whole_file
    from pipeline.knowledge import of_folder
    from pipeline.report.data import gather
    from pipeline.report.page import html

    known = of_folder(knowledge) if knowledge else None
    failed: list[ArticleError] = []
    unknown = Unknown(known)

    def counted() -> Iterator[Record]:
        for record in sound_records([records], failed):
            unknown.add(record)
            yield record

    data = gather(counted(), known)
    unknown.say(knowledge)
    number = len(data.index["articles"])
    if not number:
        raise SetupError(f"{records}: holds no record")
    with whole_file(out) as file:
        file.write(html(title, data))
    say(f"a page of {number_of(number, 'article')} written to {out}, {len(failed)} failed")
    exit_if(failed)


def _require_page(out: str) -> None:
    """Raises SetupError for the name of another kind of file, such as r.pdf."""
    suffix = PurePath(out).suffix
    if suffix.lower() not in PAGES:
        name = PurePath(out).with_suffix(".html")
        raise SetupError(f"{out}: a report is an HTML page, not a {suffix} file; name it {name} (a browser prints it)")
