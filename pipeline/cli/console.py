"""Messages, records and exit codes of the commands.

Standard output holds results only. Every error becomes a message on standard error and an exit code, never a traceback.
"""

from __future__ import annotations

import logging
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from pipeline.errors import ArticleError, CorridorError, SetupError, number_of
from pipeline.records import STANDARD, placed

if TYPE_CHECKING:
    from pipeline.knowledge.folder import Knowledge
    from pipeline.record import Record

SOME_FAILED, SETUP, ALERTS, STOPPED = 1, 2, 3, 130
MOST_SAID = 20  # tables with columns of their own
EXIT_CODES = "Exit codes: 0 done; 1 some articles failed (named, the rest written); 2 usage or set-up; 130 stopped."
ALERT_CODES = f"{EXIT_CODES} With --alerts: 3 alerts found; 1 also where the webhook did not take them."


def printable(message: str) -> str:
    """The message with characters escaped that could control a terminal, such as those in a file name."""
    return "".join(char if char.isprintable() or char == "\n" else ascii(char)[1:-1] for char in message)


def say(message: str) -> None:
    """Prints a message on standard error."""
    Console(stderr=True).print(f"corridor: {printable(message)}", markup=False, highlight=False, soft_wrap=True)


def teller() -> Callable[[str, str], None]:
    """A function that says what was matched in a table; the same of later tables is not said again."""
    said: set[str] = set()

    def tell(where: str, what: str) -> None:
        if what not in said and len(said) < MOST_SAID:
            said.add(what)
            say(f"{where}: {what}")

    return tell


def located_records(name: str) -> Iterator[tuple[str, Record | ArticleError]]:
    """The records of a file or folder, each with its location (file:line); of a gold folder its gold, with "".

    Relations of gold to what is no mention are left out.
    """
    if not (Path(name) / "articles.jsonl").is_file() or not (Path(name) / "gold").is_dir():
        return placed(name)
    from pipeline.gold.folder import read_gold

    return (("", _stated(gold)) for gold in read_gold(Path(name)))


def _stated(gold: Record) -> Record:
    left = [relation for relation in gold.relations if ":" not in f"{relation.subject}{relation.object}"]
    return gold.model_copy(update={"relations": left})


def sound_records(
    names: Iterable[str],
    failed: list[ArticleError],
    defect: Callable[[str, Record], ArticleError | None] = lambda where, record: None,
) -> Iterator[Record]:
    """The records of files and folders. Errors are printed and appended to `failed`.

    `defect`: returns what is wrong with a record at a location, as `pipeline.publish.integrity.defect` does.
    """
    for where, found in (pair for name in names for pair in located_records(name)):
        wrong = found if isinstance(found, ArticleError) else defect(where, found)
        if wrong:
            failed.append(wrong)
            say(str(wrong))
        elif not isinstance(found, ArticleError):
            yield found


class Unknown:
    """Counts the articles that a knowledge folder does not have."""

    def __init__(self, knowledge: Knowledge | None) -> None:
        self._known = {article.id for article in knowledge.articles} if knowledge else set[str]()
        self._count = 0

    def add(self, record: Record) -> None:
        self._count += record.article.id not in self._known

    def say(self, folder: Path | str | None) -> None:
        """Names the folder where it lacks articles, since acts of these are not joined."""
        if folder and self._count:
            lacking = f"{folder}: lacks {number_of(self._count, 'article')} of these records"
            say(f"{lacking}; run `corridor resolve` on them too")


def exit_if(failed: object) -> None:
    """Ends the command with the exit code for failed articles, if there are any."""
    if failed:
        raise typer.Exit(SOME_FAILED)


def require_other_path(records: str, out: str) -> None:
    """Raises SetupError if the output would overwrite the records or their folder."""
    path = Path(records).resolve()
    if records != STANDARD and Path(out).resolve() in (path, path.parent):
        raise SetupError(f"{out}: holds the records; name another path with -o")


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
    for handler in logging.getLogger("corridor").handlers:
        handler.flush()


@contextmanager
def interrupt_message(message: str) -> Iterator[None]:
    """The message for Ctrl-C within the block."""
    try:
        yield
    except KeyboardInterrupt as error:
        raise KeyboardInterrupt(message) from error
