"""Reads a saved web page: main text, title, date, source and address, with trafilatura.

Nothing is fetched. A page that is too big or too deep to parse in reasonable time is refused.
"""

from __future__ import annotations

import codecs
import logging
import re
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from pipeline.errors import ArticleError
from pipeline.record import Article
from pipeline.sources.articles import make_article, set_aside
from pipeline.sources.decode import LIMIT
from pipeline.sources.options import ReadOptions

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
_log = logging.getLogger("corridor")


def read_page(stream: BinaryIO, where: str, options: ReadOptions) -> Article:
    """The article of an HTML page. Raises ArticleError if it has none."""
    data = stream.read(LIMIT + 1)
    if len(data) > LIMIT:
        raise ArticleError(where, f"over {LIMIT:,} bytes: not a news page")
    page = main_text(decode_page(data, where), where)
    return make_article(
        page.text or "",
        where=where,
        title=page.title or options.title,
        source=page.sitename or page.hostname or options.source,
        url=page.url,
        date=page.date or options.date,
    )


def main_text(html: str, where: str) -> Document:
    """The main text of a page, and what the page says of itself. Raises ArticleError if there is none."""
    if _is_too_complex(html):
        raise ArticleError(where, f"over {_TAGS:,} tags, or over {_ATTRIBUTES:,} attributes in one: not a news page")
    page = _extract(html, where)
    if page is None or not page.text:
        raise ArticleError(where, "no main text found in the page")
    return page


def _is_too_complex(html: str) -> bool:
    """Whether the parsers would take minutes."""
    if html.count("<") > _TAGS:
        return True
    tags = (_QUOTED.sub(" ", piece.partition(">")[0]) for piece in html.split("<")[1:] if piece[:1].isalpha())
    return any(len(tag.split(maxsplit=_ATTRIBUTES)) > _ATTRIBUTES for tag in tags)


def decode_page(data: bytes, where: str) -> str:
    """The text of a page: by its byte order mark, as UTF-8, by its declared charset, else as Windows-1252."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if b"\0" in data:
        raise ArticleError(where, "holds NUL characters: a binary file, or UTF-16 without a byte order mark")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _declared(data, where)


def _declared(data: bytes, where: str) -> str:
    codec = _codec(data)
    if codec is None:
        _log.warning("%s: not UTF-8, read as Windows-1252", where)
    return data.decode(codec or "cp1252", "replace")


def _codec(data: bytes) -> str | None:
    """Python's name of the charset that the page declares."""
    found = _CHARSET.search(data[:_HEAD])
    return codec_of(found[1].decode("ascii")) if found else None


def codec_of(charset: str) -> str | None:
    """Python's name of a charset, as browsers interpret it; None if it is unknown or none of written text."""
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        return None
    codec = _AS_BROWSERS.get(name, name)
    return codec if _ALPHABETS.match(codec) else None


def _extract(html: str, where: str) -> Document | None:
    from trafilatura import bare_extraction  # slow to import; few runs need it
    from trafilatura.settings import Document

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # its errors become an ArticleError
    try:
        with suppress(Exception):  # it gives up, or raises an error, where it cannot read what the page says of itself
            page = bare_extraction(html, with_metadata=True, include_comments=False, date_extraction_params=_DATES)
            if isinstance(page, Document):
                return page
        page = bare_extraction(html, include_comments=False)
    except Exception as error:  # any error of the parser concerns this page only
        raise ArticleError(where, f"the page cannot be parsed ({type(error).__name__}: {error})") from error
    if isinstance(page, Document):
        set_aside("metadata", None, where)
        return page
    return None
