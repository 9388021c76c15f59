"""Scores each entity with the probability that the article is about it, and drops the unlikely ones.

A name alone does not decide it: Japan may be the lender or somebody's birthplace. The features say how often, where and
how the article mentions an entity, and which role the encoder gives it in a commitment.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import batched, pairwise
from operator import itemgetter

import numpy as np
from spacy.tokens import Doc

from pipeline.stages.document.doc import Entity, Mention, Reference, SentenceIndex, encoding_of, text_of
from pipeline.stages.document.view import view_of
from pipeline.stages.encoding import pair_head_of
from pipeline.stages.models.heads import REFERENCE, ROLES, Place
from pipeline.stages.models.linear import Weights

STEPS = (0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9)  # bounds of the classes of a probability
ODDS = (-3, -2, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 4)  # bounds of the classes of log odds
SENTENCES = (1, 2, 3, 5, 9, 15, 25)  # bounds of the classes of the first sentence
CONTEXTS = 6  # spans of an entity whose context is read
BATCH = 64  # triggers in one batch
NEAR = 200  # word pieces between a trigger and its arguments
ADJACENT = 6  # characters between a person and the person's office: ", the "
TRIGGER = 0.3  # least probability of a trigger


@dataclass
class Occurrences:
    """The mentions and references of an entity."""

    mentions: list[Mention] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)

    @property
    def spans(self) -> list[Place]:
        """In reading order, without pronouns."""
        named = [(m.start, m.end, m.label) for m in self.mentions]
        return sorted([*named, *((r.start, r.end, REFERENCE) for r in self.references if not r.pronoun)])


def weigh(doc: Doc, trained: Weights) -> None:
    """Sets the confidence of each entity and drops the entities below the threshold of their kind."""
    dropped: set[int] = set()
    for entity, names in evidence(doc):
        entity.confidence = trained.probability(kind_of(entity), names)
        if not trained.stands(kind_of(entity), entity.confidence):
            dropped.add(id(entity))
    dropped -= _named_by_offices(doc, dropped)
    doc._.entities = [entity for entity in doc._.entities if id(entity) not in dropped]
    doc._.references = [reference for reference in doc._.references if id(reference.entity) not in dropped]
    for mention in doc._.mentions:
        if id(mention.entity) in dropped:
            mention.entity = None


def _named_by_offices(doc: Doc, dropped: set[int]) -> set[int]:
    """The ids of the bodies that the office of a kept person names: "HHS Secretary A" is evidence for HHS.

    Names of two letters do not count, as they are often an office ("VP"). Nor do organs of a state, unless in capitals,
    since the nation stands for them.
    """
    near = ((a, b) for a, b in pairwise(doc._.mentions) if a.sentence == b.sentence and b.start - a.end <= ADJACENT)
    pairs = (pair for a, b in near for pair in ((a, b), (b, a)))
    ends = ((a, b.entity) for a, b in pairs if (a.label, b.label) == ("ROLE", "PERSON"))
    inside = {at for role, who in ends if who and id(who) not in dropped for at in range(role.start, role.end)}
    bodies = (r.entity for r in doc._.references if r.start in inside and len(r.entity.name) > 2)
    return {id(body) for body in bodies if body.kind != "government" or body.name.isupper()}


def kind_of(entity: Entity) -> str:
    """The kind of an actor, else "programme" or "project"."""
    return entity.kind or ("programme" if entity.programme else "project")


def evidence(doc: Doc) -> list[tuple[Entity, list[str]]]:
    """Each entity with the names of its features."""
    occurrences = _occurrences(doc)
    sentence_of, last = SentenceIndex(doc), max(1, len(list(doc.sents)))
    roles = _roles(doc, occurrences)
    found: list[tuple[Entity, list[str]]] = []
    for entity in doc._.entities:
        own, role_names = occurrences[id(entity)], roles.get(id(entity), [])
        named = [*_counts(entity, own), *_position(own, sentence_of, last), *_context(doc, own), *_encoded(doc, own)]
        found.append((entity, [*named, *role_names]))
    return found


def _occurrences(doc: Doc) -> dict[int, Occurrences]:
    found = {id(entity): Occurrences() for entity in doc._.entities}
    for mention in doc._.mentions:
        if mention.entity is not None:
            found[id(mention.entity)].mentions.append(mention)
    for reference in doc._.references:
        found[id(reference.entity)].references.append(reference)
    return found


def _counts(entity: Entity, own: Occurrences) -> Iterator[str]:
    yield f"mentions {min(4, len(own.mentions))}"
    yield f"references {min(3, len(own.references))}"
    yield f"labels {'+'.join(sorted({mention.label for mention in own.mentions}))}"
    yield f"surest {_step(max((mention.confidence for mention in own.mentions), default=0.0))}"
    yield f"referred {_step(max((reference.confidence for reference in own.references), default=0.0))}"
    yield from (f"by {method}" for method in sorted({m for mention in own.mentions for m in mention.method.split("+")}))
    yield f"words {min(6, len(entity.name.split()))}"
    yield f"begins {'lower' if entity.name[:1].islower() else 'upper'}"
    if entity.role:
        yield "has a role"
    if entity.country:
        yield "has a country"


def _position(own: Occurrences, sentence_of: SentenceIndex, last: int) -> Iterator[str]:
    """The first sentence, from the top and as a share of the article, and the number of sentences."""
    if own.spans:
        first = sentence_of(own.spans[0][0])
        yield f"first {bisect_right(SENTENCES, first)}"
        yield f"quarter {min(3, 4 * first // last)}"
        yield f"sentences {min(4, len({sentence_of(start) for start, *_ in own.spans}))}"


def _context(doc: Doc, own: Occurrences) -> set[str]:
    """The words beside its spans and their syntactic function."""
    text, found = text_of(doc), set[str]()
    for start, end, _ in own.spans[:CONTEXTS]:
        root = view_of(doc).root(start, end)
        before, after = text[max(0, start - 20) : start].split(), text[end : end + 20].split()
        found.add(f"before {before[-1].lower() if before else 'nothing'}")
        found.add(f"after {after[0].lower() if after else 'nothing'}")
        found.add(f"is {root.dep}")
        found.add(f"is {root.dep} of {root.head.pos}")
    return found


def _encoded(doc: Doc, own: Occurrences) -> Iterator[str]:
    """The encoder's log odds, at its names, that the article is about it; it has none for nationalities."""
    encoding = encoding_of(doc)
    odds = [encoding.listed_at(m.start, m.end) for m in own.mentions if m.label != "NORP"] if encoding else []
    if odds:
        yield f"listed {bisect_left(ODDS, max(odds))}"
        yield f"listed on average {bisect_left(ODDS, sum(odds) / len(odds))}"


def _roles(doc: Doc, occurrences: dict[int, Occurrences]) -> dict[int, list[str]]:
    """By id of entity, the names of its likeliest roles in commitments by the encoder; {} without an encoding."""
    encoding, pair_head = encoding_of(doc), pair_head_of(doc)
    if encoding is None or pair_head is None:
        return {}
    owned = sorted(((span, key) for key, own in occurrences.items() for span in own.spans), key=itemgetter(0))
    pieces = [encoding.pieces(start, end).start for (start, end, _), _ in owned]
    best: dict[int, np.ndarray] = {}
    for batch in batched(encoding.likely_triggers(TRIGGER), BATCH):
        near = []
        for trigger, _ in batch:
            at = encoding.pieces(*trigger).start
            near.append(owned[bisect_left(pieces, at - NEAR) : bisect_right(pieces, at + NEAR)])
        queries = [(trigger, [span for span, _ in own]) for (trigger, _), own in zip(batch, near, strict=True)]
        for (_, probability), own, rows in zip(batch, near, pair_head.roles_of(queries), strict=True):
            for (_, key), row in zip(own, probability * np.exp(rows), strict=True):
                best[key] = np.maximum(best.get(key, 0.0), row)
    return {key: [*_role_names(best.get(key))] for key in occurrences}


def _role_names(row: np.ndarray | None) -> Iterator[str]:
    if row is None:
        yield "plays no part"
        return
    yield f"plays {_step(float(row[1:].max()))}"
    yield from (f"plays {role} {_step(float(row[ROLES.index(role)]))}" for role in ("by", "to", "projects"))


def _step(probability: float) -> int:
    return bisect_left(STEPS, probability)
