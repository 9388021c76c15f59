"""Reads an RTF file as the text that it shows, with striprtf."""

from __future__ import annotations

import re
from typing import BinaryIO

from pipeline.errors import ArticleError
from pipeline.record import Article
from pipeline.sources.articles import make_article
from pipeline.sources.decode import LIMIT
from pipeline.sources.options import ReadOptions

_FIELD = re.compile(r"\\field(?![a-z])", re.IGNORECASE)  # striprtf would write addresses of links into the text
_FONTS = re.compile(r"\\fonttbl", re.IGNORECASE)  # it takes time by more than the square of their number


def read_rtf(stream: BinaryIO, where: str, options: ReadOptions) -> Article:
    """The article of an RTF file. Raises ArticleError if it is none."""
    data = stream.read(LIMIT + 1)
    if len(data) > LIMIT:
        raise ArticleError(where, f"over {LIMIT:,} bytes: not one article")
    if not data.lstrip().startswith(b"{\\rtf"):
        raise ArticleError(where, "not RTF")
    text = _plain(data.decode("cp1252", "replace"), where)
    return make_article(text, where=where, title=options.title, source=options.source, date=options.date)


def _plain(rtf: str, where: str) -> str:
    from striprtf.striprtf import rtf_to_text  # few runs need it

    try:
        text: str = rtf_to_text(_FONTS.sub(r"\\*\\fonts", _FIELD.sub("", rtf)), errors="replace")  # type: ignore[no-untyped-call]
    except Exception as error:  # any error of the parser concerns this file only
        raise ArticleError(where, f"damaged, or not RTF ({type(error).__name__}: {error})") from error
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # RTF writes both halves of a pair
