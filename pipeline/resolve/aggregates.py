"""Which commitments a sum should count, and why, after AidData's `recommended_for_aggregates`.

Hard because money is told three times: promised, as a package, and in the package's parts. Source: AidData, Tracking
Underreported Financial Flows (TUFF) methodology: pledges, cancelled and suspended projects and umbrellas are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

from pipeline.knowledge import KnownCommitment, KnownProject

_EXACT = 0.02  # of a package: by so much the sum of its parts may differ
_PARTS = 8  # commitments of one article that are tried as parts
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
    together: defaultdict[str, list[KnownCommitment]] = defaultdict(list)
    for commitment in commitments:
        for telling in commitment.tellings:
            together[telling.link.rpartition("/")[0]].append(commitment)
    found: dict[str, str] = {}
    for group in together.values():
        for package in group:
            parts = _parts(package, [other for other in group if other.id != package.id and other.id not in found])
            if parts:
                found[package.id] = f"package, its parts are counted: {', '.join(part.id for part in parts)}"
    return found


def _parts(package: KnownCommitment, others: Sequence[KnownCommitment]) -> tuple[KnownCommitment, ...]:
    """Commitments of the same doer whose amounts add up to the package; none if there are none."""
    whole = package.amount
    assert whole is not None and whole.value is not None
    alike = [other for other in others if _could_be_part(other, package)][:_PARTS]
    for size in range(2, len(alike) + 1):
        for parts in combinations(alike, size):
            total = sum(part.amount.value or 0.0 for part in parts if part.amount)
            if abs(total - whole.value) <= _EXACT * whole.value:
                return parts
    return ()


def _could_be_part(part: KnownCommitment, package: KnownCommitment) -> bool:
    doers = [{told.value for told in commitment.by} for commitment in (part, package)]
    one, whole = part.amount, package.amount
    return bool(
        one
        and whole
        and one.currency == whole.currency
        and (one.value or 0) < (whole.value or 0)
        and doers[0] & doers[1]
    )
