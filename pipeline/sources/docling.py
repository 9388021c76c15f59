"""Reads the JSON of Docling (`DoclingDocument`): paragraphs and tables in its order, with the page of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pipeline.errors import ArticleError
from pipeline.record import Article
from pipeline.sources.articles import make_article
from pipeline.sources.options import ReadOptions

_SCHEMA = "DoclingDocument"
_PAGES = 100_000  # a higher number of a page is a mistake
_KINDS = ("texts", "groups", "tables", "pictures", "key_value_items", "form_items")
_CLOSED = ("tables", "pictures")  # what stands in them is their own, or words in a picture
_LEFT_OUT = {"page_header", "page_footer"}
_BREAK = "\n\n"


def is_docling(value: object) -> bool:
    """Whether a JSON value is a document of Docling."""
    return isinstance(value, Mapping) and value.get("schema_name") == _SCHEMA


def read_docling(value: Mapping[str, Any], where: str, options: ReadOptions) -> Article:
    """The article of a document of Docling. `pages` is null where it says nothing of pages.

    Raises ArticleError for one without text, or that is not built as Docling does.
    """
    try:
        parts = list(_parts(value))
        text, pages = _joined(parts, _last_page(value))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        reason = f"no document as Docling writes it ({type(error).__name__}: {error}); convert it anew with Docling"
        raise ArticleError(where, reason) from error
    if pages is not None and not text.strip():
        raise ArticleError(where, "holds no text; OCR the document first")
    title = next((part.text for part in parts if part.label == "title"), None)
    made = make_article(text, where=where, title=title or options.title, source=options.source, date=options.date)
    return made.model_copy(update={"pages": pages})


class _Part(NamedTuple):
    """A paragraph, or one row of a table; `starts`: offsets in its text at which pages begin, with their numbers."""

    label: str
    text: str
    starts: list[tuple[int, int]]


def _parts(document: Mapping[str, Any]) -> Iterator[_Part]:
    """The parts of the body, in the order of reading; heads, feet and words in pictures are left out."""
    seen = set[str]()
    waiting: list[Any] = [*reversed(document["body"].get("children") or [])]
    while waiting:
        step = waiting.pop()
        if isinstance(step, _Part):
            yield step
        elif (name := step["$ref"]) not in seen:
            seen.add(name)
            _, kind, number = name.split("/")
            if kind not in _KINDS:
                raise ValueError(name)
            item = document[kind][int(number)]
            if item.get("content_layer", "body") == "body" and item.get("label") not in _LEFT_OUT:
                inside = [] if kind in _CLOSED else item.get("children") or []
                notes = [*(item.get("captions") or []), *(item.get("footnotes") or [])]
                waiting += reversed([*notes, *_own(item), *inside])


def _own(item: Mapping[str, Any]) -> Iterator[_Part]:
    """The text of an item, or the rows of a table."""
    if "data" in item:
        texts = [" | ".join(cells) for cells in _rows(item["data"].get("table_cells") or [])]
    else:
        texts = [" ".join(str(item.get("text") or "").split())]
    for text in filter(None, texts):
        starts = list[tuple[int, int]]()
        for place in item.get("prov") or []:
            if isinstance(page := place.get("page_no"), int):
                if not 1 <= page <= _PAGES:
                    raise ValueError(f"page {page}")
                begin = int((place.get("charspan") or [0])[0]) if starts else 0
                starts.append((min(max(begin, 0), len(text)), page))
        yield _Part(str(item.get("label", "")), text, starts)


def _rows(cells: list[Mapping[str, Any]]) -> Iterator[list[str]]:
    """The texts of each row, from left to right, without empty cells."""
    rows: dict[int, list[tuple[int, str]]] = {}
    for cell in cells:
        if text := " ".join(str(cell.get("text") or "").split()):
            place = (int(cell["start_col_offset_idx"]), text)
            rows.setdefault(int(cell["start_row_offset_idx"]), []).append(place)
    for _, row in sorted(rows.items()):
        yield [text for _, text in sorted(row)]


def _last_page(document: Mapping[str, Any]) -> int:
    """The highest number of a page; 0 where there are no pages."""
    numbers = [int(number) for number in document.get("pages") or {}]
    if any(not 1 <= number <= _PAGES for number in numbers):
        raise ValueError(f"page {max(numbers)}")
    return max(numbers, default=0)


def _joined(parts: list[_Part], last: int) -> tuple[str, list[int] | None]:
    """The text, and the offset at which each page begins."""
    starts: list[int] = []
    size, texts = 0, list[str]()
    for part in parts:
        size += len(_BREAK) if texts else 0
        for begin, page in part.starts:
            starts += [size + begin] * (page - len(starts))
        texts.append(part.text)
        size += len(part.text)
    if not starts:
        return _BREAK.join(texts), None
    return _BREAK.join(texts), [0, *starts[1:], *[size] * (last - len(starts))]
