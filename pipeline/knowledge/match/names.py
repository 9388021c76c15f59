"""Names of projects against titles of activities, as `corridor resolve` and rapidfuzz compare them."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import fuzz

from pipeline.knowledge.listed_names import project_form
from pipeline.knowledge.match.activity import Activity
from pipeline.knowledge.match.subjects import Subject
from pipeline.knowledge.name_forms import Form
from pipeline.values.gazetteer.names import key

_BEST = ("listed", "same_name", "same_words", "type_once", "alias_told", "acronym_told", "spelled_alike")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "one": "1", "two": "2", "three": "3"}
_ORDINALS = {"first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5"}
_NUMBERED = re.compile(
    r"\b(?:phase|stage|project|programme|program|line|lot|unit|tranche|section|part)\s+(\w+)\b|\((\d{1,2})\)|\b(i{2,3}|iv)\b"
    rf"|\b({'|'.join(_ORDINALS)})\b",
    re.IGNORECASE,
)


def same_name(subject: Subject, activity: Activity) -> list[str]:
    """The best reason why a name and a title are one project's; none where they are not."""
    found = {
        reason
        for name in subject.names
        for title in activity.titles
        for reason in _form(name, subject.countries).compare(_form(title, activity.countries)) or ()
    }
    return [reason for reason in _BEST if reason in found][:1]


@lru_cache(maxsize=200_000)
def _form(name: str, countries: frozenset[str]) -> Form:
    return project_form(name, (), countries)


@lru_cache(maxsize=200_000)
def alike(name: str, title: str) -> float:
    """How alike the words of both are, in any order, 0 to 100."""
    return float(fuzz.token_sort_ratio(key(name), key(title)))


@lru_cache(maxsize=200_000)
def numbers(name: str) -> frozenset[str]:
    """The phases or units that a name numbers: {"2"} of "Phase II"; none where it numbers nothing."""
    found = (next(filter(None, one)).lower() for one in _NUMBERED.findall(name))
    plain = (_ROMAN.get(one) or _ORDINALS.get(one) or one for one in found)
    return frozenset(one for one in plain if one.isdigit())
