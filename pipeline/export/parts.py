"""The records of a part of a run, each a line of JSON, as the bytes of a file: JSON lines, or Parquet."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.records import FORMS, RECORD

ARTICLE = ("id", "date", "source", "title", "url", "story")  # of an article, columns of their own
SCHEMA = pa.schema([(name, pa.string()) for name in (*ARTICLE, RECORD)])


def as_jsonl(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def as_parquet(lines: Sequence[str]) -> bytes:
    """What is told of each article in columns, so that readers can pass over rows, and the record in JSON."""
    rows = []
    for line in lines:
        article = json.loads(line)["article"]
        rows.append({**{name: article.get(name) for name in ARTICLE}, RECORD: line})
    file = BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, SCHEMA), file, compression="zstd")
    return file.getvalue()


PARTS: Mapping[str, Callable[[Sequence[str]], bytes]] = dict(zip(FORMS, (as_jsonl, as_parquet), strict=True))
