"""Decisions on whole commitments, and what an accepted row rests on."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.accepted.rows import ACCEPTED, Decision
from pipeline.annotate.edits.ids import slot_ids
from pipeline.annotate.edits.working import Refused, Verdict, Working
from pipeline.record import Actor, Commitment, Mention, Project, Record


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
        parts = [*work.mentions.values()], [*work.actors.values()], [*work.projects.values()]
        work.accepted.update(_rests_on(commitment, *parts))


def rests_on(record: Record, commitment: Commitment) -> set[str]:
    """The ids of a commitment, its slots, and the actors, projects and mentions of its row.

    These are the mentions of its trigger, amounts and dates, and those of each actor and project in its sentences; of
    one that its sentences do not mention the first.
    """
    return set(_rests_on(commitment, record.mentions, record.actors, record.projects))


def _rests_on(
    commitment: Commitment, mentions: list[Mention], actors: list[Actor], projects: list[Project]
) -> Iterator[str]:
    yield commitment.id
    yield from (name for name, _, _ in slot_ids(commitment))
    flow = commitment.flow
    parties = {*commitment.by, *commitment.with_, *commitment.to, commitment.attributed_to}
    parties |= {*flow.provider, *flow.recipient} if flow else set()
    entities = [actor.id for actor in actors if actor.id in parties]
    entities += [project.id for project in projects if project.id in commitment.projects]
    yield from entities
    trigger, values = commitment.trigger, {(v.start, v.end) for v in (*commitment.amounts, *commitment.dates)}
    for mention in mentions:
        if (mention.start, mention.end) in values or (mention.start < trigger.end and trigger.start < mention.end):
            yield mention.id
    sentences = {evidence.sentence for evidence in commitment.evidence}
    for name in entities:
        own = [mention for mention in mentions if mention.entity == name]
        near = [mention for mention in own if mention.sentence in sentences]
        yield from (mention.id for mention in near or own[:1])
