"""Which of the cast the article is about: every entity is weighed, and who is only named in passing is let go.

Hard because a name alone does not tell: Japan may lend or be where someone was born. How often, where and how the
article speaks of an entity, and what the encoder sees it do, is evidence; measured weights decide.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import batched, pairwise
from operator import itemgetter

import numpy as np
from spacy.tokens import Doc

from pipeline.article.doc import Entity, Mention, Reference, SentenceIndex, text_of
from pipeline.article.view import view_of
from pipeline.model.encoder import Encoding, runs
from pipeline.model.linear import Weights
from pipeline.model.pair_head import REFERENCE, ROLES, Place
from pipeline.stages.encoding import ties_of

STEPS = (0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9)  # between the classes of a probability
ODDS = (-3, -2, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 4)  # between the classes of log odds
SENTENCES = (1, 2, 3, 5, 9, 15, 25)  # between the classes of where it is first spoken of
LOOKED_AT = 6  # places of an entity whose neighbourhood is read
TOGETHER = 64  # triggers that are asked about at once
NEAR = 200  # word pieces between a trigger and what plays a role in it
BESIDE = 6  # characters between a person and the own office: ", the "
TRIGGER = 0.3  # the probability from which words are held for a trigger


@dataclass
class Spoken:
    """Where an article speaks of an entity."""

    mentions: list[Mention] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)

    @property
    def places(self) -> list[Place]:
        """In reading order; pronouns are left out."""
        named = [(m.start, m.end, m.label) for m in self.mentions]
        return sorted([*named, *((r.start, r.end, REFERENCE) for r in self.references if not r.pronoun)])


def weigh(doc: Doc, measured: Weights) -> None:
    """Sets the confidence of each entity and lets go of those that are not likely enough."""
    gone: set[int] = set()
    for entity, names in evidence(doc):
        entity.confidence = measured.probability(kind_of(entity), names)
        if not measured.stands(kind_of(entity), entity.confidence):
            gone.add(id(entity))
    gone -= _led(doc, gone)
    doc._.entities = [entity for entity in doc._.entities if id(entity) not in gone]
    doc._.references = [reference for reference in doc._.references if id(reference.entity) not in gone]
    for mention in doc._.mentions:
        if id(mention.entity) in gone:
            mention.entity = None


def _led(doc: Doc, gone: set[int]) -> set[int]:
    """The bodies that the office of somebody who stays names: "HHS Secretary A" is somebody of HHS.

    None of two letters, often an office ("VP"), nor organs of a state in words, for which the nation stands.
    """
    near = ((a, b) for a, b in pairwise(doc._.mentions) if a.sentence == b.sentence and b.start - a.end <= BESIDE)
    pairs = (pair for a, b in near for pair in ((a, b), (b, a)))
    ends = ((a, b.entity) for a, b in pairs if (a.label, b.label) == ("ROLE", "PERSON"))
    inside = {at for role, who in ends if who and id(who) not in gone for at in range(role.start, role.end)}
    bodies = (r.entity for r in doc._.references if r.start in inside and len(r.entity.name) > 2)
    return {id(body) for body in bodies if body.kind != "government" or body.name.isupper()}


def kind_of(entity: Entity) -> str:
    """The kind of an actor; a project is one or a programme."""
    return entity.kind or ("programme" if entity.programme else "project")


def evidence(doc: Doc) -> list[tuple[Entity, list[str]]]:
    """Each entity with the names of what speaks for and against it."""
    spoken = _spoken(doc)
    sentence_of, last = SentenceIndex(doc), max(1, len(list(doc.sents)))
    parts = _parts(doc, spoken)
    found: list[tuple[Entity, list[str]]] = []
    for entity in doc._.entities:
        own, played = spoken[id(entity)], parts.get(id(entity), [])
        named = [*_told(entity, own), *_where(own, sentence_of, last), *_around(doc, own), *_encoded(doc, own)]
        found.append((entity, [*named, *played]))
    return found


def _spoken(doc: Doc) -> dict[int, Spoken]:
    found = {id(entity): Spoken() for entity in doc._.entities}
    for mention in doc._.mentions:
        if mention.entity is not None:
            found[id(mention.entity)].mentions.append(mention)
    for reference in doc._.references:
        found[id(reference.entity)].references.append(reference)
    return found


def _told(entity: Entity, own: Spoken) -> Iterator[str]:
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


def _where(own: Spoken, sentence_of: SentenceIndex, last: int) -> Iterator[str]:
    """Where it is first spoken of, from the top and as a share of the article."""
    if own.places:
        first = sentence_of(own.places[0][0])
        yield f"first {bisect_right(SENTENCES, first)}"
        yield f"quarter {min(3, 4 * first // last)}"
        yield f"sentences {min(4, len({sentence_of(start) for start, *_ in own.places}))}"


def _around(doc: Doc, own: Spoken) -> set[str]:
    """The words beside its places and the part that they play in their sentences."""
    text, found = text_of(doc), set[str]()
    for start, end, _ in own.places[:LOOKED_AT]:
        root = view_of(doc).root(start, end)
        before, after = text[max(0, start - 20) : start].split(), text[end : end + 20].split()
        found.add(f"before {before[-1].lower() if before else 'nothing'}")
        found.add(f"after {after[0].lower() if after else 'nothing'}")
        found.add(f"is {root.dep}")
        found.add(f"is {root.dep} of {root.head.pos}")
    return found


def _encoded(doc: Doc, own: Spoken) -> Iterator[str]:
    """How sure the encoder is, at its names, that the article is about it; of a nation's adjective it cannot tell."""
    encoding: Encoding | None = doc._.encoding
    odds = [encoding.listed_at(m.start, m.end) for m in own.mentions if m.label != "NORP"] if encoding else []
    if odds:
        yield f"listed {bisect_left(ODDS, max(odds))}"
        yield f"listed on average {bisect_left(ODDS, sum(odds) / len(odds))}"


def _parts(doc: Doc, spoken: dict[int, Spoken]) -> dict[int, list[str]]:
    """By entity the likeliest part that it plays in what the encoder holds for a commitment; nothing without it."""
    encoding, ties = doc._.encoding, ties_of(doc)
    if ties is None:
        return {}
    owned = sorted(((place, key) for key, own in spoken.items() for place in own.places), key=itemgetter(0))
    pieces = [encoding.pieces(start, end).start for (start, end, _), _ in owned]
    best: dict[int, np.ndarray] = {}
    for some in batched(_triggers(encoding), TOGETHER):
        near = []
        for trigger, _ in some:
            at = encoding.pieces(*trigger).start
            near.append(owned[bisect_left(pieces, at - NEAR) : bisect_right(pieces, at + NEAR)])
        asked = [(trigger, [place for place, _ in own]) for (trigger, _), own in zip(some, near, strict=True)]
        for (_, sure), own, rows in zip(some, near, ties.roles_of(asked), strict=True):
            for (_, key), row in zip(own, sure * np.exp(rows), strict=True):
                best[key] = np.maximum(best.get(key, 0.0), row)
    return {key: [*_played(best.get(key))] for key in spoken}


def _played(row: np.ndarray | None) -> Iterator[str]:
    if row is None:
        yield "plays no part"
        return
    yield f"plays {_step(float(row[1:].max()))}"
    yield from (f"plays {role} {_step(float(row[ROLES.index(role)]))}" for role in ("by", "to", "projects"))


def _triggers(encoding: Encoding) -> Iterator[tuple[tuple[int, int], float]]:
    """Start and end in characters of each run of pieces that are likely a trigger, and the highest probability."""
    likely = 1 - np.exp(encoding.triggers[:, 0])
    for run in runs(np.flatnonzero(likely >= TRIGGER)):
        yield (encoding.starts[run[0]], encoding.ends[run[-1]]), float(likely[run].max())


def _step(probability: float) -> int:
    return bisect_left(STEPS, probability)
