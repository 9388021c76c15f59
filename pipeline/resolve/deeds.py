"""A commitment of an article under lasting ids, with the keys by which others like it are found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product

from pipeline.knowledge import CommitmentSaid, KnownArticle
from pipeline.resolve.names import known


@dataclass(frozen=True)
class Deed:
    """A local commitment under lasting ids.

    `countries`, `umbrellas`: which of the ids are countries and programmes; `lands`: by id the country that a person or
    an authority speaks for; `sums`: how many commitments with sums its article tells of one of its doers.
    """

    link: str
    article: KnownArticle
    said: CommitmentSaid
    by: frozenset[str]
    to: frozenset[str]
    projects: frozenset[str]
    countries: frozenset[str]
    umbrellas: frozenset[str]
    lands: frozenset[tuple[str, str]]
    sums: int

    def side(self, ids: frozenset[str]) -> set[str]:
        """The countries that some of its actors speak for."""
        return {land for entity, land in self.lands if entity in ids}

    @cached_property
    def day(self) -> date | None:
        return date.fromisoformat(self.article.date) if self.article.date else None

    @cached_property
    def _month(self) -> int | None:
        return self.day.toordinal() // int(known("window")) if self.day else None

    def _things(self) -> Iterator[str]:
        yield from (f"on {project}" for project in sorted(self.projects))
        yield from (f"sum {amount.currency} {amount.value:.2g}" for amount in self.said.amounts if amount.value)
        yield from (f"by {doer}" for doer in sorted(self.by - self.countries))
        yield from (f"of {one} {other}" for one, other in sorted(product(self.by, self.to)))

    @cached_property
    def keys(self) -> list[str]:
        """Kind, thing and time; under its story alone where it has one."""
        story = [f"{self.said.kind} {self.article.story}"] if self.article.story else []
        return [f"{self.said.kind} {thing} {self._month}" for thing in self._things()] + story

    @cached_property
    def sought(self) -> list[str]:
        """The same, of the neighbouring times too."""
        near = [None] if self._month is None else [self._month - 1, self._month, self._month + 1]
        story = [f"{self.said.kind} {self.article.story}"] if self.article.story else []
        return [f"{self.said.kind} {thing} {month}" for thing in self._things() for month in near] + story
