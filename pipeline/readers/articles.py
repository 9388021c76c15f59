"""Makes an Article, the one place where its id, date and language come from.

Hard because every source leaves something out: only the text must be there, and nothing else is invented.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from math import isfinite

from pipeline.errors import ArticleError
from pipeline.readers.dates import iso_date
from pipeline.readers.decode import LIMIT
from pipeline.readers.language import language
from pipeline.readers.options import FIELDS, ReadOptions
from pipeline.record import Article, digest

_log = logging.getLogger("corridor")
_BOTH = re.compile(r"\s*(?:0?[1-9]|1[0-2])([./-])(?:0?[1-9]|1[0-2])\1\d{4}\b")  # the day first, or the month


def make_article(
    text: str,
    *,
    where: str = "text",
    id: str | None = None,
    title: str | None = None,
    source: str | None = None,
    url: str | None = None,
    date: object = None,
) -> Article:
    """An article; without `id` the first 16 hexadecimal digits of the text's SHA-256 serve. `text` is kept as it is.

    Raises ArticleError, with `where`, for a text that is empty, binary, over LIMIT or cannot be written as UTF-8.
    """
    _check(text, where)
    strings = {"id": id, "title": title, "source": source, "url": url}
    given = {name: _sound(name, value.strip(), where) for name, value in strings.items() if value and value.strip()}
    sha256 = digest(text)
    made = {"id": sha256[:16], "date": _date(date, where), "language": _language(text, where), **given}
    return Article(sha256=sha256, text=text, **made)


def from_fields(row: Mapping[str, object], where: str, options: ReadOptions) -> Article:
    """The article of one row or JSON object. What is no string is left out, but for numbers as ids and dates as dates.

    Raises ArticleError where the text is missing or is no string.
    """
    values = {name: _value(row, options.column(name)) for name in FIELDS}
    text = values["text"]
    if not isinstance(text, str):
        problem = "missing or empty" if text is None else "not a string"
        raise ArticleError(where, f"the field '{options.column('text')}' is {problem}")
    return make_article(
        text,
        where=where,
        id=_string(values["id"], also=(int, float)),
        title=_string(values["title"]),
        source=_first(row, options.columns_of("source")) or options.source,
        url=_string(values["url"]),
        date=options.date if values["date"] is None else values["date"],
    )


def _first(row: Mapping[str, object], names: Sequence[str]) -> str | None:
    """The first string among some columns."""
    return next((told for name in names if (told := _string(_value(row, name)))), None)


def _value(row: Mapping[str, object], name: str) -> object:
    """None for the empty string and for what is no finite number, which tables write for "nothing"."""
    value = row.get(name)
    return None if value == "" or (isinstance(value, float) and not isfinite(value)) else value


def _string(value: object, also: tuple[type, ...] = ()) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (str, *also)):
        return None
    return str(value)


def _check(text: str, where: str) -> None:
    if not text.strip():
        raise ArticleError(where, "there is no text in it")
    if len(text) > LIMIT:
        raise ArticleError(where, f"over {LIMIT:,} characters: not one article; split it")
    if "\0" in text:
        raise ArticleError(where, "NUL characters in it: binary, not text")
    if text.startswith("%PDF-"):
        raise ArticleError(where, "a PDF, not text; take its text out first")
    _sound("text", text, where)


def _sound(name: str, value: str, where: str) -> str:
    """The value, if UTF-8 can hold it: JSON may escape half of a surrogate pair."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        reason = f"the {name} cannot be written as UTF-8 (half a surrogate pair at character {error.start})"
        raise ArticleError(where, reason) from error
    return value


def _date(value: object, where: str) -> str | None:
    iso = None if value is None else iso_date(value)
    if iso is None and value is not None:
        why = "may be of two days, write 2025-11-05" if _BOTH.match(str(value)) else "is no full date"
        _log.warning("%s: the date %.60r %s; left empty", where, value, why)
    return iso


def _language(text: str, where: str) -> str | None:
    code = language(text)
    if code not in ("en", None):
        _log.warning("%s: in another language than English (%s); read all the same", where, code)
    return code
