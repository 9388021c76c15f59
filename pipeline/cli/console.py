"""How the command speaks: every way to fail becomes a message on standard error and an exit code.

Hard because nobody at a terminal should meet a traceback, and standard output must carry records and nothing else.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from pipeline.errors import ArticleError, CorridorError, SetupError
from pipeline.records import STANDARD, placed

if TYPE_CHECKING:
    from pipeline.record import Record

SOME_FAILED, SETUP, STOPPED = 1, 2, 130
EXIT_CODES = "Exit codes: 0 done; 1 some articles failed (named, the rest written); 2 usage or set-up; 130 stopped."


def plain(message: str) -> str:
    """What could steer a terminal, in the name of a file or the id of an article, is spelled out."""
    return "".join(char if char.isprintable() or char == "\n" else ascii(char)[1:-1] for char in message)


def say(message: str) -> None:
    """On standard error."""
    Console(stderr=True).print(f"corridor: {plain(message)}", markup=False, highlight=False, soft_wrap=True)


def told(name: str) -> Iterator[Record | ArticleError]:
    """What `pipeline.records.read` gives; of a gold folder, such as that of a review, its gold as records."""
    return (found for _, found in told_at(name))


def told_at(name: str) -> Iterator[tuple[str, Record | ArticleError]]:
    """The same, each with where it stands (file:line), "" for gold."""
    if not (Path(name) / "articles.jsonl").is_file() or not (Path(name) / "gold").is_dir():
        return placed(name)
    from pipeline.corpus.from_gold import gold_record
    from pipeline.corpus.gold import read_corpus

    return (("", gold_record(gold)) for gold in read_corpus(Path(name)))


def sorted_out(
    names: Iterable[str],
    failed: list[ArticleError],
    defect: Callable[[str, Record], ArticleError | None] = lambda where, record: None,
) -> Iterator[Record]:
    """The records of files and folders; what is none is named on standard error and added to `failed`.

    `defect`: what is wrong with a record that stands somewhere, as `pipeline.export.integrity.defect` says it.
    """
    for where, found in (pair for name in names for pair in told_at(name)):
        wrong = found if isinstance(found, ArticleError) else defect(where, found)
        if wrong:
            failed.append(wrong)
            say(str(wrong))
        elif not isinstance(found, ArticleError):
            yield found


def keep_apart(records: str, out: str) -> None:
    """Raises SetupError where what is written would take the place of the records, or of what lies beside them."""
    place = Path(records).resolve()
    if records != STANDARD and Path(out).resolve() in (place, place.parent):
        raise SetupError(f"{out}: holds the records; name another place with -o")


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
