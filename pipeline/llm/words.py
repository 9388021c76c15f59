"""The words of an article that an answer quotes: whole ones, one of which says something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from unicodedata import category, name

from pipeline.record import Quote, Record
from pipeline.seeds import table
from pipeline.values.gazetteer.institutions import institution
from pipeline.values.gazetteer.places import country_of

NAMES = {"PERSON", "ROLE", "ORG", "COUNTRY", "NORP", "PLACE", "MONEY", "DATE", "QUANTITY"}  # labels that are no act
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR")  # or with endings after a name
_JOINERS = "\u200c\u200d"
_CONTRACTED = re.compile(r"(?:n['\u2019]t|['\u2019](?:s|d|m|ll|re|ve))$")
Span = tuple[int, int]


def place_of(words: str, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
    """Where words stand first in `text[start:end]` as whole words, with any white space for theirs.

    None too where they have no content word.
    """
    if next(content_words(words), None) is None:
        return None
    pattern, end = re.compile(r"\s+".join(map(re.escape, words.split()))), len(text) if end is None else end
    found = pattern.search(text, start, end)
    while found and not (_is_edge(text, found.start()) and _is_edge(text, found.end())):
        found = pattern.search(text, found.start() + 1, end)
    return found


def content_words(text: str) -> Iterator[Span]:
    """Where the words stand that have two letters or a digit and are more than a function word."""
    for is_word, run in groupby(enumerate(text), lambda one: _is_part(one[1]) or one[1] in "'\u2019"):
        places, letters = zip(*run, strict=True)
        word = _CONTRACTED.sub("", "".join(letters).strip("'\u2019"))
        long = sum(map(str.isalpha, word)) > 1 or any(map(str.isdigit, word))
        if is_word and long and (word.casefold() not in _function_words() or _is_acronym(word)):
            yield places[0], places[-1] + 1


def carries_act(record: Record, quote: Quote) -> bool:
    """Whether one of the words may be a verb or a noun of action: no number, and no part of a name or value."""
    spans = [(quote.start + start, quote.start + end) for start, end in content_words(quote.text)]
    bare = [mention for mention in record.mentions if mention.label in NAMES]
    return any(
        not any(map(str.isdigit, record.article.text[start:end]))
        and not any(mention.start <= start and end <= mention.end for mention in bare)
        for start, end in spans
    )


@cache
def _function_words() -> frozenset[str]:
    return frozenset(table("references.yaml")["function_words"])


def _is_acronym(word: str) -> bool:
    """Whether a word such as US or WHO is a name."""
    return word.isupper() and bool(country_of(word) or institution([word]))


def _is_edge(text: str, at: int) -> bool:
    """Whether a word may begin or end at an offset: not within a word, a number such as 1,200, or a letter's marks."""
    left, right = text[max(0, at - 2) : at], text[at : at + 2]
    if not left or not right:
        return True
    if category(right[0])[0] == "M" or right[0] in _JOINERS:
        return False
    if re.search(r"\d[.,]?$", left) and re.match(r"[.,]?\d", right):
        return False
    beside = left[-1], right[0]
    return not all(map(_is_part, beside)) or any(name(char, "").startswith(_UNSPACED) for char in beside)


def _is_part(char: str) -> bool:
    return category(char)[0] in "LMN" or char in _JOINERS
