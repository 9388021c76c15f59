"""Export formats. A new one is a module with a `write` function and a row of `FORMATS`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from pipeline.errors import ArticleError
from pipeline.knowledge.folder import Knowledge
from pipeline.publish.integrity import valid
from pipeline.record import Record


class Chosen(Protocol):
    """Says what of a record is written; None where nothing is."""

    def of(self, record: Record) -> Record | None: ...


class Format(NamedTuple):
    """`module`: below `pipeline.publish`, with `write(records, out, options)` and, where it cannot take every record,
    `objection(record)`. `folder`: it writes a folder with a file for each table. `knowledge`: it uses lasting ids.
    `publishes`: it is a form for others, who take it for what a person stands for.
    """

    module: str
    folder: bool = False
    knowledge: bool = False
    publishes: bool = False


FORMATS: Mapping[str, Format] = {
    "parquet": Format("tables.files", folder=True, knowledge=True),
    "csv": Format("tables.files", folder=True, knowledge=True),
    "jsonl": Format("tables.files", folder=True, knowledge=True),
    "xlsx": Format("tables.workbook", knowledge=True),
    "duckdb": Format("tables.database", knowledge=True),
    "iati": Format("iati", publishes=True),
    "ftm": Format("followthemoney", publishes=True),
    "graph": Format("graph", knowledge=True),
}
TABLES = tuple(name for name, form in FORMATS.items() if form.folder)

if TYPE_CHECKING:
    Form = str
else:
    Form = Literal[*FORMATS]


@dataclass(frozen=True)
class Options:
    """`knowledge`: what `corridor resolve` knows; articles that are not exported are left out.

    `reporting_org`, `reporting_org_name`: of IATI, who publishes the file: the identifier registered with IATI, and the
    name. `safe_csv`: write CSV in which no text is a formula to a spreadsheet.
    """

    form: Form
    knowledge: Knowledge = field(default_factory=Knowledge)
    reporting_org: str = "CORRIDOR-UNREGISTERED"
    reporting_org_name: str = "Not registered with IATI"
    safe_csv: bool = False


def export(
    found: Iterable[tuple[str, Record | ArticleError]],
    out: str,
    options: Options,
    failed: Callable[[ArticleError], None],
    accepted: Chosen | None = None,
) -> int:
    """Writes the valid records, calls `failed` for every other one, and returns how many records were written.

    Args:
        found: Records with their places (file:line, or ""), as `pipeline.records.placed` gives them.
        out: The file or folder to write.
        options: The form, and what it needs.
        failed: Called with each record that is not valid: no record, an id twice, a reference without a target, a quote
            that is not in the text.
        accepted: Writes only what people accepted, and counts the rest.

    Raises:
        SetupError: `out` cannot be written.
    """
    module = import_module(f"pipeline.publish.{FORMATS[options.form].module}")
    number = 0

    def records() -> Iterator[Record]:
        nonlocal number
        some = found if accepted is None else selected(found, accepted)
        for record in valid(some, getattr(module, "objection", None)):
            if isinstance(record, ArticleError):
                failed(record)
            else:
                number += 1
                yield record

    module.write(records(), out, options)
    return number


def selected(
    found: Iterable[tuple[str, Record | ArticleError]], accepted: Chosen
) -> Iterator[tuple[str, Record | ArticleError]]:
    """What people accepted of the records; a record without anything accepted is left out."""
    seen = set[str]()
    for where, record in found:
        if isinstance(record, ArticleError) or record.article.id in seen:
            yield where, record  # named as an article that comes twice
            continue
        seen.add(record.article.id)
        try:
            if made := accepted.of(record):
                yield where, made
        except ArticleError as error:
            yield where, error
