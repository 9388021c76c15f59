"""What all formats need of a record: keys that are unique across articles, quotes, parties, recipient countries."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from pipeline.knowledge.folder import Knowledge, Scheme
from pipeline.record import (
    Actor,
    Article,
    Commitment,
    Date,
    Evidence,
    Mention,
    Project,
    Record,
    Sentence,
    Span,
    page_of,
)
from pipeline.values.currencies import usd
from pipeline.values.periods import days_of

BY_PERSON = ("person", "reviewed")  # how the method of what a person accepted ends; the second in older records
AGREEMENT = "agreement"  # how that of what `corridor review --accept-at` accepted ends; no person has looked at it
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def accepted_by(method: str) -> str | None:
    """`person` or `agreement`, as the method of a commitment says; None where nobody accepted it."""
    last = method.rpartition("+")[2]
    return BY_PERSON[0] if last in BY_PERSON else AGREEMENT if last == AGREEMENT else None


class RecordIndex:
    """A record whose parts are found by their ids."""

    def __init__(self, record: Record) -> None:
        self.record = record

    @property
    def article(self) -> Article:
        return self.record.article

    def key(self, name: str) -> str:
        """`ARTICLE/a3` for `a3`."""
        return f"{self.article.id}/{name}"

    def quote(self, span: Span | Evidence | Sentence) -> str:
        return self.article.text[span.start : span.end]

    def best(self, commitment: Commitment) -> str:
        """The text of the first, most specific sentence of its evidence."""
        return self.quote(commitment.evidence[0])

    def page(self, offset: int) -> int | None:
        """The number of the page on which a character stands; None where pages are not known."""
        return page_of(self.article, offset)

    @cached_property
    def actors(self) -> dict[str, Actor]:
        return {actor.id: actor for actor in self.record.actors}

    @cached_property
    def projects(self) -> dict[str, Project]:
        return {project.id: project for project in self.record.projects}

    @cached_property
    def mentions(self) -> dict[str, Mention]:
        return {mention.id: mention for mention in self.record.mentions}

    @cached_property
    def mention_at(self) -> dict[tuple[int, int], str]:
        """The id of the mention at each span (start, end)."""
        return {(mention.start, mention.end): mention.id for mention in self.record.mentions}

    def name(self, part: str) -> str:
        """The name of an actor or project, or the text of a mention; an id that the record lacks is its own name."""
        named = self.actors.get(part) or self.projects.get(part)
        return named.name if named else self.mentions[part].text if part in self.mentions else part

    def sides(self, commitment: Commitment) -> tuple[list[str], list[str]]:
        """Whose money goes to whom, ids of actors, each once; without a flow who commits to whom."""
        flow = commitment.flow
        given, got = (flow.provider, flow.recipient) if flow else (commitment.by, commitment.to)
        return list(dict.fromkeys(given)), list(dict.fromkeys(got))

    def countries(self, commitment: Commitment) -> tuple[str, list[str]]:
        """The basis ("project" or "to") of a commitment's recipient countries, and the countries, each once.

        They are those of its projects; without any, those of who gets the money or the promise. Never the provider's.
        """
        projects = (self.projects[name] for name in commitment.projects if name in self.projects)
        of_projects = [country for project in projects for country in project.countries]
        if of_projects:
            return "project", list(dict.fromkeys(of_projects))
        receivers = (self.actors[name] for name in self.sides(commitment)[1] if name in self.actors)
        return "to", list(dict.fromkeys(actor.country for actor in receivers if actor.country))


def originals(records: Iterable[Record]) -> Iterator[Record]:
    """The records without near-copies of an article that came before."""
    seen = set[str]()
    for record in records:
        if record.article.story not in seen:
            yield record
        seen.add(record.article.story or record.article.id)


def parties(commitment: Commitment) -> Iterator[tuple[str, str]]:
    """Each role of a commitment with the id of an actor in it; an actor once in a role."""
    speakers = [commitment.attributed_to] if commitment.attributed_to else []
    roles = {"by": commitment.by, "with": commitment.with_, "to": commitment.to, "attributed_to": speakers}
    return ((role, actor) for role, actors in roles.items() for actor in dict.fromkeys(actors))


def date_values(found: Date) -> dict[str, Any]:
    """A date with its first and its last day."""
    first, last = days_of(found.iso) or (None, None)
    return {"iso": found.iso, "first_day": first, "last_day": last, "precision": found.precision, "basis": found.basis}


def in_words(texts: Iterable[str]) -> str | None:
    """Texts on one line, each once, joined by "; "; None without any."""
    return "; ".join(dict.fromkeys(" ".join(text.split()) for text in texts)) or None


def dollars(value: float | None, currency: str | None, day: str | None) -> float | None:
    """An amount in US dollars of the year of `day` (YYYY-MM-DD), to the cent; None where it is not known."""
    if value is None or currency is None or day is None:
        return None
    found = usd(value, currency, int(day[:4]))
    return None if found is None else round(found, 2)


def xml_text(text: str) -> str:
    """The text with U+FFFD for every character that XML 1.0 forbids."""
    return _FORBIDDEN.sub("\ufffd", text)


class PublishedIds:
    """Of the parts of records, by their lasting ids."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._published = knowledge.published
        self._ids = {link.link: link.entity for link in knowledge.links} if knowledge.published.ids else {}

    def of_project(self, index: RecordIndex, project: str, *schemes: Scheme) -> list[str]:
        lasting = self._ids.get(index.key(project))
        return [one for scheme in schemes for one in self._published.of([lasting], scheme)]

    def of_commitment(self, index: RecordIndex, commitment: Commitment, scheme: Scheme) -> list[str]:
        """Its own, else those of its projects."""
        own = self._published.of([self._ids.get(index.key(commitment.id))], scheme)
        return own or self._published.of((self._ids.get(index.key(name)) for name in commitment.projects), scheme)
