"""Makes one commitment of what an article says twice: the same kind, the same doer, the same project or amount."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from pipeline.article.doc import Commitment


def merged(found: Iterable[Commitment]) -> list[Commitment]:
    """The commitments in reading order, retellings folded into the most specific telling."""
    kept: list[Commitment] = []
    places: dict[Hashable, dict[int, None]] = {}  # by what retellings share, the places in `kept`
    for commitment in found:
        alike = sorted({at for shared in _shared(commitment) for at in places.get(shared, ())})
        at = next((at for at in alike if is_retold(kept[at], commitment)), len(kept))
        kept[at : at + 1] = [_folded(kept[at], commitment) if at < len(kept) else commitment]
        for shared in _shared(kept[at]):
            places.setdefault(shared, {})[at] = None
    return kept


def is_retold(one: Commitment, other: Commitment) -> bool:
    """Whether two tell the same: never within a sentence, and only where a value or a project ties them."""
    apart = not any(number in one.sentences for number in other.sentences)
    return apart and not {*_shared(one)}.isdisjoint(_shared(other))


def _shared(commitment: Commitment) -> Iterator[Hashable]:
    """What two that tell the same share: the kind, a doer, and an amount, or without any a project and the status."""
    amounts: list[Hashable] = [(a.value, a.currency) for a in commitment.amounts]
    tied = amounts or [(commitment.status, id(project)) for project in commitment.projects]
    return ((commitment.kind, id(doer), bool(amounts), tie) for doer in commitment.by for tie in tied)


def _folded(one: Commitment, other: Commitment) -> Commitment:
    best, rest = (other, one) if _specific(other) > _specific(one) else (one, other)
    best.sentences = [*best.sentences, *(n for n in rest.sentences if n not in best.sentences)]
    for role in ("by", "with_", "to", "projects", "amounts", "dates"):
        if not getattr(best, role):
            setattr(best, role, getattr(rest, role))
    best.confidence = max(one.confidence, other.confidence)
    return best


def _specific(told: Commitment) -> int:
    """How many slots a telling fills."""
    return sum(len(slot) for slot in (told.by, told.to, told.projects, told.amounts, told.dates))
