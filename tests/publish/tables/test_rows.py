"""The tables: described once, filled as described, and documented in docs/tables.md."""

from pathlib import Path
from runpy import run_path

import pytest
from builders import DOLLARS, FIRST, commitment, record

from pipeline.errors import SetupError
from pipeline.knowledge.counting import COUNTED
from pipeline.knowledge.folder import Knowledge, write
from pipeline.knowledge.resolve import resolve
from pipeline.publish.index import RecordIndex
from pipeline.publish.tables.batches import batches
from pipeline.publish.tables.flat import FLAT
from pipeline.publish.tables.frames import frames
from pipeline.publish.tables.rows import ROWS, mentions, projects
from pipeline.publish.tables.schema import KEY, _column, tables
from pipeline.record import Flow

ROOT = Path(__file__).resolve().parents[3]


def test_the_dictionary_is_up_to_date() -> None:
    written = run_path(str(ROOT / ".ci" / "tables.py"))["page"]()
    assert (ROOT / "docs" / "tables.md").read_text(encoding="utf-8") == written, "make tables"


def test_every_row_fills_columns_that_are_described() -> None:
    lasting = {"links", "lasting_actors", "lasting_projects", "lasting_commitments"}
    assert {*ROWS, FLAT, "sources"} | lasting == set(tables())
    for name, maker in ROWS.items():
        described = {column.name: column for column in tables()[name].columns}
        rows = list(maker(RecordIndex(record())))
        assert rows, name
        for row in rows:
            assert set(row) <= set(described), name
            assert [c.name for c in described.values() if not c.nullable and row.get(c.name) is None] == [], name


def test_every_reference_is_to_a_table_and_holds(tmp_path: Path) -> None:
    records = [record(), record("peru/2")]
    write(resolve([*records, record("peru/3")], Knowledge()), tmp_path)
    made = frames(records, tmp_path)
    keys = {name: column.name for name, table in tables().items() for column in table.columns if column.type == KEY}
    for name, table in tables().items():
        for column in table.columns:
            known = {key for other in column.refers for key in made[other][keys[other]]}
            if column.refers:
                assert set(made[name][column.name].dropna()) <= known, f"{name}.{column.name}"
                assert made[name][column.name].notna().any(), f"{name}.{column.name}"
    for name, key in keys.items():
        assert made[name][key].is_unique, name


def test_every_quote_is_where_it_says() -> None:
    made = frames([record()])
    (text,) = made["articles"]["text"]
    for name, words in (("sentences", "text"), ("mentions", "text"), ("commitment_evidence", "quote"),
                        ("amounts", "text"), ("dates", "text"), ("relations", "quote")):  # fmt: skip
        for row in made[name].itertuples():
            assert text[row.start : row.end] == getattr(row, words), name
    (row,) = made["commitments"].itertuples()
    assert (text[row.trigger_start : row.trigger_end], row.quote) == (row.trigger, FIRST)


def test_the_outlets_come_last_and_are_of_all_articles() -> None:
    dates = ["2025-05-02", None, "2024-01-31"]
    records = [record(f"r{n}", {"date": date}) for n, date in enumerate(dates)]
    odd = record("r4", {"source": None})
    *_, (name, batch), links, actors, projects, commitments = batches([*records, odd], Knowledge())
    assert name == "sources"
    assert [made.num_rows for _, made in (links, actors, projects, commitments)] == [0] * 4
    (row,) = batch.to_pylist()
    assert (row["source"], row["articles"]) == ("Wire", 3)
    assert (str(row["first_date"]), str(row["last_date"])) == ("2024-01-31", "2025-05-02")


def test_dollars_are_those_of_the_articles_year() -> None:
    dated, undated = (frames([record("x", {"date": day})])["amounts"]["usd"] for day in ("2019-06-01", None))
    dollars, soles = dated
    assert dollars == 7e8
    assert soles == pytest.approx(2e8 / 3.34, rel=0.01)
    assert undated.isna().all()


def test_the_flat_table_has_names_and_what_sums_make_of_each_row() -> None:
    sums = [DOLLARS.model_copy(update={"value": value}) for value in (7e8, 4e8, 3e8)]
    parts = [commitment(id=f"c{n}", status="agreed", amounts=[money]) for n, money in enumerate(sums, 1)]
    terms = Flow(
        instrument="purchase", provider=["a2"], recipient=["a1"], terms={"interest": "2%", "maturity": "18 months"}
    )
    paid = commitment(id="c4", kind="contract", status="agreed", amounts=[DOLLARS], flow=terms)
    rows = frames([record(commitments=[*parts, paid])])["commitments_flat"]
    assert list(rows["counted"]) == [False, True, True, False]
    assert list(rows["because"]) == [
        "package, its parts are counted: peru/1/c2, peru/1/c3",
        COUNTED,
        COUNTED,
        "purchase: the price of goods or works, mostly paid from money that counts by itself",
    ]
    assert list(rows["counted_value"].dropna()) == [4e8, 3e8]
    loan, *_, last = rows.itertuples()
    assert (loan.provider, loan.recipient, loan.recipient_countries, loan.instrument) == (
        "Andes Bank",
        "Peru",
        "PER",
        "loan",
    )
    assert (loan.project, loan.by_when, str(loan.due)[:10], loan.act_year) == (
        "Ica ring road",
        "2027",
        "2027-12-31",
        2025,
    )
    assert (last.provider, last.interest_rate, last.maturity_years) == ("Peru", 2.0, 1.5)


@pytest.mark.parametrize(
    ("name", "programme", "purpose"),
    [("Ica ring road", False, "21020"), ("Ica ring road", True, None), ("Ica project", False, None)],
)
def test_purposes_where_the_name_decides(name: str, programme: bool, purpose: str | None) -> None:
    found = record()
    project = found.projects[0].model_copy(update={"name": name, "programme": programme})
    (row,) = projects(RecordIndex(found.model_copy(update={"projects": [project]})))
    assert row["purpose"] == purpose
    assert (row["purpose_confidence"] is None) == (purpose is None)


def test_provinces_have_their_code() -> None:
    found = record()
    named = [("Punjab", "PAK"), ("Punjab", "IND"), ("Punjab", None), ("Ica", "PER")]
    place = found.mentions[0].model_copy(update={"label": "PLACE"})
    places = [place.model_copy(update={"text": name, "value": country}) for name, country in named]
    rows = mentions(RecordIndex(found.model_copy(update={"mentions": places})))
    assert [row["subdivision"] for row in rows] == ["PK-PB", "IN-PB", None, None]


def test_a_folder_without_knowledge_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"holds no links\.jsonl"):
        frames([record()], tmp_path)


def test_a_type_that_is_none_is_named() -> None:
    with pytest.raises(SetupError, match=r"mentions\.label has the unknown type 'labl'"):
        _column("mentions.label", "label", "labl?, what it is")


def test_the_page_of_each_quote() -> None:
    paged = frames([record(article={"pages": [0, len(FIRST)]})])
    assert list(paged["mentions"]["page"]) == [1] * 6 + [2]
    assert list(paged["commitment_evidence"]["page"]) == [1, 2]
    for name in (FLAT, "commitments", "amounts", "dates", "relations"):
        assert set(paged[name]["page"]) == {1}, name
    bare = frames([record()])
    assert all(table["page"].isna().all() for table in bare.values() if "page" in table)
