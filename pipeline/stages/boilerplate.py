"""The boilerplate stage: marks the sentences that are printed around the story, and no part of it.

A line says little alone ("Reuters", "China"): where it stands, what stands around it, and whether it names what the
story names, say more. The label of a weight is whether the sentence before is boilerplate, so a list is marked to its
end. The same weights serve both profiles.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from spacy.tokens import Doc

from pipeline.seeds import table
from pipeline.stages.document.doc import article_of, sentence_spans
from pipeline.stages.document.view import ArticleView, view_of
from pipeline.stages.document.words import Word
from pipeline.stages.models.linear import ANY, Weights, weights
from pipeline.stages.stage import Stage, factory
from pipeline.values.gazetteer.places import place_country

FOLDER = "boilerplate"  # of the weights, in the directory of a pipeline
WEIGHTS = "weights.json"
SEEDS = "boilerplate.yaml"
BEFORE = {False: "after the story", True: "after boilerplate"}  # labels of weights: what the sentence before is
SHORT = 8  # words of a line that is more likely a label than a sentence
FEW = 3  # names and nouns of a sentence that tell little of what it speaks of
PLACE = 4  # words of a line that may be a place: "Belem, Brazil"
ANNOUNCING = ("about", "links", "contacts", "notices")  # groups of words that announce what follows
NEAR = 6  # sentences that a label announces, at most
PROSE = 8  # words of what can be a sentence of the story
LINE_END = re.compile(r"[^\S\n]*(?:\n|$)")
NOUNS = frozenset({"PROPN", "NOUN"})
FINITE = frozenset({"VBD", "VBZ", "VBP", "MD"})

_ENDED = re.compile(r"[.!?\u2026][\"'\u201d\u2019)\]]*$")
_LABELLED = re.compile(r"[:|\n]|\s[\u2013\u2014-]\s")  # what ends a label: "Read: ", "Photo | "
_EDGES = ".,:;!?\u2026\"'`\u201c\u201d\u2018\u00ab\u00bb()[]{}|/<>*\u2022\u25cf\u25aa\u2013\u2014-_=~"
_DIGITS = "0123456789"
_URLS = ("http", "www.", ".com", ".org", ".net", ".int", ".gov", ".info")
_SHAPES = {  # the characters of which one has to be there, and the shape
    "email": ("@", re.compile(r"\S@[\w.-]{1,80}\.\w")),
    "handle": ("@#", re.compile(r"(?<!\S)[@#]\w")),
    "phone": ("+-", re.compile(r"\+\d[\d ()-]{6,}|\b\d{3}[ -]\d{3,4}[ -]\d{3,4}\b")),
    "pipe": ("|>\u00bb\u203a", re.compile(r"\s[|>\u00bb\u203a]|[|>\u00bb\u203a]\s")),
    "markup": (">;", re.compile(r"^(?:[^\w\s]*>|&#?\w+;|<[^>]*>)$")),
    "rights": ("\u00a9(\u00ae\u2122", re.compile(r"[\u00a9\u00ae\u2122]|\([Cc]\)")),
    "number": (_DIGITS, re.compile(r"^\W*\d[\d.,+]*[^\w.,+]*$")),
    "price": ("/", re.compile(r"[$\u20ac\u00a3]\s?\d+(?:\.\d\d)?\s?/|\d/(?:month|year|mo)\b")),
    "brackets": (")]", re.compile(r"^[(\[].*[)\]]\.?$", re.DOTALL)),
    "opening dash": ("-\u2013\u2014", re.compile(r"^[\u2014\u2013-]+\s*\w")),
    "slash": ("/", re.compile(r"\w/\s?[A-Z]\w+")),
    "cut": (".\u2026", re.compile(r"(?:\.\.\.|\u2026)$")),
    "colon": (":", re.compile(r":$")),
    "question": ("?", re.compile(r"\?[\"'\u201d\u2019)]*$")),
    "quote": ('"\u201c', re.compile(r"^[\"\u201c]")),
    "clock": (
        _DIGITS,
        re.compile(r"\d(?:[:.]\d\d ?(?:[ap]\.?m|gmt|ist|pkt)| (?:hours?|minutes|days?) ago)\b", re.IGNORECASE),
    ),
    "date": (
        _DIGITS,
        re.compile(
            r"^(?:\w+,? )?(?:\d\d? )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? "
            r"\d\d?,? ?(?:\d{4})?$",
            re.IGNORECASE,
        ),
    ),
    "dateline": (
        ":-\u2013\u2014",
        re.compile(
            r"^[A-Z][A-Z .,'/]{2,}[:\u2013\u2014-]|^[A-Z][\w ,.'/]{2,40}(?:\([^)]*\))?\s?[\u2013\u2014:-]{1,2}\s"
        ),
    ),
}


class Boilerplate(Stage):
    """Sets the numbers of the sentences that are boilerplate; reads the parse."""

    files = (f"{FOLDER}/{WEIGHTS}",)

    def __call__(self, doc: Doc) -> Doc:
        trained = weights(self.folder / FOLDER / WEIGHTS)
        sure = likely(features(view_of(doc)), trained)
        doc._.boilerplate = frozenset(number for number, one in enumerate(sure) if trained.stands(ANY, one))
        return doc


make_boilerplate = factory("corridor_boilerplate", Boilerplate, requires=["doc.sents"], assigns=["doc._.boilerplate"])


class _Line(NamedTuple):
    """A sentence with what it says alone."""

    words: list[str]  # in lower case, without marks
    ended: bool
    prose: bool
    terms: frozenset[str]  # names and nouns, in lower case
    names: frozenset[str]
    cues: list[str]
    opens: bool  # at the beginning of a line


def features(view: ArticleView) -> list[list[str]]:
    """For each sentence the names of what speaks for and against boilerplate; no names where there is no story."""
    spans = sentence_spans(view.doc)
    lines = [_line(view, *span, sentence.words) for span, sentence in zip(spans, view.sentences, strict=True)]
    article = article_of(view.doc)
    title = _words(article.title) if article and article.title else []
    seen = Counter(term for line in lines if line.prose for term in line.terms)
    prose = [number for number, line in enumerate(lines) if line.prose]
    if not prose:
        return [[] for _ in lines]
    first, last = prose[0], prose[-1]
    under, heading = _headings(lines), [list(_seen_from(line)) for line in lines]
    found = []
    for number, line in enumerate(lines):
        names = [*line.cues, *_place(number, first, last, len(lines)), *_shared(line, seen, title)]
        if number < first:
            names += [f"{name} before prose" for name in ("place", "date", "name alone") if name in line.cues]
        for side, step in (("before", -1), ("after", 1), ("2 before", -2), ("2 after", 2)):
            other = number + step
            names += [f"{side}: {cue}" for cue in (heading[other] if 0 <= other < len(lines) else ["none"])]
        names += under[number]
        found.append(names)
    return found


def likely(found: Sequence[Sequence[str]], weights: Weights) -> list[float]:
    """The probability that each sentence is boilerplate, given those before it; 0 where nothing speaks for it."""
    likely, before = [], 0.0
    for names in found:
        after_story, after_boilerplate = (weights.probability(BEFORE[is_one], names) for is_one in (False, True))
        before = before * after_boilerplate + (1 - before) * after_story if names else 0.0
        likely.append(before)
    return likely


def _line(view: ArticleView, start: int, end: int, own: Sequence[Word]) -> _Line:
    text, whole = view.text[start:end], view.text
    words = _words(text)
    ended = bool(_ENDED.search(text))
    finite = not FINITE.isdisjoint([word.tag for word in own])
    line_start = whole.rfind("\n", 0, start)
    opens, closes = not whole[line_start + 1 : start].strip(), LINE_END.match(whole, end) is not None
    nouns = [(word.pos, word.lower) for word in own if word.pos in NOUNS and len(word.lower) > 2]
    names = frozenset([lower for pos, lower in nouns if pos == "PROPN"])
    terms = frozenset([lower for _, lower in nouns])
    return _Line(
        words,
        ended,
        ended and finite and len(words) >= PROSE,
        terms,
        names,
        [*_form(text, words, own, ended, finite, opens, closes), *_cues(words, text, ended and finite)],
        opens,
    )


def _form(
    text: str, words: Sequence[str], own: Sequence[Word], ended: bool, finite: bool, opens: bool, closes: bool
) -> Iterator[str]:
    """What it looks like."""
    size = _step(len(words), (0, 1, 2, 4, 8, 14, 25))
    yield f"words {size}"
    form = f"{'ended' if ended else 'open'} {'verb' if finite else 'no verb'}"
    yield form
    yield f"{form} {size}"
    line = "line" if opens and closes else "opens line" if opens else "closes line" if closes else "inside"
    yield line
    yield f"{line} {form}"
    firsts = [first for word in own if (first := word.text[0]).isalpha()]
    capital = sum([first.isupper() for first in firsts])
    if firsts and capital == len(firsts):
        yield f"title case {size}"
    elif firsts:
        yield f"capitals {4 * capital // len(firsts)}"
    if text.isupper():
        yield f"all capitals {size}"
    if text[:1].islower():
        yield "small letter"
    names = [word.pos for word in own].count("PROPN")
    yield f"names {4 * names // max(1, len(own))}"
    if names == len(firsts) and 2 <= names <= 4:
        yield "name alone"
    if line == "line" and len(words) <= PLACE and not ended and place_country(text):
        yield "place"
    if any(part in text for part in _URLS):
        yield "url"
    marks = set(text)
    for name, (needed, shape) in _SHAPES.items():
        if not marks.isdisjoint(needed) and shape.search(text):
            yield name


def _cues(words: Sequence[str], text: str, is_sentence: bool) -> list[str]:
    """Which cue words open it, end it, stand in it, or are all of it; `is_sentence`: it is a whole sentence."""
    found: dict[str, None] = {}
    size, phrases = len(words), _phrases()
    length = "short" if size <= SHORT else "long"
    if phrases.keys().isdisjoint(words):
        return []
    ends = _LABELLED.search(text)
    label = len(_words(text[: ends.start()])) if ends else 0
    for at, word in enumerate(words):
        for phrase, group in phrases.get(word, ()):
            end = at + len(phrase)
            if tuple(words[at:end]) != phrase:
                continue
            found[f"has {group} {length}"] = None
            if not at:
                if end == label:
                    found[f"{group} label"] = None
                if is_sentence and end not in (label, size):
                    found[f"opens a sentence: {group}"] = None
                else:
                    found[f"opens {group}"] = found[f"opens {group} {length}"] = None
            if end == size:
                found[f"ends {group} {length}"] = None
            if not at and end == size:
                found[f"is {group}"] = None
    return list(found)


def _headings(lines: Sequence[_Line]) -> list[list[str]]:
    """For each sentence what the last label before it announces: "About us", "Related", "Contact:"."""
    found: list[list[str]] = []
    group, at = "", 0
    for number, line in enumerate(lines):
        opens = line.opens and not line.ended
        announced = [
            name for name in ANNOUNCING if f"is {name}" in line.cues or (opens and f"opens {name} short" in line.cues)
        ]
        form = "prose" if line.prose else "ended" if line.ended else "open"
        near = number - at <= NEAR
        found.append([f"under {group}", f"under {group}, {form}"] if group and near else [])
        found[-1] += [f"announces {name}" for name in announced]
        if announced:
            group, at = announced[0], number
    return found


def _place(number: int, first: int, last: int, size: int) -> Iterator[str]:
    """Where it stands: from the beginning, from the end, before and after the story's sentences."""
    yield f"from start {_step(number, (0, 1, 2, 4, 8))}"
    yield f"from end {_step(size - 1 - number, (0, 1, 2, 4, 8))}"
    if number < first:
        yield "before prose"
        yield f"before prose {_step(first - number, (1, 2, 4, 8))}"
    elif number > last:
        yield "after prose"
        yield f"after prose {_step(number - last, (1, 2, 4, 8))}"


def _shared(line: _Line, seen: Counter[str], title: Sequence[str]) -> Iterator[str]:
    """How much of what it names the story names too, and whether it says the title again."""
    own = 1 if line.prose else 0
    for name, terms in (("terms", line.terms), ("names", line.names)):
        if terms:
            few = "few " if len(terms) < FEW else ""
            shared = sum(seen[term] > own for term in terms) / len(terms)
            yield f"shared {few}{name} {_step(shared, (0, 0.25, 0.5, 0.75, 0.99))}"
            if len(line.words) > SHORT and not few:
                yield f"shared {name} long {_step(shared, (0, 0.25, 0.5, 0.75, 0.99))}"
    if title and len(line.words) > 2:
        again = len(set(title) & set(line.words)) / len(set(title) | set(line.words))
        if again > 0.6:
            yield "title again"


def _seen_from(line: _Line) -> Iterator[str]:
    """What it says of the sentences next to it."""
    yield "prose" if line.prose else f"open {_step(len(line.words), (1, 2, 4, 8, 14))}" if not line.ended else "ended"
    yield from (
        cue for cue in line.cues if cue.startswith(("is ", "opens ", "name alone", "number", "has notices", "line"))
    )


def _step(value: float, steps: Sequence[float]) -> str:
    at = bisect_left(steps, value)
    return str(steps[at]) if at < len(steps) else "more"


def _words(text: str) -> list[str]:
    stripped = [word.strip(_EDGES) for word in text.lower().replace("\u2019", "'").split()]
    return [word for word in stripped if word]


@cache
def _phrases() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """The cue words with their group, by the first word."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for group, phrases in table(SEEDS).items():
        for phrase in phrases:
            words = tuple(_words(phrase))
            if words:
                found.setdefault(words[0], []).append((words, group))
    return found
