"""Reads records a second time, with a language model; whatever fails, an article keeps the record that it had."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from typing import Protocol, Self

from pipeline.llm.answer import Answer, Broken, parse
from pipeline.llm.apply import applied
from pipeline.llm.cache import Cache, Cached
from pipeline.llm.endpoint import Endpoint, Failure, Reply, Session
from pipeline.llm.fuse import fused, read_fusion
from pipeline.llm.ground import ground
from pipeline.llm.ledger import Budget, Ledger
from pipeline.llm.prompt import Prompt, prompts_of
from pipeline.model.sectors import FOLDER as SECTORS
from pipeline.model.sectors import read_model
from pipeline.record import Record
from pipeline.settings import Settings

GONE = 3  # requests in a row that the endpoint did not answer, after which no more are sent
TRIES = 2  # of a prompt whose answer is broken
AHEAD = 2  # articles in the queue for each request at once
UNGROUNDED = "an answer with no commitment that the article states"


class Sender(Protocol):
    """Sends prompts, as `Session` does."""

    def send(self, prompt: Prompt) -> Future[Reply | Failure]: ...
    def close(self) -> None: ...


@dataclass
class _Asked:
    """A prompt with its answer: on its way, from the cache, or (None) not to be had."""

    prompt: Prompt
    on_its_way: Future[Reply | Failure] | None = None
    answer: Cached | None = None


class Reader:
    """The second reader. `ledger` counts what it does; `budget` bounds what is spent, cached answers included.

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
        self._gone = 0
        self._read: set[str] = set()  # ids of articles
        self._spent = (0, 0)  # calls and tokens, those of cached answers too

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Gives up what is on its way."""
        if self._sender:
            self._sender.close()
            self._sender = None

    def read[K](self, items: Iterable[tuple[K, Record | None, bool]]) -> Iterator[tuple[K, Record | None]]:
        """The records in their order, each with the key that came with it; those with True are read, several at once.

        What has no record passes through.
        """
        pending: deque[tuple[K, Record | None, list[_Asked]]] = deque()
        for key, record, wanted in items:
            self.ledger.left += record is not None and not wanted
            asked = [self._ask(prompt) for prompt in prompts_of(record)] if record and wanted else []
            pending.append((key, record, asked))
            if len(pending) > AHEAD * self.endpoint.concurrency:
                yield self._finished(*pending.popleft())
        while pending:
            yield self._finished(*pending.popleft())

    def read_all(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records, each read."""
        return (read for _, read in self.read((None, record, True) for record in records) if read)

    def was_read(self, article: str) -> bool:
        """Whether every sentence of an article, by its id, has been read."""
        return article in self._read

    def _ask(self, prompt: Prompt) -> _Asked:
        if answer := self._cache.get(self.endpoint, prompt):
            self.ledger.cached += 1
            self._spend(answer.calls, answer.tokens_in + answer.tokens_out)
            return _Asked(prompt, answer=answer)
        calls, tokens = self._spent
        if self.ledger.stopped or not self.budget.admits(calls + 1, tokens + prompt.tokens):
            return _Asked(prompt)
        return _Asked(prompt, self._send(prompt))

    def _send(self, prompt: Prompt) -> Future[Reply | Failure]:
        self._sender = self._sender or Session(self.endpoint)
        return self._sender.send(prompt)

    def _spend(self, calls: int, tokens: int) -> None:
        self._spent = self._spent[0] + calls, self._spent[1] + tokens

    def _finished[K](self, key: K, record: Record | None, asked: Sequence[_Asked]) -> tuple[K, Record | None]:
        """The record with what was answered; as it was where nothing usable was."""
        if record is None:
            return key, None
        answers = [(one.prompt, answer) for one in asked if (answer := self._answer(one))]
        if not answers:
            self.ledger.unread += bool(asked)
            return key, record
        reading = ground(record, answers, self._sectors, f"llm:{self.endpoint.model}")
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
        if found is None and asked.on_its_way is not None:
            found = self._received(asked.prompt, asked.on_its_way)
        if found is None:
            return None
        if found.broken:
            self.ledger.set_aside[found.broken] += 1
            return None
        answer, dropped = parse(found.content)
        self.ledger.dropped.update(dropped)
        return answer

    def _received(self, prompt: Prompt, on_its_way: Future[Reply | Failure]) -> Cached | None:
        """What came back, which is then in the cache; None after a failure, which is counted."""
        calls, tokens_in, tokens_out, broken, content = 0, 0, 0, "", ""
        for attempt in range(TRIES):
            reply = self._reply(on_its_way)
            if not isinstance(reply, Reply):
                break
            calls, tokens_in, tokens_out = calls + 1, tokens_in + reply.tokens_in, tokens_out + reply.tokens_out
            self.ledger.estimated += reply.estimated
            broken, content = _fault(reply), reply.content
            if not broken:
                break
            if attempt + 1 < TRIES:
                self.ledger.asked_again += 1
                on_its_way = self._send(prompt)
        if not calls:
            return None
        self.ledger.calls += calls
        self.ledger.tokens_in += tokens_in
        self.ledger.tokens_out += tokens_out
        self._spend(calls, tokens_in + tokens_out)
        found = Cached("" if broken else content, broken or None, calls, tokens_in, tokens_out)
        if not broken or calls == TRIES:
            self._cache.put(self.endpoint, prompt, found)
        return found

    def _reply(self, on_its_way: Future[Reply | Failure]) -> Reply | None:
        """What came back; None after a failure, which is counted and may end all asking."""
        if self.ledger.stopped:
            on_its_way.cancel()
        try:
            reply = on_its_way.result()
        except CancelledError:
            return None
        if isinstance(reply, Reply):
            self._gone = 0
            self.ledger.retries += reply.retries
            return reply
        self.ledger.set_aside[reply.reason] += 1
        self.ledger.failed += 1
        self._gone = self._gone + 1 if reply.gone else 0
        if reply.fatal or self._gone >= GONE:
            self.ledger.stopped = self.ledger.stopped or reply.reason
        return None


def _fault(reply: Reply) -> str:
    """Why a reply cannot be used; empty if it can."""
    try:
        parse(reply.content)
    except Broken as error:
        return "an answer that was cut at the most tokens" if reply.cut else f"an answer with {error}"
    return ""
