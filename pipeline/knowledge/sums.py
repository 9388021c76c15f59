"""The ledger of an export, report or knowledge folder: its commitments, and which of them a sum counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from pipeline.knowledge.counting import (
    BOILERPLATE,
    COUNTED,
    DENIED,
    UNKNOWN_FLOW,
    Act,
    Exclusion,
    MoneyReport,
    Worth,
    exclusions,
    marks,
    settings,
)
from pipeline.knowledge.folder import (
    Knowledge,
    KnownArticle,
    Local,
    LocalActor,
    LocalCommitment,
    LocalProject,
    Sum,
    known_article,
    said_by,
)
from pipeline.record import Amount, Record, Status
from pipeline.values.gazetteer.names import key
from pipeline.values.periods import days_of

NO_KNOWLEDGE = Knowledge()


@dataclass(frozen=True, slots=True)
class Entry:
    """What a sum makes of one commitment of one article.

    `act`: the lasting id, else the commitment's own key. `status`, `worth`, `year`: of the act, by all its reports.
    `repeats`: the key of the commitment that stands for the same act; None for that one. `copy`: whether the article is
    nearly the same text as another one that reports it. `because`: why a sum counts it, or why not.
    """

    act: str
    status: Status
    worth: Worth | None
    year: int | None
    counted: bool
    because: str
    repeats: str | None = None
    copy: bool = False

    @property
    def recommended(self) -> bool:
        """Whether AidData recommends it for aggregates: counted, and agreed, under way or completed."""
        return self.counted and self.status in settings()["firm"]


def worth(amounts: Iterable[Amount | Sum]) -> Worth | None:
    """What the amounts of a commitment add up to, in the currency of the first one that has a value and a currency.

    Where the largest is the sum of the others they are its parts, and it is counted alone.
    """
    known = [(amount.currency, amount.value) for amount in amounts if amount.currency and amount.value]
    if not known:
        return None
    currency = known[0][0]
    values = [value for other, value in dict.fromkeys(known) if other == currency]
    total, largest = sum(values), max(values)
    parts = total - largest
    return currency, largest if abs(parts - largest) <= settings()["tolerance"] * largest else total


def year_of(isos: Iterable[str | None], day: str | None) -> int | None:
    """The year of an act: that of its latest date before the article's day, else of that day; None without one.

    An act with a date that is still to come is of the article's day.
    """
    known = [last for found in map(days_of, isos) if found for _, last in [found]]
    if known and (day is None or max(known).isoformat() < day):
        return max(known).year
    return int(day[:4]) if day else None


class Ledger:
    """Takes articles one by one; `entries` judges all of their commitments.

    `knowledge`: its links say which reports are of one act and which actors are one, its disagreements which acts are.
    """

    def __init__(self, knowledge: Knowledge = NO_KNOWLEDGE) -> None:
        self._lasting = {link.link: link.entity for link in knowledge.links}
        self._homes = {actor.id: actor.country or actor.id for actor in knowledge.actors}
        self._disputes = [
            (d.one, d.other) for d in knowledge.disagreements if d.field == "amounts" and d.one != d.other
        ]
        self._rows: dict[str, MoneyReport] = {}  # by key of a commitment (ARTICLE/c3)
        self._story: dict[str, str] = {}  # by id of an article
        self._sets: dict[frozenset[str], frozenset[str]] = {}

    def add(self, record: Record) -> None:
        """A later record of the same article changes nothing."""
        barred = {one.id: BOILERPLATE for one in record.commitments if one.boilerplate}
        if record.schema_version == "1.0":
            barred = {one.id: UNKNOWN_FLOW for one in record.commitments if one.amounts and not one.flow} | barred
        self.add_said(known_article(record), said_by(record), barred)

    def add_said(self, article: KnownArticle, said: Mapping[str, Local], barred: Mapping[str, str] = {}) -> None:
        """Adds what an article says, by local id. `barred`: why no sum counts a commitment, by local id."""
        if article.id not in self._story:
            self._story[article.id] = article.text_id
            for name, commitment in said.items():
                if isinstance(commitment, LocalCommitment):
                    row = self._row(article, name, commitment, said, barred.get(name))
                    self._rows[row.key] = row

    def _row(
        self,
        article: KnownArticle,
        name: str,
        commitment: LocalCommitment,
        said: Mapping[str, Local],
        barred: str | None,
    ) -> MoneyReport:
        flow, first = commitment.flow, commitment.amounts[0] if commitment.amounts else None
        actors = {local: actor for local, actor in said.items() if isinstance(actor, LocalActor)}
        projects = {local: project for local, project in said.items() if isinstance(project, LocalProject)}
        wholes = {whole for project in projects.values() for whole in project.part_of}
        on, provider, recipient = commitment.projects, flow.provider if flow else [], flow.recipient if flow else []

        def lasting(local: str) -> str | None:
            return self._lasting.get(f"{article.id}/{local}")

        def home(local: str) -> str:
            actor, known = actors.get(local), lasting(local)
            if known:
                return self._homes.get(known, known)
            return (actor.country or key(actor.name)) if actor else local

        payers = {local: actors[local] for local in provider if local in actors and actors[local].kind != "country"}
        names = {key(name) for actor in payers.values() for name in (actor.name, *actor.aliases)}
        return MoneyReport(
            key=f"{article.id}/{name}",
            article=article.id,
            date=article.date,
            year=year_of(commitment.dates, article.date),
            status=commitment.status,
            worth=worth(commitment.amounts),
            rough=first is not None and first.approximate,
            place=first.start if first else None,
            start=commitment.start,
            marks=self._set(marks(commitment.quote)),
            instrument=flow.instrument if flow else None,
            provider=self._set(map(home, provider)),
            recipient=self._set(map(home, recipient)),
            payers=self._set(names | {one for local in payers if (one := lasting(local))}),
            projects=self._set(key(projects[one].name) if one in projects else one for one in on),
            umbrella=bool(on) and wholes.issuperset(on),
            barred=DENIED if commitment.negated else barred,
        )

    def _set(self, names: Iterable[str]) -> frozenset[str]:
        """A set of names, in memory once."""
        made = frozenset(names)
        return self._sets.setdefault(made, made)

    def entries(self) -> dict[str, Entry]:
        """The entry of each commitment by its key (ARTICLE/c3)."""
        reports = defaultdict[str, list[MoneyReport]](list)
        for row in self._rows.values():
            reports[self._act(row)].append(row)
        copies = {row.key: self._copied(row, reports[self._act(row)]) for row in self._rows.values()}
        own = {name: [row for row in rows if copies[row.key] is None] for name, rows in reports.items()}
        acts = {name: Act(name, rows) for name, rows in own.items() if rows}
        left_out = exclusions(acts.values(), self._disputes)
        return {row.key: self._entry(row, acts, copies[row.key], left_out) for row in self._rows.values()}

    def _act(self, row: MoneyReport) -> str:
        return self._lasting.get(row.key, row.key)

    def _copied(self, row: MoneyReport, reports: Sequence[MoneyReport]) -> str | None:
        """The article of which the article of a commitment is a near-copy, as far as this commitment goes."""
        story = self._story[row.article]
        if row.key not in self._lasting:
            return story if story != row.article and story in self._story else None
        first = min((other.date or "9", other.article) for other in reports if self._story[other.article] == story)
        return None if first[1] == row.article else first[1]

    def _entry(
        self, row: MoneyReport, acts: Mapping[str, Act], copy_of: str | None, left_out: Mapping[str, Exclusion]
    ) -> Entry:
        act = acts.get(self._act(row)) or Act(row.key, [row])
        why = left_out.get(act.id)
        stands = acts[why.same_as] if why and why.same_as else act
        repeats = stands.latest.key if stands.latest.key != row.key else None
        made = partial(Entry, self._act(row), stands.latest.status, stands.worth, stands.latest.year, repeats=repeats)
        if copy_of:
            return made(counted=False, because=f"nearly the same text as {copy_of}", copy=True)
        if why:
            return made(counted=False, because=why.because)
        return made(counted=repeats is None, because=f"reported again: counted as {repeats}" if repeats else COUNTED)
