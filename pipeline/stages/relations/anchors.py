"""The spans of a sentence that a relation can connect: mentions, and words that refer to one.

One span may give two anchors: a capital is a place and may stand for its government.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.settings import LIMITS
from pipeline.stages.document.doc import Entity, Limit, Mention
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Word, root_of
from pipeline.stages.models.heads import REFERENCE

End = Entity | Mention
FREE_ENDS = {"EVENT": "event", "PLACE": "place", "AGREEMENT": "agreement"}  # labels that are ends without an entity
BARE = {"ROLE": "role", "NORP": "norp", "MONEY": "money"}  # no ends, but spans that rules match


@dataclass(frozen=True)
class Generic:
    """Definite nouns that refer to the last event: `any` to any, `meetings` to one whose head is not in `other`."""

    any: frozenset[str]
    meetings: frozenset[str]
    other: frozenset[str]


@dataclass(frozen=True, eq=False)
class Anchor:
    """A span that refers to an end. `kind`: a kind of end in `seeds/relations.yaml`; `head`: its head in the parse."""

    start: int
    end: int
    kind: str
    target: End
    head: Word
    label: str = REFERENCE  # of the mention, if it is one


def find_anchors(view: ArticleView, generic: Generic) -> Iterator[Anchor]:
    """The anchors of an article, in no particular order. `generic`: nouns for the last event ("the meeting")."""
    long_forms = _long_forms(view)
    for mention in view.doc._.mentions:
        yield from _of_mention(view, mention, long_forms)
    for reference in view.doc._.references:
        yield _anchor(view, reference.start, reference.end, entity_kind(reference.entity), reference.entity)
    yield from _generic_events(view, generic)


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
    pairs = pairwise(view.mentions)
    alike = ((long, short) for long, short in pairs if long.label == short.label and short.label in FREE_ENDS)
    return {id(short): long for long, short in alike if view.mentions.gap(long, short).strip() == "("}


def _generic_events(view: ArticleView, generic: Generic) -> Iterator[Anchor]:
    """Definite nouns ("the meeting") that refer to the last event before them."""
    events = [(mention, view.words_in(mention.start, mention.end)) for mention in view.mentions.labelled("EVENT")]
    if not events:
        return
    taken = {word.i for _, words in events for word in words}
    last: dict[str, Mention] = {}
    number = 0
    for word in view.words:
        while number < len(events) and events[number][0].end <= word.idx:
            _remember(last, *events[number], generic)
            number += 1
        event = last.get("any" if word.lower in generic.any else word.lower if word.lower in generic.meetings else "")
        if event and word.i not in taken:
            before = [child.lower for child in word.lefts if child.dep != "punct"]
            if before in (["the"], ["this"]):
                yield Anchor(word.idx, word.end, "event", event, word)


def _remember(last: dict[str, Mention], event: Mention, words: Sequence[Word], generic: Generic) -> None:
    last["any"] = event
    head = root_of(words).lower
    if head not in generic.other:
        last.update(dict.fromkeys(generic.meetings, event))
    last[head] = event
