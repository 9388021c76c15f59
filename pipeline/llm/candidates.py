"""The actors, projects, amounts and dates that an answer may name by id, and those that it adds with a quote.

A quote has whole words of the article, one of which says something.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date as calendar_date
from functools import cache
from itertools import groupby
from unicodedata import category, name

from pipeline.llm.prompt import Candidate, New, Prompt
from pipeline.record import Actor, Amount, Date, Label, Mention, Part, Project, Quote, Record, Sentence
from pipeline.seeds import table
from pipeline.stages.document.home import home_of
from pipeline.stages.models.sectors import Model
from pipeline.values.gazetteer.institutions import country_of_name, institution
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import capital_of, country_of, demonym, name_by_country, place_country
from pipeline.values.languages import TABLE as LANGUAGES
from pipeline.values.money import is_price
from pipeline.values.quoted import amount_at, date_at

NAMES = {"PERSON", "ROLE", "ORG", "COUNTRY", "NORP", "PLACE", "MONEY", "DATE", "QUANTITY"}  # labels that are no act
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR")  # or with endings after a name
_PROCLITICS = "\u0648\u0641\u0628\u0644\u0643"  # and, so, in, to, as
_JOINERS = "\u200c\u200d"
_CONTRACTED = re.compile(r"(?:n['\u2019]t|['\u2019](?:s|d|m|ll|re|ve))$")
CERTAIN = 0.5  # the confidence of what only a language model has found, before it is calibrated
Span = tuple[int, int]


class Refused(ValueError):
    """A part of an answer that is dropped; the message says why, without words of the article."""


def sentence_at(record: Record, number: int) -> Sentence:
    """The sentence with a number. Raises Refused where there is none."""
    if not 0 <= number < len(record.sentences):
        raise Refused("a sentence that is not there")
    return record.sentences[number]


def places_of(words: str, text: str) -> Iterator[Span]:
    """All places of words, as `place_of` finds them."""
    at = 0
    while place := place_of(words, text, at):
        yield place.span()
        at = place.end()


def quoted(record: Record, words: str, number: int) -> Quote:
    """Words of a sentence, where they stand first, as in `place_of`. Raises Refused."""
    sentence = sentence_at(record, number)
    place = place_of(words, record.article.text, sentence.start, sentence.end)
    if place is None:
        raise Refused("words that do not stand in the sentence")
    return Quote(text=place[0], start=place.start(), end=place.end())


def place_of(words: str, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
    """Where words stand first in `text[start:end]` as whole words, with any white space for theirs.

    None too where they have no content word.
    """
    if next(content_words(words), None) is None:
        return None
    pattern, end = re.compile(r"\s+".join(map(re.escape, words.split()))), len(text) if end is None else end
    place = pattern.search(text, start, end)
    while place and not (_begins(text, place.start()) and _is_edge(text, place.end())):
        place = pattern.search(text, place.start() + 1, end)
    return place


def content_words(text: str) -> Iterator[Span]:
    """Where the words stand that have two letters or a digit and are more than a function word."""
    for is_word, run in groupby(enumerate(text), lambda one: _is_part(one[1]) or one[1] in "'\u2019"):
        places, letters = zip(*run, strict=True)
        word = _CONTRACTED.sub("", "".join(letters).strip("'\u2019"))
        long = sum(map(str.isalpha, word)) > 1 or any(map(str.isdigit, word))
        if is_word and long and (word.casefold() not in _function_words() or _is_acronym(word)):
            yield places[0], places[-1] + 1


def carries_act(quote: Quote, mentions: Iterable[Mention]) -> bool:
    """Whether one of the words may be a verb or a noun of action: no number, and no part of a name or value."""
    names = [mention for mention in mentions if mention.label in NAMES]
    return any(
        not any(map(str.isdigit, quote.text[start:end]))
        and not any(one.start <= quote.start + start and quote.start + end <= one.end for one in names)
        for start, end in content_words(quote.text)
    )


@cache
def _function_words() -> frozenset[str]:
    others = (word for row in table(LANGUAGES).values() for word in row["function_words"])
    return frozenset((*table("references.yaml")["function_words"], *others))


def _is_acronym(word: str) -> bool:
    """Whether a word such as US or WHO is a name."""
    return word.isupper() and bool(country_of(word) or institution([word]))


def _begins(text: str, at: int) -> bool:
    """Whether a word may begin at an offset; in Arabic also behind a letter that is written with the next word."""
    joined = text[at - 1] in _PROCLITICS and text[at - 1 : at + 2].isalpha()
    return _is_edge(text, at) or (joined and _is_edge(text, at - 1))


def _is_edge(text: str, at: int) -> bool:
    """Whether a word may begin or end at an offset: not within a word, a number such as 1,200, or a letter's marks."""
    left, right = text[max(0, at - 2) : at], text[at : at + 2]
    if not left or not right:
        return True
    if category(right[0])[0] == "M" or right[0] in _JOINERS:
        return False
    if re.search(r"\d[.,]?$", left) and re.match(r"[.,]?\d", right):
        return False
    beside = left[-1], right[0]
    return not all(map(_is_part, beside)) or any(name(char, "").startswith(_UNSPACED) for char in beside)


def _is_part(char: str) -> bool:
    return category(char)[0] in "LMN" or char in _JOINERS


class Candidates:
    """The candidates of the answer that is read now, and all actors, projects and mentions, new ones at the end."""

    def __init__(self, record: Record, sectors: Model) -> None:
        self._record, self._sectors = record, sectors
        self.actors, self.projects, self.mentions = [*record.actors], [*record.projects], [*record.mentions]
        article = record.article
        self._home = home_of(article.text, article.source, article.url)
        self._nearest = next(iter(self._home.countries), None)
        self._today = calendar_date.fromisoformat(article.date) if article.date else None
        self._known: dict[str, Candidate | Mention] = {}
        self._before = (0, 0, 0)  # how many actors, projects and mentions there were before this answer

    def begin(self, prompt: Prompt) -> None:
        """From now on the answer to this prompt is read: only what it shows has an id."""
        self._known = dict(prompt.candidates)
        self._before = len(self.actors), len(self.projects), len(self.mentions)

    def forget(self) -> None:
        """Takes back what the answer that is read now has added."""
        for parts, count in zip((self.actors, self.projects, self.mentions), self._before, strict=True):
            del parts[count:]  # type: ignore[attr-defined]

    def find[P: Part](self, name: str, *forms: type[P]) -> P:
        """What an id means. Raises Refused where that is nothing, or of no form among `forms`."""
        part: Part | None = self._known.get(name)
        if part is None:
            raise Refused("an unknown id")
        if not isinstance(part, forms):
            raise Refused(f"an id that is no {forms[-1].__name__.lower()}")
        return part

    def add(self, new: New) -> None:
        """Adds what an answer lists as new. Raises Refused."""
        if new.id in self._known:
            raise Refused("a new part with an id that is taken")
        quote = quoted(self._record, new.quote, new.sentence)
        if new.type in ("amount", "date"):
            self._known[new.id] = self._value(new, quote)
        elif not any(map(str.isalpha, _plain(quote.text))):
            raise Refused("a new name without letters")
        else:
            self._known[new.id] = self._project(new, quote) if new.type == "project" else self._actor(new, quote)

    def _value(self, new: New, quote: Quote) -> Amount | Date:
        text, start, end = self._record.article.text, quote.start, quote.end
        if new.type == "amount":
            amount = amount_at(text, start, end, self._home)
            if amount is None or amount.value is None or is_price(text, end):
                raise Refused("a new amount that is none")
            self._mention("MONEY", quote, new.sentence, value=amount)
            return amount
        date = date_at(text, start, end, self._today, self._home)
        if date.iso is None:
            raise Refused("a new date that is none")
        self._mention("DATE", quote, new.sentence, value=date)
        return date

    def _actor(self, new: New, quote: Quote) -> Actor:
        kind, country, name = new.kind or "group", self._country(new, quote), _plain(quote.text)
        nation = country if kind == "country" else None
        name = name_by_country()[nation] if nation else name
        for actor in self.actors:
            if _is_named(actor, name) or (nation and (actor.kind, actor.country) == (kind, nation)):
                return actor
        identity, named, mentions = f"a{len(self.actors) + 1}", country_of(quote.text), list[str]()
        if kind != "group" and quote.text[:1].isupper() and (named or kind != "country"):
            label: Label = "PERSON" if kind == "person" else "COUNTRY" if named else "ORG"
            mentions = self._mention(label, quote, new.sentence, identity, named)
        made = Actor(
            id=identity,
            name=name,
            kind=kind,
            country=country,
            aliases=[quote.text] if name != quote.text else [],
            mentions=mentions,
            confidence=CERTAIN,
        )
        self.actors.append(made)
        return made

    def _country(self, new: New, quote: Quote) -> str | None:
        """The country that the gazetteer knows; else the one that the answer names, if the words beside say it too."""
        name = quote.text
        row = institution([name], self._home.countries)
        if row:
            return row["country"] or None
        if new.kind in ("multilateral", "person"):
            country = None
        else:
            country = country_of(name) or capital_of(name) or demonym(name) or country_of_name(name, self._nearest)
        return country or (new.country if new.country in self._beside(quote, new.sentence) else None)

    def _beside(self, quote: Quote, sentence: int) -> Iterator[str | None]:
        """The article's own country, and those of what is named within a quote or next to it."""
        yield self._nearest
        countries = {actor.id: actor.country for actor in self.actors}
        for mention in self.mentions:
            between = self._record.article.text[min(mention.end, quote.end) : max(mention.start, quote.start)]
            if mention.sentence == sentence and next(content_words(between), None) is None:
                is_place = mention.label in ("COUNTRY", "NORP", "PLACE")
                yield countries.get(mention.entity or "") or (
                    place_country(mention.text, self._nearest) if is_place else None
                )

    def _project(self, new: New, quote: Quote) -> Project:
        name = _plain(quote.text)
        if known := next((project for project in self.projects if _is_named(project, name)), None):
            return known
        country = country_of_name(name, self._nearest) or self._nearest
        identity = f"p{len(self.projects) + 1}"
        made = Project(
            id=identity,
            name=name,
            programme=new.programme,
            sectors=self._sectors.classify([name])[0],
            countries=[country] if country else [],
            mentions=self._mention("PROGRAMME" if new.programme else "PROJECT", quote, new.sentence, identity),
            confidence=CERTAIN,
        )
        self.projects.append(made)
        return made

    def _mention(
        self,
        label: Label,
        quote: Quote,
        sentence: int,
        entity: str | None = None,
        value: Amount | Date | str | None = None,
    ) -> list[str]:
        """Adds a mention and returns its id, in a list; none where another mention has some of the words."""
        if any(mention.start < quote.end and quote.start < mention.end for mention in self.mentions):
            return []
        made = Mention(
            id=f"m{len(self.mentions) + 1}",
            label=label,
            **dict(quote),
            sentence=sentence,
            entity=entity,
            confidence=CERTAIN,
            method="llm",
            value=value,
        )
        self.mentions.append(made)
        return [made.id]


def _plain(name: str) -> str:
    """The name on one line, without article and possessive."""
    words = " ".join(name.split())
    words = words[4:] if words[:4].lower() == "the " else words
    return re.sub(r"['\u2019]s$", "", words)


def _is_named(entity: Actor | Project, name: str) -> bool:
    return key(name) in map(key, (entity.name, *entity.aliases))


def ids(parts: Iterable[Part]) -> list[str]:
    """The ids of actors or projects, each once."""
    return list(dict.fromkeys(part.id for part in parts if isinstance(part, Actor | Project)))
