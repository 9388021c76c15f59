"""Candidate relations: those that rules find or the encoder proposes, once for a type and two ends."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import batched, chain, pairwise
from typing import NamedTuple

import numpy as np

from pipeline.record import RelationType
from pipeline.seeds import table
from pipeline.stages.models.heads import BLOCK
from pipeline.stages.models.pair_head import NONE, RELATIONS, PairHead, Place
from pipeline.stages.relations.anchors import Anchor
from pipeline.stages.relations.patterns import SEEDS, Finding

PROPOSED = 0.03  # probability from which the encoder proposes a relation
NEAR = 20  # anchors of a sentence that are paired with those of the next


class Fact(NamedTuple):
    """A possible relation; its ends are equal where they are the same thing."""

    type: str
    subject: Hashable
    object: Hashable


@dataclass
class PairCandidate:
    """A possible relation in a sentence. `rules`: the name and the confidence of each rule that finds it.

    `probability`: the encoder's, None where it has not read the pair; `unrelated`: that of no relation at all;
    `apart`: one end is in the sentence before.
    """

    sentence: int
    subject: Anchor
    type: RelationType
    object: Anchor
    rules: dict[str, float] = field(default_factory=dict)
    probability: float | None = None
    unrelated: float = 1.0
    apart: bool = False

    @property
    def rule_confidence(self) -> float:
        """The highest confidence of a rule."""
        return max(self.rules.values(), default=0.0)


Pair = tuple[Anchor, Anchor]
Key = tuple[int, int, RelationType, int]  # sentence, subject, type, object


def gathered(
    stated: Iterable[tuple[int, Finding]],
    sentences: list[tuple[int, list[Anchor]]],
    pair_head: PairHead | None,
) -> list[PairCandidate]:
    """The candidates in the order of their sentences; `pair_head`: the encoder's scores of pairs, if there are any."""
    found: dict[Key, PairCandidate] = {}
    for number, finding in stated:
        own = _candidate(found, number, finding.subject, finding.rule.type, finding.object)
        own.rules[finding.rule.name] = max(finding.rule.confidence, own.rules.get(finding.rule.name, 0.0))
    if pair_head is not None:
        for pairs in batched(_possible(sentences), BLOCK):
            _add_encoded(found, pairs, pair_head)
    return [found[key] for key in sorted(found, key=lambda key: key[0])]


def _candidate(
    found: dict[Key, PairCandidate], number: int, subject: Anchor, kind: RelationType, object_: Anchor
) -> PairCandidate:
    key = number, id(subject.target), kind, id(object_.target)
    return found.setdefault(key, PairCandidate(number, subject, kind, object_))


def _neighbours(sentences: list[tuple[int, list[Anchor]]]) -> Iterator[tuple[int, Iterator[Pair]]]:
    """The pairs of anchors in a sentence and the one before it, whose ends share no sentence."""
    where: dict[int, set[int]] = {}  # the sentences of each end
    for number, inside in sentences:
        for anchor in inside:
            where.setdefault(id(anchor.target), set()).add(number)
    for (before, first), (number, second) in pairwise(sentences):
        if number == before + 1:
            both = ((a, b) for a in first[:NEAR] for b in second[:NEAR])
            apart = ((a, b) for a, b in both if where[id(a.target)].isdisjoint(where[id(b.target)]))
            yield number, (pair for a, b in apart for pair in ((a, b), (b, a)))


def _possible(sentences: list[tuple[int, list[Anchor]]]) -> Iterator[tuple[int, bool, Pair]]:
    """The pairs that may be related, each with the number of its sentence and whether an end is in the one before."""
    together = ((number, False, ((a, b) for a in own for b in own)) for number, own in sentences)
    apart = ((number, True, pairs) for number, pairs in _neighbours(sentences))
    for number, is_apart, pairs in chain(together, apart):
        for a, b in pairs:
            if a.target is not b.target and _types(a.kind, b.kind):
                yield number, is_apart, (a, b)


def _add_encoded(
    found: dict[Key, PairCandidate], possible: Sequence[tuple[int, bool, Pair]], pair_head: PairHead
) -> None:
    """Adds the probabilities of the encoder, and the relations that it proposes."""
    probabilities = np.exp(pair_head.relations_of([(_place(a), _place(b)) for _, _, (a, b) in possible])).tolist()
    for (number, apart, (subject, object_)), row in zip(possible, probabilities, strict=True):
        for kind in _types(subject.kind, object_.kind):
            probability = row[RELATIONS.index(kind)]
            key = number, id(subject.target), kind, id(object_.target)
            if probability >= PROPOSED or key in found:
                own = _candidate(found, number, subject, kind, object_)
                own.probability, own.apart = max(probability, own.probability or 0.0), apart
                own.unrelated = min(row[RELATIONS.index(NONE)], own.unrelated)


def _place(anchor: Anchor) -> Place:
    return anchor.start, anchor.end, anchor.label


@cache
def _types(subject: str, object_: str) -> tuple[RelationType, ...]:
    """The types that these kinds of ends allow."""
    allowed = table(SEEDS)["types"]
    return tuple(kind for kind, ends in allowed.items() if subject in ends["subject"] and object_ in ends["object"])
