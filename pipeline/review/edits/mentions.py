"""Adding, setting and removing mentions."""

from __future__ import annotations

from pipeline.record import Mention, Quote
from pipeline.review.edits.fields import MentionFields, NewMention, quote, sentence_at, value_of
from pipeline.review.edits.working import METHOD, SURE, Refused, Working, changed
from pipeline.review.formats.task import NO_ENDS


def add(work: Working, fields: NewMention) -> str:
    found, name = quote(work.record, fields["start"], fields["end"]), work.new_id("m")
    _require_no_overlap(work, found, name)
    work.mentions[name] = Mention(
        id=name,
        label=fields["label"],
        **dict(found),
        sentence=sentence_at(work.record, found.start),
        confidence=SURE,
        method=METHOD,
        value=value_of(work.record, fields["label"], found),
    )
    work.link(name, fields.get("entity"))
    return name


def set_fields(work: Working, name: str, fields: MentionFields) -> str:
    """Reads the value of a moved or relabelled mention again. An end of a relation keeps a label that can be one."""
    mention = work.mentions[name]
    found = quote(work.record, fields.get("start", mention.start), fields.get("end", mention.end))
    label = fields.get("label", mention.label)
    if label in NO_ENDS and any(name in (r.subject, r.object) for r in work.relations.values()):
        raise Refused(f"{mention.text!r} ends a relation, which a {label} cannot; remove the relation first")
    entity = fields.get("entity", mention.entity)
    moved = (found.start, found.end) != (mention.start, mention.end)
    if moved:
        _require_no_overlap(work, found, name)
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
    """Removes the relations that end at the mention too; its entity is kept."""
    work.link(name, None)
    for known in [known for known, r in work.relations.items() if name in (r.subject, r.object)]:
        del work.relations[known]
    del work.mentions[name]


def _require_no_overlap(work: Working, found: Quote, name: str) -> None:
    for other in work.mentions.values():
        if other.id != name and found.start < other.end and other.start < found.end:
            raise Refused(f"{found.text!r} overlaps the {other.label} {other.text!r} at {other.start}; remove it first")
