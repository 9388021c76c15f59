"""Projects and commitments of a knowledge folder matched with activities of AidData and IATI that a user gives."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.knowledge.decisions import Match
from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.match.activity import Activity
from pipeline.knowledge.match.score import Matcher
from pipeline.knowledge.match.subjects import subjects
from pipeline.knowledge.match.table import rows

MOST = 5  # candidates of a project or commitment


def match(knowledge: Knowledge, activities: Sequence[Activity], lowest: float, most: int = MOST) -> list[Match]:
    """The activities that a project or commitment may be, with scores of at least `lowest`, undecided."""
    return rows(Matcher(activities).candidates(subjects(knowledge), lowest, most)) if activities else []
