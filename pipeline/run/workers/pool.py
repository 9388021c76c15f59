"""A pool of workers under supervision: a worker that dies or hangs costs only the article it was working on.

A worker can die at any moment: by a signal, a lack of memory or a crash in compiled code. Each article of its batch
that has no outcome is then read alone.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.errors import OUT_OF_MEMORY, SetupError
from pipeline.record import Article
from pipeline.run.workers.worker import Item, Outcome

MAX_HELD = 128 << 20  # characters of articles and records that may wait for an earlier article
POLL = 0.5  # seconds between checks of the timeout
MAX_DEATHS = 3  # of workers that had one article alone, before that article fails
MAX_FAILED_STARTS = 20  # in a row
_ITEM = 500  # characters that an item takes beside its text


@dataclass(frozen=True)
class Died:
    """A worker has died. `at_start`: it could not be set up, so no other can be."""

    reason: str
    at_start: bool = False


Answer = Outcome | Died | None  # None: the worker is ready


class Handle(Protocol):
    """One worker: it loads the models, reports that it is ready, then answers each batch."""

    def send(self, articles: Sequence[Article], /) -> None:
        """The answers are one outcome per article, in order."""

    def stop(self) -> None: ...


class Workers[H: Handle](Protocol):
    """Starts workers of one kind and receives their answers."""

    def start(self) -> H: ...
    def receive(self, handles: Sequence[H], seconds: float) -> list[tuple[H, Answer]]:
        """At most one answer per worker; waits up to `seconds` for the first."""
        ...


@dataclass(eq=False)
class _Batch:
    """A batch of the input, with outcomes by index of the item."""

    items: Sequence[Item]
    outcomes: dict[int, Outcome] = field(default_factory=dict)


@dataclass(eq=False)
class _Task:
    """Articles of a batch for one worker: `indices` of those without an outcome, in order.

    `deaths`: of workers that had this article alone.
    """

    batch: _Batch
    indices: list[int]
    deaths: int = 0


@dataclass(eq=False)
class _Slot[H: Handle]:
    """A worker and its task: `sent`, the number of articles it got; `since`, when."""

    handle: H
    ready: bool = False
    task: _Task | None = None
    sent: int = 0
    since: float = 0.0


class Pool[H: Handle]:
    """`count` workers. An article that takes more than `timeout` seconds fails; the rest of its batch is sent again."""

    def __init__(self, workers: Workers[H], count: int, timeout: float) -> None:
        self._workers, self._timeout = workers, timeout
        self._slots = [_Slot(workers.start()) for _ in range(count)]
        self._waiting: deque[_Task] = deque()
        self._held = 0
        self._failed_starts = 0

    def __enter__(self) -> Pool[H]:
        return self

    def __exit__(self, *_: object) -> None:
        for slot in self._slots:
            slot.handle.stop()

    def outcomes(self, batches: Iterable[Sequence[Item]]) -> Iterator[list[Outcome]]:
        """The outcomes of each batch, in order; later batches wait for a slow one up to `MAX_HELD` characters.

        Raises SetupError if no worker can be started.
        """
        source, order = iter(batches), deque[_Batch]()
        while True:
            while order and len(order[0].outcomes) == len(order[0].items):
                yield self._release(order.popleft())
            wanted = len(self._waiting) < len(self._slots) and self._held < MAX_HELD
            if wanted and (items := next(source, None)) is not None:
                order.append(self._accept(items))
            elif order:
                self._step()
            else:
                return

    def _accept(self, items: Sequence[Item]) -> _Batch:
        batch = _Batch(items)
        self._held += sum(_ITEM + len(item.text) for item in items if isinstance(item, Article))
        for index, item in enumerate(items):
            if isinstance(item, Outcome):
                self._settle(batch, index, item)
        if indices := [index for index in range(len(items)) if index not in batch.outcomes]:
            self._waiting.append(_Task(batch, indices))
        return batch

    def _settle(self, batch: _Batch, index: int, outcome: Outcome) -> None:
        batch.outcomes[index] = outcome
        self._held += _ITEM + len(outcome.line)

    def _release(self, batch: _Batch) -> list[Outcome]:
        self._held -= sum(_ITEM + len(item.text) for item in batch.items if isinstance(item, Article))
        self._held -= sum(_ITEM + len(outcome.line) for outcome in batch.outcomes.values())
        return [batch.outcomes[index] for index in range(len(batch.items))]

    def _step(self) -> None:
        """Handles answers, deaths and timeouts, then sends tasks to idle workers."""
        slots = {id(slot.handle): slot for slot in self._slots}
        idle = any(slot.ready and slot.task is None for slot in self._slots)
        seconds = 0 if idle and self._waiting else POLL
        for handle, answer in self._workers.receive([slot.handle for slot in self._slots], seconds):
            self._handle(slots.pop(id(handle)), answer)
        for slot in slots.values():
            if slot.task and time.monotonic() - slot.since > self._timeout:
                self._replace(slot, f"took longer than {self._timeout:g} seconds", late=True)
        for slot in self._slots:
            if slot.ready and slot.task is None and self._waiting:
                task = slot.task = self._waiting.popleft()
                slot.sent, slot.since = len(task.indices), time.monotonic()
                items = (task.batch.items[index] for index in task.indices)
                slot.handle.send([item for item in items if isinstance(item, Article)])

    def _handle(self, slot: _Slot[H], answer: Answer) -> None:
        task = slot.task
        if isinstance(answer, Died):
            self._failed_starts = 0 if slot.ready else self._failed_starts + 1
            if self._failed_starts > MAX_FAILED_STARTS or (answer.at_start and not slot.ready):
                raise SetupError(f"a worker could not be started: {answer.reason}")
            self._replace(slot, answer.reason)
        elif answer is None:
            slot.ready, self._failed_starts = True, 0
        elif task is None:
            return
        elif answer.reason == OUT_OF_MEMORY and slot.sent > 1:  # another article of the batch may be the cause
            self._replace(slot, OUT_OF_MEMORY)
        else:
            self._settle(task.batch, task.indices.pop(0), answer)
            slot.task = task if task.indices else None

    def _replace(self, slot: _Slot[H], reason: str, late: bool = False) -> None:
        """Starts a new worker. The articles without an outcome are tried alone; one that was alone may fail."""
        slot.handle.stop()
        self._slots[self._slots.index(slot)] = _Slot(self._workers.start())
        task = slot.task
        if task is None:
            return
        deaths = task.deaths + 1 if slot.sent == 1 else 0
        if slot.sent == 1 and (late or deaths >= MAX_DEATHS):
            (index,) = task.indices
            self._settle(task.batch, index, Outcome(task.batch.items[index].id, "failed", reason=reason))
        else:
            self._waiting.extendleft(_Task(task.batch, [index], deaths) for index in reversed(task.indices))
