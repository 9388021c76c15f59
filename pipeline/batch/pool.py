"""Hands at work, watched: one that dies or hangs costs nobody but the article that did it.

Hard because a hand can go at any moment, by a signal, a lack of memory or a fault in compiled code, and the articles
that it held must come out all the same, in the order of the input. Whether hands are processes of this machine or
actors of a cluster is not told here.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.batch.outcome import Item, Outcome
from pipeline.errors import SetupError
from pipeline.extract import OUT_OF_MEMORY

AHEAD = 3  # batches for each hand that may wait or be done before an earlier one is
CHECK = 0.5  # seconds between looks at the clock
TRIES = 3  # hands that may be gone before one is ready


@dataclass(frozen=True)
class Gone:
    """A hand is no more, and why. `broken`: its maker failed, so that none could ever be made."""

    reason: str
    broken: bool = False


Answer = list[Outcome] | Gone | None  # to a batch; None says that a new hand is ready


class Hand(Protocol):
    """One who reads batches: loads the models first, says that it is ready, then answers each batch."""

    def give(self, batch: Sequence[Item]) -> None: ...
    def stop(self) -> None: ...


class Hands[H: Hand](Protocol):
    """Where hands come from, and how they are listened to."""

    def hire(self) -> H: ...
    def listen(self, hands: Sequence[H], seconds: float) -> list[tuple[H, Answer]]:
        """What some hands have to say; waits at most so long for one of them."""
        ...


@dataclass
class _Task:
    """A batch at its place in the input; after a hand died on it, what is left is tried again one by one."""

    place: int
    batch: Sequence[Item]
    alone: bool = False
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def next(self) -> Sequence[Item]:
        done = len(self.outcomes)
        return self.batch[done : done + 1] if self.alone else self.batch


@dataclass(eq=False)
class _Seat[H: Hand]:
    """A hand, the task that it is at, and since when."""

    hand: H
    ready: bool = False
    task: _Task | None = None
    since: float = 0.0


class Pool[H: Hand]:
    """`count` hands from `hands`.

    A batch that takes longer than `timeout` seconds is tried again one by one, an article that does is set aside.
    """

    def __init__(self, hands: Hands[H], count: int, timeout: float) -> None:
        self._hands, self._timeout = hands, timeout
        self._seats = [_Seat(hands.hire()) for _ in range(count)]
        self._waiting: deque[_Task] = deque()
        self._done: dict[int, list[Outcome]] = {}
        self._unready = 0  # hands in a row that were gone before they were ready

    def __enter__(self) -> Pool[H]:
        return self

    def __exit__(self, *_: object) -> None:
        for seat in self._seats:
            seat.hand.stop()

    def outcomes(self, batches: Iterable[Sequence[Item]]) -> Iterator[list[Outcome]]:
        """The outcomes of each batch, in their order; a few batches are in memory at a time.

        Raises SetupError where a hand cannot be made.
        """
        source = enumerate(batches)
        taken = given = 0
        while True:
            while taken - given < AHEAD * len(self._seats) and (entry := next(source, None)):
                self._waiting.append(_Task(*entry))
                taken += 1
            if given == taken:
                return
            self._step()
            while given in self._done:
                yield self._done.pop(given)
                given += 1

    def _step(self) -> None:
        """Gives work to the idle, and takes what has come in or gone wrong in the meantime."""
        for seat in self._seats:
            if seat.ready and seat.task is None and self._waiting:
                seat.task, seat.since = self._waiting.popleft(), time.monotonic()
                seat.hand.give(seat.task.next)
        busy = {id(seat.hand): seat for seat in self._seats if seat.task is not None or not seat.ready}
        heard = self._hands.listen([seat.hand for seat in busy.values()], CHECK)
        for hand, answer in heard:
            self._take(busy.pop(id(hand)), answer)
        for seat in busy.values():
            if seat.task is not None and time.monotonic() - seat.since > self._timeout:
                self._replace(seat, f"took longer than {self._timeout:g} seconds")

    def _take(self, seat: _Seat[H], answer: Answer) -> None:
        if isinstance(answer, Gone):
            self._unready = 0 if seat.ready else self._unready + 1
            if self._unready > TRIES or (answer.broken and not seat.ready):
                raise SetupError(f"a worker could not be started: {answer.reason}")
            self._replace(seat, answer.reason)
        elif answer is None:
            seat.ready, self._unready = True, 0
        elif seat.task is not None and not seat.task.alone and any(o.reason == OUT_OF_MEMORY for o in answer):
            self._replace(seat, OUT_OF_MEMORY)  # perhaps another article of the batch took it
        elif seat.task is not None:
            task, seat.task = seat.task, None
            self._keep(task, answer)

    def _keep(self, task: _Task, answer: list[Outcome]) -> None:
        task.outcomes += answer
        if len(task.outcomes) == len(task.batch):
            self._done[task.place] = task.outcomes
        else:
            self._waiting.appendleft(task)

    def _replace(self, seat: _Seat[H], reason: str) -> None:
        """A new hand in the place of one; its batch is tried again one by one, an article that was alone given up."""
        seat.hand.stop()
        self._seats[self._seats.index(seat)] = _Seat(self._hands.hire())
        task = seat.task
        if task is None:
            return
        if task.alone:
            self._keep(task, [Outcome(task.next[0].id, "failed", reason=reason)])
        else:
            task.alone = True
            self._waiting.appendleft(task)
