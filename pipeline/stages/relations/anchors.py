"""The places of a sentence that a relation can tie together: named things, and words that mean one of them.

Hard because the same place may be an end in two ways: a capital is a place and may stand for its government.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from spacy.tokens import Doc, Span, Token

from pipeline.doc import Entity, Limit, Mention, SentenceIndex, tokens_of
from pipeline.model.pair_head import REFERENCE
from pipeline.settings import LIMITS

End = Entity | Mention
FREE_ENDS = {"EVENT": "event", "PLACE": "place", "AGREEMENT": "agreement"}  # labels that are ends without an entity
BARE = {"ROLE": "role", "NORP": "norp", "MONEY": "money"}  # no ends, but words that rules look at


@dataclass(frozen=True)
class Generic:
    """Definite nouns that mean the last event: `any` all events, `meetings` those whose head is not in `other`."""

    any: frozenset[str]
    meetings: frozenset[str]
    other: frozenset[str]


@dataclass(frozen=True, eq=False)
class Anchor:
    """Characters that mean an end. `kind`: a kind of end in `seeds/relations.yaml`; `head`: its word in the parse."""

    start: int
    end: int
    kind: str
    target: End
    head: Token
    label: str = REFERENCE  # the label of the mention that it is


def find_anchors(doc: Doc, text: str, generic: Generic) -> Iterator[Anchor]:
    """The anchors of the Doc, in no particular order. `generic`: nouns that mean the last event ("the meeting")."""
    first_names = _first_names(doc, text)
    for mention in doc._.mentions:
        yield from _of_mention(doc, mention, first_names)
    for reference in doc._.references:
        yield _anchor(doc, reference.start, reference.end, entity_kind(reference.entity), reference.entity)
    yield from _generic_events(doc, generic)


def sentences_of(doc: Doc, anchors: list[Anchor]) -> list[tuple[int, list[Anchor]]]:
    """The anchors of each sentence that has any, in reading order, the first LIMITS.places of them."""
    number_of = SentenceIndex(doc)
    sentences: dict[int, list[Anchor]] = {}
    for anchor in sorted(anchors, key=lambda anchor: (anchor.start, anchor.end, anchor.kind)):
        sentences.setdefault(number_of(anchor.start), []).append(anchor)
    for own in (inside for inside in sentences.values() if len(inside) > LIMITS.places):
        doc._.limits.append(Limit("places", len(own), LIMITS.places, own[0].start))
        del own[LIMITS.places :]
    return sorted(sentences.items())


def entity_kind(entity: Entity) -> str:
    """`person`, `country`, `group`, `org`, `project` or `programme`."""
    if entity.kind is None:
        return "programme" if entity.programme else "project"
    return entity.kind if entity.kind in ("person", "country", "group") else "org"


def _anchor(doc: Doc, start: int, end: int, kind: str, target: End, label: str = REFERENCE) -> Anchor:
    return Anchor(start, end, kind, target, tokens_of(doc, start, end).root, label)


def _of_mention(doc: Doc, mention: Mention, first_names: dict[int, Mention]) -> Iterator[Anchor]:
    kind = FREE_ENDS.get(mention.label) or BARE.get(mention.label)
    if mention.label == "COUNTRY" and mention.entity is None:
        kind = "place"
    if kind:
        yield _anchor(doc, mention.start, mention.end, kind, first_names.get(id(mention), mention), mention.label)
    if mention.entity is not None:
        kind = entity_kind(mention.entity)
        kind = "capital" if kind == "country" and mention.label == "PLACE" else kind
        yield _anchor(doc, mention.start, mention.end, kind, mention.entity, mention.label)


def _first_names(doc: Doc, text: str) -> dict[int, Mention]:
    """For "memorandum of understanding (MoU)": the short name's long form."""
    found: dict[int, Mention] = {}
    for before, mention in pairwise(doc._.mentions):
        between = text[before.end : mention.start]
        if before.label == mention.label and mention.label in FREE_ENDS and between.strip() == "(":
            found[id(mention)] = before
    return found


def _generic_events(doc: Doc, generic: Generic) -> Iterator[Anchor]:
    """Definite nouns ("the meeting") that mean the last event named before."""
    events = [
        (mention, tokens_of(doc, mention.start, mention.end)) for mention in doc._.mentions if mention.label == "EVENT"
    ]
    if not events:
        return
    taken = {token.i for _, span in events for token in span}
    last: dict[str, Mention] = {}
    number = 0
    for token in doc:
        while number < len(events) and events[number][0].end <= token.idx:
            _remember(last, *events[number], generic)
            number += 1
        event = last.get(
            "any" if token.lower_ in generic.any else token.lower_ if token.lower_ in generic.meetings else ""
        )
        if event and token.i not in taken and _is_definite(token):
            yield Anchor(token.idx, token.idx + len(token), "event", event, token)


def _remember(last: dict[str, Mention], event: Mention, span: Span, generic: Generic) -> None:
    last["any"] = event
    if span.root.lower_ not in generic.other:
        last.update(dict.fromkeys(generic.meetings, event))
    last[span.root.lower_] = event


def _is_definite(noun: Token) -> bool:
    before = [child for child in noun.lefts if child.dep_ != "punct"]
    return len(before) == 1 and before[0].lower_ in ("the", "this")
