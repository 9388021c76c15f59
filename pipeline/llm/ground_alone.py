"""Grounding of what a language model says that reads alone: as strict as `ground`, and it makes the parts too.

A value is what Corridor reads in the quote. What it cannot read has the model's value where the digits of the quote are
those of the value (`basis` is then `model`), else none.
"""

from collections.abc import Iterable
from dataclasses import asdict, replace
from functools import partial
from typing import Any, cast

from pipeline.llm.alone import Found, Link, Stated, Whole
from pipeline.llm.bare import is_bare
from pipeline.llm.candidates import CERTAIN, Candidates, Refused, place_of, places_of, quoted, sentence_at
from pipeline.llm.ground import SECTORS, Grounding, Reading, ground
from pipeline.llm.prompt import Act, Answer, New, Prompt
from pipeline.record import Actor, Amount, Date, Label, Mention, Project, Quote, Record, Relation
from pipeline.record import Span as Place
from pipeline.stages.models.sectors import Model, codes, labelled
from pipeline.values.currencies import codes as currencies
from pipeline.values.gazetteer.institutions import institution
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import country_of, name_by_country
from pipeline.values.languages import agrees, date_in, is_known, money_in
from pipeline.values.quoted import date_at

MOST_SECTORS = 5  # of an article
LONGEST = 200  # characters of an English name
LABELS: dict[str, Label] = {"event": "EVENT", "place": "PLACE", "agreement": "AGREEMENT"}


def grounded(record: Record, answers: Iterable[tuple[Prompt, Answer]], sectors: Model, method: str) -> Reading:
    """As `ground_alone` where a record is bare, else as `ground`."""
    return (ground_alone if is_bare(record) else ground)(record, answers, sectors, method)


def ground_alone(record: Record, answers: Iterable[tuple[Prompt, Answer]], sectors: Model, method: str) -> Reading:
    """As `ground`, of a record with sentences alone; relations, sectors and boilerplate are in its `record`."""
    grounding = _GroundingAlone(record, sectors, method)
    for prompt, answer in answers:
        grounding.add(prompt, answer)
    return grounding.reading()


class _GroundingAlone(Grounding):
    def __init__(self, record: Record, sectors: Model, method: str) -> None:
        super().__init__(record, sectors, method)
        self._relations: list[Relation] = []
        self._codes: dict[str, None] = {}  # in order

    def _new_candidates(self) -> Candidates:
        return _Parts(self._record, self._sectors)

    def _stated(self) -> Iterable[Mention]:
        return self._candidates.mentions

    def add(self, prompt: Prompt, answer: Answer) -> None:
        whole = cast("Whole", answer)
        self._leave_out(prompt, whole.boilerplate)
        super().add(prompt, answer)
        if prompt.first in self._reading.lost:
            for link in whole.relations:
                self._try(partial(self._relate, prompt), link)
            self._codes |= dict.fromkeys(filter(None, (self._try(_code, code) for code in whole.sectors)))

    def reading(self) -> Reading:
        reading = super().reading()
        found = [labelled(code, CERTAIN) for code in self._codes][:MOST_SECTORS]
        update = {"relations": self._relations, "sectors": found, "sentences": self._record.sentences}
        return replace(reading, record=reading.record.model_copy(update=update))

    def _leave_out(self, prompt: Prompt, numbers: list[int]) -> None:
        """Marks sentences of a prompt as no part of the story."""
        out = {number for number in numbers if prompt.first <= number < prompt.last}
        sentences = [
            one.model_copy(update={"boilerplate": one.boilerplate or one.id in out}) for one in self._record.sentences
        ]
        self._record = self._record.model_copy(update={"sentences": sentences})

    def _relate(self, prompt: Prompt, link: Link) -> None:
        if not prompt.first <= link.sentence < prompt.last:
            raise Refused("a relation outside the sentences of its prompt")
        sentence = sentence_at(self._record, link.sentence)
        ends: list[Any] = [self._candidates.find(end, Actor, Project, Mention) for end in (link.subject, link.object)]
        subject, target = (end.id for end in ends)
        if subject == target:
            raise Refused("a relation of a part with itself")
        self._relations.append(
            Relation(
                subject=subject,
                type=link.type,
                object=target,
                sentence=sentence.id,
                evidence=Place(start=sentence.start, end=sentence.end),
                confidence=CERTAIN,
                method=self._method,
            )
        )

    def _sectors_of(self, act: Act, projects: list[Project]) -> list[str]:
        found = [code for code in (self._try(_code, code) for code in cast("Stated", act).sectors) if code]
        found += [sector.code for project in projects if not project.programme for sector in project.sectors]
        return [*dict.fromkeys(found)][:SECTORS]


def _code(code: str) -> str:
    if code not in codes():
        raise Refused("an unknown sector")
    return code


def _is_same(entity: Actor | Project, name: str, english: str | None) -> bool:
    """Whether an entity has a name, printed or English."""
    same_english = english is not None and key(english) == key(entity.name_en or "")
    return same_english or key(name) in map(key, (entity.name, *entity.aliases))


class _Parts(Candidates):
    """The parts that answers list: actors and projects under their printed names, values, ends of relations."""

    def __init__(self, record: Record, sectors: Model) -> None:
        super().__init__(record, sectors)
        self._language = record.article.language or "en"

    def add(self, new: New) -> None:
        found = cast("Found", new)
        label = LABELS.get(found.type)
        if label is None:
            super().add(new)
            return
        if new.id in self._known:
            raise Refused("a new part with an id that is taken")
        quote = quoted(self._record, new.quote, new.sentence)
        if not self._mention(label, quote, new.sentence):
            raise Refused("a new part in the words of another one")
        self._known[new.id] = self.mentions[-1]

    def _value(self, new: New, quote: Quote) -> Amount | Date:
        if self._language == "en":
            return super()._value(new, quote)
        found = cast("Found", new)
        value = self._amount(found, quote) if new.type == "amount" else self._date(found, quote)
        self._mention("MONEY" if new.type == "amount" else "DATE", quote, new.sentence, value=value)
        return value

    def _amount(self, new: Found, quote: Quote) -> Amount:
        said = new.currency if new.currency in currencies() else None
        if is_known(self._language):
            money = money_in(quote.text, self._language, said, self._record.article.text[: quote.start], new.value)
            if money:
                return Amount(**dict(quote), **asdict(money))
        if new.value and agrees(quote.text, [f"{new.value:f}".rstrip("0").rstrip(".").replace(".", "")]):
            return Amount(**dict(quote), value=new.value, currency=said, basis="model")
        return Amount(**dict(quote), value=None)

    def _date(self, new: Found, quote: Quote) -> Date:
        if is_known(self._language):
            found = date_in(quote.text, self._language, self._today, new.iso)
            if found:
                return Date(**dict(quote), **asdict(found))
        words = date_at(new.iso or "", 0, len(new.iso or ""), self._today)
        if words.iso == new.iso and words.iso and agrees(quote.text, words.iso.replace("/", "-").split("-")):
            return Date(**dict(quote), iso=words.iso, precision=words.precision, basis="model")
        return Date(**dict(quote))

    def _actor(self, new: New, quote: Quote) -> Actor:
        found = cast("Found", new)
        country, role = self._country(new, quote), self._role(found)
        nation = country if found.kind == "country" else None
        english = name_by_country()[nation] if nation else self._english(found)
        name = english if nation and english and self._language == "en" else " ".join(quote.text.split())
        for actor in self.actors:
            same = key(name) in map(key, (actor.name, *actor.aliases)) or (
                english and key(english) == key(actor.name_en or "")
            )
            if same or (nation and (actor.kind, actor.country) == ("country", nation)):
                return actor
        identity, forms = f"a{len(self.actors) + 1}", self._forms(found, quote)
        label: Label = "PERSON" if found.kind == "person" else "COUNTRY" if nation else "ORG"
        made = Actor(
            id=identity,
            name=name,
            name_en=None if self._language == "en" else english,
            kind=found.kind or "group",
            country=country,
            role=role,
            aliases=[form for form in forms if form != name],
            mentions=[] if found.kind in (None, "group") else self._mentions(label, forms, identity),
            confidence=CERTAIN,
        )
        self.actors.append(made)
        return made

    def _project(self, new: New, quote: Quote) -> Project:
        found = cast("Found", new)
        name, english = " ".join(quote.text.split()), self._english(found)
        for project in self.projects:
            if _is_same(project, name, english):
                return project
        identity, forms = f"p{len(self.projects) + 1}", self._forms(found, quote)
        made = Project(
            id=identity,
            name=name,
            name_en=english,
            programme=found.programme,
            aliases=[form for form in forms if form != name],
            sectors=[labelled(code, CERTAIN) for code in found.sectors if code in codes()][:SECTORS],
            countries=[code for code in found.countries if code in name_by_country()],
            mentions=self._mentions("PROGRAMME" if found.programme else "PROJECT", forms, identity),
            confidence=CERTAIN,
        )
        self.projects.append(made)
        return made

    def _english(self, new: Found) -> str | None:
        """The English name that an answer gives; none in an English article."""
        name = " ".join((new.name_en or "").split())[:LONGEST]
        return name if self._language != "en" and any(map(str.isalpha, name)) else None

    def _country(self, new: New, quote: Quote) -> str | None:
        """The country that the gazetteer knows, else the one that the answer gives."""
        if new.kind == "multilateral":
            return None
        name = self._english(cast("Found", new)) or quote.text
        row = None if new.kind in ("country", "person") else institution([name], self._home.countries)
        if row and row["country"]:
            return row["country"]
        given = new.country if new.country in name_by_country() else None
        return (country_of(name) if new.kind == "country" else None) or given

    def _role(self, new: Found) -> str | None:
        """The office of a person, in words of the article."""
        place = place_of(new.role, self._record.article.text) if new.role and new.kind == "person" else None
        return " ".join(place[0].split()) if place else None

    def _forms(self, new: Found, quote: Quote) -> list[str]:
        """The printed names of a part, the quote first; what does not stand in the article is left out."""
        text = self._record.article.text
        others = (place[0] for form in new.also if (place := place_of(form, text)))
        return list(dict.fromkeys(" ".join(form.split()) for form in (quote.text, *others)))

    def _mentions(self, label: Label, forms: Iterable[str], entity: str) -> list[str]:
        """Adds all places of names, those of long names first."""
        made: list[str] = []
        for form in sorted(forms, key=len, reverse=True):
            for start, end in places_of(form, self._record.article.text):
                number = self._sentence_of(start, end)
                if number is not None:
                    quote = Quote(text=self._record.article.text[start:end], start=start, end=end)
                    made += self._mention(label, quote, number, entity)
        return made

    def _sentence_of(self, start: int, end: int) -> int | None:
        """The sentence that has a span whole."""
        found = (one.id for one in self._record.sentences if one.start <= start and end <= one.end)
        return next(found, None)
