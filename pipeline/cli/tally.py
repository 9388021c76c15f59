"""The progress of a run: counts of outcomes, a bar on a terminal, a line per minute in a log.

Speed and time left are those of the articles that this run reads; articles of earlier runs are not counted in them.
"""

from __future__ import annotations

import logging
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipeline.cli.console import exit_if, say
from pipeline.errors import number_of
from pipeline.records import FAILED, STANDARD

if TYPE_CHECKING:
    from pipeline.run import Outcome

_log = logging.getLogger("corridor")
EVERY = 60.0  # seconds between lines, if there is no bar


class Tally:
    """Counts outcomes, prints failures and shows progress; `total`: the expected number of articles, if known."""

    def __init__(self, quiet: bool, out: str, total: int | None = None) -> None:
        self._out, self._quiet, self._total = out, quiet, total
        self._states: Counter[str] = Counter()
        self._words = self._earlier = self._read = 0
        self._list = ""  # the file that lists failures
        console = Console(stderr=True)
        self._has_bar = console.is_terminal and not quiet and not (out == STANDARD and sys.stdout.isatty())
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._bar = Progress(*columns, console=console, disable=not self._has_bar, transient=True)
        self._task = self._bar.add_task("starting", total=total)
        self._start = self._last_line = time.monotonic()

    def __enter__(self) -> Tally:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def count(self, outcomes: Sequence[Outcome]) -> None:
        """These articles have an outcome now."""
        for outcome in outcomes:
            self._states[outcome.state] += 1
            self._words += outcome.words
            if outcome.state == "failed":
                say(f"{outcome.id}: {outcome.reason}")
        self._read += len(outcomes)
        self._show()

    def already_done(self, number: int) -> None:
        """So many articles were finished by an earlier run."""
        self._earlier += number
        self._show()

    def changed(self, ids: Sequence[str]) -> None:
        for name in ids:
            _log.warning("%s: text, date, title, source or url has changed; read again", name)

    def moved(self, place: int) -> None:
        say(f"from about article {place + 1:,} on, the input holds other articles than before; they are read again")

    def settle(self, counts: Mapping[str, int]) -> None:
        """Replaces the counts by those of the whole run folder."""
        self._states, self._list = Counter(counts), f" (see {self._out.rstrip('/')}/{FAILED})"

    def read_again(self, number: int, total: int) -> None:
        """So many of the articles to read a second time are done."""
        self._bar.update(self._task, completed=number, total=total, description="read by the language model")
        now = time.monotonic()
        if not self._quiet and not self._has_bar and now - self._last_line >= EVERY:
            self._last_line = now
            say(f"{number:,} of {number_of(total, 'article')} read by the language model")

    @property
    def failed_all(self) -> bool:
        """Whether there were articles, and none of them gave a record."""
        return bool(self._states["failed"]) and not self._states["done"]

    def finish(self) -> None:
        """Prints the summary; raises the exit for failed articles, if there are any."""
        target = "standard output" if self._out == STANDARD else self._out
        done, failed, skipped = (self._states[state] for state in ("done", "failed", "skipped"))
        if not self._quiet:
            more = f", {skipped} skipped" if skipped else ""
            say(f"{number_of(done, 'record')} written to {target}, {failed} failed{self._list if failed else ''}{more}")
        exit_if(failed)

    def _show(self) -> None:
        now, seen = time.monotonic(), self._earlier + self._read
        pace = self._pace(now - self._start, seen)
        self._bar.update(self._task, completed=seen, description=pace)
        if not self._quiet and not self._has_bar and now - self._last_line >= EVERY:
            self._last_line = now
            of = f"{seen:,} of {number_of(self._total, 'article')}" if self._total else number_of(seen, "article")
            say(f"{of}, {pace}")

    def _pace(self, seconds: float, seen: int) -> str:
        """Words per second and, if the number of articles is known, the time left."""
        if not self._read:
            return "starting"
        pace = f"{self._words / max(seconds, 0.001):,.0f} words a second"
        if not self._total:
            return pace
        left = max(0, self._total - seen) * seconds / self._read
        return f"{pace}, {timedelta(seconds=round(left))} left"
