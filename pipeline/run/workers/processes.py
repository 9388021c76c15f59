"""Workers that are spawned processes of this machine, each at the other end of a pipe."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Sequence
from multiprocessing.connection import Connection, wait

from pipeline.record import Article
from pipeline.run.workers.pool import Answer, Died
from pipeline.run.workers.worker import MakeWork

EXIT = 30.0  # seconds to wait for a dying process: its memory may be written to a core file first


class Process[J]:
    """A worker process; `make` runs in it, and what it returns answers each job."""

    def __init__(self, make: Callable[[], Callable[[J], Iterable[Answer]]]) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(make, theirs), daemon=True)
        self.process.start()
        theirs.close()

    def send(self, job: J, /) -> None:
        try:
            self.pipe.send(job)
        except OSError:  # it died while idle: the next `receive` reports that
            return

    def stop(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()

    def answer(self) -> Answer:
        """The next answer, or the cause of death; the pipe closes a moment before the exit code is known."""
        try:
            answer: Answer = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join(EXIT)
            return Died(_cause(self.process.exitcode))
        return answer


Reading = Process[Sequence[Article]]  # answers with an outcome for each article


class Processes:
    """Starts worker processes."""

    def __init__(self, make: MakeWork) -> None:
        self._make = make

    def start(self) -> Reading:
        return Process(self._make)

    def receive(self, handles: Sequence[Reading], seconds: float) -> list[tuple[Reading, Answer]]:
        ready = wait([handle.pipe for handle in handles], seconds)
        return [(handle, handle.answer()) for handle in handles if handle.pipe in ready]


def _serve[J](make: Callable[[], Callable[[J], Iterable[Answer]]], pipe: Connection) -> None:
    """Runs in the worker: reports ready, then answers jobs until the parent closes the pipe or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    try:
        work = make()
    except Exception as error:
        pipe.send(Died(str(error), at_start=True))
        return
    try:
        pipe.send(None)
        while True:
            for report in work(pipe.recv()):
                pipe.send(report)
    except MemoryError:
        pipe.send(Died("the worker ran out of memory"))
    except (EOFError, OSError):
        return


def _cause(code: int | None) -> str:
    if code is not None and code < 0:
        name = signal.Signals(-code).name
        hint = " (out of memory?)" if name == "SIGKILL" else ""
        return f"the worker was ended by {name}{hint}"
    return f"the worker ended with exit code {code}"


def cores() -> int:
    """How many processes can run at once on this machine."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
