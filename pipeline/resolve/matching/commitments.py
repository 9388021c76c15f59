"""Commitments of articles gathered in clusters, one for each lasting id.

Only commitments of one kind that share an actor, a project, an amount or a story, at nearby times, are compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.resolve.matching.clusters import weights
from pipeline.resolve.matching.commitment_profiles import CommitmentProfile
from pipeline.resolve.matching.commitment_reasons import likeness, reasons
from pipeline.resolve.names.words import setting

_MARGIN = 10  # by which the text of the best match must be more alike than that of a rival


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
        """By the most similar report; None where the article has a report in the cluster already."""
        if any(other.article.id == profile.article.id for other in cluster.profiles):
            return None
        compared = ((reasons(profile, other), likeness(profile, other)) for other in cluster.profiles)
        scored = [(self._score(found), alike, found) for found, alike in compared if found]
        return CommitmentMatch(*max(scored), cluster) if scored else None

    def _score(self, found: tuple[str, ...]) -> float:
        return round(self._weights.probability("commitment", found), 4)
