"""Tables as files: the same values and proper types in each form, the same bytes each time, whole or not at all."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from builders import DOLLARS, FIRST, bare, commitment, record

from pipeline.errors import SetupError
from pipeline.publish.formats import TABLES, Options
from pipeline.publish.tables import batches, files
from pipeline.publish.tables.frames import frames
from pipeline.publish.tables.schema import tables
from pipeline.record import Record

RECORDS = [record(), bare("quiet"), record("peru/2", {"title": None, "date": None, "source": 'The "Day", Lima'})]


def written(folder: Path, form: str) -> dict[str, Path]:
    files.write(RECORDS, str(folder / form), Options(form))
    found = {path.stem: path for path in (folder / form).iterdir()}
    assert set(found) == set(tables())
    return found


def test_parquet_gives_pandas_its_types(tmp_path: Path) -> None:
    made = frames(RECORDS)
    for name, path in written(tmp_path, "parquet").items():
        read = pd.read_parquet(path)
        assert list(read) == list(made[name])
        if not read.empty:  # else a closed set has lost its values
            pd.testing.assert_frame_equal(read, made[name])
    articles, commitments = (
        pd.read_parquet(tmp_path / "parquet" / f"{name}.parquet") for name in ("articles", "commitments")
    )
    assert list(articles[articles["date"] >= "2025"]["article"]) == ["peru/1"]
    assert commitments["status"].cat.categories.to_list()[:3] == ["proposed", "pledged", "agreed"]
    assert commitments["activity_status"].dtype == "int64"
    assert commitments["negated"].dtype == "bool"
    amounts = pd.read_parquet(tmp_path / "parquet" / "amounts.parquet")
    assert amounts["value"].dtype == "float64"
    assert amounts.groupby("currency")["value"].sum().to_dict() == {"PEN": 4e8, "USD": 1.4e9}


def test_many_batches_are_one_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_MOST", 1)
    monkeypatch.setattr(files, "_ROW_GROUP", 1)
    written(tmp_path, "parquet")
    read = pd.read_parquet(tmp_path / "parquet" / "mentions.parquet")
    pd.testing.assert_frame_equal(read, frames(RECORDS)["mentions"])


def test_csv_keeps_every_value_as_it_is(tmp_path: Path) -> None:
    with written(tmp_path, "csv")["articles"].open(encoding="utf-8", newline="") as file:
        first, quiet, second = csv.DictReader(file)
    assert first["text"].startswith(FIRST)
    assert (first["date"], quiet["date"], first["title"]) == ("2025-05-02", "", "Ring\x0b road")
    assert second["source"] == 'The "Day", Lima'
    with (tmp_path / "csv" / "dates.csv").open(encoding="utf-8", newline="") as file:
        date = next(csv.DictReader(file))
    assert (date["iso"], date["first_day"], date["last_day"]) == ("2027", "2027-01-01", "2027-12-31")


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1"]


def test_csv_for_spreadsheets_holds_no_formula(tmp_path: Path) -> None:
    plain = ["a=1", "1-1", "'=1", "", " x"]
    made = [record(f"{title}{n}", {"title": title}) for n, title in enumerate(FORMULAS + plain)]
    made[0] = made[0].model_copy(
        update={"commitments": [commitment(amounts=[DOLLARS.model_copy(update={"value": -5})])]}
    )
    tables_of = {}
    for safe in (True, False):
        files.write(made, str(tmp_path), Options("csv", safe_csv=safe))
        assert (tmp_path / files.NOTE).exists() == safe
        for path in tmp_path.glob("*.csv"):
            with path.open(encoding="utf-8", newline="") as file:
                tables_of[path.stem, safe] = list(csv.reader(file))
    for name in tables():
        for row, altered in zip(tables_of[name, False], tables_of[name, True], strict=True):
            for cell, found in zip(row, altered, strict=True):
                number = name in ("amounts", "commitments_flat") and cell == "-5"
                begins = cell.lstrip()[:1] in tuple("=+-@＝") or cell[:1] in tuple("\t\r\n")
                assert found == (f"'{cell}" if begins and cell and not number else cell)
    assert [row[1] for row in tables_of["articles", True][1:]] == [f"'{title}" for title in FORMULAS] + plain


def test_json_lines_have_dates_as_text_and_nulls(tmp_path: Path) -> None:
    lines = written(tmp_path, "jsonl")["articles"].read_text(encoding="utf-8").split("\n")
    first, _, second = (json.loads(line) for line in lines if line)
    assert (first["date"], second["date"], second["title"]) == ("2025-05-02", None, None)


@pytest.mark.parametrize("form", TABLES)
def test_the_same_records_give_the_same_bytes(tmp_path: Path, form: str) -> None:
    before = {name: path.read_bytes() for name, path in written(tmp_path, form).items()}
    assert {name: path.read_bytes() for name, path in written(tmp_path, form).items()} == before


@pytest.mark.parametrize("form", TABLES)
def test_without_records_the_tables_are_empty_and_typed(tmp_path: Path, form: str) -> None:
    files.write([], str(tmp_path), Options(form))
    assert {path.stem for path in tmp_path.iterdir()} == set(tables())
    if form == "parquet":
        assert pd.read_parquet(tmp_path / "commitments.parquet")["negated"].dtype == "bool"


def test_stopped_halfway_the_folder_stays_as_it_was(tmp_path: Path) -> None:
    before = {name: path.read_bytes() for name, path in written(tmp_path, "csv").items()}

    def stopped() -> Iterator[Record]:
        yield bare("other")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.write(stopped(), str(tmp_path / "csv"), Options("csv"))
    assert {path.stem: path.read_bytes() for path in (tmp_path / "csv").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["csv"]


@pytest.mark.parametrize("form", TABLES)
def test_a_file_that_is_no_table_of_ours_is_left_alone(tmp_path: Path, form: str) -> None:
    foreign = tmp_path / f"articles.{form}"
    foreign.write_text('{"id": 1, "text": "mine"}\n')
    with pytest.raises(SetupError, match="would be overwritten"):
        files.write(RECORDS, str(tmp_path), Options(form))
    assert foreign.read_text() == '{"id": 1, "text": "mine"}\n'
    assert [path.name for path in tmp_path.iterdir()] == [foreign.name]


def test_a_place_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SetupError, match="cannot be written"):
        files.write([], str(tmp_path / "file"), Options("csv"))
