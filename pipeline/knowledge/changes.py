"""What changed between two states of a knowledge folder: commitments that are new, altered, contradicted or overdue.

An amount, status or date changes by a report that the old state lacks, any field by a page that has another text now;
not where a person joins or splits ids, nor where the same text is read again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from typing import Any, Literal, NamedTuple, get_args

from pydantic import Field

from pipeline.knowledge.comparers import ALIKE_WORDS, likeness
from pipeline.knowledge.counting import leading, near, stage
from pipeline.knowledge.folder import (
    Knowledge,
    KnownArticle,
    KnownCommitment,
    Link,
    LocalCommitment,
    Quoted,
    Report,
    Stated,
    Sum,
    Value,
    article_of,
    shown,
    words_of,
)
from pipeline.record import CommitmentKind, Day, Flow, Instrument, Part, Status
from pipeline.values.periods import days_of, exclusive

Kind = Literal["added", "amount", "status", "date", "changed", "contradicted", "completed", "overdue"]
KINDS: tuple[Kind, ...] = get_args(Kind)  # in the order of lists
Changed = Literal[
    "amounts", "dates", "status", "kind", "by", "with", "to", "projects", "instrument", "provider", "recipient",
    "terms", "sectors", "attributed_to", "negated",
]  # fmt: skip
_KIND_OF: Mapping[Changed, Kind] = {"amounts": "amount", "dates": "date", "status": "status"}
_DUE = frozenset({"pledged", "agreed"})  # statuses of what is still to be done
_HEARD = frozenset({"underway", "completed", "cancelled"})  # statuses that end the waiting
Said = tuple[Link, LocalCommitment]
Values = dict[str, str]  # by what identifies a value, the value in words


class Named(Part):
    """An actor or project: its lasting id and most frequent name."""

    id: str
    name: str


class Saying(Quoted):
    """The words of an article; `url`: its address."""

    url: str | None


class Change(Part):
    """A change of the commitment with the lasting id `id`, and what is known of the commitment now.

    `other`: the id of the commitment that contradicts it, where that is another one; the parties are those of both.
    `by`, `to`: provider and recipient of money, else who acts and for whom. `countries`: of its projects, without any
    those of `to`. `old`, `new`: values of `field`, as in commitments.jsonl, but names of parties and projects; of a
    contradiction what each side says. `day`: of the first report that says so, of what is overdue the day on which it
    was due. `quotes`: of the old value, where there is one, and of the new. `revised`: a page says it that had another
    text before; `day` is then that of the page, not of the change. `alerts`: names of the rules that it meets; left out
    where there are none.
    """

    change: Kind
    id: str
    other: str | None = None
    field: Changed | None = None
    kind: CommitmentKind
    instrument: Instrument | None
    status: Status
    by: list[Named]
    to: list[Named]
    projects: list[Named]
    countries: list[str]
    sectors: list[str]
    amounts: list[str]
    old: list[str] = Field(default=[])
    new: list[str] = Field(default=[])
    day: Day | None
    quotes: list[Saying]
    revised: bool = False
    alerts: list[str] = Field(default=[], exclude_if=lambda alerts: not alerts)


def changes(old: Knowledge, new: Knowledge, today: Day | None = None) -> list[Change]:
    """What `new` has that `old` has not, by kind of change, day and id; denied commitments are left out.

    Args:
        old: What was known before. `pipeline.knowledge.resolve.before(new, DAY)` makes it of a day.
        new: What is known now.
        today: The day (YYYY-MM-DD) on which commitments may be overdue; without it that of the latest article of
            `new`. What was overdue at the latest article of `old` is not listed again.
    """
    return ordered(_Comparison(old, new, today).all())


def ordered(rows: Iterable[Change]) -> list[Change]:
    """Changes by kind, day and id, each once."""
    once = {(row.change, row.id, row.other, row.field, *row.new): row for row in reversed(list(rows))}
    return sorted(
        once.values(),
        key=lambda row: (KINDS.index(row.change), row.day or "", row.id, row.other or "", row.field or ""),
    )


def since(rows: Iterable[Change], day: Day) -> list[Change]:
    """The changes that were first reported on a day or later, and those of changed pages, whose day is not known."""
    return [row for row in rows if row.revised or (row.day and row.day >= day)]


class _Comparison:
    def __init__(self, old: Knowledge, new: Knowledge, today: Day | None) -> None:
        self._old, self._new = old, new
        self._today, self._before = today or _latest_day(new), _latest_day(old)
        self._rows = {row.id: row for row in new.commitments}
        self._urls = {article.id: article.url for article in (*old.articles, *new.articles)}
        self._names = {row.id: row.name for row in (*new.actors, *new.projects)}
        self._homes = {actor.id: actor.country for actor in new.actors}
        self._places = {project.id: project.countries for project in new.projects}
        self._revised = revisions(old, new)
        self._reported = _reports(old)
        self._was = _ancestors(old, new, self._revised)

    def all(self) -> Iterator[Change]:
        for row in self._new.commitments:
            yield from self._revisions(row)
            unknown = [report for report in row.reports if (report.link, report.quote) not in self._reported]
            fresh = [report for report in unknown if report.link not in self._revised]
            known = [report for old in self._was[row.id] for report in old.reports]
            if row.negated:
                continue
            if known:
                yield from (*self._amount(row, known, fresh), *self._status(row, known, fresh))
                yield from self._date(row, known, fresh)
            else:
                yield self._change("added", [row], row.reports[:1], day=row.first)
            yield from self._overdue(row, known)
        yield from self._contradicted()

    def _revisions(self, row: KnownCommitment) -> Iterator[Change]:
        """Each field of which a page now says something else."""
        for link in (link for report in row.reports for link in (report.link, *report.copies)):
            if revision := self._revised.get(link):
                for field, old, new in revision.fields:
                    kind = "completed" if new == ["completed"] else _KIND_OF.get(field, "changed")
                    yield self._change(kind, [row], revision.stated, field=field, old=old, new=new, revised=True)

    # `known`: reports of the commitments of the old state that it was; `fresh`: those that the old state lacks; by day

    def _amount(self, row: KnownCommitment, known: list[Report], fresh: list[Report]) -> Iterator[Change]:
        """Another likely amount, in the same currency; or the first amount."""
        before = [amount for report in known for amount in report.amounts if amount.value]
        first = next((report for report in fresh if amounts_of(report)), None)
        if not before and first:
            yield self._change("amount", [row], [first], field="amounts", new=amounts_of(first))
        old, now = _likely(known), _likely(sorted(row.reports, key=fresh.__contains__))
        stated = next((report for report in fresh if now and shown(now) in amounts_of(report)), None)
        if not before or now is None or stated is None:
            return
        same = old is not None and old.currency == now.currency
        givens = [old] if old and same else [amount for amount in before if amount.currency == now.currency]
        if not all(near(amount.value or 0, now.value or 0) for amount in givens):
            values = list(dict.fromkeys(map(shown, givens)))
            earlier = next(report for report in reversed(known) if set(values) & set(amounts_of(report)))
            yield self._change("amount", [row], [earlier, stated], field="amounts", old=values, new=[shown(now)])

    def _status(self, row: KnownCommitment, known: list[Report], fresh: list[Report]) -> Iterator[Change]:
        """Another status of the latest report."""
        earlier, latest = max(known, key=stage), max(row.reports, key=stage)
        if latest in fresh and latest.status != earlier.status:
            later = (report for report in fresh if _day(report) >= _day(earlier))
            stated = next(report for report in later if report.status == latest.status)
            kind = "completed" if latest.status == "completed" else "status"
            values = {"old": [earlier.status], "new": [latest.status]}
            yield self._change(kind, [row], [earlier, stated], field="status", **values)

    def _date(self, row: KnownCommitment, known: list[Report], fresh: list[Report]) -> Iterator[Change]:
        """Another due date in a later report, as fine as the one before; or the first one."""
        earlier, latest = last_due(known), last_due(fresh)
        if latest and not earlier:
            yield self._change("date", [row], [latest.report], field="dates", new=[latest.iso])
        elif latest and earlier and exclusive(earlier.iso, latest.iso) and _day(earlier.report) < _day(latest.report):
            values = {"old": [earlier.iso], "new": [latest.iso]}
            yield self._change("date", [row], [earlier.report, latest.report], field="dates", **values)

    def _overdue(self, row: KnownCommitment, known: list[Report]) -> Iterator[Change]:
        """A due date that has passed, and was not listed in the old state."""
        due, before = overdue(row.reports, self._today), overdue(known, self._before)
        if due and not (before and before.day == due.day):
            yield self._change("overdue", [row], [due.report], field="dates", new=[due.iso], day=due.day.isoformat())

    def _contradicted(self) -> Iterator[Change]:
        """Pairs of reports that the old state lacks; the id of an old pair may have been joined since."""
        known = {(row.field, frozenset((row.one, row.other))) for row in self._old.disagreements}
        for row in self._new.disagreements:
            olds = ([name, *(old.id for old in self._was[name])] for name in (row.one, row.other))
            if known.isdisjoint((row.field, frozenset(pair)) for pair in product(*olds)):
                one, other = row.claims
                day = max((claim.date for claim in row.claims if claim.date), default=None)
                rows = [self._rows[name] for name in dict.fromkeys((row.one, row.other))]
                values = {"old": one.values, "new": other.values}
                yield self._change("contradicted", rows, row.claims, field=row.field, day=day, **values)

    def _change(self, kind: Any, rows: Sequence[KnownCommitment], stated: Sequence[Quoted], **fields: Any) -> Change:
        row, *others = rows
        ends = [(one.provider, one.recipient) if one.instrument else (one.by, one.to) for one in rows]
        to = self._named(value for _, values in ends for value in values)
        projects = self._named(value for one in rows for value in one.projects)
        places = {place.value for project in projects for place in self._places.get(project.id, [])}
        return Change(
            change=kind,
            id=row.id,
            other=others[0].id if others else None,
            kind=row.kind,
            instrument=row.instrument,
            status=latest_status(row),
            by=self._named(value for values, _ in ends for value in values),
            to=to,
            projects=projects,
            countries=sorted(places or {home for actor in to if (home := self._homes.get(actor.id))}),
            sectors=sorted({code for one in rows for code in one.sectors}),
            amounts=[shown(row.amount)] if row.amount else [value.value for value in row.amounts],
            quotes=[
                Saying(**one.model_dump(include=set(Quoted.model_fields)), url=self._urls.get(article_of(one.link)))
                for one in stated
            ],
            **{"day": stated[-1].date} | fields,
        )

    def _named(self, values: Iterable[Value]) -> list[Named]:
        ids = dict.fromkeys(value.value for value in values)
        return [Named(id=name, name=self._names.get(name, name)) for name in ids]


def _day(report: Quoted) -> str:
    return report.date or ""


def _latest_day(knowledge: Knowledge) -> Day | None:
    return max((article.date for article in knowledge.articles if article.date), default=None)


def _reports(knowledge: Knowledge) -> dict[tuple[str, str], str]:
    """The ids of commitments by the links of their reports and the words."""
    return {(link.link, said.quote): link.entity for link, said in said_of(knowledge.links)}


def said_of(links: Iterable[Link]) -> Iterator[Said]:
    """The links of commitments."""
    return ((link, link.said) for link in links if isinstance(link.said, LocalCommitment))


def _ancestors(
    old: Knowledge, new: Knowledge, revised: Mapping[str, Revision]
) -> defaultdict[str, list[KnownCommitment]]:
    """By id of a commitment, those of the old state that it was.

    That is the one with its id, and those whose id is gone and whose reports it has, maybe on a changed page; of a new
    id those from which its reports were split.
    """
    rows, kept = {row.id: row for row in old.commitments}, {row.id for row in new.commitments}
    shared, reported = defaultdict[str, set[str]](set), _reports(old)
    for report, name in _reports(new).items():
        if report in reported:
            shared[name].add(reported[report])
    for revision in revised.values():
        shared[revision.now].add(revision.was)
    found = defaultdict[str, list[KnownCommitment]](list)
    for name in kept:
        olds = {name} | (shared[name] - kept) if name in rows else shared[name]
        found[name] = [rows[one] for one in sorted(olds) if one in rows]
    return found


def latest_status(row: KnownCommitment) -> Status:
    """The status that the latest report gives; of two of one day the further one."""
    return max(row.reports, key=stage).status


def _likely(reports: Iterable[Report]) -> Sum | None:
    """The amount of most reports that give one alone; of as many that of the latest, else the first."""
    likely = leading(reports, lambda report: report.only_amount)
    return max(likely, key=stage).amounts[0] if likely else None


class Due(NamedTuple):
    """The date `iso` that a report gives for what is to come, and its last day."""

    day: date
    iso: str
    report: Report


def _dues(reports: Iterable[Report]) -> Iterator[Due]:
    """The dates that lay ahead when they were reported."""
    for report in reports:
        for iso in report.dates:
            span = days_of(iso)
            if span and report.date and span[1].isoformat() > report.date:
                yield Due(span[1], iso, report)


def last_due(reports: Iterable[Report]) -> Due | None:
    """The latest due date of the latest report that gives one."""
    return max(_dues(reports), key=lambda due: (due.report.date, due.day, due.iso, due.report.link), default=None)


def overdue(reports: Sequence[Report], today: Day | None) -> Due | None:
    """The latest due date of a promise, where it lies before `today` and no later report says that work goes on."""
    found = list(_dues(reports))
    if not found or max(reports, key=stage).status not in _DUE:
        return None
    due = max(found, key=lambda due: (due.day, due.report.date, due.iso, due.report.link))
    day = due.day.isoformat()
    heard = any(report.status in _HEARD and (report.date or "") >= day for report in reports)
    return due if today and day < today and not heard else None


def versions(old: Iterable[Said], new: Mapping[str, LocalCommitment]) -> dict[str, Said]:
    """By link of `new` the commitment of `old` that is the same in another record or version of the article.

    The likeliest first: by the words of the sentences, kind, trigger and place. Each has one counterpart at most.
    """
    acts, scored = {link.link: (link, was) for link, was in old}, []
    for name, said in new.items():
        for earlier, (_, was) in acts.items():
            same = (said.kind == was.kind, said.trigger == was.trigger, said.start == was.start)
            alike = likeness(said, was)
            if alike >= ALIKE_WORDS or all(same):
                scored.append((-alike - 20 * sum(same[:2]) - same[2], name, earlier))
    found: dict[str, Said] = {}
    for _, name, earlier in sorted(scored):
        if name not in found and earlier in acts:
            found[name] = acts.pop(earlier)
    return found


class Revision(NamedTuple):
    """A commitment of a changed page, with the lasting ids that it `was` and is `now`, and the words of both texts.

    `fields`: each that the page now says otherwise, with the old and the new values.
    """

    was: str
    now: str
    stated: tuple[Quoted, Quoted]
    fields: list[tuple[Changed, list[str], list[str]]]


def revisions(old: Knowledge, new: Knowledge) -> dict[str, Revision]:
    """By link the commitments of changed pages.

    A page is changed where an article, or a new one of the same address, has another text. Where an older folder does
    not know the text, the words of the commitment tell.
    """
    before, after = _State(old), _State(new)
    at = defaultdict[str | None, list[KnownArticle]](list)
    for article in old.articles:
        if article.url:
            at[article.url].append(article)
    found = dict[str, Revision]()
    for article in new.articles:
        same = before.articles.get(article.id)
        others = [other for other in ([same] if same else at[article.url]) if other.sha256 != article.sha256]
        sure = all(other.sha256 and article.sha256 for other in others)
        earlier = [act for other in others for act in before.acts[other.id]]
        acts = {link.link: (link, said) for link, said in after.acts[article.id]} if earlier else {}
        for name, was in versions(earlier, {name: said for name, (_, said) in acts.items()}).items():
            now = acts[name]
            if sure or was[1].quote != now[1].quote:
                stated = (before.quoted(*was), after.quoted(*now))
                fields = list(_changed(before.facts(*was), after.facts(*now)))
                found[name] = Revision(was[0].entity, now[0].entity, stated, fields)
    return found


class _State:
    """What one state of knowledge says, by article."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.articles = {article.id: article for article in knowledge.articles}
        self.acts = defaultdict[str, list[Said]](list)
        for link, said in said_of(knowledge.links):
            self.acts[link.article].append((link, said))
        self._ends = {  # by link, lasting id and name of actors and projects
            link.link: (link.entity, link.said.name)
            for link in knowledge.links
            if not isinstance(link.said, LocalCommitment)
        }

    def quoted(self, link: Link, said: LocalCommitment) -> Quoted:
        return Quoted(**words_of(self.articles[link.article], link.link, said.quote))

    def facts(self, link: Link, said: LocalCommitment) -> dict[Changed, Values]:
        """All that an article says of a commitment, by field."""
        flow = said.flow or Flow(instrument="other")
        named: dict[Changed, Iterable[str | None]] = {
            "by": said.by, "with": said.partners, "to": said.to, "projects": said.projects, "provider": flow.provider,
            "recipient": flow.recipient, "attributed_to": [said.attributed_to],
        }  # fmt: skip
        plain: dict[Changed, list[str]] = {
            "kind": [said.kind],
            "status": [said.status],
            "amounts": amounts_of(said),
            "dates": said.dates,
            "instrument": [flow.instrument] if said.flow else [],
            "terms": [f"{term} {words}" for term, words in sorted(flow.terms.items())],
            "sectors": said.sectors,
            "negated": ["denied" if said.negated else "stated"],
        }
        ends = {field: [self._ends.get(f"{link.article}/{one}") for one in some] for field, some in named.items()}
        found: dict[Changed, Values] = {field: dict(filter(None, some)) for field, some in ends.items()}
        return found | {field: dict(zip(some, some, strict=True)) for field, some in plain.items()}


def _changed(was: dict[Changed, Values], now: dict[Changed, Values]) -> Iterator[tuple[Changed, list[str], list[str]]]:
    """The fields that differ; nothing where both texts deny the commitment."""
    for field in was if "denied" not in was["negated"].keys() & now["negated"].keys() else ():
        pairs = ((was[field], now[field]), (now[field], was[field]))
        alike = all(any(_is_one(field, a, b) for b in theirs.items()) for ours, theirs in pairs for a in ours.items())
        if not alike:
            yield field, list(was[field].values()), list(now[field].values())


def _is_one(field: Changed, one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two values are of one lasting id or name; amounts beyond rounding."""
    if field == "amounts":
        (currency, value), (its, others) = one[0].split(" "), other[0].split(" ")
        return currency == its and near(float(value), float(others))
    return one[0] == other[0] or one[1] == other[1]


def amounts_of(said: Stated) -> list[str]:
    return [shown(amount) for amount in said.amounts if amount.value]
