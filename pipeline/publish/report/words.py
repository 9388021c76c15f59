"""Values of a record in words: amounts, dates, and text that is safe for a terminal."""

import re
import unicodedata

from pipeline.record import Amount, Date
from pipeline.values import numbers

_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})  # control, format, surrogate, private, unassigned
_JOINERS = "\u200c\u200d"  # format, but letters of Persian and Urdu and parts of emoji


def clean(text: str) -> str:
    """Text on one line with single spaces, without escape sequences and other characters that control a terminal."""
    return printable(text).strip()


def printable(text: str) -> str:
    """The same for a piece of a text, with a space at either end where it has one."""
    safe = (" " if c.isspace() else c for c in text)
    return re.sub(" +", " ", "".join(c for c in safe if c in _JOINERS or unicodedata.category(c) not in _UNSAFE))


def quoted(text: str) -> str:
    return f"“{clean(text)}”"


def number(value: float) -> str:
    """`4 bn`, `3.45 tn`, `55,000`: at most four decimals, without trailing zeros."""
    return numbers.in_words(value, numbers.SHORT)


def amount(found: Amount) -> str:
    """An amount and its quote: `up to 4 bn USD “up to $4bn”`; without a value the quote alone."""
    return " ".join(filter(None, (money(found), quoted(found.text))))


def money(found: numbers.Amount) -> str | None:
    """An amount: `up to 4 bn USD`; None without a value."""
    said = numbers.amount_in_words(found)
    return said and clean(said)


def date(found: Date) -> str:
    """A date and its quote: `2025-09-26 “Friday”`; the quote alone if it is unresolved."""
    return " ".join(filter(None, (day(found), quoted(found.text))))


def day(found: Date) -> str | None:
    """A date: `2025-09-26`, `2025-07 to 2026-06`; None if it is unresolved."""
    return clean(found.iso).replace("/", " to ") if found.iso else None
