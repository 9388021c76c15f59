"""The command `corridor report`: records in, one page for a browser out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.console import SOME_FAILED, say, sorted_out
from pipeline.errors import ArticleError, SetupError
from pipeline.records import STANDARD


def report(
    records: Annotated[
        str, typer.Argument(help="What `corridor extract` wrote: a file, a run folder, or - for standard input.")
    ],
    out: Annotated[str, typer.Option("--out", "-o", help="The page, an HTML file; - for standard output.")],
    title: Annotated[str, typer.Option(help="What stands above the page.")] = "Corridor report",
) -> None:
    """Make one HTML file of records: overview, commitments, and each article with its words marked.

    It opens from disk and loads nothing. At most 10,000 articles go into one page.

    Example: corridor report records.jsonl -o report.html
    """
    if records != STANDARD and Path(out).resolve() == Path(records).resolve():
        raise SetupError(f"{out}: holds the records; name another place with -o")
    from pipeline.export.whole import whole_file
    from pipeline.report.data import gather
    from pipeline.report.page import html

    failed: list[ArticleError] = []
    data = gather(sorted_out([records], failed))
    number = len(data.index["articles"])
    if not number:
        raise SetupError(f"{records}: holds no record")
    with whole_file(out) as file:
        file.write(html(title, data))
    say(f"a page of {number} article{'' if number == 1 else 's'} written to {out}, {len(failed)} failed")
    if failed:
        raise typer.Exit(SOME_FAILED)
