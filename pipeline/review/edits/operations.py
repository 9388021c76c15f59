"""The operations of a review. Each one turns a valid record into another valid record.

An operation is a JSON object with `do`; ids are those of `working.py`, and `accept` and `remove` take any of them.

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

What is set or added gets confidence 1 and the method `person`, and is accepted. Removing an actor or project removes
it from every slot, and its relations; its mentions are kept without an entity. Removing a mention removes the relations
that end at it. Mentions must not overlap, and quotes must not cross the border of a sentence. `decide` is about a whole
commitment; an accepted one is accepted with all that it rests on.

The parameters of a function of `OPERATIONS` are the arguments of the operation, and their annotations its checks. It
returns the id of what becomes accepted, if anything. To add a part is to set the fields of one that is not there yet.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, validate_call

from pipeline.gold.check import ARTICLE
from pipeline.gold.importer import PERSON
from pipeline.publish.index import accepted_by
from pipeline.record import Actor, Commitment, Flow, Mention, Project, Quote, Relation, Span, fault
from pipeline.review.accepted.decisions import ACCEPTED, Decision, Row, row_of
from pipeline.review.accepted.decisions import changed as changes
from pipeline.review.edits.fields import ADDABLE, NO_ENDS, SETTABLE, given, read_in, sectors, value_of
from pipeline.review.edits.working import (
    ENTITY_SLOTS,
    SLOTS,
    SURE,
    UNSIGNED,
    Refused,
    Signature,
    State,
    Table,
    Verdict,
    Working,
    changed,
    ids_of,
    in_slot,
    part_of,
    relation_id,
    rests_on,
    slot_id,
    with_ends,
    with_slots,
)

PRECISION = {4: "year", 7: "month", 10: "day"}  # of a date, by its length
INHERITED: dict[Table, tuple[str, ...]] = {  # fields that a merged entity takes from the other if it lacks them
    "actors": ("country", "role"),
    "projects": ("sectors", "countries"),
}
Fields = dict[str, Any]
checked = validate_call(config=ConfigDict(strict=True, arbitrary_types_allowed=True))


def edited(state: State, operation: Mapping[str, Any], by: Signature = UNSIGNED) -> State:
    """The state after an operation. Raises Refused if it cannot be done or its arguments are wrong."""
    work = Working(state, by)
    run(work, operation)
    _take_over(work, state, str(operation.get("id")))
    record = work.closed()
    left = {name: verdict for name, verdict in work.verdicts.items() if name in work.commitments}
    return State(record, frozenset(work.accepted) & ids_of(record), left)


def agreed_on(state: State, some: list[Commitment], rows: Mapping[str, Row], at: float, time: str | None) -> State:
    """The state with those of some commitments accepted by agreement that are as in `rows` and this sure, no others."""
    verdicts = dict(state.verdicts)
    for one in some:
        known, before = verdicts.get(one.id), rows.get(one.id)
        sure = one.row_confidence is not None and one.row_confidence >= at and accepted_by(one.method) != PERSON
        if sure and before and not changes(row_of(state.record, one), before):
            verdicts[one.id] = known if known and known.decision else Verdict("accepted", at=time, agreement=at)
        elif known and known.decision:
            del verdicts[one.id]
    return replace(state, verdicts=verdicts)


def _take_over(work: Working, before: State, name: str) -> None:
    """A row accepted by agreement is the person's who changes it; where another change reaches it, it is reopened."""
    for id, verdict in before.verdicts.items():
        if verdict.agreement is None or not verdict.decision or id not in work.commitments:
            continue
        was, now = part_of(before.record, id), work.commitments[id]
        if now != was and name.split(" ")[0] == id:
            _decide(work, id, "accepted")
        elif why := changes(row_of(work.closed(), now), row_of(before.record, was)):
            work.verdicts[id] = verdict._replace(decision=None, reopened="; ".join(why))


def run(work: Working, operation: Mapping[str, Any]) -> str | None:
    """Does an operation and returns the id of what becomes accepted, if anything. Raises Refused as `edited`."""
    do = operation.get("do")
    if not isinstance(do, str) or do not in OPERATIONS:
        raise Refused(f"there is no operation {do!r}; use one of {', '.join(OPERATIONS)}")
    accepted = call(OPERATIONS[do], work, operation)
    if accepted is not None:
        work.accepted.add(accepted)
    return accepted


def call[T](function: Callable[..., T], on: Any, operation: Mapping[str, Any]) -> T:
    """What a `checked` function returns for the arguments of an operation. Raises Refused with one that is wrong."""
    try:
        return function(on, **{name: value for name, value in operation.items() if name != "do"})
    except ValidationError as error:
        raise Refused(fault(error)) from error


def _accept(work: Working, id: str) -> str:
    work.kind_of(id)
    return id


def _accept_all(work: Working, ids: Annotated[list[str], Field(min_length=1)]) -> None:
    for name in ids:
        work.kind_of(name)
    work.accepted.update(ids)


def _set(work: Working, id: str, fields: Annotated[dict[str, Any], Field(min_length=1)]) -> str:
    kind = work.kind_of(id)
    if kind not in WRITERS:
        raise Refused(f"{id!r} cannot be set; remove it and add another")
    WRITERS[kind](work, id, _parsed(SETTABLE[kind], fields))
    return id


def _add(work: Working, what: str, fields: dict[str, Any]) -> str:
    """Adds a part; its id is the letter of its kind, and a number."""
    if what not in ADDABLE:
        raise Refused(f"cannot add {what!r}; use one of {', '.join(ADDABLE)}")
    new = _parsed(ADDABLE[what], fields)
    if what == "relation":
        return _add_relation(work, new)
    name = work.new_id(what[0])
    WRITERS[f"{what}s"](work, name, new)
    return name


def _parsed(form: type[BaseModel], fields: Fields) -> Fields:
    return given(form.model_validate(fields))


def _add_slot(
    work: Working, id: str, slot: str, value: str | None = None, start: int | None = None, end: int | None = None
) -> str:
    """Adds an id, a code, or words of the article. A value for `attributed_to` replaces the old one."""
    if slot not in SLOTS:
        raise Refused(f"there is no slot {slot!r}; use one of {', '.join(SLOTS)}")
    commitment = work.commitments[work.require(id, "commitments")]
    new = _new_value(work, commitment, slot, value, start, end)
    known = [] if slot == "attributed_to" else in_slot(commitment, slot)
    work.commitments[id] = with_slots(commitment, {slot: [*known, new]})
    return slot_id(id, slot, new)


def _replace(work: Working, id: str, value: str | None = None, start: int | None = None, end: int | None = None) -> str:
    """Puts another id, code, or other words of the article in the place of a value."""
    name, slot, _ = work.in_slot(id)
    new = _new_value(work, work.commitments[name], slot, value, start, end)
    _put(work, id, [new])
    return slot_id(name, slot, new)


def _new_value(
    work: Working, commitment: Commitment, slot: str, value: str | None, start: int | None, end: int | None
) -> Any:
    """What goes into a slot: an id, a code, an amount or a date. Raises Refused where the slot has it already."""
    holds = SLOTS[slot]
    made: Any = value
    if value is None and start is not None and end is not None:
        made = work.quote(start, end)
    elif value is None or start is not None or end is not None:
        raise Refused("a slot takes a value, or words by start and end")
    if holds in ("amounts", "dates"):
        if not isinstance(made, Quote):
            raise Refused(f"{slot!r} takes words: start and end")
        made = read_in(work.record, made, holds, commitment.status)
    elif isinstance(made, Quote):
        raise Refused(f"{slot!r} takes a value")
    elif holds != "sectors":
        work.require(made, "actors" if holds == "actors" else "projects")
    elif made not in sectors():
        raise Refused(f"there is no sector {made!r}")
    added = slot_id(commitment.id, slot, made)
    if added in [slot_id(commitment.id, slot, other) for other in in_slot(commitment, slot)]:
        raise Refused(f"{added!r} exists already")
    return made


def _put(work: Working, name: str, values: list[Any]) -> None:
    """Puts values, one or none, in the place of one in a slot."""
    commitment, slot, old = work.in_slot(name)
    known = in_slot(work.commitments[commitment], slot)
    new = [value for other in known for value in (values if other == old else [other])]
    work.commitments[commitment] = with_slots(work.commitments[commitment], {slot: new})


def _remove(work: Working, id: str) -> None:
    kind = work.kind_of(id)
    if kind == ARTICLE:
        raise Refused("the article cannot be removed")
    if kind in ("actors", "projects"):
        for mention in list(work.entity(id).mentions):
            work.link(mention, None)
        for commitment in list(work.commitments.values()):
            work.commitments[commitment.id] = with_ends(commitment, lambda ids: [one for one in ids if one != id])
    elif kind == "mentions":
        work.link(id, None)
    elif kind.startswith("slot"):
        _put(work, id, [])
        return
    work.relations = {name: one for name, one in work.relations.items() if id not in (name, one.subject, one.object)}
    if kind != "relations":
        del getattr(work, kind)[id]


def _merge(work: Working, id: str, into: str) -> str:
    """Merges an actor or project into another, which keeps its name, kind and values."""
    table: Table = "actors" if id in work.actors else "projects"
    if work.require(id, "actors", "projects") == work.require(into, table):
        raise Refused(f"{id!r} cannot be merged into itself")
    gone, kept = work.entity(id), work.entity(into)
    lacking = {name: getattr(kept, name) or getattr(gone, name) for name in INHERITED[table]}
    for mention in gone.mentions:
        work.mentions[mention] = changed(work.mentions[mention], entity=into)
    mentions = work.in_order([*kept.mentions, *gone.mentions])
    aliases = [*kept.aliases, gone.name, *gone.aliases]
    work.put_entity(changed(kept, aliases=aliases, mentions=mentions, confidence=SURE, **lacking))
    ids = {slot_id(name, slot, id): slot_id(name, slot, into) for name in work.commitments for slot in ENTITY_SLOTS}
    for commitment in list(work.commitments.values()):
        work.commitments[commitment.id] = with_ends(
            commitment, lambda ends: list(dict.fromkeys(into if one == id else one for one in ends))
        )
    relations: dict[str, Relation] = {}  # none between the two, and of equal ones the first
    for old, relation in work.relations.items():
        new = changed(relation, **{end: into for end in ("subject", "object") if getattr(relation, end) == id})
        if new.subject != new.object:
            relations.setdefault(relation_id(new), new)
            ids[old] = relation_id(new)
    work.relations = relations
    work.accepted |= {ids[name] for name in work.accepted if name in ids}
    del getattr(work, table)[id]
    return into


def _decide(work: Working, id: str, decision: Decision | None) -> None:
    """Decides on a commitment; None takes a decision back."""
    commitment = work.commitments[work.require(id, "commitments")]
    if decision is None:
        known = work.verdicts.get(id)
        if known is None or known.decision is None or known.agreement is not None:
            raise Refused(f"nothing is decided on {id!r}")
        del work.verdicts[id]
        return
    work.verdicts[id] = Verdict(decision, *work.signature)
    if decision == ACCEPTED:
        work.accepted |= rests_on(work.closed(), commitment)


def _write_article(work: Working, name: str, fields: Fields) -> None:
    work.sectors = fields["sectors"]


def _write_mention(work: Working, name: str, fields: Fields) -> None:
    """Reads the value of a moved or relabelled mention again. An end of a relation keeps a label that can be one."""
    old = work.mentions.get(name)
    known: Fields = dict(old) if old else {"id": name, "entity": None}
    quote = _quoted(work, fields, old)
    made = known | fields | dict(quote)
    if made["label"] in NO_ENDS and old and any(name in (r.subject, r.object) for r in work.relations.values()):
        raise Refused(f"{old.text!r} ends a relation, which a {made['label']} cannot; remove the relation first")
    moved = old is None or (quote.start, quote.end) != (old.start, old.end)
    for other in work.mentions.values() if moved else ():
        if other.id != name and quote.start < other.end and other.start < quote.end:
            where = f"the {other.label} {other.text!r} at {other.start}"
            raise Refused(f"{quote.text!r} overlaps {where}; remove it first")
    if moved or made["label"] != known["label"]:
        made["value"] = value_of(work.record, made["label"], quote)
    relinked = moved or made["entity"] != known["entity"]
    if old and relinked:
        work.link(name, None)
    now = work.mentions[name].entity if old else None
    made |= {"entity": now, "sentence": work.sentence_at(quote.start), "confidence": SURE, "method": PERSON}
    work.mentions[name] = Mention.model_validate(made)
    if relinked:
        work.link(name, fields.get("entity", known["entity"]))


def _quoted(work: Working, fields: Fields, old: Quote | Mention | None) -> Quote:
    """The words at the offsets of some fields, which are taken out of them; one that is not given stays."""
    start, end = (fields.pop(at) if at in fields else getattr(old, at) for at in ("start", "end"))
    return work.quote(start, end)


def _write_entity(form: type[Actor | Project], work: Working, name: str, fields: Fields) -> None:
    """A new project is no programme unless the fields say so. `mentions` of a new entity are linked to it."""
    old = (work.actors | work.projects).get(name)
    known: Fields = dict(old) if old else {"id": name} | ({"programme": False} if form is Project else {})
    mentions = fields.pop("mentions", [])
    work.put_entity(form.model_validate(known | fields | {"confidence": SURE}))
    for mention in mentions:
        work.link(work.require(mention, "mentions"), name)


def _write_commitment(work: Working, name: str, fields: Fields) -> None:
    """If the trigger moves to another sentence, that one replaces the old one as evidence."""
    old = work.commitments.get(name)
    trigger = _quoted(work, fields, old.trigger if old else None)
    now, numbers = work.sentence_at(trigger.start), list[int]()
    if old:
        before = work.sentence_at(old.trigger.start)
        numbers = [e.sentence for e in old.evidence if before == now or e.sentence != before]
    evidence = [work.evidence(number) for number in dict.fromkeys([now, *fields.pop("sentences", numbers)])]
    if flow := fields.get("flow"):
        fields["flow"] = Flow(**given(flow))
        for party in [*flow.provider, *flow.recipient]:
            work.require(party, "actors")
    known: Fields = dict(old) if old else {"id": name}
    made = known | fields | {"trigger": trigger, "evidence": evidence, "confidence": SURE, "method": PERSON}
    work.commitments[name] = Commitment.model_validate(made)


def _write_amount(work: Working, name: str, fields: Fields) -> None:
    """A new value clears the old bounds, unless new ones come with it."""
    cleared: Fields = {"low": None, "high": None, "approximate": False} if "value" in fields else {}
    amount = changed(work.in_slot(name)[-1], **cleared | fields)
    known = [number for number in (amount.low, amount.value, amount.high) if number is not None]
    if known != sorted(known):
        raise Refused("low, value and high are not in this order")
    _put(work, name, [amount])


def _write_date(work: Working, name: str, fields: Fields) -> None:
    """Sets the date; `precision` follows from its form."""
    iso = fields["iso"]
    precision = "range" if iso is not None and "/" in iso else PRECISION.get(len(iso or ""))
    _put(work, name, [changed(work.in_slot(name)[-1], iso=iso, precision=precision, basis=iso and "text")])


def _add_relation(work: Working, fields: Fields) -> str:
    """The default `sentence` is the first that has both ends, else the first by which both were mentioned."""
    ends = [work.require(fields[end], "actors", "projects", "mentions") for end in ("subject", "object")]
    if ends[0] == ends[1]:
        raise Refused("a relation needs two different ends")
    for end in ends:
        if end in work.mentions and work.mentions[end].label in NO_ENDS:
            raise Refused(f"{work.mentions[end].label} {work.mentions[end].text!r} cannot be the end of a relation")
    mentions = [[end] if end in work.mentions else work.entity(end).mentions for end in ends]
    one, other = ({work.mentions[mention].sentence for mention in some} for some in mentions)
    default = min(one & other, default=max(min(one, default=0), min(other, default=0)))
    span = work.evidence(fields.get("sentence", default))
    relation = Relation(
        **fields | {"sentence": span.sentence},
        evidence=Span(start=span.start, end=span.end),
        confidence=SURE,
        method=PERSON,
    )
    name = relation_id(relation)
    if name in work.relations:
        raise Refused(f"the relation {name!r} exists already")
    work.relations[name] = relation
    return name


OPERATIONS: Mapping[str, Callable[..., str | None]] = {
    "accept": checked(_accept),
    "accept_all": checked(_accept_all),
    "set": checked(_set),
    "add": checked(_add),
    "add_slot": checked(_add_slot),
    "replace": checked(_replace),
    "remove": checked(_remove),
    "merge": checked(_merge),
    "decide": checked(_decide),
}
WRITERS: Mapping[str, Callable[[Working, str, Fields], None]] = {  # by the kind of an id
    ARTICLE: _write_article,
    "mentions": _write_mention,
    "actors": partial(_write_entity, Actor),
    "projects": partial(_write_entity, Project),
    "commitments": _write_commitment,
    "slot amounts": _write_amount,
    "slot dates": _write_date,
}
