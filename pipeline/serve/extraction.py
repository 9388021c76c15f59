"""One request at a time has the worker; some wait, the others are refused. What takes too long is stopped."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from math import ceil
from threading import Lock
from typing import Literal, NamedTuple

from starlette.concurrency import run_in_threadpool

from pipeline.errors import SetupError, number_of
from pipeline.run.workers.pool import Died
from pipeline.run.workers.processes import Process
from pipeline.run.workers.worker import Outcome
from pipeline.serve.problems import Refusal
from pipeline.serve.worker import Job, Opened, Work
from pipeline.settings import Settings

START = 120.0  # seconds that a worker may take to load the models
State = Literal["starting", "ready", "busy", "failed"]


class Results(NamedTuple):
    """The outcomes of a job in order, and why there are no more of them."""

    outcomes: list[Outcome]
    stopped: Refusal | None = None


class Extraction:
    """A worker process, and the requests that wait for it.

    `timeout`: seconds that a request may take, and may wait; `waiting`: requests that may wait; `opened`: see `Work`.
    """

    def __init__(self, settings: Settings, timeout: float, waiting: int, opened: Opened | None = None) -> None:
        self.timeout = timeout
        self._make, self._most = partial(Work, settings, opened), waiting
        self._process: Process[Job] | None = None
        self._failure: str | None = None
        self._ready, self._closed = False, False
        self._one_thread, self._turn = Lock(), asyncio.Lock()
        self.waiting, self._seconds = 0, 1.0  # that the last job took

    @property
    def state(self) -> State:
        if self._failure:
            return "failed"
        return "starting" if not self._ready else "busy" if self._turn.locked() else "ready"

    def start(self) -> None:
        """Starts the worker, where there is none, without waiting for it."""
        if self._process is None:
            self._process, self._ready = Process(self._make), False

    def close(self) -> None:
        """Stops the worker, at whatever it is."""
        self._closed = True
        if self._process:
            self._process.process.kill()

    async def warm(self) -> None:
        """Waits until the worker has loaded its models; a failure is kept for those who ask for work."""
        try:
            async with self._turn:
                await run_in_threadpool(self._wait_until_ready)
        except (SetupError, Refusal) as error:
            self._failure = str(error)

    async def results(self, job: Job, is_gone: Callable[[], Awaitable[bool]]) -> Results:
        """The results of a job, when its turn has come; `is_gone`: whether nobody wants them any more.

        Raises Refusal where too many wait, or it has waited too long.
        """
        await self._wait_for_turn()
        try:
            if await is_gone():
                return Results([])
            return await run_in_threadpool(self.results_now, job)
        finally:
            self._turn.release()

    async def _wait_for_turn(self) -> None:
        if self._turn.locked() and self.waiting >= self._most:
            raise self._busy(f"{number_of(self.waiting, 'request')} already waiting")
        self.waiting += 1
        try:
            async with asyncio.timeout(self.timeout):
                await self._turn.acquire()
        except TimeoutError as error:
            raise self._busy(f"its turn did not come within {self.timeout:g} seconds") from error
        finally:
            self.waiting -= 1

    def _busy(self, why: str) -> Refusal:
        again = min(60, max(1, ceil(self._seconds * (self.waiting + 1))))
        return Refusal(503, f"the server is busy: {why}; try again in {again} s", again)

    def results_now(self, job: Job) -> Results:
        """The same without a turn, for a caller that is alone; other threads wait."""
        with self._one_thread:
            process = self._wait_until_ready()
            begun = time.monotonic()
            process.send(job)
            outcomes: list[Outcome] = []
            while True:
                left = begun + self.timeout - time.monotonic()
                if not process.pipe.poll(max(0.0, left)):
                    advice = "send less at once, or start the server with a longer --timeout"
                    return self._stopped(outcomes, 504, f"took longer than {self.timeout:g} seconds; {advice}")
                answer = process.answer()
                if isinstance(answer, Died):
                    return self._stopped(outcomes, 500, f"{answer.reason}; the next request gets a new worker")
                if answer is None:
                    self._seconds = time.monotonic() - begun
                    return Results(outcomes)
                if isinstance(answer, Outcome):
                    outcomes.append(answer)

    def _stopped(self, outcomes: list[Outcome], status: int, why: str) -> Results:
        """Starts another worker; this job ends here."""
        if self._process:
            self._process.stop()
            self._process = None
        if self._closed:
            raise Refusal(503, "the server is stopping; send the request again when it is back", 5)
        self.start()
        return Results(outcomes, Refusal(status, why))

    def _wait_until_ready(self) -> Process[Job]:
        if self._process and self._ready and not self._process.process.is_alive():  # killed while it had no work
            self._process.stop()
            self._process = None
        self.start()
        process = self._process
        assert process is not None
        if not self._ready:
            answer = process.answer() if process.pipe.poll(START) else Died("it did not start")
            if isinstance(answer, Died):
                process.stop()
                self._process = None  # the next request tries again
                raise Refusal(500, f"the worker could not be started: {answer.reason}; run `corridor doctor`")
            self._ready, self._failure = True, None
        return process
