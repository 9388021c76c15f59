"""Fills the slots of a commitment: each filler near its trigger is a candidate for each slot that it fits.

The parse is not enough: the doer may be sentences before, the recipient may be "the country". The roles that rules
read off the parse and the encoder's scores of trigger and span are features; fitted weights decide.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from spacy.tokens import Doc

from pipeline.stages.commitments.classifier import Verdict
from pipeline.stages.document.doc import Entity, Mention, SentenceIndex, encoding_of
from pipeline.stages.encoding import pair_head_of
from pipeline.stages.models.heads import REFERENCE, ROLES, PairHead, Place
from pipeline.stages.models.linear import Weights

STEPS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9)  # bounds between the bins of a probability
BEFORE, AFTER = 6, 2  # sentences around that of the trigger, in which a slot may be filled
ACTORS, PROJECT, MONEY, DATE = ("by", "with", "to", "attributed_to"), "projects", "amounts", "dates"
BY, DOER = ROLES.index("by"), 0.4  # the role, and the probability from which the encoder takes a span for a doer
PARTIES = ("by", "with", "to")  # of which an actor fills one
FILLED = ("by", "with", "to", "projects", "dates", "attributed_to")  # amounts are filled by the rules alone

Chars = tuple[int, int]  # start and end in characters
Filler = Entity | Mention  # an amount or a date is a mention


@dataclass(frozen=True)
class SlotSpan:
    """A span that refers to what can fill a slot."""

    place: Place
    sentence: int
    filler: Filler


@dataclass
class SlotCandidate:
    """A filler for a slot of a commitment, with the names of its features."""

    role: str
    filler: Filler
    names: list[str] = field(default_factory=list)


Ruled = Mapping[str, Sequence[tuple[str, Filler]]]  # by slot: the fillers that rules propose, with the name of the rule


class SlotSpans:
    """The spans of a Doc that can fill a slot, in reading order; `triggers`: characters and sentence of each."""

    def __init__(self, doc: Doc, triggers: Sequence[tuple[Chars, int]]) -> None:
        self._encoded = encoding_of(doc) is not None
        sentence_of = SentenceIndex(doc)
        spans = [
            SlotSpan((m.start, m.end, m.label), m.sentence, m.entity or m)
            for m in doc._.mentions
            if m.entity is not None or m.label in ("MONEY", "DATE")
        ]
        spans += [SlotSpan((r.start, r.end, REFERENCE), sentence_of(r.start), r.entity) for r in doc._.references]
        self._spans = sorted(spans, key=lambda span: span.place[:2])
        self._sentences = [span.sentence for span in self._spans]
        self._scored = self._read(dict(triggers), pair_head_of(doc))
        self._frequency = Counter(id(span.filler) for span in spans)
        self._acting = Counter(doer for trigger, _ in triggers for doer in self._doers(trigger))

    def candidates(self, trigger: Chars, sentence: int, verdict: Verdict, ruled: Ruled) -> list[SlotCandidate]:
        """Every filler near a trigger (its characters and its sentence) for every slot that it fits."""
        near, probabilities = self._scored[trigger]
        fillers: dict[int, list[int]] = {}
        for at, span in enumerate(near):
            fillers.setdefault(id(span.filler), []).append(at)
        own = {id(near[indices[0]].filler): near[indices[0]].filler for indices in fillers.values()}
        own |= {id(filler): filler for rows in ruled.values() for _, filler in rows}
        found = [_evidence(filler, fillers.get(key, []), near, probabilities, ruled) for key, filler in own.items()]
        ranked = [sorted(column) for column in zip(*(one.best for one in found if one.best), strict=True)]
        located = [(evidence, _where(evidence, trigger, sentence)) for evidence in found]
        return [one for evidence, where in located for one in self._for_filler(evidence, where, verdict, ranked)]

    def _for_filler(
        self, evidence: _Evidence, where: str, verdict: Verdict, ranked: list[list[float]]
    ) -> Iterator[SlotCandidate]:
        common = [*_features(evidence, where, verdict), *self._in_the_article(evidence)]
        for role in _fitting(evidence.filler):
            yield SlotCandidate(role, evidence.filler, [*common, *_encoded(role, evidence, where, ranked)])

    def _read(
        self, triggers: Mapping[Chars, int], pair_head: PairHead | None
    ) -> dict[Chars, tuple[list[SlotSpan], np.ndarray]]:
        """The spans around each trigger, with the probability of each of ROLES (no columns without the encoder)."""
        near = [self._around(sentence) for sentence in triggers.values()]
        if pair_head is None:
            probabilities = [np.zeros((len(spans), 0)) for spans in near]
        else:
            pairs = zip(triggers, ([span.place for span in spans] for spans in near), strict=True)
            probabilities = [np.exp(rows) for rows in pair_head.roles_of(list(pairs))]
        return dict(zip(triggers, zip(near, probabilities, strict=True), strict=True))

    def _around(self, sentence: int) -> list[SlotSpan]:
        first, last = bisect_left(self._sentences, sentence - BEFORE), bisect_right(self._sentences, sentence + AFTER)
        return self._spans[first:last]

    def _doers(self, trigger: Chars) -> set[int]:
        """The ids of those that the encoder takes for doers of a trigger."""
        near, probabilities = self._scored[trigger]
        return {id(span.filler) for span, row in zip(near, probabilities, strict=True) if len(row) and row[BY] >= DOER}

    def _in_the_article(self, evidence: _Evidence) -> Iterator[str]:
        """How often the article mentions a filler, and how often that acts elsewhere."""
        yield f"spoken {min(5, self._frequency[id(evidence.filler)])}"
        if isinstance(evidence.filler, Entity):
            yield f"sure {int(5 * evidence.filler.confidence)}"
        if self._encoded:
            here = bool(evidence.best) and evidence.best[BY] >= DOER
            yield f"acts elsewhere {min(4, self._acting[id(evidence.filler)] - here)}"


@dataclass(frozen=True)
class _Evidence:
    """The evidence on a filler: its spans near a trigger, and what encoder and rules say of them.

    `best`: the highest probability of each of ROLES (empty: not encoded); `rules`: slot and name of each rule.
    """

    filler: Filler
    spans: list[SlotSpan]
    best: list[float]
    rules: list[str]

    def is_ruled(self, role: str) -> bool:
        return any(rule.startswith(role) for rule in self.rules)


def _evidence(filler: Filler, indices: list[int], near: list[SlotSpan], scores: np.ndarray, ruled: Ruled) -> _Evidence:
    best = scores[indices].max(axis=0).tolist() if indices and scores.shape[1] else []
    rules = [f"{slot} {name}" for slot, rows in ruled.items() for name, other in rows if other is filler]
    return _Evidence(filler, [near[at] for at in indices], best, rules)


def _fitting(filler: Filler) -> Sequence[str]:
    """The slots that a filler may fill."""
    if isinstance(filler, Mention):
        return (MONEY,) if filler.label == "MONEY" else (DATE,)
    return ACTORS if filler.is_actor else (PROJECT,)


def _features(evidence: _Evidence, where: str, verdict: Verdict) -> Iterator[str]:
    """What the rules say of a filler, what and where it is, and the kind and status of the commitment."""
    yield from evidence.rules or ["no rule"]
    what, spots = _what(evidence.filler), min(3, len(evidence.spans))
    yield from (where, what, f"{what} {verdict.kind}", verdict.kind, verdict.status, f"spots {spots}")


def _encoded(role: str, evidence: _Evidence, where: str, ranked: list[list[float]]) -> Iterator[str]:
    """The probability that the encoder gives it, and how many are higher; `ranked`: all of them, by role."""
    if evidence.best:
        at = ROLES.index(role)
        step = bisect_left(STEPS, evidence.best[at])
        yield f"encoded {step}"
        yield f"encoded {step} {'ruled' if evidence.is_ruled(role) else 'unruled'}"
        yield f"encoded {step} {where}"
        yield f"rank {min(3, len(ranked[at]) - bisect_right(ranked[at], evidence.best[at]))}"


def _where(evidence: _Evidence, trigger: Chars, sentence: int) -> str:
    """The position of the nearest span: before or after the trigger in its sentence, or how many sentences away."""
    here = [span for span in evidence.spans if span.sentence == sentence]
    if here:
        return "before" if here[0].place[0] < trigger[0] else "after"
    steps = [span.sentence - sentence for span in evidence.spans]
    return f"away {max(steps, key=lambda step: -abs(step))}" if steps else "far"


def _what(filler: Filler) -> str:
    if isinstance(filler, Mention):
        return filler.label
    return filler.kind or ("programme" if filler.programme else "project")


@dataclass
class Filled:
    """What fills each slot, the most probable first.

    `sure`: by slot and filler (`id`) the probability that it is right; `whole`: by slot the probability that it holds
    all that it should and nothing else.
    """

    fillers: dict[str, list[Filler]]
    sure: dict[tuple[str, int], float]
    whole: dict[str, float]


def filled(candidates: Iterable[SlotCandidate], weights: Weights, accept: float) -> Filled:
    """What fills each slot; a commitment has at least one doer where any is possible.

    `accept`: the probability that it is a commitment at all. An actor fills the likeliest of by, with and to.
    """
    scored = [(weights.probability(candidate.role, candidate.names), candidate) for candidate in candidates]
    scored.sort(key=lambda pair: -pair[0])
    found: dict[str, list[Filler]] = {role: [] for role in FILLED}
    taken: set[tuple[bool, int]] = set()
    for probability, candidate in scored:
        slot = candidate.role in PARTIES, id(candidate.filler)
        if candidate.role in found and weights.stands(candidate.role, accept * probability) and slot not in taken:
            found[candidate.role].append(candidate.filler)
            taken.add(slot)
    if not found["by"]:
        doers = [candidate.filler for _, candidate in scored if candidate.role == "by"]
        found["by"] = sorted(doers, key=lambda doer: (True, id(doer)) in taken)[:1]
    found["attributed_to"] = found["attributed_to"][:1]
    sure = {(candidate.role, id(candidate.filler)): probability for probability, candidate in scored}
    whole = dict.fromkeys(FILLED, 1.0)
    for probability, candidate in scored:
        if candidate.role in whole:
            stands = any(candidate.filler is filler for filler in found[candidate.role])
            whole[candidate.role] *= probability if stands else 1 - probability
    return Filled(found, sure, whole)
