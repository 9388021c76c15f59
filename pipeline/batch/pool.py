"""Workers under watch: one that dies or hangs costs the article that it was at, and nothing else.

A worker can go at any moment, by a signal, a lack of memory or a fault in compiled code. It says which article it is
at, so that the pool knows which to suspect. Whether workers are processes of this machine or actors of a cluster is
decided elsewhere.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.batch.outcome import At, Item, Outcome
from pipeline.errors import SetupError
from pipeline.extract import OUT_OF_MEMORY
from pipeline.record import Article

HELD = 128 << 20  # characters of articles and of records that may wait for an earlier article
CHECK = 0.5  # seconds between looks at the clock
DEATHS = 3  # workers that must die with an article, and with no other, before it is given up
UNREADY = 20  # workers in a row that may die before they are ready
_ITEM = 500  # characters that an item takes beside its text


@dataclass(frozen=True)
class Gone:
    """A worker is no more, and why. `broken`: it could not be made, so that none can."""

    reason: str
    broken: bool = False


Answer = Outcome | At | Gone | None  # None: the worker is ready


class Handle(Protocol):
    """One worker, seen from here: it loads the models, says that it is ready, then answers what it is given."""

    def give(self, articles: Sequence[Article]) -> None:
        """The answers are the worker's places, and the outcome of each article, in their order."""

    def stop(self) -> None: ...


class Workers[H: Handle](Protocol):
    """Where workers are started and listened to."""

    def start(self) -> H: ...
    def listen(self, handles: Sequence[H], seconds: float) -> list[tuple[H, Answer]]:
        """At most one answer of each; waits at most so long for one of them."""
        ...


@dataclass(eq=False)
class _Batch:
    """A batch of the input, and what has become of its items, by their places in it."""

    items: Sequence[Item]
    outcomes: dict[int, Outcome] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        return len(self.outcomes) == len(self.items)


@dataclass(eq=False)
class _Task:
    """Articles of a batch for one worker: `places` of those that are not answered, in order.

    `deaths`: of workers that had no other article; `spent`: seconds at each place, under None those at all together.
    """

    batch: _Batch
    places: list[int]
    deaths: int = 0
    spent: defaultdict[int | None, float] = field(default_factory=lambda: defaultdict(float))


@dataclass(eq=False)
class _Seat[H: Handle]:
    """A worker, its task, the places that it was given, the one that it is at (None: all, or not known), since when."""

    handle: H
    ready: bool = False
    task: _Task | None = None
    given: Sequence[int] = ()
    at: int | None = None
    since: float = 0.0

    def move(self, task: _Task, at: int | None) -> None:
        now = time.monotonic()
        task.spent[self.at] += now - self.since
        self.at, self.since = at, now


class Pool[H: Handle]:
    """`count` workers. An article that takes longer than `timeout` seconds is given up, the rest goes on elsewhere."""

    def __init__(self, workers: Workers[H], count: int, timeout: float) -> None:
        self._workers, self._timeout = workers, timeout
        self._seats = [_Seat(workers.start()) for _ in range(count)]
        self._waiting: deque[_Task] = deque()
        self._held = 0
        self._unready = 0  # workers in a row that were gone before they were ready

    def __enter__(self) -> Pool[H]:
        return self

    def __exit__(self, *_: object) -> None:
        for seat in self._seats:
            seat.handle.stop()

    def outcomes(self, batches: Iterable[Sequence[Item]]) -> Iterator[list[Outcome]]:
        """The outcomes of each batch, in their order. Where one takes long, as many wait for it as `HELD` allows.

        Raises SetupError where no worker can be made.
        """
        source, order = iter(batches), deque[_Batch]()
        while True:
            while order and order[0].is_whole:
                yield self._let_go(order.popleft())
            wanted = len(self._waiting) < len(self._seats) and self._held < HELD
            if wanted and (items := next(source, None)) is not None:
                order.append(self._begun(items))
            elif order:
                self._step()
            else:
                return

    def _begun(self, items: Sequence[Item]) -> _Batch:
        batch = _Batch(items)
        self._held += sum(_ITEM + len(item.text) for item in items if isinstance(item, Article))
        for place, item in enumerate(items):
            if isinstance(item, Outcome):
                self._settle(batch, place, item)
        if places := [place for place in range(len(items)) if place not in batch.outcomes]:
            self._waiting.append(_Task(batch, places))
        return batch

    def _settle(self, batch: _Batch, place: int, outcome: Outcome) -> None:
        batch.outcomes[place] = outcome
        self._held += _ITEM + len(outcome.line)

    def _let_go(self, batch: _Batch) -> list[Outcome]:
        self._held -= sum(_ITEM + len(item.text) for item in batch.items if isinstance(item, Article))
        self._held -= sum(_ITEM + len(outcome.line) for outcome in batch.outcomes.values())
        return [batch.outcomes[place] for place in range(len(batch.items))]

    def _step(self) -> None:
        """Takes what has come in or gone wrong in the meantime, and gives work to the idle."""
        seats = {id(seat.handle): seat for seat in self._seats}
        idle = any(seat.ready and seat.task is None for seat in self._seats)
        heard = self._workers.listen([seat.handle for seat in self._seats], 0 if idle and self._waiting else CHECK)
        for handle, answer in heard:
            self._take(seats.pop(id(handle)), answer)
        for seat in seats.values():
            if seat.task and seat.task.spent[seat.at] + time.monotonic() - seat.since > self._timeout:
                self._replace(seat, f"took longer than {self._timeout:g} seconds", late=True)
        for seat in self._seats:
            if seat.ready and seat.task is None and self._waiting:
                task = seat.task = self._waiting.popleft()
                seat.given, seat.at, seat.since = tuple(task.places), None, time.monotonic()
                items = (task.batch.items[place] for place in seat.given)
                seat.handle.give([item for item in items if isinstance(item, Article)])  # as all of them are

    def _take(self, seat: _Seat[H], answer: Answer) -> None:
        task = seat.task
        if isinstance(answer, Gone):
            self._unready = 0 if seat.ready else self._unready + 1
            if self._unready > UNREADY or (answer.broken and not seat.ready):
                raise SetupError(f"a worker could not be started: {answer.reason}")
            self._replace(seat, answer.reason)
        elif answer is None:
            seat.ready, self._unready = True, 0
        elif task is None:
            return
        elif isinstance(answer, At):
            seat.move(task, None if answer.place is None else seat.given[answer.place])
        elif answer.reason == OUT_OF_MEMORY and len(seat.given) > 1:  # perhaps another article of the batch took it
            seat.at = task.places[0]
            self._replace(seat, OUT_OF_MEMORY)
        else:
            self._settle(task.batch, task.places.pop(0), answer)
            seat.move(task, task.places[0] if task.places else None)
            seat.task = task if task.places else None

    def _replace(self, seat: _Seat[H], reason: str, late: bool = False) -> None:
        """A new worker in the place of one. What that one was at is tried alone, or given up, the rest goes on."""
        seat.handle.stop()
        self._seats[self._seats.index(seat)] = _Seat(self._workers.start())
        task = seat.task
        if task is None:
            return
        suspects = task.places if seat.at is None else [seat.at]
        deaths = task.deaths + 1 if len(seat.given) == 1 else 0
        again = [_Task(task.batch, [place], deaths) for place in suspects]
        if len(suspects) == 1 and (late or deaths >= DEATHS):
            again = []
            self._settle(task.batch, suspects[0], Outcome(task.batch.items[suspects[0]].id, "failed", reason=reason))
        if rest := [place for place in task.places if place not in suspects]:
            again.append(_Task(task.batch, rest))
        self._waiting.extendleft(reversed(again))
