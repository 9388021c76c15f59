"""What changed between two states of a knowledge folder: commitments that are new, altered, contradicted or overdue.

An amount, status or date changes by a report that the old state lacks, any field by a page that has another text now;
not where a person joins or splits ids, nor where the same text is read again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple, get_args

from pydantic import Field

from pipeline.knowledge.comparers import ALIKE_WORDS, likeness
from pipeline.knowledge.counting import leading, near, stage
from pipeline.knowledge.folder import (
    Disagreement,
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


class _Pair(NamedTuple):
    """A commitment, the reports of those of the old state that it was, and those that the old state lacks, by day."""

    row: KnownCommitment
    known: list[Report]
    fresh: list[Report]


class _Comparison:
    def __init__(self, old: Knowledge, new: Knowledge, today: Day | None) -> None:
        self._old, self._new = old, new
        self._today, self._before = today or _latest_day(new), _latest_day(old)
        self._rows = {row.id: row for row in new.commitments}
        self._urls = {article.id: article.url for article in (*old.articles, *new.articles)}
        self._names = {actor.id: actor.name for actor in new.actors} | {row.id: row.name for row in new.projects}
        self._homes = {actor.id: actor.country for actor in new.actors}
        self._places = {project.id: project.countries for project in new.projects}
        self._revised = revisions(old, new)

    def all(self) -> Iterator[Change]:
        reported, was = _reports(self._old), _ancestors(self._old, self._new, self._revised)
        for row in self._new.commitments:
            unknown = (report for report in row.reports if (report.link, report.quote) not in reported)
            fresh = [report for report in unknown if report.link not in self._revised]
            yield from self._revisions(row)
            pair = _Pair(row, [report for old in was[row.id] for report in old.reports], fresh)
            if not row.negated:
                found = (self._amount, self._status, self._date) if pair.known else (self._added,)
                yield from (change for find in (*found, self._overdue) if (change := find(pair)))
        yield from self._contradicted(was)

    def _revisions(self, row: KnownCommitment) -> Iterator[Change]:
        """Each field of which a page now says something else."""
        for link in (link for report in row.reports for link in (report.link, *report.copies)):
            if revision := self._revised.get(link):
                for field, old, new in revision.fields:
                    kind = "completed" if new == ["completed"] else _KIND_OF.get(field, "changed")
                    yield self._change(kind, [row], revision.stated, field=field, old=old, new=new, revised=True)

    def _added(self, pair: _Pair) -> Change | None:
        first = pair.row.reports[0]
        return self._change("added", [pair.row], [first], day=pair.row.first)

    def _amount(self, pair: _Pair) -> Change | None:
        """Another likely amount, in the same currency; or the first amount."""
        before = [amount for report in pair.known for amount in report.amounts if amount.value]
        if not before:
            first = next((report for report in pair.fresh if amounts_of(report)), None)
            new = amounts_of(first) if first else []
            return self._change("amount", [pair.row], [first], field="amounts", new=new) if first else None
        old, now = _likely(pair.known), _likely(sorted(pair.row.reports, key=pair.fresh.__contains__))
        stated = next((report for report in pair.fresh if now and shown(now) in amounts_of(report)), None)
        if now is None or stated is None:
            return None
        same = old is not None and old.currency == now.currency
        known = [old] if old and same else [amount for amount in before if amount.currency == now.currency]
        if all(near(amount.value or 0, now.value or 0) for amount in known):
            return None
        values = list(dict.fromkeys(map(shown, known)))
        earlier = next(report for report in reversed(pair.known) if set(values) & set(amounts_of(report)))
        return self._change("amount", [pair.row], [earlier, stated], field="amounts", old=values, new=[shown(now)])

    def _status(self, pair: _Pair) -> Change | None:
        """Another status of the latest report."""
        earlier, latest = max(pair.known, key=stage), max(pair.row.reports, key=stage)
        if latest not in pair.fresh or latest.status == earlier.status:
            return None
        later = (report for report in pair.fresh if (report.date or "") >= (earlier.date or ""))
        stated = next(report for report in later if report.status == latest.status)
        kind = "completed" if latest.status == "completed" else "status"
        values = {"old": [earlier.status], "new": [latest.status]}
        return self._change(kind, [pair.row], [earlier, stated], field="status", **values)

    def _date(self, pair: _Pair) -> Change | None:
        """Another due date in a later report, as fine as the one before; or the first one."""
        earlier, latest = last_due(pair.known), last_due(pair.fresh)
        if latest is None:
            return None
        if earlier is None:
            return self._change("date", [pair.row], [latest.report], field="dates", new=[latest.iso])
        if (earlier.report.date or "") >= (latest.report.date or "") or not exclusive(earlier.iso, latest.iso):
            return None
        values = {"old": [earlier.iso], "new": [latest.iso]}
        return self._change("date", [pair.row], [earlier.report, latest.report], field="dates", **values)

    def _overdue(self, pair: _Pair) -> Change | None:
        """A due date that has passed, and was not listed in the old state."""
        due = overdue(pair.row.reports, self._today)
        before = overdue(pair.known, self._before)
        if due is None or (before and before.day == due.day):
            return None
        day = due.day.isoformat()
        return self._change("overdue", [pair.row], [due.report], field="dates", new=[due.iso], day=day)

    def _contradicted(self, was: Mapping[str, list[KnownCommitment]]) -> Iterator[Change]:
        """Pairs of reports that the old state lacks; the id of an old pair may have been joined since."""
        known = {_key(row, row.one, row.other) for row in self._old.disagreements}
        for row in self._new.disagreements:
            olds = ([row.one, *(old.id for old in was[row.one])], [row.other, *(old.id for old in was[row.other])])
            if known.isdisjoint(_key(row, one, other) for one in olds[0] for other in olds[1]):
                yield self._contradiction(row)

    def _contradiction(self, row: Disagreement) -> Change:
        one, other = row.claims
        day = max((claim.date for claim in row.claims if claim.date), default=None)
        rows = [self._rows[name] for name in dict.fromkeys((row.one, row.other))]
        return self._change(
            "contradicted", rows, row.claims, field=row.field, old=one.values, new=other.values, day=day
        )

    def _change(self, kind: Any, rows: Sequence[KnownCommitment], stated: Sequence[Quoted], **fields: Any) -> Change:
        row, *others = rows
        ends = [(one.provider, one.recipient) if one.instrument else (one.by, one.to) for one in rows]
        to = self._named(value for _, values in ends for value in values)
        projects = self._named(value for one in rows for value in one.projects)
        places = [place.value for project in projects for place in self._places.get(project.id, [])]
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
            countries=sorted(set(places) or {home for actor in to if (home := self._homes.get(actor.id))}),
            sectors=sorted({code for one in rows for code in one.sectors}),
            amounts=[shown(row.amount)] if row.amount else [value.value for value in row.amounts],
            quotes=[self._saying(one) for one in stated],
            **{"day": stated[-1].date} | fields,
        )

    def _named(self, values: Iterable[Value]) -> list[Named]:
        return [
            Named(id=name, name=self._names.get(name, name)) for name in dict.fromkeys(value.value for value in values)
        ]

    def _saying(self, stated: Quoted) -> Saying:
        plain = {name: getattr(stated, name) for name in Quoted.model_fields}
        return Saying(**plain, url=self._urls.get(article_of(stated.link)))


def _latest_day(knowledge: Knowledge) -> Day | None:
    return max((article.date for article in knowledge.articles if article.date), default=None)


def _reports(knowledge: Knowledge) -> dict[tuple[str, str], str]:
    """The ids of commitments by the links of their reports and the words."""
    commitments = ((link, link.said) for link in knowledge.links if isinstance(link.said, LocalCommitment))
    return {(link.link, said.quote): link.entity for link, said in commitments}


def _ancestors(
    old: Knowledge, new: Knowledge, revised: Mapping[str, Revision]
) -> defaultdict[str, list[KnownCommitment]]:
    """By id of a commitment, those of the old state that it was.

    That is the one with its id, and those whose id is gone and whose reports it has, maybe on a changed page; of a new
    id those from which its reports were split.
    """
    rows, kept = {row.id: row for row in old.commitments}, {row.id for row in new.commitments}
    shared = defaultdict[str, set[str]](set)
    reported = _reports(old)
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


def _key(row: Disagreement, one: str, other: str) -> tuple[str, frozenset[str]]:
    return row.field, frozenset((one, other))


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
        self._ends: dict[str, tuple[str, str]] = {}  # by link, lasting id and name of actors and projects
        for link in knowledge.links:
            if isinstance(link.said, LocalCommitment):
                self.acts[link.article].append((link, link.said))
            else:
                self._ends[link.link] = (link.entity, link.said.name)

    def quoted(self, link: Link, said: LocalCommitment) -> Quoted:
        article = self.articles[link.article]
        return Quoted(link=link.link, source=article.source, date=article.date, quote=said.quote)

    def facts(self, link: Link, said: LocalCommitment) -> dict[Changed, Values]:
        """All that an article says of a commitment, by field."""
        flow = said.flow or Flow(instrument="other")
        speakers = [said.attributed_to] if said.attributed_to else []
        named: dict[Changed, list[str]] = {
            "by": said.by, "with": said.partners, "to": said.to, "projects": said.projects, "provider": flow.provider,
            "recipient": flow.recipient, "attributed_to": speakers,
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
        links = {field: [f"{link.article}/{local}" for local in some] for field, some in named.items()}
        ends = {field: dict(self._ends[one] for one in some if one in self._ends) for field, some in links.items()}
        return ends | {field: dict(zip(some, some, strict=True)) for field, some in plain.items()}


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
