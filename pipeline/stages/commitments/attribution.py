"""Whose words a commitment is: the subject of the reporting verb above it, "according to", or who spoke last.

Hard because a speaker goes on over sentences that no longer name him: an open quotation or a "furthermore" tells.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.article.doc import Entity
from pipeline.article.grammar import subject
from pipeline.article.view import ArticleView
from pipeline.article.words import Sentence, Word
from pipeline.stages.commitments.chains import Chain
from pipeline.stages.commitments.lexicon import lexicon

OPEN, CLOSED = "“", "”"
MARKS = ('"', OPEN)
PATIENCE = 3  # sentences after which a speaker is no longer taken to go on


class Speakers:
    """Who speaks in each sentence of a Doc, and who spoke last."""

    def __init__(self, sentences: Sequence[Sentence], view: ArticleView) -> None:
        self._sentences, self._view = sentences, view
        self._latest: dict[int, tuple[int, Entity]] = {}
        spoken: tuple[int, Entity] | None = None
        for number, sentence in enumerate(sentences):
            if spoken is not None:
                self._latest[number] = (number - spoken[0], spoken[1])
            speaker = self._speaker_in(sentence)
            spoken = (number, speaker) if speaker is not None else spoken

    def of(self, chain: Chain, number: int) -> Entity | None:
        """The actor to whom the article attributes a chain of sentence `number`."""
        for verb in reporting_above(chain):
            if found := self._subject(verb):
                return found
        sentence = self._sentences[number]
        return self._according(sentence) or (self._going_on(number) if goes_on(sentence) else None)

    def _speaker_in(self, sentence: Sentence) -> Entity | None:
        reporting = lexicon().reporting
        verbs = [t for t in sentence.words if t.pos == "VERB" and t.lemma in reporting and _has_content(t)]
        return next((found for verb in reversed(verbs) if (found := self._subject(verb))), None)

    def _subject(self, verb: Word) -> Entity | None:
        source = subject(verb)
        found = self._view.entities.actors(source) if source is not None else []
        return found[0] if found else None

    def _according(self, sentence: Sentence) -> Entity | None:
        for token in sentence.words:
            if token.lower == "according":
                preps = [prep for prep in token.children if prep.lower == "to"]
                sources = [obj for prep in preps for obj in prep.children if obj.dep == "pobj"]
                return next((entity for source in sources for entity in self._view.entities.actors(source)), None)
        return None

    def _going_on(self, number: int) -> Entity | None:
        age, speaker = self._latest.get(number, (PATIENCE + 1, None))
        return speaker if age <= PATIENCE else None


def goes_on(sentence: Sentence) -> bool:
    """Whether a sentence carries on what was said before: an open quotation, or a word such as "furthermore"."""
    text, first = sentence.text.strip(), sentence.words[0].lower
    return text.startswith(MARKS) or text.count(OPEN) != text.count(CLOSED) or first in lexicon().going_on


def reporting_above(chain: Chain) -> list[Word]:
    """The reporting verbs whose content the chain is, nearest first."""
    words = lexicon()
    reaffirms = len(chain.heads) > 1 and chain.heads[1].pos == "NOUN" and _owner(chain.heads[1]) is not None
    found = [chain.top] if reaffirms and chain.top.lemma in words.reporting else []
    step = chain.top
    while step.dep != "ROOT":
        if step.dep in {"ccomp", "dobj"} and step.head.lemma in words.reporting:
            found.append(step.head)
        step = step.head
    return found


def is_reported(chain: Chain) -> bool:
    return bool(reporting_above(chain))


def _owner(noun: Word) -> Word | None:
    """Whose commitment it is that somebody restates, when it is not his own."""
    return next((child for child in noun.children if child.dep == "poss" and child.pos != "PRON"), None)


def _has_content(verb: Word) -> bool:
    return any(child.dep in {"ccomp", "dobj"} for child in verb.children)
