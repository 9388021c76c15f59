"""Workers that stand in for the real one: they answer at once, unless an article's text says what to do instead."""

import os
import resource
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pipeline.errors import OUT_OF_MEMORY
from pipeline.record import Article
from pipeline.run.workers.worker import Outcome


class StandIn:
    def __call__(self, articles: Sequence[Article]) -> Iterator[Outcome]:
        for article in articles:
            yield self._answer(article, alone=len(articles) == 1)

    def _answer(self, article: Article, alone: bool) -> Outcome:
        order, _, rest = article.text.partition(" ")
        if order == "note":
            log, order = rest.split(" ")
            with Path(log).open("a") as file:
                file.write(f"{article.id}\n")
        if order == "lack" or (order == "crowd" and not alone):
            return Outcome(article.id, "failed", reason=OUT_OF_MEMORY)
        ORDERS.get(order, lambda _: None)(rest)
        return Outcome(article.id, "done", line=f'{{"id": "{article.id}", "by": {os.getpid()}}}')


def _fault(_: str) -> None:
    signal.signal(signal.SIGSEGV, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGSEGV)


def _doomed(order: str) -> None:
    """Is killed so many times: `3 FOLDER`."""
    times, folder = order.split(" ")
    if len(list(Path(folder).iterdir())) < int(times):
        Path(folder, str(os.getpid())).touch()
        os.kill(os.getpid(), signal.SIGKILL)


def _fill(_: str) -> None:
    """Up to a limit of the system's, so that nobody else on this machine pays."""
    resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
    bytearray(2**31)


def _meet(folder: str) -> None:
    """Waits for another worker that has the same order."""
    Path(folder, str(os.getpid())).touch()
    while len(list(Path(folder).iterdir())) < 2:
        time.sleep(0.02)


ORDERS: dict[str, Callable[[str], object]] = {
    "die": lambda _: os.kill(os.getpid(), signal.SIGKILL),
    "exit": lambda _: os._exit(7),
    "fault": _fault,
    "hang": lambda _: time.sleep(600),
    "doomed": _doomed,
    "fill": _fill,
    "meet": _meet,
    "slow": lambda _: time.sleep(0.3),
}


def make() -> StandIn:
    return StandIn()


def broken() -> StandIn:
    raise RuntimeError("no model here")


def late(times: int, folder: str) -> StandIn:
    """Is killed so many times before it is ready."""
    _doomed(f"{times} {folder}")
    return StandIn()
