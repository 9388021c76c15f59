"""Options of reading: names of columns, and defaults for articles that lack a date or source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from pipeline.errors import SetupError
from pipeline.readers.dates import iso_date

FIELDS = ("id", "title", "date", "source", "url", "text")
ALSO = {"source": ("outlet", "publisher", "newspaper")}  # other names of a column, unless the user names one


@dataclass(frozen=True)
class ReadOptions:
    """`columns` maps our field to their column (`{"text": "body"}`); `stdin`: the stream for `-`.

    `date` and `source` are used for articles that have none.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    date: str | None = None
    source: str | None = None
    stdin: BinaryIO | None = None

    def column(self, name: str) -> str:
        """The name of a field in the input."""
        return self.columns.get(name, name)

    def columns_of(self, name: str) -> tuple[str, ...]:
        """Possible names of a field in the input, most likely first."""
        return (self.column(name),) if name in self.columns else (name, *ALSO.get(name, ()))


def check(options: ReadOptions) -> None:
    """Raises SetupError for an unknown field or a wrong date, before any file is opened."""
    unknown = sorted(set(options.columns) - set(FIELDS))
    if unknown:
        raise SetupError(f"--column {unknown[0]}=...: unknown field; name one of {', '.join(FIELDS)}")
    if options.date and iso_date(options.date) is None:
        raise SetupError(f"--date {options.date}: not a full date; write it as 2025-09-25")
