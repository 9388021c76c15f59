"""Checks gold against the annotation guide: its form, closed sets of values, references and quoted words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.gold.gold import GoldArticle
from pipeline.record import ActorKind, CommitmentKind, Label, RelationType, Status
from pipeline.values.gazetteer.names import key

Instrument = Literal[
    "grant", "loan", "guarantee", "equity", "bond", "deposit", "rollover", "repayment", "budget", "purchase", "other"
]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True)


class _Actor(_Shape):
    key: str
    name: str
    kind: ActorKind
    country: str | None
    role: str | None
    surface: list[str]


class _Project(_Shape):
    key: str
    name: str
    programme: bool
    sectors: list[str]
    countries: list[str]
    surface: list[str]


class _Amount(_Shape):
    text: str
    value: float
    currency: str | None


class _Date(_Shape):
    text: str
    iso: str | None


class _Flow(_Shape):
    model_config = ConfigDict(extra="forbid")

    instrument: Instrument
    provider: list[str]
    recipient: list[str]
    terms: dict[Literal["interest", "maturity", "grace"], str] = {}


class _Commitment(_Shape):
    key: str
    sent: int
    also: list[int]
    trigger: str
    kind: CommitmentKind
    status: Status
    by: list[str]
    with_: list[str] = Field(alias="with")
    to: list[str]
    projects: list[str]
    amounts: list[_Amount]
    dates: list[_Date]
    sectors: list[str]
    attributed_to: str | None
    negated: bool = False
    flow: _Flow | None = None


_Fix = tuple[Literal["merge"], int, int] | tuple[Literal["split"], int, str]


class _Gold(_Shape):
    model_config = ConfigDict(strict=False)  # JSON has lists where Python has tuples

    sentence_fixes: list[_Fix] = []
    boilerplate: list[int] = []
    mentions: list[tuple[int, Label, str]]
    actors: list[_Actor]
    projects: list[_Project]
    relations: list[tuple[str, RelationType, str, int]]
    commitments: list[_Commitment]
    sectors: list[str]


def defects(gold: GoldArticle) -> list[str]:
    """What makes gold unusable: a missing field, a value outside its closed set, a dead reference, a lost mention."""
    try:
        shape = _Gold.model_validate(gold.raw)
    except ValidationError as error:
        return [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
    return [*_dead_references(shape), *_wrong_numbers(gold, shape)] or list(_lost_mentions(gold, shape))


def doubts(gold: GoldArticle) -> list[str]:
    """What can be scored but an annotator should look at, in gold without defects."""
    return [*_lost_quotes(gold), *_unmentioned_ends(gold), *_doubtful_flows(gold)]


def _dead_references(shape: _Gold) -> Iterator[str]:
    actors, projects = {a.key for a in shape.actors}, {p.key for p in shape.projects}
    for c in shape.commitments:
        named = {*c.by, *c.with_, *c.to, *([c.attributed_to] if c.attributed_to else [])}
        named |= {*c.flow.provider, *c.flow.recipient} if c.flow else set()
        for end in sorted(named - actors):
            yield f"commitment {c.key}: there is no actor {end!r}"
        for end in sorted(set(c.projects) - projects):
            yield f"commitment {c.key}: there is no project {end!r}"
    for subject, kind, target, _ in shape.relations:
        for end in {subject, target} - actors - projects:
            if ":" not in end:
                yield f"relation {subject} {kind} {target}: there is no {end!r}"


def _wrong_numbers(gold: GoldArticle, shape: _Gold) -> Iterator[str]:
    numbers = [(m[0], f"mention {m[2]!r}") for m in shape.mentions]
    numbers += [(r[3], f"relation {r[0]} {r[1]} {r[2]}") for r in shape.relations]
    numbers += [(n, f"commitment {c.key}") for c in shape.commitments for n in (c.sent, *c.also)]
    numbers += [(fix[1], f"sentence fix {list(fix)}") for fix in shape.sentence_fixes]
    numbers += [(n, "boilerplate") for n in shape.boilerplate]
    for number, what in numbers:
        if not 0 <= number < len(gold.numbered):
            yield f"{what}: there is no sentence {number}"


def _lost_mentions(gold: GoldArticle, shape: _Gold) -> Iterator[str]:
    for number, _, text in shape.mentions:
        if not text.strip() or gold.find(text, number) is None:
            yield f"mention {text!r} does not stand in sentence {number}"
    for fix in shape.sentence_fixes:
        if fix[0] == "split" and gold.find(fix[2], fix[1]) is None:
            yield f"sentence fix {list(fix)}: the words do not stand in the sentence"


def _lost_quotes(gold: GoldArticle) -> Iterator[str]:
    for c in gold.raw["commitments"]:
        quoted = [c["trigger"], *(part["text"] for part in c["amounts"] + c["dates"])]
        for text in quoted:
            if not any(gold.find(text, number) for number in (c["sent"], *c["also"])):
                yield f"commitment {c['key']}: {text!r} does not stand in its sentences"


def _unmentioned_ends(gold: GoldArticle) -> Iterator[str]:
    known = {key(text) for _, _, text in gold.raw["mentions"]}
    for subject, kind, target, _ in gold.raw["relations"]:
        for end in (subject, target):
            if ":" in end and key(end.partition(":")[2]) not in known:
                yield f"relation {subject} {kind} {target}: {end!r} is no mention, so no record can state it"


def _doubtful_flows(gold: GoldArticle) -> Iterator[str]:
    """In gold with flows: those that are missing or too many, and terms that the text does not have."""
    if not gold.has_flows:
        return
    for c in gold.raw["commitments"]:
        flow: dict[str, Any] | None = c.get("flow")
        moves_money = c["kind"] == "finance" or bool(c["amounts"])
        if moves_money != bool(flow):
            what = "is about money and has no flow" if moves_money else "has a flow and no money"
            yield f"commitment {c['key']}: {what}"
        for text in (flow or {}).get("terms", {}).values():
            if text not in gold.text:
                yield f"commitment {c['key']}: {text!r} does not stand in the text"
