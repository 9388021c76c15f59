"""Whatever someone types into the cells: the gold is valid, and what was not typed over is as it was."""

import datetime
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from review.formats.people import TEXT
from review.workbook.office import record

from pipeline.gold.check import problems
from pipeline.record import Record
from pipeline.review.edits.working import in_slot
from pipeline.review.workbook.cells import choices
from pipeline.review.workbook.columns import COMMITMENTS, SHEETS
from pipeline.review.workbook.corrections import Corrections
from pipeline.review.workbook.read import Cell, Row

WORDS = st.lists(st.sampled_from(TEXT.split()), min_size=1, max_size=3).map(" ".join)
VALUES = st.sampled_from(
    ["finance", "Policy", "agreed", "yes", "Laos; Mekong Bank", "the bank", "a1", "[a2]", "Pakse bridge", "$40 million",
     "USD 5 million; EUR 1", "2030", "2025-06", "loan", "210; 230", "LAO", "Peru", "rejected", "unsure", "bank",
     "=1+1", "\x00", ";", "; ;", "'"]
)  # fmt: skip
TYPED = st.one_of(st.just(""), st.integers(-5, 10**15).map(str), WORDS, VALUES, st.text(max_size=12),
                  st.dates(datetime.date(1900, 1, 1)).map(str))  # fmt: skip
LISTS = choices(record(), record())


def row(sheet: str, cells: dict[str, str], typed: dict[str, str]) -> Row:
    blank = {column.name: "" for column in SHEETS[sheet].columns}
    return Row(sheet, 2, {name: Cell(text, "B2") for name, text in (blank | cells | typed).items()})


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_cells_give_valid_gold(data: st.DataObject) -> None:
    refused: Counter[str] = Counter()
    article = Corrections(record(), lambda sheet, at, reason: refused.update([reason]), print)
    touched: dict[str, dict[str, str]] = {}
    for sheet in ("actors", "projects", COMMITMENTS):
        columns = SHEETS[sheet].columns
        names = [column.name for column in columns if not column.fixed]
        for part in SHEETS[sheet].parts(record()):
            typed = touched[part.id] = data.draw(st.dictionaries(st.sampled_from(names), TYPED, max_size=4))
            article.read(row(sheet, {column.name: column.text(record(), part, LISTS) for column in columns}, typed))
    new = {"trigger": "said", "kind": "policy", "status": "agreed"}
    article.read(
        row(COMMITMENTS, new, data.draw(st.dictionaries(st.sampled_from([*names, "quote"]), TYPED, max_size=6)))
    )
    made = article.state.kept
    assert problems(made) == []
    assert made.article == record().article
    assert all(reason and "\n" not in reason for reason in refused)
    require_untouched(made, touched)


def require_untouched(made: Record, touched: dict[str, dict[str, str]]) -> None:
    """Fields whose cell nobody typed into are as before."""
    before = {act.id: act for act in record().commitments}
    for act in made.commitments:
        for field in ("by", "with", "to", "projects", "attributed_to", "amounts", "dates", "sectors"):
            if act.id in before and field not in touched[act.id]:
                assert in_slot(act, field) == in_slot(before[act.id], field), field
        for field in ("kind", "status", "negated"):
            if act.id in before and field not in touched[act.id]:
                assert getattr(act, field) == getattr(before[act.id], field), field
