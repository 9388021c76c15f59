"""Finds whom words mean that name nobody: "the minister", "he", "both sides", "I" and "we".

The antecedent is the nearest entity before that fits. Without an antecedent nothing is linked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.seeds import table
from pipeline.stages.document.doc import Entity
from pipeline.stages.document.grammar import first_of_list, is_subject
from pipeline.stages.document.speakers import Speakers, reporting_above
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Word
from pipeline.stages.references.discourse import Discourse
from pipeline.stages.references.governments import actor, is_local_government
from pipeline.stages.references.persons import office_pattern
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import place_country
from pipeline.values.gazetteer.projects import parsed

_FAMILIES = (("work", "works"), ("umbrella", "umbrellas"))
_NAMED_ONLY = {"government", "civil_society"}  # kinds so broad that the word must be in the name
_PRONOUN_BACK = 3
_WORDS_BACK = 3  # how far before its noun "both" may stand
_PAIR_BACK = 8


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


def find_descriptions(view: ArticleView, discourse: Discourse, home: str | None = None) -> None:
    """Adds a reference for every definite description with an antecedent; `home`: the article's country."""
    end = 0  # of the last description of several words
    for token in view.unnamed(_described()):
        if token.idx >= end:
            if token.lower in table("references.yaml")["phase_words"]:
                end = _refer_phase(view, discourse, token)
            elif (start := definite_start(view, token)) is not None:
                _refer_nearest(view, discourse, token, start, home)


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


def _refer_nearest(view: ArticleView, discourse: Discourse, token: Word, start: int, home: str | None) -> None:
    if discourse.at(start, token.end):
        return  # part of a longer description
    if (
        home
        and token.lower in table("references.yaml")["descriptions"]["countries"]
        and _means(view, token, start, home)
    ):
        discourse.refer(start, token.end, actor(view, discourse, home, token.text, []), confidence=0.75)
        return
    forms = table("references.yaml")["state_forms"].get(token.lower)
    qualified = _qualified(token.lower, key(view.text[start : token.idx]).split())
    for wanted in [qualified] if qualified else wanted_by(token.lower):
        for _, _, entity in discourse.before(start):
            if wanted.fits(entity) and (forms is None or entity.country in forms):
                discourse.refer(start, token.end, entity, confidence=0.75)
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


def _refer_phase(view: ArticleView, discourse: Discourse, token: Word) -> int:
    """ "The new phase of the corridor": refers it to that phase, if the article has it; returns its end, else 0."""
    before = view.words[token.i - 1]
    ordinal = table("references.yaml")["ordinals"].get(before.lower) if token.i else None
    if ordinal is None or view.mentions.covering(token.idx - 2):
        return 0
    phases = [e for _, _, e in discourse.before(token.idx) if not e.is_actor and parsed(e.name).phase]
    fitting = [e for e in phases if str(ordinal) in (parsed(e.name).phase, "next", "last")]
    if fitting and ordinal != 1:
        discourse.refer(before.idx, _end_of_phrase(token), fitting[0], confidence=0.75)
        return _end_of_phrase(token)
    return 0


def _end_of_phrase(token: Word) -> int:
    """The end of "phase of the corridor"."""
    of = next((child for child in token.rights if child.lower == "of"), None)
    objects = [child for child in of.rights if child.dep == "pobj"] if of else []
    last = objects[0] if objects else token
    return last.end


@lru_cache(maxsize=1)
def _described() -> frozenset[str]:
    lists = table("references.yaml")
    described = (word for words in lists["descriptions"].values() for word in words)
    return frozenset([*described, *lists["phase_words"]])


def find_pronouns(view: ArticleView, discourse: Discourse) -> None:
    """Adds references for subject pronouns in reading order, so that one can be the antecedent of the next."""
    pronouns, plural = table("references.yaml")["pronouns"], table("references.yaml")["plural_pronouns"]
    for token in view.unnamed(pronouns):
        if token.dep in ("nsubj", "nsubjpass"):
            found = _together(view, discourse, token) if token.lower in plural else []
            for entity in found or _antecedents(view, discourse, token, pronouns[token.lower]):
                discourse.refer(token.idx, token.end, entity, pronoun=True, confidence=0.7)


def _antecedents(view: ArticleView, discourse: Discourse, token: Word, kinds: list[str]) -> list[Entity]:
    """The nearest subject that fits; without one, the nearest person that fits."""
    here = view.sentence_of(token.idx)
    nearest: Entity | None = None
    for start, end, entity in discourse.before(token.idx):
        if here - view.sentence_of(start) > _PRONOUN_BACK:
            break
        if (entity.kind or "work") in kinds and not _is_governed(view, start, end, token):
            if _is_subject_at(view, start, end):
                return [entity]
            nearest = nearest or (entity if entity.kind == "person" else None)
    return [nearest] if nearest else []


def _together(view: ArticleView, discourse: Discourse, token: Word) -> list[Entity]:
    """The actors that the nearest subject before coordinates ("A and B"), if there are two or more."""
    here = view.sentence_of(token.idx)
    heads: dict[int, list[Entity]] = {}
    for start, end, entity in discourse.before(token.idx):
        if here - view.sentence_of(start) > 1:
            break
        root = view.root(start, end)
        if entity.is_actor and is_subject(root) and not _is_governed(view, start, end, token):
            entities = heads.setdefault(first_of_list(root).i, [])
            if entity not in entities:
                entities.append(entity)
    nearest = next(iter(heads.values()), [])
    return nearest[::-1] if len(nearest) > 1 else []


def _is_subject_at(view: ArticleView, start: int, end: int) -> bool:
    return view.root(start, end).dep in ("nsubj", "nsubjpass")


def _is_governed(view: ArticleView, start: int, end: int, pronoun: Word) -> bool:
    """Whether the pronoun and a span are arguments of one verb, and so cannot mean the same."""
    return view.root(start, end).head is pronoun.head


def find_pairs(view: ArticleView, discourse: Discourse) -> None:
    """Adds references for every "both sides" to the two entities that it means."""
    for token in view.unnamed(_classes()):
        if (start := _pair_start(view, token)) is not None:
            for one in _pair(view, discourse, start, _classes()[token.lower]):
                discourse.refer(start, token.end, one, pronoun=True, confidence=0.7)


@cache
def _classes() -> dict[str, list[str]]:
    """The classes of entities that a pair may be of, by its noun."""
    return {noun: row["of"] for row in table("references.yaml")["pairs"] for noun in row["nouns"]}


def _pair_start(view: ArticleView, token: Word) -> int | None:
    """Where "both sides" begins; None without a word for two, or before "of": "both sides of the canal"."""
    if any(word.lower == "of" for word in view.words[token.i + 1 : token.i + 2]):
        return None
    before = view.words[max(0, token.i - _WORDS_BACK) : token.i]
    return next((word.idx for word in before if word.lower in table("references.yaml")["pair_words"]), None)


def _pair(view: ArticleView, discourse: Discourse, offset: int, classes: Sequence[str]) -> list[Entity]:
    """The two of one class that the nearest sentence before names together, else the two countries named last."""
    here, named = view.sentence_of(offset), dict[int, list[Entity]]()
    for start, _, entity in discourse.before(offset):
        found = named.setdefault(view.sentence_of(start), [])
        if entity not in found:
            found.append(entity)
    for number, entities in named.items():
        if here - number <= _PAIR_BACK:
            for name in classes:
                members = _members(entities, name, discourse)
                if len(members) == 2 or (len(members) > 2 and name != "alone"):
                    return members[1::-1]
    everyone = (entity for entities in named.values() for entity in entities)
    last = _members(everyone, "countries", discourse)[1::-1] if "countries" in classes else []
    return last if len(last) == 2 else []


def _members(entities: Iterable[Entity], name: str, discourse: Discourse) -> list[Entity]:
    """The entities of a class of `pair_classes` in the seeds, the nearest first."""
    classes = table("references.yaml")["pair_classes"]
    if name == "nations":
        persons = _members(entities, "persons", discourse)
        found = [discourse.countries[p.country] for p in persons if p.country in discourse.countries]
    else:
        kinds = [*classes["countries"], *classes["bodies"]] if name == "alone" else classes[name]
        found = [entity for entity in entities if entity.kind in kinds]
    return list(dict.fromkeys(found))


def find_speakers(view: ArticleView, discourse: Discourse) -> None:
    """Adds references for "I" and "we" as subjects of a clause in somebody's words, in reading order."""
    pronouns = [token for token in view.unnamed(_first_person()) if token.dep in ("nsubj", "nsubjpass")]
    if not pronouns:
        return
    speakers = Speakers(view.sentences, lambda word: [one for one in discourse.over(word.idx) if one.is_actor])
    bodies = _Served(discourse)
    for token in pronouns:
        speaker = speakers.of(reporting_above(token), view.sentence_of(token.idx))
        meant = bodies.of(speaker) if speaker and _first_person()[token.lower] == "body" else speaker
        if meant is not None:
            discourse.refer(token.idx, token.end, meant, pronoun=True, confidence=0.7)


class _Served:
    """The bodies that "we" means in the words of a person."""

    def __init__(self, discourse: Discourse) -> None:
        self._cast = discourse
        self._governments = [entity for entity in discourse.entities if is_local_government(entity)]
        self._found: dict[int, Entity | None] = {}

    def of(self, speaker: Entity) -> Entity | None:
        """The body that a speaker serves; None where none is known: "we" is seldom the speaker alone."""
        if id(speaker) not in self._found:
            self._found[id(speaker)] = self._served(speaker) if speaker.kind == "person" else speaker
        return self._found[id(speaker)]

    def _served(self, person: Entity) -> Entity | None:
        if served := self._cast.served.get(id(person)):
            return served[0]
        role = person.role or ""
        names = {word for word in role.split() if word[0].isupper()}
        if own := next((one for one in self._governments if names & set(one.name.split())), None):
            return own
        if office_pattern("speaking", "local").search(role):
            return self._governments[0] if len(self._governments) == 1 else None
        official = office_pattern("speaking", "official").search(role)
        return self._cast.countries.get(person.country or "") if official else None


@cache
def _first_person() -> dict[str, str]:
    pronouns: dict[str, str] = table("references.yaml")["speaking"]["pronouns"]
    return pronouns
