"""Actors and projects as a reviewer adds, sets, removes and merges them."""

from __future__ import annotations

from typing import Any

from pipeline.annotate.edits.fields import ActorFields, NewActor, NewProject, ProjectFields
from pipeline.annotate.edits.ids import SLOTS, as_field, field_of, in_slot, relation_id, slot_id
from pipeline.annotate.review.working import SURE, Refused, Table, Working, changed
from pipeline.model.sectors import labelled
from pipeline.record import Actor, Commitment, Project, Relation

OWN: dict[Table, tuple[str, ...]] = {  # what a merged entity gets from the other where it has none
    "actors": ("country", "role"),
    "projects": ("sectors", "countries"),
}


def add_actor(work: Working, told: NewActor) -> str:
    name = work.new_id("a")
    return _added(work, Actor(id=name, confidence=SURE, **_fields(told)), told.get("mentions", []))


def add_project(work: Working, told: NewProject) -> str:
    name = work.new_id("p")
    project = Project(id=name, confidence=SURE, **{"programme": False, **_fields(told)})
    return _added(work, project, told.get("mentions", []))


def set_fields(work: Working, name: str, told: ActorFields | ProjectFields) -> str:
    work.put_entity(changed(work.entity(name), confidence=SURE, **_fields(told)))
    return name


def remove(work: Working, name: str) -> None:
    """It goes from every slot, and its relations go with it; its mentions stay, and name nobody."""
    for mention in list(work.entity(name).mentions):
        work.link(mention, None)
    for known in [known for known, r in work.relations.items() if name in (r.subject, r.object)]:
        del work.relations[known]
    for commitment in work.commitments.values():
        work.commitments[commitment.id] = _without(commitment, name)
    del (work.actors if name in work.actors else work.projects)[name]


def merge(work: Working, name: str, into: str) -> str:
    """One of two actors, or projects, takes all that the other has; its own name, kind and values stay."""
    table: Table = "actors" if name in work.actors else "projects"
    if work.of(name, "actors", "projects") == work.of(into, table):
        raise Refused(f"{name!r} cannot be merged into itself")
    gone, kept = work.entity(name), work.entity(into)
    aliases = [*kept.aliases, gone.name, *gone.aliases]
    given = {field: getattr(kept, field) or getattr(gone, field) for field in OWN[table]}
    for mention in gone.mentions:
        work.mentions[mention] = changed(work.mentions[mention], entity=into)
    mentions = work.in_order([*kept.mentions, *gone.mentions])
    work.put_entity(changed(kept, aliases=aliases, mentions=mentions, confidence=SURE, **given))
    _point_relations(work, name, into)
    for commitment in list(work.commitments.values()):
        work.commitments[commitment.id] = _pointed(work, commitment, name, into)
    del (work.actors if name in work.actors else work.projects)[name]
    return into


def _fields(told: Any) -> dict[str, Any]:
    fields = {name: value for name, value in told.items() if name != "mentions"}
    if "sectors" in fields:
        fields["sectors"] = [labelled(code, SURE) for code in fields["sectors"]]
    return fields


def _added(work: Working, entity: Actor | Project, mentions: list[str]) -> str:
    work.put_entity(entity)
    for mention in mentions:
        work.link(work.of(mention, "mentions"), entity.id)
    return entity.id


def _without(commitment: Commitment, name: str) -> Commitment:
    left = {slot: [v for v in in_slot(commitment, slot) if v != name] for slot, of in SLOTS.items() if _holds_ids(of)}
    return changed(commitment, **{field_of(slot): as_field(slot, values) for slot, values in left.items()})


def _pointed(work: Working, commitment: Commitment, name: str, into: str) -> Commitment:
    fields = {}
    for slot, of in SLOTS.items():
        if _holds_ids(of):
            values = [into if value == name else value for value in in_slot(commitment, slot)]
            fields[field_of(slot)] = as_field(slot, list(dict.fromkeys(values)))
            work.rename(slot_id(commitment.id, slot, name), slot_id(commitment.id, slot, into))
    return changed(commitment, **fields)


def _holds_ids(of: str) -> bool:
    return of in OWN


def _point_relations(work: Working, name: str, into: str) -> None:
    """Relations between the two are no more, of equal ones the first stays."""
    pointed: dict[str, Relation] = {}
    for old, relation in work.relations.items():
        ends = {end: into for end in ("subject", "object") if getattr(relation, end) == name}
        new = changed(relation, **ends)
        if new.subject != new.object:
            pointed.setdefault(relation_id(new), new)
            work.rename(old, relation_id(new))
    work.relations = pointed
