"""Joins the lines of a document with pages to one text: hyphens, sentences that run over a page, offsets of pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from pipeline.sources.layout import Block

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LAST = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)[-\u00ad\u2010]$")
_FIRST = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_ENDED = re.compile(r"[.!?:;\u2026][\"\u201d\u2019)\]]*[\u00b9\u00b2\u00b3\u2070-\u2079]*$")
_HYPHENS = ("-", "\u00ad", "\u2010")
_WHOLE = 4  # letters of a half that is a word of its own
_LONGEST = 80  # letters of a word
_BREAK = "\n\n"


class Words:
    """The words of a document that no line end parts, in lower case; they decide about a hyphen at a line end."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._known = set[str]()
        half = False  # whether the line before ends in half a word
        for line in lines:
            words = _WORD.findall(line.lower())
            parted = line.endswith(_HYPHENS)
            self._known.update(words[half : len(words) - parted])
            half = parted

    def joined(self, before: str, after: str) -> str:
        """Two lines as one: with a space between, or with the word mended that the line end parts."""
        if before.endswith("\u00ad"):
            return before[:-1] + after
        if before.endswith(("-", "\u2010")) and not before.endswith((" -", "--")):
            return (before if self._keeps(before, after) else before[:-1]) + after
        if before.endswith(("\u2013", "/")) and before[-2:-1].strip() and after[:1].isalnum():
            return before + after
        return f"{before} {after}"

    def _keeps(self, before: str, after: str) -> bool:
        """Whether the hyphen is part of the word."""
        last, first = _LAST.search(before[-_LONGEST:]), _FIRST.match(after[:_LONGEST])
        if not last or not first or not after[:1].islower():
            return True
        left, right = last[1].lower(), first[0].lower()
        if f"{left}-{right}" in self._known:
            return True
        if left.rpartition("-")[2] + right in self._known or left + right in self._known:
            return False
        halves = (left.rpartition("-")[2], right.partition("-")[0])
        return all(len(half) >= _WHOLE and half in self._known for half in halves)


def text_of(pages: Sequence[Sequence[Block]]) -> tuple[str, list[int]]:
    """The text of all pages, and the offset in it at which each begins.

    Paragraphs and rows of tables are parted by a blank line. A paragraph that goes on in another column or overleaf
    stays whole: the small print below it comes before it.
    """
    words = Words(line for page in pages for block in page for line in block.lines)
    parts: list[str] = []
    size, offsets = 0, list[int]()
    before: Block | None = None
    for page in map(_with_open_end, pages):
        offsets.append(size)
        for number, block in enumerate(page):
            text = _text(block, words)
            goes_on = before is not None and block.first and _goes_on(before, block)
            if parts and goes_on:
                old = parts[-1]
                whole = words.joined(old, text)
                parts[-1], text = whole[: len(whole) - len(text)], whole[len(whole) - len(text) :]
                size += len(parts[-1]) - len(old)
            elif parts:
                size -= parts[-1].endswith("\u00ad")
                parts[-1] = parts[-1].removesuffix("\u00ad")
                parts.append(_BREAK)
                size += len(_BREAK)
            if number == 0:
                offsets[-1] = size
            parts.append(text)
            size += len(text)
            before = block
    total = "".join(parts)
    return total, [min(offset, len(total)) for offset in offsets]


def _text(block: Block, words: Words) -> str:
    if block.table:
        return " | ".join(cell for cell in block.lines if cell)
    pieces = [block.lines[0]]
    for line in block.lines[1:]:
        whole = words.joined(pieces[-1], line)
        pieces[-1:] = [whole[: len(whole) - len(line)], line]
    text = "".join(pieces)
    return text[:-1].replace("\u00ad", "") + text[-1:]


def _goes_on(before: Block, block: Block) -> bool:
    """Whether a block is the rest of the paragraph before it."""
    if before.table or block.table or block.bulleted or abs(before.em - block.em) > 0.12 * before.em:
        return False
    if _ENDED.search(before.text):
        return False
    return block.text[:1].islower() or before.text.endswith(("-", "\u00ad")) or before.full


def _usual_size(page: Sequence[Block]) -> float:
    """The height of most letters of a page."""
    letters = Counter[float]()
    for block in page:
        letters[round(block.em, 1)] += len(block.text)
    return max(letters, key=lambda em: letters[em], default=0.0)


def _with_open_end(page: Sequence[Block]) -> Sequence[Block]:
    """The blocks, with an unended last paragraph moved behind the small print below it."""
    usual = _usual_size(page)
    end = len(page)
    while end > 1 and not page[end - 1].table and page[end - 1].em < 0.92 * usual:
        end -= 1
    if end in (0, len(page)):
        return page
    last = page[end - 1]
    begun = end == 1 and last.text[:1].islower()  # it began on the page before
    if begun or last.table or not last.full or _ENDED.search(last.text):
        return page
    return [*page[: end - 1], *page[end:], last]
