"""Writes a reading into a record: entities that are one are joined, projects that are none go, ids are given anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.llm.ground import Reading
from pipeline.record import Actor, Commitment, Mention, Project, Record, Relation

PARTIES = ("by", "with_", "to")


def applied(reading: Reading, commitments: Sequence[Commitment]) -> Record:
    """The record of a reading with these commitments, which may name any entity of it.

    Mentions and commitments are in reading order, new actors and projects after the others, as `assemble` gives them.
    """
    record, gone = reading.record, reading.no_project
    heads = {name: _head(name, reading.same) for name in reading.same}
    actors = _joined(record.actors, heads)
    projects = [project for project in _joined(record.projects, heads) if project.id not in gone]
    mentions = sorted(record.mentions, key=lambda mention: (mention.start, mention.end))
    kept = sorted(commitments, key=lambda commitment: (commitment.trigger.start, commitment.trigger.end))
    new = {
        **{mention.id: f"m{n}" for n, mention in enumerate(mentions, 1)},
        **{actor.id: f"a{n}" for n, actor in enumerate(actors, 1)},
        **{project.id: f"p{n}" for n, project in enumerate(projects, 1)},
    }
    new |= {name: new[head] for name, head in heads.items() if head in new}
    return record.model_copy(
        update={
            "mentions": [_mention(mention, new) for mention in mentions],
            "actors": [_entity(actor, new, mentions, heads) for actor in actors],
            "projects": [_entity(project, new, mentions, heads) for project in projects],
            "relations": _relations(record.relations, new),
            "commitments": [_commitment(one, f"c{n}", new) for n, one in enumerate(kept, 1)],
        }
    )


def _head(name: str, same: Mapping[str, str]) -> str:
    """The id that stands for another in the end; of ids that stand for each other the least."""
    seen = [name]
    while (name := same.get(name, name)) not in seen:
        seen.append(name)
    return min(seen[seen.index(name) :])


def _joined[E: (Actor, Project)](entities: Iterable[E], heads: Mapping[str, str]) -> list[E]:
    """The entities without those that another one stands for, whose names it then has."""
    by_head: dict[str, list[E]] = {}
    entities = list(entities)
    for entity in entities:
        by_head.setdefault(heads.get(entity.id, entity.id), []).append(entity)
    return [_whole(entity, by_head[entity.id]) for entity in entities if heads.get(entity.id, entity.id) == entity.id]


def _whole[E: Actor | Project](head: E, parts: Sequence[E]) -> E:
    """The entity with the names of all, and the country and role of the first that has one."""
    if len(parts) == 1:
        return head
    names = [name for part in parts for name in (part.name, *part.aliases)]
    update: dict[str, Any] = {"aliases": [name for name in dict.fromkeys(names) if name != head.name]}
    for field in ("country", "role"):
        if field in type(head).model_fields:
            values = [getattr(head, field), *(getattr(part, field) for part in parts)]
            update[field] = next(filter(None, values), None)
    whole: Any = head.model_copy(update=update)
    return whole  # type: ignore[no-any-return]


def _entity[E: (Actor, Project)](
    entity: E, new: Mapping[str, str], mentions: Sequence[Mention], heads: Mapping[str, str]
) -> E:
    own = [new[m.id] for m in mentions if m.entity and heads.get(m.entity, m.entity) == entity.id]
    return entity.model_copy(update={"id": new[entity.id], "mentions": own})


def _mention(mention: Mention, new: Mapping[str, str]) -> Mention:
    entity = new.get(mention.entity) if mention.entity else None
    return mention.model_copy(update={"id": new[mention.id], "entity": entity})


def _relations(relations: Iterable[Relation], new: Mapping[str, str]) -> list[Relation]:
    """The relations between what is left, each once."""
    found: dict[tuple[str, str, str, int], Relation] = {}
    for relation in relations:
        subject, target = new.get(relation.subject), new.get(relation.object)
        if subject and target and subject != target:
            moved = relation.model_copy(update={"subject": subject, "object": target})
            found.setdefault((subject, relation.type, target, relation.sentence), moved)
    return list(found.values())


def _commitment(commitment: Commitment, identity: str, new: Mapping[str, str]) -> Commitment:
    """With the ids of today; an entity that fills two slots of the parties fills the first."""
    update: dict[str, Any] = {"id": identity}
    taken: set[str] = set()
    sure = commitment.slot_confidence
    slots: dict[str, Any] = {}
    for name in (*PARTIES, "projects"):
        kept = _kept(getattr(commitment, name), new, taken if name in PARTIES else set())
        update[name] = [identity for identity, _ in kept]
        values = getattr(sure, name) if sure else []
        slots[name] = [values[at] for _, at in kept if at < len(values)]
    speaker = commitment.attributed_to
    update["attributed_to"] = new.get(speaker) if speaker else None
    if commitment.flow:
        sides = {side: _kept(getattr(commitment.flow, side), new, set()) for side in ("provider", "recipient")}
        update["flow"] = commitment.flow.model_copy(
            update={side: [identity for identity, _ in kept] for side, kept in sides.items()}
        )
        for side, kept in sides.items():
            values = getattr(sure, side) if sure else []
            slots[side] = [values[at] for _, at in kept if at < len(values)]
    if sure:
        update["slot_confidence"] = sure.model_copy(update=slots)
    return commitment.model_copy(update=update)


def _kept(names: Iterable[str], new: Mapping[str, str], taken: set[str]) -> list[tuple[str, int]]:
    """The new ids of a slot's entries that are left, each once, with the index of the entry; `taken` grows."""
    found: list[tuple[str, int]] = []
    for at, name in enumerate(names):
        if name in new and new[name] not in taken:
            taken.add(new[name])
            found.append((new[name], at))
    return found
