"""What formats out ask of a record in common: keys that hold across articles, quoted words, parties, recipients."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from pipeline.record import Actor, Article, Commitment, Date, Mention, Project, Record, Span
from pipeline.values.calendar.days import days
from pipeline.values.sums import Place, Undertaking, against


class Keyed:
    """A record whose parts are found by their ids."""

    def __init__(self, record: Record) -> None:
        self.record = record

    @property
    def article(self) -> Article:
        return self.record.article

    def key(self, name: str) -> str:
        """`ARTICLE/a3` of `a3`."""
        return f"{self.article.id}/{name}"

    def quote(self, span: Span) -> str:
        return self.article.text[span.start : span.end]

    def best(self, commitment: Commitment) -> str:
        """The words of the first, the most specific sentence of its evidence."""
        first = commitment.evidence[0]
        return self.article.text[first.start : first.end]

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
    def places(self) -> dict[tuple[int, int], str]:
        """The mention at each place of the text."""
        return {(mention.start, mention.end): mention.id for mention in self.record.mentions}

    def name(self, part: str) -> str:
        """Of an actor or a project its name, of a mention its words."""
        known = self.actors.get(part) or self.projects.get(part)
        return known.name if known else self.mentions[part].text

    @cached_property
    def against(self) -> dict[str, str | None]:
        """By id of a commitment why a sum over this article should not count it, None where it should."""
        known = set(self.projects)
        umbrellas = {r.object for r in self.record.relations if r.type == "part_of" and {r.subject, r.object} <= known}
        return against([self._undertaking(commitment) for commitment in self.record.commitments], umbrellas)

    def _undertaking(self, commitment: Commitment) -> Undertaking:
        sums = [amount for amount in commitment.amounts if amount.value is not None]
        value, currency = (sums[0].value, sums[0].currency) if sums else (None, None)
        first = commitment.evidence[0].start
        return Undertaking(
            id=commitment.id,
            kind=commitment.kind,
            statuses=frozenset({commitment.status}),
            negated=commitment.negated,
            value=value,
            currency=currency,
            disputed=False,
            by=frozenset(commitment.by),
            projects=frozenset(commitment.projects),
            places=(Place(self.article.id, first, self.best(commitment)),),
        )

    def countries(self, commitment: Commitment) -> tuple[str, list[str]]:
        """What tells the countries that a commitment is for, and the countries, each once.

        Those of its projects; where there are none, those of the parties it is made to. Not those of who gives.
        """
        of_projects = [country for name in commitment.projects for country in self.projects[name].countries]
        if of_projects:
            return "project", list(dict.fromkeys(of_projects))
        return "to", list(dict.fromkeys(c for name in commitment.to if (c := self.actors[name].country)))


def parties(commitment: Commitment) -> Iterator[tuple[str, str]]:
    """Every role that a commitment fills, with the id of the actor; one in a role once."""
    told = [commitment.attributed_to] if commitment.attributed_to else []
    roles = {"by": commitment.by, "with": commitment.with_, "to": commitment.to, "attributed_to": told}
    return ((role, name) for role, names in roles.items() for name in dict.fromkeys(names))


def date_values(told: Date) -> dict[str, Any]:
    """A date with its first and its last day."""
    first, last = days(told.iso) or (None, None)
    return {"iso": told.iso, "first_day": first, "last_day": last, "precision": told.precision, "basis": told.basis}
