"""Commitments of articles gathered in clusters, one for each lasting id, by reasons for and against.

Only commitments of one kind that share an actor, a project, an amount or a story, at nearby times, are compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

from pipeline.knowledge.folder.links import ALIKE_WORDS, Sum, likeness
from pipeline.knowledge.resolve.matching.clusters import weights
from pipeline.knowledge.resolve.matching.commitment_profiles import CommitmentProfile
from pipeline.knowledge.resolve.names.words import setting

_MARGIN = 10  # by which the text of the best match must be more alike than that of a rival
_SAME_WORDS = 90  # token_set_ratio of two sentences
_FEW = 3  # amounts of one actor in an article; among more, as in a budget, an equal one means little without _CLOSER
_CLOSER = {"same_project", "same_receiver", "same_recipient", "same_words", "alike_words"}
EXACT = 0.995  # amounts that differ by rounding only


@dataclass
class CommitmentCluster:
    id: str
    profiles: list[CommitmentProfile] = field(default_factory=list)


class CommitmentMatch(NamedTuple):
    score: float
    likeness: float
    reasons: tuple[str, ...]
    cluster: CommitmentCluster


class CommitmentPool:
    """The clusters of commitments, by their keys."""

    def __init__(self) -> None:
        self.clusters: dict[str, CommitmentCluster] = {}
        self._weights, self._join, self._propose = weights(), setting("join"), setting("propose")["commitment"]
        self._by_key: defaultdict[str, dict[str, None]] = defaultdict(dict)

    def add(self, profile: CommitmentProfile, entity: str) -> None:
        self.clusters.setdefault(entity, CommitmentCluster(entity)).profiles.append(profile)
        for key in profile.keys:
            self._by_key[key][entity] = None

    def matches(self, profile: CommitmentProfile) -> list[CommitmentMatch]:
        """The clusters that it may belong to, the likeliest first, down to the score from which one is proposed."""
        found = dict.fromkeys(entity for key in profile.lookups for entity in self._by_key.get(key, ()))
        scored = (self._match(profile, self.clusters[entity]) for entity in found)
        likely = (match for match in scored if match and match.score >= self._propose)
        return sorted(likely, key=lambda match: (-match.score, -match.likeness, match.cluster.id))

    def chosen(self, matches: Sequence[CommitmentMatch]) -> CommitmentMatch | None:
        """The one to join: likely enough, and of equally likely ones by far the most alike in text."""
        if not matches or matches[0].score < self._join:
            return None
        best, *rivals = (match for match in matches if match.score == matches[0].score)
        return None if any(best.likeness - rival.likeness < _MARGIN for rival in rivals) else best

    def _match(self, profile: CommitmentProfile, cluster: CommitmentCluster) -> CommitmentMatch | None:
        """By the most similar report; None where one is of the same article or cannot be the same act."""
        if any(other.article.id == profile.article.id or not one_act(profile, other) for other in cluster.profiles):
            return None
        compared = ((reasons(profile, other), likeness(profile.said, other.said)) for other in cluster.profiles)
        scored = [(self._score(found), alike, found) for found, alike in compared if found]
        return CommitmentMatch(*max(scored), cluster) if scored else None

    def _score(self, found: tuple[str, ...]) -> float:
        return round(self._weights.probability("commitment", found), 4)


def reasons(one: CommitmentProfile, other: CommitmentProfile) -> tuple[str, ...]:
    """The reasons for and against; none where the days are too far apart or nothing specific is shared."""
    days = _days(one, other)
    if one.said.negated != other.said.negated or days is None:
        return ()
    found = [
        days,
        *_instruments(one, other),
        *_money(one, other),
        *_sides(one, other),
        *_objects(one, other),
        *_words(one, other),
    ]
    found += ["same_status"] if one.said.status == other.said.status else []
    found += ["same_story"] if one.article.story and one.article.story == other.article.story else []
    found += ["one_of_many"] if max(one.sums, other.sums) > _FEW and not _CLOSER & set(found) else []
    return tuple(found) if {"same_amount", "same_project", "same_words"} & set(found) else ()


def one_act(one: CommitmentProfile, other: CommitmentProfile) -> bool:
    """Whether their flows of money may be one act: instruments that go together, not in opposite directions."""
    if one.instrument is None or other.instrument is None:
        return True
    instruments = {one.instrument, other.instrument}
    same = one.provider_homes & other.provider_homes or one.recipient_homes & other.recipient_homes
    opposite = one.provider_homes & other.recipient_homes or one.recipient_homes & other.provider_homes
    return any(instruments <= set(act) for act in setting("acts")) and bool(same or not opposite)


def _instruments(one: CommitmentProfile, other: CommitmentProfile) -> list[str]:
    """`other` says nothing, and most money in an article on a budget is budget."""
    instruments = {one.instrument, other.instrument}
    if instruments & {None, "other"}:
        return []
    if len(instruments) > 1:
        return ["other_instrument"]
    return [] if "budget" in instruments else ["same_instrument"]


def _days(one: CommitmentProfile, other: CommitmentProfile) -> str | None:
    if one.day is None or other.day is None:
        return "days_unknown" if one.article.story and one.article.story == other.article.story else None
    apart = abs((one.day - other.day).days)
    return next((f"days_{limit}" for limit in (3, 14, 60) if apart <= limit and apart <= setting("window")), None)


def _ratio(one: Sum, other: Sum) -> float:
    """The ratio; 1 where one value is inside the other's range or the other rounded."""
    a, b = one.value or 0.0, other.value or 0.0
    inside = any(s.low is not None and s.high is not None and s.low <= v <= s.high for s, v in ((one, b), (other, a)))
    return 1.0 if inside or _rounded(a, b) else min(a, b) / max(a, b)


def _rounded(one: float, other: float) -> bool:
    """Whether one is the other rounded to at least two digits: 330 million for 333."""
    digits = max(min(_digits(one), _digits(other)), 2)
    return f"{one:.{digits}g}" == f"{other:.{digits}g}"


def _digits(value: float) -> int:
    return len(f"{value:.6e}".partition("e")[0].replace(".", "").rstrip("0"))


def nearest(ours: Iterable[Sum], theirs: Iterable[Sum]) -> float | None:
    """The highest ratio, up to 1, of two amounts of one currency, from `EXACT` equal; None without two such."""
    pairs = product(ours, theirs)
    return max((_ratio(a, b) for a, b in pairs if a.value and b.value and a.currency == b.currency), default=None)


def _money(one: CommitmentProfile, other: CommitmentProfile) -> list[str]:
    near = nearest(one.said.amounts, other.said.amounts)
    if near is None:
        return []
    if one.said.kind == "policy" and near >= EXACT:
        return ["same_limit"]
    return ["same_amount" if near >= EXACT else "near_amount" if near >= setting("near") else "other_amount"]


def _sides(one: CommitmentProfile, other: CommitmentProfile) -> Iterator[str]:
    """By the providers and recipients of money where both articles name them, else by those who act.

    The provider of a budget is implied by the text and says less than who acts. Two bodies that get money of their own
    country are two recipients.
    """
    flows = bool(one.provider and other.provider) and "budget" not in (one.instrument, other.instrument)
    role, mine, theirs = ("provider", one.provider, other.provider) if flows else ("doer", one.by, other.by)
    if mine & theirs:
        yield f"same_{role}" if mine & theirs - one.countries else f"same_{role}_country"
    elif mine and theirs:
        yield "same_side" if one.sides(mine) & other.sides(theirs) else f"other_{role}"
    flows = bool(one.recipient and other.recipient)
    role, mine, theirs = ("recipient", one.recipient, other.recipient) if flows else ("receiver", one.to, other.to)
    bodies = flows and not one.abroad and not other.abroad and not (mine | theirs) & (one.countries | other.countries)
    if mine & theirs:
        yield f"same_{role}"
    elif mine and theirs and (bodies or not one.sides(mine) & other.sides(theirs)):
        yield f"other_{role}"


def _objects(one: CommitmentProfile, other: CommitmentProfile) -> Iterator[str]:
    shared = one.projects & other.projects
    if shared:
        yield "same_project" if shared - one.umbrellas else "same_programme"
    elif one.projects - one.umbrellas and other.projects - other.umbrellas:
        yield "other_project"
    elif one.projects and other.projects:
        yield "other_programme"
    if one.said.dates and other.said.dates:
        yield "other_date" if set(one.said.dates).isdisjoint(other.said.dates) else "same_date"
    if one.said.sectors and other.said.sectors:
        yield "other_sector" if set(one.said.sectors).isdisjoint(other.said.sectors) else "same_sector"


def _words(one: CommitmentProfile, other: CommitmentProfile) -> list[str]:
    words = likeness(one.said, other.said)
    return ["same_words"] if words >= _SAME_WORDS else ["alike_words"] if words >= ALIKE_WORDS else []
