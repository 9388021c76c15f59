"""Words that a reviewer marks: their offsets, and the value that extraction reads from them."""

from __future__ import annotations

import datetime

from pipeline.record import Amount, Date, Label, Quantity, Quote, Record
from pipeline.review.edits.working import Refused
from pipeline.stages.document.home import home_of
from pipeline.values.currencies import Home
from pipeline.values.gazetteer.places import country_of, demonym
from pipeline.values.quoted import amount_at, date_at, quantity_at

AHEAD = ("proposed", "pledged")  # lies in the future: "on Friday" is the next one


def quote(record: Record, start: int, end: int) -> Quote:
    """The words between two offsets in one sentence, without white space at the ends. Raises Refused otherwise."""
    text = record.article.text
    if not 0 <= start < end <= len(text):
        raise Refused(f"{start} to {end} is not inside the text of {len(text)} characters")
    words = text[start:end]
    if words.isspace():
        raise Refused(f"there is only white space at {start}")
    start += len(words) - len(words.lstrip())
    end = start + len(words.strip())
    sentence = record.sentences[sentence_at(record, start)]
    if start < sentence.start or end > sentence.end:
        raise Refused(f"{text[start:end]!r} at {start} is not inside one sentence; mark each piece")
    return Quote(text=text[start:end], start=start, end=end)


def sentence_at(record: Record, offset: int) -> int:
    """The number of the sentence at an offset. Raises Refused if the record has no sentences."""
    if not record.sentences:
        raise Refused("the article has no sentences")
    return max((n for n, sentence in enumerate(record.sentences) if sentence.start <= offset), default=0)


def value_of(record: Record, label: Label, found: Quote) -> Amount | Date | Quantity | str | None:
    """The value of a mention, as extraction reads it."""
    text, start, end = record.article.text, found.start, found.end
    match label:
        case "MONEY":
            return amount_at(text, start, end, _home(record))
        case "DATE":
            return date_at(text, start, end, day_of(record.article.date), _home(record))
        case "QUANTITY":
            return quantity_at(text, start, end)
        case "COUNTRY":
            return country_of(found.text)
        case "NORP":
            return demonym(found.text)
    return None


def amount_of(record: Record, found: Quote) -> Amount:
    """The amount of a commitment, without a value if the words have none."""
    amount = amount_at(record.article.text, found.start, found.end, _home(record))
    return amount or Amount(**dict(found), value=None)


def date_of(record: Record, found: Quote, status: str) -> Date:
    """The date of a commitment; a weekday is the next one if the commitment lies in the future."""
    day, future = day_of(record.article.date), status in AHEAD or None
    return date_at(record.article.text, found.start, found.end, day, _home(record), future=future)


def _home(record: Record) -> Home:
    article = record.article
    return home_of(article.text, article.source, article.url)


def day_of(date: str | None) -> datetime.date | None:
    """The day of a date such as 2025-09-25; None for anything else."""
    try:
        return datetime.date.fromisoformat(date or "")
    except ValueError:
        return None
