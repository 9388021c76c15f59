"""The projects of a knowledge folder for the page: what each is, its timeline and its contradictions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.knowledge.folder import Claim, Disagreement, Event, Knowledge, KnownCommitment, Sum, Value
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


def projects(knowledge: Knowledge, rows: Mapping[str, int]) -> list[Json]:
    """A row for each project; `rows`: places of commitments in the index by their keys (`Index.rows_by_key`).

    A report has a `row`, the place of its commitment in the index, null where its article is not in the page. `acts` is
    the number of its acts; what they are stands in `pipeline.publish.report.progress`.
    """
    return list(_Projects(knowledge, rows).all())


class _Projects:
    def __init__(self, knowledge: Knowledge, rows: Mapping[str, int]) -> None:
        self._knowledge, self._rows = knowledge, rows
        self._disagreements = Disagreements(knowledge, rows)
        self._names = {actor.id: actor.name for actor in knowledge.actors}
        self._events = defaultdict[str, list[Event]](list)
        self._acts = defaultdict[str, list[KnownCommitment]](list)
        for event in knowledge.timeline:
            self._events[event.project].append(event)
        for act in knowledge.commitments:
            for project in act.projects:
                self._acts[project.value].append(act)

    def all(self) -> Iterator[Json]:
        for project in self._knowledge.projects:
            acts = self._acts[project.id]
            yield {
                **project.model_dump(include={"id", "name", "programme", "articles", "first", "latest"}),
                "names": _values(project.names),
                "countries": _values(project.countries),
                "sectors": _values(project.sectors),
                "part_of": _values(project.part_of),
                "timeline": [self._event(event) for event in self._events[project.id]],
                "acts": len(acts),
                "disagreements": self._disagreements.of(acts),
            }

    def _event(self, event: Event) -> Json:
        return {
            **event.model_dump(include={"date", "kind", "status", "source", "quote"}),
            "amounts": [sum_in_words(amount) for amount in event.amounts],
            "attributed_to": self._names.get(event.attributed_to, event.attributed_to) if event.attributed_to else None,
            "row": self._rows.get(event.link),
        }


def _values(values: Iterable[Value]) -> list[str]:
    return [value.value for value in values]
