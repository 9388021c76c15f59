"""Decisions of several reviewers on the same commitments, and what of a review is published."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.record import Record
from pipeline.review.accepted.carrying import Stated, compare, matches
from pipeline.review.accepted.decisions import ACCEPTED, AGREED, Decided, Reviewed, changed, name_of, rows_of
from pipeline.review.edits.working import without

PUBLISHED = ("accepted", "corrected")
LEFT_OUT = ("rejected", "unsure", "reopened", "undecided")
Decisions = list[tuple[int, Decided]]  # on one commitment: the number of the folder, and its decision


class Disagreement(NamedTuple):
    """Decisions on one commitment that differ, with the names of those who made them; `values`: how their rows do."""

    decisions: list[tuple[str, Decided]]
    values: list[str]


class Agreement(NamedTuple):
    """`agreed`: how many commitments at least two people decided on alike."""

    agreed: int
    disagreements: list[Disagreement]


def grouped(folders: Sequence[list[Decided]]) -> list[Decisions]:
    """The decisions of several folders on one article, those on the same commitment together."""
    groups: list[Decisions] = []
    for number, rows in enumerate(folders):
        known, stated = [_first(group[0][1]) for group in groups], [_first(one) for one in rows]
        for one, index in zip(rows, matches(stated, known), strict=True):
            if index is None or _first(one).row.kind != known[index].row.kind:
                groups.append([(number, one)])
            else:
                groups[index].append((number, one))
    return groups


def _first(one: Decided) -> Stated:
    """What was decided on, before a person changed it."""
    return Stated(one.sha256, one.before or one.row)


def agreement(reviews: Sequence[Reviewed]) -> Agreement:
    """Of the commitments that two or more people decided on. Raises ArticleError where a file is damaged."""
    agreed, disagreements = 0, []
    articles = dict.fromkeys(rows[0].article for review in reviews for rows in review.all() if rows)
    for article in articles:
        people = [[one for one in review.decisions(article) if one.agreement is None] for review in reviews]
        for group in grouped(people):
            (_, first), *others = group
            if any(_differs(first, other) for _, other in others):
                values = [value for _, other in others for value in changed(other.row, first.row)]
                names = [(reviews[number].named(one), one) for number, one in group]
                disagreements.append(Disagreement(names, list(dict.fromkeys(values))))
            else:
                agreed += bool(others)
    return Agreement(agreed, disagreements)


def _differs(one: Decided, other: Decided) -> bool:
    """Whether two people decided differently, or accepted other values."""
    return one.decision != other.decision or (one.decision == ACCEPTED and bool(changed(one.row, other.row)))


class Selection:
    """The accepted commitments in the folder of a review. `counts`: commitments by what was decided on them.

    `agreed`: with those accepted by agreement, which no person saw. Raises SetupError where the folder holds no review.
    """

    def __init__(self, folder: Path, agreed: bool = False) -> None:
        self._review = Reviewed(folder)
        self._published = (*PUBLISHED, AGREED) if agreed else PUBLISHED
        self.counts: Counter[str] = Counter()

    def of(self, record: Record) -> Record | None:
        """The record with what was accepted and still holds, and what that rests on; None without any.

        Raises ArticleError where a file of the review is damaged.
        """
        rows, article = rows_of(record), record.article
        compared = compare(self._review.decisions(article.id), article.text, article.sha256, rows)
        names = ["reopened" if one.reopened else name_of(one.decided) for one in compared]
        self.counts.update(names)
        self.counts["undecided"] += len(rows.keys() - {one.commitment for one in compared})
        wanted = {one.decided.commitment for one, name in zip(compared, names, strict=True) if name in self._published}
        accepted = self._review.accepted(article.id) if wanted else None
        if accepted is None:
            return None
        made = without(accepted, {one.id for one in accepted.commitments} - wanted)
        return made.model_copy(update={"article": article}) if made.article.sha256 == article.sha256 else made

    def summary(self) -> str:
        """`12 accepted, 3 corrected exported; 4 rejected, 2 unsure, 1 reopened, 30 undecided left out`."""
        left = [*LEFT_OUT, *([AGREED] if self.counts[AGREED] and AGREED not in self._published else [])]
        parts = [", ".join(f"{self.counts[name]:,} {name}" for name in names) for names in (self._published, left)]
        return f"{parts[0]} exported; {parts[1]} left out"
