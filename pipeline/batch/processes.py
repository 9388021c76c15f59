"""Workers that are processes of this machine, spawned, each at the other end of a pipe."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Sequence
from multiprocessing.connection import Connection, wait

from pipeline.batch.outcome import Make
from pipeline.batch.pool import Answer, Gone
from pipeline.record import Article

DYING = 30.0  # seconds that a process may take to be gone: one with much memory is written to disk first


class Process:
    """A worker's process; `make` runs in it."""

    def __init__(self, make: Make) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(make, theirs), daemon=True)
        self.process.start()
        theirs.close()

    def give(self, articles: Sequence[Article]) -> None:
        try:
            self.pipe.send(articles)
        except OSError:  # it died while idle, as the next look at its pipe shows
            return

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()

    def answer(self) -> Answer:
        """What it has sent, or of what it died; its pipe closes a moment before the system knows."""
        try:
            answer: Answer = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join(DYING)
            return Gone(_death(self.process.exitcode))
        return answer


class Processes:
    """Where they are started."""

    def __init__(self, make: Make) -> None:
        self._make = make

    def start(self) -> Process:
        return Process(self._make)

    def listen(self, handles: Sequence[Process], seconds: float) -> list[tuple[Process, Answer]]:
        ready = wait([handle.pipe for handle in handles], seconds)
        return [(handle, handle.answer()) for handle in handles if handle.pipe in ready]


def _serve(make: Make, pipe: Connection) -> None:
    """The life of a worker: it says that it is ready, then answers what it gets; it ends when its parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    try:
        work = make()
    except Exception as error:
        pipe.send(Gone(str(error), broken=True))
        return
    try:
        pipe.send(None)
        while True:
            for report in work(pipe.recv()):
                pipe.send(report)
    except MemoryError:
        pipe.send(Gone("the worker ran out of memory"))
    except (EOFError, OSError):
        return


def _death(code: int | None) -> str:
    if code is not None and code < 0:
        name = signal.Signals(-code).name
        hint = " (out of memory?)" if name == "SIGKILL" else ""
        return f"the worker was ended by {name}{hint}"
    return f"the worker ended with exit code {code}"


def cores() -> int:
    """How many processes can run at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
