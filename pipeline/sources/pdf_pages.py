"""Reads the pages of a PDF with PDFium: its title, its text in the order of reading, the offset of each page.

Runs in a process of its own (`pdf_child.py`), because PDFium can crash and cannot be interrupted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, NamedTuple

from pipeline.errors import ArticleError
from pipeline.sources.joined import text_of
from pipeline.sources.layout import Block, blocks, edge_of
from pipeline.sources.letters import Letters, read_letters
from pipeline.sources.running import repeated, without_running
from pipeline.sources.titles import own_title

PAGES = 2_000  # more is no document that someone reads
_LETTERS = 2_000_000  # of all pages
_UNREADABLE = 0.2  # of the letters of a page that may be without a Unicode character
_PICTURE = 0.1  # of a page: a smaller picture is an ornament
_SHAPES = 50  # drawn shapes of a page without text: more may be letters


class Pages(NamedTuple):
    """`starts`: the offset in `text` at which each page begins."""

    title: str | None
    text: str
    starts: list[int]


def read_pages(data: bytes, where: str) -> Pages:
    """Raises ArticleError for a PDF that is damaged, encrypted or too long, and for pages that are pictures of text."""
    try:
        with _opened(data, where) as document:
            return Pages(own_title(str(document.get_metadata_value("Title"))), *text_of(_pages(document, where)))
    except (ArithmeticError, LookupError, RecursionError, ValueError) as error:  # places that no page has
        raise ArticleError(where, f"damaged ({type(error).__name__}); print it anew as a PDF") from error


@contextmanager
def _opened(data: bytes, where: str) -> Iterator[Any]:
    """The document of pypdfium2."""
    import pypdfium2  # slow to import; few runs need it
    from pypdfium2.raw import FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) in (FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY):
            raise ArticleError(where, "is encrypted; save a copy without password") from error
        raise ArticleError(where, "damaged; open it in a PDF viewer and save it anew") from error
    try:
        yield document
    finally:
        document.close()


def _pages(document: Any, where: str) -> list[list[Block]]:
    """The blocks of each page."""
    if not len(document):
        raise ArticleError(where, "has no page; open it in a PDF viewer and save it anew")
    if len(document) > PAGES:
        raise ArticleError(where, f"has {len(document):,} pages, more than {PAGES:,}; split it")
    letters = list(_letters(document, where))
    bodies = without_running([page.runs for page in letters])
    marks = repeated([page.others for page in letters])
    pages: list[list[Block]] = []
    edge: float | None = None
    for page, runs in zip(letters, bodies, strict=True):
        edge = edge_of(runs, edge)
        others = [Block([text], 0.0, bulleted=True) for text in page.others if text not in marks]
        pages.append([*blocks(runs, edge), *others])
    _check(document, pages, letters, where)
    return pages


def _letters(document: Any, where: str) -> Iterator[Letters]:
    total = 0
    for number in range(len(document)):
        with _page(document, number, where) as page:
            found = read_letters(page)
        total += found.count
        if total > _LETTERS:
            raise ArticleError(where, f"over {_LETTERS:,} letters: not one article; split it")
        yield found


@contextmanager
def _page(document: Any, number: int, where: str) -> Iterator[Any]:
    import pypdfium2

    try:
        page = document[number]
    except pypdfium2.PdfiumError as error:
        reason = f"page {number + 1} is damaged; open the file in a PDF viewer and save it anew"
        raise ArticleError(where, reason) from error
    try:
        yield page
    except pypdfium2.PdfiumError as error:
        raise ArticleError(where, f"page {number + 1} cannot be read ({error})") from error
    finally:
        page.close()


def _check(document: Any, pages: Sequence[Sequence[Block]], letters: Sequence[Letters], where: str) -> None:
    """Raises ArticleError for pages that are pictures of text, or whose letters have no Unicode characters."""
    garbled = [n for n, page in enumerate(letters, 1) if page.unreadable > _UNREADABLE * page.count]
    if garbled:
        reason = f"{_named(garbled)} letters that its fonts give no name; OCR {_them(garbled)} first"
        raise ArticleError(where, reason)
    bare = [number for number, page in enumerate(pages, 1) if not page]
    if len(bare) == len(pages):
        what = "page 1 has no text" if len(pages) == 1 else f"none of its {len(pages)} pages has text"
        raise ArticleError(where, f"{what}; OCR {'it' if len(pages) == 1 else 'them'} first")
    scans = [number for number in bare if _is_picture(document, number, where)]
    if scans:
        raise ArticleError(where, f"{_named(scans)} no text; OCR {_them(scans)} first")


def _is_picture(document: Any, number: int, where: str) -> bool:
    """Whether a page without text shows something: a blank page does not."""
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE, FPDF_PAGEOBJ_PATH

    with _page(document, number - 1, where) as page:
        width, height = page.get_size()
        shapes = 0
        for part in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE, FPDF_PAGEOBJ_PATH], max_depth=4):
            shapes += part.type == FPDF_PAGEOBJ_PATH
            left, bottom, right, top = part.get_bounds()
            large = (right - left) * (top - bottom) >= _PICTURE * width * height
            if shapes > _SHAPES or (large and part.type == FPDF_PAGEOBJ_IMAGE):
                return True
    return False


def _named(numbers: Sequence[int]) -> str:
    """`page 3 has`, `pages 3-5 and 9 have`."""
    if len(numbers) == 1:
        return f"page {numbers[0]} has"
    starts = [numbers[0], *(b for a, b in pairwise(numbers) if b != a + 1)]
    ends = [*(a for a, b in pairwise(numbers) if b != a + 1), numbers[-1]]
    ranges = [str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True)]
    *most, last = ranges
    return f"pages {', '.join(most)}{' and ' if most else ''}{last} have"


def _them(numbers: Sequence[int]) -> str:
    return "it" if len(numbers) == 1 else "them"
