"""What many articles say together: the rows of a knowledge folder, as a reader wants to see them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.knowledge.said import Sum
from pipeline.record import ActorKind, CommitmentKind, Confidence, Day, Offset, Part, Status


class Told(Part):
    """A value, in how many articles it stands, and the first and last day of those."""

    value: str
    articles: int
    first: Day | None = None
    latest: Day | None = None


class KnownActor(Part):
    """`name`: the one told most often; `names`, `roles`: all that were told, most often first."""

    id: str
    name: str
    kind: ActorKind
    country: str | None
    names: list[Told]
    roles: list[Told]
    articles: int
    first: Day | None
    latest: Day | None


class KnownProject(Part):
    """`part_of`: lasting ids of the programmes that it was told to be part of."""

    id: str
    name: str
    programme: bool
    countries: list[Told]
    sectors: list[Told]
    part_of: list[Told]
    names: list[Told]
    articles: int
    first: Day | None
    latest: Day | None


class Telling(Part):
    """One outlet's words; `copies`: other articles that tell the same in nearly the same words (`article.story`)."""

    link: str
    source: str | None
    date: Day | None
    copies: list[str]
    status: Status
    trigger: str
    amounts: list[Sum]
    dates: list[str]
    attributed_to: str | None
    sentence: Offset
    start: Offset
    end: Offset
    quote: str


class KnownCommitment(Part):
    """One undertaking, whoever told it. `by` to `projects`: lasting ids, those told most often first.

    `amount`: the one that most tellings agree on, null where none leads. `disagree`: of `amounts`, `dates`, `status`,
    those on which tellings contradict each other; all values stand in `amounts`, `dates`, `statuses` with their number.
    `recommended_for_aggregates`: whether a sum over commitments should count it, `because` why (after AidData).
    """

    id: str
    kind: CommitmentKind
    negated: bool
    by: list[Told]
    partners: list[Told]
    to: list[Told]
    projects: list[Told]
    statuses: list[Told]
    amounts: list[Told]
    dates: list[Told]
    sectors: list[str]
    amount: Sum | None
    disagree: list[str]
    recommended_for_aggregates: bool
    because: str
    first: Day | None
    latest: Day | None
    tellings: list[Telling]


class Event(Part):
    """A line of a project's timeline: on this day this article said that this commitment stood so."""

    project: str
    date: Day | None
    commitment: str
    kind: CommitmentKind
    status: Status
    amounts: list[Sum]
    attributed_to: str | None
    source: str | None
    link: str
    quote: str


class Proposal(Part):
    """Two ids that may be one, for a person to decide; `link` brought it up, `decided` is what was decided."""

    one: str
    other: str
    names: tuple[str, str]
    score: Confidence
    reasons: list[str]
    link: str
    decided: Literal["merge", "apart"] | None = Field(default=None, exclude_if=lambda decided: decided is None)
