"""Which commitments a sum should count, and why, after AidData's `recommended_for_aggregates`.

Hard because money is told three times: promised, as a package, and in the package's parts. Source: AidData, Tracking
Underreported Financial Flows (TUFF) methodology: pledges, cancelled and suspended projects and umbrellas are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pipeline.knowledge import KnownCommitment, KnownProject

_EXACT = 0.01  # of a package: by so much the sum of its parts may differ
_NOT_YET, _NO_MORE = {"proposed", "pledged"}, {"stalled", "cancelled"}


def judged(commitments: Sequence[KnownCommitment], projects: Iterable[KnownProject]) -> list[KnownCommitment]:
    """The commitments, each with whether a sum should count it and why."""
    umbrellas = {whole.value for project in projects for whole in project.part_of}
    packages = _packages([found for found in commitments if _alone(found, umbrellas) is None])
    return [_judged(found, _alone(found, umbrellas) or packages.get(found.id)) for found in commitments]


def _judged(commitment: KnownCommitment, against: str | None) -> KnownCommitment:
    why = against or "money that is agreed, under way or paid, and told once"
    return commitment.model_copy(update={"recommended_for_aggregates": against is None, "because": why})


def _alone(commitment: KnownCommitment, umbrellas: set[str]) -> str | None:
    """What of itself speaks against counting it."""
    latest = _latest(commitment)
    if commitment.kind != "finance":
        return f"{commitment.kind}: no flow of money of its own"
    if commitment.negated:
        return "denied"
    if latest & _NO_MORE or latest <= _NOT_YET:
        return f"{' and '.join(sorted(latest))}: not agreed"
    if commitment.amount is None:
        return "articles disagree on the amount" if commitment.amounts else "no amount"
    projects = {project.value for project in commitment.projects}
    return "umbrella: its projects are known by themselves" if projects and projects <= umbrellas else None


def _latest(commitment: KnownCommitment) -> set[str]:
    """The statuses told on the latest day; of those without a day where no telling has one."""
    day = max(telling.date or "" for telling in commitment.tellings)
    return {telling.status for telling in commitment.tellings if (telling.date or "") == day}


def _packages(commitments: Iterable[KnownCommitment]) -> dict[str, str]:
    """The packages whose parts stand in one of their articles too, by id, with the reason not to count them."""
    together: defaultdict[str, list[tuple[int, str, KnownCommitment]]] = defaultdict(list)
    for commitment in commitments:
        for telling in commitment.tellings:
            together[telling.link.rpartition("/")[0]].append((telling.start, telling.link, commitment))
    found: dict[str, str] = {}
    for _, group in sorted(together.items()):
        told = [commitment for *_, commitment in sorted(group, key=lambda row: row[:2])]
        for place, package in enumerate(told):
            parts = _parts(package, told[place + 1 :]) or _parts(package, told[:place][::-1])
            if parts:
                found[package.id] = f"package, its parts are counted: {', '.join(part.id for part in parts)}"
    return found


def _parts(package: KnownCommitment, others: Sequence[KnownCommitment]) -> list[KnownCommitment]:
    """The nearest of the others, two at least, whose amounts add up to the package; none where they pass it by.

    Only the nearest, since of a budget's many sums some always add up.
    """
    whole, total, parts = _value(package), 0.0, list[KnownCommitment]()
    for other in (other for other in others if _could_be_part(other, package)):
        parts.append(other)
        total += _value(other)
        if abs(total - whole) <= _EXACT * whole and len(parts) > 1:
            return parts
    return []


def _could_be_part(part: KnownCommitment, package: KnownCommitment) -> bool:
    """A smaller sum of the same currency by one of the same doers."""
    doers = [{told.value for told in commitment.by} for commitment in (part, package)]
    currencies = {commitment.amount.currency for commitment in (part, package) if commitment.amount}
    return len(currencies) == 1 and _value(part) < _value(package) and bool(doers[0] & doers[1])


def _value(commitment: KnownCommitment) -> float:
    return commitment.amount.value or 0.0 if commitment.amount else 0.0
