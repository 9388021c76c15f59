"""Docling's JSON: its paragraphs and tables, and the page of each."""

import json
from io import BytesIO
from typing import Any

import pytest
from sources.documents import LOAN, PORT, ROAD

from pipeline.errors import ArticleError
from pipeline.record import page_of
from pipeline.sources import ReadOptions, read_stream


def text(words: str, page: int | None = None, label: str = "text", **more: Any) -> dict[str, Any]:
    places = [] if page is None else [{"page_no": page, "bbox": {}, "charspan": [0, len(words)]}]
    return {"label": label, "text": words, "orig": words, "content_layer": "body", "prov": places, **more}


def table(rows: list[list[str]], page: int) -> dict[str, Any]:
    cells = [
        {"text": cell, "start_row_offset_idx": number, "start_col_offset_idx": place}
        for number, row in enumerate(rows)
        for place, cell in enumerate(row)
    ]
    return {"label": "table", "prov": [{"page_no": page}], "data": {"table_cells": cells[::-1]}, "captions": []}


def ref(kind: str, number: int) -> dict[str, str]:
    return {"$ref": f"#/{kind}/{number}"}


def document(*texts: dict[str, Any], **more: Any) -> dict[str, Any]:
    children = [ref("texts", number) for number in range(len(texts))]
    return {
        "schema_name": "DoclingDocument",
        "version": "1.3.0",
        "name": "a",
        "body": {"self_ref": "#/body", "children": children},
        "texts": list(texts),
        "tables": [],
        "groups": [],
        "pictures": [],
        "pages": {},
        **more,
    }


def read(value: dict[str, Any], **options: Any) -> Any:
    (found,) = read_stream(BytesIO(json.dumps(value).encode()), "a.json", ReadOptions(**options))
    return found


def test_texts_with_their_pages() -> None:
    found = document(text("Report of the year", 1, "title"), text(LOAN, 1), text(ROAD, 2), text(PORT, 4))
    article = read(found, source="Lake Bank", date="2025-03-04")
    assert article.text == f"Report of the year\n\n{LOAN}\n\n{ROAD}\n\n{PORT}"
    assert (article.title, article.source, article.date) == ("Report of the year", "Lake Bank", "2025-03-04")
    assert [page_of(article, article.text.index(words)) for words in (LOAN, ROAD, PORT)] == [1, 2, 4]
    assert article.pages == [0, article.text.index(ROAD), article.text.index(PORT), article.text.index(PORT)]


def test_pages_at_the_end_without_text_count() -> None:
    article = read(document(text(LOAN, 1), pages={"1": {}, "2": {}}))
    assert article.pages == [0, len(LOAN)]


def test_a_paragraph_on_two_pages() -> None:
    places = [{"page_no": 1, "charspan": [0, 50]}, {"page_no": 2, "charspan": [51, len(LOAN)]}]
    assert read(document(text(LOAN, prov=places))).pages == [0, 51]


def test_without_places_there_are_no_pages() -> None:
    assert read(document(text(LOAN), text(ROAD))).pages is None


def test_furniture_is_left_out() -> None:
    head = text("Lake Development Bank", 1, content_layer="furniture")
    assert read(document(head, text("Page 1", 1, "page_footer"), text(LOAN, 1))).text == LOAN


def test_a_row_of_a_table_is_one_line_after_its_caption() -> None:
    made = table([["Component", "Cost"], ["Road", "120.5"], ["", "150"]], 2)
    made["captions"] = [ref("texts", 1)]
    found = document(text(LOAN, 1), text("Table 1: costs", 2), tables=[made])
    found["body"]["children"] = [ref("texts", 0), ref("tables", 0), ref("texts", 1)]
    article = read(found)
    assert article.text.split("\n\n") == [LOAN, "Table 1: costs", "Component | Cost", "Road | 120.5", "150"]
    assert page_of(article, article.text.index("Road")) == 2


def test_groups_and_lists_are_followed() -> None:
    found = document(text(LOAN, 1), text(ROAD, 1), text(PORT, 1))
    found["groups"] = [{"label": "list", "children": [ref("texts", 2), ref("texts", 0)]}]
    found["body"]["children"] = [ref("groups", 0), ref("texts", 1)]
    assert read(found).text == f"{PORT}\n\n{LOAN}\n\n{ROAD}"


def test_words_in_a_picture_are_left_out_and_its_caption_is_not() -> None:
    found = document(text(LOAN, 1), text("NORTH", 1), text("Figure 1: the lake", 1))
    found["pictures"] = [{"label": "picture", "children": [ref("texts", 1)], "captions": [ref("texts", 2)]}]
    found["body"]["children"] = [ref("texts", 0), ref("pictures", 0)]
    assert read(found).text == f"{LOAN}\n\nFigure 1: the lake"


def test_a_circle_ends() -> None:
    found = document(text(LOAN, 1))
    found["groups"] = [{"children": [ref("groups", 0), ref("texts", 0)]}]
    found["body"]["children"] = [ref("groups", 0)]
    assert read(found).text == LOAN


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"schema_name": "DoclingDocument"}, "no document as Docling writes it"),
    (document(body=[]), "no document as Docling writes it"),
    (document(body={"children": ["x"]}), "no document as Docling writes it"),
    (document(body={"children": [{"$ref": "#/texts/9"}]}), "no document as Docling writes it"),
    (document(body={"children": [{"$ref": "#/schema_name/0"}]}), "no document as Docling writes it"),
    (document(text(LOAN, 10**12)), "no document as Docling writes it"),
    (document(text(LOAN, 1), pages={"9999999": {}}), "no document as Docling writes it"),
    (document(text(LOAN, prov=[1])), "no document as Docling writes it"),
    (document(), "holds no text"),
    (document(pages={"1": {}}), "holds no text"),
]


@pytest.mark.parametrize(("value", "reason"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_document(value: dict[str, Any], reason: str) -> None:
    error = read(value)
    assert isinstance(error, ArticleError) and error.where == "a.json" and reason in error.reason
