"""The data of a page: the index and the articles of all records, packed as text that can be no markup.

Hard because a page with thousands of articles should open at once on a phone: articles are packed some at a time, and
the browser unpacks only those that are looked at.
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
from pipeline.record import Record
from pipeline.report.article import article
from pipeline.report.index import Index

LIMIT = 10_000  # articles of one page
TOGETHER = 50  # articles of a block; source.js reads it from the index


@dataclass(frozen=True)
class Data:
    """What the page shows: `index`, and each article packed in a block with its neighbours."""

    index: dict[str, Any]
    articles: list[str]

    def blocks(self) -> Iterator[tuple[str, str]]:
        """Names and texts of the blocks, of letters, digits, `+`, `/` and `=` alone."""
        yield "index", packed(self.index)
        yield from ((f"articles-{number}", text) for number, text in enumerate(self.articles))


def gather(records: Iterable[Record]) -> Data:
    """Reads all records, in their order. Raises SetupError where they are more than a browser can take."""
    index, blocks = Index(), list[str]()
    for some in batched(_limited(records), TOGETHER):
        for record in some:
            index.add(record)
        blocks.append(packed([article(record) for record in some]))
    return Data({**index.told(), "together": TOGETHER}, blocks)


def _limited(records: Iterable[Record]) -> Iterator[Record]:
    for count, record in enumerate(records):
        if count == LIMIT:
            raise SetupError(
                f"more than {LIMIT:,} articles are too many for one page: give a part of them"
                f" (head -n {LIMIT} records.jsonl | corridor report - -o report.html),"
                " or make tables of all with `corridor export`"
            )
        yield record


def packed(told: Any) -> str:
    """JSON, compressed, in base64."""
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return b64encode(gzip.compress(text.encode(), mtime=0)).decode()
