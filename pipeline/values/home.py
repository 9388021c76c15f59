"""The home country of an article, which decides shared signs, bare dollars and fiscal years."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_REACH = 250  # characters of a sentence on either side of an amount
_END = re.compile(r"[.!?][\"'\u201d\u2019)]?\s+(?=[\"'\u201c\u2018(]?[A-Z])|\n")


def _none_named(sentence: str) -> frozenset[str]:
    return frozenset()


def _not_foreign(sentence: str) -> bool:
    return False


@dataclass(frozen=True)
class Home:
    """`countries`: ISO 3166-1 alpha-3, the likeliest first; `dollar`: the currency of a bare dollar sign.

    `fiscal`: the country whose fiscal years the article means; `named_in`: gives the countries that a sentence names;
    `is_foreign`: whether a sentence is about the money of others, whose bare dollar is American.
    """

    countries: tuple[str, ...] = ()
    dollar: str = "USD"
    fiscal: str = "PAK"
    named_in: Callable[[str], frozenset[str]] = _none_named
    is_foreign: Callable[[str], bool] = _not_foreign


NOWHERE = Home()


def beside(text: str, start: int, end: int) -> str:
    """The sentence around `text[start:end]`, at most 250 characters on either side."""
    before, after = text[max(0, start - _REACH) : start], text[end : end + _REACH]
    first = max((match.end() for match in _END.finditer(before)), default=0)
    last = _END.search(after)
    return before[first:] + text[start:end] + (after[: last.start()] if last else after)
