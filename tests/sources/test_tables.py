"""Rows of JSON lines, CSV and Parquet: a broken one is named and the rest is kept."""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow.parquet import write_table

Write = Callable[[str, str | bytes], Path]
Reading = Callable[..., tuple[list, list]]
A, B = '{"id": "a", "text": "A loan was signed."}', '{"id": "b", "text": "A road was opened."}'

JSON_CASES = [
    ("", "", "holds no article"),
    ("\n \n", "", "holds no article"),
    (A[:25], "", ":1: not a whole JSON object"),
    (f"{A}\n{B[:20]}", "a", ":2: not a whole JSON object"),
    (f"{A}\n{B[:20]}\n{B}", "ab", ":2: not a whole JSON object"),
    (f"{A}\n\n[1, 2]\n{B}", "ab", ":3: JSON, but not an object"),
    (f'{A}\n"text"\n{B}', "ab", ":2: JSON, but not an object"),
    (f'{A}\n{{"id": "x"}}\n{B}', "ab", ":2: the field 'text' is missing or empty"),
    (f'{A}\n{{"text": 5}}\n{B}', "ab", ":2: the field 'text' is not a string"),
    (f'{A}\n{{"text": "\\ud83d"}}\n{B}', "ab", ":2: the text cannot be written as UTF-8"),
    (f"{A}\n{'[' * 200_000}\n{B}", "ab", ":2: "),
    (f'{A}\n{{"text": {"9" * 5000}}}\n{B}', "ab", ":2: "),
]


@pytest.mark.parametrize(("content", "ids", "reason"), JSON_CASES, ids=range(len(JSON_CASES)))
def test_a_broken_json_line_costs_itself(write: Write, reading: Reading, content: str, ids: str, reason: str) -> None:
    articles, errors = reading(write("rows.jsonl", content))
    assert [article.id for article in articles] == list(ids)
    assert len(errors) == 1 and errors[0].startswith("rows.jsonl:") and reason in errors[0]


def test_json_with_mark_line_ends_and_escapes(write: Write, reading: Reading) -> None:
    row = json.dumps({"text": "One\r\ntwo\u00a0\u2028 \u201cthree\u201d \U0001f600", "date": "2024-03-07 16:39:00"})
    articles, errors = reading(write("rows.ndjson", b"\xef\xbb\xbf" + row.encode() + b"\r\n"))
    assert articles[0].text == "One\r\ntwo\u00a0\u2028 \u201cthree\u201d \U0001f600"
    assert (articles[0].date, errors) == ("2024-03-07", [])


NULS = b"\0" * 4_096
HALF = b'{"text": "A lo'


@pytest.mark.parametrize("at", [0, 1, 30, 900])
@pytest.mark.parametrize(
    "damage", [NULS + b"\n", HALF + NULS + b"\n", NULS + b'{"text": "A dam."}\n', b"\x8b\x08\x01\n"]
)
def test_a_line_of_nuls_costs_itself(write: Write, reading: Reading, at: int, damage: bytes) -> None:
    """As a power cut leaves them: the block that was not written yet is all NULs."""
    rows = [f'{{"id": "{number}", "text": "A loan was signed."}}\n'.encode() for number in range(1_000)]
    articles, errors = reading(write("rows.jsonl", b"".join([*rows[:at], damage, *rows[at:]])))
    assert [article.id for article in articles] == [str(number) for number in range(1_000)]
    assert len(errors) == 1 and errors[0].startswith(f"rows.jsonl:{at + 1}: ")


@pytest.mark.parametrize("at", [0, 1, 30, 900])
def test_a_line_of_nuls_in_a_csv_costs_itself(write: Write, reading: Reading, at: int) -> None:
    rows = [b"id,text\n", *(f"{number},A loan was signed.\n".encode() for number in range(1_000))]
    articles, errors = reading(write("rows.csv", b"".join([*rows[:at], NULS + b"\n", *rows[at:]])))
    assert [article.id for article in articles] == [str(number) for number in range(1_000)]
    assert len(errors) == 1 and errors[0].startswith(f"rows.csv:{at + 1}: holds NUL characters")


def test_nuls_inside_a_csv_cell_cost_its_record(write: Write, reading: Reading) -> None:
    rows = b'id,text\na,one loan\nb,"one\n' + NULS + b'\nroad"\nc,one dam\n'
    articles, errors = reading(write("rows.csv", rows))
    assert [article.id for article in articles] == ["a", "c"]
    assert [error.split(": ")[0] for error in errors] == ["rows.csv:3", "rows.csv:4", "rows.csv:5"]
    assert "broken off in line 4" in errors[0]


def test_a_line_that_is_too_long_costs_itself(write: Write, reading: Reading) -> None:
    long = json.dumps({"text": "a" * 41_000_000})
    articles, errors = reading(write("rows.jsonl", f"{A}\n{long}\n{B}\n"))
    assert [article.id for article in articles] == ["a", "b"]
    assert errors == ["rows.jsonl:2: over 20,000,000 bytes in one line: not one article"]


CSV_CASES = [
    ("id,text\na,one loan\nb,one road\n", ["a", "b"], []),
    ("id;text\r\na;one, two\r\nb;one road", ["a", "b"], []),
    ("id\ttext\na\tone loan\n", ["a"], []),
    ('id,text\na,"one\r\n\r\n""loan"", signed"\n', ["a"], []),
    ("id,text,\na,one loan,\n", ["a"], []),
    ("\ufeffid,text\n\n\na,one loan\n", ["a"], []),
    ('id,text\na,"one loan\nb,one road\nc,one dam\n', ["b", "c"], [":2: broken quotes"]),
    ('id,text\na,one loan\nb,"one road\nc,"one dam"\nd,one port\n', ["a", "c", "d"], [":3: broken quotes"]),
    ('id,text\na,"one "loan" signed"\nb,one road\n', ["b"], [":2: broken quotes"]),
    ("id,text\na,one, two\nb,one road\n", ["b"], [":2: 3 cells, but the header has 2"]),
    ("id,text\na\nb,one road\n", ["b"], [":2: 1 cells"]),
    ("id,text\na,\nb,one road\n", ["b"], [":2: the field 'text' is missing or empty"]),
    ('id,text\na,"two\nlines"\nb,\nc,one dam\n', ["a", "c"], [":4: the field 'text'"]),
    ("id,text\n", [], ["holds no article"]),
    ("", [], ["holds no article"]),
    (",\na,b\n", [], ["holds no article"]),
    ("id,text,text\na,b,c\n", [], ["2 columns are named 'text'"]),
    ("id,note,note,text\na,b,c,one loan\n", ["a"], []),
    ("id,text\ra,one loan\rb,one road\r", ["a", "b"], []),
    ('id,text\r\na,one loan\nb,"one\rroad"\rc,one dam\r\n', ["a", "b", "c"], []),
    ("id,words\na,one loan\n", [], ["no column 'text' among id, words; try --column text="]),
]


@pytest.mark.parametrize(("content", "ids", "reasons"), CSV_CASES)
def test_csv(write: Write, reading: Reading, content: str, ids: list[str], reasons: list[str]) -> None:
    articles, errors = reading(write("rows.csv", content))
    assert [article.id for article in articles] == ids
    assert len(errors) == len(reasons) and all(reason in error for reason, error in zip(reasons, errors, strict=True))


def test_a_csv_cell_is_kept_as_read(write: Write, reading: Reading) -> None:
    articles, _ = reading(write("rows.csv", 'text\n"  One\r\ntwo,\u00a0""three"" "\n'))
    assert articles[0].text == '  One\r\ntwo,\u00a0"three" '


def test_a_long_csv_cell(write: Write, reading: Reading) -> None:
    text = "The road was opened. " * 50_000
    assert reading(write("rows.csv", f'text\n"{text}"\n'))[0][0].text == text


def test_renamed_columns(write: Write, reading: Reading) -> None:
    path = write("rows.csv", "text,body,outlet\nno,A loan was signed.,Dawn\n")
    article = reading(path, columns={"text": "body", "source": "outlet"})[0][0]
    assert (article.text, article.source) == ("A loan was signed.", "Dawn")
    assert "no column 'outlets'" in reading(path, columns={"source": "outlets"})[1][0]


def parquet(path: Path, **columns: object) -> Path:
    write_table(pa.table(columns), path)
    return path


def test_parquet(tmp_path: Path, reading: Reading) -> None:
    path = parquet(
        tmp_path / "rows.parquet",
        id=pa.array([1, 2, 3]),
        text=pa.array(["A loan was signed.", None, "A road was opened."]),
        date=pa.array([datetime(2025, 3, 7, 16), None, datetime(2025, 3, 8)]),
        source=pa.array([{"repo": "x"}, None, None]),
    )
    articles, errors = reading(path)
    assert [(a.id, a.date, a.source) for a in articles] == [("1", "2025-03-07", None), ("3", "2025-03-08", None)]
    assert errors == ["rows.parquet, row 2: the field 'text' is missing or empty"]


def test_parquet_with_one_cell_that_is_not_utf8(tmp_path: Path, reading: Reading) -> None:
    cells = pa.array([b"A loan was signed.", b"\xff\xfe", b"A road was opened."]).view(pa.string())
    articles, errors = reading(parquet(tmp_path / "rows.parquet", text=cells, date=pa.array([date(2025, 3, 7)] * 3)))
    assert len(articles) == 2 and len(errors) == 1 and "row 2" in errors[0]


@pytest.mark.parametrize("content", [b"", b"PAR1", b"id,text\na,b\n", b"PAR1" + b"\xff" * 100 + b"PAR1"])
def test_what_is_no_parquet_file(write: Write, reading: Reading, content: bytes) -> None:
    assert "damaged, or not a Parquet file" in reading(write("rows.parquet", content))[1][0]


FAR = 2**31 - 1  # days
TIMES = [
    (pa.array([FAR, 20_000], pa.date32()), [None, "2024-10-04"]),
    (pa.array([2**50, 0], pa.timestamp("s")), [None, "1970-01-01"]),
    (pa.array([0, 0], pa.timestamp("us", tz="Nowhere/Land")), [None, None]),
]


@pytest.mark.parametrize(("times", "dates"), TIMES, ids=["days", "seconds", "zone"])
def test_a_time_that_cannot_be_costs_no_article(
    tmp_path: Path, reading: Reading, times: pa.Array, dates: list[str | None]
) -> None:
    path = parquet(tmp_path / "rows.parquet", text=["A loan was signed.", "A road was opened."], date=times)
    articles, errors = reading(path)
    assert ([article.date for article in articles], errors) == (dates, [])


def test_parquet_with_two_columns_of_a_name(tmp_path: Path, reading: Reading) -> None:
    write_table(pa.Table.from_arrays([pa.array(["a"]), pa.array(["b"])], names=["text"] * 2), tmp_path / "x.parquet")
    assert reading(tmp_path / "x.parquet")[1] == ["x.parquet: 2 columns are named 'text'; rename all but one"]


def test_parquet_that_would_fill_the_memory(tmp_path: Path, reading: Reading) -> None:
    big, good = tmp_path / "big.parquet", tmp_path / "good.parquet"
    write_table(pa.table({"text": ["a" * 30_000_000]}), big, compression="zstd")
    vectors = pa.array([[0.0] * 1_000] * 5_000)  # not read, so that their size is nobody's business
    write_table(pa.table({"text": ["A loan was signed."] * 5_000, "vector": vectors}), good, compression="zstd")
    articles, errors = reading(big, good)
    assert len(articles) == 5_000
    assert len(errors) == 1 and errors[0].startswith("big.parquet: 'text' unpacks to 30,000,0")


def test_a_cell_longer_than_an_article(tmp_path: Path, reading: Reading) -> None:
    path = parquet(tmp_path / "rows.parquet", text=["A loan was signed.", "".join(map(str, range(4_000_000)))])
    articles, errors = reading(path)
    assert len(articles) == 1
    assert errors == ["rows.parquet, row 2: over 20,000,000 characters: not one article; split it"]


def test_parquet_without_text(tmp_path: Path, reading: Reading) -> None:
    assert "no column 'text' among words" in reading(parquet(tmp_path / "rows.parquet", words=["x"]))[1][0]
