"""One article under review: what it starts from, how far it is, and the files that say so.

Hard because the journal, the draft and the gold are three files, and a process can end between any two of them: the
journal is right, the other two are made to follow, and what another hand has changed is never written over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.annotate.edits.base import Base, unsaid
from pipeline.annotate.formats.given import as_json
from pipeline.annotate.review import journal
from pipeline.annotate.review.folder import Folder
from pipeline.annotate.review.progress import Decision, Progress, after
from pipeline.annotate.review.sound import problems
from pipeline.annotate.review.working import Refused
from pipeline.corpus.check import defects
from pipeline.errors import ArticleError
from pipeline.record import digest
from pipeline.report.article import article as shown


@dataclass
class Article:
    """`golds`: digests of the gold that it started from and of all that it wrote; `note`: told to the reviewer."""

    base: Base
    progress: Progress
    golds: list[str | None]
    journaled: bool
    note: str | None = None

    @property
    def id(self) -> str:
        return self.base.record.article.id

    def body(self) -> dict[str, Any]:
        """What a page shows; `notes`: what its gold cannot say, and what an annotator should look at."""
        state, progress = self.progress.state, self.progress
        return {
            "record": state.record.model_dump(mode="json", by_alias=True),
            "told": shown(state.record),
            "accepted": sorted(state.accepted),
            "version": progress.version,
            "can_undo": progress.can_undo,
            "can_redo": progress.can_redo,
            "state": progress.said,
            "notes": [*([self.note] if self.note else []), *unsaid(self.base, state.record)],
        }

    def decide(self, folder: Folder, decision: Decision, told: Mapping[str, Any]) -> None:
        """One more decision, on the disk when this returns; `told`: what the journal says of it beside.

        Raises Refused where it cannot be made, ArticleError where its gold is another's by now, OSError where it
        cannot be saved.
        """
        self._require_own(folder)
        made = after(self.progress, decision)
        gold, path = _gold(self.base, made), folder.journal(self.id)
        first = [] if self.journaled else [journal.header(self.base, self.golds[0])]
        line = {"version": made.version, **told, **decision, "gold": digest(gold)}
        journal.append(path, *first, line)
        self.progress, self.golds, self.journaled = made, [*self.golds, digest(gold)], True
        if first:
            folder.sync(path.parent)
        self._write(folder, gold)

    def settle(self, folder: Folder) -> None:
        """Makes draft and gold what the journal says, after a crash. Raises ArticleError where gold is another's."""
        self._require_own(folder)
        right, wrong = _files(self.progress.finished, folder, self.id)
        if self.progress.version and (digest_of(right) != self.golds[-1] or wrong.exists()):
            self._write(folder, _gold(self.base, self.progress))

    def _require_own(self, folder: Folder) -> None:
        path = folder.gold(self.id)
        if digest_of(path) not in (None, *self.golds, digest(_gold(self.base, self.progress))):
            raise ArticleError(str(path), f"{CHANGED} {folder.journal(self.id)} away")

    def _write(self, folder: Folder, gold: str) -> None:
        """The line of articles.jsonl comes before the gold and a draft after it, so that none is read by accident."""
        right, wrong = _files(self.progress.finished, folder, self.id)
        if self.progress.finished:
            folder.put_row(self.base.row)
            folder.put(right, gold)
            folder.remove(wrong)
        else:
            folder.remove(wrong)
            folder.put(right, gold)


CHANGED = "was changed by another hand since its review; to go on from what it says now, move"


def is_settled(folder: Folder, name: str, lines: list[journal.Line]) -> bool:
    """Whether the files of an article are what the last line of its journal says; nothing is built for it."""
    right, wrong = _files(is_finished(lines), folder, name)
    return len(lines) < 2 or (digest_of(right) == lines[-1].get("gold") and not wrong.exists())


def is_finished(lines: list[journal.Line]) -> bool:
    """Whether an article is finished after all lines of its journal."""
    said = [line.get("finished") for line in lines[1:] if line.get("do") == "finish"]
    return bool(said[-1] if said else lines[0].get("origin") == "gold")


def _files(finished: bool, folder: Folder, name: str) -> tuple[Path, Path]:
    """Where its gold belongs, and where it does not."""
    gold, draft = folder.gold(name), folder.draft(name)
    return (gold, draft) if finished else (draft, gold)


def _gold(base: Base, progress: Progress) -> str:
    """The gold of what was made. Raises Refused where it is not sound."""
    record = progress.state.record
    gold = base.gold(record)
    wrong = problems(record) or defects(gold)
    if wrong:
        raise Refused(wrong[0])
    return as_json(gold.raw) + "\n"


def digest_of(path: Path) -> str | None:
    """The digest of a file; None where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None
