"""The parts of a record that a commitment rests on, and a record with some of its parts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from pipeline.record import Actor, Commitment, Mention, Project, Record


def rests_on(
    commitment: Commitment, mentions: Collection[Mention], actors: Iterable[Actor], projects: Iterable[Project]
) -> Iterator[str]:
    """The ids of the actors, projects and mentions of a row.

    These are the mentions of its trigger, amounts and dates, and those of each actor and project in its sentences; of
    one that its sentences do not mention the first.
    """
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


def parts_of(record: Record, commitment: Commitment) -> set[str]:
    return set(rests_on(commitment, record.mentions, record.actors, record.projects))


def only(record: Record, commitments: list[Commitment], kept: Collection[str]) -> Record:
    """A record with some commitments, mentions, actors and projects, and the relations between those."""
    mentions = [m for m in record.mentions if m.id in kept]
    return record.model_copy(
        update={
            "mentions": [m.model_copy(update={"entity": m.entity if m.entity in kept else None}) for m in mentions],
            "actors": [_within(actor, kept) for actor in record.actors if actor.id in kept],
            "projects": [_within(project, kept) for project in record.projects if project.id in kept],
            "relations": [r for r in record.relations if r.subject in kept and r.object in kept],
            "commitments": commitments,
        }
    )


def without(record: Record, gone: Collection[str]) -> Record:
    """A record without some of its commitments, and without what only these rest on."""
    left = [one for one in record.commitments if one.id not in gone]
    used = {name for one in left for name in parts_of(record, one)}
    unused = {n for one in record.commitments if one.id in gone for n in parts_of(record, one)} - used
    names = {m.id for m in record.mentions} | {a.id for a in record.actors} | {p.id for p in record.projects}
    return only(record, left, names - unused)


def _within[T: (Actor, Project)](entity: T, kept: Collection[str]) -> T:
    return entity.model_copy(update={"mentions": [name for name in entity.mentions if name in kept]})
