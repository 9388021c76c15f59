"""The span that a finder proposes, and a simple rule for overlaps, whose result is a feature for `selection`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.record import Label
from pipeline.seeds import table
from pipeline.stages.document.doc import Value


@dataclass(frozen=True)
class SpanCandidate:
    """A proposed mention; offsets in characters. `method` names the finder."""

    label: Label
    start: int
    end: int
    method: str
    value: Value | None = None


def settle(proposed: Iterable[SpanCandidate]) -> list[SpanCandidate]:
    """The proposals without overlaps, in reading order: the longest first, of equals the earlier in `precedence`."""
    order = {method: rank for rank, method in enumerate(table("entities.yaml")["precedence"])}
    ranked = sorted(proposed, key=lambda c: (c.start - c.end, order[c.method], c.start, c.label))
    taken: set[int] = set()
    kept = []
    for candidate in ranked:
        characters = range(candidate.start, candidate.end)
        if taken.isdisjoint(characters):
            taken.update(characters)
            kept.append(candidate)
    return sorted(kept, key=lambda c: c.start)
