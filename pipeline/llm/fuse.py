"""Joins what both readers found in an article, and says how sure each act and each field is.

A language model's act has its own fields; the small models' act in the same sentence agrees or disagrees, which makes
it surer or less sure. An act that the small models alone found stays where it is likely enough, and wherever no
answer covers its sentence.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from math import log
from pathlib import Path
from typing import Any, Literal

from pipeline.errors import SetupError
from pipeline.llm.ground import Reading
from pipeline.record import Commitment, Flow, SlotConfidence
from pipeline.stages.models.linear import EDGE, LogOdds

NAME = "reader.json"  # in the folder of a profile
Opinion = Literal["agree", "differ", "alone"]  # of the small models on an entry of a language model's act
LISTS = ("by", "with_", "to", "projects", "dates")
SIDES = ("provider", "recipient")


@dataclass(frozen=True)
class Fusion:
    """Fitted by `corridor train reader`. Probabilities of acts, features as in `act_features`.

    `act`: that a language model's act is stated, with its kind; `row`: that it is right in kind, status, doers,
    amounts and flow; `other`: that an act of the small models alone is stated, which is kept from `least` on;
    `slots`: by field and opinion, how often an entry is right; `gain`: see `plan.py`.
    """

    act: LogOdds
    row: LogOdds
    other: LogOdds
    least: float
    slots: dict[str, dict[str, float]]
    gain: dict[str, float]

    def write(self, folder: Path) -> None:
        (folder / NAME).write_text(json.dumps(asdict(self), indent=1, sort_keys=True) + "\n", encoding="utf-8")


@cache
def read_fusion(folder: Path) -> Fusion:
    """The fusion in the folder of a profile. Raises SetupError where it is missing or damaged."""
    path = folder / NAME
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        act, row, other = (LogOdds(**read.pop(name)) for name in ("act", "row", "other"))
        return Fusion(act=act, row=row, other=other, **read)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SetupError(f"{path}: cannot be read ({error}); reinstall corridor, or name another --model") from error


def fused(before: Sequence[Commitment], reading: Reading, fusion: Fusion) -> list[Commitment]:
    """The acts of both readers, with their confidences. `before`: those of the small models."""
    pairs = paired(before, reading)
    lost = [reading.lost.get(act.evidence[0].sentence, 0.0) for act, _ in pairs]
    found = [_judged(act, other, fusion, share) for (act, other), share in zip(pairs, lost, strict=True)]
    partners = {id(other) for _, other in pairs if other}
    return found + [other for other in before if id(other) not in partners and _stays(other, reading, fusion)]


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
    found = (2.0 * words + 2.0 * bool(amounts) + bool(doers) + (act.kind == other.kind), act.status == other.status)
    return found if found[0] else None


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
    found = dict.fromkeys(facts, 1.0)
    if other is not None:
        found |= {"confidence": _log_odds(other.confidence), "row": _log_odds(other.row_confidence or 0.0)}
        same = {
            "kind": act.kind == other.kind,
            "status": act.status == other.status,
            "by": set(act.by) == set(other.by),
            "to": set(act.to) == set(other.to),
            "amounts": {a.value for a in act.amounts} == {a.value for a in other.amounts},
            "instrument": flow == (other.flow.instrument if other.flow else "none"),
        }
        found |= {f"same {name}": float(value) for name, value in same.items()}
    return found


def other_features(other: Commitment) -> dict[str, float]:
    """What speaks for an act that the small models alone found."""
    return {
        "confidence": _log_odds(other.confidence),
        "row": _log_odds(other.row_confidence or 0.0),
        f"kind {other.kind}": 1.0,
        f"boilerplate {other.boilerplate}": 1.0,
    }


def opinions(act: Commitment, other: Commitment | None) -> Iterator[tuple[str, str | None, Opinion]]:
    """By field and entry of an act, whether the small models agree; the entry of a field with one value is None."""
    for field in LISTS:
        theirs = _entries(other, field) if other else None
        for entry in _entries(act, field):
            yield field, entry, "alone" if theirs is None else "agree" if entry in theirs else "differ"
    yield "status", None, "alone" if other is None else "agree" if act.status == other.status else "differ"
    if act.flow:
        flow = other.flow if other else None
        same = flow is not None and act.flow.instrument == flow.instrument
        yield "instrument", None, "alone" if other is None else "agree" if same else "differ"
        for side in SIDES:
            ids = getattr(flow, side) if flow else []
            for entry in getattr(act.flow, side):
                yield side, entry, "alone" if other is None else "agree" if entry in ids else "differ"


def _entries(act: Commitment, field: str) -> list[str]:
    return [date.iso or date.text for date in act.dates] if field == "dates" else list(getattr(act, field))


def _judged(act: Commitment, other: Commitment | None, fusion: Fusion, lost: float) -> Commitment:
    """A language model's act with its confidences; with the flow of the other act where it has none.

    `lost`: see `Reading`. An act says who and what, each as likely wrong as the answer's other parts: where half of
    them were left out, a quarter of the confidence stays.
    """
    trust = (1 - lost) ** 2
    features = act_features(act, other)
    act = act.model_copy(update={"flow": act.flow or (_money(act, other) if other else None)})
    sure: dict[str, Any] = {field: [] for field in (*LISTS, *SIDES)}
    for field, entry, opinion in opinions(act, other):
        share = round(trust * fusion.slots[field][opinion], 2)
        if entry is None:
            sure[field] = share
        else:
            sure[field].append(share)
    return act.model_copy(
        update={
            "confidence": round(trust * fusion.act(features), 2),
            "row_confidence": round(trust * fusion.row(features), 2),
            "slot_confidence": SlotConfidence(**sure),
            "method": f"{act.method}+{other.method}" if other else act.method,
        }
    )


def _money(act: Commitment, other: Commitment) -> Flow | None:
    return other.flow if act.kind == "finance" or act.amounts else None


def _stays(other: Commitment, reading: Reading, fusion: Fusion) -> bool:
    """Whether an act that the small models alone found is kept."""
    read = other.evidence[0].sentence in reading.read
    return not read or fusion.other(other_features(other)) >= fusion.least


def _log_odds(share: float) -> float:
    inside = min(max(share, EDGE), 1 - EDGE)
    return log(inside / (1 - inside))
