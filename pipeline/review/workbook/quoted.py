"""Amounts and dates of a cell as operations: those that are still there, those that go, those that come.

A new one must stand in the article, in its words or with its value. Where one takes the place of another and stands
nowhere, the value of the old one was read wrongly: it is set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.gold.importer import Offsets
from pipeline.record import Amount, Commitment, Date, Quote, Record
from pipeline.review.edits.fields import amount_of, date_of, day_of
from pipeline.review.edits.working import Refused
from pipeline.review.workbook.desk import Operation
from pipeline.review.workbook.values import amount_text, date_text, is_iso, money_of, plain
from pipeline.review.workbook.words import places
from pipeline.stages.document.home import home_of
from pipeline.values.dates import find_dates, parse_date
from pipeline.values.money import find_money

Slot = Literal["amounts", "dates"]
_LISTED = 8  # values of the article that a message lists


@dataclass(frozen=True)
class Typed:
    """What someone typed. `value`: its meaning (amount and currency, or ISO date), None where it has none."""

    text: str
    value: Any
    fields: dict[str, Any]


def operations(record: Record, act: Commitment, slot: Slot, typed: list[str]) -> list[Operation]:
    """The operations that make a slot what someone typed. Raises Refused for what does not stand in the article."""
    left: list[Amount | Date] = list(getattr(act, slot))
    wanted = [one for one in (_typed(record, slot, text) for text in typed) if not _taken(left, one)]
    found = [(one, _place(record, act, slot, one, left)) for one in wanted]
    unfound = [one for one, place in found if place is None]
    made: list[Operation] = []
    if unfound:
        if len(unfound) > 1 or len(left) != 1 or not unfound[0].fields:
            raise Refused(_nowhere(record, slot, unfound[0].text))
        made.append({"do": "set", "id": _id(act, slot, left.pop()), "fields": unfound[0].fields})
    made += [{"do": "remove", "id": _id(act, slot, old)} for old in left]
    for one, place in found:
        if place is not None:
            made += _added(record, act, slot, one, place)
    return made


def _added(record: Record, act: Commitment, slot: Slot, one: Typed, place: Offsets) -> Iterator[Operation]:
    yield {"do": "add_slot", "id": act.id, "slot": slot, "start": place[0], "end": place[1]}
    if one.value is not None and _meaning(_read(record, act, slot, place)) != one.value:
        yield {"do": "set", "id": f"{act.id} {slot} {place[0]}:{place[1]}", "fields": one.fields}


def shown(value: Amount | Date) -> str:
    """An amount or a date as a cell shows it."""
    return amount_text(value) if isinstance(value, Amount) else date_text(value)


def _typed(record: Record, slot: Slot, text: str) -> Typed:
    if slot == "amounts":
        article = record.article
        money = money_of(text, home_of(article.text, article.source, article.url))
        if money is None:
            return Typed(text, None, {})
        fields = {name: getattr(money, name) for name in ("value", "low", "high", "approximate", "currency")}
        return Typed(text, (money.value, money.currency), fields)
    date = None if is_iso(text) else parse_date(text, day_of(record.article.date))
    iso = text if is_iso(text) else date and date.iso
    return Typed(text, iso, {"iso": iso} if iso else {})


def _taken(left: list[Amount | Date], one: Typed) -> bool:
    """Whether it is one of the old ones, which is then taken off."""
    tests = (
        lambda old: plain(shown(old)) == one.text,
        lambda old: plain(old.text).casefold() == one.text.casefold(),
        lambda old: one.value is not None and _meaning(old) == one.value,
    )
    for test in tests:
        for number, old in enumerate(left):
            if test(old):
                del left[number]
                return True
    return False


def _meaning(value: Amount | Date) -> Any:
    if isinstance(value, Amount):
        return None if value.value is None else (value.value, value.currency)
    return value.iso


def _place(record: Record, act: Commitment, slot: Slot, one: Typed, left: Iterable[Amount | Date]) -> Offsets | None:
    """Where it stands, in the words or by its value: best of all in the commitment's sentences, near its trigger."""
    used = {(value.start, value.end) for value in getattr(act, slot)} - {(old.start, old.end) for old in left}
    marked = set(_candidates(record, slot))
    by_words = [
        place
        for place in places(record.article.text, one.text)
        if place in marked or _meaning(_read(record, act, slot, place)) is not None
    ]
    by_value = [
        place for place in marked if one.value is not None and _meaning(_read(record, act, slot, place)) == one.value
    ]
    inside = [(evidence.start, evidence.end) for evidence in act.evidence]
    for group in (by_words, by_value):
        free = [place for place in group if place not in used and _in_sentence(record, place)]
        if free:
            return min(
                free,
                key=lambda p: (not any(a <= p[0] < b for a, b in inside), abs(p[0] - act.trigger.start)),
            )
    return None


def _candidates(record: Record, slot: Slot) -> list[Offsets]:
    label, text = ("MONEY", record.article.text) if slot == "amounts" else ("DATE", record.article.text)
    marked = [(mention.start, mention.end) for mention in record.mentions if mention.label == label]
    return list(dict.fromkeys([*marked, *(find_money(text) if slot == "amounts" else find_dates(text))]))


def _in_sentence(record: Record, place: Offsets) -> bool:
    return any(one.start <= place[0] and place[1] <= one.end for one in record.sentences)


def _read(record: Record, act: Commitment, slot: Slot, place: Offsets) -> Amount | Date:
    quote = Quote(text=record.article.text[slice(*place)], start=place[0], end=place[1])
    return amount_of(record, quote) if slot == "amounts" else date_of(record, quote, act.status)


def _nowhere(record: Record, slot: Slot, text: str) -> str:
    words = (plain(record.article.text[slice(*place)]) for place in sorted(_candidates(record, slot)))
    listed = list(dict.fromkeys(words))
    more = ", ..." if len(listed) > _LISTED else ""
    has = f"the article has {', '.join(listed[:_LISTED])}{more}" if listed else "the article has none"
    return f"{text!r} does not stand in the article; of {slot} {has}"


def _id(act: Commitment, slot: Slot, value: Amount | Date) -> str:
    return f"{act.id} {slot} {value.start}:{value.end}"
