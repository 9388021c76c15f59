"""How a run goes: counts of what becomes of articles, a bar at a terminal, a line a minute in a log.

Hard because the articles of an earlier start are passed over at once: the rate, and the time left, are those of the
others.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipeline.cli.console import SOME_FAILED, say
from pipeline.records import FAILED, STANDARD

if TYPE_CHECKING:
    from pipeline.batch import Outcome

EVERY = 60.0  # seconds from line to line, where nobody watches a bar


class Tally:
    """Counts, names failures on standard error, and shows how it goes.

    `total`: how many articles are expected, where that is known.
    """

    def __init__(self, quiet: bool, out: str, total: int | None = None) -> None:
        self._out, self._quiet, self._total = out, quiet, total
        self._states: Counter[str] = Counter()
        self._words = self._passed = self._read = 0
        self._named = ""  # where failures of earlier starts are named
        console = Console(stderr=True)
        self._watched = console.is_terminal and not quiet and not (out == STANDARD and sys.stdout.isatty())
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._bar = Progress(*columns, console=console, disable=not self._watched, transient=True)
        self._task = self._bar.add_task("starting", total=total)
        self._start = self._told = time.monotonic()

    def __enter__(self) -> Tally:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def count(self, outcomes: Sequence[Outcome]) -> None:
        """What became of some articles."""
        for outcome in outcomes:
            self._states[outcome.state] += 1
            self._words += outcome.words
            if outcome.state == "failed":
                say(f"{outcome.id}: {outcome.reason}")
        self._read += len(outcomes)
        self._show()

    def passed(self, number: int) -> None:
        """So many articles were done by an earlier start."""
        self._passed += number
        self._show()

    def changed(self, ids: Sequence[str]) -> None:
        for name in ids:
            say(f"{name}: its text, date, title, source or url is not what it was before; read anew")

    def moved(self, place: int) -> None:
        say(f"near article {place + 1:,} the input has other articles than before; what has moved is read anew")

    def settle(self, counts: Mapping[str, int]) -> None:
        """What there is in all, in a run folder, with what was done before."""
        self._states, self._named = Counter(counts), f" (see {self._out.rstrip('/')}/{FAILED})"

    @property
    def failed_all(self) -> bool:
        """Whether there were articles, and none of them became a record."""
        return bool(self._states["failed"]) and not self._states["done"]

    def finish(self) -> None:
        """The closing line. Raises the exit that says whether some failed."""
        target = "standard output" if self._out == STANDARD else self._out
        done, failed, skipped = (self._states[state] for state in ("done", "failed", "skipped"))
        if not self._quiet:
            records = "1 record" if done == 1 else f"{done} records"
            more = f", {skipped} skipped" if skipped else ""
            named = self._named if failed else ""
            say(f"{records} written to {target}, {failed} failed{named}{more}")
        if failed:
            raise typer.Exit(SOME_FAILED)

    def _show(self) -> None:
        now, seen = time.monotonic(), self._passed + self._read
        pace = self._pace(now - self._start, seen)
        self._bar.update(self._task, completed=seen, description=pace)
        if not self._quiet and not self._watched and now - self._told >= EVERY:
            self._told = now
            say(f"{seen:,} of {self._total:,} articles, {pace}" if self._total else f"{seen:,} articles, {pace}")

    def _pace(self, seconds: float, seen: int) -> str:
        """Words a second and, where the number of articles is known, the time that the rest will take."""
        if not self._read:
            return "starting"
        pace = f"{self._words / max(seconds, 0.001):,.0f} words a second"
        if not self._total:
            return pace
        left = max(0, self._total - seen) * seconds / self._read
        return f"{pace}, {timedelta(seconds=round(left))} left"
