"""Fills the slots of a commitment: each filler near its trigger is a candidate for each slot that it fits.

The parse is not enough: the doer may be sentences before, the recipient may be "the country". The roles that rules
read off the parse and the encoder's scores of trigger and span are features; fitted weights decide.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pipeline.stages.commitments.classifier import Verdict
from pipeline.stages.document.doc import Entity, Mention
from pipeline.stages.document.view import ArticleView
from pipeline.stages.encoding import pair_head_of
from pipeline.stages.models.heads import REFERENCE, ROLES, Place
from pipeline.stages.models.linear import Weights

STEPS = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9)  # bounds between the bins of a probability
BEFORE, AFTER = 6, 2  # sentences around that of the trigger, in which a slot may be filled
ACTORS = ("by", "with", "to", "attributed_to")
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
    """The spans of an article that can fill a slot, in reading order; `triggers`: characters and sentence of each."""

    def __init__(self, view: ArticleView, triggers: Sequence[tuple[Chars, int]]) -> None:
        sentence_of, head = view.sentence_of, pair_head_of(view.doc)
        spans = [
            SlotSpan((m.start, m.end, m.label), m.sentence, m.entity or m)
            for m in view.mentions
            if m.entity is not None or m.label in ("MONEY", "DATE")
        ]
        spans += [SlotSpan((r.start, r.end, REFERENCE), sentence_of(r.start), r.entity) for r in view.references]
        self._spans = sorted(spans, key=lambda span: span.place[:2])
        sentences = [span.sentence for span in self._spans]
        around = {
            trigger: self._spans[bisect_left(sentences, at - BEFORE) : bisect_right(sentences, at + AFTER)]
            for trigger, at in triggers
        }
        pairs = [(trigger, [span.place for span in near]) for trigger, near in around.items()]
        scores = [np.exp(rows) for rows in head.roles_of(pairs)] if head else [np.zeros((len(p), 0)) for _, p in pairs]
        self._near = dict(zip(around, zip(around.values(), scores, strict=True), strict=True))
        self._spoken = Counter(id(span.filler) for span in spans)
        self._acting = Counter(doer for trigger, _ in triggers for doer in self._doers(trigger)) if head else None

    def candidates(self, trigger: Chars, sentence: int, verdict: Verdict, ruled: Ruled) -> list[SlotCandidate]:
        """Every filler near a trigger (its characters and its sentence) for every slot that it fits."""
        near, scores = self._near[trigger]
        places: dict[int, list[int]] = {}
        for at, span in enumerate(near):
            places.setdefault(id(span.filler), []).append(at)
        fillers = {key: near[own[0]].filler for key, own in places.items()}
        fillers |= {id(filler): filler for rows in ruled.values() for _, filler in rows}
        best = {key: scores[own].max(axis=0).tolist() for key, own in places.items()} if scores.shape[1] else {}
        ranked = [sorted(column) for column in zip(*best.values(), strict=True)]
        found = []
        for key, filler in fillers.items():
            spans, likely = [near[at] for at in places.get(key, ())], best.get(key, [])
            rules = [f"{slot} {name}" for slot, rows in ruled.items() for name, other in rows if other is filler]
            where = _where(spans, trigger, sentence)
            common = [*(rules or ["no rule"]), *self._features(filler, spans, where, verdict, likely)]
            if isinstance(filler, Mention):
                fitting: Sequence[str] = ("amounts",) if filler.label == "MONEY" else ("dates",)
            else:
                fitting = ACTORS if filler.is_actor else ("projects",)
            for role in fitting:
                is_ruled = any(rule.startswith(role) for rule in rules)
                encoded = _encoded(ROLES.index(role), likely, ranked, where, "ruled" if is_ruled else "unruled")
                found.append(SlotCandidate(role, filler, [*common, *encoded]))
        return found

    def _features(
        self, filler: Filler, spans: Sequence[SlotSpan], where: str, verdict: Verdict, likely: Sequence[float]
    ) -> Iterator[str]:
        """What and where a filler is, how often the article mentions it, and how often that acts elsewhere.

        `likely`: the probability of each of ROLES.
        """
        if isinstance(filler, Entity):
            what: str = filler.kind or ("programme" if filler.programme else "project")
        else:
            what = filler.label
        yield from (where, what, f"{what} {verdict.kind}", verdict.kind, verdict.status, f"spots {min(3, len(spans))}")
        yield f"spoken {min(5, self._spoken[id(filler)])}"
        if isinstance(filler, Entity):
            yield f"sure {int(5 * filler.confidence)}"
        if self._acting is not None:
            here = bool(likely) and likely[BY] >= DOER
            yield f"acts elsewhere {min(4, self._acting[id(filler)] - here)}"

    def _doers(self, trigger: Chars) -> set[int]:
        """The ids of those that the encoder takes for doers of a trigger."""
        return {id(span.filler) for span, row in zip(*self._near[trigger], strict=True) if row[BY] >= DOER}


def _encoded(
    role: int, likely: Sequence[float], ranked: Sequence[list[float]], where: str, ruled: str
) -> Iterator[str]:
    """The probability that the encoder gives a filler, and how many are higher; `ranked`: all of them, by role."""
    if likely:
        step = bisect_left(STEPS, likely[role])
        yield from (f"encoded {step}", f"encoded {step} {ruled}", f"encoded {step} {where}")
        yield f"rank {min(3, len(ranked[role]) - bisect_right(ranked[role], likely[role]))}"


def _where(spans: Sequence[SlotSpan], trigger: Chars, sentence: int) -> str:
    """The position of the nearest span: before or after the trigger in its sentence, or how many sentences away."""
    here = next((span for span in spans if span.sentence == sentence), None)
    if here:
        return "before" if here.place[0] < trigger[0] else "after"
    steps = [span.sentence - sentence for span in spans]
    return f"away {max(steps, key=lambda step: -abs(step))}" if steps else "far"


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
