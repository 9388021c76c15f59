"""Who and what fills the slots of a commitment: everything near it is weighed for every slot.

Hard because the parse tells only half of it: the doer may stand sentences before, the receiver may be "the country".
What the rules read off the parse and what the encoder makes of trigger and place are evidence; measured weights decide.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from spacy.tokens import Doc

from pipeline.article.doc import Entity, Mention, SentenceIndex
from pipeline.model.linear import Weights
from pipeline.model.pair_head import REFERENCE, ROLES, Place, Ties
from pipeline.stages.commitments.classifier import Verdict
from pipeline.stages.encoding import ties_of

STEPS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9)  # between the classes of a probability
BEFORE, AFTER = 6, 2  # sentences around that of the trigger, in which a slot may be filled
ACTORS, PROJECT, MONEY, DATE = ("by", "with", "to", "attributed_to"), "projects", "amounts", "dates"
BY, LIKELY = ROLES.index("by"), 0.4  # a doer, and from which probability on one is likely
PARTIES = ("by", "with", "to")  # of which an actor fills one
FILLED = ("by", "with", "to", "projects", "dates", "attributed_to")  # amounts are filled by the rules alone

Chars = tuple[int, int]  # start and end in characters
Filler = Entity | Mention  # an amount or a date is a mention


@dataclass(frozen=True)
class SlotSpan:
    """A place that means something which can fill a slot."""

    place: Place
    sentence: int
    filler: Filler


@dataclass
class SlotCandidate:
    """A filler for a slot of a commitment, with the names of what speaks for it."""

    role: str
    filler: Filler
    names: list[str] = field(default_factory=list)


Ruled = Mapping[str, Sequence[tuple[str, Filler]]]  # by slot: what rules fill in, with the name of the rule


class SlotSpans:
    """The places of a Doc that can fill a slot, in reading order; `triggers`: characters and sentence of each."""

    def __init__(self, doc: Doc, triggers: Sequence[tuple[Chars, int]]) -> None:
        self._encoded = doc._.encoding is not None
        sentence_of = SentenceIndex(doc)
        spans = [
            SlotSpan((m.start, m.end, m.label), m.sentence, m.entity or m)
            for m in doc._.mentions
            if m.entity is not None or m.label in ("MONEY", "DATE")
        ]
        spans += [SlotSpan((r.start, r.end, REFERENCE), sentence_of(r.start), r.entity) for r in doc._.references]
        self._spans = sorted(spans, key=lambda span: span.place[:2])
        self._sentences = [span.sentence for span in self._spans]
        self._known = self._read(dict(triggers), ties_of(doc))
        self._spoken = Counter(id(span.filler) for span in spans)
        self._doing = Counter(doer for trigger, _ in triggers for doer in self._doers(trigger))

    def candidates(self, trigger: Chars, sentence: int, verdict: Verdict, ruled: Ruled) -> list[SlotCandidate]:
        """Every filler near a trigger (its characters and its sentence) for every slot that it fits."""
        near, told = self._known[trigger]
        fillers: dict[int, list[int]] = {}
        for at, span in enumerate(near):
            fillers.setdefault(id(span.filler), []).append(at)
        own = {id(near[places[0]].filler): near[places[0]].filler for places in fillers.values()}
        own |= {id(filler): filler for rows in ruled.values() for _, filler in rows}
        views = [_view(filler, fillers.get(key, []), near, told, ruled) for key, filler in own.items()]
        ranked = [sorted(column) for column in zip(*(view.likely for view in views if view.likely), strict=True)]
        stands = [(view, _where(view, trigger, sentence)) for view in views]
        return [one for view, where in stands for one in self._for_view(view, where, verdict, ranked)]

    def _for_view(
        self, view: _View, where: str, verdict: Verdict, ranked: list[list[float]]
    ) -> Iterator[SlotCandidate]:
        common = [*_features(view, where, verdict), *self._in_the_article(view)]
        for role in _fitting(view.filler):
            yield SlotCandidate(role, view.filler, [*common, *_encoded(role, view, where, ranked)])

    def _read(self, triggers: Mapping[Chars, int], ties: Ties | None) -> dict[Chars, tuple[list[SlotSpan], np.ndarray]]:
        """The spans around each trigger, with the probability of each of ROLES (no columns without the encoder)."""
        near = [self._around(sentence) for sentence in triggers.values()]
        if ties is None:
            told = [np.zeros((len(spans), 0)) for spans in near]
        else:
            asked = zip(triggers, ([span.place for span in spans] for spans in near), strict=True)
            told = [np.exp(rows) for rows in ties.roles_of(list(asked))]
        return dict(zip(triggers, zip(near, told, strict=True), strict=True))

    def _around(self, sentence: int) -> list[SlotSpan]:
        first, last = bisect_left(self._sentences, sentence - BEFORE), bisect_right(self._sentences, sentence + AFTER)
        return self._spans[first:last]

    def _doers(self, trigger: Chars) -> set[int]:
        """Who is likely to do, by the encoder, what a trigger says."""
        near, told = self._known[trigger]
        return {id(span.filler) for span, row in zip(near, told, strict=True) if len(row) and row[BY] >= LIKELY}

    def _in_the_article(self, view: _View) -> Iterator[str]:
        """How much the whole article speaks of a filler, and how often it is seen to act elsewhere."""
        yield f"spoken {min(5, self._spoken[id(view.filler)])}"
        if isinstance(view.filler, Entity):
            yield f"sure {int(5 * view.filler.confidence)}"
        if self._encoded:
            here = bool(view.likely) and view.likely[BY] >= LIKELY
            yield f"acts elsewhere {min(4, self._doing[id(view.filler)] - here)}"


@dataclass(frozen=True)
class _View:
    """A filler with its spans near a trigger, and what speaks for it in a slot.

    `likely`: the highest probability of each of ROLES (empty: not encoded); `rules`: slot and name of each rule.
    """

    filler: Filler
    spans: list[SlotSpan]
    likely: list[float]
    rules: list[str]

    def is_ruled(self, role: str) -> bool:
        return any(rule.startswith(role) for rule in self.rules)


def _view(filler: Filler, places: list[int], near: list[SlotSpan], told: np.ndarray, ruled: Ruled) -> _View:
    likely = told[places].max(axis=0).tolist() if places and told.shape[1] else []
    rules = [f"{slot} {name}" for slot, rows in ruled.items() for name, other in rows if other is filler]
    return _View(filler, [near[at] for at in places], likely, rules)


def _fitting(filler: Filler) -> Sequence[str]:
    """The slots that a filler may fill."""
    if isinstance(filler, Mention):
        return (MONEY,) if filler.label == "MONEY" else (DATE,)
    return ACTORS if filler.is_actor else (PROJECT,)


def _features(view: _View, where: str, verdict: Verdict) -> Iterator[str]:
    """What the rules say of a filler, what it is, where it stands, and of what commitment."""
    yield from view.rules or ["no rule"]
    what = _what(view.filler)
    yield from (where, what, f"{what} {verdict.kind}", verdict.kind, verdict.status, f"spots {min(3, len(view.spans))}")


def _encoded(role: str, view: _View, where: str, ranked: list[list[float]]) -> Iterator[str]:
    """How likely the encoder thinks it, and how many others it thinks likelier; `ranked`: all of them, by role."""
    if view.likely:
        at = ROLES.index(role)
        step = bisect_left(STEPS, view.likely[at])
        yield f"encoded {step}"
        yield f"encoded {step} {'ruled' if view.is_ruled(role) else 'unruled'}"
        yield f"encoded {step} {where}"
        yield f"rank {min(3, len(ranked[at]) - bisect_right(ranked[at], view.likely[at]))}"


def _where(view: _View, trigger: Chars, sentence: int) -> str:
    """The nearest place: before or after the trigger in its sentence, or how many sentences away."""
    here = [span for span in view.spans if span.sentence == sentence]
    if here:
        return "before" if here[0].place[0] < trigger[0] else "after"
    steps = [span.sentence - sentence for span in view.spans]
    return f"away {max(steps, key=lambda step: -abs(step))}" if steps else "far"


def _what(filler: Filler) -> str:
    if isinstance(filler, Mention):
        return filler.label
    return filler.kind or ("programme" if filler.programme else "project")


def filled(candidates: Iterable[SlotCandidate], weights: Weights, accept: float) -> dict[str, list[Filler]]:
    """What fills each slot, the surest first; a commitment has at least one doer where any is thinkable.

    `accept`: the probability that it is a commitment at all. Of by, with and to an actor fills the likeliest.
    """
    judged = [(accept * weights.probability(candidate.role, candidate.names), candidate) for candidate in candidates]
    judged.sort(key=lambda pair: -pair[0])
    found: dict[str, list[Filler]] = {role: [] for role in FILLED}
    taken: set[tuple[bool, int]] = set()
    for sure, candidate in judged:
        place = candidate.role in PARTIES, id(candidate.filler)
        if candidate.role in found and weights.stands(candidate.role, sure) and place not in taken:
            found[candidate.role].append(candidate.filler)
            taken.add(place)
    if not found["by"]:
        doers = [candidate.filler for _, candidate in judged if candidate.role == "by"]
        found["by"] = sorted(doers, key=lambda doer: (True, id(doer)) in taken)[:1]
    found["attributed_to"] = found["attributed_to"][:1]
    return found
