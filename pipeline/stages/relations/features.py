"""The features of candidates: what says that both ends are related, who they are, where they stand, their rivals."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from functools import cached_property
from math import floor, log

from pipeline.stages.document.doc import Entity
from pipeline.stages.document.paths import Step, climb, path
from pipeline.stages.document.view import ArticleView
from pipeline.stages.relations.anchors import Anchor, End
from pipeline.stages.relations.candidates import Fact, PairCandidate
from pipeline.values.gazetteer.names import key

STEPS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9)  # bounds between the bins of a probability
ENDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)  # bounds between the bins of the confidence of both ends
FINE = 1.5  # bins for each unit of log odds of a probability
MANY, BETWEEN, RIVALS = 4, 5, 3  # mentions of an end, mentions between both, likelier rivals: more count as so many
SMALL = frozenset({"of", "and", "the", "for"})  # words of a name that say nothing
_WORDS = re.compile(r"[a-z_]+")


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
