"""Finds whom words mean that name nobody: "the minister", "he", "both sides", "I" and "we".

Each kind of words has a `Wanted`; without an antecedent that fits, nothing is linked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from pipeline.seeds import table
from pipeline.stages.document.doc import Entity
from pipeline.stages.document.grammar import first_of_list, is_subject
from pipeline.stages.document.speakers import Speakers, reporting_above
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Word
from pipeline.stages.references.discourse import Discourse, Wanted, kind_of
from pipeline.stages.references.governments import LOCAL, actor
from pipeline.stages.references.offices import office_pattern
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import place_country
from pipeline.values.gazetteer.projects import parsed

_NAMED_ONLY = {"government", "civil_society"}  # kinds so broad that the word must be in the name
_PRONOUN_BACK = 3  # sentences
_PAIR_BACK = 8  # sentences
_WORDS_BACK = 3  # how far before its noun "both" may stand
_SUBJECTS = ("nsubj", "nsubjpass")


def find_descriptions(view: ArticleView, discourse: Discourse, home: str | None) -> None:
    """Adds a reference for every definite description with an antecedent; `home`: the article's country."""
    lists, phases = table("references.yaml")["descriptions"], table("references.yaml")["phase_words"]
    end = 0  # of the last description of several words
    for token in view.unnamed([*phases, *(word for words in lists.values() for word in words)]):
        if token.idx < end:
            continue
        if token.lower in phases:
            end = _refer_phase(view, discourse, token)
            continue
        start = _definite_start(view, token)
        if start is None or discourse.at(start, token.end):  # the second: part of a longer description
            continue
        if home and token.lower in lists["countries"] and _means(view, token, start, home):
            entity: Entity | None = actor(view, discourse, home, token.text, [])
        else:
            qualified = _qualified(token.lower, key(view.text[start : token.idx]).split())
            found = (discourse.nearest(start, wanted) for wanted in qualified or _wanted_by(token.lower))
            entity = next(filter(None, found), None)
        if entity is not None:
            discourse.refer(start, token.end, entity, confidence=0.75)


def _definite_start(view: ArticleView, token: Word) -> int | None:
    """The start of "state-owned company" after "the"; None where it is not definite or names something else."""
    for word in reversed(view.words[max(0, token.i - 3) : token.i]):
        if word.lower in table("references.yaml")["determiners"]:
            return view.words[word.i + 1].idx
        if word.pos not in ("ADJ", "NOUN") or view.mentions.covering(word.idx):
            return None
    return None


def _means(view: ArticleView, token: Word, start: int, home: str) -> bool:
    """Whether "the country" means the article's: its sentence names that one before it, or none; "kingdom" must fit."""
    first = view.sentence_of.spans[view.sentence_of(start)][0]
    before = (mention for mention in view.mentions.inside(first, start) if mention.label in ("COUNTRY", "NORP"))
    named = {place_country(view.mentions.name(mention)) for mention in before} - {None}
    return home in (named or {home}) and home in table("references.yaml")["state_forms"].get(token.lower, (home,))


def _qualified(word: str, before: list[str]) -> list[Wanted]:
    """What the antecedent must be where a word before says what kind of body is meant: "the central bank"."""
    bodies = table("references.yaml")["unnamed_bodies"].items()
    return [Wanted((kind,), word) for kind, nouns in bodies if set(nouns.get(word, ())) & set(before)]


@cache
def _wanted_by(word: str) -> list[Wanted]:
    """What the antecedent of a word must be, the narrowest condition first."""
    lists = table("references.yaml")["descriptions"]
    if word in lists["persons"]:
        return [Wanted(("person",), word)]
    if word in lists["countries"]:
        return [Wanted(("country",), countries=tuple(table("references.yaml")["state_forms"].get(word, ())))]
    projects = {"work": lists["works"].get(word), "umbrella": lists["umbrellas"].get(word)}
    kinds = tuple(lists["bodies"].get(word, ()))
    found = [Wanted((kind,), word) for kind, how in projects.items() if how]
    found += [Wanted((kind,)) for kind, how in projects.items() if how == "any"]
    found += [Wanted(kinds, word)] if kinds else []
    return found + ([] if set(kinds) <= _NAMED_ONLY else [Wanted(kinds)])


def _refer_phase(view: ArticleView, discourse: Discourse, token: Word) -> int:
    """ "The new phase of the corridor": refers it to that phase, if the article has it; returns its end, else 0."""
    before = view.words[token.i - 1]
    ordinal = table("references.yaml")["ordinals"].get(before.lower) if token.i else None
    if ordinal in (None, 1) or view.mentions.covering(token.idx - 2):
        return 0
    phases = (span.entity for span in discourse.antecedents(token.idx) if kind_of(span.entity) == "phase")
    meant = (phase for phase in phases if ordinal in ("next", "last") or parsed(phase.name).phase == str(ordinal))
    if (phase := next(meant, None)) is None:
        return 0
    whole = (word for of in token.rights if of.lower == "of" for word in of.rights if word.dep == "pobj")
    end = next(whole, token).end
    discourse.refer(before.idx, end, phase, confidence=0.75)
    return end


def find_pronouns(view: ArticleView, discourse: Discourse, home: str | None) -> None:
    """Adds references for subject pronouns in reading order, so that one can be the antecedent of the next.

    A pronoun means the nearest subject that fits; without one, the nearest person.
    """
    pronouns, plural = table("references.yaml")["pronouns"], table("references.yaml")["plural_pronouns"]
    for token in view.unnamed(pronouns):
        if token.dep in _SUBJECTS:
            found = _together(view, discourse, token) if token.lower in plural else []
            wanted = Wanted(tuple(pronouns[token.lower]), reach=_PRONOUN_BACK, subject=True, apart=token.head)
            if not found and (entity := discourse.nearest(token.idx, wanted)) is not None:
                found = [entity]
            if not found and "person" in wanted.kinds:
                person = discourse.nearest(token.idx, replace(wanted, kinds=("person",), subject=False))
                found = [person] if person is not None else []
            for entity in found:
                discourse.refer(token.idx, token.end, entity, pronoun=True, confidence=0.7)


def _together(view: ArticleView, discourse: Discourse, token: Word) -> list[Entity]:
    """The actors that the nearest subject before coordinates ("A and B"), if there are two or more."""
    heads: dict[int, dict[Entity, None]] = {}
    for span in discourse.antecedents(token.idx, reach=1):
        root = view.root(span.start, span.end)
        if span.entity.is_actor and is_subject(root) and root.head is not token.head:
            heads.setdefault(first_of_list(root).i, {}).setdefault(span.entity)
    nearest = [*next(iter(heads.values()), {})]
    return nearest[::-1] if len(nearest) > 1 else []


def find_pairs(view: ArticleView, discourse: Discourse, home: str | None) -> None:
    """Adds references for every "both sides" to the two entities that it means."""
    classes = {noun: row["of"] for row in table("references.yaml")["pairs"] for noun in row["nouns"]}
    for token in view.unnamed(classes):
        if (start := _pair_start(view, token)) is not None:
            for entity in _pair(discourse, start, classes[token.lower]):
                discourse.refer(start, token.end, entity, pronoun=True, confidence=0.7)


def _pair_start(view: ArticleView, token: Word) -> int | None:
    """Where "both sides" begins; None without a word for two, or before "of": "both sides of the canal"."""
    if any(word.lower == "of" for word in view.words[token.i + 1 : token.i + 2]):
        return None
    before = view.words[max(0, token.i - _WORDS_BACK) : token.i]
    return next((word.idx for word in before if word.lower in table("references.yaml")["pair_words"]), None)


def _pair(discourse: Discourse, offset: int, classes: Sequence[str]) -> list[Entity]:
    """The two of one class that the nearest sentence before names together, else the two countries named last."""
    named: dict[int, list[Entity]] = {}
    for span in discourse.antecedents(offset):
        named.setdefault(span.distance, []).append(span.entity)
    for distance, entities in named.items():
        for name in classes if distance <= _PAIR_BACK else ():
            members = _members(entities, name, discourse)
            if len(members) == 2 or (len(members) > 2 and name != "alone"):
                return members[1::-1]
    everyone = [entity for entities in named.values() for entity in entities] if "countries" in classes else []
    last = _members(everyone, "countries", discourse)[1::-1]
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


def find_speakers(view: ArticleView, discourse: Discourse, home: str | None) -> None:
    """Adds references for "I" and "we" as subjects of a clause in somebody's words, in reading order."""
    first_person = table("references.yaml")["speaking"]["pronouns"]
    pronouns = [token for token in view.unnamed(first_person) if token.dep in _SUBJECTS]
    if not pronouns:
        return
    speakers = Speakers(view.sentences, lambda word: [entity for entity in discourse.over(word.idx) if entity.is_actor])
    governments = [entity for entity in discourse.entities if LOCAL.fits(entity)]
    for token in pronouns:
        meant = speakers.of(reporting_above(token), view.sentence_of(token.idx))
        if meant and meant.kind == "person" and first_person[token.lower] == "body":
            meant = _served(discourse, meant, governments)
        if meant is not None:
            discourse.refer(token.idx, token.end, meant, pronoun=True, confidence=0.7)


def _served(discourse: Discourse, person: Entity, governments: list[Entity]) -> Entity | None:
    """The body that a person serves; None where none is known: "we" is seldom the speaker alone."""
    if served := discourse.served.get(person):
        return served[0]
    role = person.role or ""
    names = {word for word in role.split() if word[0].isupper()}
    if own := next((body for body in governments if names & set(body.name.split())), None):
        return own
    if office_pattern("speaking", "local").search(role):
        return governments[0] if len(governments) == 1 else None
    official = office_pattern("speaking", "official").search(role)
    return discourse.countries.get(person.country or "") if official else None
