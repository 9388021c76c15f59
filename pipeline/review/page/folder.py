"""The files of a review: a gold folder with drafts and journals, and nothing outside of it.

    articles.jsonl, gold/ID.json   finished articles, as `corridor train` and `corridor evaluate` read them
    drafts/ID.json                 the gold of unfinished articles
    review/ID.jsonl                the journal of each article
    decisions/ID.jsonl             the commitments that were decided on, one a line
    accepted/ID.jsonl              the record of an article with what was accepted, and nothing else

Ids can be any text, and a folder can hold links that lead out of it. Files are complete at every moment, even if the
power fails.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.atomic import locked, whole_file
from pipeline.errors import ArticleError, SetupError
from pipeline.gold.folder import article_row, file_name, gold_file, gold_in
from pipeline.record import Record
from pipeline.review.accepted.decisions import ACCEPTED, DECISIONS

ARTICLES, GOLD, DRAFTS, REVIEW = "articles.jsonl", "gold", "drafts", "review"


class Folder:
    """Raises SetupError if it cannot be written, or another server uses it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            for part in (GOLD, DRAFTS, REVIEW, DECISIONS, ACCEPTED):
                (path / part).mkdir(parents=True, exist_ok=True)
                self.inside(path / part)
            busy = f"{path}: in use by another `corridor review`; end that first"
            self._lock = locked(self.inside(path / REVIEW / "lock"), busy)
        except OSError as error:
            raise SetupError(f"{path}: cannot be written ({error.strerror}); name another folder") from error
        self._lines = self._articles()

    def close(self) -> None:
        self._lock.release()

    def inside(self, path: Path) -> Path:
        """The path. Raises SetupError if a link in it leads out of the folder."""
        if not path.resolve().is_relative_to(self.path.resolve()):
            raise SetupError(f"{path}: is a link that leads out of {self.path}; remove it")
        return path

    def file(self, part: str, name: str) -> Path:
        """The file of an article in a part of the folder."""
        if part == GOLD:
            return self.inside(gold_file(self.path, name))
        return self.inside(self.path / part / f"{file_name(name)}{'.json' if part == DRAFTS else '.jsonl'}")

    def journals(self) -> list[Path]:
        return [self.inside(path) for path in sorted((self.path / REVIEW).glob("*.jsonl"))]

    def with_gold(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The articles that have gold here, with their lines of articles.jsonl."""
        return ((name, json.loads(line)) for name, line in self._lines.items() if self.file(GOLD, name).is_file())

    def read_gold(self, name: str) -> Record:
        """The gold of an article. Raises ArticleError."""
        if name not in self._lines:
            raise ArticleError(name, "has no gold here")
        self.file(GOLD, name)
        return gold_in(self.path, json.loads(self._lines[name]))

    def put_row(self, record: Record) -> None:
        """Writes the article's line of articles.jsonl; other fields of an older line are kept, and all other lines."""
        name = record.article.id
        known = json.loads(self._lines[name]) if name in self._lines else None
        row = article_row(record, known)
        if row != known:
            lines = self._articles() | {row["id"]: json.dumps(row, ensure_ascii=False)}
            self.put(self.path / ARTICLES, "".join(line + "\n" for line in lines.values()))
            self._lines = lines

    def put(self, path: Path, text: str) -> None:
        """Writes a complete file, which is on disk when this returns."""
        with whole_file(str(self.inside(path))) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        self.sync(path.parent)

    def sync(self, folder: Path) -> None:
        """Forces the names of new files in a folder to disk."""
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)

    def _articles(self) -> dict[str, str]:
        """The lines of articles.jsonl by their ids."""
        path, lines = self.inside(self.path / ARTICLES), {}
        for number, line in enumerate(path.open("rb") if path.exists() else (), 1):
            try:
                if line.strip():
                    lines[str(json.loads(line)["id"])] = line.decode("utf-8-sig").strip()
            except (ValueError, KeyError, TypeError) as error:
                raise SetupError(f"{path}:{number}: not an article ({error}); correct the line") from error
        return lines


def digest_of(path: Path) -> str | None:
    """The digest of a file; None if there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None
