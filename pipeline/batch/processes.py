"""Hands that are processes of this machine, spawned, each at the other end of a pipe."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Sequence
from multiprocessing.connection import Connection, wait

from pipeline.batch.outcome import Item, Make
from pipeline.batch.pool import Answer, Gone

DYING = 30.0  # seconds that a process may take to be gone: one with much memory is written to disk first


class Process:
    """A worker's process; `make` runs in it."""

    def __init__(self, make: Make) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(make, theirs), daemon=True)
        self.process.start()
        theirs.close()

    def give(self, batch: Sequence[Item]) -> None:
        try:
            self.pipe.send(batch)
        except OSError:  # it died while idle, which its end of the pipe will tell
            return

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()

    def said(self) -> Answer:
        """What it has sent, or of what it died; its pipe closes a moment before the system knows."""
        try:
            told: Answer = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join(DYING)
            return Gone(_death(self.process.exitcode))
        return told


class Processes:
    """Where they come from."""

    def __init__(self, make: Make) -> None:
        self._make = make

    def hire(self) -> Process:
        return Process(self._make)

    def listen(self, hands: Sequence[Process], seconds: float) -> list[tuple[Process, Answer]]:
        ready = wait([hand.pipe for hand in hands], seconds)
        return [(hand, hand.said()) for hand in hands if hand.pipe in ready]


def _serve(make: Make, pipe: Connection) -> None:
    """The life of a worker: it says that it is ready, then answers each batch; it ends when its parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    try:
        work = make()
    except Exception as error:
        pipe.send(Gone(str(error), broken=True))
        return
    try:
        pipe.send(None)
        while True:
            pipe.send(work(pipe.recv()))
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
