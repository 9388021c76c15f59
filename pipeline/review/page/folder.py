"""The files of a review: a gold folder with drafts and journals, and nothing outside of it.

    articles.jsonl, gold/ID.json   finished articles, as `corridor train` and `corridor evaluate` read them
    drafts/ID.json                 the gold of unfinished articles
    review/ID.jsonl                the journal of each article
    decisions/ID.jsonl             the commitments that were decided on, one a line
    accepted/ID.jsonl              the record of an article with what was accepted, and nothing else

Ids can be any text, and a folder can hold links that lead out of it. Files are complete at every moment, even if the
power fails.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import ArticleError, SetupError
from pipeline.gold.folder import article_row, file_name, gold_file, gold_in
from pipeline.record import Record
from pipeline.review.accepted.decisions import ACCEPTED, DECISIONS
from pipeline.whole import locked, whole_file

ARTICLES, GOLD, DRAFTS, REVIEW = "articles.jsonl", "gold", "drafts", "review"
_LOCK = "lock"


class Folder:
    """Raises SetupError if it cannot be written, or another server uses it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            for part in (GOLD, DRAFTS, REVIEW, DECISIONS, ACCEPTED):
                (path / part).mkdir(parents=True, exist_ok=True)
                self.inside(path / part)
            busy = f"{path}: in use by another `corridor review`; end that first"
            self._lock = locked(self.inside(path / REVIEW / _LOCK), busy)
        except OSError as error:
            raise SetupError(f"{path}: cannot be written ({error.strerror}); name another folder") from error
        self._rows = self._offsets()

    def close(self) -> None:
        self._lock.release()

    def inside(self, path: Path) -> Path:
        """The path. Raises SetupError if a link in it leads out of the folder."""
        if not path.resolve().is_relative_to(self.path.resolve()):
            raise SetupError(f"{path}: is a link that leads out of {self.path}; remove it")
        return path

    def gold(self, name: str) -> Path:
        return self.inside(gold_file(self.path, name))

    def draft(self, name: str) -> Path:
        return self.inside(self.path / DRAFTS / f"{file_name(name)}.json")

    def journal(self, name: str) -> Path:
        return self.inside(self.path / REVIEW / f"{file_name(name)}.jsonl")

    def published(self, name: str) -> dict[str, Path]:
        """The files of an article for others to read, by the name of their folder."""
        return {part: self.inside(self.path / part / f"{file_name(name)}.jsonl") for part in (DECISIONS, ACCEPTED)}

    def journals(self) -> list[Path]:
        return [self.inside(path) for path in sorted((self.path / REVIEW).glob("*.jsonl"))]

    def ids(self) -> list[str]:
        """The articles that have gold here."""
        return [name for name in self._rows if self.gold(name).is_file()]

    def row(self, name: str) -> dict[str, Any] | None:
        """The article's line of articles.jsonl."""
        if name not in self._rows:
            return None
        with (self.path / ARTICLES).open("rb") as file:
            file.seek(self._rows[name])
            found: dict[str, Any] = json.loads(file.readline())
        return found

    def read_gold(self, name: str) -> Record:
        """The gold of an article. Raises ArticleError."""
        row = self.row(name)
        if row is None:
            raise ArticleError(name, "has no gold here")
        self.gold(name)
        return gold_in(self.path, row)

    def put_row(self, record: Record) -> None:
        """Writes the article's line of articles.jsonl; other fields of an older line are kept."""
        known = self.row(record.article.id)
        row = article_row(record, known)
        if row != known:
            lines = {name: line.decode().strip() for name, _, line in self._articles()}
            lines[row["id"]] = json.dumps(row, ensure_ascii=False)
            self.put(self.path / ARTICLES, "".join(line + "\n" for line in lines.values()))
            self._rows = self._offsets()

    def put(self, path: Path, text: str) -> None:
        """Writes a complete file, which is on disk when this returns."""
        with whole_file(str(self.inside(path))) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        self.sync(path.parent)

    def remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def sync(self, folder: Path) -> None:
        """Forces the names of new files in a folder to disk."""
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)

    def _offsets(self) -> dict[str, int]:
        return {name: offset for name, offset, _ in self._articles()}

    def _articles(self) -> Iterator[tuple[str, int, bytes]]:
        """Id, offset in bytes and content of each line of articles.jsonl."""
        path, offset = self.inside(self.path / ARTICLES), 0
        for number, line in enumerate(path.open("rb") if path.exists() else (), 1):
            try:
                if line.strip():
                    yield str(json.loads(line)["id"]), offset, line
            except (ValueError, KeyError, TypeError) as error:
                raise SetupError(f"{path}:{number}: not an article ({error}); correct the line") from error
            offset += len(line)
