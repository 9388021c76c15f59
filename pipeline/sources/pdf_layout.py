"""The order of reading of a PDF: runs of letters to columns, rows of tables and paragraphs, and these to one text.

Coordinates are in points; `v` grows downwards, as lines are read. Gaps are in em, the height of a letter.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise, takewhile
from math import ceil
from statistics import median

CELL_GAP = 1.0  # a wider gap parts two cells or two columns
_TIGHT = 1.45  # from line to line inside a cell; rows of a table stand further apart
_NEAR = 4  # rows in which a table goes on
_PROSE, _FULL = 15, 0.65  # letters of a line of a column of prose, and the share of its width, at least
_COLUMNS, _COLUMN_LINES, _EDGES = 6, 4, 20  # of a page at most; of a column at least; places tried for its edge
_EDGE_LINES, _SHARE = 3, 0.3  # lines at each edge of a page that may be heads; pages that have the same head
_LONGEST = 200  # letters of a head
_WHOLE = 4  # letters of half a word that is a word of its own
_SYMBOL = "[\u2022\u25cf\u25aa\u25e6\u2023\u00b7\u25a0\uf0b7\uf0a7*o\u2013\u2014-]"
BULLET = re.compile(
    rf"(?:{_SYMBOL}|\(?(?:[0-9]{{1,3}}|[ivx]{{1,5}}|[A-Za-z])[.)]|[0-9]{{1,2}}(?:\.[0-9]{{1,2}}){{1,4}}\.?)(?:\s|$)"
)
_ENDED = re.compile(r"[.!?:;\u2026][\"\u201d\u2019)\]]*[\u00b9\u00b2\u00b3\u2070-\u2079]*$")
_PAGE_NUMBER = re.compile(
    r"\W*(?P<said>page|pg?\.?)?\s*(?:(?P<number>\d{1,4})|[ivxl]{1,8})(?:\s*(?:of|/)\s*\d+)?\W*", re.I
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_HYPHENS = ("-", "\u00ad", "\u2010")


@dataclass(slots=True)
class Run:
    """Letters that stand side by side: from `left` to `right` on the base line `v`, of the height `em`."""

    text: str
    left: float
    right: float
    v: float
    em: float


@dataclass(slots=True)
class Line:
    """The cells of one line, from left to right; a line of prose is one cell."""

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
        return max(cell.right for cell in self.cells)


@dataclass
class Block:
    """A paragraph, as its lines, or one row of a table (`table`), as its cells.

    `full`: no further word had room in the last line. `first`: of its column.
    """

    lines: list[str]
    em: float
    table: bool = False
    full: bool = False
    first: bool = False

    @property
    def is_open(self) -> bool:
        """Whether its sentence may go on in another column or overleaf."""
        return not self.table and not _ENDED.search(self.lines[-1])


def text_of(pages: Sequence[Sequence[Run]], others: Sequence[str]) -> tuple[str, list[int], list[bool]]:
    """The text, the offset in it at which each page begins, and whether each page has text.

    `others`: what each page holds in other directions; a watermark, which repeats, is left out, and so are heads, feet
    and page numbers.
    """
    marks, needed = Counter(others), max(2, ceil(_SHARE * len(pages)))
    found: list[list[Block]] = []
    edge: float | None = None
    for runs, other in zip(_without_heads(pages, needed), others, strict=True):
        edge = _edge(runs, edge)
        blocks = [block for flow in _flows(runs, edge) for block in _blocks(_lines(flow))]
        found.append(blocks + ([Block([other], 0.0)] if other and marks[other] < needed else []))
    return *_joined(found), [bool(blocks) for blocks in found]


def _lines(runs: Iterable[Run]) -> list[Line]:
    """The lines, from top to bottom; raised and lowered small letters are in their line."""
    lines: list[list[Run]] = []
    tallest: Run | None = None  # of the last line
    for run in sorted(runs, key=lambda run: (run.v, run.left)):
        small, tall = sorted((tallest.em, run.em)) if tallest else (0.0, 0.0)
        if tallest and abs(run.v - tallest.v) <= (0.5 if small < 0.85 * tall else 0.3) * tall:
            lines[-1].append(run)
            tallest = max(tallest, run, key=lambda run: run.em)
        else:
            lines.append([run])
            tallest = run
    return [_line(sorted(line, key=lambda run: run.left)) for line in lines]


def _line(runs: list[Run]) -> Line:
    """A line with its runs joined to cells."""
    tallest = max(runs, key=lambda run: (len(run.text) > 2, run.em))
    cells: list[Run] = []
    for run in runs:
        gap = run.left - cells[-1].right if cells else 0.0
        if cells and (gap <= CELL_GAP * tallest.em or (len(cells) == 1 and BULLET.fullmatch(cells[0].text))):
            space = " " if gap > 0.12 * tallest.em else ""
            last = cells[-1]
            cells[-1] = replace(last, text=last.text + space + run.text, right=max(last.right, run.right))
        else:
            cells.append(run)
    gaps = [b.left - a.right for a, b in pairwise(cells)]
    if len(gaps) > 1 and max(gaps) < 1.1 * min(gaps) and not any(" " in cell.text for cell in cells):
        whole = " ".join(cell.text for cell in cells)  # a justified line of a narrow column
        cells = [replace(cells[0], text=whole, right=cells[-1].right)]
    return Line(cells, tallest.v, tallest.em)


def _without_heads(pages: Sequence[Sequence[Run]], needed: int) -> Iterator[Sequence[Run]]:
    """The runs of each page without heads and feet, which repeat `needed` times but for one number, and page numbers.

    Pages of the same lines count as one, and no page loses all of its lines if these are more than a head and a foot.
    """
    sides = [_outer_lines(page, number) for number, page in enumerate(pages, 1)]
    distinct = {frozenset(key for side in page for _, keys in side for key in keys) for page in sides}
    counts = Counter(key for keys in distinct for key in keys)

    def is_head(line: Line, keys: set[str]) -> bool:
        said = _PAGE_NUMBER.fullmatch(line.text)
        sure = said and (said["said"] or (len(pages) == 1 and said["number"] == "1"))
        return bool(sure) or any(counts[key] >= (2 if said else needed) for key in keys)

    for runs, page in zip(pages, sides, strict=True):
        gone = [line for side in page for line, _ in takewhile(lambda one: is_head(*one), side)]
        kept = [run for run in runs if not any(abs(run.v - line.v) <= 0.5 * line.em for line in gone)]
        yield kept if kept or sum(bool(keys) for side in page for _, keys in side) <= 2 else runs


def _outer_lines(page: Sequence[Run], number: int) -> list[list[tuple[Line, set[str]]]]:
    """The lines at the top and at the bottom of a page, from the edge inwards, and by what each is known elsewhere."""
    lines = _lines(page)
    below = min(_EDGE_LINES, len(lines) // 2)
    above = min(_EDGE_LINES, len(lines) - below)
    sides = (lines[:above], lines[: len(lines) - below - 1 : -1])
    return [
        [(line, {f"{n} {key}" for key in _keys(line.text, number)}) for line in side] for n, side in enumerate(sides)
    ]


def _keys(text: str, number: int) -> Iterator[str]:
    """By how much a page number exceeds the number of the page; else the words, and these without one number."""
    if said := _PAGE_NUMBER.fullmatch(text[:_LONGEST]):
        yield f"#{int(said['number']) - number}" if said["number"] else "#"
    elif len(text) <= _LONGEST and sum(map(str.isalpha, text)) >= 3:
        text = " ".join(text.casefold().split())
        yield text
        yield from (f"{text[: one.start()]}#{text[one.end() :]}" for one in re.finditer(r"\d+", text))


def _edge(runs: Sequence[Run], before: float | None) -> float | None:
    """Where the second column of a page begins; None where there is one column only.

    `before`: the same of the page before. It decides where the second column has few lines.
    """
    edge = _gutter(runs)
    if edge is not None or before is None:
        return edge
    left = [run for run in runs if run.right <= before]
    apart = all(run.right <= before or run.left >= before - 1 for run in runs)
    return before if apart and len(left) >= _COLUMN_LINES and _is_prose(left) else None


def _gutter(runs: Sequence[Run]) -> float | None:
    """Where the second of two columns begins: there many lines begin, and prose fills both sides of it."""
    starts: dict[int, list[float]] = {}
    for run in runs:
        if len(run.text) >= _PROSE:
            starts.setdefault(round(run.left), []).append(run.left)
    near = {place: sum(len(starts.get(place + step, ())) for step in (-1, 0, 1)) for place in starts}
    edges = sorted(min(starts[place]) for place, count in near.items() if count >= _COLUMN_LINES)
    for edge in edges[:_EDGES]:
        left, right = [run for run in runs if run.right <= edge], [run for run in runs if run.left >= edge - 1]
        if min(len(left), len(right)) >= _COLUMN_LINES:
            top, bottom = min(run.v for run in right), max(run.v for run in right)
            beside = sum(top - run.em <= run.v <= bottom + run.em for run in left)
            if beside >= _COLUMN_LINES and _is_prose(left) and _is_prose(right):
                return edge
    return None


def _is_prose(side: Sequence[Run]) -> bool:
    """Whether its lines fill their column, with letters and not with numbers."""
    lines = _lines(side)
    width = max(line.right for line in lines) - min(line.left for line in lines)
    text = "".join(line.text for line in lines)
    return (
        median(len(line.text) for line in lines) >= _PROSE
        and median(line.right - line.left for line in lines) >= _FULL * width
        and sum(map(str.isalpha, text)) >= 0.6 * len(text)
    )


def _flows(runs: Sequence[Run], edge: float | None, most: int = _COLUMNS) -> Iterator[Sequence[Run]]:
    """The runs of each column, in the order of reading; what stands across columns comes between them."""
    if edge is None:
        yield from [runs] if runs else []
        return
    in_order = sorted(runs, key=lambda run: run.v)
    for is_across, part in groupby(in_order, lambda run: run.left < edge - 1 and run.right > edge):
        own = list(part)
        left = [run for run in own if is_across or run.right <= edge]
        yield from [left] if left else []
        if right := [run for run in own if not is_across and run.right > edge]:
            yield from _flows(right, _gutter(right) if most > 2 else None, most - 1)


def _blocks(lines: list[Line]) -> Iterator[Block]:
    """The rows of tables of a column, and the paragraphs between them."""
    tabular = _tabular(lines)
    for is_table, part in groupby(range(len(lines)), lambda number: number in tabular):
        own = [lines[number] for number in part]
        for number, block in enumerate(_rows(own) if is_table else _paragraphs(own)):
            block.first = number == 0 and own[0] is lines[0]
            yield block


def _tabular(lines: list[Line]) -> set[int]:
    """The numbers of the lines that are part of a table: a cell is aligned with one of a row nearby."""
    many = [number for number, line in enumerate(lines) if len(line.cells) > 1]
    found = set[int]()
    for place, one in enumerate(many):
        for other in many[place + 1 : place + _NEAR]:
            if other - one <= _NEAR and _is_aligned(lines[one], lines[other]):
                found.update(range(one, other + 1))
    for last in [number for number in found if number + 1 not in found]:  # more of a cell in its last row
        gaps = [b.v - a.v for a, b in pairwise(lines[max(0, last - _NEAR) : last + 1])]
        for number in range(last + 1, len(lines)):
            tight = lines[number].v - lines[number - 1].v <= _TIGHT * lines[last].em < max(gaps, default=0)
            if not tight or lines[number].right - lines[number].left > 0.6 * (lines[last].right - lines[last].left):
                break
            found.add(number)
    return found


def _is_aligned(one: Line, other: Line) -> bool:
    """Whether a cell other than the first begins, ends or is centred where one of the other line does."""
    near = 0.5 * one.em
    return any(
        min(abs(a.left - b.left), abs(a.right - b.right), abs(a.left + a.right - b.left - b.right) / 2) < near
        for a in one.cells[1:]
        for b in other.cells[1:]
    )


def _rows(lines: list[Line]) -> Iterator[Block]:
    """A block for each row of a table; the lines of a cell are joined."""
    tight = [False, *(b.v - a.v <= _TIGHT * a.em for a, b in pairwise(lines))]
    apart = not all(tight[1:])
    groups: list[list[Line]] = []
    for line, is_tight in zip(lines, tight, strict=True):
        goes_on = is_tight and (apart or (len(line.cells) == 1 and line.text[:1].islower()))
        groups += [] if goes_on else [[]]
        groups[-1].append(line)
    for group in groups:
        cells: list[Run] = []
        for cell in (cell for line in group for cell in line.cells):
            above = next((own for own in cells if own.left < cell.right and cell.left < own.right), None)
            if above is None:
                cells.append(replace(cell))
            else:
                above.text += f" {cell.text}"
                above.left, above.right = min(above.left, cell.left), max(above.right, cell.right)
        yield Block([cell.text for cell in sorted(cells, key=lambda cell: cell.left)], group[0].em, table=True)


def _paragraphs(lines: list[Line]) -> Iterator[Block]:
    """Lines joined to paragraphs: a wider gap, another size, a bullet or a line with room left ends one."""
    gaps = [gap for a, b in pairwise(lines) if 0.8 < (gap := (b.v - a.v) / a.em) < 2.6]
    usual = max(median(gaps), 1.1) if gaps else 1.2
    start = 0
    for number in range(1, len(lines) + 1):
        right = max(line.right for line in lines[max(0, number - 12) : number + 12])
        if number == len(lines) or _ends(lines[start:number], lines[number], usual, right):
            own = lines[start:number]
            yield Block([line.text for line in own], own[0].em, full=_is_full(own[-1], right, ""))
            start = number


def _ends(paragraph: Sequence[Line], line: Line, usual: float, right: float) -> bool:
    """Whether a paragraph ends before a line. `usual`: the gap between lines; `right`: where lines around end."""
    first, above = paragraph[0], paragraph[-1]
    if abs(line.em - above.em) > 0.12 * above.em or line.v - above.v > 1.25 * usual * above.em:
        return True
    is_full, is_over = _is_full(above, right, line.text), bool(_ENDED.search(above.text))
    begun = BULLET.match(first.text)
    if (bullet := BULLET.match(line.text)) and not above.text.endswith("-"):
        follows = begun is not None and _value(bullet[0]) == _value(begun[0]) + 1
        return is_over or not is_full or follows or not bullet[0][0].isalnum()
    if line.text[:1].islower():
        return False
    is_hanging = len(paragraph) == 1 and begun is not None
    return not is_full or (is_over and not is_hanging and line.left > above.left + 0.8 * above.em)


def _value(bullet: str) -> int:
    """The number of an item, or that of its letter."""
    sign = re.sub(r"[\W_]", "", bullet)
    return int(sign) if sign.isdecimal() else ord(sign) if len(sign) == 1 else -1


def _is_full(line: Line, right: float, following: str) -> bool:
    """Whether the first word of what follows had no room in the line."""
    word = len(following.split(maxsplit=1)[0]) if following else 4
    return right - line.right < (0.5 * word + 1.5) * line.em


def _joined(pages: Sequence[Sequence[Block]]) -> tuple[str, list[int]]:
    """The text of all pages, and the offset in it at which each begins.

    Paragraphs and rows of tables are parted by a blank line. A paragraph that goes on in another column or overleaf
    stays whole: the small print below it comes before it.
    """
    words = _whole_words(line for page in pages for block in page for line in block.lines)
    text, starts = "", list[int]()
    last, before = "", None  # the block before, as text and as it is
    for page in map(_with_open_end, pages):
        begins = list[int]()
        for block in page:
            own = " | ".join(filter(None, block.lines)) if block.table else _text(block.lines, words)
            if before and block.first and _goes_on(before, block):
                last = _before(last, own, words)
            elif before:
                last = last.removesuffix("\u00ad") + "\n\n"
            text += last
            begins.append(len(text))
            last, before = own, block
        starts += [*begins, len(text) + len(last)][:1]
    text += last
    return text, [min(start, len(text)) for start in starts]


def _text(lines: Sequence[str], words: set[str]) -> str:
    text = "".join([*(_before(a, b, words) for a, b in pairwise(lines)), lines[-1]])
    return text[:-1].replace("\u00ad", "") + text[-1:]


def _whole_words(lines: Iterable[str]) -> set[str]:
    """The words that no line end parts, in lower case; they decide about a hyphen at a line end."""
    known = set[str]()
    half = False  # whether the line before ends in half a word
    for line in lines:
        words, parted = _WORD.findall(line.lower()), line.endswith(_HYPHENS)
        known.update(words[half : len(words) - parted])
        half = parted
    return known


def _before(line: str, after: str, words: set[str]) -> str:
    """A line as it stands before the next: with a space, or with the word mended that the line end parts."""
    if line.endswith(_HYPHENS) and not line.endswith((" -", "--")):
        return line if not line.endswith("\u00ad") and _keeps(line, after, words) else line[:-1]
    is_joined = line.endswith(("\u2013", "/")) and line[-2:-1].strip() and after[:1].isalnum()
    return line if is_joined else f"{line} "


def _keeps(before: str, after: str, words: set[str]) -> bool:
    """Whether a hyphen at a line end is part of the word."""
    ends, first = _WORD.findall(before[-80:-1].lower()), _WORD.match(after[:80].lower())
    if not ends or not first or not before[-2].isalpha() or not after[0].islower():
        return True
    left, right = ends[-1], first[0]
    if f"{left}-{right}" in words or left.rpartition("-")[2] + right in words or left + right in words:
        return f"{left}-{right}" in words
    halves = (left.rpartition("-")[2], right.partition("-")[0])
    return all(len(half) >= _WHOLE and half in words for half in halves)


def _goes_on(before: Block, block: Block) -> bool:
    """Whether a block is the rest of the paragraph before it."""
    text = block.lines[0]
    if not before.is_open or block.table or BULLET.match(text) or abs(before.em - block.em) > 0.12 * before.em:
        return False
    return text[:1].islower() or before.lines[-1].endswith(("-", "\u00ad")) or before.full


def _with_open_end(page: Sequence[Block]) -> Sequence[Block]:
    """The blocks, with an unended last paragraph moved behind the small print below it."""
    sizes = Counter[float]()
    for block in page:
        sizes[round(block.em, 1)] += sum(map(len, block.lines))
    usual, end = max(sizes, key=lambda em: sizes[em], default=0.0), len(page)
    while end > 1 and not page[end - 1].table and page[end - 1].em < 0.92 * usual:
        end -= 1
    if end in (0, len(page)):
        return page
    last = page[end - 1]
    begun = end == 1 and last.lines[0][:1].islower()  # it began on the page before
    return page if begun or not (last.full and last.is_open) else [*page[: end - 1], *page[end:], last]
