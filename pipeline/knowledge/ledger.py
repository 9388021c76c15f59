"""The ledger of an export or report: every commitment of the records, and whether a sum counts it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from pipeline.knowledge.counting import COUNTED, Act, Exclusion, MoneyReport, Worth, exclusions, marks, settings
from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.row_models import Disagreement, Report, Sum, article_of
from pipeline.record import Amount, Commitment, Flow, Record, Status
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


def disputes(rows: Iterable[Disagreement]) -> list[tuple[str, str]]:
    """Pairs of lasting ids that are one act, of which outlets give different amounts."""
    return [(row.one, row.other) for row in rows if row.field == "amounts" and row.one != row.other]


class Ledger:
    """Takes records one by one; `entries` judges all of them."""

    def __init__(self, knowledge: Knowledge = NO_KNOWLEDGE) -> None:
        self._lasting = {link.link: link.entity for link in knowledge.links}
        self._acts: dict[str, Act] = {}  # by key of a commitment
        self._story: dict[str, str] = {}  # by id of an article
        self._sets: dict[frozenset[str], frozenset[str]] = {}
        self._disputes = disputes(knowledge.disagreements)

    def add(self, record: Record) -> None:
        """A later record of the same article changes nothing."""
        article = record.article
        if article.id in self._story:
            return
        self._story[article.id] = article.story or article.id
        projects = {project.id for project in record.projects}
        umbrellas = {r.object for r in record.relations if r.type == "part_of" and {r.subject, r.object} <= projects}
        names = {project.id: key(project.name) for project in record.projects}
        homes = {
            actor.id: actor.country or self._lasting.get(f"{article.id}/{actor.id}") or key(actor.name)
            for actor in record.actors
        }
        for commitment in record.commitments:
            flow, on = commitment.flow, frozenset(commitment.projects)
            self._acts[f"{article.id}/{commitment.id}"] = Act(
                id=self._lasting.get(f"{article.id}/{commitment.id}", f"{article.id}/{commitment.id}"),
                instrument=flow.instrument if flow else None,
                negated=commitment.negated,
                boilerplate=bool(commitment.boilerplate),
                unknown=record.schema_version == "1.0" and bool(commitment.amounts),
                provider=self._set(homes.get(name, name) for name in flow.provider) if flow else frozenset(),
                recipient=self._set(homes.get(name, name) for name in flow.recipient) if flow else frozenset(),
                payers=self._payers(record, flow) if flow else frozenset(),
                projects=self._set(names.get(project, project) for project in on),
                umbrella=bool(on) and on <= umbrellas,
                reports=(_report(record, commitment),),
            )

    def _payers(self, record: Record, flow: Flow) -> frozenset[str]:
        """The lasting ids and names of who provides and is no country."""
        payers = [actor for actor in record.actors if actor.id in flow.provider and actor.kind != "country"]
        names = {key(name) for actor in payers for name in (actor.name, *actor.aliases)}
        ids = (self._lasting.get(f"{record.article.id}/{actor.id}") for actor in payers)
        return self._set(names | {one for one in ids if one})

    def _set(self, names: Iterable[str]) -> frozenset[str]:
        """A set of names, in memory once."""
        made = frozenset(names)
        return self._sets.setdefault(made, made)

    def entries(self) -> dict[str, Entry]:
        """The entry of each commitment by its key (ARTICLE/c3)."""
        by_act: defaultdict[str, list[Act]] = defaultdict(list)
        for own in self._acts.values():
            by_act[own.id].append(own)
        first = {own.latest.key: self._first_of(own, by_act[own.id]) for own in self._acts.values()}
        acts = {}
        for name, reported in by_act.items():
            apart = [own for own in reported if first[own.latest.key] is None]
            if apart:
                acts[name] = _joined(apart)
        left_out = exclusions(acts.values(), self._disputes)
        return {name: self._entry(own, acts, first[name], left_out) for name, own in self._acts.items()}

    def _first_of(self, own: Act, reported: Sequence[Act]) -> str | None:
        """The article of which the article of a commitment is a near-copy, as far as this commitment goes."""
        article = own.latest.article
        story = self._story[article]
        if own.latest.key not in self._lasting:
            return story if story != article and story in self._story else None
        same = [(r.day or "9", r.article) for act in reported for r in act.reports if self._story[r.article] == story]
        return None if min(same)[1] == article else min(same)[1]

    def _entry(
        self, own: Act, acts: Mapping[str, Act], copy_of: str | None, left_out: Mapping[str, Exclusion]
    ) -> Entry:
        act, name = acts.get(own.id, own), own.latest.key
        why = left_out.get(act.id)
        stands = acts[why.same_as] if why and why.same_as else act
        made = partial(Entry, own.id, stands.latest.status, stands.worth, stands.latest.year)
        if copy_of:
            same = stands.latest.key if stands is not own else None
            return made(counted=False, because=f"nearly the same text as {copy_of}", repeats=same, copy=True)
        repeats = stands.latest.key if stands.latest.key != name else None
        if why:
            return made(counted=False, because=why.because, repeats=repeats)
        because = f"reported again: counted as {repeats}" if repeats else COUNTED
        return made(counted=repeats is None, because=because, repeats=repeats)


def _joined(acts: Sequence[Act]) -> Act:
    """The reports of one lasting id as one act; the flow is that of the latest report that has one."""
    if len(acts) == 1:
        return acts[0]
    reports = tuple(report for act in acts for report in act.reports)
    ordered = sorted(acts, key=lambda act: (act.instrument is not None, act.latest.day or ""))
    return replace(
        ordered[-1],
        negated=all(act.negated for act in acts),
        boilerplate=all(act.boilerplate for act in acts),
        provider=frozenset().union(*(act.provider for act in acts)),
        recipient=frozenset().union(*(act.recipient for act in acts)),
        payers=frozenset().union(*(act.payers for act in acts)),
        projects=frozenset().union(*(act.projects for act in acts)),
        umbrella=all(act.umbrella for act in acts),
        reports=reports,
    )


def _report(record: Record, commitment: Commitment) -> MoneyReport:
    name, day, first = f"{record.article.id}/{commitment.id}", record.article.date, commitment.evidence[0]
    quote = record.article.text[first.start : first.end]
    return money_report(name, day, commitment, (date.iso for date in commitment.dates), first.start, quote)


def money_report(
    name: str, day: str | None, said: Commitment | Report, dates: Iterable[str | None], start: int, quote: str
) -> MoneyReport:
    """What a sum takes of a report; `name`: ARTICLE/LOCAL, `start`, `quote`: of its sentence."""
    first = said.amounts[0] if said.amounts else None
    return MoneyReport(
        key=name,
        article=article_of(name),
        day=day,
        year=year_of(dates, day),
        status=said.status,
        worth=worth(said.amounts),
        rough=first is not None and bool(first.approximate),
        place=first.start if first else None,
        start=start,
        marks=marks(quote),
    )
