"""Reads records a second time, with a language model; whatever fails, an article keeps the record that it had."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Self

from pipeline.errors import SetupError
from pipeline.llm.endpoint import Cache, Endpoint, Failure, Reply, require_client
from pipeline.llm.fuse import joined, read_fusion
from pipeline.llm.ground import ground
from pipeline.llm.ledger import Budget, Cost, Ledger, Plan, planned
from pipeline.llm.prompt import Answer, Broken, Prompt, parse, prompts_of
from pipeline.record import Record
from pipeline.settings import Settings
from pipeline.stages.models.sectors import FOLDER as SECTORS
from pipeline.stages.models.sectors import read_model

if TYPE_CHECKING:
    from pipeline.llm.client import Session

FRUITLESS = 3  # articles in a row without a usable answer, after which no more is asked
TRIES = 2  # of a prompt whose answer is broken
AHEAD = 2  # articles in the queue for each request at once
UNGROUNDED = "an answer with no commitment that the article states"
METHOD = "llm:"  # of an act, before the name of the model


@dataclass
class _Asked:
    """A prompt with its answer: on its way, from the cache, or (None) not to be had; `left` out by the budget."""

    prompt: Prompt
    reply: Future[Reply | Failure] | Reply | None = None
    left: bool = False


class Reader:
    """The second reader. `ledger` counts what it does; `budget` bounds what is spent, cached answers included.

    For a request that is on its way the longest answer counts, so that the budget is never exceeded.

    `settings`: name the pipeline that has made the records. Raises SetupError where a file of it is missing.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        settings: Settings = Settings(),  # noqa: B008  immutable
        cache: Cache | None = None,
        budget: Budget = Budget(),  # noqa: B008
    ) -> None:
        self.endpoint, self.budget, self.ledger = endpoint, budget, Ledger()
        self._fusion = read_fusion(settings.measured(settings.profile))
        self._sectors = read_model(settings.models / SECTORS)
        self.cache = cache or Cache()
        self._session: Session | None = None  # opened at the first prompt that is not in the cache
        self._fruitless = 0  # articles in a row
        self._why = ""  # the last reason why an answer was set aside
        self._doubtful: list[tuple[Prompt, Reply]] = []  # broken answers since the last article with a usable one
        self._read: set[str] = set()  # ids of articles
        self._spent = Cost()  # on cached answers too
        self._open: list[Prompt] = []  # asked and not finished

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

    def plan(self, records: Iterable[Record]) -> Plan:
        """Which of some records the budget admits."""
        return planned(records, self._fusion.gain, self.budget, self.endpoint.max_tokens)

    def read[K](self, items: Iterable[tuple[K, Record | None, bool]]) -> Iterator[tuple[K, Record | None]]:
        """The records in their order, each with the key that came with it; those with True are read, several at once.

        What has no record passes through.
        """
        pending: deque[tuple[K, Record | None, list[_Asked]]] = deque()
        for key, record, wanted in items:
            self.ledger.left += record is not None and not wanted
            prompts = prompts_of(record) if record and wanted else []
            while pending and not self._admits(prompts):  # until it is known what was spent
                yield self._finished(*pending.popleft())
            pending.append((key, record, [self._ask(prompt) for prompt in prompts]))
            if len(pending) > AHEAD * self.endpoint.concurrency:
                yield self._finished(*pending.popleft())
        while pending:
            yield self._finished(*pending.popleft())

    def was_read(self, article: str) -> bool:
        """Whether every sentence of an article, by its id, has been read."""
        return article in self._read

    def _ask(self, prompt: Prompt) -> _Asked:
        if not self._admits([prompt]):
            return _Asked(prompt, left=True)
        if reply := self.cache.get(self.endpoint, prompt):
            self.ledger.cached += 1
            self._open.append(prompt)
            return _Asked(prompt, reply)
        return _Asked(prompt, None if self.ledger.stopped else self._send(prompt))

    def _admits(self, prompts: Sequence[Prompt]) -> bool:
        """Whether the budget allows for prompts, whatever comes back for them and for what is on its way."""
        most = (Cost(1, prompt.tokens, self.endpoint.max_tokens) for prompt in (*self._open, *prompts))
        return not prompts or self.budget.admits(sum(most, self._spent))

    def _send(self, prompt: Prompt) -> Future[Reply | Failure]:
        if self._session is None:
            require_client()
            from pipeline.llm.client import Session  # of the extra `llm`

            self._session = Session(self.endpoint)
        self._open.append(prompt)
        on_its_way = self._session.send(prompt)
        on_its_way.add_done_callback(partial(self._keep, prompt))
        return on_its_way

    def _keep(self, prompt: Prompt, done: Future[Reply | Failure]) -> None:
        """Keeps an answer when it comes, so that none is lost that waits for an earlier one."""
        reply = None if done.cancelled() or done.exception() else done.result()
        if isinstance(reply, Reply) and not _fault(reply):
            with suppress(SetupError):  # which comes again when it is this one's turn
                self.cache.put(self.endpoint, prompt, reply)

    def _finished[K](self, key: K, record: Record | None, asked: Sequence[_Asked]) -> tuple[K, Record | None]:
        """The record with what was answered; as it was where nothing usable was."""
        answers = [(one.prompt, self._answer(one)) for one in asked]
        self._judge([answer for one, (_, answer) in zip(asked, answers, strict=True) if isinstance(one.reply, Future)])
        usable = [(prompt, answer) for prompt, answer in answers if answer]
        if record is None or not asked:
            return key, record
        if all(one.left for one in asked):
            self.ledger.left += 1
            return key, record
        reading = ground(record, usable, self._sectors, f"{METHOD}{self.endpoint.model}")
        self.ledger.dropped += reading.dropped
        self.ledger.set_aside.update(UNGROUNDED for prompt, _ in usable if prompt.first not in reading.lost)
        self.ledger.articles += bool(reading.lost)
        whole = all(one.prompt.first in reading.lost for one in asked)
        self.ledger.unread += not whole
        if whole:
            self._read.add(record.article.id)
        return key, joined(record, reading, self._fusion) if reading.lost else record

    def _answer(self, asked: _Asked) -> Answer | None:
        """The answer to a prompt; None where there is no usable one, for a reason that is counted."""
        reply = asked.reply
        if isinstance(reply, Future):
            reply = self._received(asked.prompt, reply)
        elif reply is not None:
            self._settle(asked.prompt, reply)
        if reply is None:
            return None
        if reply.broken:
            self._set_aside(reply.broken)
            return None
        answer, dropped = parse(reply.content)
        self.ledger.dropped.update(dropped)
        return answer

    def _received(self, prompt: Prompt, on_its_way: Future[Reply | Failure]) -> Reply | None:
        """What came back, which is then in the cache; a broken answer is asked for once more. None after a failure."""
        total = Cost()
        while reply := self._reply(prompt, on_its_way):
            total += Cost(1, reply.tokens_in, reply.tokens_out)
            broken = _fault(reply) or None
            whole = replace(reply, **vars(total), broken=broken)
            if broken is None or total.calls == TRIES or self.ledger.stopped or not self._admits([prompt]):
                if broken:
                    self._doubtful.append((prompt, whole))
                else:
                    self.cache.put(self.endpoint, prompt, whole)
                return whole
            self.ledger.asked_again += 1
            on_its_way = self._send(prompt)
        return None

    def _reply(self, prompt: Prompt, on_its_way: Future[Reply | Failure]) -> Reply | None:
        """What came back; None after a failure. Both are counted, and a failure may end all asking."""
        if self.ledger.stopped:
            on_its_way.cancel()
        try:
            reply = on_its_way.result()
        except CancelledError:
            self._settle(prompt)
            return None
        self.ledger.retries += reply.retries
        if isinstance(reply, Reply):
            self._settle(prompt, reply)
            self.ledger.calls += 1
            self.ledger.tokens_in += reply.tokens_in
            self.ledger.tokens_out += reply.tokens_out
            self.ledger.estimated += reply.estimated
            return reply
        self._settle(prompt)
        self._set_aside(reply.reason)
        self.ledger.failed += reply.gone  # the others would fail again
        if reply.fatal:
            self.ledger.stopped = self.ledger.stopped or reply.reason
        return None

    def _settle(self, prompt: Prompt, reply: Reply | None = None) -> None:
        """A request has ended, and has taken what its reply says."""
        self._open.remove(prompt)
        self._spent += Cost(reply.calls, reply.tokens_in, reply.tokens_out) if reply else Cost()

    def _set_aside(self, reason: str) -> None:
        self.ledger.set_aside[reason] += 1
        self._why = reason

    def _judge(self, answers: Sequence[Answer | None]) -> None:
        """Ends the asking after articles in a row without a usable one among the answers that the endpoint gave now."""
        if any(answers):
            self._fruitless = 0
            self._keep_doubtful()
        elif answers:
            self._fruitless += 1
            if self._fruitless == FRUITLESS and not self.ledger.stopped:
                self.ledger.stopped = f"{self._why}, as the last of {FRUITLESS} articles in a row"

    def _keep_doubtful(self) -> None:
        """Keeps broken answers of an endpoint that can give others; else they are asked for in a later run."""
        for prompt, reply in self._doubtful:
            self.cache.put(self.endpoint, prompt, reply)
        self._doubtful.clear()


def _fault(reply: Reply) -> str:
    """Why a reply cannot be used; empty if it can."""
    try:
        parse(reply.content)
    except Broken as error:
        return "an answer that was cut at the most tokens" if reply.cut else f"an answer with {error}"
    return ""
