"""Options of reading: defaults for articles that lack a title, date or source, and which columns hold their fields."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import BinaryIO

FIELDS = ("id", "title", "date", "source", "url", "text")
ALSO = {  # other names of a column, most likely first, unless the user names one
    "id": ("article_id", "guid", "uuid", "doc_id"),
    "title": ("headline", "article_title"),
    "date": (
        "published_at", "published_date", "published_on", "pub_date", "publish_date", "publication_date",
        "date_published", "published", "datetime",
    ),
    "source": ("outlet", "publisher", "newspaper", "source_name", "site_name", "site", "domain"),
    "url": ("link", "article_url"),
    "text": ("body", "content", "article", "full_text", "article_text"),
}  # fmt: skip
_NAMED = 10  # left-over columns in a message
_LONGEST = 40  # characters of a name in it


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


@dataclass(frozen=True)
class Columns:
    """The columns of each field, in the order in which they are asked for a value; the text has one at most.

    `said`: the columns under other names and those left over, on one line, or "".
    """

    of: Mapping[str, Sequence[str]]
    said: str

    def tell(self, where: str, options: ReadOptions) -> None:
        """Tells the user what was matched and left over, if that is not plain from the names."""
        if options.tell and self.said:
            options.tell(where, self.said)


def match(names: Sequence[str], options: ReadOptions) -> Columns:
    """The columns among `names`. A column that the user has named is alone with its field, and has no other field."""
    plain: dict[str, str] = {}
    for name in names:
        plain.setdefault(plain_name(name), name)
    taken = set(options.columns.values())

    def of_field(field: str) -> list[str]:
        if field in options.columns:
            return [options.columns[field]] if options.columns[field] in names else []
        first = field if field in names else plain.get(plain_name(field), "")
        also = [plain.get(plain_name(name), "") for name in ALSO[field]]
        return list(dict.fromkeys(name for name in [first, *(name for name in also if name not in taken)] if name))

    of = {field: of_field(field) for field in FIELDS}
    of["text"] = of["text"][:1]
    other = [
        f"{field} from {_short(own, ' or ')}"
        for field, own in of.items()
        if field not in options.columns and any(plain_name(name) != field for name in own)
    ]
    return Columns(of, "; ".join(filter(None, [", ".join(other), left_over(names, of)])))


def matcher(where: str, options: ReadOptions) -> Callable[[Sequence[str]], Columns]:
    """`match` for rows that may each have other columns; the user learns of those of the first row."""
    rows = count(1)

    def matched(names: Sequence[str]) -> Columns:
        columns = match(names, options)
        if next(rows) == 1:
            columns.tell(where, options)
        return columns

    return matched


def plain_name(name: str) -> str:
    """`publishedAt`, `Published At` and `published_at` are one name."""
    return re.sub(r"[\W_]+", "", name).casefold()


def left_over(names: Iterable[str], of: Mapping[str, Sequence[str]]) -> str:
    """ "left over: pages, section and 3 more": the columns that no field has; "" without any."""
    used = {name for own in of.values() for name in own}
    left = [name for name in dict.fromkeys(names) if name and name not in used]
    more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
    return f"left over: {_short(left[:_NAMED], ', ')}{more}" if left else ""


def _short(names: Iterable[str], between: str) -> str:
    return between.join(name if len(name) <= _LONGEST else f"{name[:_LONGEST]}..." for name in names)
