"""The rows of a knowledge folder: actors, projects and commitments across articles, timelines, proposals."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.knowledge.links import Sum
from pipeline.record import ActorKind, CommitmentKind, Confidence, Day, Offset, Part, Status


class Value(Part):
    """A value, the number of articles that give it, and the first and last day of those."""

    value: str
    articles: int
    first: Day | None = None
    latest: Day | None = None


class KnownActor(Part):
    """`name`: the most frequent name; `names`, `roles`: all, the most frequent first."""

    id: str
    name: str
    kind: ActorKind
    country: str | None
    names: list[Value]
    roles: list[Value]
    articles: int
    first: Day | None
    latest: Day | None


class KnownProject(Part):
    """`part_of`: lasting ids of the programmes that it is reported to be part of."""

    id: str
    name: str
    programme: bool
    countries: list[Value]
    sectors: list[Value]
    part_of: list[Value]
    names: list[Value]
    articles: int
    first: Day | None
    latest: Day | None


class Report(Part):
    """What one outlet reports; `copies`: other articles with nearly the same text (`article.story`)."""

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
    """One commitment; `by` to `projects`: lasting ids, the most frequent first; `tellings`: its reports.

    `amount`: the one that most reports agree on, null where none leads. `disagree`: which of `amounts`, `dates` and
    `status` reports contradict each other on; all values are in `amounts`, `dates`, `statuses`, with their number.
    `recommended_for_aggregates`: whether a sum over commitments should count it, `because` why (after AidData).
    """

    id: str
    kind: CommitmentKind
    negated: bool
    by: list[Value]
    partners: list[Value]
    to: list[Value]
    projects: list[Value]
    statuses: list[Value]
    amounts: list[Value]
    dates: list[Value]
    sectors: list[str]
    amount: Sum | None
    disagree: list[str]
    recommended_for_aggregates: bool
    because: str
    first: Day | None
    latest: Day | None
    tellings: list[Report]


class Event(Part):
    """A line of a project's timeline: the status of a commitment as one article reports it."""

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
    """Two ids that may be one, for a person to decide; `link` raised the question, `decided` is the decision."""

    one: str
    other: str
    names: tuple[str, str]
    score: Confidence
    reasons: list[str]
    link: str
    decided: Literal["merge", "apart"] | None = Field(default=None, exclude_if=lambda decided: decided is None)
