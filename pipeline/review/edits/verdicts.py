"""Decisions on whole commitments, and what is accepted with one."""

from __future__ import annotations

from pipeline.record import Commitment, Record
from pipeline.review.accepted.decisions import ACCEPTED, Decision, parts_of
from pipeline.review.accepted.decisions import rests_on as parts
from pipeline.review.edits.working import Refused, Verdict, Working, slot_ids


def decide(work: Working, name: str, decision: Decision | None) -> None:
    """Decides on a commitment; None takes a decision back. An accepted one is ticked with all that it rests on."""
    work.require(name, "commitments")
    known = work.verdicts.get(name)
    if decision is None:
        if known is None or known.decision is None:
            raise Refused(f"nothing is decided on {name!r}")
        del work.verdicts[name]
        return
    work.verdicts[name] = Verdict(decision, work.signature)
    if decision == ACCEPTED:
        commitment = work.commitments[name]
        work.accepted |= _own(commitment)
        work.accepted.update(parts(commitment, work.mentions.values(), work.actors.values(), work.projects.values()))


def rests_on(record: Record, commitment: Commitment) -> set[str]:
    """The ids of a commitment, its slots, and the actors, projects and mentions of its row."""
    return _own(commitment) | parts_of(record, commitment)


def _own(commitment: Commitment) -> set[str]:
    return {commitment.id, *(name for name, _, _ in slot_ids(commitment))}
