"""Which commitments a sum should count, and why, after AidData's `recommended_for_aggregates`.

News reports money several times: as a promise, as a package, and as the package's parts. Source: AidData, Tracking
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

COUNTED = "money that is agreed, under way or paid, and counts once"
_TOLERANCE = 0.01  # share of a package by which the sum of its parts may differ


@dataclass(frozen=True)
class Report:
    """Where an article reports a commitment: the sentence, by its start and text."""

    article: str
    start: int
    quote: str


@dataclass(frozen=True)
class Summand:
    """A commitment of an article, or of many under a lasting id; `statuses`: those of the latest day.

    `value` is None where no amount is reported or articles disagree on it (`disputed`).
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
    reports: tuple[Report, ...]
    boilerplate: bool = False


def exclusions(summands: Sequence[Summand], umbrellas: Set[str]) -> dict[str, str | None]:
    """By id, why a sum should leave a commitment out; None where it should count it.

    `umbrellas`: ids of programmes whose projects are known.
    """
    alone = {summand.id: _alone(summand, umbrellas) for summand in summands}
    doubled = _doubled([summand for summand in summands if alone[summand.id] is None])
    return {name: why or doubled.get(name) for name, why in alone.items()}


def _alone(summand: Summand, umbrellas: Set[str]) -> str | None:
    """What excludes a commitment by itself, whatever else is reported."""
    if summand.kind != "finance":
        return f"{summand.kind}: no flow of money of its own"
    if summand.negated:
        return "denied"
    if summand.boilerplate:
        return "boilerplate: no part of the story"
    if not _is_agreed(summand):
        return f"{' and '.join(sorted(summand.statuses))}: not agreed"
    if summand.value is None:
        return "articles disagree on the amount" if summand.disputed else "no amount"
    if summand.projects and summand.projects <= umbrellas:
        return "umbrella: its projects are known by themselves"
    return None


def _is_agreed(summand: Summand) -> bool:
    """Whether one status is of those that count and none says that it came to nothing."""
    counted = {status for status in summand.statuses if standing(status, summand.kind).recommended_for_aggregates}
    return bool(counted) and not summand.statuses & {"stalled", "cancelled"}


def _doubled(summands: Iterable[Summand]) -> dict[str, str]:
    """Packages whose parts stand in one of their articles too, and parts of a counted whole, with the reason."""
    by_article: defaultdict[str, list[tuple[Report, Summand]]] = defaultdict(list)
    for summand in summands:
        for report in summand.reports:
            by_article[report.article].append((report, summand))
    reasons: dict[str, str] = {}
    for _, group in sorted(by_article.items()):
        ordered = sorted(group, key=lambda row: (row[0].start, row[1].id))
        reasons |= _packages([summand for _, summand in ordered])
        reasons |= {name: why for name, why in _within(ordered, reasons).items() if name not in reasons}
    return reasons


def _packages(ordered: Sequence[Summand]) -> dict[str, str]:
    found: dict[str, str] = {}
    for at, package in enumerate(ordered):
        parts = _parts(package, ordered[at + 1 :]) or _parts(package, ordered[:at][::-1])
        if parts:
            found[package.id] = f"package, its parts are counted: {', '.join(part.id for part in parts)}"
    return found


def _parts(package: Summand, others: Sequence[Summand]) -> list[Summand]:
    """The nearest of the others, at least two, whose amounts add up to the package; else none.

    Only the nearest: among the many sums of a budget some always add up.
    """
    whole, total, parts = package.value or 0.0, 0.0, list[Summand]()
    for other in (other for other in others if _could_be_part(other, package)):
        parts.append(other)
        total += other.value or 0.0
        if abs(total - whole) <= _TOLERANCE * whole and len(parts) > 1:
            return parts
    return []


def _within(ordered: Sequence[tuple[Report, Summand]], packages: Container[str]) -> dict[str, str]:
    """Parts by their words ("of which", "including") of a greater sum: in the same sentence, else the last before."""
    found: dict[str, str] = {}
    for at, (report, part) in enumerate(ordered):
        if _part_words().search(report.quote):
            same_sentence = [other for place, other in ordered[at + 1 :] if place.start == report.start]
            others = [*same_sentence, *(other for _, other in reversed(ordered[:at]))]
            whole = next((other for other in others if _could_be_part(part, other)), None)
            if whole is not None and whole.id not in packages and whole.id not in found:
                found[part.id] = f"part of what is counted as a whole: {whole.id}"
    return found


@lru_cache(maxsize=1)
def _part_words() -> re.Pattern[str]:
    return re.compile(rf"\b{any_case(table('money.yaml')['part_words'])}\b")


def _could_be_part(part: Summand, package: Summand) -> bool:
    """Whether it is a smaller sum of the same currency from one of the same actors."""
    same = part.currency == package.currency and bool(part.by & package.by)
    return same and (part.value or 0.0) < (package.value or 0.0)
