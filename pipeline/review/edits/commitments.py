"""Adding, setting and removing commitments and the values in their slots."""

from __future__ import annotations

from typing import Any

from pipeline.record import Amount, Commitment, Date, Evidence, Flow, Quote
from pipeline.review.edits.fields import (
    AmountFields,
    CommitmentFields,
    DateFields,
    FlowFields,
    NewCommitment,
    amount_of,
    date_of,
    quote,
    sectors,
    sentence_at,
)
from pipeline.review.edits.working import (
    AMOUNTS,
    DATES,
    METHOD,
    SECTORS,
    SLOTS,
    SURE,
    Refused,
    Working,
    as_field,
    changed,
    field_of,
    in_slot,
    slot_id,
)

PRECISION = {4: "year", 7: "month", 10: "day"}  # of a date, by its length


def add(work: Working, fields: NewCommitment) -> str:
    trigger, name = quote(work.record, fields["start"], fields["end"]), work.new_id("c")
    work.commitments[name] = Commitment(
        id=name,
        kind=fields["kind"],
        status=fields["status"],
        trigger=trigger,
        negated=fields.get("negated", False),
        evidence=[_evidence(work, sentence_at(work.record, trigger.start))],
        confidence=SURE,
        method=METHOD,
    )
    return name


def set_fields(work: Working, name: str, fields: CommitmentFields) -> str:
    """If the trigger moves to another sentence, that one replaces the old one as evidence."""
    old = work.commitments[name]
    trigger = quote(work.record, fields.get("start", old.trigger.start), fields.get("end", old.trigger.end))
    before, now = (sentence_at(work.record, found.start) for found in (old.trigger, trigger))
    numbers = fields.get("sentences", [e.sentence for e in old.evidence if before == now or e.sentence != before])
    evidence = [_evidence(work, number) for number in dict.fromkeys([now, *numbers])]
    own: dict[str, Any] = {field: fields[field] for field in ("kind", "status", "negated") if field in fields}
    if "flow" in fields:
        own["flow"] = _flow(work, fields["flow"])
    work.commitments[name] = changed(old, confidence=SURE, method=METHOD, trigger=trigger, evidence=evidence, **own)
    return name


def remove(work: Working, name: str) -> None:
    del work.commitments[name]


def add_to_slot(work: Working, name: str, slot: str, value: str | Quote) -> str:
    """Adds an id, a code, or words of the article. A value for `attributed_to` replaces the old one."""
    commitment = work.commitments[work.require(name, "commitments")]
    new = _value(work, commitment, slot, value)
    added, known = slot_id(name, slot, new), in_slot(commitment, slot)
    if added in [slot_id(name, slot, other) for other in known]:
        raise Refused(f"{added!r} exists already")
    _put(work, name, slot, [new] if slot == "attributed_to" else [*known, new])
    return added


def replace_in_slot(work: Working, name: str, value: str | Quote) -> str:
    """Puts another id, code, or other words of the article in the place of a value."""
    found = work.in_slot(name)
    new = _value(work, work.commitments[found.commitment], found.slot, value)
    added = slot_id(found.commitment, found.slot, new)
    known = in_slot(work.commitments[found.commitment], found.slot)
    ids = [slot_id(found.commitment, found.slot, other) for other in known]
    if added in ids:
        raise Refused(f"{added!r} exists already")
    values = [new if one == name else other for one, other in zip(ids, known, strict=True)]
    _put(work, found.commitment, found.slot, values)
    return added


def remove_from_slot(work: Working, name: str) -> None:
    found = work.in_slot(name)
    values = in_slot(work.commitments[found.commitment], found.slot)
    left = [value for value in values if slot_id(found.commitment, found.slot, value) != name]
    _put(work, found.commitment, found.slot, left)


def set_amount(work: Working, name: str, fields: AmountFields) -> str:
    """A new value clears the old bounds, unless new ones come with it."""
    found = work.in_slot(name)
    cleared: dict[str, Any] = {"low": None, "high": None, "approximate": False} if "value" in fields else {}
    amount = changed(found.value, **cleared | dict(fields))
    known = [number for number in (amount.low, amount.value, amount.high) if number is not None]
    if known != sorted(known):
        raise Refused("low, value and high are not in this order")
    return _replace(work, name, amount)


def set_date(work: Working, name: str, fields: DateFields) -> str:
    """Sets the date; `precision` follows from its form."""
    iso = fields["iso"]
    precision = "range" if iso is not None and "/" in iso else PRECISION.get(len(iso or ""))
    return _replace(work, name, changed(work.in_slot(name).value, iso=iso, precision=precision, basis=iso and "text"))


def _replace(work: Working, name: str, value: Amount | Date) -> str:
    found = work.in_slot(name)
    values = in_slot(work.commitments[found.commitment], found.slot)
    new = [value if slot_id(found.commitment, found.slot, old) == name else old for old in values]
    _put(work, found.commitment, found.slot, new)
    return name


def _value(work: Working, commitment: Commitment, slot: str, value: str | Quote) -> Any:
    holds = SLOTS[slot]
    if isinstance(value, Quote) != (holds in (AMOUNTS, DATES)):
        raise Refused(f"{slot!r} takes {'words: start and end' if holds in (AMOUNTS, DATES) else 'a value'}")
    if isinstance(value, Quote):
        return amount_of(work.record, value) if holds == AMOUNTS else date_of(work.record, value, commitment.status)
    if holds == SECTORS:
        if value not in sectors():
            raise Refused(f"there is no sector {value!r}")
        return value
    return work.require(value, "actors" if holds == "actors" else "projects")


def _flow(work: Working, fields: FlowFields | None) -> Flow | None:
    """The flow of money; its parties must be actors of the record."""
    for party in [*fields["provider"], *fields["recipient"]] if fields else ():
        work.require(party, "actors")
    return Flow(**fields) if fields else None


def _put(work: Working, name: str, slot: str, values: list[Any]) -> None:
    work.commitments[name] = changed(work.commitments[name], **{field_of(slot): as_field(slot, values)})


def _evidence(work: Working, number: int) -> Evidence:
    if number >= len(work.record.sentences):
        raise Refused(f"there is no sentence {number}")
    sentence = work.record.sentences[number]
    return Evidence(sentence=number, start=sentence.start, end=sentence.end)
