"""An article under review, and its files.

Journal, decisions, draft and gold are files of their own, and a process can end between writing any two. The journal
decides: the others are made to match it. Gold that was changed outside the review is never overwritten.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.annotate.corrections.payload import as_json
from pipeline.annotate.edits.sound import problems
from pipeline.annotate.edits.working import Refused, Signature
from pipeline.annotate.review import journal
from pipeline.annotate.review.base import Base, notes
from pipeline.annotate.review.decided import as_lines, decided, shown
from pipeline.annotate.review.folder import Folder
from pipeline.annotate.review.progress import Decision, Progress, after
from pipeline.corpus.check import defects
from pipeline.errors import ArticleError
from pipeline.record import digest
from pipeline.report.article import article as view


@dataclass
class Article:
    """`golds`: digests of the initial gold and of all that were written; `note`: a message for the reviewer."""

    base: Base
    progress: Progress
    golds: list[str | None]
    has_journal: bool
    note: str | None = None

    @property
    def id(self) -> str:
        return self.base.record.article.id

    def body(self) -> dict[str, Any]:
        """What a page shows; `notes`: what the gold cannot hold, and what the reviewer should check."""
        state, progress = self.progress.state, self.progress
        seen, decisions = view(state.record), shown(self.base, state)
        for row in seen["commitments"]:
            row.update(decisions[row["id"]])
        return {
            "record": state.record.model_dump(mode="json", by_alias=True),
            "view": seen,
            "accepted": sorted(state.accepted),
            "version": progress.version,
            "can_undo": progress.can_undo,
            "can_redo": progress.can_redo,
            "state": progress.status,
            "notes": [*([self.note] if self.note else []), *notes(self.base, state.kept)],
        }

    def decide(self, folder: Folder, decision: Decision, signature: Signature) -> None:
        """Makes a decision, which is on disk when this returns.

        Raises Refused if it cannot be made, ArticleError if the gold was changed outside the review, OSError if it
        cannot be saved.
        """
        self._require_own(folder)
        made = after(self.progress, decision, signature)
        gold, path = _gold(self.base, made), folder.journal(self.id)
        rows = as_lines(decided(self.base, made.state))
        first = [] if self.has_journal else [journal.header(self.base, self.golds[0])]
        line = {"version": made.version, "time": signature.at, "reviewer": signature.by, **decision}
        line |= {"gold": digest(gold)} | ({"decisions": digest(rows)} if rows else {})
        journal.append(path, *first, line)
        self.progress, self.golds, self.has_journal = made, [*self.golds, digest(gold)], True
        if first:
            folder.sync(path.parent)
        self._write(folder, gold, rows)

    def recover(self, folder: Folder) -> None:
        """Makes draft and gold match the journal. Raises ArticleError if the gold was changed outside the review."""
        self._require_own(folder)
        path, other = _files(self.progress.finished, folder, self.id)
        rows = as_lines(decided(self.base, self.progress.state))
        is_wrong = digest_of(path) != self.golds[-1] or other.exists()
        if self.progress.version and (is_wrong or digest_of(folder.decisions(self.id)) != (rows and digest(rows))):
            self._write(folder, _gold(self.base, self.progress), rows)

    def _require_own(self, folder: Folder) -> None:
        path = folder.gold(self.id)
        if digest_of(path) not in (None, *self.golds, digest(_gold(self.base, self.progress))):
            raise ArticleError(
                str(path), f"was changed outside the review; move {folder.journal(self.id)} away to continue from it"
            )

    def _write(self, folder: Folder, gold: str, rows: str | None) -> None:
        """Writes the line of articles.jsonl before the gold and a draft after it: no draft is ever read as gold."""
        decisions = folder.decisions(self.id)
        if rows is None:
            folder.remove(decisions)
        elif digest_of(decisions) != digest(rows):
            folder.put(decisions, rows)
        path, other = _files(self.progress.finished, folder, self.id)
        if self.progress.finished:
            folder.put_row(self.base.row)
            folder.put(path, gold)
            folder.remove(other)
        else:
            folder.remove(other)
            folder.put(path, gold)


def is_consistent(folder: Folder, name: str, lines: list[journal.Line]) -> bool:
    """Whether the files of an article match the last line of its journal, by digests alone."""
    path, other = _files(is_finished(lines), folder, name)
    known = {"gold": digest_of(path), "decisions": digest_of(folder.decisions(name))}
    return len(lines) < 2 or (known == {part: lines[-1].get(part) for part in known} and not other.exists())


def is_finished(lines: list[journal.Line]) -> bool:
    """Whether an article is finished after all lines of its journal."""
    values = [line.get("finished") for line in lines[1:] if line.get("do") == "finish"]
    return bool(values[-1] if values else lines[0].get("origin") == "gold")


def _files(finished: bool, folder: Folder, name: str) -> tuple[Path, Path]:
    """The file for its gold, and the one that must not exist."""
    gold, draft = folder.gold(name), folder.draft(name)
    return (gold, draft) if finished else (draft, gold)


def _gold(base: Base, progress: Progress) -> str:
    """The gold of the present state. Raises Refused if it is not valid."""
    gold = base.gold(progress.state.kept)
    wrong = problems(progress.state.record) or defects(gold)
    if wrong:
        raise Refused(wrong[0])
    return as_json(gold.raw) + "\n"


def digest_of(path: Path) -> str | None:
    """The digest of a file; None if there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None
