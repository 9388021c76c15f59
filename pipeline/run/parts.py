"""Runs articles through an engine into a run folder, part by part; finished parts are skipped, or filled up.

An article may depend on an earlier one, of which it is a copy: if an earlier article has changed, later parts are
checked again.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol, cast

from pipeline.errors import ArticleError
from pipeline.record import Article
from pipeline.run.duplicates import NearCopies, Stories
from pipeline.run.folder import READER, RunFolder
from pipeline.run.inputs import Read, key
from pipeline.run.manifest import Row
from pipeline.run.workers.worker import Item, Outcome, State, unread

PART = 200  # articles in a part: what a kill can cost
FIRST = 25  # articles in the first part: a short run that is stopped keeps some too
BATCH = 8  # chunks in a batch for a worker
CHUNK = 10_000  # characters
_log = logging.getLogger("corridor")

Engine = Callable[[Iterable[Sequence[Item]]], Iterator[list[Outcome]]]  # batches in, their outcomes out, in order


@dataclass
class _Part:
    """A part in progress; `outcomes` are those of its first items, `kept`: how many an earlier run has settled."""

    number: int
    first: int
    items: list[Item]
    kept: int
    outcomes: list[Outcome] = field(default_factory=list)


class Monitor(Protocol):
    """Follows the progress of a run."""

    def count(self, outcomes: Sequence[Outcome]) -> None:
        """These articles have an outcome now."""

    def already_done(self, number: int) -> None:
        """So many articles were finished by an earlier run."""


class Run:
    """Runs articles into a folder."""

    def __init__(self, folder: RunFolder, near_copies: NearCopies, monitor: Monitor) -> None:
        self._folder, self._near_copies, self._monitor = folder, near_copies, monitor
        with folder.writing():
            self._stories = None if near_copies == "off" else Stories(folder.rows)
        self._open: deque[_Part] = deque()
        self._altered = False  # whether a finished part has changed
        self._moved = False  # whether that was reported
        self.undated = 0  # articles without a date

    def __call__(self, results: Iterable[Read], engine: Engine) -> int:
        """Does what is still to do, in the order of the input; returns the number of articles."""
        self._places = 0
        for outcomes in engine(self._batches(iter(results))):
            self._open[0].outcomes += outcomes
            while self._open and len(self._open[0].outcomes) == len(self._open[0].items):
                part = self._open.popleft()
                self._folder.end(part.number, part.first, part.outcomes)
                self._monitor.count(part.outcomes[part.kept :])
        self._folder.truncate(self._places)
        return self._places

    def _batches(self, results: Iterator[Read]) -> Iterator[list[Item]]:
        number = 0
        while block := list(islice(results, min(PART, FIRST << min(number, 3)))):  # twice as many as the part before
            first, self._places = self._places, self._places + len(block)
            self.undated += sum(isinstance(result, Article) and result.date is None for result in block)
            known = self._folder.known(number)
            if self._is_finished(known, number, first, block):
                self._monitor.already_done(len(block))
            else:
                rows, items = self._prepare(number, first, block)
                kept = self._kept(known, number, rows, items)
                items[: len(kept)] = kept
                if kept:
                    self._monitor.already_done(len(kept))
                self._folder.begin(number, rows)
                self._open.append(_Part(number, first, items, len(kept)))
                yield from batches(items)
            number += 1

    def _is_finished(self, known: Sequence[Row], number: int, first: int, block: Sequence[Read]) -> bool:
        """Whether a finished part holds exactly these articles, and nothing that it depends on has changed."""
        if not known:
            return False
        before = {row.id: row for row in known}
        now = [key(result) for result in block]
        for new in now:
            if new.id in before and not new.matches(before[new.id]):
                _log.warning("%s: text, date, title, source or url has changed; read again", new.id)
        pairs = list(zip(now, known, strict=False))
        if not self._moved and any(new.id != row.id for new, row in pairs):
            self._moved = True
            place = f"{first + 1:,}"
            _log.warning(
                "from about article %s on, the input holds other articles than before; they are read again", place
            )
        if len(now) != len(known) or not all(new.matches(row) for new, row in pairs):
            self._altered = True
            return False
        return not (self._altered or self._folder.rebuilt) or self._is_same(known, number, first, block)

    def _kept(self, known: Sequence[Row], number: int, rows: Sequence[Row], items: Sequence[Item]) -> list[Outcome]:
        """The outcomes of a finished part, if all that is new is more articles behind its own."""
        if not known or len(known) > len(items) or READER in self._folder.made:  # a record that was read twice
            return []
        lines = iter(self._folder.lines(number))
        kept = list[Outcome]()
        for row, new, item in zip(known, rows, items, strict=False):
            before = (row.id, row.sha256, row.fingerprint, row.story)
            if before != (new.id, new.sha256, new.fingerprint, new.story):
                return []
            if isinstance(item, Outcome) != (row.status == "skipped" or not row.sha256):
                return []
            if isinstance(item, Article):
                line = next(lines) if row.status == "done" else ""
                item = Outcome(row.id, cast(State, row.status), line, row.reason, row.ms)
            kept.append(item)
        return kept

    def _is_same(self, known: Sequence[Row], number: int, first: int, block: Sequence[Read]) -> bool:
        """Whether the articles of a part would be skipped and grouped into stories as before."""
        rows, items = self._prepare(number, first, block)
        settled = [(item.state, item.reason) if isinstance(item, Outcome) else None for item in items]
        before = [(row.status, row.reason) if row.status == "skipped" or not row.sha256 else None for row in known]
        return settled == before and [row.story for row in rows] == [row.story for row in known]

    def _prepare(self, number: int, first: int, block: Sequence[Read]) -> tuple[list[Row], list[Item]]:
        """The rows of a part before any worker has read it, and what workers have to do."""
        own: dict[str, str] = {}  # id by text digest, within the part
        rows, items = list[Row](), list[Item]()
        with self._folder.writing():
            if self._stories:
                self._stories.forget(first, first + len(block))
            for place, result in enumerate(block, first):
                new = key(result)
                earlier = self._folder.copy_of(new.sha256, first) or own.get(new.sha256)
                item, story = self._item(result, place, earlier)
                own.setdefault(new.sha256, new.id)
                rows.append(Row(place, new.id, new.sha256, story, number, "todo", fingerprint=new.fingerprint))
                items.append(item)
        return rows, items

    def _item(self, result: Read, place: int, earlier: str | None) -> tuple[Item, str | None]:
        """An article, or its outcome, and its story; `earlier`: id of the article that has the same text."""
        if isinstance(result, ArticleError):
            return unread(result), None
        if earlier is not None:
            return Outcome(result.id, "skipped", reason=f"has the same text as {earlier}"), None
        if self._stories is None:
            return result, None
        copy = self._stories.copy(result, place)
        story = copy.story if copy else result.id
        if self._near_copies == "skip" and copy and copy.contained:
            return Outcome(result.id, "skipped", reason=f"has nearly the same text as {story}, or a part of it"), story
        return result.model_copy(update={"story": story}), story


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Batches of about `BATCH` chunks, at least one item each."""
    batch: list[Item] = []
    budget = BATCH
    for item in items:
        batch.append(item)
        budget -= 1 + len(item.text) // CHUNK if isinstance(item, Article) else 0
        if budget <= 0 or len(batch) >= 4 * BATCH:
            yield batch
            batch, budget = [], BATCH
    if batch:
        yield batch
