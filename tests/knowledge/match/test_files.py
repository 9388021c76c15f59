"""Lists of activities: every form gives the same activities, and whatever is wrong with a file is one message."""

import csv
import gzip
import json
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from pipeline.errors import ArticleError, SetupError
from pipeline.knowledge.activities import Activity, NoActivity
from pipeline.knowledge.activity_files import read_all

HERE = Path(__file__).parent
CSV, XML = HERE / "activities.csv", HERE / "activities.xml"
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE iati-activities [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><iati-activities><iati-activity><iati-identifier>X-1</iati-identifier>'
    "<title><narrative>&c;</narrative></title></iati-activity></iati-activities>"
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE iati-activities [<!ENTITY a SYSTEM "file:///etc/hostname">]><iati-activities>'
    "<iati-activity><iati-identifier>X-1</iati-identifier><title><narrative>&a;</narrative></title></iati-activity>"
    "</iati-activities>"
)


def packed(content: bytes) -> bytes:
    """A zip file with one part."""
    data = BytesIO()
    with ZipFile(data, "w", ZIP_DEFLATED) as file:
        file.writestr("xl/sheet1.xml", content)
    return data.getvalue()


def quiet(*_: object) -> None:
    return None


def read(path: Path) -> list[Activity]:
    return read_all([path], quiet, quiet)


def test_a_table_of_aiddata() -> None:
    said: list[str] = []
    failed: list[ArticleError] = []
    found = read_all([CSV], lambda _, what: said.append(what), failed.append)
    port, power = found[0], found[2]
    assert [one.id for one in found] == ["50001", "50002", "50003", "50004", "50005", "50006", "50008"]
    assert [type(one) for one in failed] == [NoActivity]
    assert (port.scheme, port.countries, port.years, port.sectors) == ("aiddata", {"MRT"}, (2008, 2008), {"210"})
    assert [(one.value, one.currency) for one in port.amounts] == [(2e9, "CNY")]
    assert (port.funders, port.instruments) == (("Export-Import Bank of China",), {"loan"})
    assert power.sectors == {"230"}
    (line,) = said
    assert line.startswith("id from AidData Record ID, title from Title, description from Description")
    assert line.endswith("left over: Recommended For Aggregates")


def test_xml_of_iati() -> None:
    failed: list[ArticleError] = []
    water, markets = read_all([XML], quiet, failed.append)
    assert [str(one) for one in failed] == [f"{XML}:40: has no title"]
    assert (water.id, water.scheme) == ("XM-EXAMPLE-44000-P1001", "iati")
    assert water.names == ("Lilongwe Water and Sanitation Project", "Eau et assainissement de Lilongwe")
    assert (water.countries, water.years, water.sectors) == ({"MWI"}, (2017, 2023), {"140"})
    assert [(one.value, one.currency) for one in water.amounts] == [(1e8, "USD"), (6e7, "USD"), (4e7, "USD")]
    assert (water.funders, water.parties, water.instruments) == (("World Bank",), ("Lilongwe Water Board",), {"loan"})
    assert [(one.value, one.currency) for one in markets.amounts] == [(11.0, "EUR")]


def test_every_form_of_a_table_gives_the_same(tmp_path: Path) -> None:
    with CSV.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    plain = tmp_path / "a.jsonl"
    plain.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    (tmp_path / "a.json").write_text(json.dumps(rows), encoding="utf-8")
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(CSV.read_bytes()))
    (tmp_path / "b.csv").write_bytes(b"\xef\xbb\xbf" + CSV.read_bytes().replace(b"\n", b"\r\n"))
    book = Workbook()
    book.active.append(["AidData export"])
    book.active.append(list(rows[0]))
    for row in rows:
        book.active.append([int(cell) if cell.isdigit() else cell for cell in row.values()])
    book.save(tmp_path / "a.xlsx")

    def facts(path: Path) -> list[object]:
        return [(one.id, one.name, one.countries, one.years, one.amounts[0].value) for one in read(path)]

    assert {path.name for path in tmp_path.iterdir() if facts(path) != facts(CSV)} == set()


def one(folder: Path, **cells: object) -> Activity:
    """The activity of a row of JSON."""
    path = folder / "a.jsonl"
    path.write_text(json.dumps({"id": "1", "title": "A plan"} | cells), encoding="utf-8")
    (found,) = read(path)
    return found


@pytest.mark.parametrize(
    ("header", "says", "scheme"),
    [
        ("iati_identifier,title_narrative", "title from title_narrative", "iati"),
        ("iati-identifier,Title,recipient-country-code", "country from recipient-country-code", "iati"),
        ("AidData TUFF Project ID,Title,Amount (Nominal USD)", "usd from Amount (Nominal USD)", "aiddata"),
        ("AidData Record ID,title", "id from AidData Record ID", "aiddata"),
        ("Project ID,Recommended For Aggregates,Flow Type,Title", "id from Project ID", "aiddata"),
        ("project_id,year,recipient_iso3,title,flow,crs_sector_code,loan_type", "year from year", "aiddata"),
        ("project_id,title,crs_sector_name,flow_class", "sector from crs_sector_name", "aiddata"),
        ("iati_identifier,title,crs_sector_code,flow", "sector from crs_sector_code", "iati"),
        ("id,countryname,project_name,lendinginstr", "instrument from lendinginstr", "other"),
        ("project_id,title,recipient_iso3", "country from recipient_iso3", "other"),
        ("id,project_name,boardapprovaldate", "year from boardapprovaldate", "other"),
    ],
)
def test_columns_are_found_by_their_common_names(tmp_path: Path, header: str, says: str, scheme: str) -> None:
    path, said = tmp_path / "a.csv", list[str]()
    path.write_text(f"{header}\n{','.join('7' for _ in header.split(','))}\n", encoding="utf-8")
    (found,) = read_all([path], lambda _, what: said.append(what), quiet)
    assert says in said[0]
    assert found.scheme == scheme


@pytest.mark.parametrize(
    ("cells", "field", "value"),
    [
        ({"title": "Water for Kisumu"}, "countries", {"KEN"}),
        ({"country": "KEN"}, "countries", {"KEN"}),
        ({"country": "ke"}, "countries", {"KEN"}),
        ({"country": "Republic of Kenya"}, "countries", {"KEN"}),
        ({"country": "Viet Nam; KEN"}, "countries", {"VNM", "KEN"}),
        ({"country": "Xyzzy"}, "countries", set()),
        ({"country": "ZZ"}, "countries", set()),
        ({"sector": "14020"}, "sectors", {"140"}),
        ({"sector": "122"}, "sectors", {"120"}),
        ({"sector": "310"}, "sectors", {"311", "312", "313"}),
        ({"sector": "Tertiary Education"}, "sectors", {"110"}),
        ({"sector": "Magic"}, "sectors", set()),
        ({"flow_type": "Loan (excluding debt rescheduling)"}, "instruments", {"loan"}),
        ({"flow_type": "110"}, "instruments", {"grant"}),
        ({"flow_type": "Vague TBD"}, "instruments", set()),
    ],
)
def test_what_cells_mean(tmp_path: Path, cells: dict[str, object], field: str, value: set[str]) -> None:
    assert getattr(one(tmp_path, **cells), field) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [("2,000,000", 2e6), ("2e9", 2e9), (5, 5.0), ("1,2", None), ("-3", None), ("nan", None), ("", None), (None, None)],
)
def test_amounts(tmp_path: Path, cell: object, value: float | None) -> None:
    assert [amount.value for amount in one(tmp_path, amount_usd=cell).amounts] == ([value] if value else [])


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.txt", b"x", "not a list of activities that Corridor reads"),
        ("a.csv", b"name,colour\n1,2\n", "has no column for the id of an activity"),
        ("a.csv", b"\x00\x01\x02\x03", "binary"),
        ("a.xml", b"", "no XML of IATI"),
        ("a.xml", b"<html><body/></html>", "XML, but not of IATI: it begins with <html>"),
        ("a.xml", b"<iati-activities><iati-activity>", "not whole XML"),
        ("a.xml", BOMB.encode(), "has a document type"),
        ("a.xml", OUTSIDE.encode(), "has a document type"),
        ("a.xlsx", b"no workbook", "no Excel workbook"),
        ("a.xlsx", packed(b""), "no Excel workbook (KeyError)"),
        ("a.xlsx", packed(bytes(30_000_000)), "unpacks to 30,000,000 bytes: too much"),
        ("a.csv.gz", b"no gzip", "not .gz, or damaged"),
        ("missing.csv", None, "cannot be read"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, name: str, content: bytes | None, says: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SetupError) as caught:
        read(path)
    assert str(path) in str(caught.value) and says in str(caught.value)


JSON = '{"id": "1", "title": "Port"}\n{"id": \n[7]\n{"id": 3.0, "title": ["Dam", null], "country": NaN}\n'


@pytest.mark.parametrize(
    ("name", "content", "reasons"),
    [
        ("a.csv", "id,title\n1,Port\n2,Road,x,y\n3,Dam\n", [":3: 4 cells, but the header has 2"]),
        ("a.jsonl", JSON, [":2: not a whole JSON object on one line", ":3: JSON, but not an object"]),
    ],
)
def test_a_damaged_row_is_named_and_the_others_are_read(
    tmp_path: Path, name: str, content: str, reasons: list[str]
) -> None:
    path, failed = tmp_path / name, list[ArticleError]()
    path.write_text(content, encoding="utf-8")
    found = read_all([path, path], quiet, failed.append)  # of two with one id the first counts
    assert [(one.id, one.name) for one in found] == [("1", "Port"), ("3", "Dam")]
    said = zip(failed, 2 * reasons, strict=True)
    assert all(str(one).startswith(f"{path}{reason}") for one, reason in said)


DAMAGE = st.tuples(
    st.integers(0, 3_000), st.integers(0, 40), st.binary(max_size=6) | st.sampled_from([b'"', b"<", b"&a;"])
)


@given(st.sampled_from([CSV, XML]), st.lists(DAMAGE, min_size=1, max_size=12))
def test_damage_never_ends_in_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, path: Path, damage: list[tuple[int, int, bytes]]
) -> None:
    """Bytes are replaced by others: place, how many, by which."""
    data = path.read_bytes()
    for at, cut, put in damage:
        data = data[:at] + put + data[at + cut :]
    broken = tmp_path_factory.mktemp("broken") / path.name
    broken.write_bytes(data)
    try:
        found = read(broken)
    except SetupError as error:
        assert str(broken) in str(error)
    else:
        assert all(one.id and one.name for one in found)
