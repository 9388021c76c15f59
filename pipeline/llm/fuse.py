"""Joins what both readers found in an article, and says how sure each act and each field is.

A language model's act has its own fields; the small models' act in the same sentence agrees or disagrees, which makes
it surer or less sure. An act that the small models alone found stays where it is likely enough, and wherever no
answer covers its sentence.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pipeline.errors import SetupError
from pipeline.llm.bare import is_bare
from pipeline.llm.ground import Reading
from pipeline.record import Actor, Commitment, Project, Record, Relation, SlotConfidence
from pipeline.stages.models.linear import LogOdds, parts

NAME = "reader.json"  # in the folder of a profile
Opinion = Literal["agree", "differ", "alone"]  # of the small models on an entry of a language model's act
PARTIES = ("by", "with_", "to")
SIDES = ("provider", "recipient")
SINGLE = ("status", "instrument")  # fields with one value


@dataclass(frozen=True)
class Fusion:
    """Fitted by `corridor train reader`. Probabilities of acts, features as in `act_features`.

    `act`: that a language model's act is stated, with its kind; `row`: that it is right in kind, status, doers,
    amounts and flow; `other`: that an act of the small models alone is stated, which is kept from `least` on;
    `slots`: by field and opinion, how often an entry is right; `gain`: see `weighed`; `alone`: the same of a language
    model that reads alone, where that was fitted.
    """

    act: LogOdds
    row: LogOdds
    other: LogOdds
    least: float
    slots: dict[str, dict[str, float]]
    gain: dict[str, float]
    alone: Fusion | None = None

    def of(self, record: Record) -> Fusion:
        """That for a record, as it was before a language model read it."""
        return self.alone if self.alone and is_bare(record) else self

    def write(self, folder: Path) -> None:
        (folder / NAME).write_text(json.dumps(asdict(self), indent=1, sort_keys=True) + "\n", encoding="utf-8")


@cache
def read_fusion(folder: Path) -> Fusion:
    """The fusion in the folder of a profile. Raises SetupError where it is missing or damaged."""
    path = folder / NAME
    try:
        return _fusion(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SetupError(f"{path}: cannot be read ({error}); reinstall corridor, or name another --model") from error


def _fusion(read: dict[str, Any]) -> Fusion:
    act, row, other = (LogOdds(**read.pop(name)) for name in ("act", "row", "other"))
    alone = read.pop("alone", None)
    return Fusion(act=act, row=row, other=other, alone=alone and _fusion(alone), **read)


def joined(record: Record, reading: Reading, fusion: Fusion, believed: bool = True) -> Record:
    """The record of the small models joined with the reading of it.

    What is not `believed` removes and joins nothing: an act only takes the place of one of the small models that has
    its kind, status and amounts and shares a doer. That is safe with any language model.
    """
    fusion = fusion.of(record)
    if believed:
        return applied(reading, fused(record.commitments, reading, fusion))
    theirs = {
        id(other): act
        for act, other in paired(record.commitments, reading)
        if other and _agree(act, other, reading.same)
    }
    acts = [
        _judged(act, other, fusion, reading.lost.get(act.evidence[0].sentence, 0.0))
        if (act := theirs.get(id(other)))
        else other
        for other in record.commitments
    ]
    return applied(replace(reading, record=_named(record, reading.record, acts), same={}, no_project=set()), acts)


def _agree(act: Commitment, other: Commitment, same: Mapping[str, str]) -> bool:
    doers = [{same.get(name, name) for name in one.by} for one in (act, other)]
    amounts = [{amount.value for amount in one.amounts} for one in (act, other)]
    same_fields = act.kind == other.kind and act.status == other.status and amounts[0] == amounts[1]
    return same_fields and not doers[0].isdisjoint(doers[1])


def _named(record: Record, reading: Record, acts: Iterable[Commitment]) -> Record:
    """The record of a reading, of whose new actors and projects those stay that an act names."""
    known = {actor.id for actor in record.actors} | {project.id for project in record.projects}
    known |= {name for act in acts for names in _entries(act).values() for name in names}
    known |= {act.attributed_to for act in acts if act.attributed_to}
    return reading.model_copy(
        update={
            "actors": [actor for actor in reading.actors if actor.id in known],
            "projects": [project for project in reading.projects if project.id in known],
            "mentions": [one for one in reading.mentions if one.entity is None or one.entity in known],
        }
    )


def fused(before: Sequence[Commitment], reading: Reading, fusion: Fusion) -> list[Commitment]:
    """The acts of both readers, with their confidences. `before`: those of the small models."""
    pairs = paired(before, reading)
    judged = [_judged(act, other, fusion, reading.lost.get(act.evidence[0].sentence, 0.0)) for act, other in pairs]
    partners = {id(other) for _, other in pairs if other}
    alone = [other for other in before if id(other) not in partners]
    return judged + [
        other  # of a sentence that was read only where it is likely
        for other in alone
        if other.evidence[0].sentence not in reading.lost or fusion.other(other_features(other)) >= fusion.least
    ]


def paired(before: Sequence[Commitment], reading: Reading) -> list[tuple[Commitment, Commitment | None]]:
    """Each act of a language model with the small models' act that it repeats, one to one, the best pairs first."""
    ranked = sorted(
        (
            (rank, at, number)
            for at, act in enumerate(reading.commitments)
            for number, other in enumerate(before)
            if (rank := _rank(act, other, reading.same))
        ),
        key=lambda row: (*(-part for part in row[0]), *row[1:]),
    )
    partner: dict[int, int] = {}
    for _, at, number in ranked:
        if at not in partner and number not in partner.values():
            partner[at] = number
    return [(act, before[partner[at]] if at in partner else None) for at, act in enumerate(reading.commitments)]


def _rank(act: Commitment, other: Commitment, same: Mapping[str, str]) -> tuple[float, ...] | None:
    """How well two acts fit; None where they share no sentence, or neither words, doers, amounts nor kind."""
    if not {e.sentence for e in act.evidence} & {e.sentence for e in other.evidence}:
        return None
    words = act.trigger.start < other.trigger.end and other.trigger.start < act.trigger.end
    amounts = {a.value for a in act.amounts} & {a.value for a in other.amounts}
    doers = {same.get(name, name) for name in act.by} & {same.get(name, name) for name in other.by}
    fit = (2.0 * words + 2.0 * bool(amounts) + bool(doers) + (act.kind == other.kind), act.status == other.status)
    return fit if fit[0] else None


def act_features(act: Commitment, other: Commitment | None) -> dict[str, float]:
    """What speaks for an act of a language model, with the small models' act that it repeats."""
    flow = act.flow.instrument if act.flow else "none"
    facts = [
        f"kind {act.kind}",
        f"status {act.status}",
        f"instrument {flow}",
        f"doers {min(3, len(act.by))}",
        f"amounts {min(2, len(act.amounts))}",
        f"receivers {min(2, len(act.to))}",
        f"sentences {min(3, len(act.evidence))}",
        f"boilerplate {act.boilerplate}",
        f"both {other is not None}",
    ]
    features = dict.fromkeys(facts, 1.0)
    if other is not None:
        same = {
            "kind": act.kind == other.kind,
            "status": act.status == other.status,
            "by": set(act.by) == set(other.by),
            "to": set(act.to) == set(other.to),
            "amounts": {a.value for a in act.amounts} == {a.value for a in other.amounts},
            "instrument": flow == (other.flow.instrument if other.flow else "none"),
        }
        features |= _confidences(other) | {f"same {name}": float(value) for name, value in same.items()}
    return features


def other_features(other: Commitment) -> dict[str, float]:
    """What speaks for an act that the small models alone found."""
    return _confidences(other) | {f"kind {other.kind}": 1.0, f"boilerplate {other.boilerplate}": 1.0}


def _confidences(act: Commitment) -> dict[str, float]:
    """Those of the small models in an act of theirs, as log odds."""
    return {"confidence": sum(parts(act.confidence)), "row": sum(parts(act.row_confidence or 0.0))}


def opinions(act: Commitment, other: Commitment | None) -> Iterator[tuple[str, Opinion]]:
    """By field and entry of an act, whether the small models agree."""
    theirs = _entries(other) if other else {}
    for field, entries in _entries(act).items():
        for entry in entries:
            yield field, "alone" if other is None else "agree" if entry in theirs.get(field, []) else "differ"


def _entries(act: Commitment) -> dict[str, list[str]]:
    """The entries of each field that an opinion is about."""
    entries = {field: getattr(act, field) for field in (*PARTIES, "projects")}
    entries |= {"dates": [date.iso or date.text for date in act.dates], "status": [act.status]}
    sides = {side: getattr(act.flow, side) for side in SIDES if act.flow}
    return entries | ({"instrument": [act.flow.instrument]} | sides if act.flow else {})


def _judged(act: Commitment, other: Commitment | None, fusion: Fusion, lost: float) -> Commitment:
    """A language model's act with its confidences; with the flow of the other act where it has none.

    `lost`: see `Reading`. An act says who and what, each as likely wrong as the answer's other parts: where half of
    them were left out, a quarter of the confidence stays.
    """
    trust = (1 - lost) ** 2
    features = act_features(act, other)
    moves = act.kind == "finance" or act.amounts
    act = act.model_copy(update={"flow": act.flow or (other.flow if other and moves else None)})
    sure: dict[str, Any] = defaultdict(list)
    for field, opinion in opinions(act, other):
        sure[field].append(round(trust * fusion.slots[field][opinion], 2))
    sure |= {field: sure[field][0] for field in SINGLE if field in sure}
    return act.model_copy(
        update={
            "confidence": round(trust * fusion.act(features), 2),
            "row_confidence": round(trust * fusion.row(features), 2),
            "slot_confidence": SlotConfidence(**sure),
            "method": f"{act.method}+{other.method}" if other else act.method,
        }
    )


def applied(reading: Reading, commitments: Sequence[Commitment]) -> Record:
    """The record of a reading with these commitments, which may name any entity of it.

    Mentions and commitments are in reading order, new actors and projects after the others, as `assemble` gives them.
    """
    record = reading.record
    actors = _merged(record.actors, reading.same)
    projects = [project for project in _merged(record.projects, reading.same) if project.id not in reading.no_project]
    mentions = sorted(record.mentions, key=lambda mention: (mention.start, mention.end))
    kept = sorted(commitments, key=lambda commitment: (commitment.trigger.start, commitment.trigger.end))
    lists: dict[str, list[Any]] = {"m": mentions, "a": actors, "p": projects}
    new = {part.id: f"{letter}{n}" for letter, parts in lists.items() for n, part in enumerate(parts, 1)}
    new |= {name: new[head] for name, head in reading.same.items() if head in new}
    own: dict[str, list[str]] = defaultdict(list)
    for mention in mentions:
        own[new.get(mention.entity or "", "")].append(new[mention.id])
    return record.model_copy(
        update={
            "mentions": [
                mention.model_copy(update={"id": new[mention.id], "entity": new.get(mention.entity or "")})
                for mention in mentions
            ],
            "actors": [_renamed(actor, new, own) for actor in actors],
            "projects": [_renamed(project, new, own) for project in projects],
            "relations": _relations(record.relations, new),
            "commitments": [_commitment(one, f"c{n}", new) for n, one in enumerate(kept, 1)],
        }
    )


def _renamed[E: (Actor, Project)](entity: E, new: Mapping[str, str], own: Mapping[str, list[str]]) -> E:
    return entity.model_copy(update={"id": new[entity.id], "mentions": own[new[entity.id]]})


def _merged[E: (Actor, Project)](entities: Sequence[E], heads: Mapping[str, str]) -> list[E]:
    """The entities without those that another one stands for, whose names it then has."""
    members: dict[str, list[E]] = defaultdict(list)
    for entity in entities:
        members[heads.get(entity.id, entity.id)].append(entity)
    return [_whole(entity, members[entity.id]) for entity in entities if entity.id in members]


def _whole[E: Actor | Project](head: E, members: Sequence[E]) -> E:
    """The entity with the names of all, and the country and role of the first that has one."""
    if len(members) == 1:
        return head
    names = dict.fromkeys(name for member in members for name in (member.name, *member.aliases))
    update: dict[str, Any] = {"aliases": [name for name in names if name != head.name]}
    for field in {"country", "role"} & type(head).model_fields.keys():
        update[field] = next(filter(None, (getattr(member, field) for member in (head, *members))), None)
    if getattr(head, "kind", None) == "multilateral":
        update["country"] = None
    whole: Any = head.model_copy(update=update)
    return whole  # type: ignore[no-any-return]


def _relations(relations: Iterable[Relation], new: Mapping[str, str]) -> list[Relation]:
    """The relations between what is left, each once, at its first statement."""
    kept: dict[tuple[str, str, str], Relation] = {}
    for relation in relations:
        subject, target = new.get(relation.subject), new.get(relation.object)
        if subject and target and subject != target:
            moved = relation.model_copy(update={"subject": subject, "object": target})
            kept.setdefault((subject, relation.type, target), moved)
    return list(kept.values())


def _commitment(commitment: Commitment, identity: str, new: Mapping[str, str]) -> Commitment:
    """With the ids of today; an entity that fills two slots of the parties fills the first."""
    flow, sure = commitment.flow, commitment.slot_confidence
    ids: dict[str, list[str]] = {}
    shares: dict[str, list[float]] = {}
    for field in (*PARTIES, "projects", *(SIDES if flow else ())):
        values = getattr(sure, field, [])
        before = {name for party in PARTIES for name in ids.get(party, [])} if field in PARTIES else set()
        places: dict[str, int] = {}  # of each entry that stays, by its new id
        for place, name in enumerate(getattr(flow if field in SIDES else commitment, field)):
            if name in new and new[name] not in before:
                places.setdefault(new[name], place)
        ids[field] = list(places)
        shares[field] = [values[place] for place in places.values() if place < len(values)]
    sides = {side: ids.pop(side) for side in SIDES if flow}
    update = {
        "id": identity,
        **ids,
        "attributed_to": new.get(commitment.attributed_to or ""),
        "flow": flow and flow.model_copy(update=sides),
        "slot_confidence": sure and sure.model_copy(update=shares),
    }
    return commitment.model_copy(update=update)
