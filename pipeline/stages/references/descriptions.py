"""Finds definite descriptions: "the minister", "the bank", "the new phase of the corridor", "both sides".

Hard because the same words mean another thing a sentence later: the nearest entity before that fits in kind and, where
the word is common, in name; else nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from spacy.tokens import Token

from pipeline.doc import Entity
from pipeline.gazetteer.names import key
from pipeline.seeds import table
from pipeline.stages.references.cast import Cast
from pipeline.stages.references.project_names import parsed
from pipeline.stages.references.reading import Reading

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


def find_descriptions(reading: Reading, cast: Cast) -> None:
    """Refers every definite description with a safe antecedent."""
    told = 0  # where the last description of several words ends
    for token in reading.tokens(_words()):
        if token.idx >= told:
            if token.lower_ in table("references.yaml")["phase_words"]:
                told = _refer_phase(reading, cast, token)
            elif (start := definite_start(reading, token)) is not None:
                _refer_nearest(cast, token, start)


def definite_start(reading: Reading, token: Token) -> int | None:
    """Where "the state-owned company" begins after its determiner; None where it is not definite or names another."""
    determiners = table("references.yaml")["determiners"]
    for index in range(token.i - 1, max(-1, token.i - 4), -1):
        word = reading.doc[index]
        if word.lower_ in determiners:
            return reading.doc[index + 1].idx
        if word.pos_ not in ("ADJ", "NOUN") or reading.covering(word.idx):
            return None
    return None


def _refer_nearest(cast: Cast, token: Token, start: int) -> None:
    if cast.at(start, token.idx + len(token)):
        return  # told already, as part of a longer description
    for wanted in wanted_by(token.lower_):
        for _, _, entity in cast.before(start):
            if wanted.fits(entity):
                cast.refer(start, token.idx + len(token), entity, confidence=0.75)
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


def _refer_phase(reading: Reading, cast: Cast, token: Token) -> int:
    """ "The new phase of the corridor": the phase, where the article has one, of what it names; its end, else 0."""
    ordinal = table("references.yaml")["ordinals"].get(token.nbor(-1).lower_) if token.i else None
    if ordinal is None or reading.covering(token.idx - 2):
        return 0
    phases = [e for _, _, e in cast.before(token.idx) if not e.is_actor and parsed(e.name).phase]
    fitting = [e for e in phases if str(ordinal) in (parsed(e.name).phase, "next", "last")]
    if fitting and ordinal != 1:
        cast.refer(token.nbor(-1).idx, _end_of_phrase(token), fitting[0], confidence=0.75)
        return _end_of_phrase(token)
    return 0


def _end_of_phrase(token: Token) -> int:
    """The end of "phase of the corridor"."""
    of = next((child for child in token.rights if child.lower_ == "of"), None)
    objects = [child for child in of.rights if child.dep_ == "pobj"] if of else []
    last = objects[0] if objects else token
    return last.idx + len(last)


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    known = table("references.yaml")
    described = (word for words in known["descriptions"].values() for word in words)
    return frozenset([*described, *known["phase_words"]])
