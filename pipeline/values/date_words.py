"""The words of calendar expressions as pieces of regular expressions, and their values.

Capitals distinguish months from verbs ("may", "march"), so each piece itself says where case is ignored.
"""

import re
from functools import lru_cache
from typing import Any

from pipeline.seeds import table
from pipeline.values.numbers import alternatives, any_case, ordinals, parse_number, words

DASH = "[-\u2013\u2014\u2212\x96]"
YEAR = r"(?:1[89]|20)\d\d"
DAY = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|ST|ND|RD|TH)?(?!\d|[.,:]\d(?!\d{3}))"
_WHOLE = ("May", "June", "July")  # short names that are no abbreviations


@lru_cache(maxsize=1)
def _table() -> Any:
    return table("dates.yaml")


def lexicon(name: str) -> dict[str, Any]:
    """A part of `seeds/dates.yaml` that maps words to values, by lower-case word."""
    return {word.lower(): value for word, value in _table()[name].items()}


def value_of(name: str, words: str) -> Any:
    """The value of some words in a part of `seeds/dates.yaml`."""
    return lexicon(name)[" ".join(words.lower().split())]


def wordlist(name: str) -> list[str]:
    """A part of `seeds/dates.yaml` that lists words."""
    found: list[str] = _table()[name]
    return found


@lru_cache(maxsize=1)
def month_numbers() -> dict[str, int]:
    """Month names and abbreviations, lower case, without the dot."""
    return lexicon("months")


@lru_cache(maxsize=1)
def weekday_numbers() -> dict[str, int]:
    """Monday is 0; lower case, abbreviations in."""
    return lexicon("weekdays") | lexicon("weekday_abbreviations")


def month() -> str:
    """Capitalised month names, abbreviations with or without a dot."""
    names = _table()["months"]
    full, short = ([name for name in names if (len(name) > 4 or name in _WHOLE) is whole] for whole in (True, False))
    forms = [rf"{alternatives([*some, *(name.upper() for name in some)])}\b" for some in (full, short)]
    return rf"(?:{forms[0]}|{forms[1]}\.?)"


def weekday(*, short: bool = False) -> str:
    """Capitalised weekdays; `short`: abbreviations too."""
    names = [*_table()["weekdays"], *(_table()["weekday_abbreviations"] if short else ())]
    return rf"(?:{alternatives([*names, *(name.upper() for name in names)])}\b{'[.]?' if short else ''})"


def relation() -> str:
    return rf"(?:{any_case(_table()['relations'])}\b)"


def unit() -> str:
    return rf"(?:{any_case(_table()['units'])}[sS]?\b)"


def count() -> str:
    """A number in digits or words, or two joined by "or"/"to", or a vague one."""
    exact = rf"(?:\d{{1,3}}|{any_case(words())})"
    return rf"(?:{exact}(?:\s+(?:or|to)\s+{exact})?|{any_case(_table()['vague_numbers'])})"


def ordinal() -> str:
    return rf"(?:{any_case(ordinals())}|(?:1st|2nd|3rd|4th|5th))"


def opener() -> str:
    """A digit or the first word of any calendar expression, a quick search before the many forms are tried."""
    names = ("months", "weekdays", "weekday_abbreviations", "relations", "days", "holidays", "vague_numbers", "openers")
    known = [*words(), *ordinals(), *(word for name in names for word in _table()[name])]
    first = {re.split(r"\W", word.lower())[0] for word in known}
    return rf"(?:\d|FY|{any_case(first)}(?![^\W\d]))"


def read_month(text: str) -> int:
    return month_numbers()[text.lower().rstrip(".")]


def read_day(text: str) -> int:
    return int(text.rstrip("sthndrSTHNDR"))


def read_ordinal(text: str, last: int = 0) -> int:
    """`last`: the number of "last", "final", "latter"."""
    return int(text[0]) if text[0].isdigit() else ordinals().get(text.lower(), last)


def read_count(text: str) -> int | None:
    """None for "few", "two or three"."""
    number = parse_number(text)
    return int(number) if number is not None and number == int(number) else None


def read_unit(text: str) -> str:
    return text.lower().rstrip("s")


def read_relation(text: str) -> int | str:
    found: int | str = lexicon("relations")[text.lower()]
    return found
