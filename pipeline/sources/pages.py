"""Reads a saved web page with trafilatura: main text, title, date, source and address; and a message (`.eml`).

Nothing is fetched. What is too big or too deep to parse in reasonable time is refused. Attachments are left out.
"""

from __future__ import annotations

import codecs
import logging
import re
from contextlib import suppress
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from typing import TYPE_CHECKING, BinaryIO

from pipeline.errors import ArticleError
from pipeline.record import Article
from pipeline.sources.articles import ReadOptions, of_file, set_aside
from pipeline.sources.decode import LIMIT

if TYPE_CHECKING:
    from trafilatura.settings import Document

_TAGS = 40_000  # trafilatura takes time by their square; a news page has some thousands
_ATTRIBUTES = 1_000  # in one tag; the HTML parser takes time by their square
_HEAD = 8_192  # bytes in which a page declares its charset
_QUOTED = re.compile(r"\"[^\"]*(?:\"|$)|'[^']*(?:'|$)")  # values of attributes, which may be long
_CHARSET = re.compile(rb"<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_AS_BROWSERS = {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}
_ALPHABETS = re.compile(r"utf-8|cp\d|iso\d|koi8|gb\d|big5|euc|shift|mac|tis")  # not punycode, UTF-7 and the like
_DATES = {"original_date": True, "extensive_search": False, "max_date": "2100-01-01"}  # only dates that the page states
_MESSAGE = 2 * LIMIT  # bytes of a message with its attachments
_LINES = 1_000_000  # of a message; each may be a header
_LONGEST = 5_000  # characters of a header; Python takes time by their square
_PARAMETERS = re.compile(rb"(?:^|[\r\n])content-(?:type|disposition):[^\r\n]*(?:(?:\r\n|[\r\n])[ \t][^\r\n]*)*", re.I)
_log = logging.getLogger("corridor")


def read_page(stream: BinaryIO, where: str, options: ReadOptions) -> Article:
    """The article of an HTML page. Raises ArticleError if it has none."""
    data = stream.read(LIMIT + 1)
    if len(data) > LIMIT:
        raise ArticleError(where, f"over {LIMIT:,} bytes: not a news page")
    page = _main(_decoded(data, where), where)
    source = page.sitename or page.hostname
    return of_file(page.text or "", where, options, title=page.title, source=source, url=page.url, date=page.date)


def _main(html: str, where: str) -> Document:
    """The main text of a page, and what the page says of itself. Raises ArticleError if there is none."""
    from trafilatura import bare_extraction  # slow to import; few runs need it
    from trafilatura.settings import Document

    tags = (_QUOTED.sub(" ", piece.partition(">")[0]) for piece in html.split("<")[1:] if piece[:1].isalpha())
    if html.count("<") > _TAGS or any(len(tag.split(maxsplit=_ATTRIBUTES)) > _ATTRIBUTES for tag in tags):
        raise ArticleError(where, f"over {_TAGS:,} tags, or over {_ATTRIBUTES:,} attributes in one: not a news page")
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # its errors become an ArticleError
    page = None
    try:
        with suppress(Exception):  # it gives up, or raises an error, where it cannot read what the page says of itself
            page = bare_extraction(html, with_metadata=True, include_comments=False, date_extraction_params=_DATES)
        if not isinstance(page, Document):
            page = bare_extraction(html, include_comments=False)
            if isinstance(page, Document):
                set_aside("metadata", None, where)
    except Exception as error:  # any error of the parser concerns this page only
        raise ArticleError(where, f"the page cannot be parsed ({type(error).__name__}: {error})") from error
    if not isinstance(page, Document) or not page.text:
        raise ArticleError(where, "no main text found in the page")
    return page


def _decoded(data: bytes, where: str) -> str:
    """The text of a page: by its byte order mark, as UTF-8, by its declared charset, else as Windows-1252."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if b"\0" in data:
        raise ArticleError(where, "holds NUL characters: a binary file, or UTF-16 without a byte order mark")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        declared = _CHARSET.search(data[:_HEAD])
        codec = _codec(declared[1].decode("ascii")) if declared else None
    if codec is None:
        _log.warning("%s: not UTF-8, read as Windows-1252", where)
    return data.decode(codec or "cp1252", "replace")


def _codec(charset: str) -> str | None:
    """Python's name of a charset, as browsers interpret it; None if it is unknown or none of written text."""
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        return None
    codec = _AS_BROWSERS.get(name, name)
    return codec if _ALPHABETS.match(codec) else None


def read_mail(stream: BinaryIO, where: str, options: ReadOptions) -> Article:
    """The article of a message: its plain text, else the main text of its page. Raises ArticleError if it has none."""
    data = stream.read(_MESSAGE + 1)
    if len(data) > _MESSAGE:
        raise ArticleError(where, f"over {_MESSAGE:,} bytes: not one article")
    if data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n") > _LINES:
        raise ArticleError(where, f"over {_LINES:,} lines: not one article")
    if any(len(header[0]) > _LONGEST for header in _PARAMETERS.finditer(data)):
        raise ArticleError(where, f"a header of over {_LONGEST:,} characters")
    try:
        message = message_from_bytes(data)
        if not message.keys():
            raise ArticleError(where, "not a message: it has no headers")
        text = _message_text(message, where)
    except (ArticleError, MemoryError):
        raise
    except RecursionError as error:
        raise ArticleError(where, "parts within parts, too deep to read") from error
    except Exception as error:  # any error of the parser concerns this message only
        raise ArticleError(where, f"the message cannot be parsed ({type(error).__name__}: {error})") from error
    subject, sender = _header(message, "subject"), parseaddr(_header(message, "from"))[0]
    date = _header(message, "date").strip() or None
    with suppress(ValueError, TypeError, IndexError, OverflowError):  # the header as it stands, which will be named
        date = parsedate_to_datetime(date or "").date().isoformat()  # the day that the sender's clock had
    return of_file(text, where, options, title=_words(subject), source=_words(sender), date=date)


def _message_text(message: Message, where: str) -> str:
    """The text of the parts that are shown; not of attached messages."""
    waiting, page = [message], None
    while waiting:
        part = waiting.pop()
        if str(part.get("Content-Disposition", "")).strip().lower().startswith("attachment"):
            continue
        kind = part.get_content_type()
        if part.is_multipart():
            inside = [*part.get_payload()][::-1] if kind.startswith("multipart/") else []
            waiting += [inner for inner in inside if isinstance(inner, Message)]
        elif kind == "text/plain" and (text := _part_text(part)).strip():
            return text
        elif kind == "text/html":
            page = part if page is None else page
    if page is not None:  # in the charset of the part, else in its own
        html = _part_text(page) if _charset(page) else _decoded(_part_bytes(page), where)
        return _main(html, where).text or ""
    raise ArticleError(where, "holds no text")


def _part_text(part: Message) -> str:
    """The text of a part: as UTF-8, by its charset, else as Windows-1252."""
    data = _part_bytes(part)
    for codec in ("utf-8-sig", _charset(part)):
        with suppress(UnicodeError):
            return data.decode(codec or "cp1252")
    return data.decode("cp1252", "replace")


def _part_bytes(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _charset(part: Message) -> str | None:
    try:
        return _codec(part.get_content_charset() or "")
    except (LookupError, ValueError, TypeError, AttributeError):  # no charset at all
        return None


def _header(message: Message, name: str) -> str:
    """A header as it stands, "" if there is none; bytes that are not ASCII are UTF-8 or Windows-1252."""
    values = (value for key, value in message.raw_items() if key.lower() == name)
    data = str(next(values, ""))[:_LONGEST].encode("ascii", "surrogateescape")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _words(header: str) -> str:
    """The encoded words of a header, decoded, on one line."""
    try:
        parts = decode_header(header)
    except (HeaderParseError, ValueError):  # broken base64
        parts = [(header, None)]
    text = ""
    for part, charset in parts:
        try:
            text += part if isinstance(part, str) else part.decode(charset or "raw-unicode-escape")  # if it is plain
        except (LookupError, UnicodeError):
            text += part.decode("cp1252", "replace")
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
