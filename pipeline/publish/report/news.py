"""Changes of a knowledge folder in words, and as the view "What is new" of a report."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.knowledge.changes import Change, Named, Saying
from pipeline.publish.report.projects import in_words
from pipeline.publish.report.words import clean

HEADS = {
    "added": "Added",
    "amount": "Amount changed",
    "status": "Status changed",
    "date": "Date changed",
    "changed": "Changed otherwise",
    "contradicted": "Contradicted",
    "completed": "Completed",
    "overdue": "Overdue, and nothing was heard",
}


def who(row: Change) -> str:
    """By whom, and to whom."""
    sides = (names(row.by) or "(nobody named)", names(row.to))
    return " → ".join(filter(None, sides))


def names(named: Iterable[Named]) -> str:
    """The names of actors or projects."""
    return ", ".join(clean(one.name) for one in named)


def facts(row: Change) -> Iterator[str]:
    """What the commitment is, and what changed, in words."""
    changed = _changed(row)
    yield row.instrument or row.kind
    if row.field != "status":
        yield row.status
    if row.field != "amounts" and row.amounts:
        yield _values("amounts", row.amounts)
    if row.projects:
        yield names(row.projects)
    if changed:
        yield changed
    if row.revised:
        yield "the page was changed"


def _changed(row: Change) -> str:
    if row.field is None:
        return ""
    old, new = _values(row.field, row.old), _values(row.field, row.new)
    if row.change == "contradicted":
        return f"{row.field}: {old} or {new}"
    if row.change == "overdue":
        return f"due {new}"
    field = f"{row.field.replace('_', ' ')}: " if row.change == "changed" else ""
    return field + (f"{old} → {new}" if old and new else f"now {new}" if new else f"no longer {old}")


def _values(field: str, values: Iterable[str]) -> str:
    return "; ".join(in_words(field, value) for value in values)


Json = dict[str, Any]


def news(rows: Iterable[Change], since: str, places: Mapping[str, int]) -> Json:
    """The changes in their order, in words; `since`: the day or folder that they are compared with.

    `places`: places of commitments in the index by their keys; a quote's `row` is null where its article is not there.
    """
    return {"since": since, "heads": HEADS, "rows": [_row(row, places) for row in rows]}


def _row(row: Change, places: Mapping[str, int]) -> Json:
    return {
        "change": row.change,
        "who": who(row),
        "facts": ", ".join(facts(row)),
        "day": row.day,
        "kind": row.kind,
        "countries": row.countries,
        "projects": [{"id": one.id, "name": clean(one.name)} for one in row.projects],
        "quotes": [_saying(said, places) for said in row.quotes],
    }


def _saying(said: Saying, places: Mapping[str, int]) -> Json:
    return {**said.model_dump(include={"source", "date", "url", "quote"}), "row": places.get(said.link)}
