"""A record corrected by an annotator's spans and links, through the operations of a review.

Each part of the record is kept if the link or span that showed it is still there, or if nothing showed it. A tool has
no actors, only `same_as` links between spans. The spans that these link form a group; the name, country and role of an
actor stay with the group that holds most of its spans.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from pipeline.errors import ArticleError
from pipeline.gold.check import problems as unsound
from pipeline.record import Actor, Amount, Commitment, Record, Relation
from pipeline.review.edits.operations import run
from pipeline.review.edits.working import Refused, State, Working, relation_id, slot_ids
from pipeline.review.formats.task import (
    ENTITIES,
    KINDS,
    LINKS,
    MENTIONS,
    NO_ENDS,
    PROJECTS,
    REFERENCE,
    RELATIONS,
    SAME,
    SPANS,
    STATUSES,
    VALUES,
    Answer,
    Link,
    Span,
    Task,
)
from pipeline.stages.references.clusters import Clusters
from pipeline.values.gazetteer.institutions import kind_of
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import place_country

ARGUMENTS = (*ENTITIES, *VALUES)  # links that go from a commitment
QUOTED = ("EVENT", "PLACE", "AGREEMENT")  # ends of relations that need not be an actor or project
_HOLDS = {"amounts": "MONEY", "dates": "DATE"}
_KINDS = {"PERSON": "person", "ROLE": "person", REFERENCE: "group"}
_KINDS |= dict.fromkeys(("COUNTRY", "NORP", "PLACE"), "country")


def corrected(task: Task, answer: Answer) -> tuple[Record, list[str]]:
    """The corrected record, and notes on what a person should check.

    Raises ArticleError with all problems if the answer cannot become a record.
    """
    wrong = list(problems(task, answer))
    if not wrong:
        try:
            correction = _Correction(task, answer)
            made = correction.made()
            wrong = unsound(made)
        except Refused as error:
            wrong = [str(error)]
    if wrong:
        raise ArticleError(task.record.article.id, "; ".join(wrong))
    return made, correction.notes


def problems(task: Task, answer: Answer) -> list[str]:
    """All problems of the spans; if there are none, those of the links."""
    spans, links = {span.id: span for span in answer.spans}, set(task.links)
    wrong = [problem for span in answer.spans for problem in _span_problems(task, span)]
    places = sorted((span for span in answer.spans if not span.is_trigger), key=lambda span: (span.start, -span.end))
    for one, other in pairwise(places):
        if one.overlaps(other) and not all(task.spans.get(span.id) == span for span in (one, other)):
            both = f"{_described(task, one)} and {_described(task, other)}"
            wrong.append(f"{both} overlap; keep one, usually the longer")
    return wrong or [
        problem
        for link in answer.links
        if link not in links or any(spans[end].label != task.spans[end].label for end in (link.head, link.child))
        for problem in _link_problems(task, link, spans[link.head], spans[link.child])
    ]


def _described(task: Task, span: Span) -> str:
    return f"{span.label} {task.text[span.start : span.end]!r} at {span.start}"


def _span_problems(task: Task, span: Span) -> Iterator[str]:
    text, what = task.text, _described(task, span)
    known = {old.offsets for old in task.spans.values()}
    if span.label not in SPANS:
        yield f"unknown label {span.label!r} at {span.start}; use one of {', '.join(SPANS)}"
    elif not 0 <= span.start < span.end <= len(text):
        yield f"{span.label} at {span.start} to {span.end} is not inside the text of {len(text)} characters"
    elif span.offsets not in known:  # the record may have borders that nobody could draw
        if any(text[at - 1 : at + 1].isalnum() and 0 < at < len(text) for at in span.offsets):
            yield f"{what} cuts a word; move its border to that of the word"
        if text[span.start : span.end] != text[span.start : span.end].strip():
            yield f"{what} has a space at its border; mark it without the space"
        if not any(sentence.start <= span.start and span.end <= sentence.end for sentence in task.record.sentences):
            yield f"{what} is not inside one sentence; label each piece"
    for name, values in (("kind", KINDS), ("status", STATUSES)):
        if span.is_trigger and span.attributes.get(name) not in values:
            yield f"{what} has {name} {span.attributes.get(name)!r}; choose one of {', '.join(values)}"


def _link_problems(task: Task, link: Link, head: Span, child: Span) -> Iterator[str]:
    if child.is_trigger and not head.is_trigger and link.label in ARGUMENTS:
        head, child = child, head
    what = f"{link.label} from {_described(task, head)} to {_described(task, child)}"
    if link.label not in LINKS:
        yield f"unknown relation {what}; use one of {', '.join(LINKS)}"
    elif child.is_trigger or head.is_trigger != (link.label in ARGUMENTS):
        yield f"{what}: {', '.join(ARGUMENTS)} go from a commitment, other relations do not"
    elif link.label in RELATIONS and {head.label, child.label} & set(NO_ENDS):
        yield f"{what}: {', '.join(NO_ENDS)} cannot end a relation; link it to the actor, project or place"
    elif link.label in VALUES and child.label != _HOLDS[link.label]:
        yield f"{what}: should go to a {_HOLDS[link.label]}"


class _Correction:
    """`spans` of the answer by id; `links` go from a commitment to its arguments."""

    def __init__(self, task: Task, answer: Answer) -> None:
        self.notes: list[str] = []
        self.task, self.sectors = task, answer.sectors
        self.work = Working(State(task.record))
        self.spans = {span.id: span for span in answer.spans}
        self.links = dict.fromkeys(self._forward(link) for link in answer.links)
        self.names = {name: name for name in task.spans}  # ids in the record, by span
        spans = sorted((span for span in answer.spans if not span.is_trigger), key=lambda span: span.offsets)
        index = {span.id: number for number, span in enumerate(spans)}
        clusters = Clusters(len(spans))
        for link in answer.links:
            if link.label == SAME:
                clusters.unite(index[link.head], index[link.child])
        self.groups = [[spans[number] for number in members] for members in clusters.members()]
        self.group_of = {span.id: number for number, group in enumerate(self.groups) for span in group}
        self.now: dict[str, str] = {}  # ids of entities, by their old ones
        self.entity_of: dict[int, str] = {}  # by group
        self._find_owners()

    def made(self) -> Record:
        self._set_triggers()
        self._set_mentions()
        self._set_entities()
        self._set_facts()
        self._set_sectors()
        return self.work.closed()

    def _do(self, do: str, **arguments: Any) -> str:
        return run(self.work, {"do": do, **arguments}) or ""

    def _forward(self, link: Link) -> Link:
        turned = link.label in ARGUMENTS and self.spans[link.child].is_trigger
        return Link(link.child, link.label, link.head) if turned else link

    def _words(self, span: Span) -> str:
        return self.task.text[span.start : span.end]

    def _set_triggers(self) -> None:
        """First drops what has lost its link, since the ends may get other labels."""
        for name, link in self.task.links_of.items():
            if self._is_dropped(link):
                self._do("remove", id=name)
        known = {act.id for act in self.task.record.commitments}
        for old in (span for span in self.task.shown if span.is_trigger):
            span = self.spans.get(old.id)
            if span is None or not span.is_trigger:
                self._do("remove", id=old.id)
            elif span != old:
                self._do("set", id=old.id, fields={**span.attributes, "start": span.start, "end": span.end})
        for span in self.spans.values():
            if span.is_trigger and span.id not in known:
                fields = {**span.attributes, "start": span.start, "end": span.end}
                self.names[span.id] = self._do("add", what="commitment", fields=fields)

    def _set_mentions(self) -> None:
        """Removes, moves and relabels mentions, then adds new ones; those that get shorter make room for others."""
        known = {name: self.spans.get(name) for name in self.work.mentions if name not in self.task.hidden}
        kept = [span for span in known.values() if span and span.label in MENTIONS]
        for name in known.keys() - {span.id for span in kept}:  # in any order
            self._do("remove", id=name)
        new = [span for span in self.spans.values() if span.label in MENTIONS and span.id not in known]
        for span in [*sorted(kept, key=lambda span: span.end - span.start), *new]:
            fields = {"label": span.label, "start": span.start, "end": span.end}
            if span.id not in known:
                self.names[span.id] = self._do("add", what="mention", fields=fields)
            elif (span.label, span.offsets) != (self.task.spans[span.id].label, self.task.spans[span.id].offsets):
                self._do("set", id=span.id, fields=fields)

    def _find_owners(self) -> None:
        """An entity stays with the group that holds most of its spans; of several in one group the first stays.

        One whose shown spans were all deleted goes.
        """
        entity = self.task.entity
        counts = Counter(
            (entity[span.id], number) for number, group in enumerate(self.groups) for span in group if span.id in entity
        )
        best: dict[str, int] = {}
        for (name, number), _ in sorted(counts.items(), key=lambda item: (-item[1], item[0][1])):
            best.setdefault(name, number)
        shown = {entity.get(span.id) for span in self.task.shown}
        hidden = {entity.get(name) for name in self.task.hidden}
        for name in (*self.work.actors, *self.work.projects):
            if name in best:
                self.now[name] = self.entity_of.setdefault(best[name], name)
            elif name not in shown or name in hidden:
                self.now[name] = name

    def _set_entities(self) -> None:
        """Merges and removes entities, links mentions to theirs, updates names and kinds, and adds new groups."""
        for old in (*self.work.actors, *self.work.projects):
            if old not in self.now:
                self._do("remove", id=old)
            elif self.now[old] != old:
                self._do("merge", id=old, into=self.now[old])
        for number, group in enumerate(self.groups):
            owner = self.entity_of.get(number)
            for span in group:
                if span.label in MENTIONS and self.work.mentions[self.names[span.id]].entity != owner:
                    self._do("set", id=self.names[span.id], fields={"entity": owner})
        for number, owner in self.entity_of.items():
            self._set_names(owner, self.groups[number])
        for number, group in enumerate(self.groups):
            if len(group) > 1 and number not in self.entity_of:
                self._entity(group[0].id)

    def _set_names(self, name: str, spans: Iterable[Span]) -> None:
        """Gives an entity the words of its spans as aliases, and takes those of spans that are gone."""
        entity = self.work.entity(name)
        own = [span for span in self.task.spans.values() if self.task.entity.get(span.id) == name]
        hidden = {key(self._words(span)) for span in own if span.id in self.task.hidden}
        after = {key(self._words(span)): self._words(span) for span in spans}
        gone = {key(self._words(span)) for span in own} - hidden - after.keys()
        kept = [alias for alias in entity.aliases if key(alias) not in gone]
        known = {key(alias) for alias in (entity.name, *kept)}
        aliases = [*kept, *(words for form, words in after.items() if form not in known)]
        if aliases != entity.aliases:
            self._do("set", id=name, fields={"aliases": aliases})
        if key(entity.name) in gone:
            self.notes.append(f"no span refers to {name} as {entity.name!r} any more: check its name")
        for span in spans:
            self._relabel(name, span)

    def _relabel(self, name: str, span: Span) -> None:
        """Updates the kind of an actor, or whether a project is a programme, from a span that was changed."""
        old, entity = self.task.spans.get(span.id, span), self.work.entity(name)
        kind, is_actor = span.attributes.get("actor"), isinstance(entity, Actor)
        if is_actor and kind not in (None, old.attributes.get("actor")):
            self._do("set", id=name, fields={"kind": kind})
        if old.label != span.label and {span.label, old.label} & set(PROJECTS):
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
        fields: dict[str, Any] = {"name": name, "aliases": [alias for alias in words if alias != name]}
        fields["mentions"] = [self.names[span.id] for span in mentions]
        if project:
            fields["programme"] = any(span.label == "PROGRAMME" for span in group)
            what, unsure = "project", "programme, sectors, countries"
        else:
            chosen = next((span.attributes["actor"] for span in group if "actor" in span.attributes), None)
            kind = chosen or _KINDS.get((mentions or group)[0].label) or kind_of(words)
            fields |= {"kind": kind, "country": place_country(name) if kind == "country" else None}
            what, unsure = "actor", f"kind {kind}, country, role"
        made = self._do("add", what=what, fields=fields)
        self.notes.append(f"new {what} {made} {name!r}: check {unsure}")
        return made

    def _is_dropped(self, link: Link) -> bool:
        """Whether a link was deleted, and not taken along by one of its spans: then an entity keeps what it does."""
        return link not in self.links and (link.label in VALUES or {link.head, link.child} <= self.spans.keys())

    def _end(self, old: str, link: Link | None, end: str) -> str:
        """The present id of an end (`head`, `child`) of a relation or slot: that of the entity of its span now."""
        if link is None or link not in self.links or old in self.work.commitments:
            return self.now.get(old, old)
        span = self.spans[getattr(link, end)]
        if link.label in VALUES:
            return _place(span)
        if old in self.task.spans:
            return old if self.task.spans[old].label == span.label else self._new_end(span)
        return self.entity_of.get(self.group_of[span.id]) or self.now.get(old, old)

    def _new_end(self, span: Span) -> str:
        """An end of a new relation: the entity of the span, else the mention, else a new entity."""
        if span.label in QUOTED and self.group_of[span.id] not in self.entity_of:
            return self.names[span.id]
        return self._entity(span.id)

    def _set_facts(self) -> None:
        """Makes relations, and the values in slots of commitments, what the links say, and keeps what none showed."""
        wanted: dict[str, tuple[str, str, str, Link | None]] = {}
        for name, head, label, child in _facts(self.task.record.relations, self.task.record.commitments):
            link = self.task.links_of.get(name)
            if link is None or not self._is_dropped(link):
                head, child = self._end(head, link, "head"), self._end(child, link, "child")
                wanted.setdefault(f"{head} {label} {child}", (head, label, child, link))
        shown = set(self.task.links_of.values())
        for link in (link for link in self.links if link not in shown and link.label != SAME):
            if link.label in RELATIONS:
                head, child = self._new_end(self.spans[link.head]), self._new_end(self.spans[link.child])
            elif link.label in ENTITIES:
                head, child = self.names[link.head], self._entity(link.child, link.label == "projects")
            else:
                head, child = self.names[link.head], _place(self.spans[link.child])
            wanted.setdefault(f"{head} {link.label} {child}", (head, link.label, child, link))
        known = [name for name, *_ in _facts(self.work.relations.values(), self.work.commitments.values())]
        for name in known:
            if name not in wanted:
                self._do("remove", id=name)
        for name, (head, label, child, link) in wanted.items():
            if link and link in self.links and head != child and name not in known:
                self._add_fact(head, label, child, link)

    def _add_fact(self, head: str, label: str, child: str, link: Link) -> None:
        """Adds a relation or fills a slot; an amount that cannot be read is left out, with a note."""
        one, other = self.spans[link.head], self.spans[link.child]
        if label in RELATIONS:
            number = self.work.sentence_at(max(one.start, other.start))
            fields = {"subject": head, "type": label, "object": child, "sentence": number}
            self._do("add", what="relation", fields=fields)
            return
        place = {"value": child} if label in ENTITIES else {"start": other.start, "end": other.end}
        made = self._do("add_slot", id=head, slot=label, **place)
        value = self.work.in_slot(made)[-1]
        if isinstance(value, Amount) and value.value is None:
            self._do("remove", id=made)
            self.notes.append(f"cannot read an amount in {value.text!r}; if it is one, add it with `corridor review`")

    def _set_sectors(self) -> None:
        """Sets the sectors of the article; a new commitment gets those of its projects."""
        record = self.task.record
        if self.sectors is not None and self.sectors != [sector.code for sector in record.sectors]:
            self._do("set", id="article", fields={"sectors": self.sectors})
        known = {act.id for act in record.commitments}
        for name, act in [(name, act) for name, act in self.work.commitments.items() if name not in known]:
            projects = [self.work.projects[project] for project in act.projects]
            codes = list(dict.fromkeys(sector.code for project in projects for sector in project.sectors))
            for code in codes:
                self._do("add_slot", id=name, slot="sectors", value=code)
            self.notes.append(f"new commitment {name} {act.trigger.text!r}: check sectors {codes}")


def _facts(relations: Iterable[Relation], commitments: Iterable[Commitment]) -> Iterator[tuple[str, str, str, str]]:
    """Relations, and the values in slots of commitments: id, head, label, child. The id is made of the others."""
    for relation in relations:
        yield relation_id(relation), relation.subject, relation.type, relation.object
    for act in commitments:
        for name, slot, _ in slot_ids(act):
            yield name, act.id, slot, name.removeprefix(f"{act.id} {slot} ")


def _place(span: Span) -> str:
    """A quoted value as its id has it."""
    return f"{span.start}:{span.end}"
