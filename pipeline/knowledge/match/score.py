"""Subjects matched with activities: candidates from the index, compared, scored by the log odds of the seeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.knowledge.match.activity import Activity
from pipeline.knowledge.match.blocking import Index
from pipeline.knowledge.match.features import Comparison
from pipeline.knowledge.match.subjects import Subject
from pipeline.seeds import table
from pipeline.stages.models.linear import ANY, Weights

COMPARED = 40  # activities that are compared with a subject


@dataclass(frozen=True, slots=True)
class Candidate:
    """An activity that a subject may be, with its probability."""

    subject: Subject
    activity: Activity
    score: float
    reasons: tuple[str, ...]


class Matcher:
    """Finds activities of a list; building it reads all of their words."""

    def __init__(self, activities: Sequence[Activity]) -> None:
        self._activities, self._index = activities, Index(activities)
        self._comparison = Comparison(self._index.vocabulary, activities)
        self._weights = Weights({ANY: {}, **table("match.yaml")["weights"]}, bias=0.0)

    def ranked(self, subject: Subject) -> list[Candidate]:
        """All activities that were compared, the likeliest first."""
        index = self._index
        numbers = index.candidates(subject, COMPARED)
        found = [
            (
                number,
                self._comparison.reasons(subject, self._activities[number], index.titles[number], index.texts[number]),
            )
            for number in numbers
        ]
        scored = [(self._weights.probability(subject.what, reasons), number, reasons) for number, reasons in found]
        scored.sort(key=lambda one: -one[0])
        return [
            Candidate(subject, self._activities[number], round(score, 4), reasons) for score, number, reasons in scored
        ]

    def candidates(self, subjects: Iterable[Subject], lowest: float, most: int) -> Iterator[Candidate]:
        """The candidates of each subject with a score of at least `lowest`, up to `most`."""
        for subject in subjects:
            yield from (one for one in self.ranked(subject)[:most] if one.score >= lowest)
