"""Makes an Article and sets its id, title, date and language. Only the text is required; nothing else is invented.

`ReadOptions` gives what articles lack, and names the columns that hold their fields.

A date counts only if every reading of it gives the same day. Parsers would complete "April" to a day of this year and
take 04/05/2025 for one of two days.
"""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date as Date
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import count
from math import inf, isnan
from tempfile import gettempdir
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from dateutil import parser  # type: ignore[import-untyped]
from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

from pipeline.errors import ArticleError, SetupError
from pipeline.record import Article, DateBasis, digest
from pipeline.sources.decode import LIMIT
from pipeline.values.dates import day_of_dateline, day_of_line

Results = Iterator[Article | ArticleError]
FIELDS = ("id", "title", "date", "source", "url", "text")
ALSO = {  # other names of a column, most likely first, unless the user names one
    "id": ("article_id", "guid", "uuid", "doc_id"),
    "title": ("headline", "article_title"),
    "date": (
        "published_at", "published_date", "published_on", "pub_date", "publish_date", "publication_date",
        "date_published", "published", "datetime",
    ),
    "source": ("outlet", "publisher", "newspaper", "source_name", "site_name", "site", "domain"),
    "url": ("link", "article_url"),
    "text": ("body", "content", "article", "full_text", "article_text"),
}  # fmt: skip
_NAMED = 10  # left-over columns in a message
_LONGEST = 40  # characters of a name in it
LONGEST_TITLE = 300  # characters of a title that is marked as one
_log = logging.getLogger("corridor")
_DETECTED = 2_000  # characters that decide the language
_CONFIDENT = 0.7  # the least confidence in a language; above it, single news sentences were all right
_BOTH = re.compile(r"\s*(?:0?[1-9]|1[0-2])([./-])(?:0?[1-9]|1[0-2])\1\d{4}\b")  # day or month first
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?=$|[T\s])")
_DAY_FIRST = re.compile(r"\d{1,2}([- ])[A-Za-z]{3,9}\1\d{4}(?=\s)")  # news agencies add text after it
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_FILLERS = (datetime(2000, 1, 1), datetime(2001, 2, 2))  # they differ in all parts: a missing one gives two dates
_LONGEST_DATE = 80  # characters; a written date is shorter
_LONGEST_LINE = 200  # characters; a longer line is a paragraph
_FIRST = re.compile(r"\s*(?P<line>\S[^\r\n]*)(?:\r\n?|\n)(?P<blank>[^\S\r\n]*[\r\n])?(?P<rest>\s*\S)?")
_HEADING = re.compile(r"#{1,6}\s+(?P<title>\S.*?)(?:\s+#+)?\s*$")
_ENDS = re.compile(r"[.!?…:;,][\"'”’)\]]*$")  # of a sentence, or of a line that another one continues
_NO_TITLE = re.compile(r"by\s|\W*https?:|www\.|[-=*_#>|<{\[]", re.IGNORECASE)
_PROGRAMS = re.compile(
    r"\.(?:docx?|pdf|indd|qxd|rtf|odt|pptx?|xlsx?)$"
    r"|^(?:microsoft \w+ - |untitled|document ?\d*$|word document$|print|slide 1$|\W)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ReadOptions:
    """`columns` maps our field to their column (`{"text": "body"}`); `stdin`: the stream for `-`.

    `title`, `date` and `source` are used for articles that have none. `tell`: called with a table and what was matched
    in it (`headline` as the title) or left over. `follow_links`: links inside folders are followed. `any_language`: a
    reader of any language follows.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    title: str | None = None
    date: str | None = None
    source: str | None = None
    stdin: BinaryIO | None = None
    tell: Callable[[str, str], None] | None = None
    follow_links: bool = False
    any_language: bool = False

    def column(self, name: str) -> str:
        """The name of a field in the input."""
        return self.columns.get(name, name)


@dataclass(frozen=True)
class Columns:
    """The columns of each field, in the order in which they are asked for a value; the text has one at most.

    `said`: the columns under other names and those left over, on one line, or "".
    """

    of: Mapping[str, Sequence[str]]
    said: str

    def tell(self, where: str, options: ReadOptions) -> None:
        """Tells the user what was matched and left over, if that is not plain from the names."""
        if options.tell and self.said:
            options.tell(where, self.said)


def match(names: Sequence[str], options: ReadOptions) -> Columns:
    """The columns among `names`. A column that the user has named is alone with its field, and has no other field."""
    plain: dict[str, str] = {}
    for name in names:
        plain.setdefault(plain_name(name), name)
    taken = set(options.columns.values())

    def of_field(field: str) -> list[str]:
        if field in options.columns:
            return [options.columns[field]] if options.columns[field] in names else []
        first = field if field in names else plain.get(plain_name(field), "")
        also = [plain.get(plain_name(name), "") for name in ALSO[field]]
        return list(dict.fromkeys(name for name in [first, *(name for name in also if name not in taken)] if name))

    of = {field: of_field(field) for field in FIELDS}
    of["text"] = of["text"][:1]
    other = [
        f"{field} from {_short(own, ' or ')}"
        for field, own in of.items()
        if field not in options.columns and any(plain_name(name) != field for name in own)
    ]
    return Columns(of, "; ".join(filter(None, [", ".join(other), left_over(names, of)])))


def matcher(where: str, options: ReadOptions) -> Callable[[Sequence[str]], Columns]:
    """`match` for rows that may each have other columns; the user learns of those of the first row."""
    rows = count(1)

    def matched(names: Sequence[str]) -> Columns:
        columns = match(names, options)
        if next(rows) == 1:
            columns.tell(where, options)
        return columns

    return matched


def plain_name(name: str) -> str:
    """`publishedAt`, `Published At` and `published_at` are one name."""
    return re.sub(r"[\W_]+", "", name).casefold()


def left_over(names: Iterable[str], of: Mapping[str, Sequence[str]]) -> str:
    """ "left over: pages, section and 3 more": the columns that no field has; "" without any."""
    used = {name for own in of.values() for name in own}
    left = [name for name in dict.fromkeys(names) if name and name not in used]
    more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
    return f"left over: {_short(left[:_NAMED], ', ')}{more}" if left else ""


def _short(names: Iterable[str], between: str) -> str:
    return between.join(name if len(name) <= _LONGEST else f"{name[:_LONGEST]}..." for name in names)


def make_article(
    text: str,
    *,
    where: str = "text",
    id: str | None = None,
    title: str | None = None,
    source: str | None = None,
    url: str | None = None,
    date: object = None,
    any_language: bool = False,
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
        any_language: Whether nothing is said of a text that is not in English.

    Raises:
        ArticleError: The text is empty, binary, too long or cannot be written as UTF-8.
    """
    _check(text, where)
    strings = {"id": id, "title": title, "source": source, "url": url}
    stripped = {name: value.strip() for name, value in strings.items() if value and value.strip()}
    given = {name: value for name, value in stripped.items() if _is_sound(name, value, where)}
    sha256 = digest(text)
    day, basis = _day(text, date, where)
    code = language(text)
    if code not in ("en", None) and not any_language:
        _log.warning("%s: not in English (%s), so read badly; a language model reads it: see docs/llm.md", where, code)
    made = {"id": sha256[:16], "date": day, "language": code, **given}
    return Article(sha256=sha256, text=text, date_basis=basis, **made)


def of_file(text: str, where: str, options: ReadOptions, pages: Sequence[int] | None = None, **given: Any) -> Article:
    """The article of a file or row; it gets the title, source and date of the options where it has none itself.

    `given`: as `make_article` takes it.
    """
    own = {name: value for name, value in given.items() if value not in (None, "")}
    spare = {"title": options.title, "source": options.source, "date": options.date}
    article = make_article(text, where=where, any_language=options.any_language, **spare | own)
    return article if pages is None else article.model_copy(update={"pages": pages})


def of_row(row: Mapping[str, object], where: str, options: ReadOptions, columns: Columns) -> Article | ArticleError:
    """The article of a row or JSON object, or what is wrong with it. `columns`: what its names mean.

    The first column with a value counts. Values that are not strings are left out and named in the log, except numeric
    ids, dates, and sources with a name.
    """
    values = {name: [_value(row, column) for column in own] for name, own in columns.of.items()}
    text = next(iter(values["text"]), None)
    if not isinstance(text, str):
        name = next(iter(columns.of["text"]), options.column("text"))
        return ArticleError(where, f"the field '{name}' is {'missing or empty' if text is None else 'not a string'}")
    try:
        strings: dict[str, Any] = {name: _first(name, values[name], where) for name in ("id", "title", "source", "url")}
        date = next((value for value in values["date"] if value is not None), None)
        return of_file(text, where, options, date=date, **strings)
    except ArticleError as error:
        return error
    except (ValueError, RecursionError) as error:
        return ArticleError(where, str(error))


def _value(row: Mapping[str, object], name: str) -> object:
    """The value of a column; None for the empty string and for undefined numbers, which mean "missing"."""
    value = row.get(name)
    return None if value == "" or (isinstance(value, float) and isnan(value)) else value


def _first(name: str, values: Sequence[object], where: str) -> str | None:
    """The first string that is not blank, or number of an id; None, and a note, if there are other values only."""
    odd: list[object] = []
    for value in values:
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


def _day(text: str, date: object, where: str) -> tuple[str | None, DateBasis | None]:
    """The article's date, and where it is from: the one given, else that of its text."""
    given, line = None if date is None else iso_date(date), day_of_line(text)
    if given is None and date is not None:
        is_both = isinstance(date, str) and _BOTH.match(date)
        why = "is ambiguous; write it as 2025-11-05" if is_both else "is not a full date"
        _log.warning("%s: the date %s %s. The article gets no date", where, _shown(date), why)
    if given is not None:
        if line is not None and abs(line - Date.fromisoformat(given)) > timedelta(1):  # the day of a download, perhaps
            _log.warning("%s: the date given, %s, counts, but the text says %s", where, given, line)
        return given, "given"
    written = line or day_of_dateline(text)
    return (written.isoformat(), "dateline") if written else (None, None)


def iso_date(value: object) -> str | None:
    """`2025-03-07` from a date, a datetime (in its own time zone), or text in ISO form or words; else None."""
    if isinstance(value, Date):
        return value.isoformat()[:10]
    try:
        text = str(value).strip()
        if match := _YEAR_FIRST.match(text):  # `2025/3/7 16:39`: the month always follows the year
            return Date(int(match[1]), int(match[3]), int(match[4])).isoformat()
    except (ValueError, RecursionError):  # a number of thousands of digits; lists in lists
        return None
    try:
        return datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        written = _DAY_FIRST.match(text) if len(text) <= _LONGEST_DATE else None
        return _worded(written[0] if written else text)


def _worded(text: str) -> str | None:
    """`5 April 2025`, `Fri, 07 Mar 2025 16:39:00 +0500`; None unless all readings agree; years have four digits."""
    if len(text) > _LONGEST_DATE or not _YEAR.search(text):
        return None
    try:
        readings: set[datetime] = {
            parser.parse(text, default=filler, dayfirst=day_first, ignoretz=True)
            for filler in _FILLERS
            for day_first in (True, False)
        }
    except Exception:  # dateutil has errors of its own, and lets others through
        return None
    days = {reading.date().isoformat() for reading in readings}
    return days.pop() if len(days) == 1 else None


def first_line(text: str) -> str | None:
    """The first line that is not blank: a heading of Markdown, or a short line, no sentence, that a blank line follows.

    None for any other line, and for one that is all of the text.
    """
    first = _FIRST.match(text)
    line = first["line"].strip() if first and first["rest"] else ""
    if not first or not line or len(line) > _LONGEST_LINE:
        return None
    if heading := _HEADING.match(line):
        return heading["title"]
    alone = first["blank"] and len(line.split()) > 1 and not _ENDS.search(line)
    return line if alone and not _NO_TITLE.match(line) and iso_date(line) is None else None


def own_title(text: str) -> str | None:
    """The title that a PDF or Word file gives itself, unless a program made it up of the name of a file."""
    title = " ".join(text.split())
    words = title.split()
    sensible = len(words) > 1 and len(title) <= LONGEST_TITLE and any(word.isalpha() for word in words)
    return title if sensible and not _PROGRAMS.search(title) and "\ufffd" not in title and "\0" not in title else None


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
        why = f"the language model cannot be written there ({error.strerror or error}); free some space, or set TMPDIR"
        raise SetupError(f"{gettempdir()}: {why}") from error
    identifier.set_languages([code for code in identifier.labels if len(code) == 2])
    return identifier
