"""What can be set about reading: renamed columns, and what to put where an article says nothing.

Checked before the first file is opened, so that a slip in an option costs no work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from pipeline.errors import SetupError
from pipeline.readers.dates import iso_date

FIELDS = ("id", "title", "date", "source", "url", "text")
ALSO = {"source": ("outlet", "publisher", "newspaper")}  # other names of a column, where the user gives it none


@dataclass(frozen=True)
class ReadOptions:
    """How inputs are read. `columns` maps our field to their column (`{"text": "body"}`).

    `date` and `source` serve articles that carry none; `stdin` is the stream for `-` (default: the process's own).
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    date: str | None = None
    source: str | None = None
    stdin: BinaryIO | None = None

    def column(self, name: str) -> str:
        """Their name of our field."""
        return self.columns.get(name, name)

    def columns_of(self, name: str) -> tuple[str, ...]:
        """Their names of our field, the likeliest first."""
        return (self.column(name),) if name in self.columns else (name, *ALSO.get(name, ()))


def check(options: ReadOptions) -> None:
    """Raises SetupError for a column that is not ours and for a date that is none."""
    unknown = sorted(set(options.columns) - set(FIELDS))
    if unknown:
        raise SetupError(f"--column {unknown[0]}=...: the columns to name are {', '.join(FIELDS)}")
    if options.date and iso_date(options.date) is None:
        raise SetupError(f"--date {options.date}: not a full date; write it as 2025-09-25")
