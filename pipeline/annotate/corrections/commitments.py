"""Commitments after a correction: what their triggers and links say now, the rest as gold had it."""

from __future__ import annotations

import datetime
from typing import Any

from pipeline.annotate.corrections.change import Change
from pipeline.annotate.formats.task import ENTITIES, VALUES, Span
from pipeline.values.dates import parse_date
from pipeline.values.money import parse_money

_AHEAD = ("proposed", "pledged")  # what still lies ahead: "on Friday" is the next one


def commitments(change: Change) -> list[dict[str, Any]]:
    """Those of gold whose trigger is still there or was never shown, then the new ones."""
    rows = [
        _updated(change, n, row)
        for n, row in enumerate(change.gold.raw["commitments"])
        if f"c{n}" in change.spans or f"c{n}" not in change.shown
    ]
    used = {row["key"] for row in change.gold.raw["commitments"]}
    for span in change.spans.values():
        if span.is_trigger and span.id not in change.view.spans:
            name = next(f"c{n}" for n in range(1, len(used) + 2) if f"c{n}" not in used)
            used.add(name)
            rows.append(_new(change, span, name))
    return rows


def _updated(change: Change, n: int, row: dict[str, Any]) -> dict[str, Any]:
    span, told = change.spans.get(f"c{n}"), dict(row)
    if span:
        told |= span.told
        if change.moved(span):
            number = change.sentence(span)
            also = [other for other in row["also"] if other != number]
            told |= {"trigger": change.words(span), "sent": number, "also": also}
    for name in (*ENTITIES, *VALUES):
        old = row[name] if isinstance(row[name], list) else [row[name]] if row[name] else []
        kept = [_kept(change, n, name, place, end) for place, end in enumerate(old)]
        told[name] = _as_field(name, [end for end in kept if end is not None] + _added(change, f"c{n}", name))
    if row.get("flow"):
        told["flow"] = row["flow"] | {side: _now(change, row["flow"][side]) for side in ("provider", "recipient")}
    return told


def _now(change: Change, keys: list[str]) -> list[str]:
    """The actors under the keys that they have after the correction, without those that are gone."""
    return list(dict.fromkeys(new for new in map(change.cast.now, keys) if new))


def _new(change: Change, span: Span, name: str) -> dict[str, Any]:
    told: dict[str, Any] = {"key": name, "sent": change.sentence(span), "also": [], "trigger": change.words(span)}
    told |= span.told
    fields = {field: _as_field(field, _added(change, span.id, field)) for field in (*ENTITIES, *VALUES)}
    about = [row for row in change.cast.projects if row["key"] in fields["projects"]]
    sectors = list(dict.fromkeys(code for row in about for code in row["sectors"]))
    change.cast.notes.append(f"new commitment {name} {told['trigger']!r}: check sectors {sectors}")
    ends = ("by", "with", "to", "projects", *VALUES)
    return told | {f: fields[f] for f in ends} | {"sectors": sectors, "attributed_to": fields["attributed_to"]}


def _as_field(name: str, found: list[Any]) -> Any:
    """Each end once; the last one where there can be one only, since that is the new one."""
    if name == "attributed_to":
        return found[-1] if found else None
    return [end for place, end in enumerate(found) if name in VALUES or end not in found[:place]]


def _kept(change: Change, n: int, name: str, place: int, end: Any) -> Any:
    """What gold says in a place of a field, as it is now; None where it was taken away."""
    link = change.view.roles.get((n, name, place))
    if name in ENTITIES:
        return change.end(end, link.child if link else None) if change.stands(link, f"c{n}", end) else None
    child = change.spans.get(link.child) if link else None
    if link is None or (child and change.drawn(link) and not change.moved(child)):
        return end
    if child is None or not change.drawn(link):
        return None
    return _value(change, name, change.spans[link.head], child) or {**end, "text": change.words(child)}


def _added(change: Change, trigger: str, name: str) -> list[Any]:
    """What links say that gold did not."""
    shown = {link for (n, field, _), link in change.view.roles.items() if (f"c{n}", field) == (trigger, name)}
    links = [link for link in change.links if (link.head, link.label) == (trigger, name) and link not in shown]
    if name in ENTITIES:
        return [change.cast.entity(link.child, name == "projects") for link in links]
    values = [_value(change, name, change.spans[trigger], change.spans[link.child]) for link in links]
    return [value for value in values if value]


def _value(change: Change, name: str, trigger: Span, quote: Span) -> dict[str, Any] | None:
    """What is quoted, valued as Corridor values it; None, and a note, where it cannot."""
    words = change.words(quote)
    if name == "dates":
        date = parse_date(words, _day(change.gold.date), future=trigger.told["status"] in _AHEAD or None)
        return {"text": words, "iso": date and date.iso}
    money = parse_money(words)
    if money is None or money.value is None:
        change.cast.notes.append(f"no amount can be read in {words!r}: where it is one, write it into the gold by hand")
        return None
    return {"text": words, "value": money.value, "currency": money.currency}


def _day(written: str | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat((written or "")[:10])
    except ValueError:
        return None
