"""The rows of a knowledge folder: what each article says, under lasting ids (links), and all that is made of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from itertools import count
from typing import Annotated, Literal

from pydantic import Field

from pipeline.record import (
    ActorKind,
    CommitmentKind,
    Confidence,
    Day,
    Flow,
    Instrument,
    Offset,
    Part,
    Status,
    Term,
    digest,
)

Contradicted = Literal["amounts", "dates", "status"]  # what reports may contradict each other on
_LONGEST = 48  # letters of the readable part of a lasting id
_DIGITS = 8


class KnownArticle(Part):
    """An article of the folder; `record`: SHA-256 of its record, which changes when the article is extracted again.

    `sha256`: of its text, null in older folders.
    """

    id: str
    record: str
    sha256: str | None = None
    title: str | None = None
    source: str | None = None
    url: str | None = None
    date: Day | None = None
    story: str | None = None

    @property
    def text_id(self) -> str:
        """The id that near-copies of its text share."""
        return self.story or self.id


class LocalActor(Part):
    """An actor as one article has it; see `pipeline.record.Actor`."""

    what: Literal["actor"] = "actor"
    name: str
    kind: ActorKind
    country: str | None
    role: str | None
    aliases: list[str]


class LocalProject(Part):
    """A project as one article has it; `sectors` are OECD DAC codes, `part_of` local ids of programmes."""

    what: Literal["project"] = "project"
    name: str
    programme: bool
    aliases: list[str]
    countries: list[str]
    sectors: list[str]
    part_of: list[str]


class Sum(Part):
    """Money: `value` in units of `currency` (ISO 4217), `low` and `high` of a range; `approximate`: about so much.

    `start`: where it stands in the article, in characters.
    """

    text: str
    value: float | None
    low: float | None = None
    high: float | None = None
    approximate: bool = False
    currency: str | None = None
    start: Offset | None = None


def shown(amount: Sum) -> str:
    """An amount as a value of rows: "USD 2100000000"."""
    return f"{amount.currency or '?'} {amount.value:.15g}"


class Stated(Part):
    """What an article states of a commitment. `quote` is its first sentence, `start` to `end` (characters) of the text.

    `attributed_to`: an actor.
    """

    status: Status
    trigger: str
    amounts: list[Sum]
    dates: list[str]
    attributed_to: str | None
    sentence: Offset
    start: Offset
    end: Offset
    quote: str


class LocalCommitment(Stated):
    """A commitment as one article has it; its actors and projects are local ids of the same article.

    `flow` is null where no money moves, and in older folders.
    """

    what: Literal["commitment"] = "commitment"
    kind: CommitmentKind
    negated: bool
    by: list[str]
    partners: list[str]
    to: list[str]
    projects: list[str]
    sectors: list[str]
    flow: Flow | None = None


Local = LocalActor | LocalProject | LocalCommitment


class Link(Part):
    """`link` (ARTICLE/LOCAL) belongs to the lasting id `entity`; `reasons`: names of `seeds/resolve.yaml`.

    `given`: the id before a person's decision, where there was one. `said`: what the article says of it.
    """

    link: str
    entity: str
    score: Confidence
    reasons: list[str]
    given: str | None = Field(default=None, exclude_if=lambda given: given is None)
    said: Annotated[Local, Field(discriminator="what")]

    @property
    def article(self) -> str:
        return article_of(self.link)

    @property
    def local(self) -> str:
        return self.link.rpartition("/")[2]


def article_of(link: str) -> str:
    """ARTICLE of ARTICLE/LOCAL."""
    return link.rpartition("/")[0]


def lasting_id(name: str, link: str, taken: Container[str]) -> str:
    """The id that `link` founds: a readable part of `name`, and eight digits of the link, more where it is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].strip("-") or "unnamed"
    digits = digest(link)
    tried = (f"{slug}-{digits[:length]}" for length in count(_DIGITS))
    return next(name for name in tried if name not in taken)


class Value(Part):
    """A value, the number of articles that give it, and the first and last day of those."""

    value: str
    articles: int
    first: Day | None = None
    latest: Day | None = None


class Known(Part):
    """What articles name: lasting id, most frequent name, all names (the most frequent first), number of articles."""

    id: str
    name: str
    names: list[Value]
    articles: int
    first: Day | None
    latest: Day | None


class KnownActor(Known):
    """`roles`: all offices, the most frequent first."""

    kind: ActorKind
    country: str | None
    roles: list[Value]


class KnownProject(Known):
    """`part_of`: lasting ids of the programmes that it is reported to be part of."""

    programme: bool
    countries: list[Value]
    sectors: list[Value]
    part_of: list[Value]


class Quoted(Part):
    """The words of an article; `link` is ARTICLE/LOCAL."""

    link: str
    source: str | None
    date: Day | None
    quote: str


class Report(Stated, Quoted):
    """What one outlet reports; `copies`: other articles with nearly the same text (`article.story`)."""

    copies: list[str]


class Event(Quoted):
    """A line of a project's timeline: the status of a commitment as one article reports it."""

    project: str
    commitment: str
    kind: CommitmentKind
    status: Status
    amounts: list[Sum]
    attributed_to: str | None


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


class Claim(Quoted):
    """What one article says of something that another contradicts, with its words."""

    values: list[str]


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


class Proposal(Part):
    """Two ids that may be one, for a person to decide; `link` raised the question, `decided` is the decision."""

    one: str
    other: str
    names: tuple[str, str]
    score: Confidence
    reasons: list[str]
    link: str
    decided: Literal["merge", "apart"] | None = Field(default=None, exclude_if=lambda decided: decided is None)
