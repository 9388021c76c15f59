"""Rows of tables as activities: exports of AidData, CSV of IATI datastores, lists of banks."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from pipeline.errors import ArticleError
from pipeline.knowledge.decisions import Scheme
from pipeline.knowledge.match.activity import Activity, countries_in, country, instruments, sectors, years_of
from pipeline.knowledge.match.columns import Columns
from pipeline.knowledge.match.formats import Row
from pipeline.knowledge.row_models import Sum
from pipeline.record import Instrument

DESCRIPTION = 1_500  # characters of a description that are read
_LONGEST = 2_000  # characters of any other cell
_TAGS = re.compile(r"<[^<>]{0,300}>")
_SEVERAL = re.compile(r"\s*[|;]\s*")
_CODES = re.compile(r"[|;,\s]+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_IATI_ID = re.compile(r"[A-Z]{2,3}-[A-Z0-9]+-\S+")


class NoActivity(ArticleError):
    """A row without an id or title, as lists have many."""


def activity(row: Row, place: str, columns: Columns, scheme: Scheme | None) -> Activity | ArticleError:
    """The activity of a row; NoActivity where it has no id or no title. `scheme`: whose ids they are, if known."""

    def texts(field: str) -> list[str]:
        return [text for name in columns.of[field] if (text := _text(row.get(name)))]

    ids, titles = texts("id"), texts("title")
    if not ids or not titles:
        return NoActivity(place, f"has no {'title' if ids else 'id'}")
    description = _TAGS.sub(" ", " ".join(texts("description")))[:DESCRIPTION]
    return Activity(
        id=ids[0],
        scheme=scheme or ("iati" if columns.scheme == "other" and _IATI_ID.fullmatch(ids[0]) else columns.scheme),
        source=place,
        titles=tuple(dict.fromkeys(titles)),
        description=description,
        countries=frozenset(_countries(texts("country"))) or countries_in(titles[0], description),
        years=years_of(year for text in texts("year") for year in map(int, _YEAR.findall(text))),
        amounts=tuple(_amounts(row, columns)),
        funders=_names(texts("funder")),
        parties=_names(texts("party")),
        sectors=frozenset(code for text in texts("sector") for code in _sectors(text)),
        instruments=_instruments(texts("instrument")),
    )


def _text(cell: Any) -> str:
    """A cell on one line."""
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, list):
        cell = "; ".join(str(part) for part in cell if part is not None)
    return " ".join(str(cell)[:_LONGEST].replace("\0", " ").split())


def _names(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for text in texts for name in _SEVERAL.split(text) if name))[:20]


def _countries(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        whole = country(text)
        parts = [whole] if whole else [country(part) for part in re.split(r"[|;,]", text)[:50]]
        yield from (code for code in parts if code)


def _sectors(text: str) -> Iterator[str]:
    whole = sectors(text)
    yield from whole
    if not whole:
        parts = _CODES.split(text) if text[:1].isdigit() else _SEVERAL.split(text)
        yield from (code for part in parts[:50] for code in sectors(part))


def _instruments(texts: Iterable[str]) -> frozenset[Instrument]:
    return frozenset(name for text in texts for name in instruments(text))


def _amounts(row: Row, columns: Columns) -> Iterator[Sum]:
    """In the currency of the row, and in US dollars of the time where a column has them."""
    currencies = [code for name in columns.of["currency"] if _CURRENCY.fullmatch(code := _text(row.get(name)).upper())]
    for field, currency in (("amount", currencies[0] if currencies else None), ("usd", "USD")):
        for name in columns.of[field]:
            value = number(row.get(name))
            if value and currency:
                yield Sum(text=_text(row.get(name)), value=value, currency=currency)


def number(cell: Any) -> float | None:
    """The positive number of a cell: 2e9, "2,000,000,000", "2000000000.00"; None for anything else."""
    if isinstance(cell, str):
        text = cell.strip()
        cell = text.replace(",", "") if _THOUSANDS.fullmatch(text) else text
    try:
        value = float(cell)
    except (TypeError, ValueError, OverflowError):
        return None
    return value if math.isfinite(value) and value > 0 else None
