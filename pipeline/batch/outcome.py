"""What becomes of an article, and the worker that makes it so: the same for local processes and for a cluster."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.errors import ArticleError
from pipeline.extract import extract_stream, load
from pipeline.record import Article, Record
from pipeline.settings import Profile

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


Item = Article | Outcome  # an article, or what has become of it before any worker saw it


Make = Callable[[], Callable[[Sequence[Item]], list[Outcome]]]  # makes a worker, where it is to work


def settled(error: ArticleError) -> Outcome:
    """The outcome of what could not be read."""
    return Outcome(error.where, "failed", reason=error.reason)


class Worker:
    """Loads the models once and reads batches; `threads`: of the encoder; 0, the one of the worker."""

    def __init__(self, profile: Profile, threads: int = 0) -> None:
        self._nlp = load(profile=profile, threads=threads)
        gc.collect()
        gc.freeze()  # what is loaded stays, and is not searched for garbage again and again

    def __call__(self, batch: Sequence[Item]) -> list[Outcome]:
        """One outcome an item, in their order; the time of the batch is shared out by length."""
        articles = [item for item in batch if isinstance(item, Article)]
        start = time.perf_counter()
        results = list(extract_stream(articles, self._nlp))
        spent = 1000 * (time.perf_counter() - start) / max(1, sum(len(article.text) for article in articles))
        made = iter([_outcome(*pair, spent) for pair in zip(articles, results, strict=True)])
        return [item if isinstance(item, Outcome) else next(made) for item in batch]


def _outcome(article: Article, result: Record | ArticleError, spent: float) -> Outcome:
    """`spent`: milliseconds a character."""
    ms, words = round(spent * len(article.text), 1), len(article.text.split())
    if isinstance(result, ArticleError):
        return Outcome(article.id, "failed", reason=result.reason, ms=ms, words=words)
    return Outcome(article.id, "done", line=result.to_json(), ms=ms, words=words)
