"""Which of the articles of an input are taken: since a day, a sample, so many."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from pipeline.errors import ArticleError, SetupError
from pipeline.record import Article

_log = logging.getLogger("corridor")

Read = Article | ArticleError  # what a reader gives


@dataclass(frozen=True)
class Selection:
    """`since`: YYYY-MM-DD, articles of an earlier or of no known day are left out; `sample`: share; `limit`: number.

    A sample holds the same articles each time, whatever else is in the input.
    """

    since: str | None = None
    sample: float = 1.0
    limit: int | None = None

    def __post_init__(self) -> None:
        if self.since is not None and not _is_day(self.since):
            raise SetupError(f"--since {self.since}: not a full date; write it as 2025-09-25")
        if not 0 < self.sample <= 1:
            raise SetupError(f"--sample {self.sample:g}: a share above 0, at most 1")

    def __call__(self, items: Iterable[Read]) -> Iterator[Read]:
        """The items that are taken; what could not be read is kept, so that it is named."""
        return islice(self._taken(items), self.limit)

    def _taken(self, items: Iterable[Read]) -> Iterator[Read]:
        undated = 0
        for item in items:
            if isinstance(item, ArticleError) or self._takes(item):
                yield item
            else:
                undated += item.date is None and self.since is not None
        if undated:
            _log.warning("--since left out %d article%s of no known day", undated, "" if undated == 1 else "s")

    def expected(self, total: int | None) -> int | None:
        """How many of so many items are taken, roughly; None where that cannot be told."""
        if total is None or self.since is not None:
            return None
        return min(round(total * self.sample), self.limit or total)

    def _takes(self, article: Article) -> bool:
        if self.since is not None and (article.date is None or article.date < self.since):
            return False
        return self.sample == 1 or _draw(article.sha256) < self.sample


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _draw(sha256: str) -> float:
    """A number from 0 to 1 that depends on the text alone."""
    return int(hashlib.sha256(sha256.encode()).hexdigest()[:8], 16) / 16**8
