"""Tries a language model on articles with gold that come with Corridor.

A model is believed from ENOUGH on, the mean gain of ROWS over the small models alone, where none of these rows falls.
Answers of which 60 % or more of the acts were made wrong do not reach it (docs/llm.md).
"""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from statistics import mean

from pipeline.gold.evaluate.score import score
from pipeline.llm.checks import Check, Row
from pipeline.llm.endpoint import Cache, Endpoint
from pipeline.llm.ground import COPIED
from pipeline.llm.read import Reader
from pipeline.record import Record
from pipeline.settings import Settings

ROWS = ("rows", "slots", "projects", "money", "commitments")
ENOUGH = 0.1
TWELVE = tuple(f"regions-{n}" for n in (101, 104, 107, 110, 113, 116, 119, 202, 205, 208, 213, 219))


def check(endpoint: Endpoint, golds: Sequence[Record], alone: Sequence[Record], tell: Callable[[int], object]) -> Check:
    """Asks a model about `alone`, the records of the small models of the articles of `golds`; `tell` gets the count."""
    start, cache = time.monotonic(), Cache()
    with Reader(endpoint, Settings(), cache) as reader:
        read = []
        for record in _read(reader, alone):
            read.append(record)
            tell(len(read))
    ledger = reader.ledger
    believed, rows = is_believed(golds, alone, read)
    if not (believed or ledger.stopped):  # the answers are in the cache
        with Reader(endpoint, Settings(), cache, believed=False) as again:
            read = [*_read(again, alone)]
        _, rows = is_believed(golds, alone, read)
    return Check(
        url=endpoint.made["url"],
        model=endpoint.model,
        day=date.today(),
        articles=len(golds),
        believed=believed,
        gain=mean(row.read - row.alone for row in rows.values()),
        rows=rows,
        calls=ledger.calls,
        tokens_in=ledger.tokens_in,
        tokens_out=ledger.tokens_out,
        seconds=round(time.monotonic() - start, 1),
        set_aside=ledger.set_aside.total(),
        copied=ledger.dropped[COPIED],
        stopped=ledger.stopped,
    )


def is_believed(
    golds: Sequence[Record], alone: Iterable[Record], read: Iterable[Record]
) -> tuple[bool, dict[str, Row]]:
    """Whether records that a model has read gain enough over those of the small models, and their rows."""
    before, after = (score(golds, {one.article.id: one for one in records}, sums=False) for records in (alone, read))
    rows = {}
    for name in ROWS:
        old, new = before.rows[name], after.rows[name]
        rows[name] = Row(alone=old.f1, read=new.f1, low=new.low, high=new.high)
    gains = [row.read - row.alone for row in rows.values()]
    return mean(gains) >= ENOUGH and min(gains) >= 0, rows


def _read(reader: Reader, records: Iterable[Record]) -> Iterable[Record]:
    return (found for _, found in reader.read((None, record, True) for record in records) if found)
