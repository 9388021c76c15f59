"""Reads a Word document (.docx), paragraphs and tables in their order, with lxml; and RTF, with striprtf.

Heads and feet, comments and deleted words are left out; foot- and endnotes come last. Word files have no page numbers.
A file that would unpack to too much is refused before it is unpacked.
"""

import re
import zipfile
from collections.abc import Iterator, Set
from io import BytesIO
from itertools import chain
from typing import Any, BinaryIO

from lxml import etree

from pipeline.errors import ArticleError
from pipeline.record import Article
from pipeline.sources.articles import LONGEST_TITLE, ReadOptions, of_file, own_title, set_aside
from pipeline.sources.decode import LIMIT

_BYTES = 200_000_000  # of a file; pictures may take most of it
_UNPACKED = 400_000_000  # bytes of all its parts
_XML = 60_000_000  # bytes of its parts that are XML
_PARTS = 10_000
_OLE = b"\xd0\xcf\x11\xe0"  # files of older programs, and encrypted new ones
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SAVE_ANEW = "open it in Word or LibreOffice and save it anew as .docx"
_TYPES, _CORE = "[Content_Types].xml", "docProps/core.xml"
_TEXTS, _STYLES = ("document.main+xml", "footnotes+xml", "endnotes+xml"), "styles+xml"  # by the type of their content
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_LEFT_OUT = {
    f"{_WORD}del", f"{_WORD}moveFrom", f"{_WORD}rPr", f"{_WORD}pPr", f"{_WORD}sectPr", f"{_COMPATIBILITY}Fallback",
    f"{_WORD}footnoteReference", f"{_WORD}rt",
}  # fmt: skip
_SIGNS = {
    f"{_WORD}tab": " ", f"{_WORD}br": " ", f"{_WORD}cr": " ", f"{_WORD}noBreakHyphen": "-", f"{_WORD}ptab": " ",
}  # fmt: skip
_PARAGRAPH, _TABLE, _BOX = f"{_WORD}p", f"{_WORD}tbl", f"{_WORD}txbxContent"
_ROW, _CELL, _TEXT = f"{_WORD}tr", f"{_WORD}tc", f"{_WORD}t"
_FIELD = re.compile(r"\\field(?![a-z])", re.IGNORECASE)  # striprtf would write addresses of links into the text
_FONTS = re.compile(r"\\fonttbl", re.IGNORECASE)  # it takes time by more than the square of their number


def read_word(stream: BinaryIO, where: str, options: ReadOptions) -> Article:
    """The article of a Word document. Raises ArticleError for one that is damaged, encrypted, too large or empty."""
    data = stream.read(_BYTES + 1)
    _check(data, where)
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            parts = _xml(packed.read(_TYPES)).iter("{*}Override")
            types = sorted((part.get("PartName"), part.get("ContentType")) for part in parts)
            names = {kind.rpartition("wordprocessingml.")[2]: name.lstrip("/") for name, kind in types}
            body, *notes = [_xml(packed.read(names[kind])) for kind in _TEXTS if kind in names]
            styles = _xml(packed.read(names[_STYLES])) if _STYLES in names else ()
            title = _title(body, styles) or _own_title(packed, where)
        lines = [line for part in (body, *notes) for line in _lines(part)]
    except Exception as error:  # lxml, zipfile and zlib each have errors of their own
        reason = f"damaged, or no Word document ({type(error).__name__}); {_SAVE_ANEW}"
        raise ArticleError(where, reason) from error
    return of_file("\n\n".join(lines), where, options, title=title)


def _xml(data: bytes) -> Any:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))


def _check(data: bytes, where: str) -> None:
    """Raises ArticleError for what is no Word document, and for one that would fill the memory."""
    if len(data) > _BYTES:
        raise ArticleError(where, f"over {_BYTES:,} bytes; leave out its pictures, or split it")
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise ArticleError(where, "is encrypted; save a copy without password")
        raise ArticleError(where, f"an older Word document; {_SAVE_ANEW}")
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ArticleError(where, f"damaged, or no Word document; {_SAVE_ANEW}") from error
    total = sum(part.file_size for part in parts)
    xml = sum(part.file_size for part in parts if part.filename.lower().endswith((".xml", ".rels")))
    if total > _UNPACKED or xml > _XML or len(parts) > _PARTS:
        raise ArticleError(where, f"unpacks to {total:,} bytes in {len(parts):,} parts: too much; split it")
    if any(part.flag_bits & 1 for part in parts):
        raise ArticleError(where, "is encrypted; save a copy without password")
    if _TYPES not in {part.filename for part in parts}:
        raise ArticleError(where, f"a zip archive, but no Word document; {_SAVE_ANEW}")


def _title(body: Any, styles: Any) -> str | None:
    """The first paragraph of style Title; else one of heading 1 at the top."""
    names = {style.get(f"{_WORD}styleId"): style.xpath("string(*[local-name()='name']/@*)") for style in styles}
    styled = f"{_WORD}pPr/{_WORD}pStyle"
    texts = (
        (names.get(style.get(f"{_WORD}val")) if (style := paragraph.find(styled)) is not None else None, text)
        for paragraph in body.iter(_PARAGRAPH)
        if (text := _on_one_line(paragraph))
    )
    first = next(texts, (None, ""))
    title = next((text for style, text in chain([first], texts) if style == "Title"), None)
    shown = title or (first[1] if first[0] == "heading 1" else "")
    return shown if len(shown) <= LONGEST_TITLE else None


def _own_title(packed: zipfile.ZipFile, where: str) -> str | None:
    """The title that the file gives itself."""
    try:
        said = _xml(packed.read(_CORE)).findtext("{http://purl.org/dc/elements/1.1/}title")
    except KeyError:  # it says nothing of itself
        return None
    except Exception:  # of lxml, zipfile and zlib
        set_aside("title", None, where)
        return None
    return own_title(said or "")


def _lines(element: Any) -> Iterator[str]:
    """The paragraphs and rows of tables in an element that have text, in their order.

    What stands in the text boxes of a paragraph follows it. A row with one cell of text, as in a frame around an
    article, keeps its paragraphs.
    """
    for part in _inside(element, {_PARAGRAPH, _TABLE}):
        if part.tag == _PARAGRAPH:
            yield from filter(None, [_on_one_line(part)])
            for box in _inside(part, {_BOX}):
                yield from _lines(box)
            continue
        for row in _inside(part, {_ROW}):
            cells = [list(_lines(cell)) for cell in _inside(row, {_CELL})]
            filled = [cell for cell in cells if cell]
            yield from filled[0] if len(filled) == 1 else filter(None, [" | ".join(" ".join(cell) for cell in filled)])


def _on_one_line(paragraph: Any) -> str:
    """The text of a paragraph without its text boxes."""
    parts = _inside(paragraph, {_TEXT, _BOX, *_SIGNS})
    return " ".join("".join(_SIGNS.get(part.tag, part.text or "") for part in parts if part.tag != _BOX).split())


def _inside(element: Any, tags: Set[str]) -> Iterator[Any]:
    """The outermost elements with one of the tags; content controls and insertions may stand around them."""
    for part in element:
        if part.tag in tags:
            yield part
        elif isinstance(part.tag, str) and part.tag not in _LEFT_OUT:
            yield from _inside(part, tags)


def read_rtf(stream: BinaryIO, where: str, options: ReadOptions) -> Article:
    """The article of an RTF file. Raises ArticleError if it is none."""
    from striprtf.striprtf import rtf_to_text  # few runs need it

    data = stream.read(LIMIT + 1)
    if len(data) > LIMIT:
        raise ArticleError(where, f"over {LIMIT:,} bytes: not one article")
    if not data.lstrip().startswith(b"{\\rtf"):
        raise ArticleError(where, "not RTF")
    rtf = _FONTS.sub(r"\\*\\fonts", _FIELD.sub("", data.decode("cp1252", "replace")))
    try:
        text: str = rtf_to_text(rtf, errors="replace")  # type: ignore[no-untyped-call]
    except Exception as error:  # any error of the parser concerns this file only
        raise ArticleError(where, f"damaged, or not RTF ({type(error).__name__}: {error})") from error
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # RTF writes both halves of a pair
    return of_file(text, where, options)
