"""A record corrected by an annotator's spans and links, through the operations of a review.

Each part of the record is kept if the link or span that showed it is still there, or if nothing showed it. A tool has
no actors, only `same_as` links between spans. The spans that these link form a group; the name, country and role of an
actor stay with the group that holds most of its spans.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.errors import ArticleError
from pipeline.gold.check import problems as unsound
from pipeline.record import Actor, Amount, Record
from pipeline.review.edits.operations import run
from pipeline.review.edits.working import UNSIGNED, Refused, closed, in_slot, opened, slot_id
from pipeline.review.formats.checks import problems
from pipeline.review.formats.task import (
    ENTITIES,
    MENTIONS,
    PROJECTS,
    REFERENCE,
    RELATIONS,
    SAME,
    VALUES,
    Answer,
    Link,
    Span,
)
from pipeline.review.formats.view import View, entities_of
from pipeline.stages.references.clusters import Clusters
from pipeline.values.gazetteer.institutions import kind_of
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import place_country

QUOTED = ("EVENT", "PLACE", "AGREEMENT")  # ends of relations that need not be an actor or project
_KINDS = {"PERSON": "person", "ROLE": "person", REFERENCE: "group"}
_KINDS |= dict.fromkeys(("COUNTRY", "NORP", "PLACE"), "country")


def corrected(record: Record, view: View, answer: Answer) -> tuple[Record, list[str]]:
    """The corrected record, and notes on what a person should check.

    Raises ArticleError with all problems if the answer cannot become a record.
    """
    wrong = problems(record, view, answer)
    if not wrong:
        try:
            change = _Correction(record, view, answer)
            made = change.made()
            wrong = unsound(made)
        except Refused as error:
            wrong = [str(error)]
    if wrong:
        raise ArticleError(record.article.id, "; ".join(wrong))
    return made, change.notes


class _Correction:
    """`spans` and `links` of the answer, spans by id; links go from a commitment to its arguments."""

    def __init__(self, record: Record, view: View, answer: Answer) -> None:
        self.notes: list[str] = []
        self.record, self.view, self.sectors = record, view, answer.sectors
        self.work = opened(record, frozenset(), {}, UNSIGNED)
        self.spans = {span.id: span for span in answer.spans}
        self.links = dict.fromkeys(self._forward(link) for link in answer.links)
        self.groups = _groups(answer)
        self.group_of = {span.id: number for number, group in enumerate(self.groups) for span in group}
        self.names = {name: name for name in view.spans}  # ids in the record, by span
        holders = self._holders()
        self.now = self._kept(holders)  # ids of entities, by their old ones
        self.entity_of = {number: self.now[old] for old, number in holders.items()}  # by group

    def made(self) -> Record:
        self._drop()
        self._set_triggers()
        self._set_mentions()
        self._set_entities()
        self._redirect()
        self._add_links()
        if self.sectors is not None and self.sectors != [sector.code for sector in self.record.sectors]:
            self._do("set", id="article", fields={"sectors": self.sectors})
        return closed(self.work)

    def _do(self, do: str, **arguments: Any) -> str:
        return run(self.work, do, arguments) or ""

    def _forward(self, link: Link) -> Link:
        if link.label in (*ENTITIES, *VALUES) and self.spans[link.child].is_trigger:
            return Link(link.child, link.label, link.head)
        return link

    def _words(self, span: Span) -> str:
        return self.record.article.text[span.start : span.end]

    def _is_moved(self, span: Span) -> bool:
        return self.view.spans[span.id].offsets != span.offsets

    def _shown(self) -> Iterator[tuple[str, Link]]:
        """Relations and values of slots with the links that showed them."""
        yield from self.view.relations.items()
        yield from self.view.slots.items()

    def _drop(self) -> None:
        """Removes relations and values whose link was deleted.

        If it was deleted together with one of its spans, an actor that other spans still refer to keeps its role.
        """
        for name, link in self._shown():
            alive = [end in self.spans for end in (link.head, link.child)]
            if link not in self.links and (all(alive) or (link.label in VALUES and alive[0])):
                self._do("remove", id=name)
            elif link in self.links and link.label in VALUES and self._is_moved(self.spans[link.child]):
                span = self.spans[link.child]
                self._do("replace", id=name, start=span.start, end=span.end)

    def _set_triggers(self) -> None:
        for old in self.view.shown:
            span = self.spans.get(old.id)
            if old.is_trigger and not (span and span.is_trigger):
                self._do("remove", id=old.id)
            elif old.is_trigger and span and span != old:
                moved = {"start": span.start, "end": span.end} if self._is_moved(span) else {}
                self._do("set", id=old.id, fields={**span.attributes, **moved})
        known = {one.id for one in self.record.commitments}
        for span in self.spans.values():
            if span.is_trigger and span.id not in known:
                fields = {"start": span.start, "end": span.end, **span.attributes}
                self.names[span.id] = self._do("add", what="commitment", fields=fields)

    def _set_mentions(self) -> None:
        """Removes, moves and relabels mentions, then adds new ones; those that get shorter make room for others."""
        known = {m.id: self.spans.get(m.id) for m in self.record.mentions if m.id not in self.view.hidden}
        for name, span in known.items():
            if span is None or span.label not in MENTIONS:
                self._do("remove", id=name)
        kept = [(self.view.spans[span.id], span) for span in known.values() if span and span.label in MENTIONS]
        kept.sort(key=lambda pair: (pair[1].end - pair[1].start) - (pair[0].end - pair[0].start))
        for old, span in kept:
            moved = {"start": span.start, "end": span.end} if self._is_moved(span) else {}
            fields = moved | ({"label": span.label} if span.label != old.label else {})
            if fields:
                self._do("set", id=span.id, fields=fields)
        for span in self.spans.values():
            if span.label in MENTIONS and span.id not in known:
                fields = {"label": span.label, "start": span.start, "end": span.end}
                self.names[span.id] = self._do("add", what="mention", fields=fields)

    def _holders(self) -> dict[str, int]:
        """By entity, the group with most of its spans; of equals the first."""
        counts = Counter(
            (self.view.entity[span.id], number)
            for number, group in enumerate(self.groups)
            for span in group
            if span.id in self.view.entity
        )
        best: dict[str, int] = {}
        for (name, number), _ in sorted(counts.items(), key=lambda item: (-item[1], item[0][1])):
            best.setdefault(name, number)
        return best

    def _kept(self, holders: dict[str, int]) -> dict[str, str]:
        """Two entities in one group become the first; one whose shown spans were all deleted is deleted."""
        first = dict[int, str]()
        shown = {self.view.entity.get(span.id) for span in self.view.shown}
        hidden = {self.view.entity.get(name) for name in self.view.hidden}
        kept = {}
        for name in (entity.id for entity in entities_of(self.record)):
            if name in holders:
                kept[name] = first.setdefault(holders[name], name)
            elif name not in shown or name in hidden:
                kept[name] = name
        return kept

    def _set_entities(self) -> None:
        """Merges and removes entities, links mentions to theirs, updates names and kinds, and adds new groups."""
        for old in (entity.id for entity in entities_of(self.record)):
            if old not in self.now:
                self._do("remove", id=old)
            elif self.now[old] != old:
                self._do("merge", id=old, into=self.now[old])
        for span, number in ((span, number) for number, group in enumerate(self.groups) for span in group):
            owner = self.entity_of.get(number)
            if span.label in MENTIONS and self.work.mentions[self.names[span.id]].entity != owner:
                self._do("set", id=self.names[span.id], fields={"entity": owner})
        for number, owner in self.entity_of.items():
            self._correct(owner, self.groups[number])
        for number, group in enumerate(self.groups):
            if len(group) > 1 and number not in self.entity_of:
                self._entity(group[0].id)

    def _correct(self, name: str, spans: Iterable[Span]) -> None:
        """Updates names, kind and programme of an entity from its spans."""
        entity = self.work.entity(name)
        own = [span for span in self.view.spans.values() if self.view.entity.get(span.id) == name]
        hidden = {key(self._words(span)) for span in own if span.id in self.view.hidden}
        after = {key(self._words(span)): self._words(span) for span in spans}
        gone = {key(self._words(span)) for span in own} - hidden - after.keys()
        kept = [alias for alias in entity.aliases if key(alias) not in gone]
        known = {key(one) for one in [entity.name, *kept]}
        aliases = [*kept, *(words for form, words in after.items() if form not in known)]
        if aliases != entity.aliases:
            self._do("set", id=name, fields={"aliases": aliases})
        if key(entity.name) in gone:
            self.notes.append(f"no span refers to {name} as {entity.name!r} any more: check its name")
        for span in spans:
            self._relabel(name, span)

    def _relabel(self, name: str, span: Span) -> None:
        old, entity = self.view.spans.get(span.id), self.work.entity(name)
        if old is None:
            return
        kind, is_actor = span.attributes.get("actor"), isinstance(entity, Actor)
        if is_actor and kind not in (None, old.attributes.get("actor")):
            self._do("set", id=name, fields={"kind": kind})
        if old.label != span.label and (span.label in PROJECTS or old.label in PROJECTS):
            if not is_actor and span.label in PROJECTS:
                self._do("set", id=name, fields={"programme": span.label == "PROGRAMME"})
            else:
                what = "an actor" if is_actor else "a project"
                self.notes.append(f"{name} {entity.name!r} is still {what}, but has a {span.label}: check both")

    def _entity(self, span: str, project: bool | None = None) -> str:
        """The id of the entity that a span refers to, which is created if there is none."""
        number = self.group_of[span]
        if number not in self.entity_of:
            self.entity_of[number] = self._new(self.groups[number], project)
        return self.entity_of[number]

    def _new(self, group: list[Span], project: bool | None) -> str:
        """A new actor or project, guessed from its spans; the longest mention is its name."""
        if project is None:
            project = any(span.label in PROJECTS for span in group)
        mentions = [span for span in group if span.label != REFERENCE]
        words = list(dict.fromkeys(self._words(span) for span in (*mentions, *group)))
        name = max((self._words(span) for span in mentions or group), key=len)
        fields: dict[str, Any] = {"name": name, "aliases": [one for one in words if one != name]}
        fields["mentions"] = [self.names[span.id] for span in mentions]
        if project:
            fields["programme"] = any(span.label == "PROGRAMME" for span in group)
            unsure = "programme, sectors, countries"
        else:
            chosen = next((span.attributes["actor"] for span in group if "actor" in span.attributes), None)
            kind = chosen or _KINDS.get((mentions or group)[0].label) or kind_of(words)
            fields |= {"kind": kind, "country": place_country(name) if kind == "country" else None}
            unsure = f"kind {kind}, country, role"
        what = "project" if project else "actor"
        made = self._do("add", what=what, fields=fields)
        self.notes.append(f"new {what} {made} {name!r}: check {unsure}")
        return made

    def _redirect(self) -> None:
        """Relations and slots follow their spans to another entity."""
        for name, link in self._shown():
            if link not in self.links or link.label in VALUES:
                continue
            one = name.split(f" {link.label} ")
            before = [self.now.get(end, end) for end in one]
            ends = [self._end(old, span) for old, span in zip(one, (link.head, link.child), strict=True)]
            if ends == before:
                continue
            if link.label in ENTITIES:
                self._do("remove", id=slot_id(before[0], link.label, before[1]))
                self._add_to_slot(before[0], link.label, ends[1])
            else:
                self._do("remove", id=f"{before[0]} {link.label} {before[1]}")
                self._add_relation(ends[0], link.label, ends[1], link)

    def _end(self, old: str, span: str) -> str:
        """The present id of an end: that of the entity that its span refers to now."""
        if old in self.work.commitments:
            return old
        if old in self.view.spans:
            unchanged = self.view.spans[old].label == self.spans[span].label
            return old if unchanged else self._new_end(self.spans[span])
        known = self.entity_of.get(self.group_of[span])
        return self.now.get(old, old) if known is None else known

    def _new_end(self, span: Span) -> str:
        """An end of a new relation: the entity of the span, else the mention, else a new entity."""
        if span.label in QUOTED and self.group_of[span.id] not in self.entity_of:
            return self.names[span.id]
        return self._entity(span.id)

    def _add_links(self) -> None:
        shown = {link for _, link in self._shown()}
        for link in self.links:
            if link in shown or link.label == SAME:
                continue
            if link.label in RELATIONS:
                ends = [self._new_end(self.spans[end]) for end in (link.head, link.child)]
                self._add_relation(ends[0], link.label, ends[1], link)
            elif link.label in ENTITIES:
                entity = self._entity(link.child, link.label == "projects")
                self._add_to_slot(self.names[link.head], link.label, entity)
            else:
                self._add_words(self.names[link.head], link.label, self.spans[link.child])
        for name in self.work.commitments.keys() - {one.id for one in self.record.commitments}:
            self._add_sectors(name)

    def _add_relation(self, subject: str, label: str, target: str, link: Link) -> None:
        if subject != target and f"{subject} {label} {target}" not in self.work.relations:
            last = max(self.spans[end].start for end in (link.head, link.child))
            number = max((s.id for s in self.record.sentences if s.start <= last), default=0)
            fields = {"subject": subject, "type": label, "object": target, "sentence": number}
            self._do("add", what="relation", fields=fields)

    def _add_to_slot(self, name: str, slot: str, value: str) -> None:
        if value not in in_slot(self.work.commitments[name], slot):
            self._do("add_slot", id=name, slot=slot, value=value)

    def _add_words(self, name: str, slot: str, span: Span) -> None:
        """Adds an amount or a date, unless it is there; an amount that cannot be read is left out, with a note."""
        if any((one.start, one.end) == span.offsets for one in in_slot(self.work.commitments[name], slot)):
            return
        made = self._do("add_slot", id=name, slot=slot, start=span.start, end=span.end)
        value = self.work.in_slot(made).value
        if isinstance(value, Amount) and value.value is None:
            self._do("remove", id=made)
            self.notes.append(f"cannot read an amount in {value.text!r}; if it is one, add it with `corridor review`")

    def _add_sectors(self, name: str) -> None:
        """Gives a new commitment the sectors of its projects."""
        own = self.work.commitments[name]
        codes = dict.fromkeys(one.code for project in own.projects for one in self.work.projects[project].sectors)
        for code in codes:
            self._do("add_slot", id=name, slot="sectors", value=code)
        self.notes.append(f"new commitment {name} {own.trigger.text!r}: check sectors {list(codes)}")


def _groups(answer: Answer) -> list[list[Span]]:
    spans = sorted((span for span in answer.spans if not span.is_trigger), key=lambda span: span.offsets)
    index = {span.id: number for number, span in enumerate(spans)}
    clusters = Clusters(len(spans))
    for link in answer.links:
        if link.label == SAME:
            clusters.unite(index[link.head], index[link.child])
    return [[spans[number] for number in members] for members in clusters.members()]
