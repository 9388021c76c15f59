"""Mentions as a reviewer adds, sets and removes them."""

from __future__ import annotations

from typing import Any

from pipeline.annotate.edits.fields import MentionFields, NewMention
from pipeline.annotate.edits.places import quote, sentence_at, value_of
from pipeline.annotate.review.working import METHOD, SURE, Refused, Working, changed
from pipeline.record import Mention, Quote

NO_ENDS = ("MONEY", "DATE", "QUANTITY")  # labels of what is no end of a relation


def add(work: Working, told: NewMention) -> str:
    found, name = quote(work.record, told["start"], told["end"]), work.new_id("m")
    _keep_apart(work, found, name)
    work.mentions[name] = Mention(
        id=name,
        label=told["label"],
        **dict(found),
        sentence=sentence_at(work.record, found.start),
        confidence=SURE,
        method=METHOD,
        value=value_of(work.record, told["label"], found),
    )
    work.link(name, told.get("entity"))
    return name


def set_fields(work: Working, name: str, told: MentionFields) -> str:
    """A moved or relabelled mention has its value computed anew; an end of a relation keeps a label that can be one."""
    mention = work.mentions[name]
    found = quote(work.record, told.get("start", mention.start), told.get("end", mention.end))
    label = told.get("label", mention.label)
    if label in NO_ENDS and any(name in (r.subject, r.object) for r in work.relations.values()):
        raise Refused(f"{mention.text!r} is the end of a relation, which no {label} can be; remove the relation first")
    entity, moved = told.get("entity", mention.entity), dict(found) != _words(mention)
    if moved:
        _keep_apart(work, found, name)
    relinked = moved or entity != mention.entity
    if relinked:
        work.link(name, None)
    work.mentions[name] = changed(
        work.mentions[name],
        label=label,
        **dict(found),
        sentence=sentence_at(work.record, found.start),
        value=value_of(work.record, label, found) if moved or label != mention.label else mention.value,
        confidence=SURE,
        method=METHOD,
    )
    if relinked:
        work.link(name, entity)
    return name


def remove(work: Working, name: str) -> None:
    """Relations that end at the mention go with it; what it names stays."""
    work.link(name, None)
    for known in [known for known, r in work.relations.items() if name in (r.subject, r.object)]:
        del work.relations[known]
    del work.mentions[name]


def _words(mention: Mention) -> dict[str, Any]:
    return {"text": mention.text, "start": mention.start, "end": mention.end}


def _keep_apart(work: Working, found: Quote, name: str) -> None:
    for other in work.mentions.values():
        if other.id != name and found.start < other.end and other.start < found.end:
            raise Refused(f"{found.text!r} meets the {other.label} {other.text!r} at {other.start}; remove that first")
