"""What the reports of a knowledge folder contradict each other on, with the words of both sides, for the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.row_models import Claim, Disagreement, KnownCommitment, Sum, Value
from pipeline.publish.report.words import clean, money

Json = dict[str, Any]
_FIELDS = {"amounts": "amounts", "dates": "dates", "status": "statuses"}  # a disagreement, and where its values are


class Disagreements:
    """`rows`: places of commitments in the index by their keys (`Index.rows_by_key`)."""

    def __init__(self, knowledge: Knowledge, rows: Mapping[str, int]) -> None:
        self._rows = rows
        self._pairs = defaultdict[str, list[Disagreement]](list)  # by id of a commitment
        for row in knowledge.disagreements:
            for act in {row.one, row.other}:
                self._pairs[act].append(row)

    def of(self, acts: Iterable[KnownCommitment]) -> list[Json]:
        """Pairs of reports that contradict each other; of an act without such pairs, its different values."""
        pairs: dict[int, Json] = {}
        values = []
        for act in acts:
            rows = self._pairs[act.id]
            for row in rows:
                pairs[id(row)] = {"field": row.field, "claims": [self._claim(row.field, claim) for claim in row.claims]}
            for field in act.disagree:
                if field not in {row.field for row in rows}:
                    found = getattr(act, _FIELDS[field])
                    values.append({"field": field, "claims": [_counted(field, value) for value in found]})
        return [*pairs.values(), *values]

    def _claim(self, field: str, claim: Claim) -> Json:
        return {
            "value": "; ".join(in_words(field, value) for value in claim.values),
            "source": claim.source,
            "date": claim.date,
            "quote": claim.quote,
            "row": self._rows.get(claim.link),
        }


def _counted(field: str, value: Value) -> Json:
    return {"value": in_words(field, value.value), "articles": value.articles, "date": value.latest}


def in_words(field: str, value: str) -> str:
    """A value of a knowledge folder as the page writes it: `USD 2100000000` is `2.1 bn USD`."""
    if field != "amounts":
        return clean(value).replace("/", " to ") if field == "dates" else clean(value)
    currency, _, number = value.rpartition(" ")
    return sum_in_words(Sum(text=value, value=float(number), currency=None if currency == "?" else currency))


def sum_in_words(found: Sum) -> str:
    """A sum as the page writes it, or its words where it has no value."""
    return money(found) or clean(found.text)
