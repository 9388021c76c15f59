"""`pipeline.frames`: tables described once, filled as described, documented in docs/tables.md."""

import logging
from pathlib import Path
from runpy import run_path
from typing import Any

import pandas as pd
import pytest
from builders import DOLLARS, FIRST, commitment, mention, record

import pipeline
from pipeline.errors import SetupError
from pipeline.knowledge.counting import COUNTED
from pipeline.knowledge.folder import Knowledge, write
from pipeline.knowledge.resolve import resolve
from pipeline.publish.tables.schema import KEY, _column, tables
from pipeline.record import Flow, Mention, Record

ROOT = Path(__file__).resolve().parents[3]


def rows(table: str, *records: Record, knowledge: Path | None = None) -> list[Any]:
    return list(pipeline.frames(records, knowledge)[table].itertuples())


@pytest.fixture
def knowledge(tmp_path: Path) -> Path:
    """What is known of three articles, of which the tests export two."""
    write(resolve([record(), record("peru/2"), record("peru/3")], Knowledge()), tmp_path)
    return tmp_path


def test_the_dictionary_is_up_to_date() -> None:
    written = run_path(str(ROOT / ".ci" / "tables.py"))["page"]()
    assert (ROOT / "docs" / "tables.md").read_text(encoding="utf-8") == written, "make tables"


EMPTY = {
    "commitments_flat.provider_countries", "mentions.subdivision", "lasting_projects.aiddata_id",
    "lasting_projects.iati_identifier", "lasting_projects.other_id",
    *(f"lasting_commitments.{name}" for name in (
        "aiddata_id", "currency", "disagree", "iati_identifier", "other_id", "usd", "value",
    )),
}  # fmt: skip


def test_every_column_is_filled_and_every_reference_holds(knowledge: Path) -> None:
    terms: Any = {"interest": "2%", "maturity": "18 months", "grace": "1 year"}
    flow = Flow(instrument="loan", provider=["a1"], recipient=["a2"], terms=terms)
    ranged = DOLLARS.model_copy(update={"low": 6e8})
    loan = commitment(
        flow=flow, row_confidence=0.5, with_=["a2"], method="rules+person", boilerplate=False, amounts=[ranged]
    )
    full = record(article={"pages": [0], "story": "peru/1"}, commitments=[loan])
    full = full.model_copy(update={"mentions": [*full.mentions, mention(8, "MONEY", "$700m", value=ranged)]})
    made = pipeline.frames([full, record("peru/2")], knowledge)
    keys = {name: column.name for name, table in tables().items() for column in table.columns if column.type == KEY}
    for name, table in tables().items():
        for column in table.columns:
            cells = made[name][column.name]
            assert column.nullable or cells.notna().all(), f"{name}.{column.name}"
            known = {key for other in column.refers for key in made[other][keys[other]]}
            assert not column.refers or set(cells.dropna()) <= known, f"{name}.{column.name}"
    for name, key in keys.items():
        assert made[name][key].is_unique, name
    assert {f"{name}.{cell}" for name, frame in made.items() for cell in frame if frame[cell].isna().all()} == EMPTY


def test_every_quote_is_where_it_says() -> None:
    made = pipeline.frames([record()])
    (text,) = made["articles"]["text"]
    for name, words in (("sentences", "text"), ("mentions", "text"), ("commitment_evidence", "quote"),
                        ("amounts", "text"), ("dates", "text"), ("relations", "quote")):  # fmt: skip
        for row in made[name].itertuples():
            assert text[row.start : row.end] == getattr(row, words), name
    (row,) = made["commitments"].itertuples()
    assert (text[row.trigger_start : row.trigger_end], row.quote) == (row.trigger, FIRST)


def test_an_outlet_counts_all_its_articles() -> None:
    dates = ["2025-05-02", None, "2024-01-31"]
    records = [record(f"r{n}", {"date": date}) for n, date in enumerate(dates)]
    (row,) = rows("sources", *records, record("r4", {"source": None}))
    assert (row.source, row.articles) == ("Wire", 3)
    assert (str(row.first_date)[:10], str(row.last_date)[:10]) == ("2024-01-31", "2025-05-02")


def test_dollars_are_those_of_the_articles_year() -> None:
    dollars, soles = (row.usd for row in rows("amounts", record("x", {"date": "2019-06-01"})))
    assert (dollars, soles) == (7e8, pytest.approx(2e8 / 3.34, rel=0.01))
    assert all(pd.isna(row.usd) for row in rows("amounts", record("x", {"date": None})))


def test_the_flat_table_has_names_and_what_sums_make_of_each_row() -> None:
    sums = [DOLLARS.model_copy(update={"value": value}) for value in (7e8, 4e8, 3e8)]
    parts = [commitment(id=f"c{n}", status="agreed", amounts=[money]) for n, money in enumerate(sums, 1)]
    terms: Any = {"interest": "2%", "maturity": "18 months"}
    flow = Flow(instrument="purchase", provider=["a2"], recipient=["a1"], terms=terms)
    paid = commitment(id="c4", kind="contract", status="agreed", amounts=[DOLLARS], flow=flow)
    loan, *_, last = found = rows("commitments_flat", record(commitments=[*parts, paid]))
    assert [(row.counted, row.because, row.counted_value) for row in found[1:3]] == [
        (True, COUNTED, 4e8),
        (True, COUNTED, 3e8),
    ]
    assert (loan.counted, loan.because) == (False, "package, its parts are counted: peru/1/c2, peru/1/c3")
    assert (last.counted, last.because.partition(":")[0]) == (False, "purchase")
    assert (loan.provider, loan.recipient, loan.recipient_countries, loan.instrument, loan.project, loan.by_when) == (
        ("Andes Bank", "Peru", "PER", "loan", "Ica ring road", "2027")
    )  # fmt: skip
    assert (str(loan.due)[:10], loan.act_year) == ("2027-12-31", 2025)
    assert (last.provider, last.interest_rate, last.maturity_years) == ("Peru", 2.0, 1.5)


@pytest.mark.parametrize(
    ("name", "programme", "purpose"),
    [("Ica ring road", False, "21020"), ("Ica ring road", True, None), ("Ica project", False, None)],
)
def test_purposes_where_the_name_decides(name: str, programme: bool, purpose: str | None) -> None:
    found = record()
    project = found.projects[0].model_copy(update={"name": name, "programme": programme})
    (row,) = rows("projects", found.model_copy(update={"projects": [project]}))
    assert (None if pd.isna(row.purpose) else row.purpose) == purpose
    assert pd.isna(row.purpose_confidence) == (purpose is None)


@pytest.mark.parametrize(
    ("name", "country", "code"),
    [("Punjab", "PAK", "PK-PB"), ("Punjab", "IND", "IN-PB"), ("Punjab", None, None), ("Ica", "PER", None)],
)
def test_provinces_have_their_code(name: str, country: str | None, code: str | None) -> None:
    found = record("x", {"text": f"{name} rests."}, commitments=[], relations=[], actors=[], projects=[])
    place = Mention(
        id="m1",
        label="PLACE",
        text=name,
        start=0,
        end=len(name),
        sentence=0,
        confidence=1,
        method="rules",
        value=country,
    )
    (row,) = rows("mentions", found.model_copy(update={"mentions": [place]}))
    assert (None if pd.isna(row.subdivision) else row.subdivision) == code


def test_the_page_of_each_quote() -> None:
    paged = pipeline.frames([record(article={"pages": [0, len(FIRST)]})])
    assert list(paged["mentions"]["page"]) == [1] * 6 + [2]
    assert list(paged["commitment_evidence"]["page"]) == [1, 2]
    for name in ("commitments_flat", "commitments", "amounts", "dates", "relations"):
        assert set(paged[name]["page"]) == {1}, name
    bare = pipeline.frames([record()])
    assert all(table["page"].isna().all() for table in bare.values() if "page" in table)


def test_a_path_gives_what_its_records_give(tmp_path: Path) -> None:
    path, records = tmp_path / "records.jsonl", [record(), record("peru/2")]
    path.write_text("".join(f"{each.to_json()}\n" for each in records), encoding="utf-8")
    made, read = pipeline.frames(records), pipeline.frames(path)
    assert list(made) == list(read) == list(tables())
    for name in made:
        pd.testing.assert_frame_equal(made[name], read[name])


def test_what_cannot_be_read_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "corridor"):
        made = pipeline.frames([record("bad", commitments=[commitment(by=["a9"])]), record()])
    assert list(made["articles"]["article"]) == ["peru/1"]
    assert "bad: commitments.by: there is no 'a9'" in caplog.text
    with pytest.raises(SetupError, match="not found"):
        pipeline.frames(str(tmp_path / "nowhere"))
    with pytest.raises(SetupError, match=r"holds no links\.jsonl"):
        pipeline.frames([record()], tmp_path)


def test_a_type_that_is_none_is_named() -> None:
    with pytest.raises(SetupError, match=r"mentions\.label has the unknown type 'labl'"):
        _column("mentions.label", "label", "labl?, what it is")
