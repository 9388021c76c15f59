"""The data of a page: an index and the articles of all records, compressed, in text that cannot be markup.

Articles are packed in blocks, and the browser unpacks only the blocks that it shows, so that a page with thousands of
articles opens at once on a phone.
"""

import gzip
import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any

from pipeline.errors import SetupError
from pipeline.knowledge.answers import by_pair
from pipeline.knowledge.changes import Change
from pipeline.knowledge.folder import Knowledge
from pipeline.publish.report.article import article
from pipeline.publish.report.index import Index
from pipeline.publish.report.map import world
from pipeline.publish.report.news import news
from pipeline.publish.report.progress import of_knowledge, progress
from pipeline.publish.report.projects import projects
from pipeline.record import Day, Record

LIMIT = 10_000  # articles in a page
BLOCK = 50  # articles in a block; source.js reads it from the index


@dataclass(frozen=True)
class Data:
    """`index`: see `Index.data`; `articles`: packed blocks; `more`: other blocks by name.

    These are `progress` (see `progress.progress`), `map` (see `map.world`), with knowledge `projects`, and with changes
    `news`. The index says which there are.
    """

    index: dict[str, Any]
    articles: list[str]
    more: dict[str, Any]

    def blocks(self) -> Iterator[tuple[str, str]]:
        """Names and texts of the blocks; the texts are base64."""
        yield "index", packed(self.index)
        yield from ((f"articles-{number}", text) for number, text in enumerate(self.articles))
        yield from ((name, packed(value)) for name, value in self.more.items())


def gather(
    records: Iterable[Record],
    knowledge: Knowledge | None = None,
    today: Day | None = None,
    changes: tuple[str, Sequence[Change]] | None = None,
) -> Data:
    """The data of all records, in their order. Raises SetupError if there are more than a browser can show.

    `today`: the day on which acts may be overdue or silent, by default that of the latest article. `changes`: since
    when or since which folder, and what changed.
    """
    index, blocks = Index(knowledge), list[str]()
    for block in batched(_limited(records), BLOCK):
        for record in block:
            index.add(record)
        blocks.append(packed([article(record) for record in block]))
    rows = index.rows_by_key()
    acts = index.acts() if knowledge is None else of_knowledge(knowledge, rows)
    days = [index.latest_day(), *(article.date for article in (knowledge.articles if knowledge else ()))]
    more: dict[str, Any] = {"progress": progress(acts, rows, today or max(filter(None, days), default=None))}
    more["map"] = world()
    if knowledge is not None:
        more["projects"] = projects(knowledge, rows)
    answers = {} if knowledge is None else by_pair(knowledge)
    if changes is not None:
        more["news"] = news(changes[1], changes[0], rows)
    views = {
        "block_size": BLOCK,
        "answers": answers,
        "has_projects": knowledge is not None,
        "has_news": changes is not None,
        "has_progress": True,
        "has_map": True,
    }
    return Data({**index.data(), **views}, blocks, more)


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
