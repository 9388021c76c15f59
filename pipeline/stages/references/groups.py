"""Finds those who act without a name: groups ("Chinese companies", "flood victims") and bodies ("police", "a court").

Most plural nouns name no party. By rule only nouns of the seeds count, where they act in their sentence; the encoder
proposes more groups. All are scored later, with the other actors. A body counts only where the article names none of
that kind.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.record import ActorKind
from pipeline.seeds import table
from pipeline.stages.document.doc import Entity, encoding_of
from pipeline.stages.document.grammar import function, is_subject
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Word, root_of
from pipeline.stages.models.encoder import Encoding
from pipeline.stages.references.discourse import Discourse
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import place_country

_MODIFIERS = ("amod", "compound", "nmod", "nummod")
LIKELY = 0.3  # least probability of the encoder
RULE_CONFIDENCE = 0.7  # of a group found by rule
_NOUNS = ("NOUN", "PROPN")
_NEAR = 3  # words searched for the noun after a group, and parts of a compound before it
_BESIDE = ("NORP", "COUNTRY", "PLACE", "ORG", "PROGRAMME")  # labels of names that say which group
BODY_CONFIDENCE = 0.7  # of a reference


@dataclass(frozen=True)
class GroupSpan:
    """A span that means a group; `head`: its noun, `probability`: that the group takes part."""

    start: int
    end: int
    head: Word
    probability: float


Kind = tuple[str, tuple[str, ...]]  # the lemma of the head, and the countries whose nationality the group is given


def find_groups(view: ArticleView, discourse: Discourse, home: str | None) -> None:
    """Adds an actor for every group that acts, one for each head noun and nationality."""
    encoding = encoding_of(view.doc)
    encoded = list(_encoded(view, encoding)) if encoding is not None else []
    heads = {member.head.i for member in encoded}
    meant = {reference.end for reference in discourse.references}  # "the two companies" already mean entities
    found: dict[Kind, list[GroupSpan]] = {}
    for member in [*encoded, *(member for member in _by_rule(view) if member.head.i not in heads)]:
        if member.head.end in meant:
            continue
        kind = member.head.lemma, countries_in(view, member.start, member.end)
        found.setdefault(kind, []).append(member)
    namesakes = {key(entity.name): entity for entity in discourse.entities if entity.is_actor}
    for (_, countries), group in _with_bare(found).items():
        name = max((" ".join(view.text[member.start : member.end].split()) for member in group), key=len)
        country = country_of_group(group[0].head, countries, home)
        entity = discourse.add(namesakes.setdefault(key(name), Entity(name, "group", country=country)))
        for member in group:
            discourse.refer(member.start, member.end, entity, confidence=member.probability)


def _with_bare(found: dict[Kind, list[GroupSpan]]) -> dict[Kind, list[GroupSpan]]:
    """Adds the groups of a bare head noun to the one group of that noun that has a nationality."""
    joined = dict(found)
    for (head, countries), group in found.items():
        owners = [kind for kind in found if kind[0] == head and kind[1]]
        if not countries and len(owners) == 1 and all(member.start == member.head.idx for member in group):
            joined[owners[0]] = [*joined[owners[0]], *joined.pop((head, countries))]
    return joined


def _by_rule(view: ArticleView) -> Iterator[GroupSpan]:
    """The groups of the nouns in the seeds that are a party."""
    found: dict[Kind, list[Word]] = {}
    for token in view.unnamed(table("references.yaml")["groups"]):
        if token.pos in _NOUNS and token.dep not in ("compound", "nmod"):
            found.setdefault((token.lemma, countries_in(view, *span(view, token))), []).append(token)
    for tokens in found.values():
        if _is_party(view, tokens):
            yield from (GroupSpan(*span(view, token), token, RULE_CONFIDENCE) for token in tokens)


def _is_party(view: ArticleView, tokens: list[Word]) -> bool:
    """Whether a group is named more than once, or with a modifier, and somewhere has the function of a party."""
    is_specific = len(tokens) > 1 or span(view, tokens[0])[0] < tokens[0].idx
    return is_specific and any(function(token) in table("references.yaml")["group_functions"] for token in tokens)


def _encoded(view: ArticleView, encoding: Encoding) -> Iterator[GroupSpan]:
    """Groups that the encoder proposes, with the names straight beside them that say which."""
    lists = table("references.yaml")
    for start, end, probability in encoding.groups(LIKELY):
        if view.mentions.overlaps(start, end):
            continue
        before = view.mentions.covering(start - 2) if start > 1 else None
        after = view.mentions.covering(end + 1)
        if before and view.text[before.end : start] == " ":
            if view.text[start:end].lower() in lists["own_people"].get(before.label, ()):
                continue  # "PFF delegation" is the PFF, "Kenyan authorities" Kenya
            start = before.start if before.label in _BESIDE else start
        last = view.text[start:end].rpartition(" ")[2].lower()
        if after and after.label in _BESIDE and last in lists["group_openers"]:  # "companies from" Japan
            end = after.end
        start, end = _trimmed(view.text, *_bounded(view, view.words_in(start, end)))
        words = view.words_in(start, end)
        if any(word.pos in _NOUNS for word in words):  # "Three", "concerned", "overseas" alone are no group
            yield GroupSpan(start, end, root_of(words), probability)


def _bounded(view: ArticleView, words: Sequence[Word]) -> tuple[int, int]:
    """The span from the start of its first compound to a noun: the one that the last word modifies, or its last noun.

    "-sized firms" becomes "medium-sized firms", "a group of Chinese" goes on to its banks, "families affected" ends at
    "families".
    """
    doc, start, end = view.words, words[0].i, words[-1].i + 1
    for _ in range(_NEAR):
        part, hyphen = doc[max(0, start - 2) : start] if start > 1 else (None, None)
        if not (part and hyphen and hyphen.text == "-" and part.end == hyphen.idx and hyphen.end == doc[start].idx):
            break
        start -= 2
    last = doc[end - 1]
    if last.pos == "ADJ" and end <= last.head.i < end + _NEAR and last.head.pos in _NOUNS:
        end = end if view.mentions.overlaps(doc[end].idx, last.head.end) else last.head.i + 1
    nouns = [token.i for token in doc[start:end] if token.pos in _NOUNS]
    return doc[start].idx, doc[nouns[-1] if nouns else end - 1].end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the words at its edges that belong to no name: "the families", "students across the"."""
    found = _edges().fullmatch(text, start, end)
    return found.span(1) if found else (start, end)


@cache
def _edges() -> re.Pattern[str]:
    lists = table("references.yaml")["group_edges"]
    before, after = ("|".join(map(re.escape, lists[side])) for side in ("before", "after"))
    return re.compile(rf"(?:(?:{before})\s+|[^\w(])*(\w.*?)(?:\s+(?:{after}))*\W*", re.I | re.S)


def country_of_group(token: Word, countries: tuple[str, ...], home: str | None) -> str | None:
    """The country of the only nationality; without any, the article's, unless the group is foreign by nature."""
    if countries:
        return countries[0] if len(countries) == 1 else None
    return None if token.lower in table("references.yaml")["stateless_groups"] else home


def span(view: ArticleView, token: Word) -> tuple[int, int]:
    """The noun with its modifiers, without article and clause."""
    left = [child for child in token.lefts if child.dep in _MODIFIERS or child.tag in ("JJ", "CD", "NN", "NNP")]
    start = min((child.left_edge for child in left), key=lambda child: child.i, default=token)
    while start.i < token.i and (start.pos in ("DET", "PRON", "PUNCT", "SPACE") or start.dep == "det"):
        start = view.words[start.i + 1]
    return start.idx, token.end


def countries_in(view: ArticleView, start: int, end: int) -> tuple[str, ...]:
    """The countries of the nationalities, countries and places in a span."""
    places = (m for m in view.mentions.inside(start, end) if m.label in ("NORP", "COUNTRY", "PLACE"))
    return tuple(dict.fromkeys(code for m in places if (code := place_country(view.mentions.name(m)))))


def find_unnamed(view: ArticleView, discourse: Discourse, home: str | None) -> None:
    """Adds one actor for every such body that is a subject once, with a reference for each of its spans."""
    named = {word for entity in discourse.entities if entity.is_actor for word in key(entity.name).split()}
    found: dict[str, list[Word]] = {}
    for token in view.unnamed(_heads()):
        if token.lower not in named and _is_one(view, token) and not discourse.over(token.idx):
            found.setdefault(key(_words(view, token)), []).append(token)
    for tokens in found.values():
        if any(is_subject(token) for token in tokens):
            first = tokens[0]
            country = country_of_group(first, countries_in(view, *span(view, first)), home)
            entity = discourse.add(Entity(_words(view, first), _heads()[first.lower][0], country=country))
            for token in tokens:
                discourse.refer(*span(view, token), entity, confidence=BODY_CONFIDENCE)


@cache
def _heads() -> dict[str, tuple[ActorKind, list[str]]]:
    """The kind of body of a noun; for an ambiguous noun, words of which one must stand by it."""
    lists: dict[ActorKind, dict[str, list[str]]] = table("references.yaml")["unnamed_bodies"]
    return {noun: (kind, words) for kind, nouns in lists.items() for noun, words in nouns.items()}


def _is_one(view: ArticleView, token: Word) -> bool:
    _, qualifiers = _heads()[token.lower]
    alone = token.pos in _NOUNS and token.dep not in ("compound", "nmod")
    return alone and (not qualifiers or not set(qualifiers).isdisjoint(key(_words(view, token)).split()))


def _words(view: ArticleView, token: Word) -> str:
    """A noun with its modifiers, on one line."""
    start, end = span(view, token)
    return " ".join(view.text[start:end].split())
