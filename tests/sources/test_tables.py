"""Rows of JSON lines, CSV and Parquet: a broken one is named and the rest is kept; columns under common names."""

import json
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow.parquet import write_table
from sources.documents import Read, Reading, Write

from pipeline.sources import ReadOptions
from pipeline.sources.articles import ALSO, FIELDS, match

NULS = b"\0" * 4_096
HALF = b'{"text": "A lo'


@pytest.mark.parametrize("at", [0, 1, 30, 900])
@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("rows.jsonl", NULS + b"\n"),
        ("rows.jsonl", HALF + NULS + b"\n"),
        ("rows.jsonl", NULS + b'{"text": "A dam."}\n'),
        ("rows.jsonl", b"\x8b\x08\x01\n"),
        ("rows.csv", NULS + b"\n"),
    ],
)
def test_a_line_of_nuls_costs_itself(read_file: Read, name: str, at: int, damage: bytes) -> None:
    """As a power cut leaves them: the block that was not written yet is all NULs."""
    rows = [f'{{"id": "{number}", "text": "A loan was signed."}}\n'.encode() for number in range(1_000)]
    if name == "rows.csv":
        rows = [b"id,text\n", *(f"{number},A loan was signed.\n".encode() for number in range(1_000))]
    articles, errors = read_file(name, b"".join([*rows[:at], damage, *rows[at:]]))
    assert [article.id for article in articles] == [str(number) for number in range(1_000)]
    assert len(errors) == 1 and errors[0].startswith(f"{name}:{at + 1}: ")


SIGNED, OPENED = "A loan was signed.", "A road was opened."
TWO, DAY = [SIGNED, OPENED], date(2025, 3, 7)
PARQUET: dict[str, tuple[dict[str, object] | pa.Table, list[str | None], list[str]]] = {
    "ids, times and objects": (
        {
            "id": pa.array([1, 2, 3]),
            "text": [SIGNED, None, OPENED],
            "date": pa.array([datetime(2025, 3, 7, 16), None, datetime(2025, 3, 8)]),
            "source": [{"repo": "x"}, None, None],
        },
        ["2025-03-07", "2025-03-08"],
        [", row 2: the field 'text' is missing or empty"],
    ),
    "a cell that is not UTF-8": (
        {"text": pa.array([b"A loan.", b"\xff\xfe", b"A road."]).view(pa.string()), "date": pa.array([DAY] * 3)},
        ["2025-03-07", "2025-03-07"],
        [", row 2: the field 'text' is not a string"],
    ),
    "days": ({"text": TWO, "date": pa.array([2**31 - 1, 20_000], pa.date32())}, [None, "2024-10-04"], []),
    "seconds": ({"text": TWO, "date": pa.array([2**50, 0], pa.timestamp("s"))}, [None, "1970-01-01"], []),
    "a zone": ({"text": TWO, "date": pa.array([0, 0], pa.timestamp("us", tz="Nowhere/Land"))}, [None, None], []),
    "two columns of a name": (
        pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["text"] * 2),
        [],
        [": 2 columns are named 'text'; rename all but one"],
    ),
    "no text": ({"words": ["x"]}, [], [": no column 'text' among words; try --column text=..."]),
    "a cell longer than an article": (
        {"text": [SIGNED, "".join(map(str, range(4_000_000)))]},
        [None],
        [", row 2: over 20,000,000 characters: not one article; split it"],
    ),
}


@pytest.mark.parametrize(("columns", "dates", "reasons"), PARQUET.values(), ids=PARQUET)
def test_parquet(
    tmp_path: Path, reading: Reading, columns: dict[str, object] | pa.Table, dates: list[str | None], reasons: list[str]
) -> None:
    write_table(columns if isinstance(columns, pa.Table) else pa.table(columns), tmp_path / "a.parquet")
    articles, errors = reading(tmp_path / "a.parquet")
    assert [article.date for article in articles] == dates
    assert errors == [f"a.parquet{reason}" for reason in reasons]


@pytest.mark.parametrize("content", [b"", b"PAR1", b"id,text\na,b\n", b"PAR1" + b"\xff" * 100 + b"PAR1"])
def test_what_is_no_parquet_file(read_file: Read, content: bytes) -> None:
    assert "damaged, or not a Parquet file" in read_file("rows.parquet", content)[1][0]


def test_parquet_that_would_fill_the_memory(tmp_path: Path, reading: Reading) -> None:
    big, good = tmp_path / "big.parquet", tmp_path / "good.parquet"
    write_table(pa.table({"text": ["a" * 30_000_000]}), big, compression="zstd")
    vectors = pa.array([[0.0] * 1_000] * 5_000)  # not read, so that their size is nobody's business
    write_table(pa.table({"text": ["A loan was signed."] * 5_000, "vector": vectors}), good, compression="zstd")
    articles, errors = reading(big, good)
    assert len(articles) == 5_000
    assert len(errors) == 1 and errors[0].startswith("big.parquet: 'text' unpacks to 30,000,0")


LOAN = "A loan was signed."
NAMES = [(field, name) for field in FIELDS for name in (field, *ALSO[field])]


@pytest.mark.parametrize(("field", "name"), NAMES)
def test_each_common_name_is_the_field(field: str, name: str) -> None:
    camel = name.split("_")[0] + "".join(part.title() for part in name.split("_")[1:])
    for written in (name, name.upper(), camel, name.replace("_", " ").title(), name.replace("_", "-")):
        assert match([written, "other"], ReadOptions()).of[field] == [written]


def test_no_name_belongs_to_two_fields() -> None:
    plain = [name.replace("_", "") for _, name in NAMES]
    assert len(plain) == len(set(plain))


def test_a_table_of_each_kind_is_described_once(write: Write, reading: Reading) -> None:
    said: list[str] = []
    row = {"headline": "Loan signed", "published": "2025-03-04", "author": "M. Rai", "body": LOAN}
    line = json.dumps(row)
    paths = [
        write("a.jsonl", f"[]\n{line}\n{line}\n"),
        write("b.csv", "headline,published,author,body\n" + f"Loan signed,2025-03-04,M. Rai,{LOAN}\n" * 2),
        write("c.json", json.dumps([1, row, row])),
        write("d.parquet", ""),
    ]
    write_table(pa.Table.from_pylist([row, row]), paths[-1])
    articles, errors = reading(*paths, tell=lambda where, what: said.append(f"{Path(where).name}: {what}"))
    found = [(article.title, article.date, article.text) for article in articles]
    assert found == [("Loan signed", "2025-03-04", LOAN)] * 8
    assert len(errors) == 2
    what = "title from headline, date from published, text from body; left over: author"
    assert said == [f"{path.name}: {what}" for path in paths]


def test_the_documents_name_every_name() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "input.md").read_text(encoding="utf-8")
    for field, names in ALSO.items():
        assert f"| `{field}` | {', '.join(f'`{name}`' for name in names)} |" in page
