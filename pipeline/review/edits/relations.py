"""Adding and removing relations."""

from __future__ import annotations

from pipeline.record import Relation, Span
from pipeline.review.edits.fields import NewRelation
from pipeline.review.edits.working import METHOD, SURE, Refused, Working, relation_id
from pipeline.review.formats.task import NO_ENDS


def add(work: Working, fields: NewRelation) -> str:
    """The default `sentence` is the first that has both ends, else the first by which both were mentioned."""
    ends = [work.require(end, "actors", "projects", "mentions") for end in (fields["subject"], fields["object"])]
    _require_ends(work, ends)
    sentence = fields.get("sentence", _sentence(work, ends))
    if sentence >= len(work.record.sentences):
        raise Refused(f"there is no sentence {sentence}")
    span = work.record.sentences[sentence]
    relation = Relation(
        subject=ends[0],
        type=fields["type"],
        object=ends[1],
        sentence=sentence,
        evidence=Span(start=span.start, end=span.end),
        confidence=SURE,
        method=METHOD,
    )
    name = relation_id(relation)
    if name in work.relations:
        raise Refused(f"the relation {name!r} exists already")
    work.relations[name] = relation
    return name


def remove(work: Working, name: str) -> None:
    del work.relations[name]


def _require_ends(work: Working, ends: list[str]) -> None:
    if ends[0] == ends[1]:
        raise Refused("a relation needs two different ends")
    for end in ends:
        if end in work.mentions and work.mentions[end].label in NO_ENDS:
            raise Refused(f"{work.mentions[end].label} {work.mentions[end].text!r} cannot be the end of a relation")


def _sentence(work: Working, ends: list[str]) -> int:
    one, other = (_sentences(work, end) for end in ends)
    return min(set(one) & set(other), default=max(min(one, default=0), min(other, default=0)))


def _sentences(work: Working, end: str) -> list[int]:
    mentions = [end] if end in work.mentions else work.entity(end).mentions
    return [work.mentions[mention].sentence for mention in mentions]
