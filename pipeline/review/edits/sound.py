"""Checks a record: every quote matches the text, every id is unique, every reference has a target.

Records may come from any source; one with wrong offsets would give wrong gold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import isfinite

from pipeline.record import Actor, Amount, Commitment, Project, Record, quotes
from pipeline.review.edits.ids import ARTICLE, PLAIN, SLOTS, in_slot, named, relation_id


def problems(record: Record) -> list[str]:
    """All problems of a record; what `corridor extract` writes has none."""
    return [*_sentences(record), *_ids(record), *_quotes(record)] or [*_entities(record), *_references(record)]


def _sentences(record: Record) -> Iterator[str]:
    last = 0
    for number, sentence in enumerate(record.sentences):
        if sentence.id != number or not last <= sentence.start <= sentence.end <= len(record.article.text):
            yield f"sentence {number} is out of order"
        last = sentence.end
    numbers = [m.sentence for m in record.mentions] + [r.sentence for r in record.relations]
    numbers += [evidence.sentence for c in record.commitments for evidence in c.evidence]
    for number in set(numbers) - set(range(len(record.sentences))):
        yield f"there is no sentence {number}"


def _ids(record: Record) -> Iterator[str]:
    names = Counter(part.id for part in named(record))
    for name, count in (names + Counter(map(relation_id, record.relations))).items():
        if count > 1:
            yield f"the id {name!r} occurs {count} times"
    for name in names:
        if not PLAIN.fullmatch(name) or name == ARTICLE:
            yield f"the id {name!r} has a space or a colon, or is that of the article"


def _quotes(record: Record) -> Iterator[str]:
    for quote in quotes(record):
        if isinstance(quote, Amount) and not all(map(isfinite, (quote.value or 0, quote.low or 0, quote.high or 0))):
            yield f"the amount {quote.text!r} has no finite value"
        if quote.start >= quote.end or record.article.text[quote.start : quote.end] != quote.text:
            yield f"{quote.text!r} is not at {quote.start}"


def _entities(record: Record) -> Iterator[str]:
    """Mentions and entities must refer to each other."""
    of_mentions = {(mention.id, mention.entity) for mention in record.mentions if mention.entity is not None}
    entities: list[Actor | Project] = [*record.actors, *record.projects]
    of_entities = {(mention, entity.id) for entity in entities for mention in entity.mentions}
    for mention, entity in sorted(of_mentions ^ of_entities):
        yield f"{mention!r} and {entity!r} do not refer to each other"


def _references(record: Record) -> Iterator[str]:
    tables = {"actors": {a.id for a in record.actors}, "projects": {p.id for p in record.projects}}
    ends = tables["actors"] | tables["projects"] | {m.id for m in record.mentions}
    for relation in record.relations:
        for end in {relation.subject, relation.object} - ends:
            yield f"the relation {relation_id(relation)!r} refers to {end!r}, which is missing"
    for commitment in record.commitments:
        yield from _slots(commitment, tables)


def _slots(commitment: Commitment, tables: dict[str, set[str]]) -> Iterator[str]:
    for slot, of in SLOTS.items():
        for end in set(in_slot(commitment, slot)) - tables[of] if of in tables else ():
            yield f"the commitment {commitment.id} has {end!r} in {slot!r}, which is not among the {of}"
