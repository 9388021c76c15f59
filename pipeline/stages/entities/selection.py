"""Selects proposals by their probability: the most probable first, above a threshold, without overlaps.

A proposal is a label of a span. The probability is that of a logistic regression over the names of its features: its
finders, what overlaps it, its form, and the labels of its name elsewhere.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat

from pipeline.record import Amount, Label
from pipeline.stages.document.doc import Value
from pipeline.stages.entities.candidates import LONG, SpanCandidate
from pipeline.stages.models.encoder import Encoding
from pipeline.stages.models.linear import Weights

_MANY_WORDS = 6  # names of this many words or more have one feature
# Lower than the threshold at which mentions alone score best: later stages lose more by a missed mention than by a
# wrong one, most of all for rare labels.
THRESHOLD = 0.25
TAG_STEPS = (0.03, 0.1, 0.25, 0.5, 0.75, 0.9)  # bounds of the classes of a probability of the encoder
SPAN_STEPS = (0.003, 0.01, 0.03, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 0.95, 0.99)
LARGE = 1_000  # of any currency; "One INR" is a rate, "QR 436" a flight
RARE, UNENCODED = 0.15, 0.1  # for `LONG`; the second without an encoding


@dataclass
class Proposal:
    """A label of a span, with the finders that propose it, and "stands" among them if `settle` keeps it."""

    label: Label
    start: int
    end: int
    methods: set[str] = field(default_factory=set)
    value: Value | None = None

    @property
    def evidence(self) -> str:
        """The finders' names, for readers and as a feature."""
        return "+".join(sorted(self.methods))


def gathered(proposed: Iterable[SpanCandidate], ruled: Iterable[SpanCandidate]) -> list[Proposal]:
    """The distinct proposals in reading order; `ruled` are those that `settle` keeps."""
    found: dict[tuple[int, int, Label], Proposal] = {}
    for candidate, method in [*((c, c.method) for c in proposed), *((c, "stands") for c in ruled)]:
        key = (candidate.start, candidate.end, candidate.label)
        proposal = found.setdefault(key, Proposal(candidate.label, candidate.start, candidate.end))
        proposal.methods.add(method)
        proposal.value = proposal.value or candidate.value
    return [found[key] for key in sorted(found)]


def features(text: str, proposals: list[Proposal], encoding: Encoding | None) -> Iterator[list[str]]:
    """The names of the features of each proposal, in their order; `encoding`: of the text, if there is one."""
    elsewhere = _by_name(text, proposals)
    spans = [(p.start, p.end, p.label) for p in proposals]
    from_encoder = _encoded(encoding, spans) if encoding is not None else repeat([])
    for (at, proposal), encoded in zip(enumerate(proposals), from_encoder, strict=False):
        finders = [f"by {proposal.evidence}", *(f"has {method}" for method in sorted(proposal.methods))]
        own = [*finders, *_rivals(proposals, at), *_form(text, proposal)]
        yield [*own, *_elsewhere(elsewhere[text[proposal.start : proposal.end]], proposal), *encoded]


def _encoded(encoding: Encoding, spans: Sequence[tuple[int, int, str]]) -> Iterator[list[str]]:
    """What the encoder finds of each labelled span: by its tags, and as a whole."""
    for tags, whole, none in encoding.likelihoods(spans):
        named = zip(("", " least", " begins", " goes on"), tags, strict=False)
        own = [f"encoded{how} {bisect_left(TAG_STEPS, likely)}" for how, likely in named]
        yield [*own, f"span {bisect_left(SPAN_STEPS, whole)}", f"span none {bisect_left(SPAN_STEPS, none)}"]


def _rivals(proposals: list[Proposal], at: int) -> list[str]:
    """The proposals over the same characters: inside, around, across, or with another label."""
    own, found = proposals[at], set()
    for other in _overlapping(proposals, at):
        position = _position(other, own)
        found |= {f"{position} {name}" for method in other.methods for name in (method, f"{other.label} {method}")}
    return sorted(found) or ["no rival"]


def _overlapping(proposals: list[Proposal], at: int) -> Iterator[Proposal]:
    own = proposals[at]
    for number in range(at + 1, len(proposals)):
        if proposals[number].start >= own.end:
            break
        yield proposals[number]
    for other in reversed(proposals[max(0, at - 40) : at]):
        if other.end > own.start:
            yield other


def _position(other: Proposal, own: Proposal) -> str:
    if (other.start, other.end) == (own.start, own.end):
        return "same"
    if other.start >= own.start and other.end <= own.end:
        return "inside"
    return "around" if other.start <= own.start and other.end >= own.end else "across"


def _form(text: str, proposal: Proposal) -> Iterator[str]:
    name = text[proposal.start : proposal.end]
    yield f"words {min(_MANY_WORDS, len(name.split()))}"
    yield f"begins {'lower' if name[0].islower() else 'upper' if name[0].isupper() else 'other'}"
    if name.isupper():
        yield "capitals"
    yield f"after {text[proposal.start - 1 : proposal.start] or 'nothing'}"


def _by_name(text: str, proposals: list[Proposal]) -> dict[str, Counter[Label]]:
    """How often the recognizer gives each name each label in this article."""
    found: dict[str, Counter[Label]] = defaultdict(Counter)
    for proposal in proposals:
        if "model" in proposal.methods:
            found[text[proposal.start : proposal.end]][proposal.label] += 1
    return found


def _elsewhere(labels: Counter[Label], proposal: Proposal) -> Iterator[str]:
    if labels:
        share = labels[proposal.label] / labels.total()
        yield f"elsewhere {'always' if share == 1 else 'mostly' if share > 0.5 else 'seldom' if share else 'never'}"
        yield f"times {min(3, labels[proposal.label])}"


def weighed(
    text: str, proposals: list[Proposal], weights: Weights, encoding: Encoding | None
) -> list[tuple[float, Proposal]]:
    """The selected proposals with their probabilities, in reading order, without overlaps."""
    named = features(text, proposals, encoding)
    sums = {p.end: p.start for p in proposals if p.label == "MONEY" and "amounts" in p.methods}  # with their signs
    scored = [(_probability(weights, p, names), p) for names, p in zip(named, proposals, strict=True)]
    rare = RARE if encoding is not None else UNENCODED
    taken: set[int] = set()
    kept = []
    for probability, proposal in sorted(scored, key=lambda pair: (-pair[0], pair[1].start, pair[1].label)):
        characters = range(proposal.start, proposal.end)
        threshold = rare if proposal.label in LONG else THRESHOLD
        if probability >= threshold and taken.isdisjoint(characters) and not _lacks_sign(text, proposal, sums):
            taken.update(characters)
            kept.append((probability, proposal))
    return sorted(kept, key=lambda pair: pair[1].start)


def _lacks_sign(text: str, proposal: Proposal, sums: dict[int, int]) -> bool:
    """Whether it is an amount cut off from its sign: "4 billion" of "NRs. 4 billion"."""
    start = proposal.start
    return proposal.label == "MONEY" and sums.get(proposal.end, start) < start and text[start : start + 1].isdigit()


def _probability(weights: Weights, proposal: Proposal, names: Iterable[str]) -> float:
    """That of the classifier, but at least the threshold for a large amount, since its forms leave little doubt."""
    found = weights.probability(proposal.label, names)
    large = isinstance(proposal.value, Amount) and (proposal.value.value or 0) >= LARGE
    return max(found, THRESHOLD) if large and "amounts" in proposal.methods else found
