"""Finds definite descriptions: "the minister", "the bank", "the new phase of the corridor".

The antecedent is the nearest entity before that fits in kind and, where the word is common, in name. "The country" is
the article's, unless its sentence names others only. Without an antecedent, a description gets no reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pipeline.seeds import table
from pipeline.stages.document.doc import Entity
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Word
from pipeline.stages.references.bodies.countries import actor
from pipeline.stages.references.cast import Cast
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import place_country
from pipeline.values.gazetteer.projects import parsed

_FAMILIES = (("work", "works"), ("umbrella", "umbrellas"))
_NAMED_ONLY = {"government", "civil_society"}  # kinds so broad that the word must be in the name


@dataclass(frozen=True)
class Wanted:
    """What an antecedent must be: of a kind ("work", "umbrella" for projects), with a word in its name or office."""

    kinds: tuple[str, ...]
    word: str = ""

    def fits(self, entity: Entity) -> bool:
        """Whether an entity fits; a phase never does, since the words mean the whole."""
        if kind_of(entity) not in self.kinds:
            return False
        names = entity.role or "" if entity.kind == "person" else entity.name
        return not self.word or self.word in key(names).split()


def kind_of(entity: Entity) -> str:
    """An actor's kind; "phase", "umbrella" or "work" of a project."""
    if entity.kind:
        return entity.kind
    return "phase" if parsed(entity.name).phase else "umbrella" if entity.programme else "work"


def find_descriptions(view: ArticleView, cast: Cast, home: str | None = None) -> None:
    """Adds a reference for every definite description with an antecedent; `home`: the article's country."""
    end = 0  # of the last description of several words
    for token in view.unnamed(_words()):
        if token.idx >= end:
            if token.lower in table("references.yaml")["phase_words"]:
                end = _refer_phase(view, cast, token)
            elif (start := definite_start(view, token)) is not None:
                _refer_nearest(view, cast, token, start, home)


def definite_start(view: ArticleView, token: Word) -> int | None:
    """The start of "state-owned company" after "the"; None where it is not definite or names something else."""
    determiners = table("references.yaml")["determiners"]
    for index in range(token.i - 1, max(-1, token.i - 4), -1):
        word = view.words[index]
        if word.lower in determiners:
            return view.words[index + 1].idx
        if word.pos not in ("ADJ", "NOUN") or view.mentions.covering(word.idx):
            return None
    return None


def _refer_nearest(view: ArticleView, cast: Cast, token: Word, start: int, home: str | None) -> None:
    if cast.at(start, token.end):
        return  # part of a longer description
    if (
        home
        and token.lower in table("references.yaml")["descriptions"]["countries"]
        and _means(view, token, start, home)
    ):
        cast.refer(start, token.end, actor(view, cast, home, token.text, []), confidence=0.75)
        return
    forms = table("references.yaml")["state_forms"].get(token.lower)
    qualified = _qualified(token.lower, key(view.text[start : token.idx]).split())
    for wanted in [qualified] if qualified else wanted_by(token.lower):
        for _, _, entity in cast.before(start):
            if wanted.fits(entity) and (forms is None or entity.country in forms):
                cast.refer(start, token.end, entity, confidence=0.75)
                return


def _means(view: ArticleView, token: Word, start: int, home: str) -> bool:
    """Whether "the country" means the article's: its sentence names that one before it, or none; "kingdom" must fit."""
    first = view.sentence_of.spans[view.sentence_of(start)][0]
    before = (one for one in view.mentions.inside(first, start) if one.label in ("COUNTRY", "NORP"))
    named = {place_country(view.mentions.name(one)) for one in before} - {None}
    return home in (named or {home}) and home in table("references.yaml")["state_forms"].get(token.lower, (home,))


def _qualified(word: str, before: list[str]) -> Wanted | None:
    """What the antecedent must be where a word before says what kind of body is meant: "the central bank"."""
    for kind, nouns in table("references.yaml")["unnamed_bodies"].items():
        if set(nouns.get(word, ())) & set(before):
            return Wanted((kind,), word)
    return None


@lru_cache(maxsize=1_000)
def wanted_by(word: str) -> list[Wanted]:
    """What the antecedent of a word must be, the narrowest condition first."""
    lists = table("references.yaml")["descriptions"]
    if word in lists["persons"]:
        return [Wanted(("person",), word)]
    if word in lists["countries"]:
        return [Wanted(("country",))]
    works = [(kind, lists[family][word]) for kind, family in _FAMILIES if word in lists[family]]
    found = [Wanted((kind,), word) for kind, _ in works] + [Wanted((kind,)) for kind, how in works if how == "any"]
    kinds = tuple(lists["bodies"].get(word, ()))
    if kinds:
        found.append(Wanted(kinds, word))
        if not set(kinds) <= _NAMED_ONLY:
            found.append(Wanted(kinds))
    return found


def _refer_phase(view: ArticleView, cast: Cast, token: Word) -> int:
    """ "The new phase of the corridor": refers it to that phase, if the article has it; returns its end, else 0."""
    before = view.words[token.i - 1]
    ordinal = table("references.yaml")["ordinals"].get(before.lower) if token.i else None
    if ordinal is None or view.mentions.covering(token.idx - 2):
        return 0
    phases = [e for _, _, e in cast.before(token.idx) if not e.is_actor and parsed(e.name).phase]
    fitting = [e for e in phases if str(ordinal) in (parsed(e.name).phase, "next", "last")]
    if fitting and ordinal != 1:
        cast.refer(before.idx, _end_of_phrase(token), fitting[0], confidence=0.75)
        return _end_of_phrase(token)
    return 0


def _end_of_phrase(token: Word) -> int:
    """The end of "phase of the corridor"."""
    of = next((child for child in token.rights if child.lower == "of"), None)
    objects = [child for child in of.rights if child.dep == "pobj"] if of else []
    last = objects[0] if objects else token
    return last.end


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    lists = table("references.yaml")
    described = (word for words in lists["descriptions"].values() for word in words)
    return frozenset([*described, *lists["phase_words"]])
