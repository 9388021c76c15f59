"""JSON files: an array, one article, the answer of a news API; a broken item is named, those before it are kept."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sources.documents import LOAN
from sources.test_docling import document, text

from pipeline.sources import expected

Write = Callable[[str, str | bytes], Path]
Reading = Callable[..., tuple[list, list]]
A, B = '{"id": "a", "text": "A loan was signed."}', '{"id": "b", "text": "A road was opened."}'

CASES = [
    (f"[{A}, {B}]", "ab", []),
    (f" \n[\n{A}\n,{B}]\n", "ab", []),
    (A, "a", []),
    (json.dumps(json.loads(A), indent=2), "a", []),
    (f"{A}\n{B}\n", "ab", []),  # JSON lines under another name
    (f"[{A}][{B}]", "ab", []),
    (f'{{"status": "ok", "total": 2, "articles": [{A}, {B}]}}', "ab", []),
    (f'{{"content": [{A}]}}', "a", []),
    ('{"id": "a", "text": "A loan.", "authors": [{"name": "M. Rai"}]}', "a", []),
    (f'{{"one": [{A}], "two": [{B}]}}', "", ["rows.json: the field 'text' is missing or empty"]),
    ('{"text": null, "comments": [{"text": "Good."}]}', "", ["rows.json: the field 'text' is missing or empty"]),
    (f'[{A}, {{"id": "x"}}, {B}]', "ab", ["rows.json, item 2: the field 'text' is missing or empty"]),
    (f'[{A}, 5, null, "x", [], {B}]', "ab", [f"rows.json, item {n}: JSON, but not an object" for n in (2, 3, 4, 5)]),
    (f'[{A}, {{"text": {"9" * 5000}}}, {B}]', "ab", ["rows.json, item 2: the field 'text' is "]),
    (f'[{A}, {{"text": "\\ud83d"}}, {B}]', "ab", ["rows.json, item 2: the text cannot be written as UTF-8"]),
    (f"[{A}, {B[:25]}", "a", ["rows.json, item 2: not whole JSON (Unterminated string"]),
    (f"[{A}", "a", ["rows.json, item 2: not whole JSON (a comma or the end of the array is missing)"]),
    (f"[{A}; {B}]", "a", ["rows.json, item 2: not whole JSON (a comma or the end"]),
    (f"[{A}, {'[' * 200_000}", "a", ["rows.json, item 2: not whole JSON (too deep"]),
    ("A loan was signed.", "", ["rows.json: not whole JSON (Expecting value); what follows is not read"]),
    ("[]", "", ["rows.json: holds no article"]),
    ("", "", ["rows.json: holds no article"]),
]  # fmt: skip


@pytest.mark.parametrize("block", [1, 7, 1 << 20])
@pytest.mark.parametrize(("content", "ids", "reasons"), CASES, ids=range(len(CASES)))
def test_json(
    write: Write,
    reading: Reading,
    monkeypatch: pytest.MonkeyPatch,
    content: str,
    ids: str,
    reasons: list[str],
    block: int,
) -> None:
    monkeypatch.setattr("pipeline.sources.decode._BLOCK", max(block, len(content) // 1_000))
    articles, errors = reading(write("rows.json", content))
    assert [article.id for article in articles] == list(ids)
    assert len(errors) == len(reasons)
    assert all(error.startswith(reason) for error, reason in zip(errors, reasons, strict=True)), errors


@pytest.mark.parametrize("block", [1, 2, 3, 1 << 20])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(write: Write, reading: Reading, monkeypatch: pytest.MonkeyPatch, encoding: str, block: int) -> None:
    monkeypatch.setattr("pipeline.sources.decode._BLOCK", max(block, 2 if encoding == "utf-16" else 1))
    text = "The café\u2019s “loan” was signed."
    data = json.dumps([{"text": text}], ensure_ascii=False).encode(encoding)
    articles, errors = reading(write("rows.json", data))
    assert ([article.text for article in articles], errors) == ([text], [])


def test_a_block_that_is_not_text_costs_what_follows(
    write: Write, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.sources.decode._BLOCK", 100)
    rows = b", ".join([A.encode()] * 50)
    articles, errors = reading(write("rows.json", b"[" + rows + b", \0" + rows + b"]"))
    assert len(articles) > 40 and len(errors) == 1 and "NUL" in errors[0]


def test_an_item_that_is_too_long_is_named(write: Write, reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.sources.json_files.LIMIT", 1_000)
    monkeypatch.setattr("pipeline.sources.decode._BLOCK", 100)
    articles, errors = reading(write("rows.json", f'[{A}, {{"text": "{"a" * 10_000}"}}, {B}]'))
    assert [article.id for article in articles] == ["a"]
    assert len(errors) == 1 and "item 2" in errors[0] and "or over 1,000 characters" in errors[0]


def test_how_many_it_holds_is_not_known_beforehand(write: Write) -> None:
    assert expected([str(write("rows.json", f"[{A}, {B}]"))]) is None


def test_a_docling_document_goes_to_its_reader(write: Write, reading: Reading) -> None:
    good = write("good.json", json.dumps([document(text(LOAN, 1)), json.loads(A)]))
    bad = write("bad.json", json.dumps({"schema_name": "DoclingDocument"}))
    articles, errors = reading(good, bad)
    assert len(articles) == 2
    assert articles[0].pages
    assert [error.split(";")[0] for error in errors] == [
        "bad.json: no document as Docling writes it (KeyError: 'body')"
    ]
