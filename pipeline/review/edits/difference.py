"""The operations that turn a part of a record into another: the one way in which a correction becomes operations.

A fact is a relation, or a value in a slot of a commitment, by its id as of `working.py`: "a1 funds p2", "c4 by a1",
"c4 amounts 120:132". Its id says all that is needed to add it.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from pipeline.record import Actor, Amount, Commitment, Date, Mention, Project
from pipeline.review.edits.fields import QUOTED_AS, SETTABLE
from pipeline.review.edits.working import SLOTS, in_slot, slot_id

Operation = dict[str, Any]
_TABLES: Mapping[type, str] = {
    Mention: "mentions", Actor: "actors", Project: "projects", Commitment: "commitments", Amount: "slot amounts",
    Date: "slot dates",
}  # fmt: skip


def difference(old: Any, new: Any, id: str = "") -> list[Operation]:
    """The operations that turn a mention, actor, project, commitment, amount or date into another.

    Only what can be set is compared. `id`: of an amount or date in its slot; the others have their own.
    """
    before, after = _settable(old), _settable(new)
    fields = {name: value for name, value in after.items() if value != before[name]}
    if fields and isinstance(old, Amount):  # a value without its bounds clears them
        fields = after
    made: list[Operation] = [{"do": "set", "id": id or old.id, "fields": fields}] if fields else []
    if isinstance(old, Commitment):
        for slot in SLOTS:
            known, wanted = ([slot_id(old.id, slot, one) for one in in_slot(act, slot)] for act in (old, new))
            made += replaced(known, wanted)
    return made


def replaced(
    known: Iterable[str], wanted: Iterable[str], sentences: Mapping[str, int] = MappingProxyType({})
) -> list[Operation]:
    """The operations that put facts in the place of others. `sentences`: by relation, where not the default one."""
    before, after = dict.fromkeys(known), dict.fromkeys(wanted)
    gone: list[Operation] = [{"do": "remove", "id": fact} for fact in before if fact not in after]
    return gone + [_added(fact, sentences) for fact in after if fact not in before]


def _added(fact: str, sentences: Mapping[str, int]) -> Operation:
    head, label, child = fact.split(" ")
    if label not in SLOTS:
        number = {"sentence": sentences[fact]} if fact in sentences else {}
        return {"do": "add", "what": "relation", "fields": {"subject": head, "type": label, "object": child, **number}}
    if label in QUOTED_AS:
        start, end = map(int, child.split(":"))
        return {"do": "add_slot", "id": head, "slot": label, "start": start, "end": end}
    return {"do": "add_slot", "id": head, "slot": label, "value": child}


def _settable(part: Any) -> dict[str, Any]:
    """The fields of a part that can be set, as an operation has them."""
    fields = dict(part)
    if isinstance(part, Commitment):
        fields |= {"start": part.trigger.start, "end": part.trigger.end, "flow": part.flow and part.flow.model_dump()}
        fields["sentences"] = [one.sentence for one in part.evidence]
    elif isinstance(part, Project):
        fields["sectors"] = [sector.code for sector in part.sectors]
    return {name: fields[name] for name in SETTABLE[_TABLES[type(part)]].model_fields}
