"""Commitments and what stands in their slots, as a reviewer adds, sets and removes them."""

from __future__ import annotations

from typing import Any

from pipeline.annotate.edits.fields import AmountFields, CommitmentFields, DateFields, NewCommitment
from pipeline.annotate.edits.ids import AMOUNTS, DATES, SECTORS, SLOTS, as_field, field_of, in_slot, slot_id
from pipeline.annotate.edits.places import amount_of, date_of, quote, sentence_at
from pipeline.annotate.review.choices import sectors
from pipeline.annotate.review.working import METHOD, SURE, Refused, Working, changed
from pipeline.record import Amount, Commitment, Date, Evidence, Quote

PRECISION = {4: "year", 7: "month", 10: "day"}  # of a date, by its length


def add(work: Working, told: NewCommitment) -> str:
    trigger, name = quote(work.record, told["start"], told["end"]), work.new_id("c")
    work.commitments[name] = Commitment(
        id=name,
        kind=told["kind"],
        status=told["status"],
        trigger=trigger,
        negated=told.get("negated", False),
        evidence=[_evidence(work, sentence_at(work.record, trigger.start))],
        confidence=SURE,
        method=METHOD,
    )
    return name


def set_fields(work: Working, name: str, told: CommitmentFields) -> str:
    """Where the trigger moves to another sentence, that one tells of it in place of the old."""
    old = work.commitments[name]
    trigger = quote(work.record, told.get("start", old.trigger.start), told.get("end", old.trigger.end))
    before, now = (sentence_at(work.record, found.start) for found in (old.trigger, trigger))
    numbers = told.get("sentences", [e.sentence for e in old.evidence if before == now or e.sentence != before])
    evidence = [_evidence(work, number) for number in dict.fromkeys([now, *numbers])]
    fields = {field: told[field] for field in ("kind", "status", "negated") if field in told}
    reviewed = changed(old, confidence=SURE, method=METHOD)
    work.commitments[name] = changed(reviewed, trigger=trigger, evidence=evidence, **fields)
    return name


def remove(work: Working, name: str) -> None:
    del work.commitments[name]


def add_to_slot(work: Working, name: str, slot: str, value: str | Quote) -> str:
    """An id, a code, or words of the article; who is put into `attributed_to` takes the place of another."""
    commitment = work.commitments[work.of(name, "commitments")]
    new = _value(work, commitment, slot, value)
    known = [] if slot == "attributed_to" else in_slot(commitment, slot)
    added = slot_id(name, slot, new)
    if added in [slot_id(name, slot, other) for other in in_slot(commitment, slot)]:
        raise Refused(f"{added!r} is there already")
    _put(work, name, slot, [*known, new])
    return added


def remove_from_slot(work: Working, name: str) -> None:
    found = work.in_slot(name)
    values = in_slot(work.commitments[found.commitment], found.slot)
    left = [value for value in values if slot_id(found.commitment, found.slot, value) != name]
    _put(work, found.commitment, found.slot, left)


def set_amount(work: Working, name: str, told: AmountFields) -> str:
    """A new value stands by itself, without the bounds that the old one had, unless they are told with it."""
    found = work.in_slot(name)
    plain: dict[str, Any] = {"low": None, "high": None, "approximate": False} if "value" in told else {}
    amount = changed(found.value, **plain | dict(told))
    low, value, high = (getattr(amount, field) for field in ("low", "value", "high"))
    known = [number for number in (low, value, high) if number is not None]
    if known != sorted(known):
        raise Refused("low, value and high are not in this order")
    return _replaced(work, name, amount)


def set_date(work: Working, name: str, told: DateFields) -> str:
    """`precision` follows from the form of the date."""
    iso = told["iso"]
    period = iso is not None and "/" in iso
    precision = "range" if period else PRECISION.get(len(iso or ""))
    return _replaced(work, name, changed(work.in_slot(name).value, iso=iso, precision=precision, basis=iso and "text"))


def _replaced(work: Working, name: str, value: Amount | Date) -> str:
    found = work.in_slot(name)
    values = in_slot(work.commitments[found.commitment], found.slot)
    new = [value if slot_id(found.commitment, found.slot, old) == name else old for old in values]
    _put(work, found.commitment, found.slot, new)
    return name


def _value(work: Working, commitment: Commitment, slot: str, value: str | Quote) -> Any:
    of = SLOTS[slot]
    if isinstance(value, Quote) != (of in (AMOUNTS, DATES)):
        raise Refused(f"{slot!r} takes {'words: start and end' if of in (AMOUNTS, DATES) else 'a value'}")
    if isinstance(value, Quote):
        return amount_of(work.record, value) if of == AMOUNTS else date_of(work.record, value, commitment.status)
    if of == SECTORS:
        if value not in sectors():
            raise Refused(f"there is no sector {value!r}")
        return value
    return work.of(value, "actors" if of == "actors" else "projects")


def _put(work: Working, name: str, slot: str, values: list[Any]) -> None:
    work.commitments[name] = changed(work.commitments[name], **{field_of(slot): as_field(slot, values)})


def _evidence(work: Working, number: int) -> Evidence:
    if number >= len(work.record.sentences):
        raise Refused(f"there is no sentence {number}")
    sentence = work.record.sentences[number]
    return Evidence(sentence=number, start=sentence.start, end=sentence.end)
