"""Predictions where gold has nothing: sentences without a commitment, pairs of entities without a relation."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from pipeline.gold.evaluate.facts import Facts
from pipeline.gold.evaluate.matching import Matched, overlap
from pipeline.values.gazetteer.names import key

Counts = tuple[int, int]  # sentences or pairs where gold has nothing, and how many of them have no prediction


def false_alarms(matches: Sequence[Matched]) -> dict[str, dict[str, float]]:
    """The number of `places` (sentences or pairs) where gold has nothing, and the share of them `left alone`."""
    return {
        "sentences without a commitment": _summed(map(_empty_sentences, matches)),
        "neighbours without a relation": _summed(map(_unrelated_pairs, matches)),
    }


def _summed(counts: Iterable[Counts]) -> dict[str, float]:
    places, alone = (sum(column) for column in zip((0, 0), *counts, strict=True))
    return {"places": places, "left alone": round(alone / max(1, places), 3)}


def _empty_sentences(matched: Matched) -> Counts:
    stated = [span for commitment in matched.gold.commitments for span in commitment.spans]
    empty = [s for s in matched.gold.sentences if not any(overlap(s, other) > 0 for other in stated)]
    found = [commitment.spans[0] for commitment in matched.found.commitments]
    return len(empty), sum(1 for s in empty if not any(overlap(s, other) > 0 for other in found))


def _unrelated_pairs(matched: Matched) -> Counts:
    """Pairs of actors and projects that a sentence names together and that gold does not relate."""
    related, found = ({frozenset((s, o)) for s, _, o in side.relations} for side in (matched.gold, matched.found))
    pairs = set(_named_together(matched.gold)) - related
    return len(pairs), len(pairs - found)


def _named_together(gold: Facts) -> Iterator[frozenset[str]]:
    by_name = {name: entity.id for entity in [*gold.actors, *gold.projects] for name in entity.names}
    starts = sorted(start for start, _ in gold.sentences)
    inside: dict[int, set[str]] = {}
    for start, end, _ in gold.mentions:
        entity = by_name.get(key(gold.text[start:end]))
        if entity is not None:
            inside.setdefault(bisect_right(starts, start), set()).add(entity)
    for entities in inside.values():
        yield from (frozenset(pair) for pair in combinations(sorted(entities), 2))
