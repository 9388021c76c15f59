"""JSON: an array, one article, the answer of a news API, Docling's documents; those before a broken item are kept."""

import json
from typing import Any

import pytest
from sources.documents import LOAN, PORT, ROAD, Read, Write

from pipeline.sources import expected

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
