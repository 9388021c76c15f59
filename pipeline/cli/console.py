"""Messages, exit codes, records and progress of the commands.

Standard output holds results only. Every error becomes a message on standard error and an exit code, never a traceback.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from typer.core import TyperGroup

from pipeline.errors import ArticleError, CorridorError, SetupError, number_of
from pipeline.gold.folder import read_gold
from pipeline.knowledge.folder import Knowledge
from pipeline.record import Record
from pipeline.records import FAILED, STANDARD, placed
from pipeline.settings import install

if TYPE_CHECKING:
    from pipeline.run import Outcome  # it loads spaCy

SOME_FAILED, SETUP, ALERTS, STOPPED = 1, 2, 3, 130
MOST_SAID = 20  # tables with columns of their own
EVERY = 60.0  # seconds between lines of progress, if there is no bar
EXIT_CODES = "Exit codes: 0 done; 1 some articles failed (named, the rest written); 2 usage or set-up; 130 stopped."
ALERT_CODES = f"{EXIT_CODES} With --alerts: 3 alerts found; 1 also where the webhook did not take them."
_log = logging.getLogger("corridor")


def printable(message: str) -> str:
    """The message with characters escaped that could control a terminal, such as those in a file name."""
    return "".join(char if char.isprintable() or char == "\n" else ascii(char)[1:-1] for char in message)


def say(message: str) -> None:
    """Prints a message on standard error."""
    Console(stderr=True).print(f"corridor: {printable(message)}", markup=False, highlight=False, soft_wrap=True)


def notices() -> Callable[[str, str], None]:
    """A function that says what was matched in a table; the same of later tables is not said again."""
    said: set[str] = set()

    def notice(where: str, what: str) -> None:
        if what not in said and len(said) < MOST_SAID:
            said.add(what)
            say(f"{where}: {what}")

    return notice


Located = Iterator[tuple[str, Record | ArticleError]]


def located_records(name: str) -> Located:
    """The records of a file or folder, each with its location (file:line); of a gold folder its gold, with "".

    Relations of gold to what is no mention are left out.
    """
    if not (Path(name) / "articles.jsonl").is_file() or not (Path(name) / "gold").is_dir():
        yield from placed(name)
        return
    for gold in read_gold(Path(name)):
        stated = [relation for relation in gold.relations if ":" not in f"{relation.subject}{relation.object}"]
        yield "", gold.model_copy(update={"relations": stated})


def sound_records(
    located: Located,
    failed: list[ArticleError],
    defect: Callable[[str, Record], ArticleError | None] = lambda where, record: None,
) -> Iterator[Record]:
    """The records. Errors are printed and appended to `failed`.

    `defect`: returns what is wrong with a record at a location, as `pipeline.publish.integrity.defect` does.
    """
    for where, record in located:
        wrong = record if isinstance(record, ArticleError) else defect(where, record)
        if wrong:
            failed.append(wrong)
            say(str(wrong))
        elif not isinstance(record, ArticleError):
            yield record


def known_records(located: Located, knowledge: Knowledge | None, folder: Path | None) -> Located:
    """The same; then names the knowledge folder where it lacks articles, since acts of these are not joined."""
    known, lacking = {article.id for article in knowledge.articles} if knowledge else set[str](), 0
    for where, record in located:
        lacking += isinstance(record, Record) and record.article.id not in known
        yield where, record
    if folder and lacking:
        say(f"{folder}: lacks {number_of(lacking, 'article')} of these records; run `corridor resolve` on them too")


def exit_if(failed: object, code: int = SOME_FAILED) -> None:
    """Ends the command with an exit code, by default that for failed articles, if there are any."""
    if failed:
        raise typer.Exit(code)


def refuse(*reasons: tuple[object, str]) -> None:
    """Raises SetupError with the first of some reasons whose condition holds."""
    for holds, reason in reasons:
        if holds:
            raise SetupError(reason)


@contextmanager
def packages_of(extra: str, needs: str, *packages: str) -> Iterator[None]:
    """Where one of some packages is missing, raises SetupError with what `needs` it and how to install the extra."""
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in packages:
            raise
        raise SetupError(f"{needs} needs {package}: {install(extra)}") from error


def require_other_path(records: str, out: str) -> None:
    """Raises SetupError if the output would overwrite the records or their folder."""
    path = Path(records).resolve()
    if records != STANDARD and Path(out).resolve() in (path, path.parent):
        raise SetupError(f"{out}: holds the records; name another path with -o")


class Ticker:
    """How far something is: a bar on a terminal, a line a minute in a log, nothing if `quiet`."""

    def __init__(self, quiet: bool, total: int | None = None, hidden: bool = False) -> None:
        console = Console(stderr=True)
        has_bar = console.is_terminal and not quiet and not hidden
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._bar = Progress(*columns, console=console, disable=not has_bar, transient=True)
        self._task = self._bar.add_task("starting", total=total)
        self._has_lines, self._last = not quiet and not has_bar, time.monotonic()

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, done: int, words: str, line: str, **total: int) -> None:
        """`words`: beside the bar; `line`: in a log."""
        self._bar.update(self._task, completed=done, description=words, **total)  # type: ignore[arg-type]
        if self._has_lines and time.monotonic() - self._last >= EVERY:
            self._last = time.monotonic()
            say(line)


class Tally(Ticker):
    """Counts outcomes, prints failures and shows progress; `total`: the expected number of articles, if known.

    Speed and time left are those of the articles that this run reads; articles of earlier runs do not count in them.
    """

    def __init__(self, quiet: bool, out: str, total: int | None = None) -> None:
        super().__init__(quiet, total, hidden=out == STANDARD and sys.stdout.isatty())
        self._out, self._quiet, self._total = out, quiet, total
        self._states: Counter[str] = Counter()
        self._words = self._earlier = self._read = 0
        self._list = ""  # the file that lists failures
        self._start = time.monotonic()

    def count(self, outcomes: Sequence[Outcome]) -> None:
        """These articles have an outcome now."""
        for outcome in outcomes:
            self._states[outcome.state] += 1
            self._words += outcome.words
            if outcome.state == "failed":
                say(f"{outcome.id}: {outcome.reason}")
        self._read += len(outcomes)
        self._advance()

    def already_done(self, number: int) -> None:
        """So many articles were finished by an earlier run."""
        self._earlier += number
        self._advance()

    def settle(self, counts: Mapping[str, int]) -> None:
        """Replaces the counts by those of the whole run folder."""
        self._states, self._list = Counter(counts), f" (see {self._out.rstrip('/')}/{FAILED})"

    def read_again(self, number: int, total: int) -> None:
        """So many of the articles to read a second time are done."""
        words = "read by the language model"
        self.show(number, words, f"{number:,} of {number_of(total, 'article')} {words}", total=total)

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

    def _advance(self) -> None:
        """Shows words per second and, if the number of articles is known, the time left."""
        seconds, seen, pace = time.monotonic() - self._start, self._earlier + self._read, "starting"
        if self._read:
            pace = f"{self._words / max(seconds, 0.001):,.0f} words a second"
            if self._total:
                left = timedelta(seconds=round(max(0, self._total - seen) * seconds / self._read))
                pace = f"{pace}, {left} left"
        of = f"{seen:,} of {number_of(self._total, 'article')}" if self._total else number_of(seen, "article")
        self.show(seen, pace, f"{of}, {pace}")


class WarningHandler(logging.Handler):
    """Prints the first warning of each kind as a message of the command, and `flush` how many more there were."""

    def __init__(self) -> None:
        super().__init__()
        self._first: dict[str, str] = {}
        self._more = Counter[str]()

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if record.msg not in self._first:
            self._first[record.msg] = message
            say(message)
        elif message != self._first[record.msg]:  # an input that is counted first is looked through twice
            self._more[record.msg] += 1

    def flush(self) -> None:
        for kind, count in self._more.items():
            say(f"{number_of(count, 'more message')} like this: {self._first[kind]}")
        self._first.clear()
        self._more.clear()


class Commands(TyperGroup):
    """Turns errors into messages and exit codes."""

    def invoke(self, ctx: Any) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except BrokenPipeError:  # such as `| head`
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
        finally:
            flush_warnings()


def flush_warnings() -> None:
    """Says how many warnings were not printed, since they were like others; the next one of each kind is printed."""
    for handler in _log.handlers:
        handler.flush()


@contextmanager
def on_interrupt(message: str) -> Iterator[None]:
    """The message for Ctrl-C within the block."""
    try:
        yield
    except KeyboardInterrupt as error:
        raise KeyboardInterrupt(message) from error
