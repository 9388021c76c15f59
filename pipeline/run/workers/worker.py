"""The outcome of an article, and the worker that produces it, in a local process or on a cluster."""

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.errors import ArticleError
from pipeline.extract import extractor_of, results_of
from pipeline.record import Article
from pipeline.settings import Settings

State = Literal["done", "failed", "skipped"]


@dataclass(frozen=True)
class Outcome:
    """The result of one article: `line`, its record as JSON, if it is done, else the `reason`.

    `ms`: milliseconds of work; `words`: length of the text.
    """

    id: str
    state: State
    line: str = ""
    reason: str = ""
    ms: float = 0.0
    words: int = 0


Item = Article | Outcome  # an article, or its outcome if it needs no worker
Work = Callable[[Sequence[Article]], Iterable[Outcome]]  # outcomes in the order of the articles
MakeWork = Callable[[], Work]  # called where the worker runs


def unread(error: ArticleError) -> Outcome:
    """The outcome of an input that a reader could not read."""
    return Outcome(error.where, "failed", reason=error.reason)


def outcomes_of(batch: Sequence[Item], work: Work) -> Iterator[Outcome]:
    """One outcome per item, in order, computed in this process."""
    made = iter(work([item for item in batch if isinstance(item, Article)]))
    for item in batch:
        yield item if isinstance(item, Outcome) else next(made)


class Worker:
    """An extractor with its models loaded."""

    def __init__(self, settings: Settings) -> None:
        self._extractor = extractor_of(settings)
        for _ in self._extractor.read(()):  # reading nothing loads the models
            pass
        gc.collect()
        gc.freeze()  # the garbage collector need not search the models

    def __call__(self, articles: Sequence[Article]) -> Iterator[Outcome]:
        """The outcomes of articles, in order; their time is divided among them by length."""
        start = time.perf_counter()
        results = [*results_of(self._extractor, articles)]
        pace = (time.perf_counter() - start) / (sum(len(article.text) for article in articles) or 1)
        for article, result in zip(articles, results, strict=True):
            ms, words = round(1000 * pace * len(article.text), 1), len(article.text.split())
            if isinstance(result, ArticleError):
                yield Outcome(article.id, "failed", reason=result.reason, ms=ms, words=words)
            else:
                yield Outcome(article.id, "done", line=result.to_json(), ms=ms, words=words)
