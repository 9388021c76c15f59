"""Asks a language model: what is in the cache, sent, repeated, set aside, and what the budget admits."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from pipeline.errors import SetupError
from pipeline.llm.endpoint import Cache, Endpoint, Failure, Reply, require_client
from pipeline.llm.ledger import Budget, Cost, Ledger
from pipeline.llm.prompt import Broken, Request, tokens_of

if TYPE_CHECKING:
    from pipeline.llm.client import Session

FRUITLESS = 3  # articles in a row without a usable answer, after which no more is asked
TRIES = 2  # of a request whose answer is broken


@dataclass
class Asked:
    """A request with its answer: on its way, from the cache, or (None) not to be had; `left` out by the budget."""

    request: Request
    reply: Future[Reply | Failure] | Reply | None = None
    left: bool = False


class Asker:
    """Asks an endpoint. `ledger` counts what it does; `budget` bounds what is spent, cached answers included.

    For a request that is on its way the longest answer counts, so that the budget is never exceeded. `rounds`: the
    budget is for this round alone, and cached answers are free.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        cache: Cache | None = None,
        budget: Budget = Budget(),  # noqa: B008
        rounds: bool = False,
    ) -> None:
        self.rounds = rounds
        self.endpoint, self.budget, self.ledger = endpoint, budget, Ledger()
        self.cache = cache or Cache()
        self._session: Session | None = None  # opened at the first request that is not in the cache
        self._fruitless = 0  # articles in a row
        self._why = ""  # the last reason why an answer was set aside
        self._doubtful: list[tuple[Request, Reply]] = []  # broken answers since the last article with a usable one
        self._spent = Cost()  # on cached answers too
        self._open: list[Request] = []  # asked and not finished
        self.offline = False  # nothing is asked but the cache

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Gives up what is on its way."""
        if self._session:
            self._session.close()
            self._session = None
        if not self.ledger.stopped:
            self._keep_doubtful()

    def ask(self, request: Request) -> Asked:
        """Puts a request on its way, where the budget admits it."""
        reply = self.cache.get(self.endpoint, request)
        if not (reply and self.rounds) and not self.admits([request]):
            return Asked(request, left=True)
        if reply:
            self.ledger.cached += 1
            self._open += [] if self.rounds else [request]
            return Asked(request, reply)
        return Asked(request, None if self.ledger.stopped or self.offline else self._send(request))

    def admits(self, requests: Sequence[Request]) -> bool:
        """Whether the budget allows for requests, whatever comes back for them and for what is on its way."""
        most = (Cost(1, tokens_of(request), self.endpoint.max_tokens) for request in (*self._open, *requests))
        return not requests or self.budget.admits(sum(most, self._spent))

    def answers(self, asked: Sequence[Asked]) -> list[Any]:
        """What was answered to the requests about one article; None for each without a usable answer, which is counted.

        After articles in a row without a usable one among the answers that the endpoint gave now it is asked no more.
        """
        found = [self._answer(one) for one in asked]
        new = [answer for one, answer in zip(asked, found, strict=True) if isinstance(one.reply, Future)]
        if any(new):
            self._fruitless = 0
            self._keep_doubtful()
        elif new:
            self._fruitless += 1
            if self._fruitless == FRUITLESS and not self.ledger.stopped:
                self.ledger.stopped = f"{self._why}, as the last of {FRUITLESS} articles in a row"
        return found

    def _send(self, request: Request) -> Future[Reply | Failure]:
        if self._session is None:
            require_client()
            from pipeline.llm.client import Session  # of the extra `llm`

            self._session = Session(self.endpoint)
        self._open.append(request)
        on_its_way = self._session.send(request)
        on_its_way.add_done_callback(partial(self._keep, request))
        return on_its_way

    def _keep(self, request: Request, done: Future[Reply | Failure]) -> None:
        """Keeps an answer when it comes, so that none is lost that waits for an earlier one."""
        reply = None if done.cancelled() or done.exception() else done.result()
        if isinstance(reply, Reply) and not fault_of(request, reply):
            with suppress(SetupError):  # which comes again when it is this one's turn
                self.cache.put(self.endpoint, request, reply)

    def _answer(self, asked: Asked) -> Any:
        """The answer to a request; None where there is no usable one, for a reason that is counted."""
        reply = asked.reply
        if isinstance(reply, Future):
            reply = self._received(asked.request, reply)
        elif reply is not None and not self.rounds:
            self._settle(asked.request, reply)
        if reply is None:
            return None
        if reply.broken:
            self._set_aside(reply.broken)
            return None
        answer, dropped = asked.request.parse(reply.content)
        self.ledger.dropped.update(dropped)
        return answer

    def _received(self, request: Request, on_its_way: Future[Reply | Failure]) -> Reply | None:
        """What came back, which is then in the cache; a broken answer is asked for once more. None after a failure."""
        total = Cost()
        while reply := self._reply(request, on_its_way):
            total += Cost(1, reply.tokens_in, reply.tokens_out)
            broken = fault_of(request, reply) or None
            whole = replace(reply, **vars(total), broken=broken)
            if broken is None or total.calls == TRIES or self.ledger.stopped or not self.admits([request]):
                if broken:
                    self._doubtful.append((request, whole))
                else:
                    self.cache.put(self.endpoint, request, whole)
                return whole
            self.ledger.asked_again += 1
            on_its_way = self._send(request)
        return None

    def _reply(self, request: Request, on_its_way: Future[Reply | Failure]) -> Reply | None:
        """What came back; None after a failure. Both are counted, and a failure may end all asking."""
        if self.ledger.stopped:
            on_its_way.cancel()
        try:
            reply = on_its_way.result()
        except CancelledError:
            self._settle(request)
            return None
        self.ledger.retries += reply.retries
        if isinstance(reply, Reply):
            self._settle(request, reply)
            self.ledger.count(reply.tokens_in, reply.tokens_out, reply.estimated)
            return reply
        self._settle(request)
        self._set_aside(reply.reason)
        self.ledger.failed += reply.gone  # the others would fail again
        if reply.fatal:
            self.ledger.stopped = self.ledger.stopped or reply.reason
        return None

    def _settle(self, request: Request, reply: Reply | None = None) -> None:
        """A request has ended, and has taken what its reply says."""
        self._open.remove(request)
        self._spent += Cost(reply.calls, reply.tokens_in, reply.tokens_out) if reply else Cost()

    def _set_aside(self, reason: str) -> None:
        self.ledger.set_aside[reason] += 1
        self._why = reason

    def _keep_doubtful(self) -> None:
        """Keeps broken answers of an endpoint that can give others; else they are asked for in a later run."""
        for request, reply in self._doubtful:
            self.cache.put(self.endpoint, request, reply)
        self._doubtful.clear()


def fault_of(request: Request, reply: Reply) -> str:
    """Why a reply cannot be used; empty if it can."""
    try:
        request.parse(reply.content)
    except Broken as error:
        return "an answer that was cut at the most tokens" if reply.cut else f"an answer with {error}"
    return ""
