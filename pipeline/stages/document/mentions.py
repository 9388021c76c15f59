"""The mentions of an article by position, its entities by their words in the parse, and its datelines."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import batched
from typing import overload

from pipeline.record import Amount, Article
from pipeline.seeds import table
from pipeline.stages.document.doc import Entity, Mention, SentenceIndex
from pipeline.stages.document.home import outlet_country
from pipeline.stages.document.words import Word, root_of
from pipeline.values import date_parts as w
from pipeline.values.currencies import country_with
from pipeline.values.dates import NAME, day_and_month
from pipeline.values.gazetteer.institutions import institution, is_shared
from pipeline.values.gazetteer.names import is_shorter_name, key
from pipeline.values.gazetteer.places import place_country

_PLACES = ("PLACE", "COUNTRY")
_MOST_PLACES = 3  # places of a dateline
_WORD = re.compile(r"[^\W\d_]+")
_POSSESSIVE = re.compile(r"(?:['\u2019\u00b4]s?)? ")
NAMING = {"poss", "compound", "amod", "nmod", "appos"}
OWNING = {"of", "from"}
_PLACE = rf"{NAME}(?:[ ,/]{{1,2}}{NAME}){{0,5}}?"
_DATELINE_VOTES = 3  # names in the text that equal a dateline
_OUTLET_SHARE = 3  # the country of the outlet wins unless another is named more than this many times as often
_CURRENCY_VOTES = 2  # names in the text that equal sums in a currency that one country has


class MentionIndex(Sequence[Mention]):
    """Mentions in reading order. Offsets are characters of the article."""

    def __init__(self, text: str, mentions: Sequence[Mention], sentence_of: SentenceIndex) -> None:
        self._text, self._sentence_of = text, sentence_of
        self._all = sorted(mentions, key=lambda mention: mention.start)
        self._starts = [mention.start for mention in self._all]
        self._positions = {id(mention): position for position, mention in enumerate(self._all)}
        self._datelines = {id(place) for places in self._dateline_places() for place in places}
        self._around: dict[int, tuple[frozenset[str], frozenset[str]]] = {}

    def __len__(self) -> int:
        return len(self._all)

    @overload
    def __getitem__(self, at: int) -> Mention: ...
    @overload
    def __getitem__(self, at: slice) -> list[Mention]: ...
    def __getitem__(self, at: int | slice) -> Mention | list[Mention]:
        return self._all[at]

    def position(self, mention: Mention) -> int:
        """The position of a mention among all."""
        return self._positions[id(mention)]

    def labelled(self, *labels: str) -> list[Mention]:
        """The mentions with one of the labels."""
        return [mention for mention in self._all if mention.label in labels]

    def name(self, mention: Mention) -> str:
        """The text of a mention on one line."""
        return " ".join(self._text[mention.start : mention.end].split())

    def key(self, mention: Mention) -> str:
        """The comparison key of a mention."""
        return key(self._text[mention.start : mention.end])

    def gap(self, left: Mention, right: Mention) -> str:
        """The text between two mentions."""
        return self._text[left.end : right.start]

    def is_bracketed(self, left: Mention, right: Mention) -> bool:
        """Whether `right` is a short form of `left` in brackets straight after it: "X (Y)".

        Several words must be a shorter form of the name; one word may be any.
        """
        if self.gap(left, right).strip() != "(" or self._text[right.end : right.end + 1] != ")":
            return False
        short = self.name(right)
        return " " not in short or is_shorter_name(short, self.name(left))

    def covering(self, offset: int) -> Mention | None:
        """The mention that holds a character."""
        index = bisect_right(self._starts, offset) - 1
        return self._all[index] if index >= 0 and self._all[index].end > offset else None

    def overlaps(self, start: int, end: int) -> bool:
        """Whether a mention touches `start:end`."""
        index = bisect_right(self._starts, end - 1) - 1
        return index >= 0 and self._all[index].end > start

    def inside(self, start: int, end: int) -> list[Mention]:
        """The mentions that start in `start:end`."""
        return self._all[bisect_right(self._starts, start - 1) : bisect_right(self._starts, end - 1)]

    def around(self, sentence: int) -> tuple[frozenset[str], frozenset[str]]:
        """The labels of the mentions of a sentence, and its other words in lower case."""
        if sentence not in self._around:
            start, end = self._sentence_of.spans[sentence]
            own = self.inside(start, end)
            edges = [start, *(edge for mention in own for edge in (mention.start, mention.end)), end]
            gaps = " ".join(self._text[a:b] for a, b in batched(edges, 2, strict=True))
            words = frozenset(_WORD.findall(gaps.lower()))
            self._around[sentence] = frozenset(mention.label for mention in own), words
        return self._around[sentence]

    def is_dateline(self, mention: Mention) -> bool:
        """Whether a place opens a line and a mark follows it: "KARACHI:", "ROME -"."""
        before = self._text[max(0, mention.start - 1) : mention.start]
        after = self._text[mention.end : mention.end + 3].lstrip()
        return mention.label == "PLACE" and before in ("", "\n") and after[:1] in (":", "-", "\u2013", "\u2014")

    def in_dateline(self, mention: Mention) -> bool:
        """Whether a place or a country only says where a story was written: "ROME, ITALY (3 May 2025) -"."""
        return id(mention) in self._datelines or self.is_dateline(mention)

    def _dateline_places(self) -> Iterator[list[Mention]]:
        """The places of every dateline; one that is a country alone needs a day."""
        for index, mention in enumerate(self._all):
            if mention.label in _PLACES and self._text[max(0, mention.start - 1) : mention.start] in ("", "\n"):
                places = [mention]
                for other in self._all[index + 1 : index + _MOST_PLACES]:
                    if other.label not in _PLACES or self.gap(places[-1], other) != ", ":
                        break
                    places.append(other)
                end = _end().match(self._text, places[-1].end)
                if end is not None and (mention.label == "PLACE" or end["day"] is not None):
                    yield places


def is_owned(gap: str) -> bool:
    """Whether the text between two names makes the first the owner: "Egypt's Central Bank", "Thai Airways"."""
    return bool(_POSSESSIVE.fullmatch(gap))


@dataclass(frozen=True)
class HeadedSpan:
    """A span of an entity, with the word that heads it."""

    head: Word
    start: int
    end: int
    entity: Entity


class EntityIndex:
    """Entities by word, and the spans of a Doc in reading order."""

    def __init__(
        self,
        entities: Iterable[tuple[Sequence[Word], int, int, Entity]],
        mentions: Iterable[tuple[Sequence[Word], Mention]],
    ) -> None:
        self._entities_at: dict[int, list[Entity]] = {}
        self._span_at: dict[int, Sequence[Word]] = {}
        self.spans: list[HeadedSpan] = []
        self._headed: dict[int, list[HeadedSpan]] = {}
        for own, start, end, entity in entities:
            span = HeadedSpan(root_of(own), start, end, entity)
            self.spans.append(span)
            self._headed.setdefault(span.head.i, []).append(span)
            for word in own:
                self._entities_at.setdefault(word.i, []).append(entity)
                self._span_at[word.i] = own
        self._mentions_at: dict[int, list[Mention]] = {}
        for own, mention in mentions:
            self._mentions_at.setdefault(root_of(own).i, []).append(mention)

    def at(self, word: Word) -> list[Entity]:
        """The entities that a word refers to: several for "both sides"."""
        return self._entities_at.get(word.i, [])

    def labelled(self, label: str, region: Iterable[int]) -> list[Mention]:
        """The mentions of a label that are headed in a region, in reading order."""
        found = (mention for i in sorted(self._mentions_at.keys() & region) for mention in self._mentions_at[i])
        return [mention for mention in found if mention.label == label]

    def labels(self, region: Iterable[int]) -> set[str]:
        """The labels of the mentions in a region."""
        return {mention.label for i in self._mentions_at.keys() & region for mention in self._mentions_at[i]}

    def names(self, region: Iterable[int]) -> bool:
        """Whether a region holds an entity, an amount or a date."""
        return not (self._headed.keys().isdisjoint(region) and self._mentions_at.keys().isdisjoint(region))

    def headed_in(self, region: Iterable[int]) -> list[HeadedSpan]:
        """The spans of entities that are headed in a region, by where they start."""
        found = (span for i in self._headed.keys() & region for span in self._headed[i])
        return sorted(found, key=lambda span: (span.start, span.end))

    def entities_in(self, region: Iterable[int], *, actors: bool) -> list[Entity]:
        """The actors (else the projects) in a region, each once, in reading order."""
        found = (span.entity for i in sorted(self._headed.keys() & region) for span in self._headed[i])
        return distinct(entity for entity in found if entity.is_actor is actors)

    def actors(self, head: Word) -> list[Entity]:
        """The actors that a noun phrase refers to: itself and its coordinates, else its owner ("China's firms")."""
        heads = [head, *self.coordinated(head)]
        found = [entity for word in heads for entity in self.at(word) if entity.is_actor]
        return distinct(found or self._owners(head))

    def coordinated(self, head: Word) -> list[Word]:
        """The further members of a coordination; the parse may hang them on any word of a name."""
        found: dict[int, Word] = {}
        queue = [head]
        while queue:
            span = self._span_at.get(queue[0].i, [queue[0]])
            children = (child for word in span for child in word.children if child not in span)
            members = [c for c in children if c.dep == "conj" or (c.dep == "appos" and c.pos == "PROPN")]
            queue = [*queue[1:], *(child for child in members if child.i not in found)]
            found |= {child.i: child for child in members}
        return [word for index, word in found.items() if index != head.i]

    def _owners(self, head: Word) -> list[Entity]:
        """The owners of a thing: "China's firms", "a firm of Lahore"; none for a project."""
        if self.at(head):
            return []
        owners = [child for child in head.children if child.dep in NAMING and child.i < head.i]
        for prep in head.children:
            owners += [obj for obj in prep.children if obj.dep == "pobj" and prep.lower in OWNING]
        parts = [part for word in owners for part in [word, *self.coordinated(word)]]
        return [entity for part in parts for entity in self.at(part) if entity.is_actor]


def distinct(entities: Iterable[Entity]) -> list[Entity]:
    """Each entity once, in order."""
    return list({id(entity): entity for entity in entities}.values())


def agencies(text: str) -> list[tuple[int, int]]:
    """Start and end of the news agency in each dateline: "EFE" of "Madrid, 5 May (EFE).- ".

    A place that the gazetteer lacks needs a day, or "Road Agency (RA): " would count.
    """
    found = _signed().finditer(text)
    return [one.span("agency") for one in found if one["day"] or one["bracketed"] or place_country(one["place"])]


@cache
def _signed() -> re.Pattern[str]:
    day = rf"(?:,[ ]{{1,2}}{_day()}|[ ]\({_day('bracketed')}\))?"
    places = rf"(?P<place>{NAME}(?:[ ]{NAME}){{0,3}}?)(?:[,/][ ]?{_PLACE})?"
    agency = r"[ ]\((?P<agency>[A-Z][\w-]*(?:[ ][A-Z][\w-]*){0,3})\)"
    return re.compile(rf"^[ \t]*{places}{day}{agency}\.?[ ]?(?:[:\u2013\u2014]|--|-[ ])", re.MULTILINE)


@cache
def _end() -> re.Pattern[str]:
    """What ends a dateline: ":", ", 3 May 2025 -", " (AP) --"."""
    return re.compile(
        rf"(?:(?:,[ ]{{1,2}}|[ ]?\(){_day()}\)?)?(?:[ ]?\([^()\n]{{1,40}}\))?[ ]?(?:[:\u2013\u2014]|--|-[ ])"
    )


def _day(name: str = "day") -> str:
    """A pattern for a day, as a named group."""
    return rf"(?P<{name}>{day_and_month()}(?:,?[ ]{w.YEAR})?)"


def home_country(mentions: MentionIndex, article: Article | None) -> str | None:
    """The country named most, of equals the first.

    Dateline, outlet and currencies count more than other names, countries that lend and give abroad half.
    """
    votes, providers = Counter[str](), set(table("references.yaml")["provider_countries"])
    for mention in mentions.labelled("COUNTRY", "NORP", "PLACE", "ORG"):
        country = _country_of(mentions, mention)
        if country:
            votes[country] += _DATELINE_VOTES if mentions.is_dateline(mention) else 1
    values = (mention.value for mention in mentions.labelled("MONEY"))
    currencies = dict.fromkeys(value.currency for value in values if isinstance(value, Amount))
    votes.update({country: _CURRENCY_VOTES for country in map(country_with, currencies) if country})
    votes.update({country: votes[country] for country in votes if country not in providers})
    most = max(votes, key=lambda country: votes[country], default=None)
    outlet = outlet_country(article.source, article.url) if article else None
    return outlet if outlet and _OUTLET_SHARE * votes[outlet] >= (votes[most] if most else 0) else most


def _country_of(mentions: MentionIndex, mention: Mention) -> str | None:
    """The country that a name counts for.

    None for a financier of other countries, and for a name that bodies of several countries share.
    """
    if mention.label != "ORG":
        return place_country(mentions.name(mention))
    name = mentions.name(mention)
    known = None if is_shared(name) else institution([name])
    abroad = known and (known["kind"] == "bank" or known["name"] in table("references.yaml")["financiers_abroad"])
    return known["country"] if known and not abroad else None
