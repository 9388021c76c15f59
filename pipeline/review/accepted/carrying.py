"""A commitment of one record of an article, put into another one: of a newer text, or of another reviewer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, Literal

from pipeline.record import Actor, Commitment, Evidence, Mention, Project, Quote, Record
from pipeline.review.accepted.matching import find
from pipeline.values.gazetteer.names import key

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
