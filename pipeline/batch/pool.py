"""Workers in processes of their own, watched: one that dies or hangs costs nobody but the article that did it.

Hard because a process can go at any moment, by a signal, a lack of memory or a fault in compiled code, and the articles
that it held must come out all the same, in the order of the input.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

from pipeline.batch.outcome import Item, Outcome
from pipeline.errors import SetupError

Make = Callable[[], Callable[[Sequence[Item]], list[Outcome]]]  # makes a worker, inside its process
AHEAD = 3  # batches for each worker that may wait or be done before an earlier one is
CHECK = 0.5  # seconds between looks at the clock
DYING = 30.0  # seconds that a process may take to be gone: one with much memory is written to disk first


@dataclass
class _Task:
    """A batch at its place in the input; after a worker died on it, what is left is tried again one by one."""

    place: int
    batch: Sequence[Item]
    alone: bool = False
    outcomes: list[Outcome] = field(default_factory=list)


class _Process:
    """A worker's process and what it is doing."""

    def __init__(self, make: Make) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(make, theirs), daemon=True)
        self.process.start()
        theirs.close()
        self.task: _Task | None = None
        self.since, self.ready = time.monotonic(), False

    def give(self, task: _Task) -> None:
        batch = task.batch[len(task.outcomes) : len(task.outcomes) + 1] if task.alone else task.batch
        self.task, self.since = task, time.monotonic()
        self.pipe.send(batch)

    def death(self) -> str:
        """Of what it died. Its pipe closes a moment before the system knows."""
        self.process.join(DYING)
        return _death(self.process.exitcode)

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _serve(make: Make, pipe: Connection) -> None:
    """The life of a worker: it says that it is ready, then answers each batch; it ends when its parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    try:
        work = make()
    except Exception as error:
        pipe.send(f"{error}")
        return
    pipe.send(None)
    while True:
        try:
            batch = pipe.recv()
        except EOFError:
            return
        pipe.send(work(batch))


class Pool:
    """`count` workers made by `make`.

    A batch that takes longer than `timeout` seconds is tried again one by one, an article that does is set aside.
    """

    def __init__(self, make: Make, count: int, timeout: float | None = None) -> None:
        self._make, self._timeout = make, timeout
        self._workers = [_Process(make) for _ in range(count)]
        self._waiting: deque[_Task] = deque()
        self._done: dict[int, list[Outcome]] = {}

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.stop()

    def outcomes(self, batches: Iterable[Sequence[Item]]) -> Iterator[list[Outcome]]:
        """The outcomes of each batch, in their order; a few batches are in memory at a time.

        Raises SetupError where a worker cannot be made.
        """
        source, taken, given = iter(batches), 0, 0
        exhausted = False
        while not exhausted or given < taken:
            while not exhausted and taken - given < AHEAD * len(self._workers):
                batch = next(source, None)
                if batch is None:
                    exhausted = True
                else:
                    self._waiting.append(_Task(taken, batch))
                    taken += 1
            self._step()
            while given in self._done:
                yield self._done.pop(given)
                given += 1

    def _step(self) -> None:
        """Gives work to the idle, and takes what has come in or gone wrong in the meantime."""
        for worker in self._workers:
            if worker.ready and worker.task is None and self._waiting:
                self._hand(worker)
        busy = [w for w in self._workers if w.task is not None or not w.ready]
        if not busy:
            return
        ready: list[Any] = wait([*(w.pipe for w in busy), *(w.process.sentinel for w in busy)], CHECK)
        for worker in busy:
            if worker.pipe in ready:
                self._take(worker)
            elif worker.process.sentinel in ready:
                self._replace(worker, worker.death())
            elif worker.task and self._timeout and time.monotonic() - worker.since > self._timeout:
                self._replace(worker, f"took longer than {self._timeout:g} seconds")

    def _hand(self, worker: _Process) -> None:
        try:
            worker.give(self._waiting.popleft())
        except OSError:  # it died while idle
            self._replace(worker, worker.death())

    def _take(self, worker: _Process) -> None:
        try:
            answer = worker.pipe.recv()
        except (EOFError, OSError):
            self._replace(worker, worker.death())
            return
        if not worker.ready:
            if answer is not None:
                raise SetupError(answer)
            worker.ready = True
            return
        assert worker.task is not None
        task, worker.task = worker.task, None
        self._keep(task, answer)

    def _keep(self, task: _Task, answer: list[Outcome]) -> None:
        task.outcomes += answer
        if len(task.outcomes) == len(task.batch):
            self._done[task.place] = task.outcomes
        else:
            self._waiting.appendleft(task)

    def _replace(self, worker: _Process, reason: str) -> None:
        """Puts a new process in the place of one; its batch is tried again one by one, an article alone given up."""
        task = worker.task
        worker.stop()
        if not worker.ready:
            raise SetupError(f"a worker could not be started: {reason}")
        self._workers[self._workers.index(worker)] = _Process(self._make)
        if task is None:
            return
        if task.alone:
            self._keep(task, [Outcome(task.batch[len(task.outcomes)].id, "failed", reason=reason)])
        else:
            task.alone = True
            self._waiting.appendleft(task)


def _death(code: int | None) -> str:
    if code is not None and code < 0:
        name = signal.Signals(-code).name
        hint = " (out of memory?)" if name == "SIGKILL" else ""
        return f"the worker was ended by {name}{hint}"
    return f"the worker ended with exit code {code}"


def cores() -> int:
    """How many processes can run at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
