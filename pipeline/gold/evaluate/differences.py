"""The differences between an article's record and its gold, in words."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.gold.evaluate.facts import TEXT, UNMATCHED, CommitmentFacts, EntityFacts, Facts, FlowFacts, Matched, Slot
from pipeline.gold.evaluate.rows import sides

_QUOTED = 120  # characters of a sentence that are quoted


@dataclass(frozen=True)
class Difference:
    """`missed`: only gold has it; `spurious`: only the record has it; `other`: both have it but differ."""

    family: str
    side: Literal["missed", "spurious", "other"]
    what: str


def differences(matched: Matched) -> list[Difference]:
    """All differences of an article, by family, in reading order."""
    gold, found = sides(matched)
    names = _Names(matched)

    def listed(family: str, what: Callable[[Facts], Iterable[str]]) -> Iterator[Difference]:
        """What only one side has."""
        one, other = list(what(gold.facts)), list(what(found.facts))
        yield from (Difference(family, "missed", words) for words in one if words not in other)
        yield from (Difference(family, "spurious", words) for words in other if words not in one)

    def paired(family: str, what: Callable[[Any, Facts], str], compared: Callable[[Any, Any], Iterable[str]]) -> Any:
        """What has no partner, and what differs from it."""
        for side, kind in ((gold, "missed"), (found, "spurious")):
            parts = getattr(side, family)
            yield from (Difference(family, kind, what(one, side.facts)) for _, one, partner in parts if not partner)  # type: ignore[arg-type]
        for _, one, partner in getattr(gold, family):
            if partner and (values := list(compared(one, partner))):
                name = one.name if isinstance(one, EntityFacts) else _quoted(one.name)
                yield Difference(family, "other", f"{name}: {'; '.join(values)}")

    return [
        *listed("sentences", lambda side: (_place(side, *span) for span in sorted(side.sentences))),
        *listed("mentions", lambda side: (_place(side, *mention) for mention in sorted(side.mentions))),
        *paired("actors", lambda one, _: one.name, _entity_values),
        *paired("projects", lambda one, _: one.name, _entity_values),
        *listed("relations", lambda side: sorted(f"{names(s)} {kind} {names(o)}" for s, kind, o in side.relations)),
        *paired("commitments", names.commitment, names.values),
        *listed("sectors", lambda side: sorted(side.sectors)),
    ]


def _place(facts: Facts, start: int, end: int, label: str = "") -> str:
    return f"{start}:{end} {f'{label} ' if label else ''}{_quoted(facts.text[start:end])}"


def _entity_values(gold: EntityFacts, found: EntityFacts) -> Iterator[str]:
    return _unequal(
        {
            "kind": (gold.kind, found.kind),
            "country": (gold.country, found.country),
            "role": (gold.role, found.role),
            "sectors": (_all(gold.sectors), _all(found.sectors)),
            "countries": (_all(gold.countries), _all(found.countries)),
        }
    )


def _unequal(values: Mapping[str, tuple[str | None, str | None]]) -> Iterator[str]:
    return (f"{name} {one or '-'} found as {other or '-'}" for name, (one, other) in values.items() if one != other)


def _all(values: Iterable[str]) -> str:
    return ", ".join(sorted(values))


class _Names:
    """The names of gold's entities and of found ones without a match, by id; commitments in these names."""

    def __init__(self, matched: Matched) -> None:
        found = matched.found.actors + matched.found.projects
        self._names = {UNMATCHED + entity.id: entity.name for entity in found}
        self._names |= {entity.id: entity.name for entity in matched.gold.actors + matched.gold.projects}
        self._has_flows = matched.gold.has_flows and matched.found.has_flows

    def __call__(self, end: str) -> str:
        return _quoted(end.removeprefix(TEXT)) if end.startswith(TEXT) else self._names.get(end, end)

    def commitment(self, commitment: CommitmentFacts, facts: Facts) -> str:
        """A commitment with its slots and its first sentence."""
        start, end = commitment.spans[0] if commitment.spans else (0, 0)
        slots = "; ".join(self._slot(slot) for slot in sorted(commitment.slots))
        what = f"{commitment.kind} {commitment.status} {_quoted(commitment.name)}"
        return f"{what} [{slots}] in {_quoted(facts.text[start:end])}"

    def values(self, gold: CommitmentFacts, found: CommitmentFacts) -> Iterator[str]:
        """What differs between two commitments."""
        values = {"kind": (gold.kind, found.kind), "status": (gold.status, found.status)}
        if self._has_flows:
            values["flow"] = (self._flow(gold.flow), self._flow(found.flow))
        yield from _unequal(values)
        if gold.negated != found.negated:
            yield "negated in gold only" if gold.negated else "negated in the record only"
        yield from (f"missed {self._slot(slot)}" for slot in sorted(gold.slots - found.slots))
        yield from (f"spurious {self._slot(slot)}" for slot in sorted(found.slots - gold.slots))

    def _slot(self, slot: Slot) -> str:
        return f"{slot[0]}: {self(slot[1])}"

    def _flow(self, flow: FlowFacts | None) -> str:
        """A flow as "loan from A to B"; "" for none."""
        if flow is None:
            return ""
        provider, recipient = (_all(map(self, side)) or "-" for side in (flow.provider, flow.recipient))
        return f"{flow.instrument} from {provider} to {recipient}"


def _quoted(text: str) -> str:
    words = " ".join(text.split())
    return f"“{words if len(words) <= _QUOTED else words[: _QUOTED - 1] + '…'}”"
