"""The speaker of a statement: the subject of the reporting verb above it, "according to", or who spoke last.

A speaker continues over sentences that no longer name them: in quotation marks, or after "furthermore" and the like.
"""

from collections.abc import Callable, Sequence

from pipeline.stages.document.doc import Entity
from pipeline.stages.document.grammar import listed, subject
from pipeline.stages.document.words import Sentence, Word

OPEN, CLOSED = "“", "”"
MARKS = ('"', OPEN)
PATIENCE = 3  # sentences after which a speaker no longer continues
Actors = Callable[[Word], Sequence[Entity]]  # the actors that the noun phrase of a word refers to


class Speakers:
    """Who speaks in each sentence of an article, and who spoke last before it."""

    def __init__(self, sentences: Sequence[Sentence], actors: Actors) -> None:
        self._sentences, self._actors = sentences, actors
        self._latest: dict[int, tuple[int, Entity]] = {}
        spoken: tuple[int, Entity] | None = None
        for number, sentence in enumerate(sentences):
            if spoken is not None:
                self._latest[number] = (number - spoken[0], spoken[1])
            verbs = [word for word in sentence.words if word.pos == "VERB" and reports(word)]
            verbs = [verb for verb in verbs if any(child.dep in {"ccomp", "dobj"} for child in verb.children)]
            if speaker := next(filter(None, map(self._subject, reversed(verbs))), None):
                spoken = number, speaker

    def of(self, verbs: Sequence[Word], number: int) -> Entity | None:
        """The actor to whom the article attributes a statement of sentence `number`.

        `verbs`: the reporting verbs above it, as `reporting_above` returns them.
        """
        if found := next((speaker for verb in verbs if (speaker := self._subject(verb))), None):
            return found
        sentence, (age, latest) = self._sentences[number], self._latest.get(number, (PATIENCE + 1, None))
        return self._according(sentence) or (latest if age <= PATIENCE and goes_on(sentence) else None)

    def _subject(self, verb: Word) -> Entity | None:
        source = subject(verb)
        return next(iter(self._actors(source)), None) if source is not None else None

    def _according(self, sentence: Sentence) -> Entity | None:
        according = next((word for word in sentence.words if word.lower == "according"), None)
        preps = [prep for prep in according.children if prep.lower == "to"] if according else []
        sources = (obj for prep in preps for obj in prep.children if obj.dep == "pobj")
        return next((entity for source in sources for entity in self._actors(source)), None)


def goes_on(sentence: Sentence) -> bool:
    """Whether a sentence continues a statement: an open quotation, or a word such as "furthermore"."""
    text, first = sentence.text.strip(), sentence.words[0].lower
    return text.startswith(MARKS) or text.count(OPEN) != text.count(CLOSED) or first in listed("going_on")


def reporting_above(word: Word) -> list[Word]:
    """The reporting verbs whose content a word is in, nearest first."""
    found = []
    while word.dep != "ROOT":
        if word.dep in {"ccomp", "dobj"} and reports(word.head):
            found.append(word.head)
        word = word.head
    return found


def reports(verb: Word) -> bool:
    """Whether a word is a reporting verb: "said", "announced"."""
    return verb.lemma in listed("reporting")
