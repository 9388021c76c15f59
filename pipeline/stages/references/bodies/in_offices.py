"""Finds the organisations that an office names: "WAPDA Chairman", "Arif Habib Corp MD", "DG Customs".

Most words beside a title only qualify it ("Federal Finance Minister"). Words count as a name if they are a known
institution, an acronym, or state a kind of body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.seeds import table
from pipeline.stages.document.doc import Mention
from pipeline.stages.document.view import ArticleView
from pipeline.values.gazetteer.acronyms import looks_like_acronym
from pipeline.values.gazetteer.institutions import institution, states_kind
from pipeline.values.gazetteer.places import place_country

CONFIDENCE = 0.9  # that words of an office mean the organisation
_WORD = re.compile(r"[^\s()]+")
_BRACKETED = re.compile(r"(.*\S)\s*\(([^\s()]+)", re.S)


def find_bodies(view: ArticleView) -> Iterator[Mention]:
    """The organisations in offices, as mentions inside of other mentions."""
    for role in view.mentions.labelled("ROLE"):
        words = [match.span() for match in _WORD.finditer(view.text, role.start, role.end)]
        names = (p for p in _candidates(view.text, words) if _is_name(" ".join(view.text[slice(*p)].split())))
        for start, end in _unbracketed(view.text, *next(names, (0, 0))):
            yield Mention("ORG", start, end, role.sentence, CONFIDENCE, "office")


def _unbracketed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A name and, apart from it, the short form in brackets after it."""
    parts = _BRACKETED.fullmatch(text, start, end)
    if parts:
        yield from (parts.span(1), parts.span(2))
    elif end:
        yield start, end


def _candidates(text: str, words: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans that may name an organisation: the words before the title, the longest first, then those after it."""
    title = next((n for n, span in enumerate(words) if _is_title(text, span)), len(words))
    for end in range(min(title, len(words) - 1), 0, -1):
        if not _qualifies(text, words[end - 1]):
            yield words[0][0], words[end - 1][1]
    if title == 0 and len(words) > 1 and not any(_is_title(text, span) for span in words[1:]):
        yield words[1][0], words[-1][1]


def _is_title(text: str, span: tuple[int, int]) -> bool:
    return text[slice(*span)].strip(",.;").lower() in _titles()["heads"]


def _qualifies(text: str, span: tuple[int, int]) -> bool:
    """Whether a word qualifies a title, not a name before it: "General" Secretary, "Managing" Director."""
    return text[slice(*span)].strip(",.;").lower() in _titles()["qualifiers"]


def _is_name(words: str) -> bool:
    if not words[0].isupper() or place_country(words):
        return False
    has_kind = " " in words and states_kind([words])
    return has_kind or institution([words]) is not None or (looks_like_acronym(words) and words.isalpha())


@lru_cache(maxsize=1)
def _titles() -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in table("references.yaml")["offices"].items()}
