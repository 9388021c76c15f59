"""Finds whom "I" and "we" mean: the speaker; for "we" the body that the speaker serves, or the nation of an official.

The speaker of a quotation may be named after it, before it, or sentences ago.
"""

from __future__ import annotations

from functools import cache

from pipeline.seeds import table
from pipeline.stages.document.doc import Entity
from pipeline.stages.document.speakers import Speakers, reporting_above
from pipeline.stages.document.view import ArticleView
from pipeline.stages.references.bodies.provinces import is_local_government
from pipeline.stages.references.cast import Cast
from pipeline.stages.references.people.persons import office_pattern


def find_speakers(view: ArticleView, cast: Cast) -> None:
    """Adds references for "I" and "we" as subjects of a clause in somebody's words, in reading order."""
    pronouns = [token for token in view.unnamed(_pronouns()) if token.dep in ("nsubj", "nsubjpass")]
    if not pronouns:
        return
    speakers = Speakers(view.sentences, lambda word: [one for one in cast.over(word.idx) if one.is_actor])
    bodies = _Bodies(cast)
    for token in pronouns:
        speaker = speakers.of(reporting_above(token), view.sentence_of(token.idx))
        meant = bodies.of(speaker) if speaker and _pronouns()[token.lower] == "body" else speaker
        if meant is not None:
            cast.refer(token.idx, token.end, meant, pronoun=True, confidence=0.7)


class _Bodies:
    """The bodies that "we" means in the words of a person."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._governments = [entity for entity in cast.entities if is_local_government(entity)]
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
def _pronouns() -> dict[str, str]:
    pronouns: dict[str, str] = table("references.yaml")["speaking"]["pronouns"]
    return pronouns
