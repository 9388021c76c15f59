"""How the command speaks: every way to fail becomes a message on standard error and an exit code.

Hard because nobody at a terminal should meet a traceback, and standard output must carry records and nothing else.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from typer.core import TyperGroup

from pipeline.errors import CorridorError
from pipeline.records import STANDARD

if TYPE_CHECKING:
    from pipeline.batch import Outcome

SOME_FAILED, SETUP, STOPPED = 1, 2, 130
EXIT_CODES = "Exit codes: 0 done; 1 some articles failed (named on stderr, the rest written); 2 usage or set-up."


def say(message: str) -> None:
    """On standard error. What could steer a terminal, in the name of a file or the id of an article, is spelled out."""
    shown = "".join(char if char.isprintable() or char == "\n" else ascii(char)[1:-1] for char in message)
    Console(stderr=True).print(f"corridor: {shown}", markup=False, highlight=False, soft_wrap=True)


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
            say(str(error) or "stopped before the end; a file is written only when it is complete")
            raise typer.Exit(STOPPED) from error


@contextmanager
def stops_with(message: str) -> Iterator[None]:
    """What Ctrl-C says at the end of the block."""
    try:
        yield
    except KeyboardInterrupt as error:
        raise KeyboardInterrupt(message) from error


class Tally:
    """Counts what becomes of articles, names failures on standard error, and shows how it goes where someone watches.

    `total`: how many articles are expected, where that is known.
    """

    def __init__(self, quiet: bool, out: str, total: int | None = None) -> None:
        self._out, self._quiet, self._total = out, quiet, total
        self._states: Counter[str] = Counter()
        self._words = 0
        console = Console(stderr=True)
        watched = console.is_terminal and not quiet and not (out == STANDARD and sys.stdout.isatty())
        columns = (
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            *_left(total),
        )
        self._bar = Progress(*columns, console=console, disable=not watched, transient=True)
        self._task = self._bar.add_task("starting", total=total)
        self._start = time.monotonic()

    def __enter__(self) -> Tally:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def count(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            self._states[outcome.state] += 1
            self._words += outcome.words
            if outcome.state == "failed":
                say(f"{outcome.id}: {outcome.reason}")
        speed = self._words / (time.monotonic() - self._start)
        self._bar.update(self._task, advance=len(outcomes), description=f"{speed:,.0f} words a second")

    def passed(self, number: int) -> None:
        self._bar.update(self._task, advance=number)

    def changed(self, ids: Sequence[str]) -> None:
        for name in ids:
            say(f"{name}: its text is not what it was when it was read before; read anew")

    def settle(self, counts: Mapping[str, int]) -> None:
        """What there is in all, with what was done before."""
        self._states = Counter(counts)

    def finish(self) -> None:
        """The closing line. Raises the exit that says whether some failed."""
        target = "standard output" if self._out == STANDARD else self._out
        done, failed, skipped = (self._states[state] for state in ("done", "failed", "skipped"))
        if not self._quiet:
            records = "1 record" if done == 1 else f"{done} records"
            more = f", {skipped} skipped" if skipped else ""
            say(f"{records} written to {target}, {failed} failed{more}")
        if failed:
            raise typer.Exit(SOME_FAILED)


def _left(total: int | None) -> list[ProgressColumn]:
    return [TimeRemainingColumn()] if total else []
