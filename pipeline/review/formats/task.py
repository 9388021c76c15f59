"""A record as any tool shows it: spans of its text, links between them, labels of the article.

A record links actors, not their mentions: a link goes to a mention in the sentence, else to the first one. What does
not occur in the text is not shown and stays in the record unchanged.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TextIO

from pydantic import ValidationError

from pipeline.errors import ArticleError, SetupError
from pipeline.gold.check import problems
from pipeline.gold.folder import is_gold, read_gold
from pipeline.gold.importer import Offsets, guide_record
from pipeline.record import Evidence, Quote, Record, digest
from pipeline.record import Span as Place
from pipeline.records import read
from pipeline.review.accepted.decisions import entities
from pipeline.review.edits.fields import MENTIONS, QUOTED_AS, RELATIONS
from pipeline.review.edits.working import ENTITY_SLOTS, relation_id, slot_ids

PAYLOAD = "corridor"  # the name in every tool of what it carries with a task but does not show
REFERENCE = "REFERENCE"  # other words for an actor or project that are no mention: "the bank"
COMMITMENT = "COMMITMENT"  # the trigger of a commitment
SPANS = (*MENTIONS, REFERENCE, COMMITMENT)
PROJECTS = ("PROJECT", "PROGRAMME")
SAME = "same_as"  # both spans refer to one actor or project
ARGUMENTS = (*ENTITY_SLOTS, *QUOTED_AS)  # links that go from a commitment
LINKS = (SAME, *RELATIONS, *ARGUMENTS)


@dataclass(frozen=True)
class Span:
    """Characters of the text. `attributes`: `kind` and `status` of a COMMITMENT; `actor`, the kind, of an actor.

    `id`: which span of the record it is, as `task_of` names them; a new span has any other id.
    """

    id: str
    start: int
    end: int
    label: str
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_trigger(self) -> bool:
        return self.label == COMMITMENT

    @property
    def offsets(self) -> Offsets:
        return self.start, self.end

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class Link:
    """An arrow from the span `head` to the span `child`, by their ids."""

    head: str
    label: str
    child: str


Clash = Callable[[Span, Span], bool]  # whether a tool can show only one of two spans


@dataclass(frozen=True)
class Task:
    """A record to be corrected. `spans` by id; `entity`: id of the actor or project, by span id.

    `hidden`: ids that the tool cannot show. `score`: the mean confidence; None if a person made the record.
    """

    record: Record
    spans: Mapping[str, Span]
    entity: Mapping[str, str]
    hidden: frozenset[str]
    score: float | None = None

    @property
    def text(self) -> str:
        return self.record.article.text

    @property
    def shown(self) -> list[Span]:
        return [span for span in self.spans.values() if span.id not in self.hidden]

    @property
    def links(self) -> list[Link]:
        """Every link once: same_as, then relations, then those of commitments."""
        owners = [(span.id, self.entity[span.id]) for span in self.shown if span.id in self.entity]
        links = dict.fromkeys([*same(owners), *self.links_of.values()])
        return [link for link in links if not {link.head, link.child} & self.hidden]

    @cached_property
    def links_of(self) -> Mapping[str, Link]:
        """The link that shows a relation or a value in a slot, if any, by its id as of `edits/working.py`."""
        links: dict[str, Link] = {}
        for relation in self.record.relations:
            head, child = (self.end(end, relation.evidence) for end in (relation.subject, relation.object))
            if head and child and head != child:
                links[relation_id(relation)] = Link(head, relation.type, child)
        marked = {span.offsets: span.id for span in reversed(self.shown) if not span.is_trigger}
        for act in (act for act in self.record.commitments if act.id not in self.hidden):
            near = next((e for e in act.evidence if e.start <= act.trigger.start < e.end), act.evidence[0])
            for name, slot, value in slot_ids(act):
                quoted = isinstance(value, Quote)
                span = marked.get((value.start, value.end)) if quoted else self.end(value, near)
                if span and slot in ARGUMENTS:
                    links[name] = Link(act.id, slot, span)
        return links

    @property
    def about(self) -> dict[str, Any]:
        """What an annotator sees of an article beside its text."""
        fields = self.record.article.model_dump(include={"id", "title", "source", "date"})
        score = {} if self.score is None else {"score": self.score}
        return {name: value for name, value in fields.items() if value} | score

    @property
    def payload(self) -> dict[str, Any]:
        """The record without its text, which the tool shows."""
        article = self.record.article.model_copy(update={"text": ""})
        return {"record": self.record.model_copy(update={"article": article}).model_dump(mode="json", by_alias=True)}

    def end(self, end: str, near: Place | Evidence) -> str | None:
        """The span that shows a mention or an entity: in the sentence, else the first one."""
        known = [span for span in self.shown if end in (span.id, self.entity.get(span.id))]
        known.sort(key=lambda span: (not near.start <= span.start < near.end, span.start))
        return known[0].id if known else None


@dataclass(frozen=True)
class Answer:
    """An annotator's answer. `sectors`: of the article; None if the tool does not hold them."""

    spans: list[Span]
    links: list[Link]
    sectors: list[str] | None = None


@dataclass(frozen=True)
class Returned:
    """A task in a tool's file. `raw`: what the tool's `answer` reads."""

    where: str
    payload: Any
    text: Any
    raw: Any


def task_of(record: Record, clash: Clash, score: float | None = None) -> Task:
    """All that a tool can show of a record; spans have the ids of mentions and commitments, or `reference-0`."""
    spans = [Span(mention.id, mention.start, mention.end, mention.label) for mention in record.mentions]
    entity = {mention.id: mention.entity for mention in record.mentions if mention.entity}
    for number, (start, end, owner) in enumerate(_references(record)):
        spans.append(Span(f"reference-{number}", start, end, REFERENCE))
        entity[spans[-1].id] = owner
    kinds: dict[str, str] = {actor.id: actor.kind for actor in record.actors}
    for at, span in sorted(enumerate(spans), key=lambda pair: pair[1].start):
        if kind := kinds.pop(entity.get(span.id, ""), None):  # the first span of an actor has its kind
            spans[at] = replace(span, attributes={"actor": kind})
    for act in record.commitments:
        attributes = {"kind": act.kind, "status": act.status}
        spans.append(Span(act.id, act.trigger.start, act.trigger.end, COMMITMENT, attributes))
    shown: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.is_trigger, span.label == REFERENCE, span.offsets)):
        if not any(clash(span, other) for other in shown):
            shown.append(span)
    ordered = {span.id: span for span in sorted(spans, key=lambda span: span.offsets)}
    return Task(record, ordered, entity, frozenset(ordered.keys() - {span.id for span in shown}), score)


def same(owners: Iterable[tuple[str, str]]) -> list[Link]:
    """Links from spans to the first one of the same owner; `owners`: ids of spans and of what they refer to."""
    first: dict[str, str] = {}
    return [Link(span, SAME, first[owner]) for span, owner in owners if first.setdefault(owner, span) != span]


def _references(record: Record) -> list[tuple[int, int, str]]:
    """Occurrences of the names outside of mentions, longest first: start, end, id of the entity."""
    taken: list[Offsets] = [(mention.start, mention.end) for mention in record.mentions]
    names = [(name, entity.id) for entity in entities(record) for name in (entity.name, *entity.aliases) if name]
    references = []
    for name, owner in sorted(names, key=lambda pair: -len(pair[0])):
        first, rest = re.escape(name[0]), re.escape(name[1:])  # a sentence may begin with it
        for match in re.finditer(rf"(?<!\w)(?i:{first}){rest}(?!\w)", record.article.text):
            start, end = match.span()
            if all(end <= a or start >= b for a, b in taken):
                taken.append((start, end))
                references.append((start, end, owner))
    return sorted(references)


def matched(task: Task, answer: Answer) -> Answer:
    """The answer with the ids of the spans that were shown, for tools that give spans no ids.

    A span at the same offsets is the same. So is one that overlaps a missing span and has its label: it was moved.
    The kind of an actor, which these tools do not hold, is that of before.
    """
    shown = {(span.offsets, span.is_trigger): span for span in task.shown}
    before = {span.id: shown.get((span.offsets, span.is_trigger)) for span in answer.spans}
    missing = [span for span in task.shown if span not in before.values()]
    for span in answer.spans:
        alike = [old for old in missing if old.label == span.label and old.overlaps(span)]
        if before[span.id] is None and alike:
            best = max(alike, key=lambda old: min(old.end, span.end) - max(old.start, span.start))
            before[span.id] = best
            missing.remove(best)
    ids = {name: old.id if old else name for name, old in before.items()}
    kinds = {name: old.attributes for name, old in before.items() if old and not old.is_trigger}
    spans = [replace(span, id=ids[span.id], attributes=kinds.get(span.id, span.attributes)) for span in answer.spans]
    links = [Link(ids.get(link.head, link.head), link.label, ids.get(link.child, link.child)) for link in answer.links]
    return Answer(spans, links, answer.sectors)


def sound_records(source: str, count: Counter[str], say: Callable[[str], None]) -> Iterator[Record]:
    """The records, or the gold of a folder; `say` is called with what is wrong with the others, which `count` counts.

    Raises SetupError if `source` cannot be read.
    """
    for record in read_gold(Path(source)) if is_gold(Path(source)) else read(source):
        if isinstance(record, ArticleError):
            wrong = str(record)
        elif found := problems(record):
            wrong = f"{record.article.id}: {'; '.join(found)}; extract it again"
        else:
            yield record
            continue
        count["failed"] += 1
        say(wrong)


def opened(path: Path) -> TextIO:
    """A text file to read. Raises SetupError if it cannot be opened."""
    try:
        return path.open(encoding="utf-8-sig", errors="replace")  # a replaced character changes the text: refused later
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror})") from error


def mean_confidence(parts: Iterable[Any]) -> float:
    """The mean confidence, of commitments that of their rows, to three decimals; 0 if there are no parts."""
    rows = ((getattr(part, "row_confidence", None), part.confidence) for part in parts)
    confidences = [own if row is None else row for row, own in rows]
    return round(sum(confidences) / len(confidences), 3) if confidences else 0.0


def record_of(where: str, part: Any, text: Any) -> Record:
    """The record that was exported, before the correction; earlier versions exported gold of the annotation guide.

    Raises ArticleError if it is not from Corridor, or its text has changed.
    """
    if not isinstance(part, Mapping) or not isinstance(text, str):
        raise ArticleError(where, f"has no `{PAYLOAD}` and `text`; use tasks that `corridor annotate export` wrote")
    try:
        if "record" in part:
            raw = part["record"] | {"article": part["record"]["article"] | {"text": text}}
            record, sha256 = Record.model_validate_json(json.dumps(raw)), raw["article"]["sha256"]
        else:
            record, sha256 = guide_record(where, part["article"] | {"text": text}, part["gold"]), part["sha256"]
        if sha256 != digest(text):
            raise ArticleError(where, "its text has changed, so that offsets would be wrong; export the article again")
        wrong = problems(record)
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        wrong = [str(error)]
    if wrong:
        raise ArticleError(where, f"its `{PAYLOAD}` part is damaged ({wrong[0]}); export the article again")
    return record
