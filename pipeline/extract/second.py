"""An extractor that a language model follows, and the spaCy component `reader`.

nlp = pipeline.load()
nlp.add_pipe("corridor_reader", name="reader", config={"url": "http://localhost:8080/v1", "model": "NAME"})
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.errors import ArticleError
from pipeline.extract import Extractor
from pipeline.llm.checks import belief_in
from pipeline.llm.endpoint import Cache, Endpoint
from pipeline.llm.ledger import Budget, Ledger, budget_of
from pipeline.llm.read import Reader
from pipeline.record import Article, Record
from pipeline.settings import Settings
from pipeline.stages.assemble import assemble
from pipeline.stages.document.doc import article_of, profile_of


class WithReader:
    """An extractor whose records a language model reads, as `corridor extract` does.

    `WithReader(extractor_of(Settings(extractor="both")), reader)`
    """

    def __init__(self, first: Extractor, reader: Reader) -> None:
        self._first, self._reader = first, reader

    def read(self, articles: Iterable[Article]) -> Iterator[Record | ArticleError]:
        found = ((one, one if isinstance(one, Record) else None, True) for one in self._first.read(articles))
        for one, record in self._reader.read(found):
            yield record or one

    def made_with(self) -> dict[str, Any]:
        return {**self._first.made_with(), "reader": self._reader.endpoint.made}


class ReaderComponent:
    """Writes `doc._.record`, the record of a Doc as read a second time; `pipe` sends several at once."""

    def __init__(
        self, nlp: Language, endpoint: Endpoint, cache: Path | None, budget: str | None, believed: bool = True
    ) -> None:
        self._nlp, self._endpoint, self._believed = nlp, endpoint, believed
        self._budget = budget_of(budget) if budget else Budget()
        self._cache = Cache(cache)
        self._reader: Reader | None = None

    @property
    def ledger(self) -> Ledger:
        """Counts since the component was made."""
        return self._reader.ledger if self._reader else Ledger()

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], batch_size: int = 1) -> Iterator[Doc]:
        """The Docs, read."""
        docs = iter(stream)
        for first in docs:
            items = ((doc, _record(doc), True) for doc in chain([first], docs))
            for doc, record in self._opened(first).read(items):
                doc._.record = record  # `assemble` returns it; where it is None, `assemble` says what is wrong
                yield doc

    def _opened(self, doc: Doc) -> Reader:
        """The reader, made for the profile of the first Doc."""
        if self._reader is None:
            folder = getattr(self._nlp, "directory", None) or Settings().models
            settings = replace(Settings(), models=folder, profile=profile_of(doc))
            self._reader = Reader(self._endpoint, settings, self._cache, self._budget, self._believed)
        return self._reader


def make_reader(
    nlp: Language,
    name: str,
    url: str,
    model: str,
    cache: str | None = None,
    budget: str | None = None,
    concurrency: int = 4,
    timeout: float = 120.0,
    max_tokens: int = 8_000,
    trust: str = "checked",
) -> ReaderComponent:
    """The factory `corridor_reader`. Its configuration is that of the command: see `docs/llm.md`."""
    endpoint = Endpoint(url, model, timeout=timeout, concurrency=concurrency, max_tokens=max_tokens)
    believed = trust == "all" or belief_in(endpoint)[0]
    return ReaderComponent(nlp, endpoint, Path(cache) if cache else None, budget, believed)


Language.factory(
    "corridor_reader",
    requires=["doc._.mentions", "doc._.entities", "doc._.commitments"],
    assigns=["doc._.record"],
    func=make_reader,
)


def _record(doc: Doc) -> Record | None:
    """The record of a Doc; None without an article, and where a stage has a defect, which shows later."""
    if article_of(doc) is None:
        return None
    try:
        return assemble(doc)
    except Exception:
        return None
