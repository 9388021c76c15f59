"""Where words stand that a reviewer marks, and what they tell."""

from __future__ import annotations

import datetime

from pipeline.annotate.review.working import Refused
from pipeline.article.home import home_of
from pipeline.gazetteer.places import country_of, demonym
from pipeline.record import Amount, Date, Label, Quantity, Quote, Record
from pipeline.values.home import Home
from pipeline.values.quoted import amount_at, date_at, quantity_at

AHEAD = ("proposed", "pledged")  # what still lies ahead: "on Friday" is the next one


def quote(record: Record, start: int, end: int) -> Quote:
    """The words of a place inside one sentence, white space at its ends cut off. Raises Refused where there is none."""
    text = record.article.text
    if not 0 <= start < end <= len(text):
        raise Refused(f"{start} to {end} is no place in the text of {len(text)} characters")
    words = text[start:end]
    if words.isspace():
        raise Refused(f"there is nothing but space at {start}")
    start += len(words) - len(words.lstrip())
    end = start + len(words.strip())
    sentence = record.sentences[sentence_at(record, start)]
    if start < sentence.start or end > sentence.end:
        raise Refused(f"{text[start:end]!r} at {start} is not inside one sentence; mark each piece apart")
    return Quote(text=text[start:end], start=start, end=end)


def sentence_at(record: Record, offset: int) -> int:
    """The number of the sentence that holds an offset. Raises Refused where the record has no sentences."""
    if not record.sentences:
        raise Refused("the article has no sentences")
    return max((n for n, sentence in enumerate(record.sentences) if sentence.start <= offset), default=0)


def value_of(record: Record, label: Label, found: Quote) -> Amount | Date | Quantity | str | None:
    """The value that a mention has, as extraction gives it."""
    text, start, end = record.article.text, found.start, found.end
    match label:
        case "MONEY":
            return amount_at(text, start, end, _home(record))
        case "DATE":
            return date_at(text, start, end, _day(record), _home(record))
        case "QUANTITY":
            return quantity_at(text, start, end)
        case "COUNTRY":
            return country_of(found.text)
        case "NORP":
            return demonym(found.text)
    return None


def amount_of(record: Record, found: Quote) -> Amount:
    """The amount of a commitment; without a value where the words tell none."""
    told = amount_at(record.article.text, found.start, found.end, _home(record))
    return told or Amount(**dict(found), value=None)


def date_of(record: Record, found: Quote, status: str) -> Date:
    """The date of a commitment, the next one where that still lies ahead."""
    return date_at(
        record.article.text, found.start, found.end, _day(record), _home(record), future=status in AHEAD or None
    )


def _home(record: Record) -> Home:
    article = record.article
    return home_of(article.text, article.source, article.url)


def _day(record: Record) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(record.article.date or "")
    except ValueError:
        return None
