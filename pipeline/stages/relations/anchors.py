"""The spans of a sentence that a relation can connect: mentions, and words that refer to one.

One span may give two anchors: a capital is a place and may stand for its government.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipeline.seeds import table
from pipeline.settings import LIMITS
from pipeline.stages.document.doc import Entity, Limit, Mention
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Word, root_of
from pipeline.stages.models.heads import REFERENCE

SEEDS = "relations.yaml"
End = Entity | Mention
FREE_ENDS = {"EVENT": "event", "PLACE": "place", "AGREEMENT": "agreement"}  # labels that are ends without an entity
BARE = {"ROLE": "role", "NORP": "norp", "MONEY": "money"}  # no ends, but spans that rules match


@dataclass(frozen=True, eq=False)
class Anchor:
    """A span that refers to an end. `kind`: a kind of end in `seeds/relations.yaml`; `head`: its head in the parse."""

    start: int
    end: int
    kind: str
    target: End
    head: Word
    label: str = REFERENCE  # of the mention, if it is one


def find_anchors(view: ArticleView) -> Iterator[Anchor]:
    """The anchors of an article, in no particular order."""
    long_forms = _long_forms(view)
    for mention in view.doc._.mentions:
        yield from _of_mention(view, mention, long_forms)
    for reference in view.doc._.references:
        yield _anchor(view, reference.start, reference.end, entity_kind(reference.entity), reference.entity)
    yield from _generic_events(view)


def sentences_of(view: ArticleView, anchors: list[Anchor]) -> list[tuple[int, list[Anchor]]]:
    """The anchors of each sentence that has any, in reading order, at most the first LIMITS.places."""
    sentences: dict[int, list[Anchor]] = {}
    for anchor in sorted(anchors, key=lambda anchor: (anchor.start, anchor.end, anchor.kind)):
        sentences.setdefault(view.sentence_of(anchor.start), []).append(anchor)
    for own in (inside for inside in sentences.values() if len(inside) > LIMITS.places):
        view.doc._.limits.append(Limit("places", len(own), LIMITS.places, own[0].start))
        del own[LIMITS.places :]
    return sorted(sentences.items())


def entity_kind(entity: Entity) -> str:
    """`person`, `country`, `group`, `org`, `project` or `programme`."""
    if entity.kind is None:
        return "programme" if entity.programme else "project"
    return entity.kind if entity.kind in ("person", "country", "group") else "org"


def _anchor(view: ArticleView, start: int, end: int, kind: str, target: End, label: str = REFERENCE) -> Anchor:
    return Anchor(start, end, kind, target, view.root(start, end), label)


def _of_mention(view: ArticleView, mention: Mention, long_forms: dict[int, Mention]) -> Iterator[Anchor]:
    kind = FREE_ENDS.get(mention.label) or BARE.get(mention.label)
    if mention.label == "COUNTRY" and mention.entity is None:
        kind = "place"
    if kind:
        yield _anchor(view, mention.start, mention.end, kind, long_forms.get(id(mention), mention), mention.label)
    if mention.entity is not None:
        kind = entity_kind(mention.entity)
        kind = "capital" if kind == "country" and mention.label == "PLACE" else kind
        yield _anchor(view, mention.start, mention.end, kind, mention.entity, mention.label)


def _long_forms(view: ArticleView) -> dict[int, Mention]:
    """The long form of each short one, by its id: "memorandum of understanding (MoU)"."""
    alike = ((a, b) for a, b in pairwise(view.mentions) if a.label == b.label and b.label in FREE_ENDS)
    return {id(short): long for long, short in alike if view.mentions.gap(long, short).strip() == "("}


def _generic_events(view: ArticleView) -> Iterator[Anchor]:
    """Definite nouns ("the meeting") that refer to the last event before them."""
    events = [(mention, view.words_in(mention.start, mention.end)) for mention in view.mentions.labelled("EVENT")][::-1]
    nouns = {name: frozenset(words) for name, words in table(SEEDS)["generic_events"].items()}
    taken = {word.i for _, words in events for word in words}
    last: dict[str, Mention] = {}  # the last event by its head, of `meetings` by any of them, of all as "any"
    for word in view.words if events else ():
        while events and events[-1][0].end <= word.idx:
            event, words = events.pop()
            head = root_of(words).lower
            last |= dict.fromkeys(["any", head, *(() if head in nouns["other"] else nouns["meetings"])], event)
        name = "any" if word.lower in nouns["any"] else word.lower if word.lower in nouns["meetings"] else ""
        if name in last and word.i not in taken and _is_definite(word):
            yield Anchor(word.idx, word.end, "event", last[name], word)


def _is_definite(noun: Word) -> bool:
    before = [child for child in noun.lefts if child.dep != "punct"]
    return len(before) == 1 and before[0].lower in ("the", "this")
