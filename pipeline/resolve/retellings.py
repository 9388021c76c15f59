"""What speaks for and against two articles telling of one commitment: doer, receiver, sum, project, day, words.

Hard because outlets differ on the sum, leave out who receives, and a loan that is rolled over a year later reads like
the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from rapidfuzz import fuzz

from pipeline.knowledge import Sum
from pipeline.resolve.deeds import Deed
from pipeline.resolve.names import known

_SAME_WORDS, _ALIKE_WORDS = 90, 65  # token_set_ratio of two sentences
_FEW = 3  # sums of one doer in an article; among more, as in a budget, one that is equal means little
_CLOSER = {"same_project", "same_receiver", "same_words", "alike_words"}  # unless something closer is shared
_EXACT = 0.995  # amounts that differ by rounding only


def evidence(one: Deed, other: Deed) -> tuple[str, ...]:
    """The reasons for and against; none where they cannot be one: too far apart in time, or nothing ties them."""
    days = _days(one, other)
    if one.said.negated != other.said.negated or days is None:
        return ()
    found = [days, *_money(one, other), *_sides(one, other), *_objects(one, other), *_words(one, other)]
    found += ["same_status"] if one.said.status == other.said.status else []
    found += ["same_story"] if one.article.story and one.article.story == other.article.story else []
    found += ["one_of_many"] if max(one.sums, other.sums) > _FEW and not _CLOSER & set(found) else []
    return tuple(found) if {"same_amount", "same_project", "same_words"} & set(found) else ()


def _days(one: Deed, other: Deed) -> str | None:
    if one.day is None or other.day is None:
        return "days_unknown" if one.article.story and one.article.story == other.article.story else None
    apart = abs((one.day - other.day).days)
    return next((f"days_{limit}" for limit in (3, 14, 60) if apart <= limit and apart <= known("window")), None)


def closeness(one: Iterable[Sum], other: Iterable[Sum]) -> float | None:
    """How near the nearest two amounts of one currency are: smaller by larger; None where none can be compared."""
    pairs = [(a, b) for a, b in product(one, other) if a.value and b.value and a.currency == b.currency]
    return max((_near(a, b) for a, b in pairs), default=None)


def _near(one: Sum, other: Sum) -> float:
    """1 where one value is inside the other's range."""
    a, b = one.value or 0.0, other.value or 0.0
    inside = any(s.low is not None and s.high is not None and s.low <= v <= s.high for s, v in ((one, b), (other, a)))
    return 1.0 if inside or _rounded(a, b) else min(a, b) / max(a, b)


def _rounded(one: float, other: float) -> bool:
    """Whether one is the other in fewer digits, two at least: 330 million for 333."""
    digits = max(min(_digits(one), _digits(other)), 2)
    return f"{one:.{digits}g}" == f"{other:.{digits}g}"


def _digits(value: float) -> int:
    return len(f"{value:.6e}".partition("e")[0].replace(".", "").rstrip("0"))


def _money(one: Deed, other: Deed) -> list[str]:
    near = closeness(one.said.amounts, other.said.amounts)
    if near is None:
        return []
    if one.said.kind == "policy" and near >= _EXACT:
        return ["same_limit"]
    return ["same_amount" if near >= _EXACT else "near_amount" if near >= known("near") else "other_amount"]


def _sides(one: Deed, other: Deed) -> Iterator[str]:
    doers = one.by & other.by
    if doers:
        yield "same_doer" if doers - one.countries else "same_doer_country"
    elif one.by and other.by:
        yield "same_side" if one.side(one.by) & other.side(other.by) else "other_doer"
    if one.to & other.to:
        yield "same_receiver"
    elif one.to and other.to and not one.side(one.to) & other.side(other.to):
        yield "other_receiver"


def _objects(one: Deed, other: Deed) -> Iterator[str]:
    shared = one.projects & other.projects
    if shared:
        yield "same_project" if shared - one.umbrellas else "same_programme"
    elif one.projects - one.umbrellas and other.projects - other.umbrellas:
        yield "other_project"
    elif one.projects and other.projects:
        yield "other_programme"
    dates = set(one.said.dates), set(other.said.dates)
    if dates[0] and dates[1]:
        yield "same_date" if dates[0] & dates[1] else "other_date"
    sectors = set(one.said.sectors), set(other.said.sectors)
    if sectors[0] and sectors[1]:
        yield "same_sector" if sectors[0] & sectors[1] else "other_sector"


def alike(one: Deed, other: Deed) -> float:
    """How much the words of two sentences are the same, 0 to 100."""
    return float(fuzz.token_set_ratio(one.said.quote.lower(), other.said.quote.lower()))


def _words(one: Deed, other: Deed) -> list[str]:
    words = alike(one, other)
    return ["same_words"] if words >= _SAME_WORDS else ["alike_words"] if words >= _ALIKE_WORDS else []
