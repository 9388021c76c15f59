"""The workbook: the flat table as a spreadsheet opens it, and the sums of the DuckDB view."""

from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring
from zipfile import ZipFile

import duckdb
import pytest
from builders import DOLLARS, commitment, record

from pipeline.errors import SetupError
from pipeline.publish.formats import Options
from pipeline.publish.tables import database, workbook
from pipeline.publish.tables.flat import FLAT
from pipeline.publish.tables.schema import tables

NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LOAN = commitment(status="agreed", amounts=[DOLLARS])
RECORDS = [
    record("one", {"title": "=1+1"}, commitments=[LOAN]),
    record("two", {"date": "2025-08-01"}, commitments=[LOAN]),
]


def sheet(path: Path, number: int) -> list[list[Any]]:
    """The cells of a sheet with their texts."""
    with ZipFile(path) as book:
        rows = fromstring(book.read(f"xl/worksheets/sheet{number}.xml")).iter(f"{NS}row")
        assert not [cell for row in rows for cell in row if cell.find(f"{NS}f") is not None]
        rows = fromstring(book.read(f"xl/worksheets/sheet{number}.xml")).iter(f"{NS}row")
        return [["".join(cell.itertext()) for cell in row] for row in rows]


def test_a_row_for_each_commitment_with_its_reason(tmp_path: Path) -> None:
    workbook.write(RECORDS, str(tmp_path / "out.xlsx"), Options("xlsx"))
    heading, *rows = sheet(tmp_path / "out.xlsx", 1)
    assert heading == [column.name for column in tables()[FLAT].columns]
    assert len(rows) == 2
    assert any("=1+1" in cell for cell in rows[0])
    meaning = {row[0]: row[1] for row in sheet(tmp_path / "out.xlsx", 3)}
    assert meaning["because"] == "why, or why not"


def test_the_sums_are_those_of_the_database(tmp_path: Path) -> None:
    workbook.write(RECORDS, str(tmp_path / "out.xlsx"), Options("xlsx"))
    database.write(RECORDS, str(tmp_path / "out.duckdb"), Options("duckdb"))
    with duckdb.connect(tmp_path / "out.duckdb", read_only=True) as opened:
        (sums,) = opened.execute(f"SELECT {', '.join(workbook.SUMS)} FROM money_flows").fetchall()
    heading, row, *more = sheet(tmp_path / "out.xlsx", 2)
    assert (heading, more) == (list(workbook.SUMS), [])
    assert row[:6] == [str(value) for value in sums[:6]]
    assert [float(value) for value in row[6:]] == [float(value) for value in sums[6:]]


def test_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        workbook.write(RECORDS, str(tmp_path / name), Options("xlsx"))
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_cell_that_is_cut_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    long = record("long", {"title": "a" * 32_768}, commitments=[LOAN, LOAN.model_copy(update={"id": "c2"})])
    workbook.write([*RECORDS, long], str(tmp_path / "out.xlsx"), Options("xlsx"))
    assert "out.xlsx: 2 cells of over 32,767 characters are cut: " in caplog.text
    assert "title in row 4 of commitments" in caplog.text
    caplog.clear()
    workbook.write(RECORDS, str(tmp_path / "out.xlsx"), Options("xlsx"))
    assert caplog.text == ""


def test_too_many_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST", 1)
    with pytest.raises(SetupError, match="too many for a sheet"):
        workbook.write(RECORDS, str(tmp_path / "out.xlsx"), Options("xlsx"))
    assert list(tmp_path.iterdir()) == []
