"""The projects of a knowledge folder for the page: what each is, its timeline and its disagreements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.row_models import Event, KnownCommitment, Value
from pipeline.publish.report.disagreements import Disagreements, sum_in_words

Json = dict[str, Any]


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
