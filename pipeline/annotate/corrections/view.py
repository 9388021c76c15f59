"""Gold as spans and links, and for each of them the place in gold that it stands for.

Hard because gold says that an actor gives, not which of its mentions does: a link goes to a mention in the sentence,
else to the first one; what stands nowhere in the text is not shown, and comes back as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pipeline.annotate.formats.task import (
    COMMITMENT,
    ENTITIES,
    REFERENCE,
    SAME,
    VALUES,
    Clash,
    Link,
    Span,
    without_clashes,
)
from pipeline.corpus.gold import GoldArticle, Offsets
from pipeline.gazetteer.names import key

PROJECTS = ("PROJECT", "PROGRAMME")
Role = tuple[int, str, int]  # number of the commitment, its field, place in the field


@dataclass(frozen=True)
class View:
    """`spans` by id; `entity`: by id of a span, the key it tells of; `hidden`: ids that the tool cannot show.

    `relations` and `roles`: the link that shows each of them, where there is one.
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
        """Every link once: same_as, then relations, then what commitments point to."""
        told = dict.fromkeys([*self._same(), *self.relations.values(), *self.roles.values()])
        return [link for link in told if not {link.head, link.child} & self.hidden]

    def _same(self) -> Iterator[Link]:
        first: dict[str, str] = {}
        for span in self.shown:
            if span.id in self.entity and first.setdefault(self.entity[span.id], span.id) != span.id:
                yield Link(span.id, SAME, first[self.entity[span.id]])


def view_of(gold: GoldArticle, clash: Clash) -> View:
    """All that a tool can show of gold."""
    spans = {f"m{n}": Span(f"m{n}", m.start, m.end, m.label) for n, m in enumerate(gold.mentions)}
    entity = _named(gold, spans)
    for n, (start, end, owner) in enumerate(_references(gold, spans)):
        spans[f"r{n}"] = Span(f"r{n}", start, end, REFERENCE)
        entity[f"r{n}"] = owner
    spans = _with_kinds(gold, spans, entity) | {span.id: span for span in _triggers(gold)}
    spans = {span.id: span for span in sorted(spans.values(), key=lambda span: (span.start, span.end))}
    shown = {span.id for span in without_clashes(spans.values(), clash)}
    view = View(spans, entity, {}, {}, frozenset(spans.keys() - shown))
    return replace(view, relations=dict(_relations(gold, view)), roles=dict(_roles(gold, view)))


def entities(gold: GoldArticle) -> list[dict[str, Any]]:
    return [*gold.raw["actors"], *gold.raw["projects"]]


def _named(gold: GoldArticle, spans: dict[str, Span]) -> dict[str, str]:
    """The entity that each mention names; a project's name is rather a project's than an actor's, and so on."""
    tables = []
    for rows in (gold.raw["actors"], gold.raw["projects"]):
        names = [(key(name), row["key"]) for row in rows for name in (row["name"], *row["surface"])]
        tables.append(dict(reversed(names)))
    found = {}
    for span in spans.values():
        name = key(gold.text[span.start : span.end])
        order = reversed(tables) if span.label in PROJECTS else tables
        found[span.id] = next((table[name] for table in order if name in table), "")
    return {name: owner for name, owner in found.items() if owner}


def _references(gold: GoldArticle, spans: dict[str, Span]) -> list[tuple[int, int, str]]:
    """Where the other surfaces stand, outside of mentions, the longest first."""
    taken: list[Offsets] = [(span.start, span.end) for span in spans.values()]
    surfaces = [
        (surface, row["key"]) for row in entities(gold) for surface in (row["name"], *row["surface"]) if surface
    ]
    found = []
    for surface, owner in sorted(surfaces, key=lambda pair: -len(pair[0])):
        first, rest = re.escape(surface[0]), re.escape(surface[1:])  # a sentence may begin with it
        for place in re.finditer(rf"(?<!\w)(?i:{first}){rest}(?!\w)", gold.text):
            start, end = place.span()
            if all(end <= a or start >= b for a, b in taken):
                taken.append((start, end))
                found.append((start, end, owner))
    return sorted(found)


def _with_kinds(gold: GoldArticle, spans: dict[str, Span], entity: dict[str, str]) -> dict[str, Span]:
    """The first span of each actor tells its kind."""
    kinds = {row["key"]: row["kind"] for row in gold.raw["actors"]}
    for name in sorted(entity, key=lambda name: spans[name].start):
        if entity[name] in kinds:
            spans[name] = replace(spans[name], told={"actor": kinds.pop(entity[name])})
    return spans


def _triggers(gold: GoldArticle) -> Iterator[Span]:
    last: dict[tuple[str, int], int] = {}  # where the one before with the same words ends
    for n, row in enumerate(gold.raw["commitments"]):
        same = row["trigger"], row["sent"]
        place = gold.find(*same, last.get(same, 0))
        if place and row["trigger"]:
            last[same] = place[1]
            yield Span(f"c{n}", *place, COMMITMENT, {"kind": row["kind"], "status": row["status"]})


def _relations(gold: GoldArticle, view: View) -> Iterator[tuple[int, Link]]:
    for n, (subject, label, target, number) in enumerate(gold.raw["relations"]):
        ends = _end(gold, view, subject, number), _end(gold, view, target, number)
        if ends[0] and ends[1] and ends[0] != ends[1]:
            yield n, Link(ends[0], label, ends[1])


def _roles(gold: GoldArticle, view: View) -> Iterator[tuple[Role, Link]]:
    for n, row in enumerate(gold.raw["commitments"]):
        if f"c{n}" in view.spans.keys() - view.hidden:
            for name in (*ENTITIES, *VALUES):
                for place, end in enumerate(_listed(row[name])):
                    span = _end(gold, view, end, row["sent"]) if name in ENTITIES else _quoted(gold, view, row, end)
                    if span:
                        yield (n, name, place), Link(f"c{n}", name, span)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


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
    places = {gold.find(quote["text"], number) for number in (row["sent"], *row["also"])}
    return next((s.id for s in view.shown if (s.start, s.end) in places and not s.is_trigger), None)
