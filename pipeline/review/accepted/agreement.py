"""Decisions of several reviewers, and what of them is published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.record import Record
from pipeline.review.accepted.carrying import Stated, compare, matches
from pipeline.review.accepted.decisions import ACCEPTED, Decided, Reviewed, changed, rows_of, without

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


def grouped(folders: Sequence[list[Decided]], key: Callable[[int, Decided], object]) -> list[Decisions]:
    """The decisions of several folders on one article, those on the same commitment together.

    `key`: of the number of a folder and a decision of it; equal keys are the same commitment. Where a decision has none
    (None), triggers, sentences and kinds decide.
    """
    groups: list[Decisions] = []
    known: dict[object, Decisions] = {}
    for number, rows in enumerate(folders):
        keyed = [(key(number, one), one) for one in rows]
        for name, one in keyed:
            if name is not None:
                if name not in known:
                    known[name] = []
                    groups.append(known[name])
                known[name].append((number, one))
        rest = [one for name, one in keyed if name is None]
        free = [group for group in groups if group[-1][0] != number]
        at = matches([_first(one) for one in rest], [_first(group[0][1]) for group in free])
        for one, found in zip(rest, at, strict=True):
            if found is None or _first(one).row.kind != _first(free[found][0][1]).row.kind:
                groups.append([(number, one)])
            else:
                free[found].append((number, one))
    return groups


def _first(one: Decided) -> Stated:
    """What was decided on, before a person changed it."""
    return Stated(one.sha256, one.before or one.row)


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
        for group in _of_article([review.decisions(first[0].article) for review in reviews]):
            if len(group) > 1:
                wrong = _disagreement(reviews, group)
                found += [wrong] if wrong else []
                agreed += not wrong
    return Agreement(agreed, found)


def _of_article(folders: list[list[Decided]]) -> list[Decisions]:
    """Grouped by id where the reviews have one and the same row under it."""
    known = [[(one.commitment, _first(one)) for one in rows] for rows in folders]

    def key(number: int, one: Decided) -> object:
        own = (one.commitment, _first(one))
        shared = any(own in some for other, some in enumerate(known) if other != number)
        return (one.commitment, one.sha256) if shared else None

    return grouped(folders, key)


def _disagreement(reviews: Sequence[Reviewed], group: Decisions) -> Disagreement | None:
    (_, first), *others = group
    if not any(differs(first, other) for _, other in others):
        return None
    names = [(reviews[number].named(one), one) for number, one in group]
    return Disagreement(names, list(dict.fromkeys(_values(first, [other for _, other in others]))))


def _values(first: Decided, others: list[Decided]) -> Iterator[str]:
    for other in others:
        yield from changed(other.row, first.row)


PUBLISHED = ("accepted", "corrected")
LEFT_OUT = ("rejected", "unsure", "reopened", "undecided")


class Selection:
    """The accepted commitments in the folder of a review. `counts`: commitments by what was decided on them.

    Raises SetupError where the folder holds no review.
    """

    def __init__(self, folder: Path) -> None:
        self._review = Reviewed(folder)
        self.counts: Counter[str] = Counter()

    def of(self, record: Record) -> Record | None:
        """The record with what was accepted and still holds, and what that rests on; None without any.

        Raises ArticleError where a file of the review is damaged.
        """
        rows, article = rows_of(record), record.article
        found = compare(self._review.decisions(article.id), article.text, article.sha256, rows)
        names = ["reopened" if one.reopened else name_of(one.decided) for one in found]
        self.counts.update(names)
        self.counts["undecided"] += len(rows.keys() - {one.commitment for one in found})
        wanted = {one.decided.commitment for one, name in zip(found, names, strict=True) if name in PUBLISHED}
        accepted = self._review.accepted(article.id) if wanted else None
        if accepted is None:
            return None
        made = without(accepted, {one.id for one in accepted.commitments} - wanted)
        return made.model_copy(update={"article": article}) if made.article.sha256 == article.sha256 else made

    def summary(self) -> str:
        """`12 accepted, 3 corrected exported; 4 rejected, 2 unsure, 1 reopened, 30 undecided left out`."""
        parts = [", ".join(f"{self.counts[name]:,} {name}" for name in names) for names in (PUBLISHED, LEFT_OUT)]
        return f"{parts[0]} exported; {parts[1]} left out"
