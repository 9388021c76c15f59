"""The records that were given at the start, found by id and listed a page at a time.

Memory holds the place and the head of each record; the record itself is read when it is asked for.
"""

from collections.abc import Callable, Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from pipeline.errors import ArticleError, SetupError
from pipeline.record import Day, fault
from pipeline.records import STANDARD, Place, lines, placed, record_at
from pipeline.serve.problems import Refusal


class Head(BaseModel):
    """What a list says of a record: its article, and how many commitments it holds."""

    id: str
    title: str | None = None
    source: str | None = None
    url: str | None = None
    date: Day | None = None
    language: str | None = None
    commitments: int = 0


class _Record(BaseModel):
    article: Head
    commitments: list[dict[str, Any]] = []


class Records:
    """Records of a file or folder as it was at the start. Of two with one id the first counts.

    `say` is called with each line that is left out. Raises SetupError where nothing can be read.
    """

    def __init__(self, name: str, say: Callable[[str], None]) -> None:
        if name == STANDARD:
            raise SetupError("the server reads records more than once, which standard input cannot; name a file")
        next(placed(name), None)  # raises where these are articles, not records
        self._heads: dict[str, Head] = {}
        self._places: dict[str, Place] = {}
        for place, line in lines(name):
            try:
                found = _Record.model_validate_json(line)
            except ValidationError as error:
                say(f"{place}: not a record of `corridor extract`: {fault(error)}; left out")
                continue
            head = found.article.model_copy(update={"commitments": len(found.commitments)})
            if head.id in self._places:
                say(f"{place}: the article {head.id!r} occurs twice; left out")
                continue
            self._places[head.id], self._heads[head.id] = place, head

    def __len__(self) -> int:
        return len(self._heads)

    def heads(self, words: str, since: Day | None) -> Iterator[Head]:
        """The records of the day or later that have all the words in title, source or id."""
        wanted = words.casefold().split()
        for head in self._heads.values():
            names = f"{head.title} {head.source} {head.id}".casefold()
            if (since is None or (head.date or "") >= since) and all(word in names for word in wanted):
                yield head

    def json(self, name: str) -> str:
        """The record of an article. Raises Refusal where there is none, or its file has changed."""
        if name not in self._places:
            raise Refusal(404, f"there is no record of {name!r}; /records lists those that there are")
        place = self._places[name]
        try:
            found = record_at(place)
        except SetupError as error:
            raise Refusal(500, f"{error}; start the server again") from error
        if isinstance(found, ArticleError) or found.article.id != name:
            raise Refusal(500, f"{place} no longer holds {name!r}; start the server again")
        return found.to_json()
