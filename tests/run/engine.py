"""An engine that answers in this process at once, and what tests of run folders make and look at."""

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ArticleError
from pipeline.record import Article, Record, digest
from pipeline.run import run
from pipeline.run.folder import RunFolder
from pipeline.run.workers.worker import Item, Outcome

MADE = {"profile": "fast", "models": "1"}
Read = Article | ArticleError


def articles(*texts: str) -> list[Read]:
    return [Article(id=f"a{n}", sha256=digest(text), text=text) for n, text in enumerate(texts)]


def long(word: str) -> str:
    """A text of sixty words like no other word's."""
    return " ".join(f"{word}{n}" for n in range(60))


def named(letters: str) -> list[Read]:
    """A long article for each letter, which is its id."""
    return [Article(id=letter, sha256=digest(long(letter)), text=long(letter)) for letter in letters]


class Engine:
    """Answers with records that hold nothing but the article; `seen`: the ids that it got.

    Ends, as a power cut does, after `last` of them.
    """

    def __init__(self, last: int | None = None) -> None:
        self.seen: list[str] = []
        self._last = last

    def __call__(self, batches: Iterable[Sequence[Item]]) -> Iterator[list[Outcome]]:
        for batch in batches:
            yield [item if isinstance(item, Outcome) else self._answer(item) for item in batch]

    def _answer(self, article: Article) -> Outcome:
        self.seen.append(article.id)
        if self._last is not None and len(self.seen) > self._last:
            raise KeyboardInterrupt
        if article.text == "bad":
            return Outcome(article.id, "failed", reason="cannot be read")
        return Outcome(article.id, "done", line=Record(article=article).to_json(), words=1)


class Watcher(logging.Handler):
    """Remembers how many are reported as done, and which are logged as changed."""

    def __init__(self) -> None:
        super().__init__()
        self.done, self.altered = 0, list[str]()

    def emit(self, record: logging.LogRecord) -> None:
        name, separator, _ = record.getMessage().partition(": text, date")
        self.altered += [name] if separator else []

    def count(self, outcomes: Sequence[Outcome]) -> None:
        self.done += len(outcomes)

    def already_done(self, number: int) -> None:
        self.done += number


def go(
    folder: Path | str,
    items: list[Read],
    engine: Engine,
    resume: bool = False,
    made: dict[str, str] = MADE,
    watch: Watcher | None = None,
    retry: bool = False,
    near_copies: Any = "group",
    prune: bool = False,
) -> dict[str, int]:
    """The counts of a run in parts of four articles."""
    watch, log = watch or Watcher(), logging.getLogger("corridor")
    log.addHandler(watch)
    try:
        with pytest.MonkeyPatch.context() as patch, closing(RunFolder(str(folder), made, resume, retry)) as opened:
            patch.setattr("pipeline.run.parts.PART", 4)
            counts = run(lambda: items, opened, nullcontext(engine), near_copies, watch, prune)
    finally:
        log.removeHandler(watch)
    assert watch.done == sum(counts.values())
    return counts


def resumed(folder: Path | str, items: list[Read], **options: Any) -> tuple[dict[str, int], list[str], list[str]]:
    """What resuming gives: the counts, the ids that were read again, those that were reported as changed."""
    engine, watch = Engine(), Watcher()
    return go(folder, items, engine, resume=True, watch=watch, **options), engine.seen, watch.altered


def records(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("records-*")))


def lines(folder: Path) -> list[dict[str, Any]]:
    """The articles of the records."""
    return [json.loads(line)["article"] for line in records(folder).splitlines()]


def files(folder: Path) -> dict[str, bytes]:
    """All that stands in a folder, but for the lock."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != ".lock"}
