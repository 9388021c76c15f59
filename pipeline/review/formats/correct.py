"""A record corrected by an annotator's spans and links, through the operations of a review.

Each part of the record is kept if the link or span that showed it is still there, or if nothing showed it. A tool has
no actors, only `same_as` links between spans. The spans that these link form a group; the name, country and role of an
actor stay with the group that holds most of its spans.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from pipeline.gold.check import problems as unsound
from pipeline.record import Amount, Commitment, Quote, Record, Relation
from pipeline.review.edits.difference import Operation, difference, replaced
from pipeline.review.edits.fields import KINDS, MENTIONS, NO_ENDS, QUOTED_AS, RELATIONS, STATUSES, read_in
from pipeline.review.edits.operations import run
from pipeline.review.edits.working import Refused, State, Working, changed, relation_id, slot_id, slot_ids
from pipeline.review.formats.task import ARGUMENTS, LINKS, PROJECTS, REFERENCE, SAME, SPANS, Answer, Link, Span, Task
from pipeline.stages.references.clusters import Clusters
from pipeline.values.gazetteer.institutions import kind_of
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import place_country

QUOTED = ("EVENT", "PLACE", "AGREEMENT")  # ends of relations that need not be an actor or project
_KINDS = {"PERSON": "person", "ROLE": "person", REFERENCE: "group"}
_KINDS |= dict.fromkeys(("COUNTRY", "NORP", "PLACE"), "country")


def corrected(task: Task, answer: Answer) -> tuple[Record, list[str]]:
    """The corrected record, and notes on what a person should check.

    Raises Refused with all problems if the answer cannot become a record.
    """
    if wrong := problems(task, answer):
        raise Refused("; ".join(wrong))
    correction = _Correction(task, answer)
    made = correction.made()
    if wrong := unsound(made):
        raise Refused("; ".join(wrong))
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
    elif link.label in QUOTED_AS and child.label != QUOTED_AS[link.label]:
        yield f"{what}: should go to a {QUOTED_AS[link.label]}"


class _Correction:
    """A record under correction. `spans` of the answer by id; `links` go from a commitment to its arguments."""

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
        """Drops first what has lost its link, since the ends may get other labels."""
        self._remove(name for name, link in self.task.links_of.items() if self._is_dropped(link))
        self._set_triggers()
        self._set_mentions()
        self._set_entities()
        self._set_facts()
        self._set_sectors()
        return self.work.closed()

    def _do(self, *operations: Operation) -> str:
        """Does the operations; the id that the last one returns."""
        return [run(self.work, operation) or "" for operation in operations][-1] if operations else ""

    def _add(self, what: str, **fields: Any) -> str:
        return self._do({"do": "add", "what": what, "fields": fields})

    def _forward(self, link: Link) -> Link:
        turned = link.label in ARGUMENTS and self.spans[link.child].is_trigger
        return Link(link.child, link.label, link.head) if turned else link

    def _words(self, span: Span) -> str:
        return self.task.text[span.start : span.end]

    def _quote(self, span: Span) -> Quote:
        return Quote(text=self._words(span), start=span.start, end=span.end)

    def _set_triggers(self) -> None:
        known, now = set(self.work.commitments), {span.id: span for span in self.spans.values() if span.is_trigger}
        self._remove(known - now.keys())
        for span in now.values():
            self._put("commitment", span, span.attributes, known)

    def _set_mentions(self) -> None:
        """Removes, moves and relabels mentions, then adds new ones; those that get shorter make room for others."""
        known = set(self.work.mentions)
        now = {span.id: span for span in self.spans.values() if span.label in MENTIONS}
        self._remove(known - now.keys())
        last = len(self.task.text)  # new ones in their order
        for span in sorted(now.values(), key=lambda span: span.end - span.start if span.id in known else last):
            self._put("mention", span, {"label": span.label}, known)

    def _remove(self, gone: Iterable[str]) -> None:
        """Removes what the tool has shown."""
        self._do(*({"do": "remove", "id": name} for name in gone if name not in self.task.hidden))

    def _put(self, what: str, span: Span, fields: Mapping[str, str], known: Collection[str]) -> None:
        """Adds what a new span marks, or changes it where the span was changed."""
        values = {**fields, "start": span.start, "end": span.end}
        if span.id not in known:
            self.names[span.id] = self._add(what, **values)
        elif span != self.task.spans[span.id]:
            self._do({"do": "set", "id": span.id, "fields": values})

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
                self._do({"do": "remove", "id": old})
            elif self.now[old] != old:
                self._do({"do": "merge", "id": old, "into": self.now[old]})
        for number, group in enumerate(self.groups):
            for mention in (self.work.mentions[self.names[one.id]] for one in group if one.label in MENTIONS):
                self._do(*difference(mention, changed(mention, entity=self.entity_of.get(number))))
        for number, owner in self.entity_of.items():
            self._update(owner, self.groups[number])
        for number, group in enumerate(self.groups):
            if len(group) > 1 and number not in self.entity_of:
                self._entity(group[0])

    def _update(self, name: str, spans: list[Span]) -> None:
        """Gives an entity the words of its spans as aliases, takes those of spans that are gone, and sets its kind."""
        entity = self.work.entity(name)
        own = [span for span in self.task.spans.values() if self.task.entity.get(span.id) == name]
        hidden = {key(self._words(span)) for span in own if span.id in self.task.hidden}
        after = {key(self._words(span)): self._words(span) for span in spans}
        gone = {key(self._words(span)) for span in own} - hidden - after.keys()
        kept = [alias for alias in entity.aliases if key(alias) not in gone]
        known = {key(alias) for alias in (entity.name, *kept)}
        fields: dict[str, Any] = {"aliases": [*kept, *(words for form, words in after.items() if form not in known)]}
        if key(entity.name) in gone:
            self.notes.append(f"no span refers to {name} as {entity.name!r} any more: check its name")
        for span in spans:
            old, kind, is_actor = (
                self.task.spans.get(span.id, span),
                span.attributes.get("actor"),
                name in self.work.actors,
            )
            if is_actor and kind not in (None, old.attributes.get("actor")):
                fields["kind"] = kind
            if old.label != span.label and {span.label, old.label} & set(PROJECTS):
                if not is_actor and span.label in PROJECTS:
                    fields["programme"] = span.label == "PROGRAMME"
                else:
                    what = "an actor" if is_actor else "a project"
                    self.notes.append(f"{name} {entity.name!r} is still {what}, but has a {span.label}: check both")
        self._do(*difference(entity, changed(entity, **fields)))

    def _entity(self, span: Span, project: bool | None = None) -> str:
        """The id of the entity that a span refers to, which is created if there is none."""
        number = self.group_of[span.id]
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
        made = self._add(what, **fields)
        self.notes.append(f"new {what} {made} {name!r}: check {unsure}")
        return made

    def _is_dropped(self, link: Link) -> bool:
        """Whether a link was deleted, and not taken along by one of its spans: then an entity keeps what it does."""
        return link not in self.links and (link.label in QUOTED_AS or {link.head, link.child} <= self.spans.keys())

    def _end(self, span: Span, label: str, old: str = "") -> str:
        """What a link says of one of its ends: a commitment, words, an entity or a mention.

        `old`: the end of the fact that the link showed. Words of an entity that are now on their own still are its end.
        """
        if span.is_trigger:
            return self.names[span.id]
        if label in QUOTED_AS:
            return f"{span.start}:{span.end}"
        if old in self.task.spans and self.task.spans[old].label == span.label:
            return old
        known = self.entity_of.get(self.group_of[span.id]) or self.now.get(old)
        if not known and label in RELATIONS and span.label in QUOTED:
            return self.names[span.id]
        return known or self._entity(span, None if label in RELATIONS else label == "projects")

    def _set_facts(self) -> None:
        """Makes relations, and the values in slots of commitments, what the links say, and keeps what none showed."""
        wanted, record, shown = dict[str, Link | None](), self.task.record, set(self.task.links_of.values())
        for fact in _facts(record.relations, record.commitments):
            link = self.task.links_of.get(fact)
            if link is None or not self._is_dropped(link):
                wanted.setdefault(*self._fact(link if link in self.links else None, fact))
        for link in self.links:
            if link not in shown and link.label != SAME:
                wanted.setdefault(*self._fact(link, f" {link.label} "))
        known = _facts(self.work.relations.values(), self.work.commitments.values())
        new = {name: link for name, link in wanted.items() if link and name not in known and self._can_be_read(link)}
        at = {name: max(self.spans[link.head].start, self.spans[link.child].start) for name, link in new.items()}
        sentences = {name: self.work.sentence_at(offset) for name, offset in at.items()}
        self._do(*replaced(known, [*(name for name in known if name in wanted), *new], sentences))

    def _fact(self, link: Link | None, old: str) -> tuple[str, Link | None]:
        """A fact as it is now, by what it was: what its link says, if it has one."""
        if link is None:
            return " ".join(self.now.get(piece, piece) for piece in old.split(" ")), None
        head, label, child = old.split(" ", 2)
        head, child = self._end(self.spans[link.head], label, head), self._end(self.spans[link.child], label, child)
        return f"{head} {label} {child}", link if head != child else None

    def _can_be_read(self, link: Link) -> bool:
        """Whether a new fact is no amount that cannot be read; that is left out, with a note."""
        quote = self._quote(self.spans[link.child])
        value = read_in(self.task.record, quote, link.label, "") if link.label == "amounts" else None
        if not isinstance(value, Amount) or value.value is not None:
            return True
        self.notes.append(f"cannot read an amount in {quote.text!r}; if it is one, add it with `corridor review`")
        return False

    def _set_sectors(self) -> None:
        """Sets the sectors of the article; a new commitment gets those of its projects."""
        record = self.task.record
        if self.sectors is not None and self.sectors != [sector.code for sector in record.sectors]:
            self._do({"do": "set", "id": "article", "fields": {"sectors": self.sectors}})
        known = {act.id for act in record.commitments}
        for act in [act for act in self.work.commitments.values() if act.id not in known]:
            projects = [self.work.projects[project] for project in act.projects]
            codes = list(dict.fromkeys(sector.code for project in projects for sector in project.sectors))
            self._do(*replaced([], [slot_id(act.id, "sectors", code) for code in codes]))
            self.notes.append(f"new commitment {act.id} {act.trigger.text!r}: check sectors {codes}")


def _facts(relations: Iterable[Relation], commitments: Iterable[Commitment]) -> list[str]:
    """The ids of relations, and of the values in slots of commitments."""
    return [*map(relation_id, relations), *(name for act in commitments for name, _, _ in slot_ids(act))]
