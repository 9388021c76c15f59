"""Runs articles through an engine into a run folder, part by part; what is done already is passed over.

A later article may depend on an earlier one, whose copy it is: where an earlier text has changed, the later parts are
looked at again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from pipeline.batch.duplicates import NearCopies, Stories
from pipeline.batch.folder import RunFolder
from pipeline.batch.inputs import Read, key
from pipeline.batch.manifest import Row
from pipeline.batch.outcome import Item, Outcome, settled
from pipeline.errors import ArticleError
from pipeline.record import Article

PART = 200  # articles of a part: what a kill can cost
BATCH = 8  # chunks of articles that a worker gets at once
CHUNK = 10_000  # characters

Engine = Callable[[Iterable[Sequence[Item]]], Iterator[list[Outcome]]]  # batches in, their outcomes out, in order


@dataclass
class _Part:
    """A part that workers are at: `outcomes` are those of its first items."""

    number: int
    first: int
    items: list[Item]
    outcomes: list[Outcome] = field(default_factory=list)


class Watch(Protocol):
    """One who is told how a run goes."""

    def count(self, outcomes: Sequence[Outcome]) -> None:
        """What became of some articles."""

    def passed(self, number: int) -> None:
        """So many articles were done before."""

    def changed(self, ids: Sequence[str]) -> None:
        """These articles are not what they were when they were done before."""

    def moved(self, place: int) -> None:
        """From about this place on other articles come than before."""


class Run:
    """Articles into a folder; `watch` is told how it goes."""

    def __init__(self, folder: RunFolder, near_copies: NearCopies, watch: Watch) -> None:
        self._folder, self._near_copies, self._watch = folder, near_copies, watch
        with folder.writing():
            self._stories = None if near_copies == "off" else Stories(folder.rows)
        self._open: deque[_Part] = deque()
        self._altered = False  # whether a part that was done has another text now
        self._moved = False  # whether it has other articles

    def __call__(self, results: Iterable[Read], engine: Engine) -> int:
        """Does what is still to do, in the order of the input; returns the number of articles."""
        self._places = 0
        for outcomes in engine(self._batches(iter(results))):
            self._open[0].outcomes += outcomes
            self._close_whole()
        self._folder.cut(self._places)
        return self._places

    def _batches(self, results: Iterator[Read]) -> Iterator[list[Item]]:
        number = 0
        while block := list(islice(results, PART)):
            first, self._places = self._places, self._places + len(block)
            if self._finished(number, first, block):
                self._watch.passed(len(block))
            else:
                part = self._begun(number, first, block)
                self._open.append(part)
                yield from batches(part.items)
            number += 1

    def _finished(self, number: int, first: int, block: Sequence[Read]) -> bool:
        """Whether a part was made of just these articles, and nothing that it hangs on has changed."""
        known = self._folder.known(number)
        if not known:
            return False
        before = {row.id: row for row in known}
        now = [key(result) for result in block]
        others = [new.id for new in now if new.id in before and not new.is_of(before[new.id])]
        if others:
            self._watch.changed(others)
        pairs = list(zip(now, known, strict=False))
        if not self._moved and any(new.id != row.id for new, row in pairs):
            self._moved = True
            self._watch.moved(first)
        if len(now) != len(known) or not all(new.is_of(row) for new, row in pairs):
            self._altered = True
            return False
        return not (self._altered or self._folder.refilled) or self._settled_alike(known, number, first, block)

    def _settled_alike(self, known: Sequence[Row], number: int, first: int, block: Sequence[Read]) -> bool:
        """Whether the articles of a part would be passed over, and put to stories, as they were."""
        rows, items = self._settle(number, first, block)
        unread = [(item.state, item.reason) if isinstance(item, Outcome) else None for item in items]
        before = [(row.status, row.reason) if row.status == "skipped" or not row.sha256 else None for row in known]
        return unread == before and [row.story for row in rows] == [row.story for row in known]

    def _begun(self, number: int, first: int, block: Sequence[Read]) -> _Part:
        rows, items = self._settle(number, first, block)
        self._folder.begin(number, rows)
        return _Part(number, first, items)

    def _settle(self, number: int, first: int, block: Sequence[Read]) -> tuple[list[Row], list[Item]]:
        """What is known of the articles of a part before a worker sees them."""
        with self._folder.writing():
            return self._settled(number, first, block)

    def _settled(self, number: int, first: int, block: Sequence[Read]) -> tuple[list[Row], list[Item]]:
        if self._stories:
            self._stories.forget(first, first + len(block))
        own: dict[str, str] = {}  # the texts of this part
        rows, items = list[Row](), list[Item]()
        for place, result in enumerate(block, first):
            new = key(result)
            earlier = self._folder.copy_of(new.sha256, first) or own.get(new.sha256)
            item, story = self._judge(result, place, earlier)
            own.setdefault(new.sha256, new.id)
            rows.append(Row(place, new.id, new.sha256, story, number, "todo", fingerprint=new.fingerprint))
            items.append(item)
        return rows, items

    def _judge(self, result: Read, place: int, earlier: str | None) -> tuple[Item, str | None]:
        """An article with its story, or what becomes of it unread; `earlier`: the article that has the same text."""
        if isinstance(result, ArticleError):
            return settled(result), None
        if earlier is not None:
            return Outcome(result.id, "skipped", reason=f"the text of {earlier} once more"), None
        if self._stories is None:
            return result, None
        copy = self._stories.copy(result, place)
        story = copy.story if copy else result.id
        if self._near_copies == "skip" and copy and copy.whole:
            return Outcome(result.id, "skipped", reason=f"nearly the text of {story}, or a part of it"), story
        return result.model_copy(update={"story": story}), story

    def _close_whole(self) -> None:
        """Writes the parts at the front of which nothing is missing."""
        while self._open and len(self._open[0].outcomes) == len(self._open[0].items):
            part = self._open.popleft()
            self._folder.end(part.number, part.first, part.outcomes)
            self._watch.count(part.outcomes)


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Items of about `BATCH` chunks together, but at least one."""
    batch: list[Item] = []
    room = BATCH
    for item in items:
        batch.append(item)
        room -= 1 + len(item.text) // CHUNK if isinstance(item, Article) else 0
        if room <= 0 or len(batch) >= 4 * BATCH:
            yield batch
            batch, room = [], BATCH
    if batch:
        yield batch
