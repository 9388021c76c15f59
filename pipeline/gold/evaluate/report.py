"""Shows scores, always with their intervals, as a table or as JSON, and differences as a list."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.errors import number_of
from pipeline.gold.curve import Point
from pipeline.gold.evaluate.differences import Difference
from pipeline.gold.evaluate.score import THRESHOLDS, Calibration, Row, Scores

_COLUMNS = ("prec.", "recall", "F1", "95 % of F1", "hits", "extra", "missed")
_NAMED = 10  # articles named in a note
_MARKS = {"missed": ("- ", "red"), "spurious": ("+ ", "yellow"), "other": ("~ ", "cyan")}


def table(scores: Scores) -> RenderableType:
    """The scores, the same by label, type, kind and slot, calibration, false alarms, and the articles left out."""
    parts: list[RenderableType] = [_rows(number_of(scores.articles, "article"), scores.rows)]
    parts += [_rows(f"{row} by {_BY[row]}", details) for row, details in scores.details.items()]
    parts.append(_calibration(scores.calibration))
    parts += [
        Text(f"{what}: {counts['places']:.0f}, of which {counts['left alone']:.1%} are left alone")
        for what, counts in scores.false_alarms.items()
    ]
    if scores.sum_error is not None:
        parts.append(Text(f"sums of money: mean relative error of an article's sums {scores.sum_error:.3f}"))
    parts += [Text(note) for note in _notes(scores)]
    return Group(*parts)


def to_json(scores: Scores) -> str:
    """Scores as indented JSON; null where a score is not defined."""
    return json.dumps(_plain(asdict(scores)), indent=2, ensure_ascii=False)


CURVE = ("rows", "rows.core", "money", "flow", "commitments", "commitments+status", "slots", "projects", "actors")


def curve_table(points: Sequence[Point]) -> RenderableType:
    """F1 of the main rows by what a language model was allowed to cost."""
    articles = number_of(points[0].scores.articles, "article")
    columns = ["", *(f"{point.share:.0%}" for point in points)]
    found = _table(f"{articles}, F1 by share of the calls of a language model", columns)
    found.add_row("calls", *(f"{point.calls:,}" for point in points))
    found.add_row("tokens", *(f"{point.tokens:,}" for point in points))
    for row in CURVE:
        if all(row in point.scores.rows for point in points):
            found.add_row(row, *(_number(point.scores[row].f1) for point in points))
    return found


def curve_json(points: Sequence[Point]) -> str:
    """The same as JSON, with all scores."""
    return json.dumps([_plain(asdict(point)) for point in points], indent=2, ensure_ascii=False)


def listing(differences: Mapping[str, Sequence[Difference]], articles: int) -> RenderableType:
    """The differences of the first `articles` articles: - missed, + spurious, ~ different."""
    lines: list[RenderableType] = []
    for name, found in list(differences.items())[:articles]:
        lines.append(Text(f"\n{name}: {len(found)} differences", style="bold"))
        for one in found:
            (mark, style), words = _MARKS[one.side], "".join(c if c.isprintable() else " " for c in one.what)
            lines.append(Text.assemble((mark, style), (f"{one.family} ", "dim"), words))
    return Group(*lines)


_BY = {"mentions": "label", "relations": "type", "commitments": "kind", "slots": "slot"}


def _table(title: str, columns: Iterable[str]) -> Table:
    found = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for column in columns:
        found.add_column(column, justify="right" if column else "left", no_wrap=True)
    return found


def _rows(title: str, rows: Mapping[str, Row]) -> Table:
    found = _table(title, ("", *_COLUMNS))
    for name, row in rows.items():
        interval = f"{_number(row.low)}-{_number(row.high)}"
        scores = (_number(row.precision), _number(row.recall), _number(row.f1), interval)
        found.add_row(name, *scores, str(row.tp), str(row.fp), str(row.fn))
    return found


def _calibration(families: Mapping[str, Calibration]) -> Table:
    columns = ["", "values", "ECE", *map(str, THRESHOLDS)]
    found = _table("calibration: precision (share kept) at a confidence of at least", columns)
    for family, one in families.items():
        cells = [f"{_number(at.precision)} ({_number(at.share)})" for at in one.kept]
        found.add_row(family, str(one.count), _number(one.ece), *cells)
    return found


def _notes(scores: Scores) -> list[str]:
    notes = {
        "without a record, counted as missed": scores.missing,
        "without gold, not counted": scores.extra,
        "in one of the two folders only, not counted": scores.alone,
    }
    some = {what: ", ".join(names[:_NAMED]) + ", ..." * (len(names) > _NAMED) for what, names in notes.items()}
    return [f"{number_of(len(names), 'article')} {what}: {some[what]}" for what, names in notes.items() if names]


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.3f}"


def _plain(value: Any) -> Any:
    """A JSON value with None for NaN."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return None if isinstance(value, float) and math.isnan(value) else value
