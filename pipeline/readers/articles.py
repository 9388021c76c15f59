"""Makes an Article and sets its id, date and language. Only the text is required; nothing else is invented."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from functools import lru_cache
from math import isfinite
from tempfile import gettempdir

from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

from pipeline.errors import ArticleError, SetupError
from pipeline.readers.dates import iso_date
from pipeline.readers.decode import LIMIT
from pipeline.readers.options import FIELDS, ReadOptions
from pipeline.record import Article, digest

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
    """An article. The default `id` is the first 16 hexadecimal digits of the text's SHA-256; `text` is not changed.

    Raises ArticleError, located at `where`, for a text that is empty, binary, too long or cannot be written as UTF-8.
    """
    _check(text, where)
    strings = {"id": id, "title": title, "source": source, "url": url}
    given = {name: _sound(name, value.strip(), where) for name, value in strings.items() if value and value.strip()}
    sha256 = digest(text)
    day = _date(date, where)
    made = {"id": sha256[:16], "date": day, "language": _language(text, where), **given}
    return Article(sha256=sha256, text=text, date_basis="given" if day else None, **made)


def from_fields(row: Mapping[str, object], where: str, options: ReadOptions) -> Article:
    """The article in a row or JSON object. Values that are not strings are ignored, except numeric ids and dates.

    Raises ArticleError if the text is missing or not a string.
    """
    values = {name: _value(row, options.column(name)) for name in FIELDS}
    text, sources = values["text"], (_value(row, name) for name in options.columns_of("source"))
    if not isinstance(text, str):
        problem = "missing or empty" if text is None else "not a string"
        raise ArticleError(where, f"the field '{options.column('text')}' is {problem}")
    return make_article(
        text,
        where=where,
        id=_string(values["id"], (int, float)),
        title=_string(values["title"]),
        source=next(filter(None, map(_string, sources)), options.source),
        url=_string(values["url"]),
        date=options.date if values["date"] is None else values["date"],
    )


def _value(row: Mapping[str, object], name: str) -> object:
    """The value of a column; None for the empty string and for infinite or undefined numbers, which mean "missing"."""
    value = row.get(name)
    return None if value == "" or (isinstance(value, float) and not isfinite(value)) else value


def _string(value: object, also: tuple[type, ...] = ()) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (str, *also)):
        return None
    return str(value)


def _check(text: str, where: str) -> None:
    if not text.strip():
        raise ArticleError(where, "holds no text")
    if len(text) > LIMIT:
        raise ArticleError(where, f"over {LIMIT:,} characters: not one article; split it")
    if "\0" in text:
        raise ArticleError(where, "holds NUL characters: binary, not text")
    if text.startswith("%PDF-"):
        raise ArticleError(where, "a PDF, not text; give it the ending .pdf")
    _sound("text", text, where)


def _sound(name: str, value: str, where: str) -> str:
    """The value, if UTF-8 can encode it: JSON can escape half of a surrogate pair."""
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        reason = f"the {name} cannot be written as UTF-8 (half a surrogate pair at character {error.start})"
        raise ArticleError(where, reason) from error
    return value


def _date(value: object, where: str) -> str | None:
    iso = None if value is None else iso_date(value)
    if iso is None and value is not None:
        why = "is ambiguous; write it as 2025-11-05" if _BOTH.match(str(value)) else "is not a full date"
        _log.warning("%s: the date %.60r %s. The article gets no date", where, value, why)
    return iso


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
