"""Which amounts a list has in a country and year: one that stands there once says which activity it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from pipeline.knowledge.comparers import EXACT, nearest
from pipeline.knowledge.match.activity import Activity
from pipeline.knowledge.match.subjects import Subject
from pipeline.knowledge.match.terms import money

_LONGEST = 12  # years of an activity
_BEFORE, _AFTER = 1, 1  # years around those of a subject


class KnownAmounts:
    """How many activities have an amount, by country and year; amounts are equal to two digits."""

    def __init__(self, activities: Iterable[Activity]) -> None:
        self._number = Counter(key for one in activities for key in _keys(one, one.years))

    def alone(self, activity: Activity, subject: Subject) -> bool:
        """Whether no other activity of its country has the amount of a subject in the years of the subject."""
        if not subject.years or not activity.years:
            return False
        first, last = subject.years[0] - _BEFORE, min(subject.years[1] + _AFTER, subject.years[0] + _LONGEST)
        if first > activity.years[1] or last < activity.years[0]:
            return False
        shared = [one for one in activity.amounts if (nearest(subject.amounts, [one]) or 0) >= EXACT]
        keys = {
            (country, money(one), year)
            for country in activity.countries
            for one in shared
            for year in range(first, last + 1)
        }
        return max((self._number[key] for key in keys), default=0) <= 1


def _keys(activity: Activity, years: tuple[int, int] | None) -> Iterator[tuple[str, str, int]]:
    """Each once for an activity."""
    if years:
        span = range(years[0], min(years[1], years[0] + _LONGEST) + 1)
        values = dict.fromkeys(filter(None, map(money, activity.amounts)))
        yield from ((country, value, year) for country in activity.countries for value in values for year in span)
