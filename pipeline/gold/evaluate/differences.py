"""The differences between an article's record and its gold, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pipeline.gold.evaluate.facts import TEXT, CommitmentFacts, EntityFacts, Facts, FlowFacts, Slot
from pipeline.gold.evaluate.matching import UNMATCHED, Matched, Pairs

Side = Literal["missed", "spurious", "other"]  # only gold has it, only the record has it, both have it but differ

_QUOTED = 120  # characters of a sentence that are quoted


@dataclass(frozen=True)
class Difference:
    family: str
    side: Side
    what: str


def differences(matched: Matched) -> list[Difference]:
    """All differences of an article, by family, in reading order."""
    return [
        *_sentences(matched.gold, matched.found),
        *_mentions(matched.gold, matched.found),
        *_entities("actors", matched.gold.actors, matched.found.actors, matched.actors),
        *_entities("projects", matched.gold.projects, matched.found.projects, matched.projects),
        *_relations(matched),
        *_commitments(matched),
        *_both_ways("sectors", sorted(matched.gold.sectors), sorted(matched.found.sectors)),
    ]


def _both_ways(family: str, gold: Iterable[str], found: Iterable[str]) -> Iterator[Difference]:
    one, other = list(gold), list(found)
    yield from (Difference(family, "missed", what) for what in one if what not in other)
    yield from (Difference(family, "spurious", what) for what in other if what not in one)


def _sentences(gold: Facts, found: Facts) -> Iterator[Difference]:
    def quoted(facts: Facts) -> Iterator[str]:
        return (f"{start}:{end} {_quoted(facts.text[start:end])}" for start, end in sorted(facts.sentences))

    return _both_ways("sentences", quoted(gold), quoted(found))


def _mentions(gold: Facts, found: Facts) -> Iterator[Difference]:
    def quoted(facts: Facts) -> Iterator[str]:
        return (
            f"{start}:{end} {label} {_quoted(facts.text[start:end])}" for start, end, label in sorted(facts.mentions)
        )

    return _both_ways("mentions", quoted(gold), quoted(found))


def _entities(family: str, gold: list[EntityFacts], found: list[EntityFacts], pairs: Pairs) -> Iterator[Difference]:
    yield from _unpaired(family, [e.name for e in gold], [e.name for e in found], pairs)
    for g, f in pairs:
        values = list(_values(gold[g], found[f]))
        if values:
            yield Difference(family, "other", f"{gold[g].name}: {'; '.join(values)}")


def _unpaired(family: str, gold: list[str], found: list[str], pairs: Pairs) -> Iterator[Difference]:
    one, other = {g for g, _ in pairs}, {f for _, f in pairs}
    yield from (Difference(family, "missed", what) for g, what in enumerate(gold) if g not in one)
    yield from (Difference(family, "spurious", what) for f, what in enumerate(found) if f not in other)


def _values(gold: EntityFacts, found: EntityFacts) -> Iterator[str]:
    values = {
        "kind": (gold.kind, found.kind),
        "country": (gold.country, found.country),
        "role": (gold.role, found.role),
        "sectors": (_listed(gold.sectors), _listed(found.sectors)),
        "countries": (_listed(gold.countries), _listed(found.countries)),
    }
    return _unequal(values)


def _unequal(values: Mapping[str, tuple[str | None, str | None]]) -> Iterator[str]:
    return (f"{name} {one or '-'} found as {other or '-'}" for name, (one, other) in values.items() if one != other)


def _listed(values: Iterable[str]) -> str:
    return ", ".join(sorted(values))


def _relations(matched: Matched) -> Iterator[Difference]:
    names = _Names(matched)

    def stated(facts: Facts) -> list[str]:
        return sorted(f"{names(subject)} {kind} {names(target)}" for subject, kind, target in facts.relations)

    return _both_ways("relations", stated(matched.gold), stated(matched.found))


def _commitments(matched: Matched) -> Iterator[Difference]:
    gold, found, names = matched.gold.commitments, matched.found.commitments, _Names(matched)
    one, other = (
        [_described(c, matched.gold, names) for c in gold],
        [_described(c, matched.found, names) for c in found],
    )
    yield from _unpaired("commitments", one, other, matched.commitments)
    has_flows = matched.gold.has_flows and matched.found.has_flows
    for g, f in matched.commitments:
        values = list(_commitment_values(gold[g], found[f], names, has_flows))
        if values:
            yield Difference("commitments", "other", f"{_quoted(gold[g].name)}: {'; '.join(values)}")


def _described(commitment: CommitmentFacts, facts: Facts, names: _Names) -> str:
    start, end = commitment.spans[0] if commitment.spans else (0, 0)
    slots = "; ".join(names.slot(slot) for slot in sorted(commitment.slots))
    what = f"{commitment.kind} {commitment.status} {_quoted(commitment.name)}"
    return f"{what} [{slots}] in {_quoted(facts.text[start:end])}"


def _commitment_values(gold: CommitmentFacts, found: CommitmentFacts, names: _Names, has_flows: bool) -> Iterator[str]:
    values = {"kind": (gold.kind, found.kind), "status": (gold.status, found.status)}
    if has_flows:
        values["flow"] = (names.flow(gold.flow), names.flow(found.flow))
    yield from _unequal(values)
    if gold.negated != found.negated:
        yield "negated in gold only" if gold.negated else "negated in the record only"
    yield from (f"missed {names.slot(slot)}" for slot in sorted(gold.slots - found.slots))
    yield from (f"spurious {names.slot(slot)}" for slot in sorted(found.slots - gold.slots))


class _Names:
    """The names of gold's entities and of found ones without a match, by id."""

    def __init__(self, matched: Matched) -> None:
        found = matched.found.actors + matched.found.projects
        self._names = {UNMATCHED + entity.id: entity.name for entity in found}
        self._names |= {entity.id: entity.name for entity in matched.gold.actors + matched.gold.projects}

    def __call__(self, end: str) -> str:
        return _quoted(end.removeprefix(TEXT)) if end.startswith(TEXT) else self._names.get(end, end)

    def slot(self, slot: Slot) -> str:
        return f"{slot[0]}: {self(slot[1])}"

    def flow(self, flow: FlowFacts | None) -> str:
        """A flow as "loan from A to B"; "" for none."""
        if flow is None:
            return ""
        provider, recipient = (_listed(map(self, side)) or "-" for side in (flow.provider, flow.recipient))
        return f"{flow.instrument} from {provider} to {recipient}"


def _quoted(text: str) -> str:
    words = " ".join(text.split())
    return f"“{words if len(words) <= _QUOTED else words[: _QUOTED - 1] + '…'}”"
