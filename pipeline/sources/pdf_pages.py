"""The process in which PDFium runs: takes PDFs from standard input, answers with JSON on standard output.

PDFium can crash, hang or fill the memory, and cannot be interrupted. So this process has limits of its own, ends with
the one that started it, and costs one file only (`pdf.py`).
"""

import json
import math
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from ctypes import c_double
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from pipeline.errors import ArticleError
from pipeline.sources.pdf_layout import CELL_GAP, Run, text_of

PAGES = 2_000  # more is no document that someone reads
MEMORY = 4 << 30  # bytes of address space
_ALARM = 240  # seconds, after which a process that nobody waits for ends
_LETTERS = 2_000_000  # of all pages
_UNREADABLE = 0.2  # of the letters of a page that may be without a Unicode character
_PICTURE = 0.1  # of a page: a smaller picture is an ornament
_SHAPES = 50  # drawn shapes of a page without text: more may be letters
_EM = 0.86  # of the height of PDFium's box around a letter
_STRAIGHT = 4 / 90  # quarters of a turn by which a line may be askew
_SMALL = 0.85  # of the height of the letters beside it: raised or lowered letters are smaller
_SIGNS = {
    0x2: "-", 0xFFFE: "-", 0xFEFF: "", 0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl",
    0xFB05: "st", 0xFB06: "st", **dict.fromkeys((0xF0B7, 0xF0A7, 0xF0D8, 0xF0FC, 0xF076), "\u2022"),
}  # fmt: skip
_RAISED = str.maketrans("0123456789+-()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-()", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎")


class _Page(NamedTuple):
    """The runs in the direction of most letters of a page, and the text in other directions.

    `letters`: how many there are; `unreadable`: no Unicode character is known for so many of them.
    """

    runs: list[Run]
    other: str
    letters: int
    unreadable: int


def main() -> None:
    with suppress(ImportError, ValueError, OSError):  # of Windows; a lower limit is set already
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY if hard < 0 else min(MEMORY, hard), hard))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that waits
    alarm = getattr(signal, "alarm", lambda _: None)
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    outgoing.write(b"ready\n")
    outgoing.flush()
    while size := incoming.readline():
        data = incoming.read(int(size))
        alarm(_ALARM)
        try:
            answer = read_pages(data)
        except ArticleError as error:
            answer = {"reason": error.reason}
        outgoing.write(json.dumps(answer).encode() + b"\n")
        outgoing.flush()
        alarm(0)


def read_pages(data: bytes, where: str = "") -> dict[str, Any]:
    """The `title`, `text` and `pages` of a PDF: the offset at which each begins.

    Raises ArticleError for a PDF that is damaged, encrypted or too long, and for pages that are pictures of text.
    """
    import pypdfium2  # slow to import; few runs need it
    from pypdfium2.raw import FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY

    anew = "open it in a PDF viewer and save it anew"
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        is_locked = getattr(error, "err_code", None) in (FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY)
        reason = "is encrypted; save a copy without password" if is_locked else f"damaged; {anew}"
        raise ArticleError(where, reason) from error
    number = 0
    try:
        with closing(document):
            if not len(document):
                raise ArticleError(where, f"has no page; {anew}")
            if len(document) > PAGES:
                raise ArticleError(where, f"has {len(document):,} pages, more than {PAGES:,}; split it")
            pages = list[_Page]()
            for number in range(1, len(document) + 1):
                pages.append(_page(document[number - 1]))
                if sum(page.letters for page in pages) > _LETTERS:
                    raise ArticleError(where, f"over {_LETTERS:,} letters: not one article; split it")
            text, starts, filled = text_of([page.runs for page in pages], [page.other for page in pages])
            _check(document, pages, filled, where)
            return {"title": str(document.get_metadata_value("Title")), "text": text, "pages": starts}
    except pypdfium2.PdfiumError as error:
        raise ArticleError(where, f"page {number} is damaged ({error}); {anew}") from error
    except (ArithmeticError, LookupError, RecursionError, ValueError) as error:  # places that no page has
        raise ArticleError(where, f"damaged ({type(error).__name__}); print it anew as a PDF") from error


def _page(page: Any) -> _Page:
    with closing(page), closing(page.get_textpage()) as text:
        letters = [*_letters(text.raw, page.get_bbox())]
    unreadable = sum(run.text == "\ufffd" or "\ue000" <= run.text < "\uf900" for _, _, run in letters)
    turns = Counter(turn for turn, _, _ in letters if turn is not None)
    main = turns.most_common(1)[0][0] if turns else 0
    runs, other = list[Run](), list[str]()
    for turn, run in _runs(letters):
        run.text = run.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if turn == main:
            runs.append(run)
        else:
            other.append(run.text)
    return _Page(runs, " ".join(other), len(letters), unreadable)


def _letters(handle: Any, seen: tuple[float, float, float, float]) -> Iterator[tuple[int | None, bool, Run]]:
    """The letters inside the page's box `seen`, each as if the page were turned so that its text is upright.

    With its turn, in quarters against the clock (None for other angles), and whether white space stands before it.
    """
    import pypdfium2.raw as pdfium

    box, x, y = pdfium.FS_RECTF(), c_double(), c_double()
    left, bottom, right, top = seen
    flat: tuple[float, float] | None = None  # the box of the letter before, if it is upright
    turn: int | None = 0
    spaced, v = False, 0.0
    for number in range(pdfium.FPDFText_CountChars(handle)):
        text = _text(pdfium.FPDFText_GetUnicode(handle, number))
        if text.isspace():
            spaced = True
            continue
        if not text or not pdfium.FPDFText_GetLooseCharBox(handle, number, box):
            continue
        if box.right < left - 1 or box.left > right + 1 or box.top < bottom - 1 or box.bottom > top + 1:
            continue
        if flat != (box.bottom, box.top):
            pdfium.FPDFText_GetCharOrigin(handle, number, x, y)
            quarters = -pdfium.FPDFText_GetCharAngle(handle, number) / (math.pi / 2)
            near = round(quarters)
            turn = near % 4 if abs(quarters - near) < _STRAIGHT else None
            flat = (box.bottom, box.top) if turn == 0 else None
            v = -y.value
        em = _EM * (box.right - box.left if turn in (1, 3) else box.top - box.bottom)
        if em < 0.5:
            em = abs(pdfium.FPDFText_GetFontSize(handle, number)) or 10.0
        match turn:
            case 1:
                run = Run(text, box.bottom, box.top, x.value, em)
            case 2:
                run = Run(text, -box.right, -box.left, -v, em)
            case 3:
                run = Run(text, -box.top, -box.bottom, -x.value, em)
            case _:
                run = Run(text, box.left, box.right, v, em)
        yield turn, spaced, run
        spaced = False


@lru_cache(maxsize=4_096)
def _text(code: int) -> str:
    """The characters of a letter, a space for white space, and nothing for a letter that is not seen."""
    if code in _SIGNS:
        return _SIGNS[code]
    if code == 0x200B or (chr(code).isspace() and not 0x1C <= code < 0x20):
        return " "
    return "\ufffd" if code < 0x20 or 0x7F <= code < 0xA0 else chr(code)


def _runs(letters: Sequence[tuple[int | None, bool, Run]]) -> Iterator[tuple[int | None, Run]]:
    """The runs of letters with their turns, in the order of the file."""
    run: Run | None = None
    turn: int | None = None
    for own, spaced, letter in letters:
        more = _more(run, letter, own is None) if run and own == turn else None
        if run and more is not None:
            run.text += (" " if spaced else "") + more
            run.right = max(run.right, letter.right)
            continue
        if run:
            yield turn, run
        run, turn = letter, own
    if run:
        yield turn, run


def _more(run: Run, letter: Run, is_slanted: bool) -> str | None:
    """How a letter is written behind a run, raised or lowered if it is; None if it does not stand beside it."""
    if is_slanted:
        return letter.text
    gap, shift = letter.left - run.right, (run.v - letter.v) / run.em  # upwards
    if not -0.5 * run.em <= gap <= CELL_GAP * run.em:
        return None
    if letter.em <= _SMALL * run.em and gap <= 0.3 * run.em:
        if 0.12 < shift < 0.7:
            return letter.text.translate(_RAISED)
        if -0.65 < shift < -0.08:
            return letter.text.translate(_LOWERED)
    return letter.text if abs(shift) <= 0.12 and letter.em > 0.6 * run.em else None


def _check(document: Any, pages: Sequence[_Page], filled: Sequence[bool], where: str) -> None:
    """Raises ArticleError for pages that are pictures of text, or whose letters have no Unicode characters."""
    if garbled := [number for number, page in enumerate(pages, 1) if page.unreadable > _UNREADABLE * page.letters]:
        reason = f"{_named(garbled)} letters that its fonts give no name; OCR {_them(garbled)} first"
        raise ArticleError(where, reason)
    bare = [number for number, has_text in enumerate(filled, 1) if not has_text]
    if len(bare) == len(pages):
        what = "page 1 has no text" if len(pages) == 1 else f"none of its {len(pages)} pages has text"
        raise ArticleError(where, f"{what}; OCR {_them(bare)} first")
    if scans := [number for number in bare if _is_picture(document[number - 1])]:
        raise ArticleError(where, f"{_named(scans)} no text; OCR {_them(scans)} first")


def _is_picture(page: Any) -> bool:
    """Whether a page without text shows something: a blank page does not."""
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE, FPDF_PAGEOBJ_PATH

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
    *most, last = [str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True)]
    return f"pages {', '.join(most)}{' and ' if most else ''}{last} have"


def _them(numbers: Sequence[int]) -> str:
    return "it" if len(numbers) == 1 else "them"


if __name__ == "__main__":
    main()
