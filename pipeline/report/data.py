"""The data of a page: an index and the articles of all records, compressed, in text that cannot be markup.

Articles are packed in blocks, and the browser unpacks only the blocks that it shows, so that a page with thousands of
articles opens at once on a phone.
"""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import batched
from typing import Any

from pipeline.errors import SetupError
from pipeline.knowledge import Knowledge
from pipeline.record import Record
from pipeline.report.article import article
from pipeline.report.index import Index
from pipeline.report.projects import projects

LIMIT = 10_000  # articles in a page
BLOCK = 50  # articles in a block; source.js reads it from the index


@dataclass(frozen=True)
class Data:
    """`index`: see `Index.data`; `articles`: packed blocks; `projects`: see `projects`, None without knowledge."""

    index: dict[str, Any]
    articles: list[str]
    projects: list[dict[str, Any]] | None = None

    def blocks(self) -> Iterator[tuple[str, str]]:
        """Names and texts of the blocks; the texts are base64."""
        yield "index", packed(self.index)
        yield from ((f"articles-{number}", text) for number, text in enumerate(self.articles))
        if self.projects is not None:
            yield "projects", packed(self.projects)


def gather(records: Iterable[Record], knowledge: Knowledge | None = None) -> Data:
    """The data of all records, in their order. Raises SetupError if there are more than a browser can show."""
    index, blocks = Index(knowledge or Knowledge()), list[str]()
    for block in batched(_limited(records), BLOCK):
        for record in block:
            index.add(record)
        blocks.append(packed([article(record) for record in block]))
    more = {"block_size": BLOCK, "has_projects": knowledge is not None}
    known = projects(knowledge, index.rows_by_key()) if knowledge else None
    return Data({**index.data(), **more}, blocks, known)


def _limited(records: Iterable[Record]) -> Iterator[Record]:
    for count, record in enumerate(records):
        if count == LIMIT:
            raise SetupError(
                f"more than {LIMIT:,} articles are too many for one page: select some of them"
                f" (head -n {LIMIT} records.jsonl | corridor report - -o report.html),"
                " or write tables of all with `corridor export`"
            )
        yield record


def packed(value: Any) -> str:
    """JSON, compressed, in base64."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return b64encode(gzip.compress(text.encode(), mtime=0)).decode()
