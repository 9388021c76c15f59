"""Reads records a second time, with a language model; whatever fails, an article keeps the record that it had."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Protocol, Self

from pipeline.errors import SetupError
from pipeline.llm.answer import Answer, Broken, parse
from pipeline.llm.cache import Cache, Cached
from pipeline.llm.endpoint import Endpoint, Failure, Reply, require_client
from pipeline.llm.fuse import applied, fused, read_fusion
from pipeline.llm.ground import ground
from pipeline.llm.ledger import Budget, Ledger
from pipeline.llm.prompt import Prompt, prompts_of
from pipeline.record import Record
from pipeline.settings import Settings
from pipeline.stages.models.sectors import FOLDER as SECTORS
from pipeline.stages.models.sectors import read_model

FRUITLESS = 3  # articles in a row without a usable answer, after which no more is asked
TRIES = 2  # of a prompt whose answer is broken
AHEAD = 2  # articles in the queue for each request at once
UNGROUNDED = "an answer with no commitment that the article states"
METHOD = "llm:"  # of an act, before the name of the model
Spent = tuple[int, int]  # calls and tokens


class Sender(Protocol):
    """Sends prompts, as `Session` does."""

    def send(self, prompt: Prompt) -> Future[Reply | Failure]: ...
    def close(self) -> None: ...


@dataclass
class _Asked:
    """A prompt with its answer: on its way, from the cache, or (None) not to be had; `left` out by the budget."""

    prompt: Prompt
    on_its_way: Future[Reply | Failure] | None = None
    answer: Cached | None = None
    left: bool = False


class Reader:
    """The second reader. `ledger` counts what it does; `budget` bounds what is spent, cached answers included.

    For a request that is on its way the longest answer counts, so that the budget is never exceeded.

    `settings`: name the pipeline that has made the records. `sender`: sends the prompts; by default a `Session`, opened
    at the first prompt that is not in the cache. Raises SetupError where a file of the pipeline is missing.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        settings: Settings = Settings(),  # noqa: B008  immutable
        cache: Cache | None = None,
        budget: Budget = Budget(),  # noqa: B008
        sender: Sender | None = None,
    ) -> None:
        self.endpoint, self.budget, self.ledger = endpoint, budget, Ledger()
        self.fusion = read_fusion(settings.measured(settings.profile))
        self._sectors = read_model(settings.models / SECTORS)
        self._cache = cache or Cache()
        self._sender = sender
        self._fruitless = 0  # articles in a row
        self._why = ""  # the last reason why an answer was set aside
        self._doubtful: list[tuple[Prompt, Cached]] = []  # broken answers since the last article with a usable one
        self._read: set[str] = set()  # ids of articles
        self._spent = (0, 0)  # calls and tokens, those of cached answers too
        self._open = (0, 0)  # the most that may come for what is asked and not finished

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Gives up what is on its way."""
        if self._sender:
            self._sender.close()
            self._sender = None
        if not self.ledger.stopped:
            self._keep_doubtful()

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
        if answer := self._cache.get(self.endpoint, prompt):
            self.ledger.cached += 1
            self._open = _sum(self._open, self._most(prompt))
            return _Asked(prompt, answer=answer)
        if self.ledger.stopped:
            return _Asked(prompt)
        return _Asked(prompt, self._send(prompt))

    def _admits(self, prompts: Sequence[Prompt]) -> bool:
        """Whether the budget allows for prompts, whatever comes back for them and for what is on its way."""
        wanted = _sum(self._spent, self._open, *map(self._most, prompts))
        return not prompts or self.budget.admits(*wanted)

    def _most(self, prompt: Prompt) -> Spent:
        """The most that a request takes."""
        return 1, prompt.tokens + self.endpoint.max_tokens

    def _send(self, prompt: Prompt) -> Future[Reply | Failure]:
        if self._sender is None:
            require_client()
            from pipeline.llm.client import Session  # of the extra `llm`

            self._sender = Session(self.endpoint)
        self._open = _sum(self._open, self._most(prompt))
        on_its_way = self._sender.send(prompt)
        on_its_way.add_done_callback(partial(self._keep, prompt))
        return on_its_way

    def _keep(self, prompt: Prompt, done: Future[Reply | Failure]) -> None:
        """Keeps an answer when it comes, so that none is lost that waits for an earlier one."""
        reply = None if done.cancelled() or done.exception() else done.result()
        if isinstance(reply, Reply) and not _fault(reply):
            found = Cached(reply.content, None, 1, reply.tokens_in, reply.tokens_out)
            with suppress(SetupError):  # which comes again when it is this one's turn
                self._cache.put(self.endpoint, prompt, found)

    def _settle(self, prompt: Prompt, calls: int, tokens: int) -> None:
        """A request has ended, and has taken so much."""
        most_calls, most_tokens = self._most(prompt)
        self._open = _sum(self._open, (-most_calls, -most_tokens))
        self._spent = _sum(self._spent, (calls, tokens))

    def _finished[K](self, key: K, record: Record | None, asked: Sequence[_Asked]) -> tuple[K, Record | None]:
        """The record with what was answered; as it was where nothing usable was."""
        if record is None:
            return key, None
        found = [(one, self._answer(one)) for one in asked]
        self._judge([answer for one, answer in found if one.on_its_way])
        answers = [(one.prompt, answer) for one, answer in found if answer]
        if asked and all(one.left for one in asked):
            self.ledger.left += 1
            return key, record
        if not answers:
            self.ledger.unread += bool(asked)
            return key, record
        reading = ground(record, answers, self._sectors, f"{METHOD}{self.endpoint.model}")
        self.ledger.dropped += reading.dropped
        self.ledger.set_aside.update(UNGROUNDED for prompt, _ in answers if prompt.first not in reading.read)
        self.ledger.articles += bool(reading.read)
        whole = all(one.prompt.first in reading.read for one in asked)
        self.ledger.unread += not whole
        if whole:
            self._read.add(record.article.id)
        if not reading.read:
            return key, record
        return key, applied(reading, fused(record.commitments, reading, self.fusion))

    def _answer(self, asked: _Asked) -> Answer | None:
        """The answer to a prompt; a broken one is asked for once more, then it is set aside."""
        found = asked.answer
        if found is not None:
            self._settle(asked.prompt, found.calls, found.tokens_in + found.tokens_out)
        elif asked.on_its_way is not None:
            found = self._received(asked.prompt, asked.on_its_way)
        if found is None:
            return None
        if found.broken:
            self._set_aside(found.broken)
            return None
        answer, dropped = parse(found.content)
        self.ledger.dropped.update(dropped)
        return answer

    def _received(self, prompt: Prompt, on_its_way: Future[Reply | Failure]) -> Cached | None:
        """What came back, which is then in the cache; None after a failure, which is counted."""
        calls, tokens_in, tokens_out = 0, 0, 0
        while (reply := self._reply(prompt, on_its_way)) is not None:
            calls, tokens_in, tokens_out = calls + 1, tokens_in + reply.tokens_in, tokens_out + reply.tokens_out
            self.ledger.estimated += reply.estimated
            broken = _fault(reply) or None
            if broken is None or calls == TRIES or self.ledger.stopped or not self._admits([prompt]):
                break
            self.ledger.asked_again += 1
            on_its_way = self._send(prompt)
        if reply is None:
            return None
        found = Cached("" if broken else reply.content, broken, calls, tokens_in, tokens_out)
        if broken:
            self._doubtful.append((prompt, found))
        elif self._cache.get(self.endpoint, prompt) != found:
            self._cache.put(self.endpoint, prompt, found)
        return found

    def _reply(self, prompt: Prompt, on_its_way: Future[Reply | Failure]) -> Reply | None:
        """What came back; None after a failure. Both are counted, and a failure may end all asking."""
        if self.ledger.stopped:
            on_its_way.cancel()
        try:
            reply = on_its_way.result()
        except CancelledError:
            self._settle(prompt, 0, 0)
            return None
        self.ledger.retries += reply.retries
        if isinstance(reply, Reply):
            self._settle(prompt, 1, reply.tokens_in + reply.tokens_out)
            self.ledger.calls += 1
            self.ledger.tokens_in += reply.tokens_in
            self.ledger.tokens_out += reply.tokens_out
            return reply
        self._settle(prompt, 0, 0)
        self._set_aside(reply.reason)
        self.ledger.failed += reply.gone  # the others would fail again
        if reply.fatal:
            self.ledger.stopped = self.ledger.stopped or reply.reason
        return None

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
        for prompt, answer in self._doubtful:
            self._cache.put(self.endpoint, prompt, answer)
        self._doubtful.clear()


def _sum(*parts: Spent) -> Spent:
    return sum(calls for calls, _ in parts), sum(tokens for _, tokens in parts)


def _fault(reply: Reply) -> str:
    """Why a reply cannot be used; empty if it can."""
    try:
        parse(reply.content)
    except Broken as error:
        return "an answer that was cut at the most tokens" if reply.cut else f"an answer with {error}"
    return ""
