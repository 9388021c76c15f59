"""Makes an Article and sets its id, date and language. Only the text is required; nothing else is invented."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from datetime import date as Date
from datetime import timedelta
from functools import lru_cache
from math import inf, isnan
from tempfile import gettempdir
from urllib.parse import urlsplit

from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

from pipeline.errors import ArticleError, SetupError
from pipeline.record import Article, DateBasis, digest
from pipeline.sources.decode import LIMIT
from pipeline.sources.metadata import iso_date
from pipeline.sources.options import Columns, ReadOptions, match
from pipeline.values.day_of_writing import day_of_dateline, day_of_line

_log = logging.getLogger("corridor")
_BOTH = re.compile(r"\s*(?:0?[1-9]|1[0-2])([./-])(?:0?[1-9]|1[0-2])\1\d{4}\b")  # day or month first
_DETECTED = 2_000  # characters that decide the language
_CONFIDENT = 0.7  # the least confidence in a language; above it, single news sentences were all right


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
    """An article of a text, which is not changed. What cannot be read of the others is named in the log and left out.

    Args:
        text: At most 20 million characters; an extraction takes 1 million.
        where: Where it comes from, for messages.
        id: Without it the first 16 hexadecimal digits of the text's SHA-256.
        title: Its title, if it has one.
        source: Who published it.
        url: Its address.
        date: The day of its publication: a date, or a text such as "2025-06-01" or "1 June 2025". One that is
            ambiguous or not a full date is left out. Without one, a line of the text such as "Wed, March 5, 2025" or a
            dateline ("NAIROBI, 5 March 2025 -") counts.

    Raises:
        ArticleError: The text is empty, binary, too long or cannot be written as UTF-8.
    """
    _check(text, where)
    strings = {"id": id, "title": title, "source": source, "url": url}
    stripped = {name: value.strip() for name, value in strings.items() if value and value.strip()}
    given = {name: value for name, value in stripped.items() if _is_sound(name, value, where)}
    sha256 = digest(text)
    day, basis = _day(text, _date(date, where), where)
    made = {"id": sha256[:16], "date": day, "language": _language(text, where), **given}
    return Article(sha256=sha256, text=text, date_basis=basis, **made)


def from_fields(row: Mapping[str, object], where: str, options: ReadOptions, columns: Columns | None = None) -> Article:
    """The article in a row or JSON object. `columns`: what its names mean, if that is known.

    The first column with a value counts. Values that are not strings are left out and named in the log, except numeric
    ids, dates, and sources with a name. Raises ArticleError if the text is missing or not a string.
    """
    of = (columns or match(list(row), options)).of
    values = {name: [_value(row, column) for column in own] for name, own in of.items()}
    text = next(iter(values["text"]), None)
    if not isinstance(text, str):
        name = next(iter(of["text"]), options.column("text"))
        raise ArticleError(where, f"the field '{name}' is {'missing or empty' if text is None else 'not a string'}")
    return make_article(
        text,
        where=where,
        id=_first("id", values, where),
        title=_first("title", values, where) or options.title,
        source=_first("source", values, where) or options.source,
        url=_first("url", values, where),
        date=next((value for value in values["date"] if value is not None), options.date),
    )


def _value(row: Mapping[str, object], name: str) -> object:
    """The value of a column; None for the empty string and for undefined numbers, which mean "missing"."""
    value = row.get(name)
    return None if value == "" or (isinstance(value, float) and isnan(value)) else value


def _first(name: str, values: Mapping[str, Sequence[object]], where: str) -> str | None:
    """The first string that is not blank, or number of an id; None, and a note, if there are other values only."""
    odd: list[object] = []
    for value in values[name]:
        if name == "source" and isinstance(value, Mapping):
            value = value.get("name", value)  # as in the answers of news APIs
        if name == "id" and isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < inf:
            value = str(value)
        if isinstance(value, str) and value.strip():
            return value
        odd += [] if value is None or isinstance(value, str) else [value]
    if odd:
        set_aside(name, odd[0], where)
    return None


def set_aside(name: str, value: object, where: str) -> None:
    """Names a value that cannot be read in the log, or (None) only its field."""
    shown = "" if value is None else f" {_shown(value)}"
    _log.warning(f"%s: the {name}%s cannot be read. The article is read without it", where, shown)


def _shown(value: object) -> str:
    """The beginning of a text, a number, or the type of another value."""
    if isinstance(value, str):
        return repr(value[:60])
    return repr(value) if isinstance(value, (int, float)) and abs(value) < 1e60 else f"({type(value).__name__})"


def _check(text: str, where: str) -> None:
    if not text.strip():
        raise ArticleError(where, "holds no text")
    if len(text) > LIMIT:
        raise ArticleError(where, f"over {LIMIT:,} characters: not one article; split it")
    if "\0" in text:
        raise ArticleError(where, "holds NUL characters: binary, not text")
    if text.startswith("%PDF-"):
        raise ArticleError(where, "a PDF, not text; give it the ending .pdf")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:  # JSON can escape half of a surrogate pair
        reason = f"the text cannot be written as UTF-8 (half a surrogate pair at character {error.start})"
        raise ArticleError(where, reason) from error


def _is_sound(name: str, value: str, where: str) -> bool:
    """Whether UTF-8 can encode a value and, of a url, its parts are known; else it is named in the log."""
    try:
        value.encode("utf-8")
        if name == "url":
            urlsplit(value)
    except ValueError:
        set_aside(name, value, where)
        return False
    return True


def _date(value: object, where: str) -> str | None:
    iso = None if value is None else iso_date(value)
    if iso is None and value is not None:
        is_both = isinstance(value, str) and _BOTH.match(value)
        why = "is ambiguous; write it as 2025-11-05" if is_both else "is not a full date"
        _log.warning("%s: the date %s %s. The article gets no date", where, _shown(value), why)
    return iso


def _day(text: str, given: str | None, where: str) -> tuple[str | None, DateBasis | None]:
    """The article's date, and where it is from: the one given, else that of its text."""
    line = day_of_line(text)
    if given is not None:
        if line is not None and abs(line - Date.fromisoformat(given)) > timedelta(1):  # the day of a download, perhaps
            _log.warning("%s: the date given, %s, counts, but the text says %s", where, given, line)
        return given, "given"
    written = line or day_of_dateline(text)
    return (written.isoformat(), "dateline") if written else (None, None)


def _language(text: str, where: str) -> str | None:
    code = language(text)
    if code not in ("en", None):
        _log.warning("%s: not in English (%s); read anyway", where, code)
    return code


def language(text: str) -> str | None:
    """The ISO 639-1 code of the language; None if the text does not show it, as where it is short or only names.

    Raises SetupError if there is no space to unpack the language model.
    """
    code, confidence = _identifier().classify(text[:_DETECTED])
    return str(code) if confidence >= _CONFIDENT else None


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    """The model in the package py3langid (plain arrays), for languages that have a two-letter code."""
    try:
        identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    except OSError as error:
        problem = (
            f"the language model cannot be written there ({error.strerror or error}); free some space, or set TMPDIR"
        )
        raise SetupError(f"{gettempdir()}: {problem}") from error
    identifier.set_languages([code for code in identifier.labels if len(code) == 2])
    return identifier
