"""The links of a knowledge folder: what each article says, under lasting ids. All rows can be made again from them."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from itertools import count
from typing import Annotated, Literal

from pydantic import Field
from rapidfuzz import fuzz

from pipeline.record import ActorKind, CommitmentKind, Confidence, Day, Flow, Offset, Part, Status, digest

_LONGEST = 48  # letters of the readable part of a lasting id
_DIGITS = 8
ALIKE_WORDS = 65  # token_set_ratio of two sentences


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


class LocalCommitment(Part):
    """A commitment as one article has it; its actors and projects are local ids of the same article.

    `flow` is null where no money moves, and in older folders. `quote` is its first sentence, which stands at `start`
    to `end` (characters) of the article.
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
    flow: Flow | None = None
    sentence: Offset
    start: Offset
    end: Offset
    quote: str


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


def likeness(one: LocalCommitment, other: LocalCommitment) -> float:
    """How alike the words of the two sentences are, 0 to 100."""
    return float(fuzz.token_set_ratio(one.quote.lower(), other.quote.lower()))


def commitments_of(said: Iterable[tuple[str, Local]]) -> defaultdict[str, dict[str, LocalCommitment]]:
    """The commitments among what articles say, by article and link."""
    found: defaultdict[str, dict[str, LocalCommitment]] = defaultdict(dict)
    for link, one in said:
        if isinstance(one, LocalCommitment):
            found[article_of(link)][link] = one
    return found


def versions(old: Mapping[str, LocalCommitment], new: Mapping[str, LocalCommitment]) -> dict[str, str]:
    """By link of `new` the link of `old` that is the same commitment in another record or version of the article.

    The likeliest first: by the words of the sentences, kind, trigger and place. Each has one counterpart at most.
    """
    scored = []
    for link, said in new.items():
        for earlier, was in old.items():
            same = (said.kind == was.kind, said.trigger == was.trigger, said.start == was.start)
            alike = likeness(said, was)
            if alike >= ALIKE_WORDS or all(same):
                scored.append((-alike - 20 * sum(same[:2]) - same[2], link, earlier))
    found: dict[str, str] = {}
    for _, link, earlier in sorted(scored):
        if link not in found and earlier not in found.values():
            found[link] = earlier
    return found
