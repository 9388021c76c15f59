"""How far the sums of money of records are from those of gold, article by article."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import mean

from pipeline.gold.check import has_flows
from pipeline.knowledge.ledger import Ledger
from pipeline.record import Record

Sums = dict[str, float]  # by currency


def sums(record: Record) -> Sums:
    """The counted money of an article, by currency."""
    ledger, found = Ledger(), defaultdict[str, float](float)
    ledger.add(record)
    for entry in ledger.entries().values():
        if entry.counted and entry.worth:
            currency, value = entry.worth
            found[currency] += value
    return dict(found)


def relative_errors(gold: Sums, found: Sums) -> list[float]:
    """Of each currency the difference as a share of the larger sum: 0 is right, 1 is a sum that should not be there."""
    pairs = [(gold.get(name, 0.0), found.get(name, 0.0)) for name in gold.keys() | found.keys()]
    return [abs(one - other) / max(one, other) for one, other in pairs]


def sum_error(golds: Iterable[Record], records: Mapping[str, Record]) -> float | None:
    """The mean relative error over the sums of all articles with flows in gold; None where neither side has any.

    An article without a record counts as one without money.
    """
    errors: Sequence[float] = [
        error
        for gold in golds
        if has_flows(gold)
        for error in relative_errors(sums(gold), sums(records[gold.article.id]) if gold.article.id in records else {})
    ]
    return mean(errors) if errors else None
