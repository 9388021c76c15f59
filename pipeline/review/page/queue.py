"""The articles to review: those of the records, least confident first, and those with a journal.

Memory holds only the id, title, position and confidence of each article, since there may be a million.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from pydantic import BaseModel, ValidationError

from pipeline.errors import ArticleError, SetupError
from pipeline.publish.report.index import lead
from pipeline.publish.report.words import clean
from pipeline.record import fault
from pipeline.records import STANDARD, Place, lines
from pipeline.review.formats.task import mean_confidence
from pipeline.review.page import journal
from pipeline.review.page.article import is_consistent, is_finished
from pipeline.review.page.folder import Folder

NO_ADDRESS = ("", ".", "..")  # ids that a browser cannot request


class Entry(NamedTuple):
    """`title`: or first words; `confidence`: see `mean_confidence`; `place`: None if not in the records."""

    id: str
    title: str
    confidence: float
    place: Place | None


class Begun(NamedTuple):
    """A review with decisions. `sha256`: of its original record; `consistent`: draft and gold match the journal."""

    id: str
    title: str
    state: str
    confidence: float
    origin: str
    sha256: str
    consistent: bool


class _Part(BaseModel):
    confidence: float
    row_confidence: float | None = None


class _Article(BaseModel):
    id: str
    title: str | None = None
    text: str = ""


class Head(BaseModel):
    """The fields of a record that the queue needs."""

    article: _Article
    mentions: list[_Part] = []
    commitments: list[_Part] = []

    @property
    def title(self) -> str:
        return title_of(self.article.title, self.article.text)

    @property
    def confidence(self) -> float:
        return mean_confidence([*self.mentions, *self.commitments])


def entries(records: str, say: Callable[[str], None]) -> Iterator[Entry]:
    """Each article once, in order; `say` is called with what is left out. Raises SetupError if nothing can be read."""
    if records == STANDARD:
        raise SetupError("a review reads the records more than once, which standard input cannot; name a file")
    known: set[str] = set()
    for place, line in lines(records):
        try:
            head = Head.model_validate_json(line)
        except ValidationError as error:
            say(f"{place}: not a record of `corridor extract`: {fault(error)}; left out")
            continue
        name = head.article.id
        if name in known or name in NO_ADDRESS:
            what = "occurs twice" if name in known else "cannot be requested by a browser"
            say(f"{place}: the article {name!r} {what}; left out")
            continue
        known.add(name)
        yield Entry(name, head.title, head.confidence, place)


def begun(folder: Folder, say: Callable[[str], None]) -> Iterator[Begun]:
    """Every review in a folder that has decisions; `say` is called with each damaged journal."""
    for path in folder.journals():
        try:
            found = journal.lines(path)
            if len(found) > 1:
                yield _begun(folder, found)
        except (KeyError, TypeError, ValueError) as error:
            say(str(journal.damaged(path, 1, error)))
        except ArticleError as error:
            say(str(error))


def _begun(folder: Folder, found: list[journal.Line]) -> Begun:
    bases = [line["base"] for line in found if line.get("do") == journal.RENEW]
    first = [found[0], *bases][-1]  # what it goes on with
    head = Head.model_validate(first["record"])
    state = "finished" if is_finished(found) else "begun"
    consistent = is_consistent(folder, head.article.id, found)
    return Begun(head.article.id, head.title, state, head.confidence, first["origin"], first["sha256"], consistent)


def title_of(title: str | None, text: str) -> str:
    """The title of an article on one line; its first words if it has none."""
    return clean(title or "") or lead(text)
