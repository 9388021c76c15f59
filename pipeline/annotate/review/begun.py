"""The reviews that a folder holds, told from their journals without building one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from pipeline.annotate.edits.article import is_finished, is_settled
from pipeline.annotate.review import journal
from pipeline.annotate.review.folder import Folder
from pipeline.annotate.review.queue import Head, confidence_of
from pipeline.errors import ArticleError


class Begun(NamedTuple):
    """`sha256`: of the record it was begun on; `settled`: whether draft and gold are as the journal says."""

    id: str
    title: str
    state: str
    confidence: float
    origin: str
    sha256: str
    settled: bool


def begun(folder: Folder, say: Callable[[str], None]) -> Iterator[Begun]:
    """Every review on which something was decided; `say` is told of journals that are damaged."""
    for path in folder.journals():
        try:
            lines = journal.lines(path)
            if len(lines) > 1:
                yield _told(folder, lines)
        except (KeyError, TypeError, ValueError) as error:
            say(str(journal.damaged(path, 1, error)))
        except ArticleError as error:
            say(str(error))


def _told(folder: Folder, lines: list[journal.Line]) -> Begun:
    first = lines[0]
    head = Head.model_validate(first["record"])
    state = "finished" if is_finished(lines) else "begun"
    settled = is_settled(folder, head.article.id, lines)
    return Begun(head.article.id, head.title, state, confidence_of(head), first["origin"], first["sha256"], settled)
