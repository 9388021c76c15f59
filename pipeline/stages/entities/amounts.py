"""MONEY, DATE and QUANTITY: found and valued by `normalise`, anchored here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from spacy.tokens import Doc

from pipeline.doc import article_of, text_of
from pipeline.normalise.dates import find_dates
from pipeline.normalise.money import find_money
from pipeline.normalise.quantities import find_quantities
from pipeline.normalise.quoted import amount_at, date_at, quantity_at
from pipeline.stages.entities.candidates import Candidate


def find(doc: Doc) -> Iterator[Candidate]:
    """Every amount, calendar expression and physical measure, with its value."""
    text = text_of(doc)
    for start, end in find_money(text):
        yield Candidate("MONEY", start, end, "amounts", amount_at(text, start, end))
    for start, end in find_dates(text):
        yield Candidate("DATE", start, end, "amounts", date_at(text, start, end, _article_date(doc)))
    for start, end in find_quantities(text):
        yield Candidate("QUANTITY", start, end, "amounts", quantity_at(text, start, end))


def _article_date(doc: Doc) -> date | None:
    article = article_of(doc)
    return date.fromisoformat(article.date) if article and article.date else None
