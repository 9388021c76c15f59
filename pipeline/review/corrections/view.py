"""Gold as spans and links, and the part of gold that each of them shows.

Gold names an actor, not its mention: a link goes to a mention in the sentence, else to the first one. What does not
occur in the text is not shown and stays in gold unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pipeline.gold.gold import GoldArticle, Offsets
from pipeline.review.formats.task import (
    COMMITMENT,
    ENTITIES,
    PROJECTS,
    REFERENCE,
    SAME,
    VALUES,
    Clash,
    Link,
    Span,
    Task,
    without_clashes,
)
from pipeline.values.gazetteer.names import key

Role = tuple[int, str, int]  # index of the commitment, its field, index in the field


@dataclass(frozen=True)
class View:
    """`spans` by id; `entity`: key of the actor or project, by span id; `hidden`: ids that the tool cannot show.

    `relations` and `roles`: the link that shows each of them, if any.
    """

    spans: dict[str, Span]
    entity: dict[str, str]
    relations: dict[int, Link]
    roles: dict[Role, Link]
    hidden: frozenset[str] = frozenset()

    @property
    def shown(self) -> list[Span]:
        return [span for span in self.spans.values() if span.id not in self.hidden]

    @property
    def links(self) -> list[Link]:
        """Every link once: same_as, then relations, then those of commitments."""
        links = dict.fromkeys([*self._same(), *self.relations.values(), *self.roles.values()])
        return [link for link in links if not {link.head, link.child} & self.hidden]

    def _same(self) -> Iterator[Link]:
        first: dict[str, str] = {}
        for span in self.shown:
            if span.id in self.entity and first.setdefault(self.entity[span.id], span.id) != span.id:
                yield Link(span.id, SAME, first[self.entity[span.id]])


Shown = tuple[Task, View]


def view_of(gold: GoldArticle, clash: Clash) -> View:
    """Everything in gold that a tool can show."""
    spans = {f"m{n}": Span(f"m{n}", m.start, m.end, m.label) for n, m in enumerate(gold.mentions)}
    entity = _entity_of(gold, spans)
    for n, (start, end, owner) in enumerate(_references(gold, spans)):
        spans[f"r{n}"] = Span(f"r{n}", start, end, REFERENCE)
        entity[f"r{n}"] = owner
    spans = _with_actor_kinds(gold, spans, entity) | {span.id: span for span in _triggers(gold)}
    spans = {span.id: span for span in sorted(spans.values(), key=lambda span: span.offsets)}
    shown = {span.id for span in without_clashes(spans.values(), clash)}
    view = View(spans, entity, {}, {}, frozenset(spans.keys() - shown))
    return replace(view, relations=dict(_relations(gold, view)), roles=dict(_roles(gold, view)))


def entities(gold: GoldArticle) -> list[dict[str, Any]]:
    return [*gold.raw["actors"], *gold.raw["projects"]]


def _entity_of(gold: GoldArticle, spans: dict[str, Span]) -> dict[str, str]:
    """The entity that each mention names; mentions of projects name a project first, others an actor."""
    tables = []
    for rows in (gold.raw["actors"], gold.raw["projects"]):
        names = [(key(name), row["key"]) for row in rows for name in (row["name"], *row["surface"])]
        tables.append(dict(reversed(names)))
    found = {}
    for span in spans.values():
        name = key(gold.text[span.start : span.end])
        order = reversed(tables) if span.label in PROJECTS else tables
        if owner := next((table[name] for table in order if name in table), None):
            found[span.id] = owner
    return found


def _references(gold: GoldArticle, spans: dict[str, Span]) -> list[tuple[int, int, str]]:
    """Occurrences of the other surfaces outside of mentions, longest first: start, end, key of the entity."""
    taken: list[Offsets] = [span.offsets for span in spans.values()]
    surfaces = [
        (surface, row["key"]) for row in entities(gold) for surface in (row["name"], *row["surface"]) if surface
    ]
    found = []
    for surface, owner in sorted(surfaces, key=lambda pair: -len(pair[0])):
        first, rest = re.escape(surface[0]), re.escape(surface[1:])  # a sentence may begin with it
        for match in re.finditer(rf"(?<!\w)(?i:{first}){rest}(?!\w)", gold.text):
            start, end = match.span()
            if all(end <= a or start >= b for a, b in taken):
                taken.append((start, end))
                found.append((start, end, owner))
    return sorted(found)


def _with_actor_kinds(gold: GoldArticle, spans: dict[str, Span], entity: dict[str, str]) -> dict[str, Span]:
    """The spans, the first one of each actor with its kind."""
    kinds = {row["key"]: row["kind"] for row in gold.raw["actors"]}
    for name in sorted(entity, key=lambda name: spans[name].start):
        if entity[name] in kinds:
            spans[name] = replace(spans[name], attributes={"actor": kinds.pop(entity[name])})
    return spans


def _triggers(gold: GoldArticle) -> Iterator[Span]:
    last: dict[tuple[str, int], int] = {}  # end of the previous trigger with the same words
    for n, row in enumerate(gold.raw["commitments"]):
        same = row["trigger"], row["sent"]
        offsets = gold.find(*same, last.get(same, 0))
        if offsets and row["trigger"]:
            last[same] = offsets[1]
            yield Span(f"c{n}", *offsets, COMMITMENT, {"kind": row["kind"], "status": row["status"]})


def _relations(gold: GoldArticle, view: View) -> Iterator[tuple[int, Link]]:
    for n, (subject, label, target, number) in enumerate(gold.raw["relations"]):
        ends = _end(gold, view, subject, number), _end(gold, view, target, number)
        if ends[0] and ends[1] and ends[0] != ends[1]:
            yield n, Link(ends[0], label, ends[1])


def _roles(gold: GoldArticle, view: View) -> Iterator[tuple[Role, Link]]:
    for n, row in enumerate(gold.raw["commitments"]):
        if f"c{n}" in view.spans.keys() - view.hidden:
            for name in (*ENTITIES, *VALUES):
                for index, value in enumerate(values_in(row[name])):
                    span = _end(gold, view, value, row["sent"]) if name in ENTITIES else _quoted(gold, view, row, value)
                    if span:
                        yield (n, name, index), Link(f"c{n}", name, span)


def values_in(field: Any) -> list[Any]:
    """The values in a field of a commitment, which may be a list, one value or None."""
    return field if isinstance(field, list) else [field] if field else []


def _end(gold: GoldArticle, view: View, end: str, number: int) -> str | None:
    """The span that shows the end of a relation or a role: in the sentence, else the first one."""
    label, colon, text = end.partition(":")
    if colon:
        known = [s for s in view.shown if s.label == label and key(gold.text[s.start : s.end]) == key(text)]
    else:
        known = [s for s in view.shown if view.entity.get(s.id) == end]
    first, last = gold.numbered[number]
    best = min(known, key=lambda s: (not first <= s.start < last, s.start), default=None)
    return best.id if best else None


def _quoted(gold: GoldArticle, view: View, row: dict[str, Any], quote: dict[str, Any]) -> str | None:
    """The mention that an amount or a date of a commitment quotes."""
    found = {gold.find(quote["text"], number) for number in (row["sent"], *row["also"])}
    return next((s.id for s in view.shown if s.offsets in found and not s.is_trigger), None)
