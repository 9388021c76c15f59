"""The order of reading of a page: runs of letters to columns, rows, tables and paragraphs.

Coordinates are in points; `v` grows downwards, as lines are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

CELL_GAP = 1.0  # em; a wider gap parts two cells or two columns
_TIGHT = 1.45  # em from line to line inside a cell; rows of a table stand further apart
_SPACED = 2.2  # em from line to line of a text with wide lines, at most
_PROSE = 15  # letters of a line of a column of prose, at least
_FULL = 0.65  # of the width of a column that its lines fill
_COLUMNS = 6  # of a page, at most
_EDGES = 20  # places of a page where a column may begin that are tried
_COLUMN_LINES = 4  # lines of a column, at least
_NEAR = 4  # rows in which a table goes on
_BULLET = re.compile(
    r"[\u2022\u25cf\u25aa\u25e6\u2023\u00b7\u25a0\uf0b7\uf0a7*o\u2013\u2014-]"
    r"|\(?(?:[0-9]{1,3}|[ivx]{1,5}|[A-Za-z])[.)]|[0-9]{1,2}(?:\.[0-9]{1,2}){1,4}\.?"
)
_ENDED = re.compile(r"[.!?:;][\"\u201d\u2019)]*$")
_BULLETED = re.compile(rf"(?:{_BULLET.pattern})(?:\s|$)")


@dataclass
class Run:
    """Letters that stand side by side: from `left` to `right` on the base line `v`, of the height `em`."""

    text: str
    left: float
    right: float
    v: float
    em: float


@dataclass
class Row:
    """The cells of one line; a line of prose is one cell."""

    cells: list[Run]
    v: float
    em: float

    @property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)

    @property
    def left(self) -> float:
        return self.cells[0].left

    @property
    def right(self) -> float:
        return self.cells[-1].right


@dataclass
class Block:
    """A paragraph, as its lines, or one row of a table (`table`), as its cells.

    `full`: no further word had room in the last line. `em`: the height of its letters. `first`: of its column.
    """

    lines: list[str]
    em: float
    table: bool = False
    full: bool = False
    bulleted: bool = False
    first: bool = False

    @property
    def text(self) -> str:
        return " ".join(self.lines)


def blocks(runs: Sequence[Run], edge: float | None) -> Iterator[Block]:
    """The paragraphs and rows of tables of a page, in the order in which they are read; `edge`: see `edge_of`."""
    for flow in flows(runs, edge):
        for number, block in enumerate(_flow_blocks(rows(flow))):
            block.first = number == 0
            yield block


def edge_of(runs: Sequence[Run], before: float | None = None) -> float | None:
    """Where the second column of a page begins; None where there is one column only.

    `before`: the same of the page before. It decides where the second column has few lines.
    """
    found = _gutter(runs)
    if found is None and before is not None:
        left = [run for run in runs if run.right <= before]
        apart = all(run.right <= before or run.left >= before - 1 for run in runs)
        return before if apart and len(left) >= _COLUMN_LINES and _is_prose(left) else None
    return found


def flows(runs: Sequence[Run], edge: float | None, columns: int = _COLUMNS) -> list[list[Run]]:
    """The runs of each column, in the order of reading; what stands across columns comes between them."""
    if edge is None:
        return [list(runs)] if runs else []
    found: list[list[Run]] = []
    left, right, across = list[Run](), list[Run](), list[Run]()
    for run in sorted(runs, key=lambda run: run.v):
        if run.left < edge - 1 and run.right > edge:
            found += _sides(left, right, columns)
            left, right = [], []
            across.append(run)
        else:
            if across:
                found.append(across)
                across = []
            (left if run.right <= edge else right).append(run)
    found += [*_sides(left, right, columns), *([across] if across else [])]
    return found


def _sides(left: list[Run], right: list[Run], columns: int) -> list[list[Run]]:
    edge = _gutter(right) if columns > 2 else None
    return [*([left] if left else []), *flows(right, edge, columns - 1)]


def _gutter(runs: Sequence[Run]) -> float | None:
    """The left edge of the second of two columns of prose; None where there is one column only."""
    starts: dict[int, list[Run]] = {}
    for run in runs:
        if len(run.text) >= _PROSE:
            starts.setdefault(round(run.left), []).append(run)
    found = [
        min(run.left for run in starts[place])
        for place in starts
        if sum(len(starts.get(near, ())) for near in (place - 1, place, place + 1)) >= _COLUMN_LINES
    ]
    return next((edge for edge in sorted(found)[:_EDGES] if _parts(runs, edge)), None)


def _parts(runs: Sequence[Run], edge: float) -> bool:
    """Whether prose stands on both sides of an edge, in lines that fill their column."""
    left = [run for run in runs if run.right <= edge]
    right = [run for run in runs if run.left >= edge - 1]
    if min(len(left), len(right)) < _COLUMN_LINES:
        return False
    return _side_by_side(left, right) and _is_prose(left) and _is_prose(right)


def _side_by_side(left: list[Run], right: list[Run]) -> bool:
    """Whether the two share some of the height of the page."""
    top, bottom = min(run.v for run in right), max(run.v for run in right)
    return sum(top - run.em <= run.v <= bottom + run.em for run in left) >= _COLUMN_LINES


def _is_prose(side: Sequence[Run]) -> bool:
    lines = rows(side)
    width = max(line.right for line in lines) - min(line.left for line in lines)
    letters = sum(sum(character.isalpha() for character in line.text) for line in lines)
    return (
        median(len(line.text) for line in lines) >= _PROSE
        and median(line.right - line.left for line in lines) >= _FULL * width
        and letters >= 0.6 * sum(len(line.text) for line in lines)
    )


def rows(runs: Iterable[Run]) -> list[Row]:
    """The lines, from top to bottom, each from left to right."""
    return [row(line) for line in lines_of(runs)]


def lines_of(runs: Iterable[Run]) -> list[list[Run]]:
    """The runs of each line, from top to bottom; raised and lowered small letters are in their line."""
    found: list[list[Run]] = []
    tallest: Run | None = None  # of the last line
    for run in sorted(runs, key=lambda run: (run.v, run.left)):
        if tallest and _same_line(tallest, run):
            found[-1].append(run)
            tallest = max(tallest, run, key=lambda one: one.em)
        else:
            found.append([run])
            tallest = run
    return found


def _same_line(tallest: Run, run: Run) -> bool:
    small, tall = sorted((tallest.em, run.em))
    return abs(run.v - tallest.v) <= (0.5 if small < 0.85 * tall else 0.3) * tall


def row(line: Sequence[Run]) -> Row:
    """The line with its runs joined to cells."""
    tallest = max(line, key=lambda run: (len(run.text) > 2, run.em))
    cells: list[Run] = []
    for run in sorted(line, key=lambda run: run.left):
        before = cells[-1] if cells else None
        gap = run.left - before.right if before else 0.0
        bullet = len(cells) == 1 and before and _BULLET.fullmatch(before.text)
        if before and (gap <= CELL_GAP * tallest.em or bullet):
            space = " " if gap > 0.12 * tallest.em else ""
            cells[-1] = Run(before.text + space + run.text, before.left, max(before.right, run.right), run.v, run.em)
        else:
            cells.append(run)
    if len(cells) > 2 and _is_stretched(cells):
        cells = [Run(" ".join(cell.text for cell in cells), cells[0].left, cells[-1].right, tallest.v, tallest.em)]
    return Row(cells, tallest.v, tallest.em)


def _is_stretched(cells: list[Run]) -> bool:
    """Whether it is a justified line of a narrow column: single words with equal gaps."""
    gaps = [b.left - a.right for a, b in pairwise(cells)]
    return max(gaps) < 1.1 * min(gaps) and not any(" " in cell.text for cell in cells)


def _flow_blocks(lines: list[Row]) -> Iterator[Block]:
    """Tables and the paragraphs between them."""
    tabular = _tabular(lines)
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and (end in tabular) == (start in tabular):
            end += 1
        yield from (_table if start in tabular else _paragraphs)(lines[start:end])
        start = end


def _tabular(lines: list[Row]) -> set[int]:
    """The numbers of the lines that are part of a table."""
    many = [number for number, line in enumerate(lines) if len(line.cells) > 1]
    found = set[int]()
    for one, other in ((a, b) for place, a in enumerate(many) for b in many[place + 1 : place + _NEAR]):
        if other - one <= _NEAR and _is_aligned(lines[one], lines[other]):
            between = range(one + 1, other)
            loose = [lines[n].v - lines[n - 1].v for n in range(one + 1, other + 1)]
            if max(loose) <= 4 * lines[one].em:
                found |= {one, other, *between}
    found |= {number for number in many if _stands_alone(lines, number)}
    for edge in sorted(found):
        for beyond, step in ((edge - 1, -1), (edge + 1, 1)):
            if 0 <= beyond < len(lines) and beyond not in found and _belongs(lines, edge, step, found):
                found.add(beyond)
    return found


def _stands_alone(lines: list[Row], number: int) -> bool:
    """Whether a line of cells is far from the lines around, unlike a stretched line of prose."""
    around = lines[max(0, number - 1) : number + 2]
    return len(lines[number].cells) > 2 and all(b.v - a.v > _TIGHT * a.em for a, b in pairwise(around))


def _is_aligned(one: Row, other: Row) -> bool:
    """Whether a cell other than the first begins, ends or is centred where one of the other line does."""
    near = 0.5 * one.em
    return any(
        min(abs(a.left - b.left), abs(a.right - b.right), abs(a.left + a.right - b.left - b.right) / 2) < near
        for a in one.cells[1:]
        for b in other.cells[1:]
    )


def _belongs(lines: list[Row], edge: int, step: int, table: set[int]) -> bool:
    """Whether the line beyond the edge of a table is more of a cell: tight to it, where rows stand further apart."""
    near = [n for n in range(edge - _NEAR, edge + _NEAR + 1) if n in table and n - 1 in table]
    inside = [lines[n].v - lines[n - 1].v for n in near]
    apart = bool(inside) and max(inside) > _TIGHT * lines[edge].em
    beyond = lines[edge + step]
    tight = abs(beyond.v - lines[edge].v) <= _TIGHT * lines[edge].em
    narrow = beyond.right - beyond.left < 0.6 * (lines[edge].right - lines[edge].left)
    return apart and tight and narrow


def _table(lines: list[Row]) -> Iterator[Block]:
    """A block for each row; the lines of a cell are joined."""
    gaps = [b.v - a.v for a, b in pairwise(lines)]
    apart = any(gap > _TIGHT * line.em for gap, line in zip(gaps, lines, strict=False))
    groups: list[list[Row]] = []
    for number, line in enumerate(lines):
        tight = number > 0 and gaps[number - 1] <= _TIGHT * lines[number - 1].em
        goes_on = tight and len(line.cells) == 1 and line.text[:1].islower()
        if groups and ((apart and tight) or goes_on):
            groups[-1].append(line)
        else:
            groups.append([line])
    for group in groups:
        yield Block(_cells(group), group[0].em, table=True)


def _cells(group: list[Row]) -> list[str]:
    """The texts of the cells of a row, from left to right; the lines of a cell overlap."""
    cells: list[Run] = []
    for cell in (cell for line in group for cell in line.cells):
        own = next((one for one in cells if one.left < cell.right and cell.left < one.right), None)
        if own:
            own.text += f" {cell.text}"
            own.left, own.right = min(own.left, cell.left), max(own.right, cell.right)
        else:
            cells.append(replace(cell))
    return [cell.text for cell in sorted(cells, key=lambda cell: cell.left)]


def _paragraphs(lines: list[Row]) -> Iterator[Block]:
    """Lines joined to paragraphs: a wider gap, another size, a bullet or a line with room left ends one."""
    usual = _usual_gap(lines)
    start = 0
    for number in range(1, len(lines) + 1):
        if number == len(lines) or _ends(lines, start, number, usual):
            own = lines[start:number]
            yield Block(
                [line.text for line in own],
                median(line.em for line in own),
                full=_is_full(own[-1], _right(lines, number - 1), ""),
                bulleted=bool(_BULLETED.match(own[0].text)),
            )
            start = number


def _usual_gap(lines: list[Row]) -> float:
    """From line to line, in em."""
    gaps = [(b.v - a.v) / a.em for a, b in pairwise(lines) if 0.8 < (b.v - a.v) / a.em < 2.6]
    return median(gaps) if gaps else 1.2


def _ends(lines: list[Row], start: int, number: int, usual: float) -> bool:
    """Whether a paragraph ends before the line of that number."""
    above, line = lines[number - 1], lines[number]
    if abs(line.em - above.em) > 0.12 * above.em or _is_apart(lines, start, number, usual):
        return True
    right = _right(lines, number)
    if (bullet := _BULLETED.match(line.text)) and not above.text.endswith("-"):
        sure = not bullet[0][0].isalnum() or _ENDED.search(above.text) is not None
        return sure or _follows(lines[start].text, bullet[0]) or not _is_full(above, right, line.text)
    first = lines[start]
    hanging = number - start == 1 and _BULLETED.match(first.text)
    indented = line.left > above.left + 0.8 * above.em and not hanging
    if indented and number - start > 1:
        return True
    if line.text[:1].islower():
        return False
    if indented and _ENDED.search(above.text):
        return True
    return not _is_full(above, right, line.text)


def _is_apart(lines: list[Row], start: int, number: int, usual: float) -> bool:
    """Whether more space stands before a line than between lines of the paragraph."""

    def before(place: int) -> list[float]:
        known = 0 < place < len(lines)
        return [(lines[place].v - lines[place - 1].v) / lines[place - 1].em] if known else []

    (gap,) = before(number)
    if gap <= max(usual, 1.1) * 1.25:
        return False
    same = before(number - 1 if number - start > 1 else number + 1)
    wide = bool(same) and abs(gap - same[0]) < 0.1 and gap < _SPACED
    return not (wide and _is_full(lines[number - 1], _right(lines, number), lines[number].text))


def _follows(text: str, bullet: str) -> bool:
    """Whether a bullet is the next one after that with which a paragraph begins: `3.` after `2.`."""
    before = _BULLETED.match(text)
    old, new = (re.sub(r"[\W_]", "", one) for one in (before[0] if before else "", bullet))
    if old.isdecimal() and new.isdecimal():
        return int(new) == int(old) + 1
    return len(old) == len(new) == 1 and ord(new) == ord(old) + 1


def _right(lines: list[Row], number: int) -> float:
    """Where the lines around end, at most."""
    return max(line.right for line in lines[max(0, number - 12) : number + 12])


def _is_full(line: Row, right: float, following: str) -> bool:
    """Whether the first word of what follows had no room in the line."""
    word = len(following.split(maxsplit=1)[0]) if following else 4
    return right - line.right < (0.5 * word + 1.5) * line.em
