"""Whatever stands in a metadata field: the article is read, and what cannot be read of the field is left out."""

import csv
import html
import io
import json
import math
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pytest
from docx import Document
from fuzz.strategies import ODD, examples
from hypothesis import given
from hypothesis import strategies as st
from pyarrow.parquet import write_table
from reportlab.pdfgen.canvas import Canvas
from test_cli import run

from pipeline.record import Article
from pipeline.sources import read
from pipeline.stages.document.home import home_of

TEXT = "The Lake Bank will lend Kenya $300 million for a port by 2031, its president said on Tuesday in Nairobi."
NAMES = ("id", "title", "date", "source", "url")
URLS = (
    "http://[::", "http://]", "https://[v1.x]/", "//[", "http://\u2100.com", "http://a:b:c@d:99999999", "http://x\n.pk",
    "javascript:alert(1)", "data:,x", "http://" + "a." * 5_000 + "ke", "http://%zz%", "\\\\host\\x", "http://.pk/..",
    "http://xn--a.pk", "?", "#", "http://user\x00@x", "[AP", "Daily [Nairobi]",
)  # fmt: skip
DATES = (
    "0000-99-99", "9999-12-31T23:59:60Z", "2025-02-30", "-1", "1e400", "24:00", "2025-W99-9", "10000-01-01",
    "31/31/3131", "٢٠٢٥-٠٣-٠٤", "Feb 29 2023", "Thu, 99 Xxx 99999 99:99:99 +9999", "2025-03-04T" + "0" * 999,
    "20250304T000000+99:99", "1 1 1 1 2025", "2025 " + "." * 70, "July 2025" * 9, "12.5.2025.1",
    "2025-03-04T10:00:00+24:00",
)  # fmt: skip
HUGE = (10**30, -(10**400), 2**63, 1e308, 5e-324, math.nan, math.inf, -math.inf, -0.0, True, False, None)
ODD_VALUES: tuple[Any, ...] = (*URLS, *DATES, *ODD, *HUGE, [], {}, {"name": []}, {"name": "\udc80"}, [[]], ["x"] * 99)
odd_texts = st.one_of(
    st.sampled_from([*URLS, *DATES, *ODD]),
    st.text(st.characters(), max_size=40),
    st.text("[]:/@.%#?-+ 0129TZapril", max_size=30),
    st.from_regex(r"\A(https?:)?//[\[\]a-z.:@%0-9]{0,12}(\.pk)?/?\Z"),
    st.datetimes().map(str),
)
odd_values = st.one_of(
    odd_texts,
    st.sampled_from(HUGE),
    st.floats(),
    st.integers(),
    st.recursive(
        st.one_of(st.none(), st.text(max_size=5)), lambda own: st.lists(own) | st.dictionaries(st.text(), own)
    ),
)
odd_rows = st.fixed_dictionaries(dict.fromkeys(NAMES, odd_values))
odd_cells = st.fixed_dictionaries(dict.fromkeys(NAMES, odd_texts))


def only(path: Path) -> Article:
    """The one article of a file."""
    (found,) = read([str(path)])
    assert isinstance(found, Article), str(found)
    return found


def check(found: Article) -> None:
    """It can be written and read again, and its outlet is looked up."""
    assert TEXT in found.text
    assert Article.model_validate_json(found.model_dump_json()) == found
    urlsplit(found.url or "")
    home_of(found.text, found.source, found.url)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("metadata")


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("CRITICAL", "corridor")


@examples(1_400)
@given(row=odd_rows)
def test_of_a_json_line(folder: Path, row: dict[str, Any]) -> None:
    path = folder / "a.jsonl"
    path.write_text(json.dumps({**row, "text": TEXT}))
    check(only(path))


@examples(200)
@given(row=odd_cells)
def test_of_a_csv_record(folder: Path, row: dict[str, str]) -> None:
    path, cells = folder / "a.csv", io.StringIO()
    writer = csv.writer(cells)
    writer.writerows([[*NAMES, "text"], [*(value.replace("\0", "") for value in row.values()), TEXT]])
    path.write_bytes(cells.getvalue().encode("utf-8", "replace"))  # a damaged line is no field
    check(only(path))


PARQUET = [
    pa.array([b"\xff\xfe"]).view(pa.string()),
    pa.array([b"\xff"]),
    pa.array([10**30], pa.decimal128(38)),
    pa.array([2**60], pa.duration("s")),
    pa.array([2**62], pa.timestamp("ms")),
    pa.array([-(2**62)], pa.time64("us")),
    pa.array([2**31 - 1], pa.date32()),
    pa.array([{"name": b"\xff"}]),
    pa.array([[["x"]]]),
    pa.array(["x"]).dictionary_encode(),
    pa.nulls(1),
    pa.array([math.nan]),
    pa.array([True]),
    pa.array([0], pa.timestamp("us", tz="Nowhere/Land")),
]


@pytest.mark.parametrize("cells", PARQUET, ids=lambda cells: str(cells.type))
def test_of_a_parquet_row(folder: Path, cells: pa.Array) -> None:
    write_table(pa.table({**dict.fromkeys(NAMES, cells), "text": [TEXT]}), folder / "a.parquet")
    check(only(folder / "a.parquet"))


@examples(100)
@given(row=odd_cells)
def test_of_a_web_page(folder: Path, row: dict[str, str]) -> None:
    said = {name: html.escape(value) for name, value in row.items()}
    linked = json.dumps(
        {"@type": "NewsArticle", "headline": row["title"], "datePublished": row["date"], "url": row["url"]}
    )
    page = (
        f'<html><head><link rel="canonical" href="{said["url"]}"><meta property="og:url" content="{said["url"]}">'
        f'<meta property="og:title" content="{said["title"]}"><meta property="og:site_name" content="{said["source"]}">'
        f'<meta property="article:published_time" content="{said["date"]}"><base href="{said["url"]}">'
        f'<script type="application/ld+json">{linked}</script></head>'
        f"<body><article><p>{TEXT}</p></article></body></html>"
    )
    (folder / "a.html").write_bytes(page.replace("\0", "").encode("utf-8", "surrogatepass"))
    check(only(folder / "a.html"))


@examples(200)
@given(row=odd_cells)
def test_of_a_message(folder: Path, row: dict[str, str]) -> None:
    said = {name: " ".join(value.split()) for name, value in row.items()}
    head = f"Subject: {said['title']}\nFrom: {said['source']} <x@y>\nDate: {said['date']}\nMessage-ID: {said['id']}"
    charset = f"Subject: =?{said['url']}?b?!?=\nFrom: =?hex?q?{said['id']}?="
    for number, lines in enumerate((head, charset)):
        data = f"To: x\n{lines}\n\n{TEXT}\n".replace("\0", "").encode("utf-8", "surrogatepass")
        (folder / f"{number}.eml").write_bytes(data)
        check(only(folder / f"{number}.eml"))


@examples(15)
@given(title=odd_texts, date=odd_texts)
def test_of_a_pdf(folder: Path, title: str, date: str) -> None:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.setTitle("PLACE")
    canvas.drawString(20, 700, TEXT[:60])
    canvas.save()
    written = b"<FEFF" + title.encode("utf-16-be", "surrogatepass").hex().encode() + b">"
    (folder / "a.pdf").write_bytes(out.getvalue().replace(b"(PLACE)", written))
    assert TEXT[:60] in only(folder / "a.pdf").text


CORE = b'<cp:coreProperties xmlns:cp="x" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>%b</dc:title></cp:coreProperties>'


@pytest.mark.parametrize(
    "core", [b"", b"<", b"\xff\xfe\0", CORE % b"<a/>", CORE % b"\xed\xa0\x80", CORE % b"&#0;", b"<x/>"]
)
def test_of_a_word_document(folder: Path, core: bytes) -> None:
    document, plain, odd = Document(), io.BytesIO(), io.BytesIO()
    document.add_paragraph(TEXT)
    document.save(plain)
    with zipfile.ZipFile(plain) as given, zipfile.ZipFile(odd, "w") as made:
        for name in given.namelist():
            made.writestr(name, core if name == "docProps/core.xml" else given.read(name))
    (folder / "a.docx").write_bytes(odd.getvalue())
    check(only(folder / "a.docx"))


@pytest.mark.slow
def test_the_command_loses_no_article(folder: Path) -> None:
    rows = [{name: value, "text": f"{number}. {TEXT}"} for number, value in enumerate(ODD_VALUES) for name in NAMES]
    (folder / "all.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    answer = run(f"corridor extract {folder}/all.jsonl --profile fast --workers 1 -o {folder}/out.jsonl")
    assert answer.code == 0, answer.err[-2_000:]
    assert (folder / "out.jsonl").read_bytes().count(b"\n") == len(rows)
    assert answer.err.count("\n") < 40, answer.err
