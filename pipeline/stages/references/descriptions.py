"""Finds definite descriptions: "the minister", "the bank", "the new phase of the corridor", "both sides".

Hard because the same words mean another thing a sentence later: the nearest entity before that fits in kind and, where
the word is common, in name; else nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pipeline.article.doc import Entity
from pipeline.article.view import ArticleView
from pipeline.article.words import Word
from pipeline.gazetteer.names import key
from pipeline.gazetteer.projects import parsed
from pipeline.seeds import table
from pipeline.stages.references.cast import Cast

_FAMILIES = (("work", "works"), ("umbrella", "umbrellas"))
_NAMED_ONLY = {"government", "civil_society"}  # so many kinds of body that the word must stand in the name


@dataclass(frozen=True)
class Wanted:
    """What an antecedent must be: of a kind ("work", "umbrella" for projects), with a word in its name or office."""

    kinds: tuple[str, ...]
    word: str = ""

    def fits(self, entity: Entity) -> bool:
        """Whether an entity is what is wanted; a phase never is, since the words mean the whole."""
        if kind_of(entity) not in self.kinds:
            return False
        names = entity.role or "" if entity.kind == "person" else entity.name
        return not self.word or self.word in key(names).split()


def kind_of(entity: Entity) -> str:
    """An actor's kind; "phase", "umbrella" or "work" of a project."""
    if entity.kind:
        return entity.kind
    return "phase" if parsed(entity.name).phase else "umbrella" if entity.programme else "work"


def find_descriptions(view: ArticleView, cast: Cast) -> None:
    """Refers every definite description with a safe antecedent."""
    told = 0  # where the last description of several words ends
    for token in view.unnamed(_words()):
        if token.idx >= told:
            if token.lower in table("references.yaml")["phase_words"]:
                told = _refer_phase(view, cast, token)
            elif (start := definite_start(view, token)) is not None:
                _refer_nearest(cast, token, start)


def definite_start(view: ArticleView, token: Word) -> int | None:
    """Where "the state-owned company" begins after its determiner; None where it is not definite or names another."""
    determiners = table("references.yaml")["determiners"]
    for index in range(token.i - 1, max(-1, token.i - 4), -1):
        word = view.words[index]
        if word.lower in determiners:
            return view.words[index + 1].idx
        if word.pos not in ("ADJ", "NOUN") or view.mentions.covering(word.idx):
            return None
    return None


def _refer_nearest(cast: Cast, token: Word, start: int) -> None:
    if cast.at(start, token.end):
        return  # told already, as part of a longer description
    for wanted in wanted_by(token.lower):
        for _, _, entity in cast.before(start):
            if wanted.fits(entity):
                cast.refer(start, token.end, entity, confidence=0.75)
                return


@lru_cache(maxsize=1_000)
def wanted_by(word: str) -> list[Wanted]:
    """What a described entity must be, the surest first."""
    known = table("references.yaml")["descriptions"]
    if word in known["persons"]:
        return [Wanted(("person",), word)]
    if word in known["countries"]:
        return [Wanted(("country",))]
    works = [(kind, known[family][word]) for kind, family in _FAMILIES if word in known[family]]
    found = [Wanted((kind,), word) for kind, _ in works] + [Wanted((kind,)) for kind, how in works if how == "any"]
    kinds = tuple(known["bodies"].get(word, ()))
    if kinds:
        found.append(Wanted(kinds, word))
        if not set(kinds) <= _NAMED_ONLY:
            found.append(Wanted(kinds))
    return found


def _refer_phase(view: ArticleView, cast: Cast, token: Word) -> int:
    """ "The new phase of the corridor": the phase, where the article has one, of what it names; its end, else 0."""
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
    known = table("references.yaml")
    described = (word for words in known["descriptions"].values() for word in words)
    return frozenset([*described, *known["phase_words"]])
