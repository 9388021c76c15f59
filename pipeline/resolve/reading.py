"""What an article contributes: its records' actors, projects and commitments, each with the link that names it.

Hard only in that an article may come again, read anew by a better model, and must then replace what it said before.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeGuard

from pipeline.gazetteer.names import key
from pipeline.gazetteer.places import place_country
from pipeline.knowledge import ActorSaid, CommitmentSaid, KnownArticle, Link, ProjectSaid, Said, Sum
from pipeline.record import Amount, Commitment, Date, Record, digest
from pipeline.resolve.body_names import body_words
from pipeline.resolve.deeds import Deed
from pipeline.resolve.names import is_description, known

FORMAT = "2"  # of what is taken from a record: with another, articles are taken in anew


class Contribution(NamedTuple):
    """An article and what it says, by link."""

    article: KnownArticle
    said: dict[str, Said]


def contribution(record: Record) -> Contribution:
    """What a record contributes."""
    article = record.article
    known = KnownArticle(
        id=article.id,
        record=digest(FORMAT + record.to_json()),
        title=article.title,
        source=article.source,
        url=article.url,
        date=article.date,
        story=article.story,
    )
    said: dict[str, Said] = {}
    for actor in record.actors:
        told = actor.model_dump(include={"name", "kind", "country", "role", "aliases"})
        said[f"{article.id}/{actor.id}"] = ActorSaid(**told)
    for project in record.projects:
        told = project.model_dump(include={"name", "programme", "aliases", "countries"})
        sectors = [sector.code for sector in project.sectors]
        said[f"{article.id}/{project.id}"] = ProjectSaid(**told, sectors=sectors, part_of=_wholes(record, project.id))
    for commitment in record.commitments:
        said[f"{article.id}/{commitment.id}"] = _commitment(record, commitment)
    return Contribution(known, said)


def _wholes(record: Record, project: str) -> list[str]:
    """The programmes of the article that a project is part of."""
    known = {other.id for other in record.projects}
    parts = (r.object for r in record.relations if (r.type, r.subject) == ("part_of", project) and r.object in known)
    return list(dict.fromkeys(parts))


def _commitment(record: Record, commitment: Commitment) -> CommitmentSaid:
    evidence = commitment.evidence[0]
    return CommitmentSaid(
        kind=commitment.kind,
        status=commitment.status,
        trigger=commitment.trigger.text,
        negated=commitment.negated,
        by=commitment.by,
        partners=commitment.with_,
        to=commitment.to,
        projects=commitment.projects,
        attributed_to=commitment.attributed_to,
        amounts=[_sum(amount) for amount in commitment.amounts],
        dates=[_day(date) for date in commitment.dates],
        sectors=commitment.sectors,
        sentence=evidence.sentence,
        start=evidence.start,
        end=evidence.end,
        quote=record.article.text[evidence.start : evidence.end],
    )


def _sum(amount: Amount) -> Sum:
    return Sum(**amount.model_dump(include={"text", "value", "low", "high", "currency"}))


def _day(date: Date) -> str:
    return date.iso or date.text


class Near:
    """The seldom names of each article, by which two mentions in two articles may stand beside the same."""

    def __init__(self, said: Mapping[str, Said]) -> None:
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        for link, told in said.items():
            if _is_name(told):
                self._names[link.rpartition("/")[0]].add(key(told.name))
        self._articles = Counter(name for names in self._names.values() for name in names)
        self._most = known("seldom")

    def of(self, link: str, name: str) -> frozenset[str]:
        """Those around a mention, its own left out."""
        around = self._names[link.rpartition("/")[0]]
        return frozenset(other for other in around if other != key(name) and self._articles[other] <= self._most)


def _is_name(said: Said) -> TypeGuard[ActorSaid | ProjectSaid]:
    if isinstance(said, ActorSaid):
        return said.kind not in ("country", "group") and not is_description(said.name)
    return isinstance(said, ProjectSaid) and not is_description(said.name)


class DeedReader:
    """Local commitments under the lasting ids of actors and projects."""

    def __init__(self, articles: Mapping[str, KnownArticle], links: Sequence[Link], new: Mapping[str, Said]) -> None:
        self._articles = articles
        self._links = {link.link: link for link in links if link.said.what != "commitment"}
        said = [(link.link, link.said) for link in links] + list(new.items())
        self._sums = Counter(doer for link, told in said for doer in _paying(link, told))

    def deed(self, link: str, said: CommitmentSaid) -> Deed:
        ids = {name: self.ids(link, getattr(said, name)) for name in ("by", "to", "projects")}
        article = link.rpartition("/")[0]
        places = (f"{article}/{local}" for local in (*said.by, *said.to, *said.projects))
        told = [self._links[place] for place in places if place in self._links]
        lands = ((other.entity, other.said) for other in told if isinstance(other.said, ActorSaid))
        return Deed(
            link=link,
            article=self._articles[article],
            said=said,
            **{name: frozenset(found) for name, found in ids.items()},
            countries=frozenset(other.entity for other in told if _is_country(other.said)),
            umbrellas=frozenset(
                other.entity for other in told if isinstance(other.said, ProjectSaid) and other.said.programme
            ),
            sums=max((self._sums[doer] for doer in _paying(link, said)), default=0),
            lands=frozenset((entity, said.country) for entity, said in lands if said.country and _speaks(said)),
        )

    def ids(self, link: str, locals_: Iterable[str]) -> list[str]:
        """The lasting ids of local ids of the article that a link is of; what has none is left out."""
        article = link.rpartition("/")[0]
        return [self._links[f"{article}/{local}"].entity for local in locals_ if f"{article}/{local}" in self._links]

    def title(self, deed: Deed) -> str:
        """The readable part of a commitment's id: kind, first doer, month."""
        places = (f"{deed.article.id}/{local}" for local in deed.said.by)
        doers = [self._links[place].said for place in places if place in self._links]
        names = [said.name for said in doers if isinstance(said, ActorSaid)][:1]
        return " ".join([deed.said.kind, *names, (deed.article.date or "")[:7]])


def _paying(link: str, said: Said) -> list[str]:
    """The links of the doers of a commitment with a sum."""
    if not isinstance(said, CommitmentSaid) or not said.amounts:
        return []
    return [f"{link.rpartition('/')[0]}/{doer}" for doer in said.by]


def _speaks(said: ActorSaid) -> bool:
    """Whether it may stand for its country: a country, its people and authorities, not the government of a province."""
    province = place_country(" ".join(body_words(said.name, said.country)).title())
    return said.kind in ("country", "person") or (said.kind == "government" and province is None)


def _is_country(said: Said) -> bool:
    return isinstance(said, ActorSaid) and said.kind == "country"
