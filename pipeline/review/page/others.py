"""What other reviewers decided differently, or on commitments on which this one has not decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.review.accepted.agreement import name_of
from pipeline.review.accepted.files import Reviewed
from pipeline.review.accepted.matching import Stated, matches
from pipeline.review.accepted.rows import ACCEPTED, rows_of
from pipeline.review.accepted.wording import changed
from pipeline.review.edits.operations import State


def others(reviews: Sequence[Reviewed], state: State) -> list[dict[str, Any]]:
    """For each decision of another reviewer: the reviewer, the commitment here, the decision, its row and its other
    values in words. Raises ArticleError where a file is damaged.
    """
    return [found for review in reviews for found in _of(review, state)]


def _of(review: Reviewed, state: State) -> Iterator[dict[str, Any]]:
    article, rows = state.record.article, rows_of(state.record)
    names, own = list(rows), [Stated(article.sha256, row) for row in rows.values()]
    found = [one for one in review.decisions(article.id) if one.decision]
    for one, at in zip(found, matches([Stated(one.sha256, one.row) for one in found], own), strict=True):
        name = None if at is None else names[at]
        differs = changed(one.row, rows[name]) if name else []
        same = name is not None and state.decision(name) == one.decision
        if not same or (one.decision == ACCEPTED and differs):
            yield {
                "reviewer": review.named(one),
                "commitment": name,
                "decision": name_of(one),
                "row": one.row.model_dump(mode="json", by_alias=True),
                "differs": differs,
            }
