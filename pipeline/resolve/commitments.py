"""Commitments of many articles gathered under lasting ids: one kind, one doer, one sum or project, in the same weeks.

Hard because a wrong join makes two undertakings one: a telling joins only where it is likely enough, and the words tell
which of several as likely.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.resolve.clusters import weights
from pipeline.resolve.deeds import Deed
from pipeline.resolve.names import known
from pipeline.resolve.retellings import alike, evidence

_MARGIN = 10  # by so much the words of the best must be more alike than those of a rival


@dataclass
class Cluster:
    id: str
    deeds: list[Deed] = field(default_factory=list)


class DeedMatch(NamedTuple):
    score: float
    alike: float
    reasons: tuple[str, ...]
    cluster: Cluster


class Deeds:
    """The commitments that are known, found by kind, thing and time."""

    def __init__(self) -> None:
        self.clusters: dict[str, Cluster] = {}
        self._weights, self._join, self._propose = weights(), known("join"), known("propose")["commitment"]
        self._by_key: defaultdict[str, dict[str, None]] = defaultdict(dict)

    def add(self, deed: Deed, entity: str) -> None:
        self.clusters.setdefault(entity, Cluster(entity)).deeds.append(deed)
        for key in deed.keys:
            self._by_key[key][entity] = None

    def matches(self, deed: Deed) -> list[DeedMatch]:
        """Those that it may be, the likeliest first."""
        found = dict.fromkeys(entity for key in deed.sought for entity in self._by_key.get(key, ()))
        scored = (self._match(deed, self.clusters[entity]) for entity in found)
        likely = (match for match in scored if match and match.score >= self._propose)
        return sorted(likely, key=lambda match: (-match.score, -match.alike, match.cluster.id))

    def chosen(self, matches: Sequence[DeedMatch]) -> DeedMatch | None:
        """The one to join: likely enough, and of those as likely by far the one most alike in words."""
        if not matches or matches[0].score < self._join:
            return None
        best, *rivals = (match for match in matches if match.score == matches[0].score)
        return None if any(best.alike - rival.alike < _MARGIN for rival in rivals) else best

    def _match(self, deed: Deed, cluster: Cluster) -> DeedMatch | None:
        """By the telling that is most like it; none where its own article tells of that commitment already."""
        if any(other.article.id == deed.article.id for other in cluster.deeds):
            return None
        compared = ((evidence(deed, other), alike(deed, other)) for other in cluster.deeds)
        scored = [(self._score(reasons), words, reasons) for reasons, words in compared if reasons]
        return DeedMatch(*max(scored), cluster) if scored else None

    def _score(self, reasons: tuple[str, ...]) -> float:
        return round(self._weights.probability("commitment", reasons), 4)
