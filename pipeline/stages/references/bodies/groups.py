"""Finds unnamed groups that take part: "Chinese companies", "Pakistani and Chinese engineers", "flood victims".

Hard because most plural nouns are scenery: by rule only heads that can undertake something, where the sentence lets
them act; what the encoder holds for a group is taken too, and weighed with all other actors later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.article.doc import Entity, Mention
from pipeline.article.grammar import function
from pipeline.article.view import ArticleView
from pipeline.article.words import Word, root_of
from pipeline.gazetteer.names import key
from pipeline.gazetteer.places import place_country
from pipeline.model.encoder import Encoding
from pipeline.seeds import table
from pipeline.stages.references.cast import Cast

_MODIFIERS = ("amod", "compound", "nmod", "nummod")
LIKELY = 0.3  # from which the encoder is heard
RULED = 0.7  # how sure a rule is
_NOUNS = ("NOUN", "PROPN")
_NEAR = 3  # words behind a group among which its noun is sought, and parts of a compound before it
_BESIDE = ("NORP", "COUNTRY", "PLACE", "ORG", "PROGRAMME")  # names that a group is told apart by


@dataclass(frozen=True)
class Told:
    """Where a text tells of a group; `head`: its noun, `sure`: how likely it is one that takes part."""

    start: int
    end: int
    head: Word
    sure: float


Kind = tuple[str, tuple[str, ...]]  # the lemma of the head, and the countries whose nationality the group is given


def find_groups(view: ArticleView, cast: Cast, home: str | None) -> None:
    """Adds an actor for every kind of group that acts, by its head word and nationality."""
    encoding: Encoding | None = view.doc._.encoding
    seen = list(_seen(view, encoding)) if encoding is not None else []
    heads = {told.head.i for told in seen}
    meant = {reference.end for reference in cast.references}  # "the two companies" are no group, but known
    found: dict[Kind, list[Told]] = {}
    for told in [*seen, *(told for told in _ruled(view) if told.head.i not in heads)]:
        if told.head.end in meant:
            continue
        kind = told.head.lemma, countries_in(view, told.start, told.end)
        found.setdefault(kind, []).append(told)
    namesakes = {key(entity.name): entity for entity in cast.entities if entity.is_actor}
    for (_, countries), group in _with_bare(found).items():
        _add(view, cast, group, country_of_group(group[0].head, countries, home), namesakes)


def _with_bare(found: dict[Kind, list[Told]]) -> dict[Kind, list[Told]]:
    """Groups told by their head alone go with the one group of that head that has a nationality."""
    joined = dict(found)
    for (head, countries), group in found.items():
        owners = [kind for kind in found if kind[0] == head and kind[1]]
        if not countries and len(owners) == 1 and all(told.start == told.head.idx for told in group):
            joined[owners[0]] = [*joined[owners[0]], *joined.pop((head, countries))]
    return joined


def _ruled(view: ArticleView) -> Iterator[Told]:
    """Those whose kind acts somewhere and is told by more than one bare word in passing."""
    found: dict[Kind, list[Word]] = {}
    for token in view.unnamed(table("references.yaml")["groups"]):
        if token.pos in _NOUNS and token.dep not in ("compound", "nmod"):
            found.setdefault((token.lemma, countries_in(view, *span(view, token))), []).append(token)
    for tokens in found.values():
        if _is_party(view, tokens):
            yield from (Told(*span(view, token), token, RULED) for token in tokens)


def _is_party(view: ArticleView, tokens: list[Word]) -> bool:
    told = len(tokens) > 1 or span(view, tokens[0])[0] < tokens[0].idx
    return told and any(acts(token) for token in tokens)


def _seen(view: ArticleView, encoding: Encoding) -> Iterator[Told]:
    """Those that the encoder sees, with the names straight beside them that tell which."""
    for start, end, sure in encoding.groups(LIKELY):
        if view.mentions.overlaps(start, end):
            continue
        before = view.mentions.covering(start - 2) if start > 1 else None
        after = view.mentions.covering(end + 1)
        if before and _speaks_for(before, view.text[before.end : end]):
            continue
        if before and before.label in _BESIDE and before.end == start - 1 and view.text[start - 1] == " ":
            start = before.start
        if after and after.label in _BESIDE and _ends_open(view.text[start:end]):
            end = after.end
        start, end = _trimmed(view.text, *_bounded(view, view.words_in(start, end)))
        words = view.words_in(start, end)
        if any(word.pos in _NOUNS for word in words):  # "Three", "concerned", "overseas" are no group by themselves
            yield Told(start, end, root_of(words), sure)


def _speaks_for(name: Mention, words: str) -> bool:
    """Whether a name's people are no group of their own: "PFF delegation" is the PFF, "Kenyan authorities" Kenya."""
    people = table("references.yaml")["own_people"].get(name.label, ())
    return words.startswith(" ") and words[1:].lower() in people


def _bounded(view: ArticleView, words: Sequence[Word]) -> tuple[int, int]:
    """From the start of their first compound to a noun: the one that the last word tells of, or else the last inside.

    "-sized firms" are medium-sized firms, "a group of Chinese" goes on to its banks, "families affected" are families.
    """
    doc, start, end = view.words, words[0].i, words[-1].i + 1
    for _ in range(_NEAR):
        if (
            start < 2
            or doc[start - 1].text != "-"
            or doc[start - 1].end < doc[start].idx
            or doc[start - 2].end < doc[start - 1].idx
        ):
            break
        start -= 2
    last = doc[end - 1]
    if last.pos == "ADJ" and end <= last.head.i < end + _NEAR and last.head.pos in _NOUNS:
        is_named = view.mentions.overlaps(doc[end].idx, last.head.end)
        end = end if is_named else last.head.i + 1
    nouns = [token.i for token in doc[start:end] if token.pos in _NOUNS]
    return doc[start].idx, doc[nouns[-1] if nouns else end - 1].end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The words without what stands before or behind a name only: "the families", "students across the"."""
    found = _edges().fullmatch(text, start, end)
    return found.span(1) if found else (start, end)


@lru_cache(maxsize=1)
def _edges() -> re.Pattern[str]:
    known = table("references.yaml")["group_edges"]
    before, after = ("|".join(map(re.escape, known[side])) for side in ("before", "after"))
    return re.compile(rf"(?:(?:{before})\s+|[^\w(])*(\w.*?)(?:\s+(?:{after}))*\W*", re.I | re.S)


def _ends_open(words: str) -> bool:
    """Whether a name has to follow: "companies from"."""
    return words.rpartition(" ")[2].lower() in table("references.yaml")["group_openers"]


def _add(view: ArticleView, cast: Cast, group: list[Told], country: str | None, namesakes: dict[str, Entity]) -> None:
    name = max((" ".join(view.text[told.start : told.end].split()) for told in group), key=len)
    entity = cast.add(namesakes.setdefault(key(name), Entity(name, "group", country=country)))
    for told in group:
        cast.refer(told.start, told.end, entity, confidence=told.sure)


def country_of_group(token: Word, countries: tuple[str, ...], home: str | None) -> str | None:
    """One nationality's country; without any, the article's, unless the group is foreign by its nature."""
    if countries:
        return countries[0] if len(countries) == 1 else None
    return None if token.lower in table("references.yaml")["stateless_groups"] else home


def acts(token: Word) -> bool:
    """Whether a group does or receives something here."""
    return function(token) in table("references.yaml")["group_functions"]


def span(view: ArticleView, token: Word) -> tuple[int, int]:
    """The noun with the words that tell which: no article, no clause."""
    left = [child for child in token.lefts if child.dep in _MODIFIERS or child.tag in ("JJ", "CD", "NN", "NNP")]
    start = min((child.left_edge for child in left), key=lambda child: child.i, default=token)
    while start.i < token.i and (start.pos in ("DET", "PRON", "PUNCT", "SPACE") or start.dep == "det"):
        start = view.words[start.i + 1]
    return start.idx, token.end


def countries_in(view: ArticleView, start: int, end: int) -> tuple[str, ...]:
    """The countries whose nationality a group is given."""
    told = (
        place_country(view.mentions.name(m))
        for m in view.mentions.inside(start, end)
        if m.label in ("NORP", "COUNTRY", "PLACE")
    )
    return tuple(dict.fromkeys(code for code in told if code))
