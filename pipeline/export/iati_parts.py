"""The elements of one IATI activity that are made from a commitment and its article."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from xml.etree.ElementTree import Element

from pipeline.export.keys import Keyed, parties
from pipeline.export.xml_text import xml_text
from pipeline.gazetteer.country_codes import alpha2
from pipeline.record import Actor, Amount, Commitment
from pipeline.seeds import table
from pipeline.values.calendar.days import days
from pipeline.values.statuses import Standing

_PLANNED_END, _ACTUAL_END = 3, 4  # ActivityDateType


def element(name: str, *children: Element, **attributes: str) -> Element:
    made = Element(name, {key: xml_text(value) for key, value in attributes.items()})
    made.extend(children)
    return made


def narrative(text: str) -> Element:
    made = Element("narrative")
    made.text = xml_text(" ".join(text.split()))
    return made


def evenly(number: int) -> list[str]:
    """Percentages that add up to 100, as IATI asks of several countries or sectors; of one none."""
    if number == 1:
        return [""]
    part = round(100 / number, 2)
    return [f"{part:g}"] * (number - 1) + [f"{100 - part * (number - 1):.4g}"]


class Parts:
    """Of one commitment. `day`: that of the article."""

    def __init__(self, of: Keyed, commitment: Commitment) -> None:
        self.of, self.commitment = of, commitment
        self.day = str(of.article.date)
        self.names = table("iati.yaml")

    def title(self) -> str:
        """The projects; where there are none, who commits what to whom."""
        if self.commitment.projects:
            return "; ".join(self.of.name(name) for name in self.commitment.projects)
        by, to = self._named(self.commitment.by), self._named(self.commitment.to)
        return " ".join([by or "Party not stated", "-", self.commitment.kind, *(["for", to] if to else [])])

    def _named(self, actors: list[str]) -> str:
        return ", ".join(self.of.name(name) for name in actors)

    def source(self) -> str:
        """Where it was told, and how sure the reading is."""
        article, sure = self.of.article, f"read automatically with confidence {self.commitment.confidence:.2f}"
        told = [article.source, article.title, article.date, article.url, sure]
        return f"News article: {'; '.join(part for part in told if part)}"

    def organisations(self) -> Iterator[Element]:
        """`participating-org`, each once in a role; a person takes part as the organisation it stands for."""
        roles, seen = self.names["roles"][self.commitment.kind], set()
        for role, name in parties(self.commitment):
            if role in roles and (actor := self._organisation(name)) and (roles[role], actor.id) not in seen:
                seen.add((roles[role], actor.id))
                yield self._participant(actor, roles[role])
        if not seen:
            yield element("participating-org", narrative("Not stated in the article"), role="4")

    def _organisation(self, name: str) -> Actor:
        """Of a person what it represents, else where it is affiliated, else the person."""
        actor = self.of.actors[name]
        if actor.kind == self.names["persons"]:
            for wanted in ("represents", "affiliated_with"):
                for relation in self.of.record.relations:
                    if (relation.subject, relation.type) == (name, wanted) and relation.object in self.of.actors:
                        return self.of.actors[relation.object]
        return actor

    def _participant(self, actor: Actor, role: int) -> Element:
        known = self.names["organisation_types"].get(actor.kind)
        name = f"{actor.name} ({actor.role})" if actor.role else actor.name
        told = {"type": str(known)} if known else {}
        return element("participating-org", narrative(name), role=str(role), **told)

    def dates(self, known: Standing) -> Iterator[Element]:
        """The article's day for want of a better one, and the last day that is told as a planned end."""
        told = "Day of the article; the day itself is not known"
        yield element("activity-date", narrative(told), type=str(known.activity_date), **{"iso-date": self.day})
        ends = [(found[1].isoformat(), d.text) for d in self.commitment.dates if (found := days(d.iso))]
        later = max((end for end in ends if end[0] > self.day), default=None)
        if later and known.activity_date != _ACTUAL_END:
            yield element("activity-date", narrative(later[1]), type=str(_PLANNED_END), **{"iso-date": later[0]})

    def countries(self) -> Iterator[Element]:
        codes = [code for country in self.of.countries(self.commitment)[1] if (code := alpha2(country))]
        if not codes:
            yield element("recipient-region", code=self.names["no_country"], vocabulary="1")
        for code, part in zip(codes, evenly(len(codes) or 1), strict=bool(codes)):
            yield element("recipient-country", code=code, **({"percentage": part} if part else {}))

    def sectors(self) -> Iterator[Element]:
        """In the vocabulary 2, OECD DAC 3-digit."""
        rolled = self.names["sectors"]
        found = list(dict.fromkeys(rolled.get(code, code) for code in self.commitment.sectors))
        codes = found or [self.names["no_sector"]]
        for code, part in zip(codes, evenly(len(codes)), strict=True):
            yield element("sector", vocabulary="2", code=code, **({"percentage": part} if part else {}))

    def projects(self) -> Iterator[Element]:
        """A `tag` of the reporter's own vocabulary (99), by which activities of one project are found."""
        for name in dict.fromkeys(self.commitment.projects):
            yield element("tag", narrative(self.of.name(name)), vocabulary="99", code=self.of.key(name))

    def transactions(self, known: Standing) -> Iterator[Element]:
        """Of every amount with a value and a currency, on the day of the commitment."""
        if known.transaction_type is not None:
            for amount in self.commitment.amounts:
                if amount.value is not None and amount.currency is not None:
                    yield self._transaction(known.transaction_type, amount, amount.value, amount.currency)

    def _transaction(self, code: int, amount: Amount, value: float, currency: str) -> Element:
        day = self._day_of_commitment()
        dates, money = {"iso-date": day}, {"value-date": day, "currency": currency}
        made = element("transaction", element("transaction-type", code=str(code)), element("transaction-date", **dates))
        made.append(element("value", **money))
        made[-1].text = format(Decimal(str(value)).normalize(), "f")
        made.append(element("description", narrative(amount.text)))
        for tag, actors in (("provider-org", self.commitment.by), ("receiver-org", self.commitment.to)):
            if names := self._named(actors):
                made.append(element(tag, narrative(names)))
        return made

    def _day_of_commitment(self) -> str:
        """The last single day that is told and has come, else the article's."""
        single = (days(d.iso) for d in self.commitment.dates if d.precision == "day")
        told = [found[0].isoformat() for found in single if found]
        return max((day for day in told if day <= self.day), default=self.day)
