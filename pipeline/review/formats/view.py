"""A record as spans and links, and the part of the record that each of them shows.

A record links actors, not their mentions: a link goes to a mention in the sentence, else to the first one. What does
not occur in the text is not shown and stays in the record unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.gold.importer import Offsets
from pipeline.record import Actor, Evidence, Project, Quote, Record
from pipeline.record import Span as Place
from pipeline.review.edits.working import relation_id, slot_ids
from pipeline.review.formats.task import (
    COMMITMENT,
    ENTITIES,
    REFERENCE,
    SAME,
    VALUES,
    Answer,
    Clash,
    Link,
    Span,
    Task,
    without_clashes,
)


@dataclass(frozen=True)
class View:
    """`spans` by id; `entity`: id of the actor or project, by span id; `hidden`: ids that the tool cannot show.

    `relations` and `slots`: the link that shows each of them, if any, by the ids of `edits/ids.py`.
    """

    spans: dict[str, Span]
    entity: dict[str, str]
    relations: dict[str, Link]
    slots: dict[str, Link]
    hidden: frozenset[str] = frozenset()

    @property
    def shown(self) -> list[Span]:
        return [span for span in self.spans.values() if span.id not in self.hidden]

    @property
    def links(self) -> list[Link]:
        """Every link once: same_as, then relations, then those of commitments."""
        links = dict.fromkeys([*self._same(), *self.relations.values(), *self.slots.values()])
        return [link for link in links if not {link.head, link.child} & self.hidden]

    def _same(self) -> Iterator[Link]:
        first: dict[str, str] = {}
        for span in self.shown:
            if span.id in self.entity and first.setdefault(self.entity[span.id], span.id) != span.id:
                yield Link(span.id, SAME, first[self.entity[span.id]])


Shown = tuple[Task, View]


def view_of(record: Record, clash: Clash) -> View:
    """Everything in a record that a tool can show; spans have the ids of mentions and commitments, or `reference-0`."""
    spans = {m.id: Span(m.id, m.start, m.end, m.label) for m in record.mentions}
    entity = {m.id: m.entity for m in record.mentions if m.entity}
    for n, (start, end, owner) in enumerate(_references(record)):
        spans[f"reference-{n}"] = Span(f"reference-{n}", start, end, REFERENCE)
        entity[f"reference-{n}"] = owner
    spans = _with_actor_kinds(record, spans, entity)
    for c in record.commitments:
        told = {"kind": c.kind, "status": c.status}
        spans[c.id] = Span(c.id, c.trigger.start, c.trigger.end, COMMITMENT, told)
    spans = {span.id: span for span in sorted(spans.values(), key=lambda span: span.offsets)}
    shown = {span.id for span in without_clashes(spans.values(), clash)}
    view = View(spans, entity, {}, {}, frozenset(spans.keys() - shown))
    return replace(view, relations=dict(_relations(record, view)), slots=dict(_slots(record, view)))


def entities_of(record: Record) -> list[Actor | Project]:
    return [*record.actors, *record.projects]


def _references(record: Record) -> list[tuple[int, int, str]]:
    """Occurrences of the names outside of mentions, longest first: start, end, id of the entity."""
    taken: list[Offsets] = [(mention.start, mention.end) for mention in record.mentions]
    names = [(name, one.id) for one in entities_of(record) for name in (one.name, *one.aliases) if name]
    found = []
    for name, owner in sorted(names, key=lambda pair: -len(pair[0])):
        first, rest = re.escape(name[0]), re.escape(name[1:])  # a sentence may begin with it
        for match in re.finditer(rf"(?<!\w)(?i:{first}){rest}(?!\w)", record.article.text):
            start, end = match.span()
            if all(end <= a or start >= b for a, b in taken):
                taken.append((start, end))
                found.append((start, end, owner))
    return sorted(found)


def _with_actor_kinds(record: Record, spans: dict[str, Span], entity: dict[str, str]) -> dict[str, Span]:
    """The spans, the first one of each actor with its kind."""
    kinds: dict[str, str] = {actor.id: actor.kind for actor in record.actors}
    for name in sorted(entity, key=lambda name: spans[name].start):
        if entity[name] in kinds:
            spans[name] = replace(spans[name], attributes={"actor": kinds.pop(entity[name])})
    return spans


def _relations(record: Record, view: View) -> Iterator[tuple[str, Link]]:
    for one in record.relations:
        ends = _end(view, one.subject, one.evidence), _end(view, one.object, one.evidence)
        if ends[0] and ends[1] and ends[0] != ends[1]:
            yield relation_id(one), Link(ends[0], one.type, ends[1])


def _slots(record: Record, view: View) -> Iterator[tuple[str, Link]]:
    for c in record.commitments:
        near = next((e for e in c.evidence if e.start <= c.trigger.start < e.end), c.evidence[0])
        for name, slot, value in slot_ids(c) if c.id not in view.hidden else ():
            if slot in (*ENTITIES, *VALUES):
                span = _quoted(view, value) if isinstance(value, Quote) else _end(view, value, near)
                if span:
                    yield name, Link(c.id, slot, span)


def _end(view: View, end: str, near: Place | Evidence) -> str | None:
    """The span that shows a mention or an entity: in the sentence, else the first one."""
    first, last = near.start, near.end
    known = [s for s in view.shown if s.id == end or view.entity.get(s.id) == end]
    best = min(known, key=lambda s: (not first <= s.start < last, s.start), default=None)
    return best.id if best else None


def _quoted(view: View, quote: Quote) -> str | None:
    """The mention that an amount or a date of a commitment quotes."""
    return next((s.id for s in view.shown if s.offsets == (quote.start, quote.end) and not s.is_trigger), None)


def matched(view: View, answer: Answer) -> Answer:
    """The answer with the ids of the spans that were shown, for tools that give spans no ids.

    A span at the same offsets is the same. So is one that overlaps a missing span and has its label: it was moved.
    """
    ids = _unmoved(view, answer.spans)
    ids |= _moved(view, answer.spans, ids)
    spans = [_with_actor_kind(view, replace(span, id=ids.get(span.id, span.id))) for span in answer.spans]
    links = [Link(ids.get(x.head, x.head), x.label, ids.get(x.child, x.child)) for x in answer.links]
    return Answer(spans, links, answer.sectors)


def _unmoved(view: View, spans: list[Span]) -> dict[str, str]:
    shown = {(span.offsets, span.is_trigger): span.id for span in view.shown}
    found = {span.id: shown.get((span.offsets, span.is_trigger)) for span in spans}
    return {new: old for new, old in found.items() if old}


def _moved(view: View, spans: list[Span], ids: dict[str, str]) -> dict[str, str]:
    missing = [span for span in view.shown if span.id not in ids.values()]
    found: dict[str, str] = {}
    for span in spans:
        alike = [old for old in missing if old.label == span.label and old.overlaps(span)]
        if span.id not in ids and alike:
            best = max(alike, key=lambda old: min(old.end, span.end) - max(old.start, span.start))
            missing.remove(best)
            found[span.id] = best.id
    return found


def _with_actor_kind(view: View, span: Span) -> Span:
    """The span with the kind of its actor, which these tools do not hold."""
    old = view.spans.get(span.id)
    return replace(span, attributes=old.attributes) if old and not span.is_trigger else span
