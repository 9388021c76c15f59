"""Reads a message (`.eml`): subject, date, sender and text; attachments are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from typing import BinaryIO

from pipeline.errors import ArticleError
from pipeline.record import Article
from pipeline.sources.articles import make_article
from pipeline.sources.decode import LIMIT
from pipeline.sources.options import ReadOptions
from pipeline.sources.pages import codec_of, decode_page, main_text

WHOLE = 2 * LIMIT  # bytes of a message with its attachments
_LINES = 1_000_000  # of a message; each may be a header
_LONGEST = 5_000  # characters of a header; Python takes time by their square
_PARAMETERS = re.compile(rb"(?:^|[\r\n])content-(?:type|disposition):[^\r\n]*(?:(?:\r\n|[\r\n])[ \t][^\r\n]*)*", re.I)
_TEXT, _PAGE = "text/plain", "text/html"


def read_mail(stream: BinaryIO, where: str, options: ReadOptions) -> Article:
    """The article of a message: its plain text, else the main text of its page. Raises ArticleError if it has none."""
    data = stream.read(WHOLE + 1)
    _check(data, where)
    try:
        message = message_from_bytes(data)
        if not message.keys():
            raise ArticleError(where, "not a message: it has no headers")
        text = _text(message, where)
    except (ArticleError, MemoryError):
        raise
    except RecursionError as error:
        raise ArticleError(where, "parts within parts, too deep to read") from error
    except Exception as error:  # any error of the parser concerns this message only
        raise ArticleError(where, f"the message cannot be parsed ({type(error).__name__}: {error})") from error
    return make_article(
        text,
        where=where,
        title=_header(message, "subject") or options.title,
        source=_sender(message) or options.source,
        date=_date(message) or options.date,
    )


def _check(data: bytes, where: str) -> None:
    """Raises ArticleError for a message that takes minutes to parse."""
    if len(data) > WHOLE:
        raise ArticleError(where, f"over {WHOLE:,} bytes: not one article")
    if data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n") > _LINES:
        raise ArticleError(where, f"over {_LINES:,} lines: not one article")
    if any(len(header[0]) > _LONGEST for header in _PARAMETERS.finditer(data)):
        raise ArticleError(where, f"a header of over {_LONGEST:,} characters")


def _text(message: Message, where: str) -> str:
    found: dict[str, list[Message]] = {_TEXT: [], _PAGE: []}
    for part in _parts(message):
        found.get(part.get_content_type(), []).append(part)
    for part in found[_TEXT]:
        if (text := _decoded(part)).strip():
            return text
    for part in found[_PAGE]:
        return main_text(_page(part, where), where).text or ""
    raise ArticleError(where, "holds no text")


def _parts(message: Message) -> Iterator[Message]:
    """All parts that are shown, in order; not those of attached messages."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        if _is_attached(part):
            continue
        if not part.is_multipart():
            yield part
        elif part.get_content_maintype() == "multipart":
            inside = part.get_payload()
            waiting.extend(reversed([one for one in inside if isinstance(one, Message)]))


def _is_attached(part: Message) -> bool:
    return str(part.get("Content-Disposition", "")).strip().lower().startswith("attachment")


def _bytes(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _decoded(part: Message) -> str:
    """The text of a part: as UTF-8, by its charset, else as Windows-1252."""
    data = _bytes(part)
    for codec in ("utf-8-sig", _codec(part)):
        try:
            return data.decode(codec or "cp1252")
        except UnicodeError:
            continue
    return data.decode("cp1252", "replace")


def _page(part: Message, where: str) -> str:
    """The page in a part: by the charset of the part, else by its own."""
    return _decoded(part) if _codec(part) else decode_page(_bytes(part), where)


def _codec(part: Message) -> str | None:
    try:
        return codec_of(part.get_content_charset() or "")
    except (LookupError, ValueError, TypeError, AttributeError):  # no charset at all
        return None


def _header(message: Message, name: str) -> str | None:
    """A header on one line, decoded; None if there is none."""
    return _line(_words(_raw(message, name)))


def _raw(message: Message, name: str) -> str:
    """A header as it stands, "" if there is none; bytes that are not ASCII are UTF-8 or Windows-1252."""
    found = (value for key, value in message.raw_items() if key.lower() == name)
    data = str(next(found, ""))[:_LONGEST].encode("ascii", "surrogateescape")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _line(text: str) -> str | None:
    return " ".join(text.split()) or None


def _words(raw: str) -> str:
    try:
        parts = [_part(part, charset) for part, charset in decode_header(raw)]
    except (HeaderParseError, ValueError):  # broken base64
        parts = [raw]
    return "".join(parts).encode("utf-8", "replace").decode("utf-8")


def _part(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    try:
        return part.decode(charset or "raw-unicode-escape")  # as decode_header encodes what is plain
    except (LookupError, UnicodeError):
        return part.decode("cp1252", "replace")


def _sender(message: Message) -> str | None:
    """The name of the sender, without the address."""
    return _line(_words(parseaddr(_raw(message, "from"))[0]))


def _date(message: Message) -> str | None:
    """The day that the sender's clock had, or the header as it stands."""
    raw = _raw(message, "date").strip()
    try:
        return parsedate_to_datetime(raw).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return raw or None
