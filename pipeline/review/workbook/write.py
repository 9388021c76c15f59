"""Writes the workbook: a sheet for each table, with lists to choose from and notes on headings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pipeline.errors import SetupError
from pipeline.publish.cells import LONGEST, tell_cut
from pipeline.record import Record
from pipeline.review.workbook import carried as hidden
from pipeline.review.workbook.columns import (
    ARTICLE,
    ARTICLES,
    CARRIED,
    COLUMNS,
    COMMITMENTS,
    DECISION,
    EDITABLE,
    HOW,
    ID,
    LABEL,
    LISTS,
    QUOTE,
    REJECTED,
    UNSURE,
    Column,
    lists,
)
from pipeline.review.workbook.guide import GUIDE
from pipeline.review.workbook.rows import rows
from pipeline.whole import whole_path

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

SPARE = 500  # rows below the last that are ready for what was missed
MOST = 1_000_000  # rows of a sheet
CREATED = datetime(2000, 1, 1)  # always, so that the same records give the same bytes
# text is never a formula or a link, whatever it begins with
SETTINGS: dict[str, Any] = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write(out: str, articles: Sequence[Record]) -> None:
    """Raises SetupError where the file cannot be written, or the rows are too many for a sheet."""
    from xlsxwriter import Workbook

    with whole_path(out) as path, Workbook(str(path), SETTINGS) as book:
        book.set_properties({"created": CREATED})
        looks = _looks(book)
        cut = [cell for name in COLUMNS for cell in _table(book, name, articles, looks)]
        _how(book.add_worksheet(HOW), looks)
        _lists(book.add_worksheet(LISTS))
        _carried(book.add_worksheet(CARRIED), articles)
        book.get_worksheet_by_name(COMMITMENTS).activate()
    tell_cut(out, cut)


def _looks(book: Workbook) -> dict[str, Any]:
    top = {"valign": "top", "text_wrap": True, "num_format": "@"}
    return {
        "heading": book.add_format({"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF", "valign": "top"}),
        "open": book.add_format(top),
        "fixed": book.add_format({**top, "bg_color": "#EFEFEF", "font_color": "#404040"}),
        "wide": book.add_format({"text_wrap": True, "valign": "top"}),
        "bold": book.add_format({"bold": True}),
        REJECTED: book.add_format({"font_strikeout": True, "font_color": "#9C0006"}),
        UNSURE: book.add_format({"bg_color": "#FFF2CC"}),
    }


def _table(book: Workbook, name: str, articles: Sequence[Record], looks: dict[str, Any]) -> list[str]:
    """The cells that are filled to their end, since `plain` cuts longer texts."""
    sheet, columns, full = book.add_worksheet(name), COLUMNS[name], list[str]()
    sheet.freeze_panes(1, 2 if name in EDITABLE else 1)
    for at, column in enumerate(columns):
        look = looks["fixed" if column.fixed else "open"]
        sheet.set_column(at, at, column.width, look, {"hidden": column.hidden})
        sheet.write_string(0, at, column.name, looks["heading"])
        sheet.write_comment(0, at, column.says, {"x_scale": 2})
    last = 0
    for row in (row for article in articles for row in rows(article, name)):
        last += 1
        if last > MOST:
            raise SetupError(f"more than {MOST:,} rows of {name} are too many for a sheet; export fewer articles")
        for at, column in enumerate(columns):
            if text := row.get(column.name, ""):
                sheet.write_string(last, at, text, looks["fixed" if column.fixed else "open"])
                full += [f"{column.name} in row {last + 1} of {name}"] if len(text) >= LONGEST else []
    sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
    if name in EDITABLE:
        for at, column in enumerate(columns):
            _valid(sheet, at, column, last)
    else:
        sheet.protect("", {"autofilter": True, "sort": True, "format_columns": True})
    if name == COMMITMENTS:
        _mark_decisions(sheet, columns, last, looks)
    return full


def _valid(sheet: Worksheet, at: int, column: Column, last: int) -> None:
    """What can be typed into a column. Sheets are not protected: then nobody could sort them or add rows."""
    if column.fixed:
        stays = {
            "validate": "custom", "value": "=FALSE", "error_title": "Not corrected here",
            "error_message": f"The column {column.name} says which row it is. Press Esc.",
        }  # fmt: skip
        end = last if column.name in (ARTICLE, QUOTE) else last + SPARE
        if end:
            sheet.data_validation(1, at, end, at, stays)
        if column.name == ARTICLE:
            choice = {"validate": "list", "source": f"={ARTICLES}!$A$2:$A${MOST}", "error_type": "warning"}
            sheet.data_validation(last + 1, at, last + SPARE, at, choice)
    elif column.choice:
        chosen: dict[str, Any] = {
            "validate": "list", "source": _source(column.choice), "input_title": column.name,
            "input_message": column.says[:255], "show_error": not column.many and column.choice not in EDITABLE,
            "error_title": "Not in the list", "error_message": f"Choose one of the list of {column.name}.",
        }  # fmt: skip
        if column.choice == "countries":
            chosen["show_error"] = False  # codes are read too
        sheet.data_validation(1, at, last + SPARE, at, chosen)


def _source(choice: str) -> str:
    """The range of a list; of actors and projects those of the article in the row."""
    if choice in EDITABLE:
        column = next(at for at, column in enumerate(COLUMNS[choice]) if column.name == LABEL)
        found = f"MATCH($A2,{choice}!$A:$A,0)-1"
        return f"=OFFSET({choice}!$A$1,{found},{column},COUNTIF({choice}!$A:$A,$A2),1)"
    names = list(lists())
    letter = chr(ord("A") + names.index(choice))
    return f"={LISTS}!${letter}$2:${letter}${len(lists()[choice]) + 1}"


def _mark_decisions(sheet: Worksheet, columns: Sequence[Column], last: int, looks: dict[str, Any]) -> None:
    names = [column.name for column in columns]
    letter = chr(ord("A") + names.index(DECISION))
    for decision in (REJECTED, UNSURE):
        rule = {"type": "formula", "criteria": f'=${letter}2="{decision}"', "format": looks[decision]}
        sheet.conditional_format(1, names.index(ID), last + SPARE, len(names) - 1, rule)


def _how(sheet: Worksheet, looks: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 28, looks["wide"])
    sheet.set_column(1, 1, 100, looks["wide"])
    at = 0
    for heading, lines in GUIDE:
        sheet.write_string(at, 0, heading, looks["bold"])
        for line in lines:
            sheet.write_string(at, 1, line, looks["wide"])
            at += 1
        at += 1
    for name in EDITABLE:
        sheet.write_string(at, 0, f"Columns of {name}", looks["bold"])
        for column in COLUMNS[name]:
            at += 1
            sheet.write_string(at, 0, column.name)
            sheet.write_string(at, 1, column.says, looks["wide"])
        at += 2
    sheet.protect("")


def _lists(sheet: Worksheet) -> None:
    for at, (name, values) in enumerate(lists().items()):
        sheet.write_column(0, at, [name, *values])
    sheet.hide()


def _carried(sheet: Worksheet, articles: Sequence[Record]) -> None:
    for at, row in enumerate([list(hidden.HEADING), *(hidden.cells(article) for article in articles)]):
        for number, cell in enumerate(row):
            sheet.write_string(at, number, cell)
    sheet.very_hidden()
