"""Columns under common names are found, and the user is told of what was matched and what was left over."""

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow.parquet import write_table

from pipeline.sources import ReadOptions
from pipeline.sources.options import ALSO, FIELDS, match

Write = Callable[[str, str | bytes], Path]
Reading = Callable[..., tuple[list, list]]
LOAN = "A loan was signed."
NAMES = [(field, name) for field in FIELDS for name in (field, *ALSO[field])]


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def tell(told: list[str]) -> Callable[[str, str], None]:
    return lambda where, what: told.append(f"{Path(where).name}: {what}")


@pytest.mark.parametrize(("field", "name"), NAMES)
def test_each_common_name_is_the_field(field: str, name: str) -> None:
    camel = name.split("_")[0] + "".join(part.title() for part in name.split("_")[1:])
    for written in (name, name.upper(), camel, name.replace("_", " ").title(), name.replace("_", "-")):
        assert match([written, "other"], ReadOptions()).of[field] == [written]


def test_no_name_belongs_to_two_fields() -> None:
    plain = [name.replace("_", "") for _, name in NAMES]
    assert len(plain) == len(set(plain))


CASES: list[tuple[list[str], dict[str, str], str, list[str]]] = [
    (["content", "body"], {}, "text", ["body"]),
    (["body", "text"], {}, "text", ["text"]),
    (["Text", "text"], {}, "text", ["text"]),
    (["body", "full"], {"text": "full"}, "text", ["full"]),
    (["text"], {"text": "full"}, "text", []),
    (["body", "headline"], {"text": "headline"}, "title", []),
    (["body", "title"], {"text": "title"}, "title", ["title"]),
    (["published", "pub_date"], {}, "date", ["pub_date", "published"]),
    (["words", ""], {}, "text", []),
]


@pytest.mark.parametrize(("names", "columns", "field", "found"), CASES)
def test_the_likeliest_name_comes_first(
    names: list[str], columns: dict[str, str], field: str, found: list[str]
) -> None:
    assert match(names, ReadOptions(columns=columns)).of[field] == found


SAID = [
    ("id,title,date,source,url,text", {}, ""),
    ("ID,Title,TEXT", {}, ""),
    (
        "headline,published,author,body,tags",
        {},
        "title from headline, date from published, text from body; left over: author, tags",
    ),
    ("headline,words,author", {"text": "words"}, "title from headline; left over: author"),
    ("text,outlet,site", {}, "source from outlet or site"),
    ("text,body,", {}, "left over: body"),
    ("text," + ",".join("abcdefghijkl"), {}, "left over: a, b, c, d, e, f, g, h, i, j and 2 more"),
    ("text," + "x" * 50, {}, f"left over: {'x' * 40}..."),
]  # fmt: skip


@pytest.mark.parametrize(("header", "columns", "said"), SAID)
def test_what_is_matched_and_left_over_is_one_line(header: str, columns: dict[str, str], said: str) -> None:
    assert match(header.split(","), ReadOptions(columns=columns)).said == said


def test_a_table_of_each_kind_is_told_once(write: Write, reading: Reading, told: list[str], tell: object) -> None:
    row = {"headline": "Loan signed", "published": "2025-03-04", "author": "M. Rai", "body": LOAN}
    line = json.dumps(row)
    paths = [
        write("a.jsonl", f"[]\n{line}\n{line}\n"),
        write("b.csv", "headline,published,author,body\n" + f"Loan signed,2025-03-04,M. Rai,{LOAN}\n" * 2),
        write("c.json", json.dumps([1, row, row])),
        write("d.parquet", ""),
    ]
    write_table(pa.Table.from_pylist([row, row]), paths[-1])
    articles, errors = reading(*paths, tell=tell)
    found = [(article.title, article.date, article.text) for article in articles]
    assert found == [("Loan signed", "2025-03-04", LOAN)] * 8
    assert len(errors) == 2
    what = "title from headline, date from published, text from body; left over: author"
    assert told == [f"{path.name}: {what}" for path in paths]


def test_a_value_that_is_missing_is_looked_for_under_the_next_name(reading: Reading, write: Write) -> None:
    rows = [
        {"text": LOAN, "title": " ", "headline": "Loan signed", "date": None, "published": "2025-03-04"},
        {"text": LOAN, "title": 5, "headline": "Loan signed", "date": "soon", "published": "2025-03-04"},
    ]
    articles, _ = reading(write("rows.jsonl", "\n".join(map(json.dumps, rows))))
    assert [(a.title, a.date) for a in articles] == [("Loan signed", "2025-03-04"), ("Loan signed", None)]


def test_an_empty_text_is_not_looked_for_elsewhere(reading: Reading, write: Write) -> None:
    articles, errors = reading(write("rows.jsonl", json.dumps({"body": "", "content": "Read more at"})))
    assert (articles, errors) == ([], ["rows.jsonl:1: the field 'body' is missing or empty"])


def test_a_column_under_another_name_may_not_be_there_twice(reading: Reading, write: Write) -> None:
    errors = reading(write("rows.csv", "body,link,link\na,b,c\n"))[1]
    assert errors == ["rows.csv: 2 columns are named 'link'; rename all but one"]


def test_a_source_may_be_an_object_with_a_name(reading: Reading, write: Write) -> None:
    row = {"text": LOAN, "source": {"id": None, "name": "The Daily"}}
    assert reading(write("rows.jsonl", json.dumps(row)))[0][0].source == "The Daily"


def test_the_documents_name_every_name() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "input.md").read_text(encoding="utf-8")
    for field, names in ALSO.items():
        assert f"| `{field}` | {', '.join(f'`{name}`' for name in names)} |" in page
