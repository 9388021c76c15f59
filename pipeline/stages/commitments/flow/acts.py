"""A commitment with money, as its features see it: its trigger, its amount and the words around them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from spacy.tokens import Doc

from pipeline.article.doc import Commitment, Entity, article_of
from pipeline.article.entities import HeadedSpan
from pipeline.article.home_country import home_country
from pipeline.article.view import ArticleView, view_of
from pipeline.article.words import Word, root_of
from pipeline.stages.commitments.flow.cues import Cue, actions, cues_in

NEAR = 12  # words on either side of an amount that tell what it is
AROUND = 2  # sentences before that of the trigger whose actors may pay or receive
SPOKEN = 5  # actors that the article speaks of most
FIRST = 3  # sentences at the beginning, which tell what a story is about


class Scene:
    """What the acts of an article share."""

    def __init__(self, doc: Doc) -> None:
        self.view: ArticleView = view_of(doc)
        article = article_of(doc)
        self.title = [cue.instrument for cue in cues_in(article.title or "")] if article else []
        self.spoken = Counter(id(span.entity) for span in self.view.entities.spans if span.entity)
        self._cues: dict[int, list[Cue]] = {}
        self._actors: dict[int, list[Entity]] = {}
        self._money = [m for m in doc._.mentions if m.label == "MONEY"]
        self._money_starts = [m.start for m in self._money]
        self._actor_list = [entity for entity in doc._.entities if entity.is_actor]

    @cached_property
    def home(self) -> str | None:
        """The country that the article is about."""
        return home_country(self.view)

    @cached_property
    def usual(self) -> list[tuple[str, Entity]]:
        """Actors that money often is of, each with what it is: the home country, its governments, lenders."""
        ranked = sorted(self._actor_list, key=lambda actor: -self.spoken[id(actor)])
        own = [actor for actor in ranked if actor.country == self.home and self.home]
        found = [("home", actor) for actor in own if actor.kind == "country"][:1]
        found += [("government", actor) for actor in own if actor.kind == "government"][:2]
        lenders = [a for a in ranked if a.kind in ("bank", "multilateral") or (a.kind == "country" and a not in own)]
        spoken = [actor for actor in ranked if actor.kind != "person"][:SPOKEN]
        return [*found, *(("lender", actor) for actor in lenders[:2]), *(("spoken", actor) for actor in spoken)]

    @cached_property
    def topic(self) -> list[str]:
        """The instruments that the first sentences speak of."""
        return [cue.instrument for number in range(min(FIRST, len(self.view.sentences))) for cue in self.cues(number)]

    def cues(self, number: int) -> list[Cue]:
        """The words for instruments of a sentence, in characters of the article."""
        if not 0 <= number < len(self.view.sentence_of.spans):
            return []
        if number not in self._cues:
            start, end = self.view.sentence_of.spans[number]
            found = cues_in(self.view.text[start:end])
            self._cues[number] = [Cue(cue.instrument, start + cue.start, start + cue.end) for cue in found]
        return self._cues[number]

    def actors(self, number: int) -> list[Entity]:
        """The actors of a sentence, each once, in reading order."""
        if not 0 <= number < len(self.view.sentences):
            return []
        if number not in self._actors:
            region = (word.i for word in self.view.sentences[number].words)
            self._actors[number] = self.view.entities.entities_in(set(region), actors=True)
        return self._actors[number]

    def money_around(self, start: int, end: int) -> tuple[int, int]:
        """The end of the amount before and the start of the one after, in characters."""
        at, last = bisect_right(self._money_starts, start - 1), bisect_right(self._money_starts, end)
        before = self._money[at - 1].end if at else 0
        return before, self._money[last].start if last < len(self._money) else len(self.view.text)


    def money_between(self, start: int, end: int) -> int:
        """How many amounts begin between two characters."""
        return bisect_left(self._money_starts, end) - bisect_right(self._money_starts, start)


@dataclass(frozen=True, eq=False)
class Act:
    """A commitment of a scene; `number`: of the sentence of its trigger."""

    scene: Scene
    commitment: Commitment

    @cached_property
    def number(self) -> int:
        return self.scene.view.sentence_of(self.commitment.trigger_start)

    @cached_property
    def trigger(self) -> Sequence[Word]:
        return self.scene.view.words_in(self.commitment.trigger_start, self.commitment.trigger_end)

    @cached_property
    def head(self) -> Word:
        """The word that carries the trigger."""
        return root_of(self.trigger)

    @cached_property
    def lemmas(self) -> list[str]:
        """Of the trigger, auxiliaries left out."""
        return [word.lemma for word in self.trigger if word.pos in ("VERB", "NOUN", "ADJ", "PROPN", "ADV", "ADP")]

    @cached_property
    def moves(self) -> list[str]:
        """What the trigger does with money."""
        return list(dict.fromkeys(actions()[lemma] for lemma in self.lemmas if lemma in actions()))

    @cached_property
    def sentence(self) -> Sequence[Word]:
        sentences = self.scene.view.sentences
        return sentences[min(self.number, len(sentences) - 1)].words

    @cached_property
    def spans(self) -> list[HeadedSpan]:
        """The spans of actors in the sentence of its trigger."""
        found = self.scene.view.entities.headed_in({word.i for word in self.sentence})
        return [span for span in found if span.entity and span.entity.is_actor]

    @cached_property
    def place(self) -> tuple[int, int]:
        """The characters of its amount in the sentence of its trigger, else of the trigger."""
        start, end = self.scene.view.sentence_of.spans[self.number]
        own = [amount for amount in self.commitment.amounts if start <= amount.start < end]
        if own:
            return own[0].start, own[0].end
        return self.commitment.trigger_start, self.commitment.trigger_end

    @cached_property
    def near(self) -> list[Word]:
        """The words around the amount, up to the amounts beside it."""
        start, end = self.place
        first, last = self.scene.money_around(start, end)
        words = [word for word in self.sentence if first <= word.idx < last]
        before = [word for word in words if word.idx < start][-NEAR:]
        return before + [word for word in words if word.idx >= end][:NEAR]

    @cached_property
    def words(self) -> str:
        """The text around its amount in its sentence, up to the amounts beside it."""
        start, end = self.scene.view.sentence_of.spans[self.number]
        first, last = self.scene.money_around(*self.place)
        return self.scene.view.text[max(start, first) : min(end, last)]
