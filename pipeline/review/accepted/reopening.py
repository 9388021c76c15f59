"""Which decisions a newer record of an article reopens, and why.

A decision stands while the record says what the person saw, or what the person made of it, and its sentences are in the
text. What a person added stands as long as its sentences do, since no record has ever said it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.review.accepted.matching import Stated, find, matches
from pipeline.review.accepted.rows import ACCEPTED, Decided, Row
from pipeline.review.accepted.wording import changed, clipped

ABSENT = "the new record does not have it"


class Compared(NamedTuple):
    """A decision beside a record: the id of its commitment there, if any, and what has changed, in words."""

    decided: Decided
    commitment: str | None
    changes: list[str]

    @property
    def reopened(self) -> str | None:
        """Why the decision does not hold any more; only what was accepted is reopened."""
        if self.decided.decision not in (ACCEPTED, None):
            return None
        earlier = [self.decided.reopened] if self.decided.reopened else []
        return "; ".join([*self.changes, *earlier]) or None


def compare(rows: Sequence[Decided], text: str, sha256: str, found: dict[str, Row]) -> list[Compared]:
    """The decisions on an article beside a record of it, given by its text, the digest of that, and its rows."""
    names = list(found)
    at = matches([Stated(one.sha256, one.row) for one in rows], [Stated(sha256, row) for row in found.values()])
    pairs = zip(rows, (None if index is None else names[index] for index in at), strict=True)
    return [_compared(one, name, text, sha256, found) for one, name in pairs]


def _compared(one: Decided, name: str | None, text: str, sha256: str, found: dict[str, Row]) -> Compared:
    now, gone = found.get(name or ""), gone_from(one, text, sha256)
    if one.before is None and not gone:
        return Compared(one, name, [])
    if now is None:
        return Compared(
            one, None, [f"its words are not in the text any more: {clipped(gone[0])}"] if gone else [ABSENT]
        )
    changes = changed(now, one.row, one.before)
    return Compared(one, name, [*changes, *text_changes(now, gone)])


def gone_from(one: Decided, text: str, sha256: str) -> list[str]:
    """The sentences of a row that a text has not."""
    return [] if one.sha256 == sha256 else [e.text for e in one.row.evidence if find(e.text, text) is None]


def text_changes(now: Row, gone: list[str]) -> list[str]:
    """That the sentences of a row have changed, in words."""
    return [f"text: {clipped(now.evidence[0].text)}, was {clipped(gone[0])}"] if gone else []
