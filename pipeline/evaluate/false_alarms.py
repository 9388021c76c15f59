"""How often something is seen where there is nothing: in sentences that commit to nothing, between mere neighbours."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from pipeline.corpus.gold import Offsets
from pipeline.evaluate.facts import Facts
from pipeline.evaluate.matching import Matched
from pipeline.gazetteer.names import key

Counts = tuple[int, int]  # places where there is nothing, and of these how many were left alone


def false_alarms(matches: Sequence[Matched]) -> dict[str, dict[str, float]]:
    """By what was looked at: the number of `places` where gold has nothing, and the share of them `left alone`."""
    return {
        "sentences without a commitment": _summed(map(_quiet, matches)),
        "neighbours without a relation": _summed(map(_neighbours, matches)),
    }


def _summed(counts: Iterable[Counts]) -> dict[str, float]:
    places, alone = (sum(column) for column in zip((0, 0), *counts, strict=True))
    return {"places": places, "left alone": round(alone / max(1, places), 3)}


def _quiet(matched: Matched) -> Counts:
    told = [span for commitment in matched.gold.commitments for span in commitment.spans]
    quiet = [s for s in matched.gold.sentences if not any(_meet(s, other) for other in told)]
    found = [commitment.spans[0] for commitment in matched.found.commitments]
    return len(quiet), sum(1 for s in quiet if not any(_meet(s, other) for other in found))


def _meet(one: Offsets, other: Offsets) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _neighbours(matched: Matched) -> Counts:
    """Pairs of actors and projects that a sentence names together and that gold relates in no sentence."""
    related, found = ({frozenset((s, o)) for s, _, o in side.relations} for side in (matched.gold, matched.found))
    pairs = set(_together(matched.gold)) - related
    return len(pairs), len(pairs - found)


def _together(gold: Facts) -> Iterator[frozenset[str]]:
    by_name = {name: entity.id for entity in [*gold.actors, *gold.projects] for name in entity.names}
    starts = sorted(start for start, _ in gold.sentences)
    inside: dict[int, set[str]] = {}
    for start, end, _ in gold.mentions:
        meant = by_name.get(key(gold.text[start:end]))
        if meant is not None:
            inside.setdefault(bisect_right(starts, start), set()).add(meant)
    for named in inside.values():
        yield from (frozenset(pair) for pair in combinations(sorted(named), 2))
