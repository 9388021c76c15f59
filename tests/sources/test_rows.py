"""Rows of JSON, CSV and Parquet, and Docling's documents: a broken one is named and the rest kept; names of columns."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow.parquet import write_table
from sources.documents import LOAN, PORT, ROAD, Read, Reading, Write

from pipeline.sources import ReadOptions, expected
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
    row = {"headline": "Loan signed", "published": "2025-03-04", "author": "M. Rai", "body": SIGNED}
    line = json.dumps(row)
    paths = [
        write("a.jsonl", f"[]\n{line}\n{line}\n"),
        write("b.csv", "headline,published,author,body\n" + f"Loan signed,2025-03-04,M. Rai,{SIGNED}\n" * 2),
        write("c.json", json.dumps([1, row, row])),
        write("d.parquet", ""),
    ]
    write_table(pa.Table.from_pylist([row, row]), paths[-1])
    articles, errors = reading(*paths, tell=lambda where, what: said.append(f"{Path(where).name}: {what}"))
    found = [(article.title, article.date, article.text) for article in articles]
    assert found == [("Loan signed", "2025-03-04", SIGNED)] * 8
    assert len(errors) == 2
    what = "title from headline, date from published, text from body; left over: author"
    assert said == [f"{path.name}: {what}" for path in paths]


def test_the_documents_name_every_name() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "input.md").read_text(encoding="utf-8")
    for field, names in ALSO.items():
        assert f"| `{field}` | {', '.join(f'`{name}`' for name in names)} |" in page


A, B = '{"id": "a", "text": "A loan was signed."}', '{"id": "b", "text": "A road was opened."}'


@pytest.mark.parametrize("block", [1, 2, 3, 1 << 20])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(read_file: Read, monkeypatch: pytest.MonkeyPatch, encoding: str, block: int) -> None:
    monkeypatch.setattr("pipeline.sources.decode._BLOCK", max(block, 2 if encoding == "utf-16" else 1))
    text = "The café\u2019s “loan” was signed."
    data = json.dumps([{"text": text}], ensure_ascii=False).encode(encoding)
    articles, errors = read_file("rows.json", data)
    assert ([article.text for article in articles], errors) == ([text], [])


def test_a_block_that_is_not_text_costs_what_follows(read_file: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.sources.decode._BLOCK", 100)
    rows = b", ".join([A.encode()] * 50)
    articles, errors = read_file("rows.json", b"[" + rows + b", \0" + rows + b"]")
    assert len(articles) > 40 and len(errors) == 1 and "NUL" in errors[0]


def test_an_item_that_is_too_long_is_named(read_file: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.sources.rows.LIMIT", 1_000)
    monkeypatch.setattr("pipeline.sources.decode._BLOCK", 100)
    articles, errors = read_file("rows.json", f'[{A}, {{"text": "{"a" * 10_000}"}}, {B}]')
    assert [article.id for article in articles] == ["a"]
    assert len(errors) == 1 and "item 2" in errors[0] and "or over 1,000 characters" in errors[0]


def test_how_many_it_holds_is_not_known_beforehand(write: Write) -> None:
    assert expected([str(write("rows.json", f"[{A}, {B}]"))]) is None


def text(words: str, page: int | None = None, label: str = "text", **more: Any) -> dict[str, Any]:
    places = [] if page is None else [{"page_no": page, "bbox": {}, "charspan": [0, len(words)]}]
    return {"label": label, "text": words, "orig": words, "content_layer": "body", "prov": places, **more}


def table(page: int, *rows: list[str], **more: Any) -> dict[str, Any]:
    cells = [
        {"text": cell, "start_row_offset_idx": number, "start_col_offset_idx": place}
        for number, row in enumerate(rows)
        for place, cell in enumerate(row)
    ]
    return {"label": "table", "prov": [{"page_no": page}], "data": {"table_cells": cells[::-1]}, **more}


def refs(*names: str) -> list[dict[str, str]]:
    return [{"$ref": f"#/{name}"} for name in names]


def document(*texts: dict[str, Any], order: list[dict[str, str]] | None = None, **more: Any) -> dict[str, Any]:
    children = order or refs(*(f"texts/{number}" for number in range(len(texts))))
    lists = {"texts": list(texts), "tables": [], "groups": [], "pictures": [], "pages": {}}
    body = {"self_ref": "#/body", "children": children}
    return {"schema_name": "DoclingDocument", "version": "1.3.0", "name": "a", "body": body, **lists, **more}


TABLE = table(2, ["Component", "Cost"], ["Road", "120.5"], ["", "150"], captions=refs("texts/1"))
OVER = [{"page_no": 1, "charspan": [0, 50]}, {"page_no": 2, "charspan": [51, len(LOAN)]}]
FURNITURE = text("Lake Development Bank", 1, content_layer="furniture")
LIST = {"label": "list", "children": refs("texts/2", "texts/0", "groups/0")}  # a circle
FIGURE = {"label": "picture", "children": refs("texts/1"), "captions": refs("texts/2")}
DOCUMENTS: dict[str, tuple[dict[str, Any], list[str], list[int] | None]] = {
    "pages, of which one is empty": (
        document(text("The year", 1, "title"), text(LOAN, 1), text(ROAD, 2), text(PORT, 4)),
        ["The year", LOAN, ROAD, PORT],
        [0, len(LOAN) + 12, len(LOAN) + len(ROAD) + 14, len(LOAN) + len(ROAD) + 14],
    ),
    "a paragraph on two pages": (document(text(LOAN, prov=OVER)), [LOAN], [0, 51]),
    "no pages": (document(text(LOAN), text(ROAD)), [LOAN, ROAD], None),
    "heads and feet": (document(FURNITURE, text("Page 1", 1, "page_footer"), text(LOAN, 1)), [LOAN], [0]),
    "a table after its caption": (
        document(text(LOAN, 1), text("Costs", 2), tables=[TABLE], order=refs("texts/0", "tables/0", "texts/1")),
        [LOAN, "Costs", "Component | Cost", "Road | 120.5", "150"],
        [0, len(LOAN) + 2],
    ),
    "a list": (
        document(text(LOAN), text(ROAD), text(PORT), groups=[LIST], order=refs("groups/0", "texts/1")),
        [PORT, LOAN, ROAD],
        None,
    ),
    "words in a picture, and its caption": (
        document(text(LOAN), text("NORTH"), text("The lake"), pictures=[FIGURE], order=refs("texts/0", "pictures/0")),
        [LOAN, "The lake"],
        None,
    ),
}


@pytest.mark.parametrize(("value", "texts", "pages"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_document_of_docling(
    read_file: Read, value: dict[str, Any], texts: list[str], pages: list[int] | None
) -> None:
    (article,), errors = read_file("a.json", json.dumps(value), source="Lake Bank", date="2025-03-04")
    assert (article.text, article.pages, errors) == ("\n\n".join(texts), pages, [])
    assert (article.source, article.date) == ("Lake Bank", "2025-03-04")
    assert article.title == ("The year" if "The year" in texts else None)


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"schema_name": "DoclingDocument"}, "no document as Docling writes it (KeyError: 'body'); convert it anew"),
    *(
        (value, "no document as Docling writes it")
        for value in (
            document(body={"children": ["x"]}),
            document(order=refs("texts/9")),
            document(order=refs("schema_name/0")),
            document(text(LOAN, prov=[1])),
        )
    ),
    (document(pages={"1": {}}), "holds no text"),
]


@pytest.mark.parametrize(("value", "reason"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_document_costs_itself(read_file: Read, value: dict[str, Any], reason: str) -> None:
    articles, errors = read_file("a.json", json.dumps([value, json.loads(A), document(text(LOAN, 1))]))
    assert [article.text for article in articles] == ["A loan was signed.", LOAN]
    assert len(errors) == 1 and errors[0].startswith(f"a.json, item 1: {reason}")
