"""Takes away what a document prints on most of its pages: heads, feet, page numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from math import ceil

from pipeline.sources.layout import Run, lines_of, row

_LINES = 3  # at the top or bottom of a page that may be heads or feet
_HEAD_AND_FOOT = 2  # lines of a page without text
_LONGEST = 200  # characters of a head
_SHARE = 0.3  # of the pages that have a head; left and right pages may differ, and first pages have none
_NUMBER = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"[-\u2013\u2014|\[(\s]*(?P<said>page|p\.|pg\.?)?\s*(?:(?P<digits>\d{1,4})|(?P<roman>[ivxl]{1,8}))"
    r"(?:\s*(?:of|/)\s*\d{1,4})?[-\u2013\u2014|\])\s]*",
    re.IGNORECASE,
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}

Line = list[Run]
Side = int  # 0 the top, -1 the bottom


def without_running(pages: Sequence[Sequence[Run]]) -> list[list[Run]]:
    """The runs of each page without heads and feet that repeat but for one number, and without bare page numbers.

    Pages of the same lines count as one, and no page loses all of its lines if these are more than a head and a foot.
    """
    edges = [_edges(page) for page in pages]
    needed = max(2, ceil(_SHARE * len(pages)))
    heads = _frequent(
        {frozenset((side, key) for side, line in lines for key in _keys(line)) for lines in edges}, needed
    )
    offsets = Counter(offset for number, lines in enumerate(edges, 1) for offset in {*_offsets(lines, number)})
    found = []
    for number, (page, lines) in enumerate(zip(pages, edges, strict=True), 1):
        gone = set[int]()
        for side in (0, -1):
            for line in (line for where, line in lines if where == side):
                if not (_is_head(side, line, heads) or _is_page_number(line, number, offsets, len(pages))):
                    break
                gone |= {id(run) for run in line}
        kept = [run for run in page if id(run) not in gone]
        is_head = sum(any(_keys(line)) for _, line in lines) <= _HEAD_AND_FOOT
        found.append(kept if kept or is_head else list(page))
    return found


def repeated(texts: Sequence[Sequence[str]]) -> set[str]:
    """The texts that stand on most pages, as a watermark does; `texts`: those of each page."""
    needed = max(2, ceil(_SHARE * len(texts)))
    return {text for text, times in Counter(one for page in texts for one in set(page)).items() if times >= needed}


def _edges(page: Sequence[Run]) -> list[tuple[Side, Line]]:
    """The outer lines of a page, each side from the edge inwards."""
    lines = lines_of(page)
    below = min(_LINES, len(lines) // 2)
    above = min(_LINES, len(lines) - below)
    return [(0, line) for line in lines[:above]] + [(-1, line) for line in lines[: len(lines) - below - 1 : -1]]


def _frequent(pages: set[frozenset[tuple[Side, str]]], needed: int) -> set[tuple[Side, str]]:
    counts = Counter(key for page in pages for key in page)
    return {key for key, times in counts.items() if times >= needed}


def _keys(line: Line) -> Iterator[str]:
    """The words of a line, and the same with `#` in place of one of its numbers."""
    text = " ".join(row(line).text.casefold().split())
    if len(text) > _LONGEST or sum(character.isalpha() for character in text) < 3:
        return
    yield text
    for match in _NUMBER.finditer(text):
        yield f"{text[: match.start()]}#{text[match.end() :]}"


def _is_head(side: Side, line: Line, heads: set[tuple[Side, str]]) -> bool:
    return any((side, key) in heads for key in _keys(line))


def _offsets(lines: list[tuple[Side, Line]], number: int) -> Iterator[int]:
    """By how much the numbers that stand alone at the edges exceed the number of the page."""
    for _, line in lines:
        if (value := _page_number(row(line).text)) is not None:
            yield value - number


def _is_page_number(line: Line, number: int, offsets: Counter[int], pages: int) -> bool:
    text = row(line).text
    value = _page_number(text)
    if value is None:
        return False
    match = _PAGE_NUMBER.fullmatch(text)
    said = bool(match and match["said"])
    return said or offsets[value - number] >= 2 or (pages == 1 and value == 1)


def _page_number(text: str) -> int | None:
    """The number in a line that holds nothing else; small Roman numbers count too."""
    match = _PAGE_NUMBER.fullmatch(text.strip()[:_LONGEST])
    if not match:
        return None
    if match["digits"]:
        return int(match["digits"])
    values = [_ROMAN[letter] for letter in match["roman"].lower()]
    return sum(-one if one < other else one for one, other in zip(values, [*values[1:], 0], strict=True))
