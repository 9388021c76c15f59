"""What each article says: the links of a knowledge folder, which are all that is needed to make its rows again."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.record import ActorKind, CommitmentKind, Confidence, Day, Offset, Part, Status


class KnownArticle(Part):
    """An article that was taken in; `record`: SHA-256 of its record, which tells when it was made anew."""

    id: str
    record: str
    title: str | None = None
    source: str | None = None
    url: str | None = None
    date: Day | None = None
    story: str | None = None


class ActorSaid(Part):
    """An actor as one article has it; see `pipeline.record.Actor`."""

    what: Literal["actor"] = "actor"
    name: str
    kind: ActorKind
    country: str | None
    role: str | None
    aliases: list[str]


class ProjectSaid(Part):
    """A project as one article has it; `sectors` are OECD DAC codes, `part_of` local ids of programmes."""

    what: Literal["project"] = "project"
    name: str
    programme: bool
    aliases: list[str]
    countries: list[str]
    sectors: list[str]
    part_of: list[str]


class Sum(Part):
    """Money: `value` in units of `currency` (ISO 4217), `low` and `high` where a range was told."""

    text: str
    value: float | None
    low: float | None = None
    high: float | None = None
    currency: str | None = None


class CommitmentSaid(Part):
    """A commitment as one article has it; `by` to `projects` are local ids of the same article.

    `quote` is its first sentence, which stands at `start` to `end` (characters) of the article.
    """

    what: Literal["commitment"] = "commitment"
    kind: CommitmentKind
    status: Status
    trigger: str
    negated: bool
    by: list[str]
    partners: list[str]
    to: list[str]
    projects: list[str]
    attributed_to: str | None
    amounts: list[Sum]
    dates: list[str]
    sectors: list[str]
    sentence: Offset
    start: Offset
    end: Offset
    quote: str


Said = ActorSaid | ProjectSaid | CommitmentSaid


class Link(Part):
    """`ARTICLE/LOCAL` belongs to `entity`, with this score for these reasons (names of `seeds/resolve.yaml`).

    `given`: the id before a person's decision, where there was one.
    """

    link: str
    entity: str
    score: Confidence
    reasons: list[str]
    given: str | None = Field(default=None, exclude_if=lambda given: given is None)
    said: Annotated[Said, Field(discriminator="what")]

    @property
    def article(self) -> str:
        return self.link.rpartition("/")[0]

    @property
    def local(self) -> str:
        return self.link.rpartition("/")[2]
