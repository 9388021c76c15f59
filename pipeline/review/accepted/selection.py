"""What is published of a record: the commitments that people accepted, as they left them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.record import Record
from pipeline.review.accepted.agreement import grouped, name_of
from pipeline.review.accepted.carrying import carried
from pipeline.review.accepted.files import Reviewed
from pipeline.review.accepted.parts import without
from pipeline.review.accepted.reopening import Compared, compare
from pipeline.review.accepted.rows import rows_of

PUBLISHED = ("accepted", "corrected")
LEFT_OUT = ("rejected", "unsure", "reopened", "undecided")


class _One(NamedTuple):
    """A commitment of one article: each folder's number with its decision, and what follows from them."""

    decisions: list[tuple[int, Compared]]

    @property
    def outcome(self) -> tuple[str, int, str]:
        """The decision that counts, and the folder and id of the commitment to publish.

        A person who rejects it or is unsure outweighs all who accept; of those the first folder counts.
        """
        named = [(_name(one), number, one.decided.commitment) for number, one in self.decisions]
        for name in ("rejected", "unsure", *PUBLISHED):
            found = [one for one in named if one[0] == name or (name in PUBLISHED and one[0] in PUBLISHED)]
            if found:
                return found[0]
        return named[0]


def _name(one: Compared) -> str:
    return "reopened" if one.reopened else name_of(one.decided)


class Selection:
    """The accepted commitments in the folders of reviews. `counts`: commitments by what was decided on them.

    Raises SetupError where a folder holds no review.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._reviews = [Reviewed(folder) for folder in folders]
        self.counts: Counter[str] = Counter()

    def of(self, record: Record) -> Record | None:
        """The record with what was accepted and still holds, and what that rests on; None without any.

        Raises ArticleError where a file of a review is damaged.
        """
        rows, article = rows_of(record), record.article
        found = [compare(review.decisions(article.id), article.text, article.sha256, rows) for review in self._reviews]
        outcomes = [one.outcome for one in _grouped(found)]
        decided = {one.commitment for some in found for one in some}
        self.counts.update(name for name, _, _ in outcomes)
        self.counts["undecided"] += len(rows.keys() - decided)
        return self._published(record, [(at, name) for what, at, name in outcomes if what in PUBLISHED])

    def _published(self, record: Record, wanted: list[tuple[int, str]]) -> Record | None:
        """The accepted record of the first folder, with the commitments that only others accepted."""
        made: Record | None = None
        for number, review in enumerate(self._reviews):
            names = {name for at, name in wanted if at == number}
            accepted = review.accepted(record.article.id) if names else None
            if accepted is None:
                continue
            left = without(accepted, {one.id for one in accepted.commitments} - names)
            made = left if made is None else _joined(made, left)
        same = made is not None and made.article.sha256 == record.article.sha256
        return made.model_copy(update={"article": record.article}) if made and same else made

    def summary(self) -> str:
        """`12 accepted, 3 corrected exported; 4 rejected, 2 unsure, 1 reopened, 30 undecided left out`."""
        parts = [", ".join(f"{self.counts[name]:,} {name}" for name in names) for names in (PUBLISHED, LEFT_OUT)]
        return f"{parts[0]} exported; {parts[1]} left out"


def _joined(made: Record, other: Record) -> Record:
    """The record with the commitments of another reviewer."""
    for commitment in other.commitments:
        made = carried(made, other, commitment) or made
    return made


def _grouped(folders: list[list[Compared]]) -> list[_One]:
    """The decisions of all folders on an article, those on the same commitment of the record together."""
    known = {(n, one.decided.commitment): one for n, found in enumerate(folders) for one in found}
    groups = grouped(
        [[one.decided for one in found] for found in folders], lambda n, one: known[n, one.commitment].commitment
    )
    return [_One([(n, known[n, one.commitment]) for n, one in group]) for group in groups]
