"""Merges statements of one commitment: the same kind, the same doer, the same project or amount."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator

from pipeline.article.doc import Commitment


def merged(found: Iterable[Commitment]) -> list[Commitment]:
    """The commitments in reading order, repeated statements merged into the most specific one."""
    kept: list[Commitment] = []
    indices: dict[Hashable, dict[int, None]] = {}  # by what repeated statements share, the indices in `kept`
    for commitment in found:
        alike = sorted({at for shared in _shared(commitment) for at in indices.get(shared, ())})
        at = next((at for at in alike if is_repeated(kept[at], commitment)), len(kept))
        kept[at : at + 1] = [_combined(kept[at], commitment) if at < len(kept) else commitment]
        for shared in _shared(kept[at]):
            indices.setdefault(shared, {})[at] = None
    return kept


def is_repeated(one: Commitment, other: Commitment) -> bool:
    """Whether two state the same: never within a sentence, and only with an amount or a project in common."""
    apart = not any(number in one.sentences for number in other.sentences)
    return apart and not {*_shared(one)}.isdisjoint(_shared(other))


def _shared(commitment: Commitment) -> Iterator[Hashable]:
    """What repeated statements share: kind, doer, and an amount, or without any a project and the status."""
    amounts: list[Hashable] = [(a.value, a.currency) for a in commitment.amounts]
    values = amounts or [(commitment.status, id(project)) for project in commitment.projects]
    return ((commitment.kind, id(doer), bool(amounts), value) for doer in commitment.by for value in values)


def _combined(one: Commitment, other: Commitment) -> Commitment:
    best, rest = (other, one) if _specific(other) > _specific(one) else (one, other)
    complete(best, rest)
    best.confidence = max(one.confidence, other.confidence)
    return best


def complete(best: Commitment, rest: Commitment) -> None:
    """Gives a commitment the sentences of another that states the same, and what it holds in slots that are empty."""
    best.sentences = [*best.sentences, *(n for n in rest.sentences if n not in best.sentences)]
    for role in ("by", "with_", "to", "projects", "amounts", "dates"):
        if not getattr(best, role):
            setattr(best, role, getattr(rest, role))
            slot = role.rstrip("_")
            best.sure[slot], best.whole[slot] = rest.sure.get(slot, []), rest.whole.get(slot, 1.0)


def _specific(found: Commitment) -> int:
    """How many fillers a commitment has."""
    return sum(len(slot) for slot in (found.by, found.to, found.projects, found.amounts, found.dates))
