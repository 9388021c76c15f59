"""Reads the JSON of Docling (`DoclingDocument`): paragraphs and tables in its order, with the page of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.errors import ArticleError
from pipeline.record import Article
from pipeline.sources.articles import make_article
from pipeline.sources.options import ReadOptions

_SCHEMA = "DoclingDocument"
_PAGES = 100_000  # a higher number of a page is a mistake
_CLOSED = ("#/tables", "#/pictures")  # what stands in them is their own, or words in a picture
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
        parts = list(_Parts(value))
        text, pages = _joined(parts, _last_page(value))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        reason = f"no document as Docling writes it ({type(error).__name__}: {error}); convert it anew with Docling"
        raise ArticleError(where, reason) from error
    if pages is not None and not text.strip():
        raise ArticleError(where, "holds no text; OCR the document first")
    title = next((part.text for part in parts if part.label == "title"), None)
    made = make_article(text, where=where, title=title or options.title, source=options.source, date=options.date)
    return made.model_copy(update={"pages": pages})


class _Part:
    """A paragraph, or one row of a table; `starts`: the offsets in its text from which it stands on a page."""

    def __init__(self, item: Mapping[str, Any], text: str) -> None:
        self.text, self.label = text, str(item.get("label", ""))
        places = [one for one in item.get("prov") or [] if isinstance(one.get("page_no"), int)]
        self.starts = [(0 if number == 0 else _begin(one, len(text)), _page(one)) for number, one in enumerate(places)]


def _page(place: Mapping[str, Any]) -> int:
    page = int(place["page_no"])
    if not 1 <= page <= _PAGES:
        raise ValueError(f"page {page}")
    return page


def _begin(place: Mapping[str, Any], size: int) -> int:
    first = (place.get("charspan") or [0])[0]
    return min(max(int(first), 0), size)


class _Parts:
    """The parts of the body, in the order of reading; heads, feet and words in pictures are left out."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._seen = set[str]()

    def __iter__(self) -> Iterator[_Part]:
        waiting = [*reversed(self._document["body"].get("children") or [])]
        while waiting:
            name = waiting.pop()["$ref"]
            if name in self._seen:
                continue
            self._seen.add(name)
            item = self._item(name)
            if item.get("content_layer", "body") != "body" or item.get("label") in _LEFT_OUT:
                continue
            for caption in map(self._item, self._captions(item)):
                yield from self._own(caption)
            if not name.startswith(_CLOSED):
                waiting += reversed([*(item.get("children") or [])])
            yield from self._own(item)

    def _item(self, name: str) -> Mapping[str, Any]:
        _, kind, number = name.split("/")
        if kind not in ("texts", "groups", "tables", "pictures", "key_value_items", "form_items"):
            raise ValueError(name)
        found: Mapping[str, Any] = self._document[kind][int(number)]
        return found

    def _captions(self, item: Mapping[str, Any]) -> Iterator[str]:
        """The names of captions and notes that were not read yet."""
        for one in (*(item.get("captions") or []), *(item.get("footnotes") or [])):
            if one["$ref"] not in self._seen:
                self._seen.add(one["$ref"])
                yield one["$ref"]

    def _own(self, item: Mapping[str, Any]) -> Iterator[_Part]:
        if "data" in item:
            for cells in _rows(item["data"].get("table_cells") or []):
                yield _Part(item, " | ".join(cells))
        elif text := " ".join(str(item.get("text") or "").split()):
            yield _Part(item, text)


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
