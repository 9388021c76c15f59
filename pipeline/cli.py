"""The command `corridor`: arguments in, one call out.

Hard because nobody at a terminal should meet a traceback, and `--help` should not wait for spaCy: heavy imports stand
inside the commands, and one place turns every way to fail into a message and an exit code.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from datetime import date as calendar_date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from typer.core import TyperGroup

from pipeline import __version__
from pipeline.errors import ArticleError, CorridorError, SetupError
from pipeline.export import jsonl
from pipeline.record import Article, Record, json_schema

SOME_FAILED, SETUP, STOPPED = 1, 2, 130
EXIT_CODES = (
    "Exit codes: 0 done; 1 some articles failed (named on standard error, the rest written); 2 usage or set-up."
)


def _say(message: str, console: Console | None = None) -> None:
    (console or Console(stderr=True)).print(f"corridor: {message}", markup=False, highlight=False, soft_wrap=True)


class _Commands(TyperGroup):
    """Every way to fail ends here, in a message and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except BrokenPipeError:  # `| head` has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except CorridorError as error:
            _say(str(error))
            raise typer.Exit(SETUP) from error
        except OSError as error:
            _say(f"{error.filename or 'input or output'}: {error.strerror or error}")
            raise typer.Exit(SETUP) from error
        except KeyboardInterrupt as error:
            _say("stopped before the end; a file is written only when it is complete")
            raise typer.Exit(STOPPED) from error


app = typer.Typer(
    cls=_Commands, epilog=EXIT_CODES, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
train = typer.Typer(help="Build the models in models/ from seeds and corpora.", no_args_is_help=True)
app.add_typer(train, name="train")


def main() -> None:
    """The entry point of `corridor` and `python -m pipeline`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")  # also where the locale says otherwise: the text is the world's
    app(prog_name="corridor")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"corridor {__version__}")
        raise typer.Exit


@app.callback()
def corridor(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Reads news about development cooperation and writes down who committed what to whom, with the evidence."""


def _columns(pairs: list[str]) -> dict[str, str]:
    """`text=body` -> {"text": "body"}."""
    for pair in pairs:
        if not all(pair.partition("=")):
            raise typer.BadParameter(f"{pair!r} is not of the form text=body", param_hint="--column")
    return dict(pair.split("=", 1) for pair in pairs)


def _date(value: str | None) -> str | None:
    try:
        return calendar_date.fromisoformat(value).isoformat() if value else None
    except ValueError as error:
        raise typer.BadParameter(f"{value!r} is no date like 2025-09-25") from error


@app.command(epilog=EXIT_CODES)
def extract(
    inputs: Annotated[
        list[str], typer.Argument(metavar="INPUT", help="Files, folders, globs, or - for standard input, mixed.")
    ],
    out: Annotated[str, typer.Option("--out", "-o", help="File to write, - for standard output.")] = jsonl.STANDARD,
    date: Annotated[
        str | None, typer.Option(callback=_date, help="Date of articles that carry none, such as 2025-09-25.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Source of articles that carry none.")] = None,
    column: Annotated[
        list[str], typer.Option(help="Column of a table under another name, as text=body; repeatable.")
    ] = [],  # noqa: B006  typer copies it
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress, no summary; failures are still named.")
    ] = False,
) -> None:
    """Read articles (.txt, .md, .html, .jsonl, .csv, .parquet) and write one record of JSON a line.

    Example: corridor extract news/ -o records.jsonl
    """
    from pipeline.extract import extract_stream, load
    from pipeline.readers import ReadOptions, read

    articles = read(inputs, ReadOptions(columns=_columns(column), date=date, source=source))
    with _Tally(quiet, out) as tally, jsonl.whole_file(out) as file:
        for result in extract_stream(tally.readable(articles), load()):
            if isinstance(result, Record):
                jsonl.write(result, file)
            tally.count(result)
    tally.finish()


class _Tally:
    """Counts results, names failures on standard error, and shows how it goes where someone watches."""

    def __init__(self, quiet: bool, out: str) -> None:
        self._out, self._quiet = out, quiet
        self._console = Console(stderr=True)
        watched = self._console.is_terminal and not quiet and not (out == jsonl.STANDARD and sys.stdout.isatty())
        columns = (BarColumn(), TextColumn("{task.completed} articles, {task.speed} a second"), TimeElapsedColumn())
        self._bar = Progress(*columns, console=self._console, disable=not watched, transient=True)
        self._task = self._bar.add_task("", total=None)
        self.done = self.failed = 0

    def __enter__(self) -> _Tally:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def readable(self, articles: Iterable[Article | ArticleError]) -> Iterator[Article]:
        """Passes articles on and counts what could not be read."""
        for article in articles:
            if isinstance(article, ArticleError):
                self.count(article)
            else:
                yield article

    def count(self, result: Record | ArticleError) -> None:
        self._bar.advance(self._task)
        if isinstance(result, Record):
            self.done += 1
        else:
            self.failed += 1
            _say(str(result), self._console)

    def finish(self) -> None:
        """The closing line. Raises the exit that says whether some failed."""
        target = "standard output" if self._out == jsonl.STANDARD else self._out
        if not self._quiet:
            _say(f"{self.done} read, {self.failed} failed; records in {target}", self._console)
        if self.failed:
            raise typer.Exit(SOME_FAILED)


@app.command(epilog=EXIT_CODES)
def show(
    records: Annotated[str, typer.Argument(help="What `corridor extract` wrote, - for standard input.")],
    article: Annotated[str | None, typer.Argument(metavar="[ID]", help="Only the record with this id.")] = None,
) -> None:
    """Show records as a person reads them: actors, projects, commitments with their sentences.

    Example: corridor show records.jsonl
    """
    from pipeline.review.terminal import render

    console = Console()
    found, failed = 0, 0
    for record in jsonl.read(records):
        if isinstance(record, ArticleError):
            failed += 1
            _say(str(record))
        elif article in (None, record.article.id):
            found += 1
            console.print(render(record))
    if not found and not failed:
        raise SetupError(f"{records}: holds no record{f' with the id {article}' if article else ''}")
    if failed:
        raise typer.Exit(SOME_FAILED)


@app.command()
def schema() -> None:
    """Print the JSON Schema that every record keeps to.

    Example: corridor schema
    """
    typer.echo(json.dumps(json_schema(), indent=2))


@app.command(epilog=EXIT_CODES)
def doctor() -> None:
    """Say what is installed, which models are there, what is slow and why.

    Example: corridor doctor
    """
    from pipeline.doctor import examine, table

    checks = list(examine())
    Console().print(table(checks))
    if any(check.state == "missing" for check in checks):
        raise typer.Exit(SETUP)


@train.command("sectors", epilog=EXIT_CODES)
def train_sectors(
    data: Annotated[
        Path, typer.Option(help="Folder with the coded projects: aiddata_*.jsonl, worldbank_projects.jsonl.")
    ],
    out: Annotated[Path, typer.Option(help="Folder to write the model to.")] = Path("models/sectors"),
) -> None:
    """Train the sector model; the same data give the same model, bit for bit.

    Example: corridor train sectors --data ../shared/data/sectors
    """
    from pipeline.train.sectors import train_sectors as run

    typer.echo(json.dumps(run(data, out), indent=2))
