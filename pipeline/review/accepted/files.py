"""The decisions in the folder of a review, read without its journals.

decisions/ID.jsonl   a row for each commitment of an article that was decided on
accepted/ID.jsonl    the record of an article with what was accepted, and nothing else
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ValidationError

from pipeline.errors import ArticleError, SetupError
from pipeline.gold.folder import file_name
from pipeline.record import Record, fault
from pipeline.review.accepted.rows import Decided

DECISIONS, ACCEPTED = "decisions", "accepted"
_REMEDY = "start `corridor review` on the folder, which writes it again"


class Reviewed:
    """The folder of a review. Raises SetupError if it is none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not (folder / "review").is_dir():
            raise SetupError(f"{folder}: holds no review; name the --gold folder of `corridor review`")
        if not (folder / DECISIONS).is_dir():
            raise SetupError(f"{folder}: was reviewed by an older version; {_REMEDY}")

    def decisions(self, article: str) -> list[Decided]:
        """The decisions on an article, in the order of its record. Raises ArticleError where the file is damaged."""
        return list(_read(self._path(DECISIONS, article), Decided))

    def accepted(self, article: str) -> Record | None:
        """The record with what was accepted; None without any. Raises ArticleError where the file is damaged."""
        return next(_read(self._path(ACCEPTED, article), Record), None)

    def all(self) -> Iterator[list[Decided]]:
        """The decisions of every article that has some, by file name."""
        for path in sorted((self.folder / DECISIONS).glob("*.jsonl")):
            yield list(_read(path, Decided))

    def named(self, one: Decided) -> str:
        """Who decided; the folder's name if the journal has none."""
        return one.reviewer or self.folder.name or str(self.folder)

    def _path(self, part: str, article: str) -> Path:
        return self.folder / part / f"{file_name(article)}.jsonl"


def _read[T: BaseModel](path: Path, shape: type[T]) -> Iterator[T]:
    try:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
    except (OSError, ValueError) as error:
        raise ArticleError(str(path), f"cannot be read ({error})") from error
    for number, line in enumerate(text.split("\n")[:-1], 1):
        try:
            yield shape.model_validate_json(line)
        except ValidationError as error:
            raise ArticleError(f"{path}:{number}", f"is damaged ({fault(error)}); {_REMEDY}") from error
