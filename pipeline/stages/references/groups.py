"""Finds unnamed groups that take part: "Chinese companies", "Pakistani and Chinese engineers".

Hard because most plural nouns are scenery: only heads that can undertake something, where the sentence lets them act.
"""

from __future__ import annotations

from spacy.tokens import Token

from pipeline.doc import Entity
from pipeline.normalise.places import place_country
from pipeline.seeds import table
from pipeline.stages.references.cast import Cast
from pipeline.stages.references.reading import Reading, function

_MODIFIERS = ("amod", "compound", "nmod", "nummod")


def find_groups(reading: Reading, cast: Cast, home: str | None) -> None:
    """Adds an actor for every kind of group that acts, by its head word and nationality."""
    found: dict[tuple[str, tuple[str, ...]], list[Token]] = {}
    for token in reading.tokens(table("references.yaml")["groups"]):
        if token.pos_ in ("NOUN", "PROPN") and token.dep_ not in ("compound", "nmod"):
            found.setdefault((token.lemma_.lower(), countries_in(reading, *span(token))), []).append(token)
    for (_, countries), tokens in found.items():
        if _is_party(tokens):
            _add(reading, cast, tokens, _country(tokens[0], countries, home))


def _is_party(tokens: list[Token]) -> bool:
    """Whether a group acts, and is told by more than one bare word in passing."""
    told = len(tokens) > 1 or span(tokens[0])[0] < tokens[0].idx
    return told and any(acts(token) for token in tokens)


def _add(reading: Reading, cast: Cast, tokens: list[Token], country: str | None) -> None:
    spans = [span(token) for token in tokens]
    name = max((" ".join(reading.text[start:end].split()) for start, end in spans), key=len)
    entity = cast.add(Entity(name, "group", country=country))
    for start, end in spans:
        cast.refer(start, end, entity, confidence=0.7)


def _country(token: Token, countries: tuple[str, ...], home: str | None) -> str | None:
    """One nationality's country; without any, the article's, unless the group is foreign by its nature."""
    if countries:
        return countries[0] if len(countries) == 1 else None
    return None if token.lower_ in table("references.yaml")["stateless_groups"] else home


def acts(token: Token) -> bool:
    """Whether a group does or receives something here."""
    return function(token) in table("references.yaml")["group_functions"]


def span(token: Token) -> tuple[int, int]:
    """The noun with the words that tell which: no article, no clause."""
    left = [child for child in token.lefts if child.dep_ in _MODIFIERS or child.tag_ in ("JJ", "CD", "NN", "NNP")]
    start = min((child.left_edge for child in left), key=lambda child: child.i, default=token)
    while start.i < token.i and (start.pos_ in ("DET", "PRON", "PUNCT", "SPACE") or start.dep_ == "det"):
        start = start.nbor(1)
    return start.idx, token.idx + len(token)


def countries_in(reading: Reading, start: int, end: int) -> tuple[str, ...]:
    """The countries whose nationality a group is given."""
    told = (
        place_country(reading.words(m)) for m in reading.inside(start, end) if m.label in ("NORP", "COUNTRY", "PLACE")
    )
    return tuple(dict.fromkeys(code for code in told if code))
