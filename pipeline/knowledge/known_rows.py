"""Rows made of links: all that articles say of one actor, project or commitment, and where they contradict each other.

Where articles disagree, all values stay, with their numbers of articles.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations, groupby, product
from typing import Any, NamedTuple

from pipeline.knowledge.comparers import ALIKE_WORDS, EXACT, likeness, nearest, one_act
from pipeline.knowledge.counting import leading
from pipeline.knowledge.folder import (
    Claim,
    Contradicted,
    Disagreement,
    Event,
    Knowledge,
    KnownActor,
    KnownArticle,
    KnownCommitment,
    KnownProject,
    Link,
    LocalActor,
    LocalCommitment,
    LocalProject,
    Report,
    Stated,
    Sum,
    Value,
    shown,
)
from pipeline.knowledge.linker import UNKNOWN, CommitmentProfile, CommitmentReader
from pipeline.knowledge.names import setting, word_set
from pipeline.knowledge.sums import Entry, Ledger
from pipeline.values.periods import exclusive

Articles = Mapping[str, KnownArticle]
_OF_EVENT = ("status", "amounts", "attributed_to", "source", "date", "link", "quote")  # fields of a report
_STEM = 6  # letters in which forms of a word agree: "refinance", "refinancing"


def rows(links: list[Link], articles: Articles, apart: Container[frozenset[str]]) -> Knowledge:
    """All rows that are made of links, without proposals. `apart`: pairs of ids that a person said are two."""
    made = _Rows(links, articles)
    known = Knowledge(
        articles=sorted(articles.values(), key=lambda article: article.id),
        links=links,
        actors=list(made.actors()),
        projects=list(made.projects()),
        disagreements=disagreements(links, articles, apart),
    )
    known.commitments = list(made.commitments(known))
    known.timeline = _timeline(known.commitments)
    return known


class _Rows:
    def __init__(self, links: Sequence[Link], articles: Articles) -> None:
        self._links, self._articles = links, articles
        self._ids = {link.link: link.entity for link in links if not isinstance(link.said, LocalCommitment)}

    def _grouped(self, what: type) -> Iterator[tuple[str, list[Link]]]:
        """The links of a kind by lasting id, in the order of ids; those of one id in the order of days."""
        found = [link for link in self._links if isinstance(link.said, what)]
        found.sort(key=lambda link: (link.entity, self._articles[link.article].date or UNKNOWN, link.link))
        yield from ((entity, list(own)) for entity, own in groupby(found, key=lambda link: link.entity))

    def _values(self, own: Iterable[Link], of: Callable[[Any], Iterable[str | None]], ids: bool = False) -> list[Value]:
        """What articles say, each value once, those of most articles first. `ids`: lasting ids of local ones."""
        seen = defaultdict[str, set[str]](set)
        for link in own:
            for value in of(link.said):
                if value := self._ids.get(f"{link.article}/{value}") if ids else value:
                    seen[value].add(link.article)
        found = [Value(value=value, articles=len(of), **self._days(of)) for value, of in seen.items()]
        return sorted(found, key=lambda row: (-row.articles, -len(row.value), row.value))

    def _days(self, articles: Iterable[str]) -> dict[str, str | None]:
        """The first and the latest day of articles, where any has one."""
        dates = sorted(day for article in articles if (day := self._articles[article].date))
        return {"first": dates[0] if dates else None, "latest": dates[-1] if dates else None}

    def _known(self, entity: str, own: Sequence[Link]) -> dict[str, Any]:
        """The fields that rows of actors and projects share."""
        names, articles = self._values(own, lambda said: [said.name]), {link.article for link in own}
        return {"id": entity, "name": names[0].value, "names": names, "articles": len(articles), **self._days(articles)}

    def actors(self) -> Iterator[KnownActor]:
        for entity, own in self._grouped(LocalActor):
            yield KnownActor(
                **self._known(entity, own),
                kind=_most(own, "kind"),
                country=_most(own, "country"),
                roles=self._values(own, lambda said: [said.role]),
            )

    def projects(self) -> Iterator[KnownProject]:
        for entity, own in self._grouped(LocalProject):
            wholes = self._values(own, lambda said: said.part_of, ids=True)
            yield KnownProject(
                **self._known(entity, own),
                programme=_most(own, "programme"),
                countries=self._values(own, lambda said: said.countries),
                sectors=self._values(own, lambda said: said.sectors),
                part_of=[whole for whole in wholes if whole.value != entity],
            )

    def commitments(self, known: Knowledge) -> Iterator[KnownCommitment]:
        """With what their reports disagree on, and whether a sum should count them; `known`: all but these."""
        disagree: defaultdict[str, set[Contradicted]] = defaultdict(set)
        for row in known.disagreements:
            disagree[row.one].add(row.field)
            disagree[row.other].add(row.field)
        ledger = Ledger(known)
        for article, own in groupby(self._links, key=lambda link: link.article):
            ledger.add_said(self._articles[article], {link.local: link.said for link in own})
        entries = ledger.entries()
        for entity, links in self._grouped(LocalCommitment):
            yield self._commitment(entity, links, entries, sorted(disagree[entity]))

    def _commitment(
        self, entity: str, own: list[Link], entries: Mapping[str, Entry], disagree: list[Contradicted]
    ) -> KnownCommitment:
        said = [link.said for link in own if isinstance(link.said, LocalCommitment)]
        flows = [link for link, one in zip(own, said, strict=True) if one.flow]
        instruments = self._values(flows, lambda said: [said.flow.instrument])
        terms = {name: text for one in reversed(said) if one.flow for name, text in one.flow.terms.items()}
        reports = list(self._reports(own))
        judged = [entries[report.link] for report in reports]
        entry = next((one for one in judged if one.counted), judged[0])
        return KnownCommitment(
            id=entity,
            kind=said[0].kind,
            negated=said[0].negated,
            by=self._values(own, lambda said: said.by, ids=True),
            partners=self._values(own, lambda said: said.partners, ids=True),
            to=self._values(own, lambda said: said.to, ids=True),
            projects=self._values(own, lambda said: said.projects, ids=True),
            statuses=self._values(own, lambda said: [said.status]),
            amounts=self._values(own, lambda said: [shown(amount) for amount in said.amounts if amount.value]),
            dates=self._values(own, lambda said: said.dates),
            sectors=sorted({code for one in said for code in one.sectors}),
            instrument=instruments[0].value if instruments else None,
            provider=self._values(flows, lambda said: said.flow.provider, ids=True),
            recipient=self._values(flows, lambda said: said.flow.recipient, ids=True),
            terms=dict(sorted(terms.items())),
            amount=_agreed(reports),
            disagree=disagree,
            counted=entry.counted,
            recommended_for_aggregates=entry.recommended,
            because=entry.because,
            **self._days(link.article for link in own),
            reports=reports,
        )

    def _reports(self, own: Iterable[Link]) -> Iterator[Report]:
        """One for each story: of its first article, with the others as its copies."""
        stories = defaultdict[str, list[Link]](list)
        for link in own:
            stories[self._articles[link.article].text_id].append(link)
        for first, *copies in stories.values():
            article, stated = (
                self._articles[first.article],
                {name: getattr(first.said, name) for name in Stated.model_fields},
            )
            speaker = self._ids.get(f"{article.id}/{stated['attributed_to']}")
            about = {"link": first.link, "source": article.source, "date": article.date}
            yield Report(**stated | about | {"attributed_to": speaker}, copies=[copy.link for copy in copies])


def _most(own: Iterable[Link], field: str) -> Any:
    """What most articles say of a field; None where none says anything."""
    counts = Counter(value for link in own if (value := getattr(link.said, field)) is not None)
    return min(counts, key=lambda value: (-counts[value], value)) if counts else None


def _agreed(reports: Sequence[Report]) -> Sum | None:
    """The amount of most reports, the earliest of them; None where another of its currency has as many."""
    likely = leading(reports, lambda report: report.only_amount)
    amounts = {report.only_amount: report.amounts[0] for report in reversed(likely)}
    first = likely[0].amounts[0] if likely else None
    return first if first and [one.currency for one in amounts.values()].count(first.currency) == 1 else None


def _timeline(commitments: Iterable[KnownCommitment]) -> list[Event]:
    """A row for each report of a commitment on a project, by project and day."""
    events = [
        Event(
            project=project.value,
            commitment=commitment.id,
            kind=commitment.kind,
            **{name: getattr(report, name) for name in _OF_EVENT},
        )
        for commitment in commitments
        for project in commitment.projects
        for report in commitment.reports
    ]
    return sorted(events, key=lambda event: (event.project, event.date or "", event.link))


class _Report(NamedTuple):
    """What one article reports, under the lasting id of the commitment."""

    entity: str
    profile: CommitmentProfile

    @property
    def story(self) -> str:
        """The id that near-copies share."""
        return self.profile.article.text_id


def disagreements(links: Sequence[Link], articles: Articles, apart: Container[frozenset[str]]) -> list[Disagreement]:
    """A row for each two commitments, or one, and each field on which their reports contradict each other; sorted.

    Near-copies are not compared, nor versions of one page, nor ids that a person has kept `apart`, nor denied
    commitments. Of several reports those with the most alike words are quoted.
    """
    reader = CommitmentReader(articles, links, {})
    reports = [
        _Report(link.entity, reader.profile(link.link, link.said))
        for link in links
        if isinstance(link.said, LocalCommitment) and not link.said.negated
    ]
    reports.sort(key=lambda report: (report.profile.article.date or UNKNOWN, report.profile.link))
    stories = defaultdict[str, list[_Report]](list)
    for report in reports:
        stories[report.story].append(report)
    found: dict[tuple[str, str, str], tuple[float, Disagreement]] = {}
    for one, other in _pairs(reports):
        fields = [] if frozenset((one.entity, other.entity)) in apart else list(_contradicted(one, other))
        reasons = _reasons(one, other, fields, stories) if fields else []
        for field in fields if reasons else ():
            first, second = sorted((one, other), key=lambda report: report.entity)
            alike, pair = likeness(one.profile.said, other.profile.said), (first.entity, second.entity, field)
            if pair not in found or alike > found[pair][0]:
                ids = {"one": first.entity, "other": second.entity}
                claims = (_claim(first, field), _claim(second, field))
                found[pair] = alike, Disagreement(**ids, field=field, claims=claims, reasons=reasons)
    return [row for _, (_, row) in sorted(found.items())]


def _pairs(reports: Iterable[_Report]) -> Iterator[tuple[_Report, _Report]]:
    """Each two reports of different stories of one id or, at nearby times, on money of one provider for one goal."""
    groups: defaultdict[tuple[str, ...], list[_Report]] = defaultdict(list)
    for report in reports:
        for key in ((report.entity,), *_goals(report.profile)):
            groups[key].append(report)
    for group in groups.values():
        for one, other in combinations(group, 2):
            page, its = one.profile.article.url, other.profile.article.url  # that a page was changed is no disagreement
            if one.story == other.story or (page and page == its):
                continue
            if one.entity == other.entity or _within(one, other, setting("window")):
                yield one, other


def _within(one: _Report, other: _Report, most: int) -> bool:
    """Whether two reports are at most so many days apart."""
    first, second = one.profile.day, other.profile.day
    return first is not None and second is not None and abs((first - second).days) <= most


def _goals(profile: CommitmentProfile) -> Iterator[tuple[str, str]]:
    """The home of each provider of money with each recipient and each project."""
    goals = _recipients(profile, profile.abroad) | (profile.projects - profile.umbrellas)
    yield from product(sorted(profile.provider_homes), sorted(goals))


def _recipients(profile: CommitmentProfile, abroad: bool) -> frozenset[str]:
    """The recipients of money: by country from abroad, by lasting id within one country."""
    return profile.recipient_homes if abroad else profile.recipient


def _reasons(
    one: _Report, other: _Report, fields: Collection[str], stories: Mapping[str, Sequence[_Report]]
) -> list[str]:
    """Why two reports seem to be of one undertaking; none where they are of two, or too little is shared.

    They are of two where one story reports both, where neither amounts nor dates agree, and where the money is of
    another kind.
    """
    if one.entity == other.entity:
        return ["same_id"]
    crossed = [(one, beside) for beside in stories[other.story]] + [(other, beside) for beside in stories[one.story]]
    both = any(a.entity == b.entity or ("amounts" in fields and _equal(a, b)) for a, b in crossed)
    if both or {"amounts", "dates"} <= set(fields) or not one_act(one.profile, other.profile):
        return []
    found = list(_specific(one.profile, other.profile))
    return found if len(found) > 2 and {"near_amount", "same_project"} & set(found) else []


def _equal(one: _Report, other: _Report) -> bool:
    """Whether they have an amount in common."""
    return (nearest(one.profile.said.amounts, other.profile.said.amounts) or 0) >= EXACT


def _specific(one: CommitmentProfile, other: CommitmentProfile) -> Iterator[str]:
    """What two reports share, beside the provider; nothing where their recipients or projects are others."""
    abroad = one.abroad and other.abroad
    recipients = (_recipients(one, abroad), _recipients(other, abroad))
    projects = (one.projects - one.umbrellas, other.projects - other.umbrellas)
    if any(ours and theirs and ours.isdisjoint(theirs) for ours, theirs in (recipients, projects)):
        return
    yield from ["same_recipient"] if recipients[0] & recipients[1] else []
    yield from ["same_project"] if projects[0] & projects[1] else []
    near = nearest(one.said.amounts, other.said.amounts)
    if near is not None and near >= setting("disagree")["near"]:
        yield "near_amount"
    if not set(one.said.dates).isdisjoint(other.said.dates):
        yield "same_date"
    if likeness(one.said, other.said) >= ALIKE_WORDS:
        yield "alike_words"
    if len(_stems(one.said.quote) & _stems(other.said.quote)) >= setting("disagree")["words"]:
        yield "shared_words"


@lru_cache(maxsize=100_000)
def _stems(quote: str) -> frozenset[str]:
    """The stems of the words that say what a sentence is about, without names."""
    found = (word.removesuffix("s") for word in re.findall(r"\b[a-z]{4,}\b", quote))
    return frozenset(word[:_STEM] for word in found if word not in word_set("common_words"))


def _contradicted(one: _Report, other: _Report) -> Iterator[Contradicted]:
    """The fields whose values cannot both be right: no amount of a currency, no day in common, opposite statuses."""
    ours, theirs = one.profile.said, other.profile.said
    near = nearest(ours.amounts, theirs.amounts)
    if near is not None and near < EXACT:
        yield "amounts"
    if ours.dates and theirs.dates and all(exclusive(a, b) for a, b in product(ours.dates, theirs.dates)):
        yield "dates"
    statuses, limits = {ours.status, theirs.status}, setting("disagree")
    if statuses & set(limits["holds"]) and statuses & set(limits["fails"]) and _within(one, other, limits["days"]):
        yield "status"


def _claim(report: _Report, field: Contradicted) -> Claim:
    said, article = report.profile.said, report.profile.article
    values = {
        "amounts": [shown(amount) for amount in said.amounts if amount.value],
        "dates": said.dates,
        "status": [said.status],
    }
    quoted = {"link": report.profile.link, "source": article.source, "date": article.date, "quote": said.quote}
    return Claim(values=values[field], **quoted)
