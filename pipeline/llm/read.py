"""Reads records a second time, with a language model; whatever fails, an article keeps the record that it had."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.llm.ask import Asked, Asker
from pipeline.llm.bare import is_bare
from pipeline.llm.endpoint import Cache, Endpoint, Reply
from pipeline.llm.fuse import joined, read_fusion
from pipeline.llm.ground_alone import grounded
from pipeline.llm.ledger import Budget, Plan, planned
from pipeline.llm.pack import SHORT, packed
from pipeline.llm.prompt import Answer, Prompt, Request
from pipeline.llm.windows import prompts_of
from pipeline.record import Record
from pipeline.settings import Settings
from pipeline.stages.models.sectors import FOLDER as SECTORS
from pipeline.stages.models.sectors import read_model

AHEAD = 2  # articles in the queue for each request at once
UNGROUNDED = "an answer with no commitment that the article states"
METHOD = "llm:"  # of an act, before the name of the model


class Reader(Asker):
    """The language model as reader: the second one of records, the only one where a record is `bare`.

    `settings`: name the pipeline that has made the records; `believed`: see `joined`; a reader alone always is.
    `pack`: how many short articles are asked for in one call.
    Raises SetupError where a file of it is missing.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        settings: Settings = Settings(),  # noqa: B008  immutable
        cache: Cache | None = None,
        budget: Budget = Budget(),  # noqa: B008
        believed: bool = True,
        pack: int = 1,
        rounds: bool = False,
    ) -> None:
        super().__init__(endpoint, cache, budget, rounds)
        self._pack = pack
        self._believed = believed
        self._fusion = read_fusion(settings.measured(settings.profile))
        self._sectors = read_model(settings.models / SECTORS)
        self._read: set[str] = set()  # ids of articles

    def plan(self, records: Iterable[Record]) -> Plan:
        """Which of some records the budget admits."""
        free = self._is_known if self.rounds else None
        return planned(records, self._fusion.gain, self.budget, self.endpoint.max_tokens, free)

    def _is_known(self, record: Record) -> bool:
        """Whether all answers about a record are in the cache."""
        return all(self.cache.get(self.endpoint, prompt) for prompt in prompts_of(record))

    def read[K](self, items: Iterable[tuple[K, Record | None, bool]]) -> Iterator[tuple[K, Record | None]]:
        """The records in their order, each with the key that came with it; those with True are read, several at once.

        What has no record passes through.
        """
        pending: deque[list[_Item[K]]] = deque()
        for group in self._groups(items):
            self.ledger.left += sum(one.record is not None and not one.wanted for one in group)
            requests = [*self._requests(group)]
            while pending and not self.admits([request for request, _ in requests]):  # until it is known what was spent
                yield from self._finished(pending.popleft())
            for request, about in requests:
                asked = self.ask(request)
                for one in about:
                    one.asked.append(asked)
            pending.append(group)
            if sum(map(len, pending)) > AHEAD * self.endpoint.concurrency:
                yield from self._finished(pending.popleft())
        while pending:
            yield from self._finished(pending.popleft())

    def requests_of(self, records: Iterable[Record]) -> Iterator[Request]:
        """What is asked about some records."""
        for group in self._groups((None, record, True) for record in records):
            yield from (request for request, _ in self._requests(group))

    def _groups[K](self, items: Iterable[tuple[K, Record | None, bool]]) -> Iterator[list[_Item[K]]]:
        """Runs of items; of each those that fit go into one call, at most `pack` and no two of one story."""
        group: list[_Item[K]] = []
        for key, record, wanted in items:
            one = _Item(key, record, wanted, prompts_of(record) if record and wanted else [])
            short = record is not None and len(record.article.text) <= SHORT and len(one.prompts) == 1
            one.fits = self._pack > 1 and short and self.cache.get(self.endpoint, one.prompts[0]) is None
            together = [other for other in group if other.fits]
            if group and one.fits and any(not _may_share(one, other) for other in together):
                yield group
                group, together = [], []
            group.append(one)
            if (
                len(together) + one.fits >= self._pack
                or self._pack == 1
                or len(group) >= AHEAD * self.endpoint.concurrency
            ):
                yield group
                group = []
        if group:
            yield group

    def _requests(self, group: Iterable[_Item[Any]]) -> Iterator[tuple[Request, list[_Item[Any]]]]:
        """What is asked about a group, each with the items that it is about."""
        together = [one for one in group if one.fits]
        if len(together) > 1:
            yield packed([one.record for one in together if one.record]), together
        for one in group:
            one.fits = one.fits and len(together) > 1
            yield from () if one.fits else ((prompt, [one]) for prompt in one.prompts)

    def was_read(self, article: str) -> bool:
        """Whether every sentence of an article, by its id, has been read."""
        return article in self._read

    def _finished[K](self, group: list[_Item[K]]) -> Iterator[tuple[K, Record | None]]:
        """The records with what was answered; as they were where nothing usable was."""
        together = [one for one in group if one.fits]
        shared = iter(self._shared(together))
        for one in group:
            own = next(shared) if one.fits else None
            if one.record is None or not one.prompts:
                yield one.key, one.record
                continue
            asked = one.asked if own is None and not one.fits else []
            if one.fits and own is None and not one.asked[0].left:  # it may be read alone
                asked = [self.ask(prompt) for prompt in one.prompts]
            if all(each.left for each in asked or one.asked) and own is None:
                self.ledger.left += 1
                yield one.key, one.record
                continue
            answers = [own] if own else self.answers(asked)
            yield one.key, self._made(one.record, list(zip(one.prompts, answers, strict=True)))

    def _shared(self, together: Sequence[_Item[Any]]) -> Iterator[Answer | None]:
        """The answers about articles that one call asked for; each is kept as if it had been asked for alone."""
        (found,) = self.answers(together[0].asked) if together else ([],)
        reply = self.cache.get(self.endpoint, together[0].asked[0].request) if found else None
        for one, own in zip(together, found or [None] * len(together), strict=True):
            if own and reply:
                tokens = reply.tokens_in // len(together), reply.tokens_out // len(together)
                self.cache.put(self.endpoint, one.prompts[0], Reply(own[1], *tokens))
            yield own[0] if own else None

    def _made(self, record: Record, answers: Sequence[tuple[Prompt, Answer | None]]) -> Record:
        """The record with the answers to its prompts."""
        usable = [(prompt, answer) for prompt, answer in answers if answer]
        reading = grounded(record, usable, self._sectors, f"{METHOD}{self.endpoint.model}")
        self.ledger.dropped += reading.dropped
        self.ledger.set_aside.update(UNGROUNDED for prompt, _ in usable if prompt.first not in reading.lost)
        self.ledger.articles += bool(reading.lost)
        whole = all(prompt.first in reading.lost for prompt, _ in answers)
        self.ledger.unread += not whole
        if whole:
            self._read.add(record.article.id)
        return joined(record, reading, self._fusion, self._believed or is_bare(record)) if reading.lost else record


@dataclass
class _Item[K]:
    """A record on its way. `fits`: whether it is asked for together with others of its group."""

    key: K
    record: Record | None
    wanted: bool
    prompts: list[Prompt]
    fits: bool = False
    asked: list[Asked] = field(default_factory=list)


def _may_share(one: _Item[Any], other: _Item[Any]) -> bool:
    """Whether two articles may be asked for in one call: of one form, of two stories."""
    if one.record is None or other.record is None or type(one.prompts[0]) is not type(other.prompts[0]):
        return False
    stories = [record.article.story for record in (one.record, other.record)]
    return stories[0] is None or stories[0] != stories[1]
