"""The counts of one article: true positives, false positives and false negatives, for every row of the scoring guide.

Everything is a difference of sets taken both ways, so that what was never proposed counts as missed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from pipeline.evaluate.facts import CommitmentFacts, EntityFacts, Facts, Slot, Triple
from pipeline.evaluate.matching import UNMATCHED, Matched, Pairs, overlapping

MAIN = (
    "rows", "rows.core", "rows.nothing_wrong", "money", "sentences", "mentions", "mentions_overlap", "actors",
    "actors.kind", "actors.country", "actors.role", "projects", "projects.sectors", "projects.countries", "relations",
    "commitments.found", "commitments", "commitments+status", "slots", "attributed_to", "sectors",
)  # fmt: skip

PARTIES = ("by", "to")  # the ends of a payment
MoneyFact = tuple[frozenset[str], frozenset[str], str, str]  # homes of `by` and of `to`, amount, status
Name = tuple[str, str]  # row, and the label, type, kind or slot that it is counted apart by ("" for the whole)


class Counts(NamedTuple):
    tp: int
    fp: int
    fn: int


def tally(matched: Matched) -> dict[Name, Counts]:
    """The counts of one article by row; rows counted apart are there where either side has some."""
    gold, found = matched.gold, matched.found
    rows = {
        "sentences": _sets(gold.sentences, found.sentences),
        "mentions_overlap": _overlaps(matched),
        "actors": _pairs(matched.actors, gold.actors, found.actors),
        "projects": _pairs(matched.projects, gold.projects, found.projects),
        "sectors": _sets(gold.sectors, found.sectors),
        **_values(matched),
        **_commitments(matched),
    }
    return {(row, ""): counts for row, counts in rows.items()} | _detailed(matched)


def _sets[T](gold: Iterable[T], found: Iterable[T]) -> Counts:
    one, other = set(gold), set(found)
    return Counts(len(one & other), len(other - one), len(one - other))


def _pairs(pairs: Pairs, gold: list[EntityFacts], found: list[EntityFacts]) -> Counts:
    return Counts(len(pairs), len(found) - len(pairs), len(gold) - len(pairs))


def _equal(answers: Iterable[bool]) -> Counts:
    """An accuracy: a wrong value is false on both sides, so precision, recall and F1 are the share of right ones."""
    right = Counter(answers)
    return Counts(right[True], right[False], right[False])


def _overlaps(matched: Matched) -> Counts:
    gold, found = list(matched.gold.mentions), list(matched.found.mentions)
    hits = len(overlapping(gold, found))
    return Counts(hits, len(found) - hits, len(gold) - hits)


def _values(matched: Matched) -> dict[str, Counts]:
    actors = [(matched.gold.actors[g], matched.found.actors[f]) for g, f in matched.actors]
    projects = [(matched.gold.projects[g], matched.found.projects[f]) for g, f in matched.projects]
    return {
        "actors.kind": _equal(a.kind == b.kind for a, b in actors),
        "actors.country": _equal(a.country == b.country for a, b in actors),
        "actors.role": _equal(a.role == b.role for a, b in actors if a.role or b.role),
        "projects.sectors": _summed(_sets(a.sectors, b.sectors) for a, b in projects),
        "projects.countries": _summed(_sets(a.countries, b.countries) for a, b in projects),
    }


def _summed(counts: Iterable[Counts]) -> Counts:
    tp, fp, fn = np.array([(0, 0, 0), *counts]).sum(axis=0).tolist()
    return Counts(tp, fp, fn)


def _commitments(matched: Matched) -> dict[str, Counts]:
    gold, found = matched.gold.commitments, matched.found.commitments
    same_kind = [(g, f) for g, f in matched.commitments if gold[g].kind == found[f].kind]
    same_both = [(g, f) for g, f in same_kind if gold[g].status == found[f].status]
    hits = {
        "commitments.found": matched.commitments,
        "commitments+status": same_both,
        "rows": [(g, f) for g, f in same_both if gold[g].slots == found[f].slots],
        "rows.core": [(g, f) for g, f in same_both if _core(gold[g]) == _core(found[f])],
        "rows.nothing_wrong": [(g, f) for g, f in same_both if gold[g].slots >= found[f].slots],
    }
    sources = [(gold[g].attributed_to, found[f].attributed_to) for g, f in matched.commitments]
    return {
        **{row: Counts(len(p), len(found) - len(p), len(gold) - len(p)) for row, p in hits.items()},
        "attributed_to": _equal(one == other for one, other in sources if one or other),
        "money": _sets(_money(matched.gold, {}), _money(matched.found, _gold_ids(matched))),
    }


def _core(found: CommitmentFacts) -> frozenset[Slot]:
    return frozenset(slot for slot in found.slots if slot[0] in ("by", "amount"))


def _gold_ids(matched: Matched) -> dict[str, str]:
    """The ids of found actors in terms of gold."""
    return {matched.found.actors[f].id: matched.gold.actors[g].id for g, f in matched.actors}


def _money(side: Facts, ids: Mapping[str, str]) -> Iterator[MoneyFact]:
    """Every amount of a commitment with whose money it is; an actor without a country stands for itself.

    `ids`: of the side's actors, in the terms of its commitments.
    """
    homes = {ids.get(actor.id, UNMATCHED + actor.id if ids else actor.id): actor.country for actor in side.actors}
    for found in side.commitments:
        ends = {role: frozenset(homes.get(end) or end for own, end in found.slots if own == role) for role in PARTIES}
        for amount in (value for role, value in found.slots if role == "amount"):
            yield ends["by"], ends["to"], amount, found.status


def _detailed(matched: Matched) -> dict[Name, Counts]:
    """Rows whose items carry a label: counted whole and apart."""
    gold, found = matched.gold, matched.found
    items: dict[str, tuple[Iterable[tuple[object, str]], Iterable[tuple[object, str]]]] = {
        "mentions": (((m, m[2]) for m in gold.mentions), ((m, m[2]) for m in found.mentions)),
        "relations": (_typed(gold.relations), _typed(found.relations)),
        "commitments": _kinds(matched),
        "slots": _slots(matched),
    }
    rows: dict[Name, Counts] = {}
    for row, (one, other) in items.items():
        one, other = set(one), set(other)
        rows[row, ""] = _sets(one, other)
        for label in {label for _, label in one | other}:
            rows[row, label] = _sets({i for i in one if i[1] == label}, {i for i in other if i[1] == label})
    return rows


def _typed(relations: Iterable[Triple]) -> Iterable[tuple[object, str]]:
    return ((triple, triple[1]) for triple in relations)


def _kinds(matched: Matched) -> tuple[list[tuple[object, str]], list[tuple[object, str]]]:
    gold, found = matched.gold.commitments, matched.found.commitments
    place = _places(matched)
    return [(g, one.kind) for g, one in enumerate(gold)], [(place[f], one.kind) for f, one in enumerate(found)]


def _slots(matched: Matched) -> tuple[list[tuple[object, str]], list[tuple[object, str]]]:
    """The slots of all commitments, each with the commitment it belongs to; unmatched ones share with nobody."""

    def tied(place: object, slots: Iterable[Slot]) -> list[tuple[object, str]]:
        return [((place, slot), slot[0]) for slot in slots]

    place = _places(matched)
    gold = [item for g, one in enumerate(matched.gold.commitments) for item in tied(g, one.slots)]
    return gold, [item for f, one in enumerate(matched.found.commitments) for item in tied(place[f], one.slots)]


def _places(matched: Matched) -> list[object]:
    """For each found commitment the position of its gold one, or a name of its own."""
    gold_of = {f: g for g, f in matched.commitments}
    return [gold_of.get(f, f"found {f}") for f in range(len(matched.found.commitments))]
