"""Commitments after a correction: what their triggers and links say now, the rest as in gold."""

from __future__ import annotations

from typing import Any

from pipeline.review.corrections.change import Change
from pipeline.review.corrections.view import values_in
from pipeline.review.edits.quotes import AHEAD, day_of
from pipeline.review.formats.task import ENTITIES, VALUES, Span
from pipeline.values.dates import parse_date
from pipeline.values.money import parse_money


def commitments(change: Change) -> list[dict[str, Any]]:
    """Commitments of gold whose trigger is still there or was never shown, then the new ones."""
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
    span, new = change.spans.get(f"c{n}"), dict(row)
    if span:
        new |= span.attributes
        if change.is_moved(span):
            number = change.sentence(span)
            also = [other for other in row["also"] if other != number]
            new |= {"trigger": change.words(span), "sent": number, "also": also}
    for name in (*ENTITIES, *VALUES):
        kept = [_kept(change, n, name, index, value) for index, value in enumerate(values_in(row[name]))]
        new[name] = _as_field(name, [value for value in kept if value is not None] + _added(change, f"c{n}", name))
    if row.get("flow"):
        new["flow"] = row["flow"] | {side: _now(change, row["flow"][side]) for side in ("provider", "recipient")}
    return new


def _now(change: Change, keys: list[str]) -> list[str]:
    """The actors under the keys that they have after the correction, without those that are gone."""
    return list(dict.fromkeys(new for new in map(change.entities.key_now, keys) if new))


def _new(change: Change, span: Span, name: str) -> dict[str, Any]:
    trigger = change.words(span)
    fields = {field: _as_field(field, _added(change, span.id, field)) for field in (*ENTITIES, *VALUES)}
    projects = [row for row in change.entities.projects if row["key"] in fields["projects"]]
    sectors = list(dict.fromkeys(code for row in projects for code in row["sectors"]))
    change.entities.notes.append(f"new commitment {name} {trigger!r}: check sectors {sectors}")
    return {
        "key": name,
        "sent": change.sentence(span),
        "also": [],
        "trigger": trigger,
        **span.attributes,
        **{field: fields[field] for field in ("by", "with", "to", "projects", *VALUES)},
        "sectors": sectors,
        "attributed_to": fields["attributed_to"],
    }


def _as_field(name: str, found: list[Any]) -> Any:
    """Each entity once; in a field for one entity the last, which is the new one."""
    if name == "attributed_to":
        return found[-1] if found else None
    return [end for index, end in enumerate(found) if name in VALUES or end not in found[:index]]


def _kept(change: Change, n: int, name: str, index: int, value: Any) -> Any:
    """The present form of a value in a field of gold; None if it was removed."""
    link = change.view.roles.get((n, name, index))
    if name in ENTITIES:
        return change.end(value, link.child if link else None) if change.still_holds(link, f"c{n}", value) else None
    child = change.spans.get(link.child) if link else None
    if link is None or (child and change.has(link) and not change.is_moved(child)):
        return value
    if child is None or not change.has(link):
        return None
    return _value(change, name, change.spans[link.head], child) or {**value, "text": change.words(child)}


def _added(change: Change, trigger: str, name: str) -> list[Any]:
    """The values of links that gold did not have."""
    shown = {link for (n, field, _), link in change.view.roles.items() if (f"c{n}", field) == (trigger, name)}
    links = [link for link in change.links if (link.head, link.label) == (trigger, name) and link not in shown]
    if name in ENTITIES:
        return [change.entities.key_of(link.child, name == "projects") for link in links]
    values = [_value(change, name, change.spans[trigger], change.spans[link.child]) for link in links]
    return [value for value in values if value]


def _value(change: Change, name: str, trigger: Span, quote: Span) -> dict[str, Any] | None:
    """A quote with its value, as Corridor reads it; None, and a note, if it cannot be read."""
    words = change.words(quote)
    if name == "dates":
        future = trigger.attributes["status"] in AHEAD or None
        date = parse_date(words, day_of((change.gold.date or "")[:10]), future=future)
        return {"text": words, "iso": date and date.iso}
    money = parse_money(words)
    if money is None or money.value is None:
        change.entities.notes.append(f"cannot read an amount in {words!r}; if it is one, write it into the gold file")
        return None
    return {"text": words, "value": money.value, "currency": money.currency}
