"""What is published of a record: the commitments that people accepted, as they left them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from pipeline.record import Record
from pipeline.review.accepted.agreement import name_of
from pipeline.review.accepted.files import Reviewed
from pipeline.review.accepted.parts import without
from pipeline.review.accepted.reopening import compare
from pipeline.review.accepted.rows import rows_of

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
