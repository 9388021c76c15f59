"""True positives, false positives and false negatives of an article, for each row of the score table.

Both sides are sets, so what was never proposed counts as missed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from pipeline.gold.evaluate.facts import CommitmentFacts, EntityFacts, Slot, Triple
from pipeline.gold.evaluate.flows import cells, direction, homes, money
from pipeline.gold.evaluate.matching import Matched, Pairs, overlapping

MAIN = (
    "rows", "rows.core", "rows.nothing_wrong", "money", "sentences", "mentions", "mentions_overlap", "actors",
    "actors.kind", "actors.country", "actors.role", "projects", "projects.sectors", "projects.countries", "relations",
    "commitments.found", "commitments", "commitments+status", "slots", "attributed_to", "negated", "sectors",
)  # fmt: skip
OPTIONAL = ("flow", "flow.instrument", "flow.direction", "flow.cells", "boilerplate")  # where gold has them
Name = tuple[str, str]  # row, and the label, type, kind or slot that is counted; "" for the whole row


class Counts(NamedTuple):
    tp: int
    fp: int
    fn: int


def tally(matched: Matched) -> dict[Name, Counts]:
    """The counts of an article by row; a row of a label, type, kind or slot only where either side has one."""
    gold, found = matched.gold, matched.found
    rows = {
        "sentences": _sets(gold.sentences, found.sentences),
        "mentions_overlap": _overlaps(matched),
        "actors": _pairs(matched.actors, gold.actors, found.actors),
        "projects": _pairs(matched.projects, gold.projects, found.projects),
        "sectors": _sets(gold.sectors, found.sectors),
        **_values(matched),
        **_commitments(matched),
        **_optional(matched),
    }
    return {(row, ""): counts for row, counts in rows.items()} | _detailed(matched)


def _sets[T](gold: Iterable[T], found: Iterable[T]) -> Counts:
    one, other = set(gold), set(found)
    return Counts(len(one & other), len(other - one), len(one - other))


def _pairs(pairs: Pairs, gold: list[EntityFacts], found: list[EntityFacts]) -> Counts:
    return Counts(len(pairs), len(found) - len(pairs), len(gold) - len(pairs))


def _equal(answers: Iterable[bool]) -> Counts:
    """An accuracy: a wrong value counts as fp and fn, so precision, recall and F1 are the share of right ones."""
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
        "rows.core": [(g, f) for g, f in same_both if core(gold[g]) == core(found[f])],
        "rows.nothing_wrong": [(g, f) for g, f in same_both if gold[g].slots >= found[f].slots],
    }
    speakers = [(gold[g].attributed_to, found[f].attributed_to) for g, f in matched.commitments]
    denied = [(gold[g].negated, found[f].negated) for g, f in matched.commitments]
    gold_homes, found_homes = homes(matched)
    return {
        **{row: Counts(len(p), len(found) - len(p), len(gold) - len(p)) for row, p in hits.items()},
        "attributed_to": _equal(one == other for one, other in speakers if one or other),
        "negated": Counts(denied.count((True, True)), denied.count((False, True)), denied.count((True, False))),
        "money": _sets(money(matched.gold, gold_homes), money(matched.found, found_homes)),
    }


def _optional(matched: Matched) -> dict[str, Counts]:
    """The rows of flows and boilerplate, where gold has these."""
    gold, found = matched.gold, matched.found
    rows = _flows(matched) if gold.has_flows else {}
    if gold.boilerplate is not None:
        rows["boilerplate"] = _sets(gold.boilerplate, found.boilerplate or ())
    return rows


def _flows(matched: Matched) -> dict[str, Counts]:
    gold_homes, found_homes = homes(matched)
    gold = [commitment.flow for commitment in matched.gold.commitments]
    found = [commitment.flow for commitment in matched.found.commitments]
    hits: Counter[str] = Counter()
    for one, other in ((gold[g], found[f]) for g, f in matched.commitments):
        if one and other:
            same = one.instrument == other.instrument
            hits["flow"] += same and direction(one, gold_homes) == direction(other, found_homes)
            hits["flow.instrument"] += same
            hits["flow.direction"] += (one.provider, one.recipient) == (other.provider, other.recipient)
    in_gold, in_found = len(gold) - gold.count(None), len(found) - found.count(None)
    rows = ("flow", "flow.instrument", "flow.direction")
    return {row: Counts(hits[row], in_found - hits[row], in_gold - hits[row]) for row in rows} | {
        "flow.cells": _sets(cells(matched.gold, gold_homes), cells(matched.found, found_homes))
    }


def core(found: CommitmentFacts) -> frozenset[Slot]:
    """Doers and amounts: what `rows.core` compares beside kind and status."""
    return frozenset(slot for slot in found.slots if slot[0] in ("by", "amount"))


def _detailed(matched: Matched) -> dict[Name, Counts]:
    """The rows whose items have a label: whole, and by label."""
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
    ids = _pair_ids(matched)
    return [(g, one.kind) for g, one in enumerate(gold)], [(ids[f], one.kind) for f, one in enumerate(found)]


def _slots(matched: Matched) -> tuple[list[tuple[object, str]], list[tuple[object, str]]]:
    """The slots of all commitments, each with the id of its commitment."""

    def labelled(commitment: object, slots: Iterable[Slot]) -> list[tuple[object, str]]:
        return [((commitment, slot), slot[0]) for slot in slots]

    ids = _pair_ids(matched)
    gold = [item for g, one in enumerate(matched.gold.commitments) for item in labelled(g, one.slots)]
    return gold, [item for f, one in enumerate(matched.found.commitments) for item in labelled(ids[f], one.slots)]


def _pair_ids(matched: Matched) -> list[object]:
    """For each found commitment the position of its gold one; a string of its own where it has none."""
    gold_of = {f: g for g, f in matched.commitments}
    return [gold_of.get(f, f"found {f}") for f in range(len(matched.found.commitments))]
