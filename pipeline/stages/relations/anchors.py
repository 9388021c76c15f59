"""The spans of a sentence that a relation can connect: mentions, and words that refer to one.

One span may give two anchors: a capital is a place and may stand for its government.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.article.doc import Entity, Limit, Mention
from pipeline.article.view import ArticleView
from pipeline.article.words import Word
from pipeline.model.pair_head import REFERENCE
from pipeline.settings import LIMITS

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
    for mention in view.doc._.mentions:
        yield from _of_mention(view, mention)
    for reference in view.doc._.references:
        yield _anchor(view, reference.start, reference.end, entity_kind(reference.entity), reference.entity)


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


def _of_mention(view: ArticleView, mention: Mention) -> Iterator[Anchor]:
    kind = FREE_ENDS.get(mention.label) or BARE.get(mention.label)
    if mention.label == "COUNTRY" and mention.entity is None:
        kind = "place"
    if kind:
        yield _anchor(view, mention.start, mention.end, kind, mention, mention.label)
    if mention.entity is not None:
        kind = entity_kind(mention.entity)
        kind = "capital" if kind == "country" and mention.label == "PLACE" else kind
        yield _anchor(view, mention.start, mention.end, kind, mention.entity, mention.label)
