"""Which commitments of many articles a sum should count: the rule of `values.sums` on what all of them say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.knowledge import KnownCommitment, KnownProject
from pipeline.record import Status
from pipeline.values.sums import COUNTED, Place, Undertaking, against


def judged(commitments: Sequence[KnownCommitment], projects: Iterable[KnownProject]) -> list[KnownCommitment]:
    """The commitments, each with whether a sum should count it and why."""
    umbrellas = {whole.value for project in projects for whole in project.part_of}
    reasons = against([_undertaking(found) for found in commitments], umbrellas)
    return [_judged(found, reasons[found.id]) for found in commitments]


def _judged(commitment: KnownCommitment, why: str | None) -> KnownCommitment:
    return commitment.model_copy(update={"recommended_for_aggregates": why is None, "because": why or COUNTED})


def _undertaking(found: KnownCommitment) -> Undertaking:
    return Undertaking(
        id=found.id,
        kind=found.kind,
        statuses=_latest(found),
        negated=found.negated,
        value=found.amount.value if found.amount else None,
        currency=found.amount.currency if found.amount else None,
        disputed=bool(found.amounts),
        by=frozenset(told.value for told in found.by),
        projects=frozenset(project.value for project in found.projects),
        places=tuple(Place(told.link.rpartition("/")[0], told.start, told.quote) for told in found.tellings),
    )


def _latest(commitment: KnownCommitment) -> frozenset[Status]:
    """The statuses told on the latest day; of those without a day where no telling has one."""
    day = max(telling.date or "" for telling in commitment.tellings)
    return frozenset(telling.status for telling in commitment.tellings if (telling.date or "") == day)
