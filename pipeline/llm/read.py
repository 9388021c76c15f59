"""Reads records a second time, with a language model; whatever fails, an article keeps the record that it had."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from pipeline.llm.ask import Asked, Asker
from pipeline.llm.bare import is_bare
from pipeline.llm.endpoint import Cache, Endpoint
from pipeline.llm.fuse import joined, read_fusion
from pipeline.llm.ground_alone import grounded
from pipeline.llm.ledger import Budget, Plan, planned
from pipeline.llm.prompt import Prompt
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
    Raises SetupError where a file of it is missing.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        settings: Settings = Settings(),  # noqa: B008  immutable
        cache: Cache | None = None,
        budget: Budget = Budget(),  # noqa: B008
        believed: bool = True,
    ) -> None:
        super().__init__(endpoint, cache, budget)
        self._believed = believed
        self._fusion = read_fusion(settings.measured(settings.profile))
        self._sectors = read_model(settings.models / SECTORS)
        self._read: set[str] = set()  # ids of articles

    def plan(self, records: Iterable[Record]) -> Plan:
        """Which of some records the budget admits."""
        return planned(records, self._fusion.gain, self.budget, self.endpoint.max_tokens)

    def read[K](self, items: Iterable[tuple[K, Record | None, bool]]) -> Iterator[tuple[K, Record | None]]:
        """The records in their order, each with the key that came with it; those with True are read, several at once.

        What has no record passes through.
        """
        pending: deque[tuple[K, Record | None, list[tuple[Prompt, Asked]]]] = deque()
        for key, record, wanted in items:
            self.ledger.left += record is not None and not wanted
            prompts = prompts_of(record) if record and wanted else []
            while pending and not self.admits(prompts):  # until it is known what was spent
                yield self._finished(*pending.popleft())
            pending.append((key, record, [(prompt, self.ask(prompt)) for prompt in prompts]))
            if len(pending) > AHEAD * self.endpoint.concurrency:
                yield self._finished(*pending.popleft())
        while pending:
            yield self._finished(*pending.popleft())

    def was_read(self, article: str) -> bool:
        """Whether every sentence of an article, by its id, has been read."""
        return article in self._read

    def _finished[K](
        self, key: K, record: Record | None, asked: Sequence[tuple[Prompt, Asked]]
    ) -> tuple[K, Record | None]:
        """The record with what was answered; as it was where nothing usable was."""
        answers = self.answers([one for _, one in asked])
        usable = [(prompt, answer) for (prompt, _), answer in zip(asked, answers, strict=True) if answer]
        if record is None or not asked:
            return key, record
        if all(one.left for _, one in asked):
            self.ledger.left += 1
            return key, record
        reading = grounded(record, usable, self._sectors, f"{METHOD}{self.endpoint.model}")
        self.ledger.dropped += reading.dropped
        self.ledger.set_aside.update(UNGROUNDED for prompt, _ in usable if prompt.first not in reading.lost)
        self.ledger.articles += bool(reading.lost)
        whole = all(prompt.first in reading.lost for prompt, _ in asked)
        self.ledger.unread += not whole
        if whole:
            self._read.add(record.article.id)
        return key, joined(record, reading, self._fusion, self._believed or is_bare(record)) if reading.lost else record
