"""The letters of a PDF page, as PDFium finds them, joined to runs that stand side by side."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from ctypes import c_double
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipeline.sources.layout import CELL_GAP, Run

_EM = 0.86  # of the height of PDFium's box around a letter
_STRAIGHT = math.radians(4)
_SMALL = 0.85  # of the height of the letters beside it: raised or lowered letters are smaller
_HYPHEN, _SOFT_HYPHEN = 0x2, 0xAD
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_BULLETS = {0xF0B7, 0xF0A7, 0xF0D8, 0xF0FC, 0xF076}  # of fonts of symbols
_SPACES = {0x9, 0xA, 0xB, 0xC, 0xD, 0x20, 0x85, 0xA0, 0x2028, 0x2029, 0x202F, 0x3000, *range(0x2000, 0x200C)}
_RAISED = str.maketrans("0123456789+-()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-()", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎")
_PRIVATE = range(0xE000, 0xF900)


@dataclass(frozen=True)
class Letters:
    """`runs`: those in the direction of most letters of the page; `others`: texts in other directions.

    `count`: how many letters there are, and `unreadable` how many of them no Unicode character is known for.
    """

    runs: list[Run]
    others: list[str]
    count: int
    unreadable: int


@dataclass(slots=True)
class _Letter:
    text: str
    turn: int | None  # in quarters, against the clock; None for other angles
    left: float
    right: float
    v: float
    em: float
    spaced: bool  # after white space


def read_letters(page: Any) -> Letters:
    """The letters of a page of pypdfium2. Text outside of the page's box is left out, as it is not seen."""
    textpage = page.get_textpage()
    try:
        letters = list(_letters(textpage, page.get_bbox()))
    finally:
        textpage.close()
    unreadable = sum(_is_unreadable(letter.text) for letter in letters)
    turns = Counter(letter.turn for letter in letters if letter.turn is not None)
    main = turns.most_common(1)[0][0] if turns else 0
    runs, others = list[Run](), list[str]()
    for turn, run in _runs(letters):
        run.text = run.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if turn == main:
            runs.append(run)
        else:
            others.append(run.text)
    return Letters(runs, [" ".join(others)] if others else [], len(letters), unreadable)


def _is_unreadable(text: str) -> bool:
    return text == "\ufffd" or ord(text[0]) in _PRIVATE


def _letters(textpage: Any, seen: tuple[float, float, float, float]) -> Iterator[_Letter]:
    import pypdfium2.raw as pdfium

    handle = textpage.raw
    box, x, y = pdfium.FS_RECTF(), c_double(), c_double()
    left, bottom, right, top = seen
    flat: tuple[float, float] | None = None  # the box of the letter before, if it is upright
    spaced, v = False, 0.0
    turn: int | None = 0
    for number in range(pdfium.FPDFText_CountChars(handle)):
        code = pdfium.FPDFText_GetUnicode(handle, number)
        if code in _SPACES:
            spaced = True
            continue
        if not pdfium.FPDFText_GetLooseCharBox(handle, number, box):
            continue
        if box.right < left - 1 or box.left > right + 1 or box.top < bottom - 1 or box.bottom > top + 1:
            continue
        if flat != (box.bottom, box.top):
            pdfium.FPDFText_GetCharOrigin(handle, number, x, y)
            turn = _turn(pdfium.FPDFText_GetCharAngle(handle, number))
            flat = (box.bottom, box.top) if turn == 0 else None
            v = -y.value
        text = _text(code)
        if text:
            made = _upright(text, turn, box, x.value, v)
            made.spaced = spaced
            if made.em < 0.5:
                made.em = abs(pdfium.FPDFText_GetFontSize(handle, number)) or 10.0
            yield made
            spaced = False


def _turn(clockwise: float) -> int | None:
    quarters = -clockwise / (math.pi / 2)
    near = round(quarters)
    return near % 4 if abs(quarters - near) * math.pi / 2 < _STRAIGHT else None


def _upright(text: str, turn: int | None, box: Any, x: float, v: float) -> _Letter:
    """The letter as if the page were turned so that its text is upright."""
    wide, high = box.right - box.left, box.top - box.bottom
    match turn:
        case 1:
            return _Letter(text, turn, box.bottom, box.top, x, _EM * wide, False)
        case 2:
            return _Letter(text, turn, -box.right, -box.left, -v, _EM * high, False)
        case 3:
            return _Letter(text, turn, -box.top, -box.bottom, -x, _EM * wide, False)
    return _Letter(text, turn, box.left, box.right, v, _EM * high, False)


@lru_cache(maxsize=4_096)
def _text(code: int) -> str:
    """The characters of a letter; nothing for one that is not seen."""
    if code == _HYPHEN or code == 0xFFFE:
        return "-"
    if code in _BULLETS:
        return "\u2022"
    if code == 0 or (code < 0x20) or 0x7F <= code < 0xA0:
        return "\ufffd"
    if code == 0xFEFF:
        return ""
    return _LIGATURES.get(code) or chr(code)


def _runs(letters: list[_Letter]) -> Iterator[tuple[int | None, Run]]:
    """The runs with their turns, in the order of the file."""
    run: Run | None = None
    turn: int | None = None
    for letter in letters:
        space = " " if letter.spaced else ""
        if run and letter.turn is None and turn is None:
            run.text += space + letter.text
            continue
        if run and turn == letter.turn:
            gap = letter.left - run.right
            shift = run.v - letter.v  # upwards
            if -0.5 * run.em <= gap <= CELL_GAP * run.em:
                script = _script(letter, shift, run.em) if gap <= 0.3 * run.em else None
                if script is not None or (abs(shift) <= 0.12 * run.em and letter.em > 0.6 * run.em):
                    run.text += space + (letter.text if script is None else letter.text.translate(script))
                    run.right = max(run.right, letter.right)
                    continue
        if run:
            yield turn, run
        run, turn = Run(letter.text, letter.left, letter.right, letter.v, letter.em), letter.turn
    if run:
        yield turn, run


def _script(letter: _Letter, shift: float, em: float) -> dict[int, int] | None:
    """How to write a raised or lowered small letter; None for any other."""
    if letter.em > _SMALL * em:
        return None
    if 0.12 * em < shift < 0.7 * em:
        return _RAISED
    if -0.65 * em < shift < -0.08 * em:
        return _LOWERED
    return None
