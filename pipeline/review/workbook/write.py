"""Writes the workbook: a sheet for each table, with lists to choose from and notes on headings."""

from __future__ import annotations

import base64
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from pipeline.atomic import whole_path
from pipeline.errors import SetupError
from pipeline.publish.cells import AS_TEXT, CREATED, LONGEST, tell_cut
from pipeline.record import Record
from pipeline.review.formats.task import sound_records
from pipeline.review.workbook.columns import (
    ARTICLES,
    CARRIED,
    COMMITMENTS,
    EDITABLE,
    HOW,
    LISTS,
    REJECTED,
    SHEETS,
    UNSURE,
    Column,
    choices,
    lists,
    plain,
)

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

SPARE = 500  # rows below the last that are ready for what was missed
MOST = 1_000_000  # rows of a sheet
_TOP = {"valign": "top", "text_wrap": True, "num_format": "@"}
_LOOKS: dict[str, dict[str, Any]] = {
    "heading": {"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF", "valign": "top"},
    "open": _TOP,
    "fixed": {**_TOP, "bg_color": "#EFEFEF", "font_color": "#404040"},
    "bold": {"bold": True, "valign": "top", "text_wrap": True},
    REJECTED: {"font_strikeout": True, "font_color": "#9C0006"},
    UNSURE: {"bg_color": "#FFF2CC"},
}

GUIDE = """\
What this is
Each row of the sheet commitments is one commitment that was found in an article, with the sentence that states it.
Correct what is wrong, add what was missed, save the file as .xlsx, and send it back.

To correct a row
Type over the cell, or choose from its list. Grey columns say which row it is: leave them.
Where a cell holds several values, put ; between them. Empty the cell where there is none.
The trigger, a new amount and a new date must be words of the article. The sheet sentences has them all.
Names of actors and projects are those of the sheets actors and projects. Add one that is missing there, in a row \
below the last, with an empty id; then use its name.

To judge a row
accepted: it was right. corrected: it is right now. unsure: someone else should look.
rejected: it is no commitment. Do not delete the row: a row that is missing is kept.
A row without a decision is kept as it is.

To add a commitment
Write below the last row. Choose the article, leave the id empty, paste the sentence into quote, and fill in trigger, \
kind and status at least.

What you may do
Sort and filter (whole rows), hide columns, add columns of your own, which are not read.
Do not rename sheets or columns, and do not delete hidden sheets: they hold the articles.

When it is read back
A cell that cannot be read is named with its sheet, its place and the reason; the rest is kept.
corridor annotate import REVIEW.xlsx -o GOLD
"""


def export(source: str, out: str, say: Callable[[str], None]) -> Counter[str]:
    """Writes a gold folder or records as a workbook; returns how many articles are `done` and `failed`.

    `say` is called with each failure. Raises SetupError if `source` cannot be read, if the file cannot be written, or
    if the rows are too many for a sheet.
    """
    from xlsxwriter import Workbook

    count: Counter[str] = Counter()
    articles: dict[str, Record] = {}
    for record in sound_records(source, count, say):
        if plain(record.article.id) in articles:
            say(f"{record.article.id}: comes twice; keep one record of it")
            count["failed"] += 1
        articles.setdefault(plain(record.article.id), record)
    count["done"] = len(articles)
    with whole_path(out) as path, Workbook(str(path), AS_TEXT) as book:
        book.set_properties(CREATED)
        looks = {name: book.add_format(look) for name, look in _LOOKS.items()}
        cut = [cell for name in SHEETS for cell in _table(book, name, articles.values(), looks)]
        _how(book.add_worksheet(HOW), looks)
        offered = book.add_worksheet(LISTS)
        for at, (name, choice) in enumerate(lists().items()):
            offered.write_column(0, at, [name, *choice.labels.values()])
        offered.hide()
        _carried(book.add_worksheet(CARRIED), articles.values())
        book.get_worksheet_by_name(COMMITMENTS).activate()
    tell_cut(out, cut)
    return count


def _table(book: Workbook, name: str, articles: Iterable[Record], looks: dict[str, Any]) -> list[str]:
    """Writes a sheet; returns its cells that are filled to their end, since longer texts are cut."""
    sheet, columns, full, last = book.add_worksheet(name), SHEETS[name].columns, list[str](), 0
    of_column = [looks["fixed" if column.fixed else "open"] for column in columns]
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width, of_column[at], {"hidden": column.name == "label"})
        sheet.write_string(0, at, column.name, looks["heading"])
        sheet.write_comment(0, at, column.says, {"x_scale": 2})
    pairs = ((record, part) for record in articles for part in SHEETS[name].parts(record))
    for last, (record, part) in enumerate(pairs, 1):
        if last > MOST:
            raise SetupError(f"more than {MOST:,} rows of {name} are too many for a sheet; export fewer articles")
        known = choices(record, record)
        for at, column in enumerate(columns):
            if text := column.text(record, part, known):
                sheet.write_string(last, at, text, of_column[at])
                full += [f"{column.name} in row {last + 1} of {name}"] if len(text) >= LONGEST else []
    _guard(sheet, name, last, looks)
    return full


def _guard(sheet: Worksheet, name: str, last: int, looks: dict[str, Any]) -> None:
    """Filters, what can be typed into each column, and the marks of decisions.

    Sheets that are corrected are not protected: then nobody could sort them or add rows.
    """
    columns = SHEETS[name].columns
    sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
    sheet.freeze_panes(1, 2 if name in EDITABLE else 1)
    if name not in EDITABLE:
        sheet.protect("", {"autofilter": True, "sort": True, "format_columns": True})
        return
    for at, column in enumerate(columns):
        _valid(sheet, at, column, last)
    if name == COMMITMENTS:
        letter = chr(ord("A") + [column.name for column in columns].index("decision"))
        for decision in (REJECTED, UNSURE):
            rule = {"type": "formula", "criteria": f'=${letter}2="{decision}"', "format": looks[decision]}
            sheet.conditional_format(1, 1, last + SPARE, len(columns) - 1, rule)


def _valid(sheet: Worksheet, at: int, column: Column, last: int) -> None:
    if column.fixed:
        stays = {
            "validate": "custom", "value": "=FALSE", "error_title": "Not corrected here",
            "error_message": f"The column {column.name} says which row it is. Press Esc.",
        }  # fmt: skip
        end = last if column.name in ("article", "quote") else last + SPARE
        if end:
            sheet.data_validation(1, at, end, at, stays)
        if column.name == "article":
            choice = {"validate": "list", "source": f"={ARTICLES}!$A$2:$A${MOST}", "error_type": "warning"}
            sheet.data_validation(last + 1, at, last + SPARE, at, choice)
    elif column.choice:
        strict = not column.many and column.choice not in (*EDITABLE, "countries")  # codes of countries are read too
        chosen: dict[str, Any] = {
            "validate": "list", "source": _source(column.choice), "input_title": column.name,
            "input_message": column.says[:255], "show_error": strict,
            "error_title": "Not in the list", "error_message": f"Choose one of the list of {column.name}.",
        }  # fmt: skip
        sheet.data_validation(1, at, last + SPARE, at, chosen)


def _source(choice: str) -> str:
    """The range of a list; of actors and projects those of the article in the row."""
    if choice in EDITABLE:
        column = [column.name for column in SHEETS[choice].columns].index("label")
        first = f"MATCH($A2,{choice}!$A:$A,0)-1"
        return f"=OFFSET({choice}!$A$1,{first},{column},COUNTIF({choice}!$A:$A,$A2),1)"
    letter = chr(ord("A") + list(lists()).index(choice))
    return f"={LISTS}!${letter}$2:${letter}${len(lists()[choice].labels) + 1}"


def _how(sheet: Worksheet, looks: dict[str, Any]) -> None:
    lines: list[tuple[str, str]] = []
    for block in GUIDE.split("\n\n"):
        heading, first, *others = block.splitlines()
        lines += [(heading, first), *(("", line) for line in others), ("", "")]
    for name in EDITABLE:
        columns = SHEETS[name].columns
        lines += [(f"Columns of {name}", ""), *((column.name, column.says) for column in columns), ("", "")]
    sheet.set_column(0, 0, 28, looks["bold"])
    sheet.set_column(1, 1, 100, looks["open"])
    for at, line in enumerate(lines):
        sheet.write_row(at, 0, line)
    sheet.protect("")


def _carried(sheet: Worksheet, articles: Iterable[Record]) -> None:
    """The record of each article as it was exported, packed into letters and digits, which no program changes."""
    sheet.write_row(0, 0, ["article", "what", "content"])
    for at, record in enumerate(articles, 1):
        packed = base64.b64encode(zlib.compress(record.to_json().encode(), 9)).decode()
        pieces = [packed[start : start + LONGEST] for start in range(0, len(packed), LONGEST)]
        for number, cell in enumerate([record.article.id, "record", *pieces]):
            sheet.write_string(at, number, cell)
    sheet.very_hidden()
