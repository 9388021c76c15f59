"""A row in words, and how two rows differ: "amount: 2 bn USD, was 1.5 bn USD"."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.record import Date
from pipeline.review.accepted.rows import Row
from pipeline.values.numbers import amount_in_words

_NOTHING = "none"
LONGEST = 160  # characters of a quote in a reason


def _day(date: Date) -> str:
    return (date.iso or f"“{date.text}”").replace("/", " to ")


def _listed(values: list[str]) -> str:
    return ", ".join(sorted(dict.fromkeys(values))) or _NOTHING


def _flow(row: Row) -> str:
    flow = row.flow
    if flow is None:
        return _NOTHING
    terms = "".join(f", {term} {words}" for term, words in sorted(flow.terms.items()))
    return f"{flow.instrument} from {_listed(flow.provider)} to {_listed(flow.recipient)}{terms}"


FIELDS: Mapping[str, Callable[[Row], str]] = {  # what is decided on: equal words mean that a row is the same
    "kind": lambda row: row.kind,
    "status": lambda row: row.status,
    "denied": lambda row: "yes" if row.negated else "no",
    "by": lambda row: _listed(row.by),
    "with": lambda row: _listed(row.with_),
    "to": lambda row: _listed(row.to),
    "project": lambda row: _listed(row.projects),
    "amount": lambda row: _listed([amount_in_words(amount) or f"“{amount.text}”" for amount in row.amounts]),
    "date": lambda row: _listed([_day(date) for date in row.dates]),
    "flow": _flow,
}


def changed(row: Row, was: Row, seen: Row | None = None) -> list[str]:
    """The fields of a row that differ from what it was, in words; a field as in `seen` is not new."""
    found = []
    for field, words in FIELDS.items():
        now, before = words(row), words(was)
        if now != before and (seen is None or now != words(seen)):
            found.append(f"{field}: {now}, was {before}")
    return found


def clipped(text: str) -> str:
    """A quote on one line, of at most `LONGEST` characters."""
    plain = " ".join(text.split())
    return f"“{plain}”" if len(plain) <= LONGEST else f"“{plain[:LONGEST].rstrip()} …”"
