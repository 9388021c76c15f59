"""The index of a page: rows of all articles and commitments, and the actors and projects that they name.

Actors and projects are merged by name, kind and country alone, as in the tables of `corridor export`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from math import isfinite
from statistics import fmean
from typing import Any, get_args

from pipeline.knowledge.folder import Knowledge, Local, Report, Stated, said_by
from pipeline.knowledge.sums import NO_KNOWLEDGE, Entry, Ledger
from pipeline.publish.index import RecordIndex
from pipeline.publish.report.map import places
from pipeline.publish.report.progress import Act
from pipeline.publish.report.words import clean, day, money
from pipeline.record import Actor, ActorKind, Commitment, CommitmentKind, Instrument, Label, Project, Record, Status
from pipeline.seeds import rows
from pipeline.values.currencies import usd
from pipeline.values.gazetteer.places import name_by_country

Json = dict[str, Any]
Numbers = Callable[[Iterable[str]], list[int]]  # of actors or projects, by their ids
VALUES = {
    "kinds": get_args(CommitmentKind),
    "statuses": get_args(Status),
    "instruments": get_args(Instrument),
    "labels": get_args(Label),
    "actor_kinds": get_args(ActorKind),
}
_FLOW = ("instrument", "provider", "recipient", "terms")
_STEPS = 20  # thresholds from 0 to 1
_AGAIN = "reported again: an earlier article has the same id"
_RIGHT = 0.8  # the share of the rows that a page starts with which should be right
_LEAD = 90  # characters of the text that replace a missing title


class Entities:
    """Actors or projects, each once, referred to by its number."""

    def __init__(self) -> None:
        self.rows: list[Json] = []
        self._numbers: dict[tuple[Any, ...], int] = {}

    def number(self, row: Json, *key: Any) -> int:
        found = self._numbers.setdefault(key, len(self.rows))
        if found == len(self.rows):
            self.rows.append(row)
        return found

    def numbers(self, known: dict[str, int], ids: Iterable[str]) -> list[int]:
        """The numbers of ids in one record; an id that it lacks is its own name."""
        return [known[name] if name in known else self.number({"name": name}, name) for name in dict.fromkeys(ids)]


class Index:
    """Grows by one record at a time."""

    def __init__(self, knowledge: Knowledge | None = None) -> None:
        self._articles: list[Json] = []
        self._commitments: list[Json] = []
        self._actors, self._projects, self._places = Entities(), Entities(), Entities()
        self._entries: dict[str, Entry] | None = None
        self._ledger = Ledger(knowledge or NO_KNOWLEDGE)
        self._alone = knowledge is None
        self._reports: dict[str, Report] = {}  # by key of a commitment; empty with knowledge, which has its own

    def add(self, record: Record) -> None:
        actors = {actor.id: self._actor(actor) for actor in record.actors}
        projects = {project.id: self._project(project) for project in record.projects}
        place, index = len(self._articles), RecordIndex(record)
        self._ledger.add(record)
        self._entries = None
        self._articles.append(_article(record, actors.values(), projects.values()))
        said = said_by(record) if self._alone else {}
        of_actors, of_projects = partial(self._actors.numbers, actors), partial(self._projects.numbers, projects)
        for number, commitment in enumerate(record.commitments):
            row = _row(index, commitment, of_actors, of_projects)
            where = [self._places.number(one._asdict(), *one) for one in places(record, commitment, row["countries"])]
            self._commitments.append({"article": place, "number": number, "places": where} | row)
            if said and not commitment.boilerplate:
                key = index.key(commitment.id)
                self._reports.setdefault(key, _report(index, key, said[commitment.id]))

    def _actor(self, actor: Actor) -> int:
        row = {"name": actor.name, "name_en": actor.name_en, "kind": actor.kind, "country": actor.country}
        return self._actors.number(row, actor.name.casefold(), actor.kind, actor.country)

    def _project(self, project: Project) -> int:
        row = {"name": project.name, "name_en": project.name_en, "programme": project.programme}
        return self._projects.number(row, project.name.casefold(), project.programme)

    def data(self) -> Json:
        """JSON values: articles, actors, projects, places, commitments, the value sets, and the names of codes.

        Of a commitment `act` is whether it stands for its act: in the story, and not reported again by a later row;
        `sum` is currency, value, US dollars (or null) and confidence where sums count it; else `left_out` says why, in
        short; `because` says it in full. `start_confidence` is the lowest row confidence with which the page starts.
        """
        entries = dict(self._judged())
        first = self.rows_by_key()
        for key, number in first.items():  # of a later article with an id that came before
            status = self._commitments[number]["status"]
            entries.setdefault(key, Entry(key, status, None, None, counted=False, because=_AGAIN))
        reports = defaultdict[str, list[Json]](list)
        for row in sorted(self._commitments, key=lambda row: row["day"] or "", reverse=True):
            reports[entries[self._key(row)].act].append(row)
        commitments = []
        for number, row in enumerate(self._commitments):
            entry = entries[self._key(row)]
            judged = _judged(row, entry, again=entry.because == _AGAIN or first[self._key(row)] != number)
            flow = _flow([row, *reports[entry.act]]) if judged["sum"] else {}
            commitments.append(row | flow | judged)
        parts = {"articles": self._articles, "actors": self._actors.rows, "projects": self._projects.rows}
        parts["places"] = self._places.rows
        start = start_confidence([row["row_confidence"] for row in commitments if row["row_confidence"] is not None])
        return {**parts, "commitments": commitments, "start_confidence": start, "values": VALUES, **_labels()}

    def rows_by_key(self) -> dict[str, int]:
        """The place of each commitment in `commitments` by its key (ARTICLE/c3); the first of an id that repeats."""
        numbered = list(enumerate(self._commitments))
        return {self._key(row): number for number, row in reversed(numbered)}

    def acts(self) -> Iterator[Act]:
        """The acts of the records by themselves, each once, without those that are boilerplate."""
        entries, rows, reports = self._judged(), self.rows_by_key(), defaultdict[str, list[Report]](list)
        for key in filter(entries.__contains__, self._reports):
            reports[entries[key].repeats or key].append(self._reports[key])
        for key, own in reports.items():
            if key in self._reports:
                row = self._commitments[rows[key]]
                names = [self._projects.rows[number]["name"] for number in row["projects"]]
                said: Json = {"id": key, "amount": "; ".join(row["amounts"]) or None, "disagreements": []}
                said |= {name: row[name] for name in ("kind", "instrument", "negated")}
                sides = [[self._actors.rows[number] for number in row[side]] for side in ("provider", "recipient")]
                homes = [[(one["name"], one.get("country") or one["name"]) for one in side] for side in sides]
                yield Act(said, homes, {name.casefold(): name for name in names}, own)

    def latest_day(self) -> str | None:
        """The day of the latest article."""
        return max((article["date"] for article in self._articles if article["date"]), default=None)

    def _judged(self) -> dict[str, Entry]:
        if self._entries is None:
            self._entries = self._ledger.entries()
        return self._entries

    def _key(self, row: Json) -> str:
        return f"{self._articles[row['article']]['id']}/{row['id']}"


def _report(index: RecordIndex, key: str, said: Local) -> Report:
    about: Json = {"link": key, "source": index.article.source, "date": index.article.date, "copies": []}
    return Report.model_validate(said.model_dump(include=set(Stated.model_fields)) | about)


def start_confidence(confidences: Sequence[float]) -> float:
    """The lowest threshold in steps of .05 from which 8 in 10 rows should be right; 0 where none is."""
    for step in range(_STEPS):
        shown = [confidence for confidence in confidences if confidence >= step / _STEPS]
        if shown and fmean(shown) >= _RIGHT:
            return step / _STEPS
    return 0


def _judged(row: Json, entry: Entry, again: bool) -> Json:
    """What sums make of a row; `again`: whether an earlier article has the same id."""
    because = _AGAIN if again else entry.because
    worth = entry.worth if entry.counted and not again else None
    if worth and not isfinite(worth[1]):
        worth, because = None, "no amount"
    short = "nearly the same text" if entry.copy else because.partition(":")[0]
    return {
        "act": not (row["negated"] or row["boilerplate"] or entry.repeats or entry.copy or again),
        "act_status": entry.status,
        "sum": worth and [*worth, _dollars(*worth, entry.year), entry.confidence],
        "left_out": None if worth else short,
        "because": because,
    }


def _dollars(currency: str, value: float, year: int | None) -> float | None:
    return usd(value, currency, year) if year else None


def _flow(reports: Sequence[Json]) -> Json:
    """What reports of an act say of its money: the first of them, and where it is silent the next."""
    known = [row for row in reports if row["instrument"]]
    return {part: next((row[part] for row in known if row[part]), known[0][part]) for part in _FLOW}


def _article(record: Record, actors: Iterable[int], projects: Iterable[int]) -> Json:
    article = record.article
    return {
        "id": article.id,
        "title": clean(article.title or "") or lead(article.text),
        "source": article.source,
        "date": article.date,
        "story": article.story,
        "sectors": [sector.code for sector in record.sectors],
        "actors": sorted(set(actors)),
        "projects": sorted(set(projects)),
    }


def lead(text: str) -> str:
    """The first words of a text, to replace a missing title."""
    words = clean(text[: 4 * _LEAD])
    return words if len(words) <= _LEAD else words[:_LEAD].rsplit(" ", 1)[0] + " …"


def _row(index: RecordIndex, commitment: Commitment, actors: Numbers, projects: Numbers) -> Json:
    included = {"id", "kind", "status", "negated", "boilerplate", "confidence", "row_confidence"}
    flow, sides = commitment.flow, index.sides(commitment)
    return {
        **commitment.model_dump(include=included),
        "by": actors(commitment.by),
        "with": actors(commitment.with_),
        "to": actors(commitment.to),
        "instrument": flow and flow.instrument,
        "provider": actors(sides[0]),
        "recipient": actors(sides[1]),
        "terms": [f"{term} {clean(words)}" for term, words in flow.terms.items()] if flow else [],
        "attributed_to": actors([commitment.attributed_to] if commitment.attributed_to else []),
        "projects": projects(commitment.projects),
        "sectors": list(dict.fromkeys(commitment.sectors)),
        "countries": index.countries(commitment)[1],
        "amounts": [money(amount) or clean(amount.text) for amount in commitment.amounts],
        "currencies": sorted({amount.currency for amount in commitment.amounts if amount.currency}),
        "currency": commitment.amounts[0].currency if commitment.amounts else None,
        "value": _finite(commitment.amounts[0].value) if commitment.amounts else None,
        "dates": [day(date) or clean(date.text) for date in commitment.dates],
        "iso": next((date.iso for date in commitment.dates if date.iso), None),
        "day": index.article.date,
        "quote": index.best(commitment),
        "page": index.page(commitment.evidence[0].start),
    }


def _finite(value: float | None) -> float | None:
    """JSON has no infinity."""
    return value if value is not None and isfinite(value) else None


def _labels() -> Json:
    sectors = {row["code"]: row["label"] for row in rows("sectors.csv", "code", "label")}
    return {"countries": name_by_country(), "sectors": sectors}
