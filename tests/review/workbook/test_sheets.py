"""Files that are no workbook of Corridor are refused with what to do; odd ones are read."""

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook
from review.workbook.office import Office, record

from pipeline.errors import SetupError
from pipeline.review.workbook.sheets import sheets

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def packed(**parts: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in parts.items():
            book.writestr(name, part)
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "damaged, or no workbook; open it in Excel or LibreOffice and save it as .xlsx"),
        (b"article,id\nlaos-1,c1\n", "damaged, or no workbook"),
        (OLE, "an older form; open it in Excel or LibreOffice and save it as .xlsx"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "is encrypted; save a copy without password"),
        (packed(a=b"x"), r"damaged, or no workbook \(KeyError\)"),
        (packed(bomb=b"\0" * 50_000_000), "unpacks to 50,000,000 bytes in 1 parts: too much for a workbook"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    with pytest.raises(SetupError, match=f"a.xlsx: .*{message}"):
        sheets(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"none.xlsx: cannot be read \(No such file"):
        sheets(tmp_path / "none.xlsx")


def test_a_workbook_that_a_part_is_missing_of(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        kept = {name: book.read(name) for name in book.namelist() if "worksheets" not in name}
    (tmp_path / "a.xlsx").write_bytes(packed(**kept))
    assert sheets(tmp_path / "a.xlsx") == {}


def test_places_of_cells_hold_where_rows_are_missing(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "odd"
    book.active["A1"], book.active["C1"], book.active["B900"] = "x", "y", 7.0
    book.create_sheet("empty")
    book.save(tmp_path / "a.xlsx")
    found = sheets(tmp_path / "a.xlsx")
    assert (found["empty"].heading, found["empty"].rows) == ([], [])
    assert [cell.text for cell in found["odd"].heading] == ["x", "", "y"]
    ((row),) = found["odd"].rows
    assert [(cell.at, cell.text) for cell in row if cell.text] == [("B900", "7")]


def test_a_cell_that_is_cut_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    article = record().article.model_copy(update={"title": "a" * 32_768})
    Office(tmp_path, record().model_copy(update={"article": article}))
    (said,) = [one.getMessage() for one in caplog.records if "characters" in one.getMessage()]
    assert "3 cells of more than 32,767 characters are cut: title in row 2 of commitments" in said
