"""Rows made of links: all that articles say of one actor, project or commitment, and where they contradict each other.

Where articles disagree, all values stay, with their numbers of articles.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations, groupby, product
from operator import attrgetter
from typing import Any

from pipeline.knowledge.comparers import ALIKE_WORDS, EXACT, likeness, nearest, one_act
from pipeline.knowledge.counting import leading
from pipeline.knowledge.folder import (
    Claim,
    Contradicted,
    Disagreement,
    Event,
    Judgement,
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
    words_of,
)
from pipeline.knowledge.linker import UNKNOWN, CommitmentProfile, CommitmentReader
from pipeline.knowledge.names import setting, word_set
from pipeline.knowledge.sums import Entry, entries_of
from pipeline.values.periods import exclusive

Articles = Mapping[str, KnownArticle]
_OF_EVENT = ("status", "amounts", "attributed_to", "source", "date", "link", "quote")  # fields of a report
_STEM = 6  # letters in which forms of a word agree: "refinance", "refinancing"


def rows(
    links: list[Link], articles: Articles, apart: Container[frozenset[str]], judgements: Iterable[Judgement] = ()
) -> Knowledge:
    """All rows that are made of links, without proposals. `apart`: pairs of ids that a person said are two."""
    made, alive = _Rows(links, articles), {link.link for link in links}
    known = Knowledge(
        articles=sorted(articles.values(), key=lambda article: article.id),
        links=links,
        actors=list(made.actors()),
        projects=list(made.projects()),
        disagreements=disagreements(links, articles, apart),
        judgements=[row for row in judgements if alive >= {row.one, row.other or row.one}],
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
        name = names[0].value if names else ""  # what a record names by no word
        return {"id": entity, "name": name, "names": names, "articles": len(articles), **self._days(articles)}

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
        entries = entries_of(known)
        for entity, links in self._grouped(LocalCommitment):
            yield self._commitment(entity, links, entries, sorted(disagree[entity]))

    def _commitment(
        self, entity: str, own: list[Link], entries: Mapping[str, Entry], disagree: list[Contradicted]
    ) -> KnownCommitment:
        said: list[Any] = [link.said for link in own]
        flows = [link for link, one in zip(own, said, strict=True) if one.flow]
        parties: dict[str, Any] = {name: (own, name) for name in ("by", "partners", "to", "projects")}
        parties |= {name: (flows, f"flow.{name}") for name in ("provider", "recipient")}
        parties = {name: self._values(some, attrgetter(path), ids=True) for name, (some, path) in parties.items()}
        instruments = self._values(flows, lambda said: [said.flow.instrument])
        terms = {name: text for one in reversed(said) if one.flow for name, text in one.flow.terms.items()}
        reports = list(self._reports(own))
        judged = [entries[report.link] for report in reports]
        entry = next((one for one in judged if one.counted), judged[0])
        return KnownCommitment(
            id=entity,
            kind=said[0].kind,
            negated=said[0].negated,
            **parties,
            statuses=self._values(own, lambda said: [said.status]),
            amounts=self._values(own, lambda said: [shown(amount) for amount in said.amounts if amount.value]),
            dates=self._values(own, lambda said: said.dates),
            sectors=sorted({code for one in said for code in one.sectors}),
            instrument=instruments[0].value if instruments else None,
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
            stated: dict[str, Any] = {name: getattr(first.said, name) for name in Stated.model_fields}
            stated |= words_of(self._articles[first.article], first.link, stated["quote"])
            stated["attributed_to"] = self._ids.get(f"{first.article}/{stated['attributed_to']}")
            yield Report(**stated, copies=[copy.link for copy in copies])


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


def disagreements(links: Sequence[Link], articles: Articles, apart: Container[frozenset[str]]) -> list[Disagreement]:
    """A row for each two commitments, or one, and each field on which their reports contradict each other; sorted.

    Near-copies are not compared, nor versions of one page, nor ids that a person has kept `apart`, nor denied
    commitments. Of several reports those with the most alike words are quoted.
    """
    reader, entity = CommitmentReader(articles, links, {}), {link.link: link.entity for link in links}
    said = [(link.link, link.said) for link in links if isinstance(link.said, LocalCommitment)]
    reports = [reader.profile(link, one) for link, one in said if not one.negated]
    reports.sort(key=lambda report: (report.article.date or UNKNOWN, report.link))
    stories = defaultdict[str, list[CommitmentProfile]](list)
    for report in reports:
        stories[report.article.text_id].append(report)

    def joined(one: CommitmentProfile, other: CommitmentProfile, fields: Collection[str]) -> list[str]:
        """Why two reports seem to be of one undertaking; none where they are of two, or too little is shared.

        They are of two where one story reports both, where neither amounts nor dates agree, and where the money is of
        another kind.
        """
        if entity[one.link] == entity[other.link]:
            return ["same_id"]
        crossed = [(a, b) for a, near in ((one, other), (other, one)) for b in stories[near.article.text_id]]
        both = any(
            entity[a.link] == entity[b.link]
            or ("amounts" in fields and (nearest(a.said.amounts, b.said.amounts) or 0) >= EXACT)
            for a, b in crossed
        )
        if both or {"amounts", "dates"} <= set(fields) or not one_act(one, other):
            return []
        found = list(_specific(one, other))
        return found if len(found) > 2 and {"near_amount", "same_project"} & set(found) else []

    found: dict[tuple[str, str, str], tuple[float, Disagreement]] = {}
    for pair in _pairs(reports, entity):
        one, other = sorted(pair, key=lambda report: entity[report.link])
        ids = (entity[one.link], entity[other.link])
        fields = [] if frozenset(ids) in apart else list(_contradicted(*pair))
        reasons, alike = joined(*pair, fields) if fields else [], likeness(one.said, other.said) if fields else 0.0
        for field in fields if reasons else ():
            if (*ids, field) not in found or alike > found[*ids, field][0]:
                claims = (_claim(one, field), _claim(other, field))
                row = Disagreement(one=ids[0], other=ids[1], field=field, claims=claims, reasons=reasons)
                found[*ids, field] = alike, row
    return [row for _, (_, row) in sorted(found.items())]


def _pairs(
    reports: Iterable[CommitmentProfile], entity: Mapping[str, str]
) -> Iterator[tuple[CommitmentProfile, CommitmentProfile]]:
    """Each two reports of different stories of one id or, at nearby times, on money of one provider for one goal."""
    groups: defaultdict[tuple[str, ...], list[CommitmentProfile]] = defaultdict(list)
    for report in reports:
        recipients = report.recipient_homes if report.abroad else report.recipient
        goals = recipients | (report.projects - report.umbrellas)
        for key in ((entity[report.link],), *product(sorted(report.provider_homes), sorted(goals))):
            groups[key].append(report)
    for one, other in (pair for group in groups.values() for pair in combinations(group, 2)):
        page, its = one.article.url, other.article.url  # that a page was changed is no disagreement
        if one.article.text_id == other.article.text_id or (page and page == its):
            continue
        if entity[one.link] == entity[other.link] or _within(one, other, setting("window")):
            yield one, other


def _within(one: CommitmentProfile, other: CommitmentProfile, most: int) -> bool:
    """Whether two reports are at most so many days apart."""
    return one.day is not None and other.day is not None and abs((one.day - other.day).days) <= most


def _specific(one: CommitmentProfile, other: CommitmentProfile) -> Iterator[str]:
    """What two reports share, beside the provider; nothing where their recipients or projects are others."""
    recipients = (one.recipient, other.recipient)
    if one.abroad and other.abroad:
        recipients = (one.recipient_homes, other.recipient_homes)
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


def _contradicted(one: CommitmentProfile, other: CommitmentProfile) -> Iterator[Contradicted]:
    """The fields whose values cannot both be right: no amount of a currency, no day in common, opposite statuses."""
    ours, theirs = one.said, other.said
    near = nearest(ours.amounts, theirs.amounts)
    if near is not None and near < EXACT:
        yield "amounts"
    if ours.dates and theirs.dates and all(exclusive(a, b) for a, b in product(ours.dates, theirs.dates)):
        yield "dates"
    statuses, limits = {ours.status, theirs.status}, setting("disagree")
    if statuses & set(limits["holds"]) and statuses & set(limits["fails"]) and _within(one, other, limits["days"]):
        yield "status"


def _claim(report: CommitmentProfile, field: Contradicted) -> Claim:
    said, amounts = report.said, [shown(amount) for amount in report.said.amounts if amount.value]
    values = {"amounts": amounts, "dates": said.dates, "status": [said.status]}
    return Claim(values=values[field], **words_of(report.article, report.link, said.quote))
