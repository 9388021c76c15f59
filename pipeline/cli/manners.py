"""How the command speaks: every way to fail becomes a message on standard error and an exit code.

Hard because nobody at a terminal should meet a traceback, and standard output must carry records and nothing else.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from typer.core import TyperGroup

from pipeline.errors import ArticleError, CorridorError
from pipeline.export import jsonl
from pipeline.record import Article, Record

SOME_FAILED, SETUP, STOPPED = 1, 2, 130
EXIT_CODES = "Exit codes: 0 done; 1 some articles failed (named on stderr, the rest written); 2 usage or set-up."


def say(message: str) -> None:
    Console(stderr=True).print(f"corridor: {message}", markup=False, highlight=False, soft_wrap=True)


class Sayer(logging.Handler):
    """Warnings about an article, in the manner of the command."""

    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage())


class Commands(TyperGroup):
    """Every way to fail ends here, in a message and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except BrokenPipeError:  # `| head` has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except CorridorError as error:
            say(str(error))
            raise typer.Exit(SETUP) from error
        except OSError as error:
            say(f"{error.filename or 'input or output'}: {error.strerror or error}")
            raise typer.Exit(SETUP) from error
        except KeyboardInterrupt as error:
            say("stopped before the end; a file is written only when it is complete")
            raise typer.Exit(STOPPED) from error


class Tally:
    """Counts results, names failures on standard error, and shows how it goes where someone watches."""

    def __init__(self, quiet: bool, out: str) -> None:
        self._out, self._quiet = out, quiet
        self._done = self._failed = self._words = 0
        console = Console(stderr=True)
        watched = console.is_terminal and not quiet and not (out == jsonl.STANDARD and sys.stdout.isatty())
        columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._bar = Progress(*columns, console=console, disable=not watched, transient=True)
        self._task = self._bar.add_task("starting", total=None)
        self._start = time.monotonic()

    def __enter__(self) -> Tally:
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
        if isinstance(result, Record):
            self._done += 1
            self._words += len(result.article.text.split())
        else:
            self._failed += 1
            say(str(result))
        speed = self._words / (time.monotonic() - self._start)
        self._bar.update(self._task, description=f"{self._done} records, {speed:,.0f} words a second")

    def finish(self) -> None:
        """The closing line. Raises the exit that says whether some failed."""
        target = "standard output" if self._out == jsonl.STANDARD else self._out
        if not self._quiet:
            records = "1 record" if self._done == 1 else f"{self._done} records"
            say(f"{records} written to {target}, {self._failed} failed")
        if self._failed:
            raise typer.Exit(SOME_FAILED)
