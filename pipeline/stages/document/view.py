"""One view of a staged article, built once for all stages: its words, sentences, mentions and entities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from spacy.tokens import Doc

from pipeline.stages.document.doc import Mention, Reference, SentenceIndex, article_of, entity_spans, text_of
from pipeline.stages.document.grammar import VERBS, is_subject
from pipeline.stages.document.mentions import EntityIndex, MentionIndex, home_country
from pipeline.stages.document.words import Sentence, Word, root_of, sentences_of, span_of, words_of

# Where spaCy keeps the lists: `doc._` makes an object at each access, and these are compared at each use.
_MENTIONS, _ENTITIES, _REFERENCES = (("._.", name, None, None) for name in ("mentions", "entities", "references"))


def view_of(doc: Doc) -> ArticleView:
    """The view of a Doc whose sentences and parse are final; built at the first call."""
    if doc._.view is None:
        doc._.view = ArticleView(doc)
    view: ArticleView = doc._.view
    return view


class ArticleView:
    """A Doc by words, sentences, mentions and entities. Offsets are characters of the article.

    `mentions` and `entities` follow the lists of the Doc: they are rebuilt after a stage has replaced a list.
    """

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self.text = text_of(doc)
        self.sentence_of = SentenceIndex(doc)
        self._data: dict[Any, Any] = doc.user_data
        self._mentions: MentionIndex | None = None
        self._entities: EntityIndex | None = None
        self._home: tuple[MentionIndex, str | None] | None = None
        self._made_of: list[object] = [None, None, None, None]  # the lists of `mentions`, then those of `entities`

    @cached_property
    def words(self) -> list[Word]:
        """By token index."""
        return words_of(self.doc)

    @cached_property
    def sentences(self) -> list[Sentence]:
        """In reading order, without blank ones."""
        return sentences_of(self.doc, self.words)

    @property
    def mentions(self) -> MentionIndex:
        """The mentions that the Doc has now."""
        if self._mentions is None or self._data.get(_MENTIONS) is not self._made_of[0]:
            self._made_of[0] = self.doc._.mentions
            self._mentions = MentionIndex(self.text, self.doc._.mentions, self.sentence_of)
        return self._mentions

    @property
    def references(self) -> list[Reference]:
        """The references that the Doc has now."""
        found: list[Reference] = self.doc._.references
        return found

    @property
    def home_country(self) -> str | None:
        """The country that the article is about, by the names in it, its dateline and its outlet."""
        if self._home is None or self._home[0] is not self.mentions:
            self._home = self.mentions, home_country(self.mentions, article_of(self.doc))
        return self._home[1]

    @property
    def entities(self) -> EntityIndex:
        """The entities and mentions that the Doc has now."""
        data, made_of = self._data, self._made_of
        if (
            self._entities is None
            or data.get(_MENTIONS) is not made_of[1]
            or data.get(_ENTITIES) is not made_of[2]
            or data.get(_REFERENCES) is not made_of[3]
        ):
            made_of[1:] = self.doc._.mentions, self.doc._.entities, self.doc._.references
            entities = ((self.words_in(start, end), start, end, one) for start, end, one in entity_spans(self.doc))
            mentions = ((self.words_in(m.start, m.end), m) for m in self.doc._.mentions)
            self._entities = EntityIndex(entities, mentions)
        return self._entities

    def words_in(self, start: int, end: int) -> Sequence[Word]:
        """The words that `start:end` touches."""
        return self.words[span_of(self._offsets, start, end)]

    def root(self, start: int, end: int) -> Word:
        """The head of the words in `start:end`."""
        return root_of(self.words_in(start, end))

    def head(self, mention: Mention) -> Word:
        """The head of a mention."""
        return self.root(mention.start, mention.end)

    def unnamed(self, words: Iterable[str]) -> Iterator[Word]:
        """The words outside all mentions whose lower case is one of `words`."""
        wanted, mentions = frozenset(words), self.mentions
        return (word for word in self.words if word.lower in wanted and not mentions.covering(word.idx))

    def sentence_text(self, mention: Mention) -> str:
        """The text of the sentence of a mention."""
        start, end = self.sentence_of.spans[mention.sentence]
        return self.text[start:end]

    def acts(self, place: Mention) -> bool:
        """Whether a place is the subject or the agent of a verb, alone or in a coordination; a dateline is not."""
        word = self.head(place)
        verb = word.head.head if word.dep == "pobj" and word.head.dep == "agent" else word.head
        return is_subject(word) and verb.pos in VERBS and not self.mentions.in_dateline(place)

    @cached_property
    def _offsets(self) -> list[int]:
        return [word.idx for word in self.words]
