"""The rows of a knowledge folder: actors, projects and commitments across articles, timelines, proposals."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pipeline.knowledge.folder.links import Sum
from pipeline.record import ActorKind, CommitmentKind, Confidence, Day, Instrument, Offset, Part, Status, Term

Contradicted = Literal["amounts", "dates", "status"]  # what reports may contradict each other on


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
    """One commitment; `by` to `projects`, `provider`, `recipient`: lasting ids, the most frequent first.

    `tellings`: its reports. `instrument`: that of most articles; `terms`: of the earliest article that gives them.
    `amount`: the one that most reports agree on, null where none leads. `disagree`: what reports contradict each other
    on, or those of another commitment (`Disagreement`); all values are in `amounts`, `dates`, `statuses`.
    `counted`: whether a sum counts it, `because` why, or why not; `recommended_for_aggregates`: whether AidData would
    too (counted, and agreed, underway or completed).
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
    instrument: Instrument | None = None
    provider: list[Value] = Field(default=[])
    recipient: list[Value] = Field(default=[])
    terms: dict[Term, str] = Field(default={})
    amount: Sum | None
    disagree: list[Contradicted]
    counted: bool = False
    recommended_for_aggregates: bool
    because: str
    first: Day | None
    latest: Day | None
    tellings: list[Report]


class Claim(Part):
    """What one article says of something that another contradicts, with its words."""

    values: list[str]
    source: str | None
    date: Day | None
    link: str
    quote: str


class Disagreement(Part):
    """Two reports that contradict each other; `one`, `other`: the lasting ids of their commitments, maybe the same.

    `claims`: of `one` and of `other`. `reasons`: why both seem to report the same thing; `same_id` where they share an
    id, else names as in `seeds/resolve.yaml`.
    """

    one: str
    other: str
    field: Contradicted
    claims: tuple[Claim, Claim]
    reasons: list[str]


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
