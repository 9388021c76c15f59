"""Options of reading: names of columns, and defaults for articles that lack a title, date or source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from pipeline.errors import SetupError
from pipeline.sources.dates import iso_date

FIELDS = ("id", "title", "date", "source", "url", "text")
ALSO = {  # other names of a column, most likely first, unless the user names one
    "id": ("article_id", "guid", "uuid", "doc_id"),
    "title": ("headline", "article_title"),
    "date": (
        "published_at",
        "published_date",
        "published_on",
        "pub_date",
        "publish_date",
        "publication_date",
        "date_published",
        "published",
        "datetime",
    ),
    "source": ("outlet", "publisher", "newspaper", "source_name", "site_name", "site", "domain"),
    "url": ("link", "article_url"),
    "text": ("body", "content", "article", "full_text", "article_text"),
}


@dataclass(frozen=True)
class ReadOptions:
    """`columns` maps our field to their column (`{"text": "body"}`); `stdin`: the stream for `-`.

    `title`, `date` and `source` are used for articles that have none. `tell`: called with a table and what was matched
    in it (`headline` as the title) or left over. `follow_links`: links inside folders are followed.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    title: str | None = None
    date: str | None = None
    source: str | None = None
    stdin: BinaryIO | None = None
    tell: Callable[[str, str], None] | None = None
    follow_links: bool = False

    def column(self, name: str) -> str:
        """The name of a field in the input."""
        return self.columns.get(name, name)


def check(options: ReadOptions) -> None:
    """Raises SetupError for an unknown field or a wrong date, before any file is opened."""
    unknown = sorted(set(options.columns) - set(FIELDS))
    if unknown:
        raise SetupError(f"--column {unknown[0]}=...: unknown field; name one of {', '.join(FIELDS)}")
    if options.date and iso_date(options.date) is None:
        raise SetupError(f"--date {options.date}: not a full date; write it as 2025-09-25")
