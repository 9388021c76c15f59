"""Reads a JSON file: an array of articles, one article, an answer of a news API, or JSON lines under that name.

The articles of an array are taken one at a time, so that it may be larger than the memory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Any, BinaryIO

from pipeline.errors import ArticleError
from pipeline.record import Article
from pipeline.sources.decode import LIMIT, blocks
from pipeline.sources.docling import is_docling, read_docling
from pipeline.sources.options import ReadOptions, match, noting
from pipeline.sources.tables import DECODER, Results, parsed

WHOLE = 5 * LIMIT  # characters of an object with all that is in it
_SPACE = re.compile(r"[ \t\r\n]*")


def read_json(stream: BinaryIO, where: str, options: ReadOptions) -> Results:
    """One article for each item, counted from 1. What follows an item that is no JSON cannot be read."""
    pass_on, text = noting(where, options), _Text(blocks(stream, where))
    number = 0
    try:
        for value, alone in _values(text, options):
            number += 1
            place = where if alone else f"{where}, item {number}"
            if is_docling(value):
                yield _docling(value, place, options)
            elif isinstance(value, dict):
                yield parsed(partial(pass_on, value), place, options)
            else:
                yield ArticleError(place, "JSON, but not an object with a text")
    except ValueError as error:
        lost = f"not whole JSON ({error}); what follows is not read"
        raise ArticleError(f"{where}, item {number + 1}" if number else where, lost) from error


def _docling(value: dict[str, Any], where: str, options: ReadOptions) -> Article | ArticleError:
    try:
        return read_docling(value, where, options)
    except ArticleError as error:
        return error


def _values(text: _Text, options: ReadOptions) -> Iterator[tuple[Any, bool]]:
    """Each article, and whether it is alone in the file. Raises ValueError for what is no JSON."""
    alone = True
    while begin := text.peek():
        if begin == "[":
            yield from ((item, False) for item in text.items())
        else:
            value = text.value(WHOLE)
            alone = alone and not text.peek()
            inside = _articles_in(value, options)
            yield from [(value, alone)] if inside is None else ((item, False) for item in inside)
        alone = False


def _articles_in(value: Any, options: ReadOptions) -> list[Any] | None:
    """The one array of objects in an object that has no text itself, as in the answers of news APIs; else None."""
    if not isinstance(value, dict):
        return None
    text = [value[name] for name in match(list(value), options).of["text"]]
    arrays = [own for own in value.values() if isinstance(own, list) and own and isinstance(own[0], dict)]
    return arrays[0] if len(arrays) == 1 and (not text or text[0] is arrays[0]) else None


class _Text:
    """JSON that comes in blocks; values are taken from its beginning. Raises ValueError for what is no JSON."""

    def __init__(self, pieces: Iterator[str]) -> None:
        self._pieces = pieces
        self._held, self._at = "", 0

    def peek(self) -> str:
        """The next character, white space left out; "" at the end."""
        while True:
            found = _SPACE.match(self._held, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._more(1):
                return ""

    def value(self, limit: int) -> Any:
        """The next value, of at most about `limit` characters."""
        self.peek()
        while True:
            try:
                value, end = DECODER.raw_decode(self._held, self._at)
            except (ValueError, RecursionError) as error:
                size = len(self._held) - self._at
                if size > limit or isinstance(error, RecursionError) or not self._more(size):
                    raise ValueError(_reason(error, size > limit, limit)) from error
            else:
                if end < len(self._held) or not self._more(1):  # a number may go on in the next block
                    self._at = end
                    return value

    def items(self) -> Iterator[Any]:
        """The items of an array, which is next."""
        self._at += 1
        if self.peek() == "]":
            self._at += 1
            return
        while True:
            yield self.value(LIMIT)
            sign = self.peek()
            if sign not in ("]", ","):
                raise ValueError("a comma or the end of the array is missing")
            self._at += 1
            if sign == "]":
                return

    def _more(self, size: int) -> bool:
        """Takes at least so many more characters, if there are any."""
        taken, found = 0, list[str]()
        for piece in self._pieces:
            found.append(piece)
            taken += len(piece)
            if taken >= size:
                break
        self._held, self._at = "".join(chain([self._held[self._at :]], found)), 0
        return bool(taken)


def _reason(error: Exception, is_long: bool, limit: int) -> str:
    if isinstance(error, RecursionError):
        return "too deep"
    what = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
    return f"{what}, or over {limit:,} characters" if is_long else what
