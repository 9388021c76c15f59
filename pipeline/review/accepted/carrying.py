"""Decisions beside another record of their article: the same commitment there, what still holds, what is carried."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, Literal, NamedTuple

from rapidfuzz import fuzz

from pipeline.record import Actor, Commitment, Evidence, Mention, Project, Quote, Record
from pipeline.review.accepted.decisions import ACCEPTED, FIELDS, Decided, Row, changed, clipped
from pipeline.values.gazetteer.names import key

ALIKE = 50  # of 100: how like two sentences must be, where the text has changed


class Stated(NamedTuple):
    """A row, and the digest of the text that states it."""

    sha256: str
    row: Row


def matches(known: Sequence[Stated], found: Sequence[Stated]) -> list[int | None]:
    """For each known row the index of the found row that is the same commitment; each is used once, the best first.

    In one text their triggers overlap, or their sentences do and the kind is the same. In two texts their sentences are
    alike, and the words of the trigger or the kind are the same.
    """
    scored = [
        (value, a, b) for a, one in enumerate(known) for b, other in enumerate(found) if (value := _score(one, other))
    ]
    paired: dict[int, int] = {}
    for _, a, b in sorted(scored, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if a not in paired and b not in paired.values():
            paired[a] = b
    return [paired.get(a) for a in range(len(known))]


def overlap(one: Quote, other: Quote) -> bool:
    return one.start < other.end and other.start < one.end


def _score(one: Stated, other: Stated) -> float:
    """0 where they are not the same; else more, the more is equal."""
    return (_in_one_text if one.sha256 == other.sha256 else _in_two_texts)(one.row, other.row)


def _in_one_text(one: Row, other: Row) -> float:
    trigger, kind = overlap(one.trigger, other.trigger), one.kind == other.kind
    near = any(overlap(a, b) for a in one.evidence for b in other.evidence)
    return 0 if not (trigger or (near and kind)) else 2 * trigger + kind + _equal(one, other)


def _in_two_texts(one: Row, other: Row) -> float:
    trigger = _plain(one.trigger.text) == _plain(other.trigger.text)
    kind = one.kind == other.kind
    if not (trigger or kind):
        return 0
    alike = max((fuzz.ratio(_plain(a.text), _plain(b.text)) for a in one.evidence for b in other.evidence), default=0)
    return 0 if alike < ALIKE else alike / 25 + trigger + kind + _equal(one, other)


def _equal(one: Row, other: Row) -> float:
    """The share of fields that are equal."""
    return sum(words(one) == words(other) for words in FIELDS.values()) / len(FIELDS)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def find(words: str, text: str) -> tuple[int, int] | None:
    """The first span of a text that has these words, whatever white space is between them; None if there is none."""
    found = re.search(r"\s+".join(map(re.escape, words.split())), text)
    return found.span() if found else None


ABSENT = "the new record does not have it"


class Compared(NamedTuple):
    """A decision beside a record: the id of its commitment there, if any, and what has changed, in words."""

    decided: Decided
    commitment: str | None
    changes: list[str]

    @property
    def reopened(self) -> str | None:
        """Why the decision does not hold any more; only what was accepted is reopened."""
        if self.decided.decision not in (ACCEPTED, None):
            return None
        earlier = [self.decided.reopened] if self.decided.reopened else []
        return "; ".join([*self.changes, *earlier]) or None


def compare(rows: Sequence[Decided], text: str, sha256: str, found: dict[str, Row]) -> list[Compared]:
    """The decisions on an article beside a record of it, given by its text, the digest of that, and its rows."""
    names = list(found)
    at = matches([Stated(one.sha256, one.row) for one in rows], [Stated(sha256, row) for row in found.values()])
    pairs = zip(rows, (None if index is None else names[index] for index in at), strict=True)
    return [_compared(one, name, text, sha256, found) for one, name in pairs]


def _compared(one: Decided, name: str | None, text: str, sha256: str, found: dict[str, Row]) -> Compared:
    now, gone = found.get(name or ""), gone_from(one, text, sha256)
    if one.before is None and not gone:
        return Compared(one, name, [])
    if now is None:
        return Compared(
            one, None, [f"its words are not in the text any more: {clipped(gone[0])}"] if gone else [ABSENT]
        )
    changes = changed(now, one.row, one.before)
    return Compared(one, name, [*changes, *text_changes(now, gone)])


def gone_from(one: Decided, text: str, sha256: str) -> list[str]:
    """The sentences of a row that a text has not."""
    return [] if one.sha256 == sha256 else [e.text for e in one.row.evidence if find(e.text, text) is None]


def text_changes(now: Row, gone: list[str]) -> list[str]:
    """That the sentences of a row have changed, in words."""
    return [f"text: {clipped(now.evidence[0].text)}, was {clipped(gone[0])}"] if gone else []


Offsets = tuple[int, int]
Move = Callable[[Any], Offsets | None]  # where a span of one text is in the other
ACTORS = ("by", "with_", "to")


def carried(target: Record, source: Record, commitment: Commitment, name: str | None = None) -> Record | None:
    """`target` with a commitment of `source`, in the place of its commitment `name`, or as a new one.

    Parties and projects are those of the same name, else they are added. None where the target's text lacks words of
    the commitment.
    """
    move = moving(source, target)
    spans = [commitment.trigger, *commitment.amounts, *commitment.dates, *commitment.evidence]
    if any(move(span) is None for span in spans):
        return None
    target, ends = _with_entities(target, source, commitment, move)
    name = name or _new("c", target)
    flow = commitment.flow
    sides = {s: [ends[e] for e in getattr(flow, s)] for s in ("provider", "recipient")} if flow else {}
    made = commitment.model_copy(
        update={
            "id": name,
            **{slot: [ends[end] for end in getattr(commitment, slot)] for slot in (*ACTORS, "projects")},
            "attributed_to": commitment.attributed_to and ends[commitment.attributed_to],
            "flow": flow and flow.model_copy(update=sides),
            "trigger": _moved(commitment.trigger, target, move),
            "amounts": [_moved(amount, target, move) for amount in commitment.amounts],
            "dates": [_moved(date, target, move) for date in commitment.dates],
            "evidence": [_evidence(target, move(evidence)) for evidence in commitment.evidence],
        }
    )
    return _put(target, made)


def moving(source: Record, target: Record) -> Move:
    """Where spans of the source's text are in the target's: at the same words in the same sentence."""
    if source.article.sha256 == target.article.sha256:
        return lambda span: (span.start, span.end)
    text, new = source.article.text, target.article.text

    def move(span: Any) -> Offsets | None:
        sentence = next((s for s in source.sentences if s.start <= span.start and span.end <= s.end), None)
        found = sentence and find(text[sentence.start : sentence.end], new)
        if not sentence or not found:
            return None
        letters = [at for at in range(*found) if not new[at].isspace()]  # white space may differ
        before, inside = (
            sum(not c.isspace() for c in part)
            for part in (text[sentence.start : span.start], text[span.start : span.end])
        )
        return (letters[before], letters[before + inside - 1] + 1) if inside else None

    return move


def _moved[T: Any](part: T, target: Record, move: Move) -> T:
    """A quote at its offsets in the target."""
    start, end = move(part) or (part.start, part.end)
    copied: T = part.model_copy(update={"text": target.article.text[start:end], "start": start, "end": end})
    return copied


def _evidence(target: Record, span: Offsets | None) -> Evidence:
    start, end = span or (0, 0)
    return Evidence(sentence=_sentence(target, start), start=start, end=end)


def _sentence(record: Record, offset: int) -> int:
    return max((s.id for s in record.sentences if s.start <= offset), default=0)


def _put(record: Record, made: Commitment) -> Record:
    known = [one.id for one in record.commitments]
    left = [made if one.id == made.id else one for one in record.commitments]
    return record.model_copy(update={"commitments": left if made.id in known else [*left, made]})


def _with_entities(target: Record, source: Record, commitment: Commitment, move: Move) -> tuple[Record, dict[str, str]]:
    """The target with the parties and projects of a commitment, and their ids there by those in the source."""
    flow = commitment.flow
    parties = [*commitment.by, *commitment.with_, *commitment.to, commitment.attributed_to]
    parties += [*flow.provider, *flow.recipient] if flow else []
    ends: dict[str, str] = {}
    for actor in source.actors:
        if actor.id in parties:
            target, ends[actor.id] = _with_entity(target, source, "actors", actor, move)
    for project in source.projects:
        if project.id in commitment.projects:
            target, ends[project.id] = _with_entity(target, source, "projects", project, move)
    return target, ends


def _with_entity(
    target: Record, source: Record, kind: Literal["actors", "projects"], entity: Actor | Project, move: Move
) -> tuple[Record, str]:
    """The target with an actor or a project, and its id there."""
    own: list[Any] = getattr(target, kind)
    if known := _same(own, entity):
        return target, known
    name = _new(kind[0], target)
    target, mentions = _with_mentions(target, source, entity.id, name, move)
    made = entity.model_copy(update={"id": name, "mentions": mentions})
    return target.model_copy(update={kind: [*own, made]}), name


def _same(known: Sequence[Actor | Project], wanted: Actor | Project) -> str | None:
    """The id of the actor or project of the same name; one with the same id first."""
    found = [one.id for one in known if key(one.name) == key(wanted.name)]
    return wanted.id if wanted.id in found else next(iter(found), None)


def _with_mentions(target: Record, source: Record, old: str, new: str, move: Move) -> tuple[Record, list[str]]:
    """The target with the mentions of an entity that it does not name otherwise, and their ids."""
    mentions, own = list(target.mentions), []
    for mention in (m for m in source.mentions if m.entity == old):
        span = move(mention)
        if span is None:
            continue
        near = [at for at, m in enumerate(mentions) if m.start < span[1] and span[0] < m.end]
        if not near:
            made = _mention(target.model_copy(update={"mentions": mentions}), mention, span, new)
            mentions.append(made)
            own.append(made.id)
        elif [(mentions[at].start, mentions[at].end, mentions[at].entity) for at in near] == [(*span, None)]:
            mentions[near[0]] = mentions[near[0]].model_copy(update={"entity": new})
            own.append(mentions[near[0]].id)
    mentions.sort(key=lambda m: (m.start, m.end))
    return target.model_copy(update={"mentions": mentions}), own


def _mention(target: Record, mention: Mention, span: Offsets, entity: str) -> Mention:
    words = {"text": target.article.text[slice(*span)], "start": span[0], "end": span[1]}
    value = None if isinstance(mention.value, Quote) else mention.value  # a number with offsets names nobody
    fields = {"id": _new("m", target), "sentence": _sentence(target, span[0]), "entity": entity, "value": value}
    return mention.model_copy(update={**words, **fields})


def _new(letter: str, record: Record) -> str:
    """An id that nothing in the record has."""
    used = {one.id for some in (record.mentions, record.actors, record.projects, record.commitments) for one in some}
    return next(name for name in (f"{letter}{n}" for n in count(1)) if name not in used)
