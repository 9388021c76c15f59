"""Which commitments a sum should count, and why, after AidData's `recommended_for_aggregates`: the one rule for all.

Hard because money is told three times: promised, as a package, and in the package's parts. Source: AidData, Tracking
Underreported Financial Flows (TUFF) methodology: pledges, cancelled and suspended projects and umbrellas are left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from pipeline.record import CommitmentKind, Status
from pipeline.seeds import table
from pipeline.values.numbers import any_case
from pipeline.values.statuses import standing

COUNTED = "money that is agreed, under way or paid, and told once"
_EXACT = 0.01  # of a package: by so much the sum of its parts may differ


@dataclass(frozen=True)
class Place:
    """Where an undertaking is told: its sentence, by article, offset and words."""

    article: str
    start: int
    quote: str


@dataclass(frozen=True)
class Undertaking:
    """A commitment of an article, or of many under a lasting id; `statuses`: those told on the latest day.

    `value` is None where none is told or articles disagree (`disputed`).
    """

    id: str
    kind: CommitmentKind
    statuses: frozenset[Status]
    negated: bool
    value: float | None
    currency: str | None
    disputed: bool
    by: frozenset[str]
    projects: frozenset[str]
    places: tuple[Place, ...]


Told = tuple[Place, Undertaking]


def against(undertakings: Sequence[Undertaking], umbrellas: Set[str]) -> dict[str, str | None]:
    """By id why a sum should not count it, None where it should; `umbrellas`: ids of programmes with known projects."""
    alone = {found.id: _alone(found, umbrellas) for found in undertakings}
    twice = _told_twice([found for found in undertakings if alone[found.id] is None])
    return {name: why or twice.get(name) for name, why in alone.items()}


def _alone(found: Undertaking, umbrellas: Set[str]) -> str | None:
    """What of itself speaks against counting it."""
    if found.kind != "finance":
        return f"{found.kind}: no flow of money of its own"
    if found.negated:
        return "denied"
    if not _stands(found):
        return f"{' and '.join(sorted(found.statuses))}: not agreed"
    if found.value is None:
        return "articles disagree on the amount" if found.disputed else "no amount"
    if found.projects and found.projects <= umbrellas:
        return "umbrella: its projects are known by themselves"
    return None


def _stands(found: Undertaking) -> bool:
    """Whether one status is of those that count and none says that it came to nothing."""
    counted = {status for status in found.statuses if standing(status, found.kind).recommended_for_aggregates}
    return bool(counted) and not found.statuses & {"stalled", "cancelled"}


def _told_twice(undertakings: Iterable[Undertaking]) -> dict[str, str]:
    """Packages whose parts are told in one of their articles too, and parts of what counts as a whole; with why not."""
    together: defaultdict[str, list[Told]] = defaultdict(list)
    for found in undertakings:
        for place in found.places:
            together[place.article].append((place, found))
    reasons: dict[str, str] = {}
    for _, group in sorted(together.items()):
        told = sorted(group, key=lambda row: (row[0].start, row[1].id))
        reasons |= _packages([found for _, found in told])
        reasons |= {name: why for name, why in _within(told, reasons).items() if name not in reasons}
    return reasons


def _packages(told: Sequence[Undertaking]) -> dict[str, str]:
    found: dict[str, str] = {}
    for place, package in enumerate(told):
        parts = _parts(package, told[place + 1 :]) or _parts(package, told[:place][::-1])
        if parts:
            found[package.id] = f"package, its parts are counted: {', '.join(part.id for part in parts)}"
    return found


def _parts(package: Undertaking, others: Sequence[Undertaking]) -> list[Undertaking]:
    """The nearest of the others, two at least, whose amounts add up to the package; none where they pass it by.

    Only the nearest, since of a budget's many sums some always add up.
    """
    whole, total, parts = package.value or 0.0, 0.0, list[Undertaking]()
    for other in (other for other in others if _could_be_part(other, package)):
        parts.append(other)
        total += other.value or 0.0
        if abs(total - whole) <= _EXACT * whole and len(parts) > 1:
            return parts
    return []


def _within(told: Sequence[Told], packages: Container[str]) -> dict[str, str]:
    """What the words call a part ("of which", "including") of a greater sum: the last before it, or in its sentence."""
    found: dict[str, str] = {}
    for at, (place, part) in enumerate(told):
        if _of_a_whole().search(place.quote):
            beside = [other for where, other in told[at + 1 :] if where.start == place.start]
            around = [*beside, *(other for _, other in reversed(told[:at]))]
            whole = next((other for other in around if _could_be_part(part, other)), None)
            if whole is not None and whole.id not in packages and whole.id not in found:
                found[part.id] = f"part of what is counted as a whole: {whole.id}"
    return found


@lru_cache(maxsize=1)
def _of_a_whole() -> re.Pattern[str]:
    return re.compile(rf"\b{any_case(table('money.yaml')['part_words'])}\b")


def _could_be_part(part: Undertaking, package: Undertaking) -> bool:
    """A smaller sum of the same currency by one of the same doers."""
    same = part.currency == package.currency and bool(part.by & package.by)
    return same and (part.value or 0.0) < (package.value or 0.0)
