"""The rules by which sums count acts, and the reasons why they leave others out; see docs/values.md.

Sources: AidData, Tracking Underreported Financial Flows (TUFF) methodology: what is suspended or cancelled, umbrellas
and money reported twice are left out of sums.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from pipeline.record import Instrument, Status
from pipeline.seeds import table
from pipeline.values.numbers import any_case

COUNTED = "money that counts once"
Worth = tuple[str, float]  # a currency (ISO 4217) and a value in its units


@dataclass(frozen=True)
class Report:
    """What one article says of an act.

    `day`: the article's; `year`: the act's; `place`: where its first amount starts in the text, None without one.
    """

    key: str
    article: str
    day: str | None
    year: int | None
    status: Status
    worth: Worth | None
    place: int | None
    start: int
    quote: str

    @property
    def hearsay(self) -> bool:
        """Whether the article does not vouch for it."""
        return bool(_words("hearsay").search(self.quote))


@dataclass(frozen=True)
class Act:
    """A commitment of one article, or of several under one lasting id.

    `provider`, `recipient`: the homes of the flow's actors, a country where it is known. `projects`: their names.
    `umbrella`: it concerns nothing but programmes whose projects are known by themselves.
    """

    id: str
    instrument: Instrument | None
    negated: bool
    boilerplate: bool
    provider: frozenset[str]
    recipient: frozenset[str]
    projects: frozenset[str]
    umbrella: bool
    reports: tuple[Report, ...]

    @cached_property
    def latest(self) -> Report:
        """The report that counts: of the latest day, and of that day the last in a commitment's life."""
        return max(self.reports, key=lambda report: (report.day or "", _rank(report.status)))

    @cached_property
    def worth(self) -> Worth | None:
        """The amount of most reports; of as many the one of the latest."""
        known = [report.worth for report in self.reports if report.worth]
        if not known:
            return None
        most = max(Counter(known).values())
        likely = {worth for worth, count in Counter(known).items() if count == most}
        dated = [report for report in self.reports if report.worth in likely]
        return max(dated, key=lambda report: (report.day or "", _rank(report.status))).worth


def settings() -> Mapping[str, Any]:
    """The rules' lists and numbers, `seeds/sums.yaml`."""
    found: Mapping[str, Any] = table("sums.yaml")
    return found


@lru_cache(maxsize=2)
def _words(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b{any_case(settings()[name])}\b")


def _rank(status: Status) -> int:
    order: list[Status] = settings()["statuses"]
    return order.index(status)


class Exclusion(NamedTuple):
    """Why a sum leaves an act out; `same_as`: the id of the act that stands for it."""

    because: str
    same_as: str | None = None


def exclusions(acts: Iterable[Act], disputes: Iterable[tuple[str, str]] = ()) -> dict[str, Exclusion]:
    """By id of an act, why a sum leaves it out; acts that are counted are not in it.

    `disputes`: pairs of ids of acts that are one, of which outlets give different amounts; the later one is counted.
    """
    acts = list(acts)
    found = {act.id: Exclusion(why) for act in acts if (why := _alone(act))}
    found |= _reported_again([act for act in acts if act.id not in found], disputes)
    found |= {act.id: Exclusion(why) for act in acts if act.id not in found and (why := _idle(act))}
    doubled = _doubled([act for act in acts if act.id not in found])
    return found | {name: Exclusion(why) for name, why in doubled.items()}


def _alone(act: Act) -> str | None:
    """What excludes an act by itself, whatever else is reported."""
    if act.negated:
        return "denied: the article says that it does not exist"
    if act.boilerplate:
        return "boilerplate: no part of the story"
    if act.instrument is None:
        return "no flow of money"
    if act.instrument not in settings()["counted"]:
        return str(settings()["left_out"][act.instrument])
    if act.worth is None:
        return "no amount"
    if all(report.hearsay for report in act.reports):
        return "hearsay: no article vouches for it"
    return "umbrella: its projects are known by themselves" if act.umbrella else None


def _idle(act: Act) -> str | None:
    status = act.latest.status
    return f"{status}: the money does not flow" if status in settings()["idle"] else None


def _reported_again(acts: Sequence[Act], disputes: Iterable[tuple[str, str]]) -> dict[str, Exclusion]:
    """The acts that are the same money as another one, which is reported later or has come farther."""
    ordered = sorted(acts, key=lambda act: (act.latest.day or "", _rank(act.latest.status)), reverse=True)
    place = {act.id: at for at, act in enumerate(ordered)}
    found: dict[str, Exclusion] = {}
    for one, other in _near(ordered):
        if {one.id, other.id}.isdisjoint(found) and _is_one(one, other):
            found[other.id] = Exclusion(f"reported again: counted as {one.latest.key}", one.id)
    known = [sorted(pair, key=place.__getitem__) for pair in disputes if place.keys() >= set(pair)]
    for one_id, other_id in sorted(known, key=lambda pair: place[pair[0]]):
        if {one_id, other_id}.isdisjoint(found):
            counted = ordered[place[one_id]].latest.key
            found[other_id] = Exclusion(f"another amount is reported: counted as {counted}", one_id)
    return found


def _near(ordered: Sequence[Act]) -> Iterator[tuple[Act, Act]]:
    """Pairs of acts with about the same amount, each in the order given."""
    place = {act.id: at for at, act in enumerate(ordered)}
    by_currency: defaultdict[str, list[tuple[float, Act]]] = defaultdict(list)
    for act in ordered:
        assert act.worth
        by_currency[act.worth[0]].append((act.worth[1], act))
    pairs = []
    for rows in by_currency.values():
        rows.sort(key=lambda row: row[0])
        for at, (value, act) in enumerate(rows):
            for other_value, other in rows[at + 1 :]:
                if other_value > value * (1 + settings()["same_amount"]):
                    break
                pairs.append(sorted((act, other), key=lambda one: place[one.id]))
    return ((one, other) for one, other in sorted(pairs, key=lambda pair: (place[pair[0].id], place[pair[1].id])))


def _is_one(one: Act, other: Act) -> bool:
    """Whether two acts with the same amount are the same money."""
    in_one_article = {r.article for r in one.reports} & {r.article for r in other.reports}
    if in_one_article and not _one_in_article(one, other):
        return False
    sides = ((one.provider, other.provider), (one.recipient, other.recipient))
    if any(a and b and a.isdisjoint(b) for a, b in sides):
        return False
    if not in_one_article and (one.provider.isdisjoint(other.provider) or not _days_are_near(one, other)):
        return False
    return _same_instrument(one, other) and _same_project(one, other)


def _one_in_article(one: Act, other: Act) -> bool:
    """Whether no sentence of an article gives both, each with an amount of its own."""
    pairs = ((a, b) for a in one.reports for b in other.reports if (a.article, a.start) == (b.article, b.start))
    return all(a.place is not None and a.place == b.place for a, b in pairs)


def _days_are_near(one: Act, other: Act) -> bool:
    """Whether the later act may be the earlier one, which goes on until it is completed."""
    if one.latest.status == other.latest.status == "completed" and one.latest.year != other.latest.year:
        return False
    earlier, later = sorted((one, other), key=lambda act: act.latest.day or "")
    if not (earlier.latest.day and later.latest.day):
        return False
    apart = (date.fromisoformat(later.latest.day) - date.fromisoformat(earlier.latest.day)).days
    return bool(apart <= settings()["window" if earlier.latest.status == "completed" else "open_window"])


def _same_instrument(one: Act, other: Act) -> bool:
    pair = {one.instrument, other.instrument}
    return len(pair) == 1 or any(pair <= set(group) for group in settings()["one_act"])


def _same_project(one: Act, other: Act) -> bool:
    """Whether the projects may be the same; where one names none they may."""
    pairs = [(a, b) for a in one.projects for b in other.projects]
    return not pairs or any(fuzz.token_set_ratio(a, b) >= settings()["same_project"] for a, b in pairs)


def _doubled(acts: Iterable[Act]) -> dict[str, str]:
    """Packages whose parts stand in one of their articles too, and parts of a counted whole, with the reason."""
    by_article: defaultdict[str, list[tuple[Report, Act]]] = defaultdict(list)
    for act in acts:
        for report in act.reports:
            by_article[report.article].append((report, act))
    reasons: dict[str, str] = {}
    for _, group in sorted(by_article.items()):
        ordered = sorted(group, key=lambda row: (row[0].start, row[0].place or 0, row[1].id))
        packages = _packages([act for _, act in ordered])
        names = {name: ", ".join(part.id for part in parts) for name, parts in packages.items()}
        reasons |= {name: f"package, its parts are counted: {parts}" for name, parts in names.items()}
        apart = reasons.keys() | {part.id for parts in packages.values() for part in parts}
        reasons |= _within(ordered, apart)
    return reasons


def _packages(ordered: Sequence[Act]) -> dict[str, list[Act]]:
    """The parts of each package, by its id."""
    found: dict[str, list[Act]] = {}
    for at, package in enumerate(ordered):
        parts = _parts(package, ordered[at + 1 :]) or _parts(package, ordered[:at][::-1])
        if parts:
            found[package.id] = parts
    return found


def _parts(package: Act, others: Sequence[Act]) -> list[Act]:
    """The nearest of the others, at least two, whose amounts add up to the package; else none.

    Only the nearest: among the many sums of a budget some always add up.
    """
    whole, total, parts = _value(package), 0.0, list[Act]()
    for other in (other for other in others if _could_be_part(other, package)):
        parts.append(other)
        total += _value(other)
        if abs(total - whole) <= settings()["tolerance"] * whole and len(parts) > 1:
            return parts
    return []


def _within(ordered: Sequence[tuple[Report, Act]], apart: Collection[str]) -> dict[str, str]:
    """Parts by their words ("of which", "including") of a greater sum: in the same sentence, else the last before.

    `apart`: ids of packages and of their parts.
    """
    found: dict[str, str] = {}
    for at, (report, part) in enumerate(ordered):
        if part.id not in apart and _words("part_words").search(report.quote):
            same_sentence = [other for place, other in ordered[at + 1 :] if place.start == report.start]
            others = [*same_sentence, *(other for _, other in reversed(ordered[:at]))]
            whole = next((other for other in others if _could_be_part(part, other)), None)
            if whole is not None and whole.id not in apart and whole.id not in found:
                found[part.id] = f"part of what is counted as a whole: {whole.id}"
    return found


def _value(act: Act) -> float:
    return act.worth[1] if act.worth else 0.0


def _could_be_part(part: Act, package: Act) -> bool:
    """Whether it is a smaller sum of the same currency and status whose provider may be the same."""
    if not (part.worth and package.worth and part.worth[0] == package.worth[0] and _value(part) < _value(package)):
        return False
    same_provider = not (part.provider and package.provider) or bool(part.provider & package.provider)
    return same_provider and _stage(part) == _stage(package)


def _stage(act: Act) -> str:
    """The status, where all that AidData recommends for aggregates is one stage."""
    status = act.latest.status
    return "firm" if status in settings()["firm"] else status
