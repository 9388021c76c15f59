"""Whatever someone types into the cells: the gold is valid, and what was not typed over is as it was."""

import datetime
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from review.formats.people import TEXT
from review.workbook.office import record

from pipeline.gold.check import problems
from pipeline.record import Record
from pipeline.review.edits.progress import from_record
from pipeline.review.formats.task import ENTITIES
from pipeline.review.workbook.acts import Acts
from pipeline.review.workbook.cast import correct
from pipeline.review.workbook.columns import COLUMNS, COMMITMENTS, ID, QUOTE
from pipeline.review.workbook.desk import Desk
from pipeline.review.workbook.lines import Line
from pipeline.review.workbook.rows import rows
from pipeline.review.workbook.sheets import Cell, text_of

CARRIED = from_record(record())
WORDS = st.lists(st.sampled_from(TEXT.split()), min_size=1, max_size=3).map(" ".join)
VALUES = st.sampled_from(
    ["finance", "Policy", "agreed", "yes", "Laos; Mekong Bank", "the bank", "a1", "[a2]", "Pakse bridge", "$40 million",
     "USD 5 million; EUR 1", "2030", "2025-06", "loan", "210; 230", "LAO", "Peru", "rejected", "unsure", "bank",
     "=1+1", "\x00", ";", "; ;", "'"]
)  # fmt: skip
TYPED = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 10**15), st.floats(), WORDS, VALUES, st.text(max_size=12),
    st.dates(datetime.date(1900, 1, 1)),
)  # fmt: skip


def line(sheet: str, row: Any, typed: dict[str, Any]) -> Line:
    cells = {column.name: Cell(row.get(column.name, ""), f"A{at}") for at, column in enumerate(COLUMNS[sheet])}
    return Line(sheet, 2, cells | {name: Cell(text_of(value), "B2") for name, value in typed.items()})


def names(sheet: str) -> list[str]:
    return [column.name for column in COLUMNS[sheet] if not column.fixed]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_cells_give_valid_gold(data: st.DataObject) -> None:
    said: list[str] = []
    refused: Counter[str] = Counter()
    desk = Desk(CARRIED, lambda sheet, at, reason: refused.update([reason]), said.append)
    for sheet in ("actors", "projects"):
        for row in rows(record(), sheet):
            typed = data.draw(st.dictionaries(st.sampled_from(names(sheet)), TYPED, max_size=2))
            correct(desk, line(sheet, row, typed), row[ID])
    acts = Acts(desk)
    touched: dict[str, dict[str, Any]] = {}
    for row in rows(record(), COMMITMENTS):
        typed = touched[row[ID]] = data.draw(st.dictionaries(st.sampled_from(names(COMMITMENTS)), TYPED, max_size=4))
        acts.correct(line(COMMITMENTS, row, typed), row[ID])
    typed = data.draw(st.dictionaries(st.sampled_from([*names(COMMITMENTS), QUOTE]), TYPED, max_size=6))
    acts.add(line(COMMITMENTS, {"trigger": "said", "kind": "policy", "status": "agreed"}, typed))
    made = desk.gold()
    assert problems(made) == []
    assert made.article == record().article
    assert all(reason and "\n" not in reason for reason in refused)
    require_untouched(made, touched)


def require_untouched(made: Record, touched: dict[str, dict[str, Any]]) -> None:
    """Fields whose cell nobody typed into are as before; a status that changes may change how dates are read."""
    before = {one.id: one for one in Desk(CARRIED, lambda *_: None, print).gold().commitments}
    for row in made.commitments:
        for field in (*ENTITIES, "kind", "status", "amounts", "dates", "sectors"):
            if row.id in touched and field not in touched[row.id]:
                name = "with_" if field == "with" else field
                assert getattr(row, name) == getattr(before[row.id], name), field
