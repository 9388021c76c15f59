"""A commitment with money, as its features see it: its trigger, its amount and the words around them.

The words of `seeds/flow.yaml`: instruments, actions that move money, terms (interest, maturity, grace). What is read
for one act is bounded, so that an article costs as much as it is long, even in one sentence.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from operator import attrgetter

from spacy.tokens import Doc

from pipeline.record import Term
from pipeline.seeds import table
from pipeline.stages.document.doc import Commitment, Entity, article_of
from pipeline.stages.document.grammar import Form, is_passive, tense
from pipeline.stages.document.mentions import HeadedSpan, distinct
from pipeline.stages.document.view import ArticleView, view_of
from pipeline.stages.document.words import Word, root_of
from pipeline.values.numbers import words as number_words

SEEDS = "flow.yaml"
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
Phrases = dict[str, list[tuple[tuple[str, ...], list[str]]]]  # first word -> the words and their instruments
LENT = frozenset({"loan", "guarantee", "bond", "deposit", "rollover", "repayment", "other"})  # what can have terms


@dataclass(frozen=True, slots=True)
class Cue:
    """Words for an instrument, in characters of the text that was read."""

    instrument: str
    start: int
    end: int


def cues_in(text: str, offset: int = 0) -> list[Cue]:
    """The words for instruments in a text that begins at `offset`, in reading order; one for each of their instruments.

    Of words that overlap the first and longest count.
    """
    words = [(match[0], *match.span()) for match in _WORD.finditer(text.lower())]
    found: list[Cue] = []
    done = 0
    for at, (first, start, _) in enumerate(words):
        for phrase, instruments in _phrases().get(first, ()) if start >= done else ():
            own = words[at : at + len(phrase)]
            if tuple(word for word, _, _ in own) == phrase:
                done = own[-1][2]
                found += [Cue(instrument, offset + start, offset + done) for instrument in instruments]
                break
    return found


@cache
def actions() -> dict[str, str]:
    """Lemma -> what it does with money: `asks`, `gives`, ..."""
    found: dict[str, str] = {}
    for name, lemmas in table(SEEDS)["actions"].items():
        for lemma in lemmas:
            found.setdefault(lemma, name)
    return found


@cache
def _phrases() -> Phrases:
    """The longest first."""
    instruments: dict[tuple[str, ...], list[str]] = {}
    for instrument, listed in table(SEEDS)["instruments"].items():
        for words in listed:
            own = instruments.setdefault(tuple(_WORD.findall(words.lower())), [])
            own += [instrument] if instrument not in own else []
    found: Phrases = {}
    for phrase in sorted(instruments, key=lambda phrase: (-len(phrase), phrase)):
        found.setdefault(phrase[0], []).append((phrase, instruments[phrase]))
    return found


def terms_of(text: str) -> dict[Term, str]:
    """The terms that a piece of text states, each as it is quoted; the first of each."""
    found: dict[Term, str] = {}
    lists = table(SEEDS)["terms"]
    names = ("interest", "free", "easy", "benchmarks", "grace", "units")  # a text with terms has a word of one
    if not any(word in text.lower() for name in names for word in lists[name]):
        return found
    for term, patterns in _patterns().items():
        matches = [match for pattern in patterns for match in pattern.finditer(text)]
        if matches:
            first = min(matches, key=lambda match: (match["quote"].lower() in lists["easy"], match.start()))
            found[term] = first["quote"]  # numbers first, then in reading order
    if "grace" in found and found.get("maturity") == found["grace"]:
        del found["maturity"]  # "a grace period of five years" states no maturity
    return found


@cache
def _patterns() -> dict[Term, list[re.Pattern[str]]]:
    """What each term looks like; the group `quote` is what is quoted."""
    interest, free, easy, benchmark, maturity, grace, unit = (
        _any(table(SEEDS)["terms"][name])
        for name in ("interest", "free", "easy", "benchmarks", "maturity", "grace", "units")
    )
    number = rf"(?<![\w.])(?:\d+(?:[.,]\d+)?(?:[-\u2013]\d+(?:\.\d+)?(?:/\d)?)?|{_any(number_words())})"
    rate = rf"{number}\s*(?:%|(?:percent|per\s+cent|pct|pc)\b)"
    time = rf"{number}(?:\s+and\s+(?:one-|a\s+)?half)?[-\s](?:more\s+)?{unit}"
    linked = r"(?:\s+(?:period|for|of|over|in|within|by|is|at|a|the|will|be|payable))*"
    forms: dict[Term, list[str]] = {
        "interest": [
            rf"(?P<quote>{rate}\s+(?:above|below|over|plus)\s+[^.;,]{{0,20}}?{benchmark})",
            rf"(?P<quote>{benchmark}\s*(?:plus|\+|minus|-)\s*{rate})",
            rf"{interest}(?:\s+rates?)?[^.;]{{0,40}}?(?P<quote>{rate})",
            rf"(?P<quote>{rate})\s+(?:annual\s+)?{interest}",
            rf"(?P<quote>{free}|{easy})",
        ],
        "maturity": [
            rf"(?P<quote>{time})\s+(?:[\w-]+\s+){{0,2}}?{maturity}",
            rf"{maturity}{linked}\s+(?P<quote>{time})",
        ],
        "grace": [
            rf"(?P<quote>{time})['\u2019]?s?\s+(?:of\s+)?{grace}",
            rf"{grace}(?:\s+period)?\s+(?:of|is|for)?\s*(?P<quote>{time})",
        ],
    }
    return {term: [re.compile(form, re.I) for form in listed] for term, listed in forms.items()}


def _any(words: Iterable[str]) -> str:
    """A pattern of any of some words, the longest first."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return rf"\b(?:{'|'.join(re.escape(word).replace(r'\ ', r'\s+') for word in ordered)})\b"


NEAR = 12  # words on either side of an amount that say what it is
WIDE = 80  # words on either side of a trigger that are read of its sentence
FIRST = 3  # sentences at the beginning, which say what a story is about
SPOKEN, OWN, LENDERS = 5, 2, 2  # of the actors that an article speaks of most, all, its own governments and lenders
LENDING = ("bank", "multilateral")
LATEST = 8  # actors of another sentence
START = attrgetter("start")


class ActContext:
    """What the acts of an article share; `cues` and `actors` take the number of a sentence, which need not exist."""

    def __init__(self, doc: Doc) -> None:
        self.view: ArticleView = view_of(doc)
        article = article_of(doc)
        self.home = self.view.home_country  # the country that the article is about
        self.title = [cue.instrument for cue in cues_in(article.title or "")] if article else []
        self.spoken = Counter(id(span.entity) for span in self.view.entities.spans)
        self.cues, self.actors = cache(self._cues), cache(self._actors)
        self._money = sorted((m.start, m.end) for m in self.view.mentions if m.label == "MONEY")
        self._all = [entity for entity in doc._.entities if entity.is_actor]

    @cached_property
    def usual(self) -> list[tuple[str, Entity]]:
        """Actors that money often is of, each with what it is: the home country, its governments, lenders."""
        ranked = sorted(self._all, key=lambda actor: -self.spoken[id(actor)])
        own = [actor for actor in ranked if self.home and actor.country == self.home]
        abroad = (a for a in ranked if a.kind in LENDING or (a.kind == "country" and a.country != self.home))
        spoken = (actor for actor in ranked if actor.kind != "person")
        return [
            *[("home", actor) for actor in own if actor.kind == "country"][:1],
            *[("government", actor) for actor in own if actor.kind == "government"][:OWN],
            *[("lender", actor) for actor in abroad][:LENDERS],
            *[("spoken", actor) for actor in spoken][:SPOKEN],
        ]

    @cached_property
    def topic(self) -> list[str]:
        """The instruments that the first sentences speak of."""
        return [cue.instrument for number in range(FIRST) for cue in self.cues(number)]

    def _cues(self, number: int) -> list[Cue]:
        """The words for instruments of a sentence, in characters of the article."""
        inside = 0 <= number < len(self.view.sentence_of.spans)
        start, end = self.view.sentence_of.spans[number] if inside else (0, 0)
        return cues_in(self.view.text[start:end], start)

    def _actors(self, number: int) -> list[Entity]:
        """The last actors of a sentence, each once, in reading order."""
        words = self.view.sentences[number].words[-WIDE:] if 0 <= number < len(self.view.sentences) else ()
        return self.view.entities.entities_in({word.i for word in words}, actors=True)[-LATEST:]

    def money_around(self, start: int, end: int) -> tuple[int, int]:
        """The end of the amount before and the start of the one after, in characters."""
        before, after = bisect_left(self._money, (start, 0)), bisect_left(self._money, (end, 0))
        first = self._money[before - 1][1] if before else 0
        return first, self._money[after][0] if after < len(self._money) else len(self.view.text)

    def money_between(self, start: int, end: int) -> int:
        """How many amounts begin between two characters."""
        return bisect_left(self._money, (end, 0)) - bisect_left(self._money, (start + 1, 0))


@dataclass(frozen=True, eq=False)
class Act:
    """A commitment of a context."""

    context: ActContext
    commitment: Commitment

    @cached_property
    def number(self) -> int:
        """Of the sentence of its trigger."""
        return self.context.view.sentence_of(self.commitment.trigger_start)

    @cached_property
    def trigger(self) -> Sequence[Word]:
        return self.context.view.words_in(self.commitment.trigger_start, self.commitment.trigger_end)

    @cached_property
    def head(self) -> Word:
        """The word that carries the trigger."""
        return root_of(self.trigger)

    @cached_property
    def passive(self) -> bool:
        return is_passive(self.head)

    @cached_property
    def form(self) -> Form:
        return tense(self.head)

    @cached_property
    def lemmas(self) -> list[str]:
        """Of the trigger, auxiliaries left out."""
        return [word.lemma for word in self.trigger if word.pos in ("VERB", "NOUN", "ADJ", "PROPN", "ADV", "ADP")]

    @cached_property
    def moves(self) -> list[str]:
        """What the trigger does with money."""
        return list(dict.fromkeys(actions()[lemma] for lemma in self.lemmas if lemma in actions()))

    @cached_property
    def sentence(self) -> Sequence[Word]:
        """The words of the sentence of its trigger, as far as they are near."""
        own, at = self.context.view.sentences[self.number].words, self.head.i
        first = own[0].i
        return own[max(0, at - first - WIDE) : max(0, at - first + WIDE)] or own[:WIDE]

    @cached_property
    def cues(self) -> list[Cue]:
        """The words for instruments among them."""
        found, start, end = self.context.cues(self.number), self.sentence[0].idx, self.sentence[-1].end
        return found[bisect_left(found, start, key=START) : bisect_right(found, end, key=START)]

    @cached_property
    def spans(self) -> list[HeadedSpan]:
        """The spans of actors among them."""
        found = self.context.view.entities.headed_in({word.i for word in self.sentence})
        return [span for span in found if span.entity.is_actor]

    @cached_property
    def here(self) -> list[Entity]:
        """The actors among them, each once."""
        return distinct(span.entity for span in self.spans)

    @cached_property
    def place(self) -> tuple[int, int]:
        """The characters of its amount in the sentence of its trigger, else of the trigger."""
        start, end = self.context.view.sentence_of.spans[self.number]
        own = [(amount.start, amount.end) for amount in self.commitment.amounts if start <= amount.start < end]
        return own[0] if own else (self.commitment.trigger_start, self.commitment.trigger_end)

    @cached_property
    def near(self) -> list[Word]:
        """The words around the amount, up to the amounts beside it."""
        start, end = self.place
        first, last = self.context.money_around(start, end)
        words = [word for word in self.sentence if first <= word.idx < last]
        before = [word for word in words if word.idx < start][-NEAR:]
        return before + [word for word in words if word.idx >= end][:NEAR]

    @cached_property
    def words(self) -> str:
        """The text around its amount in its sentence, up to the amounts beside it."""
        start, end = self.place
        first, last = self.context.money_around(start, end)
        return self.context.view.text[max(self.sentence[0].idx, first) : min(self.sentence[-1].end, last)]


def home_or_abroad(actor: Entity, home: str | None) -> str:
    """Where an actor is at home, seen from the country of the article."""
    if actor.country is None:
        return "nowhere"
    return "home" if actor.country == home else "abroad"


def lends(actor: Entity) -> int:
    """How usually money of others comes from an actor: 2 of a lender, 1 of a country that lends and gives abroad."""
    if actor.kind in LENDING:
        return 2
    return int(actor.country in table("references.yaml")["provider_countries"])


def name_of(actor: Entity) -> str:
    """The last word of a body's name, which says what kind of body it is; of countries and persons the kind."""
    words = actor.name.split()
    return words[-1].lower() if words and actor.kind not in ("country", "person") else str(actor.kind)
