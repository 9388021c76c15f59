"""Makes one commitment of what an article tells twice: the same kind, the same doer, the same project or amount.

Hard because the second telling of a signing names the instrument alone ("The MoU was signed by") and other doers: who
held the pen.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.doc import Commitment


def merged(found: Iterable[Commitment]) -> list[Commitment]:
    """The commitments in reading order, retellings folded into the most specific telling."""
    kept: list[Commitment] = []
    for commitment in found:
        signed = _signed_before(kept, commitment) if commitment.again else None
        if signed is not None:
            _add_sentences(signed, commitment)
            continue
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


def _signed_before(kept: list[Commitment], again: Commitment) -> Commitment | None:
    """The agreement in force that an article told of last before it tells of a signing again."""
    agreed = (one for one in reversed(kept) if (one.kind, one.status) == ("agreement", "agreed"))
    return next((one for one in agreed if not set(one.sentences) & set(again.sentences)), None)


def _add_sentences(one: Commitment, other: Commitment) -> None:
    one.sentences = [*one.sentences, *(n for n in other.sentences if n not in one.sentences)]


def _overlap(one: list, other: list) -> bool:  # type: ignore[type-arg]
    return bool({id(part) for part in one} & {id(part) for part in other})


def _folded(one: Commitment, other: Commitment) -> Commitment:
    best, rest = (other, one) if _specific(other) > _specific(one) else (one, other)
    _add_sentences(best, rest)
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
