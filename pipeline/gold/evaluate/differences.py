"""The differences between an article's record and its gold, in words."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.gold.check import has_flows
from pipeline.gold.evaluate.matching import (
    TEXT,
    UNMATCHED,
    Matched,
    Slot,
    mentions_of,
    relations_of,
    slots_of,
    spans_of,
)
from pipeline.gold.evaluate.rows import sides
from pipeline.record import Actor, Commitment, Flow, Project, Record
from pipeline.values.gazetteer.names import key

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

    def listed(family: str, what: Callable[[Record], Iterable[str]]) -> Iterator[Difference]:
        """What only one side has."""
        one, other = list(what(gold.record)), list(what(found.record))
        yield from (Difference(family, "missed", words) for words in one if words not in other)
        yield from (Difference(family, "spurious", words) for words in other if words not in one)

    def paired(family: str, what: Callable[[Any, Record], str], compared: Callable[[Any, Any], Iterable[str]]) -> Any:
        """What has no partner, and what differs from it."""
        for side, kind in ((gold, "missed"), (found, "spurious")):
            parts = getattr(side, family)
            yield from (Difference(family, kind, what(one, side.record)) for _, one, partner in parts if not partner)  # type: ignore[arg-type]
        for _, one, partner in getattr(gold, family):
            if partner and (values := list(compared(one, partner))):
                name = _quoted(one.trigger.text) if isinstance(one, Commitment) else one.name
                yield Difference(family, "other", f"{name}: {'; '.join(values)}")

    return [
        *listed(
            "sentences",
            lambda side: (_place(side, *span) for span in sorted({(s.start, s.end) for s in side.sentences})),
        ),
        *listed("mentions", lambda side: (_place(side, *mention) for mention in sorted(mentions_of(side)))),
        *paired("actors", lambda one, _: one.name, _entity_values),
        *paired("projects", lambda one, _: one.name, _entity_values),
        *listed("relations", lambda side: sorted(f"{names(s)} {kind} {names(o)}" for s, kind, o in relations_of(side))),
        *paired("commitments", names.commitment, names.values),
        *listed("sectors", lambda side: sorted({sector.code for sector in side.sectors})),
    ]


def _place(record: Record, start: int, end: int, label: str = "") -> str:
    return f"{start}:{end} {f'{label} ' if label else ''}{_quoted(record.article.text[start:end])}"


def _entity_values(gold: Actor | Project, found: Actor | Project) -> Iterator[str]:
    one, other = (
        {"kind": own.kind, "country": own.country, "role": key(own.role or "")}
        if isinstance(own, Actor)
        else {"sectors": _all(sector.code for sector in own.sectors), "countries": _all(own.countries)}
        for own in (gold, found)
    )
    return _unequal({name: (one[name], other[name]) for name in one})


def _unequal(values: Mapping[str, tuple[str | None, str | None]]) -> Iterator[str]:
    return (f"{name} {one or '-'} found as {other or '-'}" for name, (one, other) in values.items() if one != other)


def _all(values: Iterable[str]) -> str:
    return ", ".join(sorted(set(values)))


class _Names:
    """The names of gold's entities and of found ones without a match, by id; commitments in these names."""

    def __init__(self, matched: Matched) -> None:
        found = matched.found.actors + matched.found.projects
        self._names = {UNMATCHED + entity.id: entity.name for entity in found}
        self._names |= {entity.id: entity.name for entity in matched.gold.actors + matched.gold.projects}
        self._has_flows = has_flows(matched.gold) and has_flows(matched.found)

    def __call__(self, end: str) -> str:
        return _quoted(end.removeprefix(TEXT)) if end.startswith(TEXT) else self._names.get(end, end)

    def commitment(self, commitment: Commitment, record: Record) -> str:
        """A commitment with its slots and its first sentence."""
        start, end = (spans_of(commitment) or [(0, 0)])[0]
        slots = "; ".join(self._slot(slot) for slot in sorted(slots_of(commitment)))
        what = f"{commitment.kind} {commitment.status} {_quoted(commitment.trigger.text)}"
        return f"{what} [{slots}] in {_quoted(record.article.text[start:end])}"

    def values(self, gold: Commitment, found: Commitment) -> Iterator[str]:
        """What differs between two commitments."""
        values: dict[str, tuple[str, str]] = {"kind": (gold.kind, found.kind), "status": (gold.status, found.status)}
        if self._has_flows:
            values["flow"] = (self._flow(gold.flow), self._flow(found.flow))
        yield from _unequal(values)
        if gold.negated != found.negated:
            yield "negated in gold only" if gold.negated else "negated in the record only"
        one, other = slots_of(gold), slots_of(found)
        yield from (f"missed {self._slot(slot)}" for slot in sorted(one - other))
        yield from (f"spurious {self._slot(slot)}" for slot in sorted(other - one))

    def _slot(self, slot: Slot) -> str:
        return f"{slot[0]}: {self(slot[1])}"

    def _flow(self, flow: Flow | None) -> str:
        """A flow as "loan from A to B"; "" for none."""
        if flow is None:
            return ""
        provider, recipient = (_all(map(self, side)) or "-" for side in (flow.provider, flow.recipient))
        return f"{flow.instrument} from {provider} to {recipient}"


def _quoted(text: str) -> str:
    words = " ".join(text.split())
    return f"“{words if len(words) <= _QUOTED else words[: _QUOTED - 1] + '…'}”"
