"""Adding, setting, removing and merging actors and projects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pipeline.record import Actor, Commitment, Flow, Project, Relation
from pipeline.review.edits.fields import ActorFields, NewActor, NewProject, ProjectFields
from pipeline.review.edits.working import (
    SLOTS,
    SURE,
    Refused,
    Table,
    Working,
    as_field,
    changed,
    field_of,
    in_slot,
    relation_id,
    slot_id,
)
from pipeline.stages.models.sectors import labelled

INHERITED: dict[Table, tuple[str, ...]] = {  # fields that a merged entity takes from the other if it lacks them
    "actors": ("country", "role"),
    "projects": ("sectors", "countries"),
}
ENTITY_SLOTS = [slot for slot, holds in SLOTS.items() if holds in INHERITED]


def add_actor(work: Working, fields: NewActor) -> str:
    name = work.new_id("a")
    return _added(work, Actor(id=name, confidence=SURE, **_converted(fields)), fields.get("mentions", []))


def add_project(work: Working, fields: NewProject) -> str:
    name = work.new_id("p")
    project = Project(id=name, confidence=SURE, **{"programme": False, **_converted(fields)})
    return _added(work, project, fields.get("mentions", []))


def set_fields(work: Working, name: str, fields: ActorFields | ProjectFields) -> str:
    work.put_entity(changed(work.entity(name), confidence=SURE, **_converted(fields)))
    return name


def remove(work: Working, name: str) -> None:
    """Removes it from every slot, and its relations; its mentions are kept without an entity."""
    for mention in list(work.entity(name).mentions):
        work.link(mention, None)
    for known in [known for known, r in work.relations.items() if name in (r.subject, r.object)]:
        del work.relations[known]
    for commitment in work.commitments.values():
        work.commitments[commitment.id] = _without(commitment, name)
    del (work.actors if name in work.actors else work.projects)[name]


def merge(work: Working, name: str, into: str) -> str:
    """Merges an actor or project into another, which keeps its name, kind and values."""
    table: Table = "actors" if name in work.actors else "projects"
    if work.require(name, "actors", "projects") == work.require(into, table):
        raise Refused(f"{name!r} cannot be merged into itself")
    gone, kept = work.entity(name), work.entity(into)
    aliases = [*kept.aliases, gone.name, *gone.aliases]
    given = {field: getattr(kept, field) or getattr(gone, field) for field in INHERITED[table]}
    for mention in gone.mentions:
        work.mentions[mention] = changed(work.mentions[mention], entity=into)
    mentions = work.in_order([*kept.mentions, *gone.mentions])
    work.put_entity(changed(kept, aliases=aliases, mentions=mentions, confidence=SURE, **given))
    _point_relations(work, name, into)
    for commitment in list(work.commitments.values()):
        work.commitments[commitment.id] = _pointed(work, commitment, name, into)
    del (work.actors if name in work.actors else work.projects)[name]
    return into


def _converted(fields: Any) -> dict[str, Any]:
    """The fields of a record: without mentions, sectors with labels."""
    own = {name: value for name, value in fields.items() if name != "mentions"}
    if "sectors" in own:
        own["sectors"] = [labelled(code, SURE) for code in own["sectors"]]
    return own


def _added(work: Working, entity: Actor | Project, mentions: list[str]) -> str:
    work.put_entity(entity)
    for mention in mentions:
        work.link(work.require(mention, "mentions"), entity.id)
    return entity.id


def _without(commitment: Commitment, name: str) -> Commitment:
    left = {slot: [value for value in in_slot(commitment, slot) if value != name] for slot in ENTITY_SLOTS}
    fields = {field_of(slot): as_field(slot, values) for slot, values in left.items()}
    return changed(commitment, **fields, flow=_with_parties(commitment.flow, lambda ids: [i for i in ids if i != name]))


def _pointed(work: Working, commitment: Commitment, name: str, into: str) -> Commitment:
    fields = {}
    for slot in ENTITY_SLOTS:
        values = [into if value == name else value for value in in_slot(commitment, slot)]
        fields[field_of(slot)] = as_field(slot, list(dict.fromkeys(values)))
        work.rename(slot_id(commitment.id, slot, name), slot_id(commitment.id, slot, into))
    pointed = _with_parties(commitment.flow, lambda ids: list(dict.fromkeys(into if i == name else i for i in ids)))
    return changed(commitment, **fields, flow=pointed)


def _with_parties(flow: Flow | None, change: Callable[[list[str]], list[str]]) -> Flow | None:
    return flow and changed(flow, provider=change(flow.provider), recipient=change(flow.recipient))


def _point_relations(work: Working, name: str, into: str) -> None:
    """Redirects relations; drops those between the two, and all but the first of equal ones."""
    pointed: dict[str, Relation] = {}
    for old, relation in work.relations.items():
        ends = {end: into for end in ("subject", "object") if getattr(relation, end) == name}
        new = changed(relation, **ends)
        if new.subject != new.object:
            pointed.setdefault(relation_id(new), new)
            work.rename(old, relation_id(new))
    work.relations = pointed
