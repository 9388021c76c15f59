"""Makes one commitment of what an article tells twice: the same kind, the same doer, the same project or amount."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.doc import Commitment

HEADLINE = 2  # sentences from the top that often tell ahead what the text then says


def merged(found: Iterable[Commitment]) -> list[Commitment]:
    """The commitments in reading order, retellings folded into the most specific telling."""
    kept: list[Commitment] = []
    for commitment in found:
        twin = next((other for other in kept if is_retold(other, commitment)), None)
        if twin is None:
            kept.append(commitment)
        else:
            kept[kept.index(twin)] = _folded(twin, commitment)
    return kept


def is_retold(one: Commitment, other: Commitment) -> bool:
    """Whether two tell the same: never within a sentence, and only where a value or a project ties them."""
    if one.kind != other.kind or set(one.sentences) & set(other.sentences) or not _overlap(one.by, other.by):
        return False
    amounts = [{(a.value, a.currency) for a in c.amounts} for c in (one, other)]
    if all(amounts):
        return bool(amounts[0] & amounts[1])
    return one.status == other.status and _overlap(one.projects, other.projects) and not any(amounts)


def _overlap(one: list, other: list) -> bool:  # type: ignore[type-arg]
    return bool({id(part) for part in one} & {id(part) for part in other})


def _folded(one: Commitment, other: Commitment) -> Commitment:
    best, rest = (other, one) if _specific(other) > _specific(one) else (one, other)
    best.sentences = [*best.sentences, *(n for n in rest.sentences if n not in best.sentences)]
    for role in ("by", "with_", "to", "projects", "amounts", "dates"):
        if not getattr(best, role):
            setattr(best, role, getattr(rest, role))
    best.confidence = max(one.confidence, other.confidence)
    return best


def _specific(commitment: Commitment) -> int:
    """How many slots a telling fills."""
    return sum(
        len(slot) for slot in (commitment.by, commitment.to, commitment.projects, commitment.amounts, commitment.dates)
    )
