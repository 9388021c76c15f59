"""What becomes of an article, and the worker that makes it so: the same for local processes and for a cluster."""

from __future__ import annotations

import gc
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.errors import ArticleError
from pipeline.extract import load, steps
from pipeline.record import Article, Record
from pipeline.settings import Settings

State = Literal["done", "failed", "skipped"]


@dataclass(frozen=True)
class Outcome:
    """Of one article: `line` is its record in JSON, where it is done, else `reason` says why not.

    `ms`: what it took; `words`: its length.
    """

    id: str
    state: State
    line: str = ""
    reason: str = ""
    ms: float = 0.0
    words: int = 0


@dataclass(frozen=True)
class At:
    """A worker begins to work on one article, by its place among those that it was given; None: on all together.

    After an outcome it is at the next article, and need not report that.
    """

    place: int | None


Item = Article | Outcome  # an article, or what has become of it before any worker saw it
Work = Callable[[Sequence[Article]], Iterable[At | Outcome]]  # outcomes in the order of the articles
Make = Callable[[], Work]  # makes a worker, where it is to work


def settled(error: ArticleError) -> Outcome:
    """The outcome of what could not be read."""
    return Outcome(error.where, "failed", reason=error.reason)


def outcomes_of(batch: Sequence[Item], work: Work) -> Iterator[Outcome]:
    """One outcome an item, in their order, by a worker in this process."""
    reports = work([item for item in batch if isinstance(item, Article)])
    made = (report for report in reports if isinstance(report, Outcome))
    for item in batch:
        yield item if isinstance(item, Outcome) else next(made)


class Worker:
    """Loads the models once and reads articles; `threads`: of the encoder; 0, the one of the worker."""

    def __init__(self, settings: Settings, threads: int = 0) -> None:
        self._nlp = load(settings.models, settings.profile, seeds=settings.own_seeds, threads=threads)
        gc.collect()
        gc.freeze()  # what is loaded stays, and is not searched for garbage again and again

    def __call__(self, articles: Sequence[Article]) -> Iterator[At | Outcome]:
        """The time of what is done together is shared out by length."""
        places = {id(article): place for place, article in enumerate(articles)}
        spent: defaultdict[int | None, float] = defaultdict(float)  # seconds
        length = sum(len(article.text) for article in articles) or 1
        at, left, start = None, deque(articles), time.perf_counter()
        for step in steps(articles, self._nlp):
            spent[at] += time.perf_counter() - start
            if isinstance(step, Record | ArticleError):
                article = left.popleft()
                yield _outcome(article, step, spent[at] + spent[None] * len(article.text) / length)
            else:
                at = None if step is None else places[id(step)]
                if len(left) == len(articles):
                    yield At(at)
            start = time.perf_counter()


def _outcome(article: Article, result: Record | ArticleError, seconds: float) -> Outcome:
    ms, words = round(1000 * seconds, 1), len(article.text.split())
    if isinstance(result, ArticleError):
        return Outcome(article.id, "failed", reason=result.reason, ms=ms, words=words)
    return Outcome(article.id, "done", line=result.to_json(), ms=ms, words=words)
