"""The ledger of an export, report or knowledge folder: its commitments, and which of them a sum counts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipeline.knowledge.counting import (
    BOILERPLATE,
    COUNTED,
    DENIED,
    UNKNOWN_FLOW,
    Act,
    Judged,
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
    nearly the same text as another one that reports it. `because`: why a sum counts it, or why not. `confidence`: that
    the surest report of its amount is read rightly.
    """

    act: str
    status: Status
    worth: Worth | None
    year: int | None
    counted: bool
    because: str
    repeats: str | None = None
    copy: bool = False
    confidence: float = 0.0

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
        amounts = [row for row in knowledge.disagreements if row.field == "amounts" and row.one != row.other]
        self._disputes = [(row.one, row.other) for row in amounts]
        self._judgements = knowledge.judgements
        self._rows: list[MoneyReport] = []
        self._articles = set[str]()
        self._sets: dict[frozenset[str], frozenset[str]] = {}

    def add(self, record: Record) -> None:
        """A later record of the same article changes nothing."""
        barred = {one.id: BOILERPLATE for one in record.commitments if one.boilerplate}
        if record.schema_version == "1.0":
            barred = {one.id: UNKNOWN_FLOW for one in record.commitments if one.amounts and not one.flow} | barred
        self.add_said(known_article(record), said_by(record), barred)

    def add_said(self, article: KnownArticle, said: Mapping[str, Local], barred: Mapping[str, str] = {}) -> None:
        """Adds what an article says, by local id. `barred`: why no sum counts a commitment, by local id."""
        if article.id in self._articles:
            return
        self._articles.add(article.id)
        actors = {local: actor for local, actor in said.items() if isinstance(actor, LocalActor)}
        projects = {local: project for local, project in said.items() if isinstance(project, LocalProject)}
        lasting = {local: self._lasting.get(f"{article.id}/{local}") for local in said}
        homes = {local: actor.country or key(actor.name) for local, actor in actors.items()}
        homes |= {local: self._homes.get(known, known) for local, known in lasting.items() if known}
        wholes = {whole for project in projects.values() for whole in project.part_of}
        for name, commitment in said.items():
            if isinstance(commitment, LocalCommitment):
                flow, first = commitment.flow, commitment.amounts[0] if commitment.amounts else None
                provider, recipient = (flow.provider, flow.recipient) if flow else ([], [])
                payers = {local: actors[local] for local in provider if local in actors}
                payers = {local: actor for local, actor in payers.items() if actor.kind != "country"}
                names = {key(name) for actor in payers.values() for name in (actor.name, *actor.aliases)}
                on = commitment.projects
                row = MoneyReport(
                    key=f"{article.id}/{name}",
                    act=lasting[name] or f"{article.id}/{name}",
                    article=article.id,
                    story=article.text_id,
                    date=article.date,
                    year=year_of(commitment.dates, article.date),
                    status=commitment.status,
                    worth=worth(commitment.amounts),
                    rough=first is not None and first.approximate,
                    place=first.start if first else None,
                    start=commitment.start,
                    marks=self._set(marks(commitment.quote, commitment.trigger, _before(commitment))),
                    instrument=flow.instrument if flow else None,
                    provider=self._set(homes.get(local, local) for local in provider),
                    recipient=self._set(homes.get(local, local) for local in recipient),
                    payers=self._set(names | {one for local in payers if (one := lasting[local])}),
                    projects=self._set(projects[one].name if one in projects else one for one in on),
                    umbrella=bool(on) and wholes.issuperset(on),
                    barred=DENIED if commitment.negated else barred.get(name),
                    confidence=commitment.row_confidence or 0.0,
                )
                self._rows.append(row)

    def _set(self, names: Iterable[str]) -> frozenset[str]:
        """A set of names, in memory once."""
        made = frozenset(names)
        return self._sets.setdefault(made, made)

    def entries(self) -> dict[str, Entry]:
        """The entry of each commitment by its key (ARTICLE/c3)."""
        reports = defaultdict[str, list[MoneyReport]](list)
        for row in self._rows:
            reports[row.act].append(row)
        copies = {row.key: self._copied(row, reports[row.act]) for row in self._rows}
        own = {name: [row for row in rows if copies[row.key] is None] for name, rows in reports.items()}
        acts = {name: Act(name, rows) for name, rows in own.items() if rows}
        left_out = exclusions(acts.values(), self._disputes, self._judged())
        ways = [(acts[name].latest.status, why.part_of) for name, why in left_out.items() if why.part_of]
        begun = {whole for status, whole in ways if status in ("underway", "completed")}
        reported = defaultdict[str, list[MoneyReport]](list)  # by the act that stands for it
        for act in acts.values():
            reported[(act.id in left_out and left_out[act.id].same_as) or act.id] += act.reports
        joint = {name: Act(name, rows) for name, rows in reported.items()}
        found: dict[str, Entry] = {}
        for row in self._rows:
            act = acts.get(row.act) or Act(row.key, [row])
            why, copy = left_out.get(act.id), copies[row.key]
            stands = acts[why.same_as] if why and why.same_as else act
            repeats = stands.latest.key if stands.latest.key != row.key else None
            because = f"reported again: counted as {repeats}" if repeats else COUNTED
            because = f"nearly the same text as {copy}" if copy else why.because if why else because
            whole = joint.get(stands.id, stands)
            status = whole.latest.status
            found[row.key] = Entry(
                act=row.act,
                status="underway" if stands.id in begun and status in settings()["begun"] else status,
                worth=whole.worth,
                year=whole.latest.year,
                counted=because == COUNTED,
                because=because,
                repeats=repeats,
                copy=bool(copy),
                confidence=whole.confidence,
            )
        return found

    def _judged(self) -> Judged:
        """What a language model said, by ids of acts."""
        of = {row.key: row.act for row in self._rows}
        said = [(row.relation, of[row.one], of.get(row.other or "", "")) for row in self._judgements if row.one in of]
        return Judged(
            same=[(one, other) for relation, one, other in said if relation == "same" and other],
            earlier={one: other for relation, one, other in said if relation == "earlier"},
            parts={one: other for relation, one, other in said if relation == "part"},
            none={one for relation, one, _ in said if relation == "none"},
        )

    def _copied(self, row: MoneyReport, reports: Sequence[MoneyReport]) -> str | None:
        """The article of which the article of a commitment is a near-copy, as far as this commitment goes."""
        if row.key not in self._lasting:
            return row.story if row.story != row.article and row.story in self._articles else None
        first = min((other.date or "9", other.article) for other in reports if other.story == row.story)
        return None if first[1] == row.article else first[1]


def _before(commitment: LocalCommitment) -> str:
    """What stands before the first amount in the sentence of a commitment."""
    start = commitment.amounts[0].start if commitment.amounts else None
    return commitment.quote[: max(0, start - commitment.start)] if start is not None else ""


def entries_of(knowledge: Knowledge) -> dict[str, Entry]:
    """The entries of all commitments of a folder, by link; its own commitments need not be known yet."""
    ledger, articles = Ledger(knowledge), {article.id: article for article in knowledge.articles}
    for article, own in groupby(knowledge.links, key=lambda link: link.article):
        ledger.add_said(articles[article], {link.local: link.said for link in own})
    return ledger.entries()
