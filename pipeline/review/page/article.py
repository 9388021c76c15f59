"""An article under review, and its files.

Journal, decisions, draft and gold are files of their own, and a process can end between writing any two. The journal
decides: the others are made to match it. Gold that was changed outside the review is never overwritten.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import ArticleError
from pipeline.gold.check import problems
from pipeline.gold.folder import as_gold
from pipeline.publish.report.article import article as view
from pipeline.record import Record, digest
from pipeline.review.edits.progress import Base, Decision, Progress, after, notes, published, renewed, shown
from pipeline.review.edits.working import Refused, Signature
from pipeline.review.page import journal
from pipeline.review.page.folder import Folder
from pipeline.review.page.renewal import renewal


@dataclass
class Article:
    """`golds`: digests of the initial gold and of all that were written; `notes`: messages for the reviewer.

    `pending`: lines that the journal gets before the next decision.
    """

    progress: Progress
    golds: list[str | None]
    pending: list[journal.Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def base(self) -> Base:
        return self.progress.base

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
            "notes": [*self.notes, *notes(state.kept)],
        }

    def decide(self, folder: Folder, decision: Decision, signature: Signature) -> None:
        """Makes a decision, which is on disk when this returns.

        Raises Refused if it cannot be made, ArticleError if the gold was changed outside the review, OSError if it
        cannot be saved.
        """
        self._require_own(folder)
        made = after(self.progress, decision, signature)
        files, path = _files(made), folder.journal(self.id)
        line = {"version": made.version, "time": signature.at, "reviewer": signature.by, **decision}
        is_new = not path.exists()
        journal.append(path, *self.pending, line | _digests(files))
        self.progress, self.pending, self.golds = made, [], [*self.golds, _digests(files)["gold"]]
        if is_new:
            folder.sync(path.parent)
        self._write(folder, files)

    def renew(self, record: Record) -> bool:
        """Goes on from a newer record, with the next decision, if that reopens something; whether it does.

        Raises ArticleError where the record is damaged.
        """
        found = renewal(self.base, self.progress.state, record)
        if found is None:
            return False
        self.progress = renewed(self.progress, found.base, found.state)
        line = {"version": self.progress.version, **journal.renewal(found.base, found.state)}
        self.pending.append(line | _digests(_files(self.progress)))
        self.notes = found.notes
        return True

    def recover(self, folder: Folder) -> None:
        """Makes the other files match the journal. Raises ArticleError if the gold was changed outside the review."""
        self._require_own(folder)
        path, other = _places(self.progress.finished, folder, self.id)
        files = _files(self.progress)
        wanted = {name: text and digest(text) for name, text in files.items()} | {"gold": self.golds[-1]}
        if self.progress.version and (_present(path, folder, self.id) != wanted or other.exists()):
            self._write(folder, files)

    def _require_own(self, folder: Folder) -> None:
        path = folder.gold(self.id)
        if digest_of(path) not in (None, *self.golds, digest(_gold(self.progress))):
            raise ArticleError(
                str(path), f"was changed outside the review; move {folder.journal(self.id)} away to continue from it"
            )

    def _write(self, folder: Folder, files: Files) -> None:
        """Writes the line of articles.jsonl before the gold and a draft after it: no draft is ever read as gold."""
        for name, place in folder.published(self.id).items():
            text = files[name]
            if text is None:
                folder.remove(place)
            elif digest_of(place) != digest(text):
                folder.put(place, text)
        path, other = _places(self.progress.finished, folder, self.id)
        if self.progress.finished:
            folder.put_row(self.base.record)
            folder.put(path, files["gold"] or "")
            folder.remove(other)
        else:
            folder.remove(other)
            folder.put(path, files["gold"] or "")


Files = dict[str, str | None]  # the texts of `gold` (or draft), `decisions` and `accepted`; None for no file


def is_consistent(folder: Folder, name: str, lines: list[journal.Line]) -> bool:
    """Whether the files of an article match the last line of its journal, by digests alone."""
    path, other = _places(is_finished(lines), folder, name)
    found = _present(path, folder, name)
    return len(lines) < 2 or (found == {part: lines[-1].get(part) for part in found} and not other.exists())


def is_finished(lines: list[journal.Line]) -> bool:
    """Whether an article is finished after all lines of its journal."""
    values = [line.get("finished", False) for line in lines[1:] if line.get("do") in ("finish", journal.RENEW)]
    return bool(values[-1] if values else lines[0].get("origin") == "gold")


def _places(finished: bool, folder: Folder, name: str) -> tuple[Path, Path]:
    """The file for its gold, and the one that must not exist."""
    gold, draft = folder.gold(name), folder.draft(name)
    return (gold, draft) if finished else (draft, gold)


def _present(path: Path, folder: Folder, name: str) -> Files:
    """The digests of the files that exist."""
    found = {part: digest_of(place) for part, place in folder.published(name).items()}
    return {"gold": digest_of(path), **found}


def _digests(files: Files) -> dict[str, str]:
    return {name: digest(text) for name, text in files.items() if text is not None}


def _files(progress: Progress) -> Files:
    """The texts of the files of an article. Raises Refused if its gold is not valid."""
    return {"gold": _gold(progress), **published(progress.base, progress.state)}


def _gold(progress: Progress) -> str:
    """The gold of the present state. Raises Refused if it is not valid."""
    if wrong := problems(progress.state.record):
        raise Refused(wrong[0])
    return as_gold(progress.state.kept).to_json() + "\n"


def digest_of(path: Path) -> str | None:
    """The digest of a file; None if there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None
