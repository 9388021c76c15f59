"""Checks of a record: whether it is sound, so that it can be gold, and what an annotator should look at.

Sound is a record whose every quote matches the text, whose every id is unique and whose every reference has a target.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from math import isfinite

from pipeline.record import Actor, Amount, Commitment, Mention, Project, Quote, Record, quotes

ARTICLE = "article"  # the id of the article itself in a review
_PLAIN = re.compile(r"[^\s:]+")  # the form of an id: with a colon an end of a relation is words (`EVENT:signing`)


def problems(record: Record) -> list[str]:
    """All problems of a record; what `corridor extract` writes has none."""
    return [*_sentences(record), *_ids(record), *misquoted(record)] or [*_entities(record), *_references(record)]


def doubts(record: Record) -> list[str]:
    """What can be scored but an annotator should look at."""
    return [*_lost_quotes(record), *_unmentioned_ends(record), *_doubtful_flows(record)]


def has_flows(record: Record) -> bool:
    """Whether gold follows version 2 of the guide, which has flows of money and boilerplate."""
    marked = any(sentence.boilerplate is not None for sentence in record.sentences)
    return marked or any(commitment.flow for commitment in record.commitments)


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
    parts: list[Mention | Actor | Project | Commitment] = [*record.mentions, *record.actors]
    names = Counter(part.id for part in [*parts, *record.projects, *record.commitments])
    relations = Counter(f"{r.subject} {r.type} {r.object}" for r in record.relations)
    for name, count in (names + relations).items():
        if count > 1:
            yield f"the id {name!r} occurs {count} times"
    for name in names:
        if not _PLAIN.fullmatch(name) or name == ARTICLE:
            yield f"the id {name!r} has a space or a colon, or is that of the article"


def misquoted(record: Record) -> Iterator[str]:
    """What is wrong with the quotes of a record."""
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
    for part, field, end, table in lost_references(record):
        if part.startswith("relation") and ":" not in str(end):
            yield f"the {part} refers to {end!r}, which is missing"
        elif part.startswith("commitment"):
            yield f"the {part} has {end!r} in {field.split('.')[-1]!r}, which is not among the {table}"


def lost_references(record: Record) -> Iterator[tuple[str, str, object, str]]:
    """The ids that a part of a record names and that are not in the record: part, field, id, and where it should be.

    An end of a relation that is words (`EVENT:signing`) is none.
    """
    known = {
        name: {one.id for one in getattr(record, name)} for name in ("sentences", "mentions", "actors", "projects")
    }
    known["entities"] = known["actors"] | known["projects"]
    known["ends"] = known["mentions"] | known["entities"]
    named: list[tuple[str, str, Iterable[object], str]] = []
    for m in record.mentions:
        named.append((f"mention {m.id}", "mentions.entity", [m.entity] if m.entity else [], "entities"))
        named.append((f"mention {m.id}", "mentions.sentence", [m.sentence], "sentences"))
    for r in record.relations:
        part = f"relation '{r.subject} {r.type} {r.object}'"
        named += [(part, "relations.subject", [r.subject], "ends"), (part, "relations.object", [r.object], "ends")]
        named.append((part, "relations.sentence", [r.sentence], "sentences"))
    for c in record.commitments:
        slots = {"by": c.by, "with": c.with_, "to": c.to, "attributed_to": [c.attributed_to] if c.attributed_to else []}
        slots |= {"flow.provider": c.flow.provider, "flow.recipient": c.flow.recipient} if c.flow else {}
        named += [(f"commitment {c.id}", f"commitments.{slot}", ids, "actors") for slot, ids in slots.items()]
        named.append((f"commitment {c.id}", "commitments.projects", c.projects, "projects"))
        named.append((f"commitment {c.id}", "commitments.evidence", [e.sentence for e in c.evidence], "sentences"))
    for part, field, ids, table in named:
        yield from ((part, field, one, table) for one in ids if one not in known[table])


def _lost_quotes(record: Record) -> Iterator[str]:
    for c in record.commitments:
        quoted: list[Quote] = [c.trigger, *c.amounts, *c.dates]
        for one in quoted:
            if not any(e.start <= one.start and one.end <= e.end for e in c.evidence):
                yield f"commitment {c.id}: {one.text!r} does not stand in its sentences"


def _unmentioned_ends(record: Record) -> Iterator[str]:
    for relation in record.relations:
        for end in (relation.subject, relation.object):
            if ":" in end:
                yield f"relation {relation.subject} {relation.type} {relation.object}: {end!r} is no mention"


def _doubtful_flows(record: Record) -> Iterator[str]:
    """In gold with flows: those that are missing or too many, and terms that the text does not have."""
    if not has_flows(record):
        return
    for c in record.commitments:
        if (c.kind == "finance" or bool(c.amounts)) != bool(c.flow):
            yield f"commitment {c.id}: {'has a flow and no money' if c.flow else 'is about money and has no flow'}"
        for text in c.flow.terms.values() if c.flow else ():
            if text not in record.article.text:
                yield f"commitment {c.id}: {text!r} does not stand in the text"
