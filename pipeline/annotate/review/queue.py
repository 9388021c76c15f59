"""The articles of a file of records, those first of which Corridor is least sure: there a reviewer teaches it most.

Hard because there may be a million: of each no more is kept than its id, its title, where it stands and how sure it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from pydantic import BaseModel, ValidationError

from pipeline.errors import SetupError
from pipeline.record import fault
from pipeline.records import STANDARD, Place, lines
from pipeline.report.index import lead
from pipeline.report.words import clean

NO_ADDRESS = ("", ".", "..")  # ids that a browser cannot ask for


class Entry(NamedTuple):
    """`title`: its first words where it has none; `confidence`: the mean of mentions and commitments, 0 where there are
    none; `place`: None where only gold is."""

    id: str
    title: str
    confidence: float
    place: Place | None


class _Sure(BaseModel):
    confidence: float


class _Headed(BaseModel):
    id: str
    title: str | None = None
    text: str = ""


class Head(BaseModel):
    """As much of a record as the queue needs."""

    article: _Headed
    mentions: list[_Sure] = []
    commitments: list[_Sure] = []

    @property
    def title(self) -> str:
        return titled(self.article.title, self.article.text)


def entries(records: str, say: Callable[[str], None]) -> Iterator[Entry]:
    """Each article once, in their order; `say` is told what is left out. Raises SetupError where nothing can be read.

    The order of review is by `confidence`, as `corridor annotate export` has it: the mean does not favour long articles
    as a sum of doubts would, and one in which nothing was found comes first.
    """
    if records == STANDARD:
        raise SetupError("a review reads records more than once, and standard input has them once; name a file")
    known: set[str] = set()
    for place, line in lines(records):
        try:
            head = Head.model_validate_json(line)
        except ValidationError as error:
            say(f"{place}: not a record of `corridor extract`: {fault(error)}; left out")
            continue
        name = head.article.id
        if name in known or name in NO_ADDRESS:
            what = "comes twice" if name in known else "cannot be asked for by a browser"
            say(f"{place}: the article {name!r} {what}; left out")
            continue
        known.add(name)
        yield Entry(name, head.title, confidence_of(head), place)


def confidence_of(head: Head) -> float:
    found = [part.confidence for part in (*head.mentions, *head.commitments)]
    return round(sum(found) / len(found), 3) if found else 0.0


def titled(title: str | None, text: str) -> str:
    """The title of an article on one line; its first words where it has none."""
    return clean(title or "") or lead(text)
