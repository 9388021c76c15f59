"""The projects of a knowledge folder for the page: what each is, its timeline and its contradictions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.knowledge.folder import Claim, Disagreement, Knowledge, KnownCommitment, Sum, Value
from pipeline.publish.report.words import clean, money

Json = dict[str, Any]
_LISTS = ("names", "countries", "sectors", "part_of")
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
                    found: list[Value] = getattr(act, _FIELDS[field])
                    claims = [
                        {"value": in_words(field, one.value), "articles": one.articles, "date": one.latest}
                        for one in found
                    ]
                    values.append({"field": field, "claims": claims})
        return [*pairs.values(), *values]

    def _claim(self, field: str, claim: Claim) -> Json:
        return {
            "value": "; ".join(in_words(field, value) for value in claim.values),
            "source": claim.source,
            "date": claim.date,
            "quote": claim.quote,
            "row": self._rows.get(claim.link),
        }


def in_words(field: str, value: str) -> str:
    """A value of a knowledge folder as the page writes it: `USD 2100000000` is `2.1 bn USD`."""
    if field != "amounts":
        return clean(value).replace("/", " to ") if field == "dates" else clean(value)
    currency, _, number = value.rpartition(" ")
    return sum_in_words(Sum(text=value, value=float(number), currency=None if currency == "?" else currency))


def sum_in_words(found: Sum) -> str:
    """A sum as the page writes it, or its words where it has no value."""
    return money(found) or clean(found.text)


def projects(knowledge: Knowledge, rows: Mapping[str, int]) -> list[Json]:
    """A row for each project; `rows`: places of commitments in the index by their keys (`Index.rows_by_key`).

    A report has a `row`, the place of its commitment in the index, null where its article is not in the page. `acts` is
    the number of its acts; what they are stands in `pipeline.publish.report.progress`.
    """
    disagreements, names = Disagreements(knowledge, rows), {actor.id: actor.name for actor in knowledge.actors}
    events, acts = defaultdict[str, list[Json]](list), defaultdict[str, list[KnownCommitment]](list)
    for event in knowledge.timeline:
        speaker = event.attributed_to
        events[event.project].append({
            **event.model_dump(include={"date", "kind", "status", "source", "quote"}),
            "amounts": [sum_in_words(amount) for amount in event.amounts],
            "attributed_to": names.get(speaker, speaker) if speaker else None,
            "row": rows.get(event.link),
        })  # fmt: skip
    for act in knowledge.commitments:
        for value in act.projects:
            acts[value.value].append(act)
    return [
        {
            **one.model_dump(include={"id", "name", "programme", "articles", "first", "latest"}),
            **{name: [value.value for value in getattr(one, name)] for name in _LISTS},
            "timeline": events[one.id],
            "acts": len(acts[one.id]),
            "disagreements": disagreements.of(acts[one.id]),
        }
        for one in knowledge.projects
    ]
