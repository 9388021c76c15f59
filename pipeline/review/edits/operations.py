"""The operations of a review. Each one turns a valid record into another valid record.

An operation is a JSON object with `do`; ids are those of `ids.py`, and `accept` and `remove` take any of them.

    {"do": "accept", "id": "m3"}                            also "a1", "p2", "c4", "a1 funds p2", "c4 by a1", ...
    {"do": "accept_all", "ids": ["c4", "c4 by a1"]}         in one decision
    {"do": "set", "id": "m3", "fields": {...}}              label, start and end, entity (null: none)
    {"do": "set", "id": "a1", "fields": {...}}              name, kind, country, role, aliases
    {"do": "set", "id": "p2", "fields": {...}}              name, programme, sectors, countries, aliases
    {"do": "set", "id": "c4", "fields": {...}}              kind, status, negated, start and end (of the trigger),
                                                            sentences (numbers of the evidence), flow (null, or
                                                            instrument, provider, recipient, [terms])
    {"do": "set", "id": "c4 amounts 120:132", "fields": {...}}   value, low, high, approximate, currency
    {"do": "set", "id": "c4 dates 140:144", "fields": {...}}     iso
    {"do": "set", "id": "article", "fields": {...}}         sectors
    {"do": "add", "what": "mention", "fields": {...}}       label, start, end, [entity]
    {"do": "add", "what": "actor", "fields": {...}}         name, kind, [country, role, aliases, mentions]
    {"do": "add", "what": "project", "fields": {...}}       name, [programme, sectors, countries, aliases, mentions]
    {"do": "add", "what": "relation", "fields": {...}}      subject, type, object, [sentence]
    {"do": "add", "what": "commitment", "fields": {...}}    kind, status, start, end, [negated]
    {"do": "add_slot", "id": "c4", "slot": "by", "value": "a1"}           with, to, projects, attributed_to, sectors
    {"do": "add_slot", "id": "c4", "slot": "amounts", "start": 120, "end": 132}                            dates too
    {"do": "replace", "id": "c4 by a1", "value": "a2"}      another value in its place; words by start and end
    {"do": "remove", "id": "m3"}
    {"do": "merge", "id": "a3", "into": "a1"}               two actors or two projects; a1 keeps its fields
    {"do": "decide", "id": "c4", "decision": "accepted"}    "rejected", "unsure"; null takes it back

What is set or added gets confidence 1 and the method "reviewed", and is accepted. Removing an actor or project removes
it from every slot, and its relations; its mentions are kept without an entity. Removing a mention removes the relations
that end at it. Mentions must not overlap, and quotes must not cross the border of a sentence. `decide` is about a whole
commitment; `verdicts.py` says what becomes accepted with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from pipeline.gold.check import ARTICLE
from pipeline.record import Quote, Record, fault
from pipeline.review.accepted.decisions import REJECTED, Decision
from pipeline.review.edits import commitments, entities, mentions, relations, verdicts
from pipeline.review.edits import fields as forms
from pipeline.review.edits.fields import quote
from pipeline.review.edits.working import (
    AMOUNTS,
    DATES,
    SLOT,
    SLOTS,
    SURE,
    UNSIGNED,
    Refused,
    Signature,
    Verdict,
    Working,
    closed,
    ids_of,
    opened,
)
from pipeline.stages.models.sectors import labelled


@dataclass(frozen=True)
class State:
    """`accepted`: ids of everything that the reviewer accepted, changed or added; `verdicts`: by commitment."""

    record: Record
    accepted: frozenset[str] = frozenset()
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)

    @property
    def kept(self) -> Record:
        """The record without the commitments that were rejected."""
        left = [one for one in self.record.commitments if self.decision(one.id) != REJECTED]
        return self.record.model_copy(update={"commitments": left})

    def decision(self, name: str) -> Decision | None:
        verdict = self.verdicts.get(name)
        return verdict and verdict.decision


class Edit(BaseModel):
    """The arguments of an operation beside `do`."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class OfId(Edit):
    id: str


class OfIds(Edit):
    ids: list[str] = Field(min_length=1)


class Set(OfId):
    fields: dict[str, Any] = Field(min_length=1)


class Add(Edit):
    what: str
    fields: dict[str, Any]


class Filler(OfId):
    """A value for a slot: an id or a code, or the offsets of words."""

    value: str | None = None
    start: int | None = None
    end: int | None = None


class AddSlot(Filler):
    slot: str


class Merge(OfId):
    into: str


class Decide(OfId):
    decision: Decision | None


class Form(NamedTuple):
    """The type of `fields`, and a function of (work, id, fields) or (work, fields) that returns the id."""

    shape: Any
    run: Callable[..., str]


def _set_article(work: Working, name: str, fields: forms.ArticleFields) -> str:
    work.sectors = [labelled(code, SURE) for code in fields["sectors"]]
    return name


SETTERS: Mapping[str, Form] = {
    ARTICLE: Form(forms.ArticleFields, _set_article),
    "mentions": Form(forms.MentionFields, mentions.set_fields),
    "actors": Form(forms.ActorFields, entities.set_fields),
    "projects": Form(forms.ProjectFields, entities.set_fields),
    "commitments": Form(forms.CommitmentFields, commitments.set_fields),
    f"{SLOT} {AMOUNTS}": Form(forms.AmountFields, commitments.set_amount),
    f"{SLOT} {DATES}": Form(forms.DateFields, commitments.set_date),
}
ADDERS: Mapping[str, Form] = {
    "mention": Form(forms.NewMention, mentions.add),
    "actor": Form(forms.NewActor, entities.add_actor),
    "project": Form(forms.NewProject, entities.add_project),
    "relation": Form(forms.NewRelation, relations.add),
    "commitment": Form(forms.NewCommitment, commitments.add),
}
REMOVERS: Mapping[str, Callable[[Working, str], None]] = {
    "mentions": mentions.remove,
    "actors": entities.remove,
    "projects": entities.remove,
    "relations": relations.remove,
    "commitments": commitments.remove,
}


def _accept(work: Working, edit: OfId) -> str:
    work.kind_of(edit.id)
    return edit.id


def _accept_all(work: Working, edit: OfIds) -> None:
    for name in edit.ids:
        work.kind_of(name)
    work.accepted.update(edit.ids)


def _set(work: Working, edit: Set) -> str:
    form = _known(SETTERS, work.kind_of(edit.id), f"{edit.id!r} cannot be set; remove it and add another")
    return form.run(work, edit.id, parsed(form.shape, edit.fields))


def _add(work: Working, edit: Add) -> str:
    form = _known(ADDERS, edit.what, f"cannot add {edit.what!r}; use one of {', '.join(ADDERS)}")
    return form.run(work, parsed(form.shape, edit.fields))


def _add_slot(work: Working, edit: AddSlot) -> str:
    if edit.slot not in SLOTS:
        raise Refused(f"there is no slot {edit.slot!r}; use one of {', '.join(SLOTS)}")
    return commitments.add_to_slot(work, edit.id, edit.slot, _filler(work, edit))


def _replace(work: Working, edit: Filler) -> str:
    return commitments.replace_in_slot(work, edit.id, _filler(work, edit))


def _filler(work: Working, edit: Filler) -> str | Quote:
    offsets = [offset for offset in (edit.start, edit.end) if offset is not None]
    if len(offsets) == 2 and edit.value is None:
        return quote(work.record, *offsets)
    if offsets or edit.value is None:
        raise Refused("a slot takes a value, or words by start and end")
    return edit.value


def _remove(work: Working, edit: OfId) -> None:
    kind = work.kind_of(edit.id)
    if kind == ARTICLE:
        raise Refused("the article cannot be removed")
    REMOVERS.get(kind, commitments.remove_from_slot)(work, edit.id)


class Operation(NamedTuple):
    """`run` returns the id of what becomes accepted, if anything."""

    shape: type[Edit]
    run: Callable[[Working, Any], str | None]


OPERATIONS: Mapping[str, Operation] = {
    "accept": Operation(OfId, _accept),
    "accept_all": Operation(OfIds, _accept_all),
    "set": Operation(Set, _set),
    "add": Operation(Add, _add),
    "add_slot": Operation(AddSlot, _add_slot),
    "replace": Operation(Filler, _replace),
    "remove": Operation(OfId, _remove),
    "merge": Operation(Merge, lambda work, edit: entities.merge(work, edit.id, edit.into)),
    "decide": Operation(Decide, lambda work, edit: verdicts.decide(work, edit.id, edit.decision)),
}


def edited(state: State, do: Any, arguments: Mapping[str, Any], signature: Signature = UNSIGNED) -> State:
    """The state after an operation. Raises Refused if it cannot be done or its arguments are wrong."""
    work = opened(state.record, state.accepted, state.verdicts, signature)
    run(work, do, arguments)
    record = closed(work)
    left = {name: verdict for name, verdict in work.verdicts.items() if name in work.commitments}
    return State(record, frozenset(work.accepted) & ids_of(record), left)


def run(work: Working, do: Any, arguments: Mapping[str, Any]) -> str | None:
    """Does an operation and returns the id of what becomes accepted, if anything. Raises Refused as `edited`."""
    operation = _known(OPERATIONS, do, f"there is no operation {do!r}; use one of {', '.join(OPERATIONS)}")
    accepted = operation.run(work, parsed(operation.shape, arguments))
    if accepted is not None:
        work.accepted.add(accepted)
    return accepted


def parsed(shape: Any, data: Mapping[str, Any]) -> Any:
    """The data as an instance of a type. Raises Refused with the field that is wrong."""
    try:
        return TypeAdapter(shape).validate_python(data)
    except ValidationError as error:
        raise Refused(fault(error)) from error


def _known[T](table: Mapping[str, T], name: Any, otherwise: str) -> T:
    if not isinstance(name, str) or name not in table:
        raise Refused(otherwise)
    return table[name]
