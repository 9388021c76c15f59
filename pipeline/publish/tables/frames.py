"""Records as pandas data frames, in the types that the Parquet files have."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from pipeline.errors import ArticleError
from pipeline.knowledge.folder import of_folder
from pipeline.publish.integrity import valid
from pipeline.publish.tables.batches import batches
from pipeline.publish.tables.schema import for_pandas, tables
from pipeline.record import Record
from pipeline.records import placed

if TYPE_CHECKING:
    import pandas as pd

_log = logging.getLogger("corridor")


def frames(
    records: Iterable[Record | ArticleError] | str | Path, knowledge: str | Path | None = None
) -> dict[str, pd.DataFrame]:
    """A data frame for each table of docs/tables.md, by name, all in memory.

    Args:
        records: What `extract_stream` yields, or the path of a file or run folder that `corridor extract` wrote. A bad
            record is named in the log and left out.
        knowledge: A folder of `corridor resolve`, for the tables of lasting ids.

    Raises:
        SetupError: A path cannot be read.
    """
    found = placed(str(records)) if isinstance(records, str | Path) else (("", record) for record in records)
    kept: dict[str, list[pa.RecordBatch]] = {name: [] for name in tables()}
    for name, batch in batches(_named(valid(found)), of_folder(knowledge)):
        kept[name].append(batch)
    return {
        name: pa.Table.from_batches(some, tables()[name].schema).cast(for_pandas(name)).to_pandas()
        for name, some in kept.items()
    }


def _named(found: Iterable[Record | ArticleError]) -> Iterator[Record]:
    for record in found:
        if isinstance(record, Record):
            yield record
        else:
            _log.warning("%s", record)
