"""Where reviewers decide differently on the same commitments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.accepted.files import Reviewed
from pipeline.accepted.matching import Stated, matches
from pipeline.accepted.rows import ACCEPTED, Decided
from pipeline.accepted.wording import changed

Decisions = list[tuple[int, Decided]]  # on one commitment: the number of the folder, and its decision


class Disagreement(NamedTuple):
    """Decisions on one commitment that differ, with the names of those who made them; `values`: how their rows do."""

    decisions: list[tuple[str, Decided]]
    values: list[str]


class Agreement(NamedTuple):
    """`agreed`: how many commitments at least two people decided on alike."""

    agreed: int
    disagreements: list[Disagreement]


def name_of(one: Decided) -> str:
    """The decision; `corrected` for an accepted row that a person changed, `reopened` where it does not hold."""
    return "corrected" if one.corrected else one.decision or "reopened"


def grouped(folders: Sequence[list[Decided]]) -> list[Decisions]:
    """The decisions of several folders on one article, those on the same commitment together."""
    groups: list[Decisions] = []
    for number, rows in enumerate(folders):
        at = matches([_stated(one) for one in rows], [_stated(group[0][1]) for group in groups])
        for one, found in zip(rows, at, strict=True):
            if found is None:
                groups.append([(number, one)])
            else:
                groups[found].append((number, one))
    return groups


def _stated(one: Decided) -> Stated:
    return Stated(one.sha256, one.row)


def differs(one: Decided, other: Decided) -> bool:
    """Whether two people decided differently, or accepted other values."""
    if one.decision != other.decision:
        return True
    return one.decision == ACCEPTED and bool(changed(one.row, other.row))


def agreement(reviews: Sequence[Reviewed]) -> Agreement:
    """Of the commitments that two or more decided on. Raises ArticleError where a file is damaged."""
    agreed, found, seen = 0, [], set[str]()
    for first in (rows for review in reviews for rows in review.all() if rows):
        if first[0].article in seen:
            continue
        seen.add(first[0].article)
        for group in grouped([review.decisions(first[0].article) for review in reviews]):
            if len(group) > 1:
                wrong = _disagreement(reviews, group)
                found += [wrong] if wrong else []
                agreed += not wrong
    return Agreement(agreed, found)


def _disagreement(reviews: Sequence[Reviewed], group: Decisions) -> Disagreement | None:
    (_, first), *others = group
    if not any(differs(first, other) for _, other in others):
        return None
    names = [(reviews[number].named(one), one) for number, one in group]
    return Disagreement(names, list(dict.fromkeys(_values(first, [other for _, other in others]))))


def _values(first: Decided, others: list[Decided]) -> Iterator[str]:
    for other in others:
        yield from changed(other.row, first.row)
