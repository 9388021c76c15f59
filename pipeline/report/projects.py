"""The projects of a knowledge folder for the page: what each is, its timeline, its acts and its disagreements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.knowledge import Knowledge
from pipeline.knowledge.links import Sum
from pipeline.knowledge.rows import Claim, Disagreement, Event, KnownCommitment, Value
from pipeline.record import Amount
from pipeline.report.words import clean, money

Json = dict[str, Any]
_FIELDS = {"amounts": "amounts", "dates": "dates", "status": "statuses"}  # a disagreement, and where its values are


def projects(knowledge: Knowledge, rows: Mapping[str, int]) -> list[Json]:
    """A row for each project; `rows`: places of commitments in the index by their keys (`Index.rows_by_key`).

    A report has a `row`, the place of its commitment in the index, null where its article is not in the page.
    """
    return list(_Projects(knowledge, rows).all())


class _Projects:
    def __init__(self, knowledge: Knowledge, rows: Mapping[str, int]) -> None:
        self._knowledge, self._rows = knowledge, rows
        self._names = {actor.id: actor.name for actor in knowledge.actors}
        self._events = defaultdict[str, list[Event]](list)
        self._acts = defaultdict[str, list[KnownCommitment]](list)
        self._contradictions = defaultdict[str, list[Disagreement]](list)  # by id of a commitment
        for event in knowledge.timeline:
            self._events[event.project].append(event)
        for act in knowledge.commitments:
            for project in act.projects:
                self._acts[project.value].append(act)
        for row in knowledge.disagreements:
            for act_id in {row.one, row.other}:
                self._contradictions[act_id].append(row)

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
                "acts": [self._act(act) for act in acts],
                "disagreements": self._disagreements(acts),
            }

    def _event(self, event: Event) -> Json:
        return {
            **event.model_dump(include={"date", "kind", "status", "source", "quote"}),
            "amounts": [_sum(amount) for amount in event.amounts],
            "attributed_to": self._name(event.attributed_to) if event.attributed_to else None,
            "row": self._rows.get(event.link),
        }

    def _act(self, act: KnownCommitment) -> Json:
        latest = max(act.statuses, key=lambda status: status.latest or "")
        links = [link for report in act.tellings for link in (report.link, *report.copies)]
        ends = (act.provider, act.recipient) if act.instrument else (act.by, act.to)
        return {
            **act.model_dump(include={"kind", "instrument", "negated"}),
            "status": latest.value,
            "ends": [[self._name(actor.value) for actor in actors] for actors in ends],
            "amount": _sum(act.amount) if act.amount else None,
            "articles": len(links),
            "rows": [self._rows[link] for link in links if link in self._rows],
        }

    def _disagreements(self, acts: Iterable[KnownCommitment]) -> list[Json]:
        """Pairs of reports that contradict each other; of an act without such pairs, its different values."""
        pairs: dict[int, Json] = {}
        values = []
        for act in acts:
            rows = self._contradictions[act.id]
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

    def _name(self, actor: str) -> str:
        return self._names.get(actor, actor)


def _values(values: Iterable[Value]) -> list[str]:
    return [value.value for value in values]


def _counted(field: str, value: Value) -> Json:
    return {"value": in_words(field, value.value), "articles": value.articles, "date": value.latest}


def in_words(field: str, value: str) -> str:
    """A value of a knowledge folder as the page writes it: `USD 2100000000` is `2.1 bn USD`."""
    if field != "amounts":
        return clean(value).replace("/", " to ")
    currency, _, number = value.partition(" ")
    return _sum(Sum(text=value, value=float(number), currency=None if currency == "?" else currency))


def _sum(found: Sum) -> str:
    """A sum as the page writes it, or its words where it has no value."""
    values = found.model_dump(include={"text", "value", "low", "high", "currency"})
    return money(Amount(**values, start=0, end=len(found.text))) or clean(found.text)
