"""Candidate relations, once for a type and two ends, with their features.

Rules find them or the encoder proposes them. The features say what speaks for both ends being related, who they are,
where they stand, and their rivals.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import batched, chain, pairwise
from math import floor, log
from typing import NamedTuple

import numpy as np

from pipeline.record import RelationType
from pipeline.seeds import table
from pipeline.stages.document.doc import Entity
from pipeline.stages.document.paths import Step, climb, path
from pipeline.stages.document.view import ArticleView
from pipeline.stages.models.heads import BLOCK, NONE, RELATIONS, PairHead, Place
from pipeline.stages.relations.patterns import SEEDS, Anchor, End, Finding
from pipeline.values.gazetteer.names import key

PROPOSED = 0.03  # probability from which the encoder proposes a relation
NEAR = 20  # anchors of a sentence that are paired with those of the next
STEPS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9)  # bounds between the bins of a probability
ENDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)  # bounds between the bins of the confidence of both ends
FINE = 1.5  # bins for each unit of log odds of a probability
MANY, BETWEEN, RIVALS = 4, 5, 3  # mentions of an end, mentions between both, likelier rivals: more count as so many
SMALL = frozenset({"of", "and", "the", "for"})  # words of a name that say nothing
_WORDS = re.compile(r"[a-z_]+")


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
    stated: Iterable[tuple[int, Finding]], sentences: list[tuple[int, list[Anchor]]], pair_head: PairHead | None
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


class Features:
    """The names of the features of the candidates of an article; `facts`: of each candidate what it states."""

    def __init__(self, view: ArticleView, candidates: Sequence[PairCandidate], facts: Sequence[Fact]) -> None:
        self._candidates, self._facts = candidates, facts
        self._mentions = [mention.start for mention in view.mentions]
        named = [*view.doc._.mentions, *view.doc._.references]
        self._named = Counter(id(one.entity) for one in named)
        self._climbed: dict[int, list[Step]] = {}

    def __iter__(self) -> Iterator[list[str]]:
        """The features of each candidate."""
        for candidate, fact in zip(self._candidates, self._facts, strict=True):
            yield [*_stated(candidate), *self._ends(candidate), *self._place(candidate), *self._rivals(fact)]

    def _ends(self, candidate: PairCandidate) -> Iterator[str]:
        """Who both are."""
        subject, object_ = candidate.subject, candidate.object
        yield f"kinds {_kind(subject.target)} {_kind(object_.target)}"
        yield f"labels {subject.label} {object_.label}"
        one, other = _country(subject.target), _country(object_.target)
        yield f"compatriots {one == other if one and other else None}"
        yield f"subject named {self._times(subject.target)}"
        yield f"object named {self._times(object_.target)}"
        if subject.kind == "person" and isinstance(subject.target, Entity):
            yield from _office(subject.target, object_.target)

    def _times(self, end: End) -> int | None:
        return min(MANY, self._named[id(end)]) if isinstance(end, Entity) else None

    def _place(self, candidate: PairCandidate) -> Iterator[str]:
        """Where both stand, and what the parse has between them."""
        left, right = sorted((candidate.subject, candidate.object), key=lambda anchor: anchor.start)
        between = bisect_left(self._mentions, right.start) - bisect_left(self._mentions, left.end)
        first = "subject" if left is candidate.subject else "object"
        yield f"{first} first, between {max(-1, min(BETWEEN, between))}"
        yield f"sentence {min(RIVALS, candidate.sentence)}"
        if not candidate.apart:
            line = path(self._up(candidate.subject), self._up(candidate.object))
            yield f"path {line}"
            yield from (f"on path {word}" for word in sorted(set(_WORDS.findall(line or ""))))

    def _up(self, anchor: Anchor) -> list[Step]:
        if anchor.head.i not in self._climbed:
            self._climbed[anchor.head.i] = climb(anchor.head)
        return self._climbed[anchor.head.i]

    @cached_property
    def _likely(self) -> dict[Fact, float]:
        """How likely each fact is before the classifier judges."""
        found: dict[Fact, float] = {}
        for candidate, fact in zip(self._candidates, self._facts, strict=True):
            likely = candidate.rule_confidence if candidate.probability is None else candidate.probability
            found[fact] = max(likely, found.get(fact, 0.0))
        return found

    @cached_property
    def _slots(self) -> dict[Hashable, list[float]]:
        """How likely the facts of each type with the same subject are, and those with the same object; sorted."""
        slots: dict[Hashable, list[float]] = {}
        for fact, likely in self._likely.items():
            for _, slot in _slots_of(fact):
                slots.setdefault(slot, []).append(likely)
        return {slot: sorted(all_of) for slot, all_of in slots.items()}

    def _rivals(self, fact: Fact) -> Iterator[str]:
        """How likely others are in the place of either end."""
        own = self._likely[fact]
        for end, slot in _slots_of(fact):
            all_of = self._slots[slot]
            likelier = len(all_of) - bisect_right(all_of, own)
            best = all_of[-1] if likelier else (0.0, *all_of)[-2]
            yield f"rivals of {end} {min(RIVALS, likelier)}"
            yield f"best rival of {end} {bisect_left(STEPS, best)}"


def _stated(candidate: PairCandidate) -> Iterator[str]:
    """What rules and the encoder say."""
    subject, object_ = candidate.subject, candidate.object
    yield f"ends {subject.kind} {object_.kind}"
    yield f"sure {bisect_left(ENDS, subject.target.confidence * object_.target.confidence)}"
    yield from (f"rule {name}" for name in sorted(candidate.rules))
    yield f"rules {bisect_left(STEPS, candidate.rule_confidence)}"
    if candidate.probability is not None:
        step = bisect_left(STEPS, candidate.probability)
        how = "apart" if candidate.apart else "encoded"
        yield f"{how} {step}"
        yield f"{how} {step} rules {bool(candidate.rules)}"
        likely = min(0.999, max(0.001, candidate.probability))
        yield f"odds {floor(FINE * log(likely / (1 - likely)))}"
        yield f"unrelated {bisect_left(STEPS, candidate.unrelated)}"


def _slots_of(fact: Fact) -> Iterator[tuple[str, Hashable]]:
    """Each end, and what the facts share that have another end there."""
    yield "object", (fact.type, "by", fact.subject)
    yield "subject", (fact.type, "of", fact.object)


def _kind(end: End) -> str:
    return (end.kind or "project") if isinstance(end, Entity) else "-"


def _country(end: End) -> str | None:
    return end.country if isinstance(end, Entity) else None


def _office(person: Entity, body: End) -> Iterator[str]:
    """The words of an office, and whether a body's name has any of them: a finance minister, the finance ministry."""
    words = set(key(person.role or "").split())
    yield from (f"office {word}" for word in sorted(words) or ["none"])
    if words and isinstance(body, Entity):
        shared = words & set(key(body.name).split()) - SMALL
        yield f"office names {bool(shared)} {body.kind}"
