"""Workers that stand in for the real one: they answer at once, unless an article's text says what to do instead."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from pipeline.batch.outcome import Outcome
from pipeline.extract import OUT_OF_MEMORY
from pipeline.record import Article


class StandIn:
    def __call__(self, batch: Sequence[Article]) -> list[Outcome]:
        return [self._answer(article, alone=len(batch) == 1) for article in batch]

    def _answer(self, article: Article, alone: bool) -> Outcome:
        order, _, rest = article.text.partition(" ")
        if order == "lack" or (order == "crowd" and not alone):
            return Outcome(article.id, "failed", reason=OUT_OF_MEMORY)
        if order == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if order == "exit":
            os._exit(7)
        if order == "fault":
            signal.signal(signal.SIGSEGV, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGSEGV)
        if order == "hang":
            time.sleep(600)
        if order == "once" and not Path(rest).exists():  # dies the first time only
            Path(rest).touch()
            os._exit(1)
        if order == "fill":  # up to a limit of the system's, so that nobody else on this machine pays
            resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
            bytearray(2**31)
        if order == "meet":  # waits for another worker that was told the same
            Path(rest, str(os.getpid())).touch()
            while len(list(Path(rest).iterdir())) < 2:
                time.sleep(0.02)
        if order == "slow":
            time.sleep(0.3)
        return Outcome(article.id, "done", line=f'{{"id": "{article.id}", "by": {os.getpid()}}}')


def make() -> StandIn:
    return StandIn()


def broken() -> StandIn:
    raise RuntimeError("no model here")
