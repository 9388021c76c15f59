"""How often something is seen where there is nothing: in sentences that commit to nothing, between mere neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from pipeline.evaluate.facts import facts_of_gold, facts_of_record
from pipeline.evaluate.gold import GoldArticle
from pipeline.evaluate.matching import match
from pipeline.normalise.names import key
from pipeline.record import Record

Counts = tuple[int, int]  # places where there is nothing, and of these how many were left alone


def false_alarms(golds: Sequence[GoldArticle], records: Mapping[str, Record]) -> dict[str, dict[str, float]]:
    """By what was looked at: the number of `places` where gold has nothing, and the share of them `left alone`."""
    counts = {
        "sentences without a commitment": [_quiet(gold, records[gold.id]) for gold in golds],
        "neighbours without a relation": [_neighbours(gold, records[gold.id]) for gold in golds],
    }
    return {name: _summed(own) for name, own in counts.items()}


def _summed(counts: Iterable[Counts]) -> dict[str, float]:
    places, alone = (sum(column) for column in zip(*counts, strict=True))
    return {"places": places, "left alone": round(alone / max(1, places), 3)}


def _quiet(gold: GoldArticle, record: Record) -> Counts:
    told = [gold.numbered[n] for c in gold.raw["commitments"] for n in [c["sent"], *c["also"]]]
    quiet = [s for s in gold.sentences if not any(_meet(s, other) for other in told)]
    found = [(c.evidence[0].start, c.evidence[0].end) for c in record.commitments]
    return len(quiet), sum(1 for s in quiet if not any(_meet(s, other) for other in found))


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _neighbours(gold: GoldArticle, record: Record) -> Counts:
    """Pairs of actors and projects that a sentence names together and that gold relates in no sentence."""
    matched = match(facts_of_gold(gold), facts_of_record(record))
    related, found = ({frozenset((s, o)) for s, _, o in side.relations} for side in (matched.gold, matched.found))
    pairs = set(_together(gold)) - related
    return len(pairs), len(pairs - found)


def _together(gold: GoldArticle) -> Iterator[frozenset[str]]:
    by_name = {
        key(name): entity["key"]
        for entity in [*gold.raw["actors"], *gold.raw["projects"]]
        for name in [entity["name"], *entity["surface"]]
    }
    inside: dict[int, set[str]] = {}
    for mention in gold.mentions:
        meant = by_name.get(key(gold.text[mention.start : mention.end]))
        if meant is not None:
            inside.setdefault(mention.sentence, set()).add(meant)
    for named in inside.values():
        yield from (frozenset(pair) for pair in combinations(sorted(named), 2))
