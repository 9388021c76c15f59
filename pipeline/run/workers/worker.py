"""The outcome of an article, and the worker that produces it, in a local process or on a cluster."""

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
    """The result of one article: `line`, its record as JSON, if it is done, else the `reason`.

    `ms`: milliseconds of work; `words`: length of the text.
    """

    id: str
    state: State
    line: str = ""
    reason: str = ""
    ms: float = 0.0
    words: int = 0


@dataclass(frozen=True)
class Started:
    """A worker starts on the article at `index` of its batch; None: it works on all of them together.

    After an outcome a worker is at the next article and need not report that.
    """

    index: int | None


Item = Article | Outcome  # an article, or its outcome if it needs no worker
Work = Callable[[Sequence[Article]], Iterable[Started | Outcome]]  # outcomes in the order of the articles
MakeWork = Callable[[], Work]  # called where the worker runs


def unread(error: ArticleError) -> Outcome:
    """The outcome of an input that a reader could not read."""
    return Outcome(error.where, "failed", reason=error.reason)


def outcomes_of(batch: Sequence[Item], work: Work) -> Iterator[Outcome]:
    """One outcome per item, in order, computed in this process."""
    reports = work([item for item in batch if isinstance(item, Article)])
    made = (report for report in reports if isinstance(report, Outcome))
    for item in batch:
        yield item if isinstance(item, Outcome) else next(made)


class Worker:
    """Loads the models once and reads articles. `threads`: of the encoder; 0 runs it in the worker's own thread."""

    def __init__(self, settings: Settings, threads: int = 0) -> None:
        self._nlp = load(settings.models, settings.profile, seeds=settings.own_seeds, threads=threads)
        gc.collect()
        gc.freeze()  # the garbage collector need not search the models

    def __call__(self, articles: Sequence[Article]) -> Iterator[Started | Outcome]:
        """Time spent on all articles together is divided among them by length."""
        indices = {id(article): index for index, article in enumerate(articles)}
        seconds: defaultdict[int | None, float] = defaultdict(float)
        length = sum(len(article.text) for article in articles) or 1
        at, left, start = None, deque(articles), time.perf_counter()
        for step in steps(articles, self._nlp):
            seconds[at] += time.perf_counter() - start
            if isinstance(step, Record | ArticleError):
                article = left.popleft()
                yield _outcome(article, step, seconds[at] + seconds[None] * len(article.text) / length)
            else:
                at = None if step is None else indices[id(step)]
                if len(left) == len(articles):
                    yield Started(at)
            start = time.perf_counter()


def _outcome(article: Article, result: Record | ArticleError, seconds: float) -> Outcome:
    ms, words = round(1000 * seconds, 1), len(article.text.split())
    if isinstance(result, ArticleError):
        return Outcome(article.id, "failed", reason=result.reason, ms=ms, words=words)
    return Outcome(article.id, "done", line=result.to_json(), ms=ms, words=words)
