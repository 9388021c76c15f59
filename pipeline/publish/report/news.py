"""The view "What is new" of a report: the rows of `corridor diff` as data of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.knowledge.changes import Change, Saying
from pipeline.publish.report.change_words import HEADS, facts, who
from pipeline.publish.report.words import clean

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
