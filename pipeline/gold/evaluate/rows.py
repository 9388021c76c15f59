"""The table of what is scored: for each row the items that it takes from either side of an article.

Both sides are sets, so what was never proposed counts as missed. The home of an actor is its country; an actor without
a country is its own home.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

from pipeline.gold.check import has_flows
from pipeline.gold.evaluate.matching import (
    UNMATCHED,
    Matched,
    Slot,
    boilerplate_of,
    mentions_of,
    names_of,
    overlap,
    overlapping,
    relations_of,
    slots_of,
    spans_of,
)
from pipeline.gold.importer import Offsets
from pipeline.record import Actor, Commitment, Flow, Project, Record
from pipeline.values.gazetteer.names import key

Name = tuple[str, str]  # row, and the label, type, kind or slot that is counted; "" for the whole row
Homes = dict[str, str]  # actor id: its home
Direction = tuple[frozenset[str], frozenset[str]]  # of a flow: the homes of provider and recipient
Paired = list[tuple[Hashable, Any, Any]]  # the position in gold (else a string of its own), the part, its partner


class Counts(NamedTuple):
    tp: int
    fp: int
    fn: int


@dataclass(frozen=True)
class Side:
    """One side of a matched article. `mentions`: by position, as in `Paired`, those that overlap with one of gold."""

    record: Record
    of_gold: bool
    homes: Homes
    mentions: Paired
    actors: Paired
    projects: Paired
    commitments: Paired


def sides(matched: Matched) -> tuple[Side, Side]:
    """Gold and what was found."""
    gold, found = matched.gold, matched.found
    homes = {actor.id: actor.country or actor.id for actor in gold.actors}
    ids = {actor.id: matched.ids.get(actor.id, UNMATCHED + actor.id) for actor in found.actors}
    found_homes = {ids[actor.id]: actor.country or ids[actor.id] for actor in found.actors}
    mentions = list(mentions_of(gold)), list(mentions_of(found))
    parts: Any = [
        (*mentions, overlapping(*mentions)),
        (gold.actors, found.actors, matched.actors),
        (gold.projects, found.projects, matched.projects),
        (gold.commitments, found.commitments, matched.commitments),
    ]
    own = [_paired(g, f, dict(pairs), True) for g, f, pairs in parts]
    other = [_paired(f, g, {at: of for of, at in pairs}, False) for g, f, pairs in parts]
    return Side(gold, True, homes, *own), Side(found, False, found_homes, *other)


def _paired(own: Sequence[Any], other: Sequence[Any], partner: dict[int, int], of_gold: bool) -> Paired:
    return [
        (at if of_gold else partner.get(at, f"found {at}"), one, other[partner[at]] if at in partner else None)
        for at, one in enumerate(own)
    ]


def core(found: Commitment) -> frozenset[Slot]:
    """Doers and amounts: what `rows.core` compares beside kind and status."""
    return frozenset(slot for slot in slots_of(found) if slot[0] in ("by", "amount"))


def direction(flow: Flow, homes: Homes) -> Direction:
    """The homes of a flow's provider and recipient."""
    return _homes(flow.provider, homes), _homes(flow.recipient, homes)


def _homes(actors: Iterable[str], homes: Homes) -> frozenset[str]:
    return frozenset(homes.get(actor, actor) for actor in actors)


def _amounts(found: Commitment) -> list[str]:
    return sorted(value for role, value in slots_of(found) if role == "amount")


def _money(side: Side) -> Iterator[Hashable]:
    """Each amount of each commitment, with whose money it is: the homes of `by` and of `to`."""
    for found in side.record.commitments:
        by, to = _homes(found.by, side.homes), _homes(found.to, side.homes)
        yield from ((by, to, amount, found.status) for amount in _amounts(found))


def _cells(side: Side) -> Iterator[Hashable]:
    """The sums of an article's flows, to nine digits, by direction, instrument, status and currency."""
    sums: dict[Hashable, float] = defaultdict(float)
    for found in side.record.commitments:
        if flow := found.flow:
            for value, currency in (amount.split(" ") for amount in _amounts(found)):
                sums[direction(flow, side.homes), flow.instrument, found.status, currency] += float(value)
    return ((cell, f"{total:.9g}") for cell, total in sums.items())


def _sentences(record: Record) -> list[Offsets]:
    return [(sentence.start, sentence.end) for sentence in record.sentences]


TABLE: Mapping[str, Callable[[Side], Iterable[Any]]] = {
    "rows": lambda side: ((at, c.kind, c.status, slots_of(c)) for at, c, _ in side.commitments),
    "rows.core": lambda side: ((at, c.kind, c.status, core(c)) for at, c, _ in side.commitments),
    "rows.nothing_wrong": lambda side: (
        (at, c.kind, c.status, side.of_gold or (gold is not None and slots_of(c) <= slots_of(gold)))
        for at, c, gold in side.commitments
    ),
    "money": _money,
    "sentences": lambda side: _sentences(side.record),
    "mentions": lambda side: mentions_of(side.record),
    "mentions_overlap": lambda side: (at for at, *_ in side.mentions),
    "actors": lambda side: (at for at, *_ in side.actors),
    "actors.kind": lambda side: ((at, actor.kind) for at, actor, other in side.actors if other),
    "actors.country": lambda side: ((at, actor.country) for at, actor, other in side.actors if other),
    "actors.role": lambda side: (
        (at, key(a.role or ""))
        for at, a, other in side.actors
        if other and (key(a.role or "") or key(other.role or ""))
    ),
    "projects": lambda side: (at for at, *_ in side.projects),
    "projects.sectors": lambda side: (
        (at, sector.code) for at, p, other in side.projects if other for sector in p.sectors
    ),
    "projects.countries": lambda side: ((at, code) for at, p, other in side.projects if other for code in p.countries),
    "relations": lambda side: relations_of(side.record),
    "commitments.found": lambda side: (at for at, *_ in side.commitments),
    "commitments": lambda side: ((at, c.kind) for at, c, _ in side.commitments),
    "commitments+status": lambda side: ((at, c.kind, c.status) for at, c, _ in side.commitments),
    "slots": lambda side: ((at, slot) for at, c, _ in side.commitments for slot in slots_of(c)),
    "attributed_to": lambda side: (
        (at, c.attributed_to or "") for at, c, o in side.commitments if o and (c.attributed_to or o.attributed_to)
    ),
    "negated": lambda side: (at for at, c, other in side.commitments if other and c.negated),
    "sectors": lambda side: (sector.code for sector in side.record.sectors),
    "flow": lambda side: (
        (at, c.flow.instrument, direction(c.flow, side.homes)) for at, c, _ in side.commitments if c.flow
    ),
    "flow.instrument": lambda side: ((at, c.flow.instrument) for at, c, _ in side.commitments if c.flow),
    "flow.direction": lambda side: (
        (at, frozenset(c.flow.provider), frozenset(c.flow.recipient)) for at, c, _ in side.commitments if c.flow
    ),
    "flow.cells": _cells,
    "boilerplate": lambda side: boilerplate_of(side.record) or (),
}
OPTIONAL = ("flow", "flow.instrument", "flow.direction", "flow.cells", "boilerplate")  # where gold has them
MAIN = tuple(row for row in TABLE if row not in OPTIONAL)
LABELS: Mapping[str, Callable[[Any], str]] = {  # of the items of a row
    "mentions": lambda mention: mention[2],
    "relations": lambda triple: triple[1],
    "commitments": lambda commitment: commitment[1],
    "slots": lambda slot: slot[1][0],
}


def tally(matched: Matched) -> dict[Name, Counts]:
    """The counts of an article by row; a row of a label, type, kind or slot only where either side has one."""
    one, other = sides(matched)
    known = has_flows(matched.gold), boilerplate_of(matched.gold) is not None
    rows: dict[Name, Counts] = {}
    for row, items in TABLE.items():
        if row in OPTIONAL and not known[row == "boilerplate"]:
            continue
        gold, found = set(items(one)), set(items(other))
        rows[row, ""] = _counts(gold, found)
        if label := LABELS.get(row):
            for name in set(map(label, gold | found)):
                own = ({item for item in side if label(item) == name} for side in (gold, found))
                rows[row, name] = _counts(*own)
    return rows


def _counts(gold: set[Any], found: set[Any]) -> Counts:
    return Counts(len(gold & found), len(found - gold), len(gold - found))


# Predictions where gold has nothing: sentences without a commitment, pairs of entities without a relation.


def false_alarms(matches: Sequence[Matched]) -> dict[str, dict[str, float]]:
    """The number of `places` (sentences or pairs) where gold has nothing, and the share of them `left alone`."""
    return {
        "sentences without a commitment": _summed(map(_empty_sentences, matches)),
        "neighbours without a relation": _summed(map(_unrelated_pairs, matches)),
    }


def _summed(counts: Iterable[tuple[int, int]]) -> dict[str, float]:
    """`counts`: of each article, sentences or pairs where gold has nothing, and how many have no prediction."""
    places, alone = (sum(column) for column in zip((0, 0), *counts, strict=True))
    return {"places": places, "left alone": round(alone / max(1, places), 3)}


def _empty_sentences(matched: Matched) -> tuple[int, int]:
    stated = [span for commitment in matched.gold.commitments for span in spans_of(commitment)]
    empty = [s for s in set(_sentences(matched.gold)) if not any(overlap(s, other) > 0 for other in stated)]
    found = [spans_of(commitment)[0] for commitment in matched.found.commitments]
    return len(empty), sum(not any(overlap(s, other) > 0 for other in found) for s in empty)


def _unrelated_pairs(matched: Matched) -> tuple[int, int]:
    """Pairs of actors and projects that a sentence names together and that gold does not relate."""
    related, found = (
        {frozenset((r.subject, r.object)) for r in side.relations} for side in (matched.gold, matched.found)
    )
    pairs = set(_named_together(matched.gold)) - related
    return len(pairs), len(pairs - found)


def _named_together(gold: Record) -> Iterator[frozenset[str]]:
    entities: list[Actor | Project] = [*gold.actors, *gold.projects]
    each = zip(entities, names_of(gold, entities), strict=True)
    by_name = {name: entity.id for entity, names in each for name in names}
    starts = sorted(start for start, _ in _sentences(gold))
    inside: dict[int, set[str]] = defaultdict(set)
    for mention in gold.mentions:
        if (entity := by_name.get(key(mention.text))) is not None:
            inside[bisect_right(starts, mention.start)].add(entity)
    for together in inside.values():
        yield from (frozenset(pair) for pair in combinations(sorted(together), 2))
