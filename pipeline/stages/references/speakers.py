"""Whom "I" and "we" mean: who speaks; of "we" the body that the speaker serves, or the nation of an official.

Hard because the words stand in a quotation, and who says it is named behind it, before it, or sentences ago.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache
from itertools import islice

from pipeline.article.doc import Entity
from pipeline.article.view import ArticleView
from pipeline.article.words import Word
from pipeline.seeds import table
from pipeline.stages.references.cast import Cast
from pipeline.stages.references.officials import office_pattern
from pipeline.stages.references.provinces import is_local_government

_SENTENCES_BACK = 3
_DEPTH = 20  # words above a pronoun in the parse that are looked at
_MARK = re.compile('[\n"\u201c\u201d]')


def find_speakers(view: ArticleView, cast: Cast) -> None:
    """Refers "I" and "we", as subjects of a clause in somebody's words, in reading order."""
    pronouns = [token for token in view.unnamed(_pronouns()) if token.dep in ("nsubj", "nsubjpass")]
    if not pronouns:
        return
    said, bodies = _Said(view, cast), _Bodies(cast)
    for token in pronouns:
        speaker = said.by(token)
        meant = bodies.of(speaker) if speaker and _pronouns()[token.lower] == "body" else speaker
        if meant is not None:
            cast.refer(token.idx, token.end, meant, pronoun=True, confidence=0.7)


class _Bodies:
    """For whom the persons of an article say "we"."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._governments = [entity for entity in cast.entities if is_local_government(entity)]
        self._known: dict[int, Entity | None] = {}

    def of(self, speaker: Entity) -> Entity | None:
        """The body that a speaker serves; None where none is known: "we" is seldom the speaker alone."""
        if id(speaker) not in self._known:
            self._known[id(speaker)] = self._served(speaker) if speaker.kind == "person" else speaker
        return self._known[id(speaker)]

    def _served(self, person: Entity) -> Entity | None:
        if served := self._cast.served.get(id(person)):
            return served[0]
        role = person.role or ""
        places = {word for word in role.split() if word[0].isupper()}
        if own := next((one for one in self._governments if places & set(one.name.split())), None):
            return own
        if office_pattern("speaking", "local").search(role):
            return self._governments[0] if len(self._governments) == 1 else None
        official = office_pattern("speaking", "official").search(role)
        return self._cast.countries.get(person.country or "") if official else None


class _Said:
    """Who says what in a text."""

    def __init__(self, view: ArticleView, cast: Cast) -> None:
        self._view, self._cast = view, cast
        self._in_sentence: dict[int, list[Entity]] = {}
        for token in view.words:
            if token.pos == "VERB" and token.lemma in _reporting() and (speaker := self._subject(token)):
                self._in_sentence.setdefault(view.sentence_of(token.idx), []).append(speaker)
        self._marks = [match.start() for match in _MARK.finditer(view.text)]
        self._quoted = [False]  # before the first mark, and behind each: whether a quotation is open
        for at in self._marks:
            mark = view.text[at]
            self._quoted.append(not self._quoted[-1] if mark == '"' else mark == "\u201c")

    def by(self, pronoun: Word) -> Entity | None:
        """Who speaks where a pronoun stands: of a verb above it, or in a quotation who is said to speak nearest."""
        for verb in islice(pronoun.ancestors, 1, _DEPTH):
            if verb.lemma in _reporting() and (speaker := self._subject(verb)):
                return speaker
        if not self._quoted[bisect_left(self._marks, pronoun.idx)]:
            return None
        here = self._view.sentence_of(pronoun.idx)
        if own := self._in_sentence.get(here):
            return own[0]
        before = (self._in_sentence.get(number) for number in range(here - 1, here - 1 - _SENTENCES_BACK, -1))
        return next((found[-1] for found in before if found), None)

    def _subject(self, verb: Word) -> Entity | None:
        subjects = (child for child in verb.children if child.dep == "nsubj" and child.lower not in _pronouns())
        return next((one for child in subjects for one in self._cast.over(child.idx) if one.is_actor), None)


@cache
def _pronouns() -> dict[str, str]:
    known: dict[str, str] = table("references.yaml")["speaking"]["pronouns"]
    return known


@cache
def _reporting() -> frozenset[str]:
    return frozenset(table("commitments.yaml")["reporting"])
