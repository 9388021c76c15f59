"""Options of reading: defaults for articles that lack a title, date or source, and which columns hold their fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from pipeline.errors import SetupError
from pipeline.sources.metadata import iso_date

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
_NAMED = 10  # left-over columns in a message
_LONGEST = 40  # characters of a name in it
_BESIDE = re.compile(r"[\W_]+")


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


@dataclass(frozen=True)
class Columns:
    """The columns of each field, in the order in which they are asked for a value, and those of no field.

    The text has one column at most. `said`: the columns under other names and those left over, on one line, or "".
    """

    of: Mapping[str, Sequence[str]]
    left: Sequence[str]
    said: str

    def tell(self, where: str, options: ReadOptions) -> None:
        """Tells the user what was matched and left over, if that is not plain from the names."""
        if options.tell and self.said:
            options.tell(where, self.said)


def match(names: Sequence[str], options: ReadOptions) -> Columns:
    """The columns among `names`. A column that the user has named is alone with its field, and has no other field."""
    plain: dict[str, str] = {}
    for name in names:
        plain.setdefault(_plain(name), name)
    known, taken = set(names), set(options.columns.values())

    def found(field: str) -> list[str]:
        if field in options.columns:
            return [name for name in (options.columns[field],) if name in known]
        first = [field if field in known else plain.get(_plain(field), "")]
        also = [plain.get(_plain(name), "") for name in ALSO[field]]
        return list(dict.fromkeys(name for name in first + [name for name in also if name not in taken] if name))

    of = {field: found(field) for field in FIELDS}
    of["text"] = of["text"][:1]
    used = {name for own in of.values() for name in own}
    left = [name for name in dict.fromkeys(names) if name and name not in used]
    return Columns(of, left, _said(of, left, options))


def noting(where: str, options: ReadOptions) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A function that gives back JSON objects; it says what is matched in the first one."""
    objects = 0

    def pass_on(value: dict[str, Any]) -> dict[str, Any]:
        nonlocal objects
        objects += 1
        if objects == 1 and options.tell:
            match(list(value), options).tell(where, options)
        return value

    return pass_on


def _plain(name: str) -> str:
    """`publishedAt`, `Published At` and `published_at` are one name."""
    return _BESIDE.sub("", name).casefold()


def _said(of: Mapping[str, Sequence[str]], left: Sequence[str], options: ReadOptions) -> str:
    other = [
        f"{field} from {' or '.join(map(_short, own))}"
        for field, own in of.items()
        if field not in options.columns and any(_plain(name) != field for name in own)
    ]
    more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
    over = [f"left over: {', '.join(map(_short, left[:_NAMED]))}{more}"] if left else []
    return "; ".join(([", ".join(other)] if other else []) + over)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}..."
