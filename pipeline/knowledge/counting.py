"""The rules by which sums count acts, and the reasons why they leave others out; see docs/values.md.

Sources: AidData, Tracking Underreported Financial Flows (TUFF) methodology: what is suspended or cancelled, umbrellas
and money reported twice are left out of sums.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import floor, log
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from pipeline.knowledge.linker import Blocks
from pipeline.record import Instrument, Status
from pipeline.seeds import table
from pipeline.values.numbers import any_case

COUNTED = "money that counts once"
_YEAR = r"(?:19|20)\d\d\b"
_OVER_YEARS = re.compile(
    rf"\bsince (?:[\w'’-]+ ){{0,8}}{_YEAR}|\bbetween {_YEAR} and {_YEAR}|\bfrom {_YEAR} (?:to|until|through) {_YEAR}"
    r"|\b(?:over|in|during|within|for) the (?:past|last) (?:[\w-]+ )?(?:years|decades?)\b",
    re.IGNORECASE,
)
_LEAST, _MOST = 1e-9, 1e300  # values beyond are of one size
Worth = tuple[str, float]  # a currency (ISO 4217) and a value in its units


@dataclass(frozen=True, slots=True)
class MoneyReport:
    """What one article says of an act.

    `day`: the article's; `year`: the act's; `rough`: whether the amount is about so much; `place`: where the first
    amount starts in the text, None where that is not known; `marks`: see `marks`.
    """

    key: str
    article: str
    day: str | None
    year: int | None
    status: Status
    worth: Worth | None
    rough: bool
    place: int | None
    start: int
    marks: frozenset[str]

    def step(self) -> tuple[str, int]:
        """Its place in the life of the act: by day, then by status."""
        return self.day or "", _rank(self.status)

    @property
    def cumulative(self) -> bool:
        """Whether it is completed and adds up what was given over years."""
        return self.status == "completed" and "cumulative" in self.marks


@dataclass(frozen=True, slots=True)
class Act:
    """A commitment of one article, or of several under one lasting id.

    `provider`, `recipient`: the homes of the flow's actors, a country where it is known. `payers`: names and lasting
    ids of those who provide and are no countries. `projects`: their names.
    `umbrella`: it concerns nothing but programmes whose projects are known by themselves. `unknown`: its record has no
    flows.
    """

    id: str
    instrument: Instrument | None
    negated: bool
    boilerplate: bool
    provider: frozenset[str]
    recipient: frozenset[str]
    payers: frozenset[str]
    projects: frozenset[str]
    umbrella: bool
    reports: tuple[MoneyReport, ...]
    unknown: bool = False

    @property
    def latest(self) -> MoneyReport:
        """The report that counts: of the latest day, and of that day the last in a commitment's life."""
        return self.reports[0] if len(self.reports) == 1 else max(self.reports, key=MoneyReport.step)

    @property
    def worth(self) -> Worth | None:
        """The amount of most reports; of as many the one of the latest."""
        if len(self.reports) == 1:
            return self.reports[0].worth
        counts = Counter(report.worth for report in self.reports if report.worth)
        likely = [report for report in self.reports if report.worth and counts[report.worth] == max(counts.values())]
        return max(likely, key=MoneyReport.step).worth if likely else None

    @property
    def value(self) -> float:
        return self.worth[1] if self.worth else 0.0

    @property
    def rough(self) -> bool:
        """Whether every report says about how much it is."""
        return all(report.rough for report in self.reports)


def settings() -> Mapping[str, Any]:
    """The rules' lists and numbers, `seeds/sums.yaml`."""
    found: Mapping[str, Any] = table("sums.yaml")
    return found


def marks(quote: str) -> frozenset[str]:
    """Which lists of words a sentence has a word of: "hearsay", "cumulative", "part_words"."""
    found = (name for name in ("hearsay", "cumulative", "part_words") if _words(name).search(quote))
    return frozenset(found) | (frozenset({"cumulative"}) if _OVER_YEARS.search(quote) else frozenset())


@lru_cache(maxsize=3)
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
    for act in acts:
        if act.id not in found and act.latest.status in settings()["idle"]:
            found[act.id] = Exclusion(f"{act.latest.status}: the money does not flow")
    stands = {act.id: found[act.id].same_as if act.id in found else act.id for act in acts}
    lines = [_Line(report, act, one) for act in acts for report in act.reports if (one := stands[act.id])]
    return found | _doubled([line for line in lines if line.counts_as not in found and line.report.worth])


def _alone(act: Act) -> str | None:
    """What excludes an act by itself, whatever else is reported."""
    if act.negated:
        return "denied: the article says that it does not exist"
    if act.boilerplate:
        return "boilerplate: no part of the story"
    if act.instrument is None:
        return "unknown flow: extracted before schema 2.0" if act.unknown else "no flow of money"
    if act.instrument not in settings()["counted"]:
        return str(settings()["left_out"][act.instrument])
    if act.worth is None:
        return "no amount"
    if all("hearsay" in report.marks for report in act.reports):
        return "hearsay: no article vouches for it"
    if all(report.cumulative for report in act.reports):
        return "cumulative: what was given over years"
    return "umbrella: its projects are known by themselves" if act.umbrella else None


def _reported_again(acts: Sequence[Act], disputes: Iterable[tuple[str, str]]) -> dict[str, Exclusion]:
    """The acts that are the same money as another one, which is reported later or has come farther."""
    ordered = sorted(
        acts, key=lambda act: (act.latest.day or "", _rank(act.latest.status), not act.rough), reverse=True
    )
    place = {act.id: at for at, act in enumerate(ordered)}
    found: dict[str, Exclusion] = {}
    blocks = Blocks()
    for at, act in enumerate(ordered):
        near = (ordered[number] for number in sorted(blocks.sharing(_keys(act, 1))))
        if one := next((one for one in near if _is_near(one, act) and _is_one(one, act)), None):
            found[act.id] = Exclusion(f"reported again: counted as {one.latest.key}", one.id)
        else:
            blocks.add(at, _keys(act, 0))
    known = [sorted(pair, key=place.__getitem__) for pair in disputes if place.keys() >= set(pair)]
    for pair in sorted(known, key=lambda pair: place[pair[0]]):
        one, other = (ordered[place[name]] for name in pair)
        if {one.id, other.id}.isdisjoint(found) and one.latest.year == other.latest.year and _same_parties(one, other):
            found[other.id] = Exclusion(f"another amount is reported: counted as {one.latest.key}", one.id)
    return found


def _keys(act: Act, beside: int) -> list[str]:
    """Currency and size with each provider and article; and `beside` sizes less and more, of what may be near."""
    assert act.worth
    size = floor(log(min(max(act.value, _LEAST), _MOST), 1 + settings()["rough_amount"]))
    names = {*act.provider, *(report.article for report in act.reports)}
    sizes = range(size - beside, size + beside + 1)
    return [f"{act.worth[0]} {one} {name}" for name in names for one in sizes]


def _is_near(one: Act, other: Act) -> bool:
    """Whether two amounts are equal, or about so where one is "about" so much."""
    low, high = sorted((one.value, other.value))
    return bool(high <= low * (1 + settings()["rough_amount" if one.rough or other.rough else "same_amount"]))


def _is_one(one: Act, other: Act) -> bool:
    """Whether two acts with the same amount are the same money."""
    in_one_article = {r.article for r in one.reports} & {r.article for r in other.reports}
    if in_one_article and not _one_in_article(one, other):
        return False
    alike = _same_parties(one, other) and _same_instrument(one, other) and _same_project(one, other)
    if in_one_article or not alike:
        return alike
    return not one.provider.isdisjoint(other.provider) and _days_are_near(one, other)


def _same_parties(one: Act, other: Act) -> bool:
    """Whether who provides and who receives may be the same; where one act names nobody they may."""
    sides = ((one.provider, other.provider), (one.recipient, other.recipient), (one.payers, other.payers))
    return all(_may_be_same(mine, theirs) for mine, theirs in sides)


def _may_be_same(one: Set[str], other: Set[str]) -> bool:
    return not one or not other or not one.isdisjoint(other)


def _one_in_article(one: Act, other: Act) -> bool:
    """Whether no sentence of an article gives both, each with an amount of its own."""
    pairs = ((a, b) for a in one.reports for b in other.reports if (a.article, a.start) == (b.article, b.start))
    return all(a.place is not None and a.place == b.place for a, b in pairs)


def _days_are_near(one: Act, other: Act) -> bool:
    """Whether the later act may be the earlier one, which goes on until it is completed or cancelled."""
    if one.latest.status == other.latest.status == "completed" and one.latest.year != other.latest.year:
        return False
    earlier, later = sorted((one, other), key=lambda act: act.latest.day or "")
    if not (earlier.latest.day and later.latest.day):
        return False
    apart = (date.fromisoformat(later.latest.day) - date.fromisoformat(earlier.latest.day)).days
    ended = earlier.latest.status in ("completed", "cancelled")
    in_other_words = one.instrument != other.instrument and one.payers.isdisjoint(other.payers)
    return bool(apart <= settings()["window" if ended or in_other_words else "open_window"])


def _same_instrument(one: Act, other: Act) -> bool:
    pair = {one.instrument, other.instrument}
    return len(pair) == 1 or any(pair <= set(group) for group in settings()["one_act"])


def _same_project(one: Act, other: Act) -> bool:
    """Whether the projects may be the same; where one names none they may."""
    pairs = [(a, b) for a in one.projects for b in other.projects]
    return not pairs or any(fuzz.token_set_ratio(a, b) >= settings()["same_project"] for a, b in pairs)


class _Line(NamedTuple):
    """A report of an act, in its article; `counts_as`: the id of the act that is counted for it."""

    report: MoneyReport
    act: Act
    counts_as: str

    @property
    def value(self) -> float:
        return self.report.worth[1] if self.report.worth else 0.0

    @property
    def stage(self) -> str:
        """The status, where all that AidData recommends for aggregates is one stage."""
        status = self.report.status
        return "firm" if status in settings()["firm"] else status


def _doubled(lines: Iterable[_Line]) -> dict[str, Exclusion]:
    """Packages whose parts stand in one of their articles too, and parts of a counted whole, with the reason."""
    by_article: defaultdict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        by_article[line.report.article].append(line)
    found: dict[str, Exclusion] = {}
    for _, group in sorted(by_article.items()):
        ordered = sorted(group, key=lambda line: (line.report.start, line.report.place or 0, line.act.id))
        packages = _packages(ordered)
        for name, parts in packages.items():
            names = ", ".join(part.report.key for part in parts)
            found[name] = Exclusion(f"package, its parts are counted: {names}")
        apart = packages.keys() | {part.counts_as for parts in packages.values() for part in parts}
        found |= _within(ordered, apart)
    return found


def _packages(ordered: Sequence[_Line]) -> dict[str, list[_Line]]:
    """The parts of each package, by the id of the act that is counted for it."""
    found: dict[str, list[_Line]] = {}
    for at, package in enumerate(ordered):
        parts = _parts(package, ordered[at + 1 :]) or _parts(package, ordered[:at][::-1])
        if parts:
            found[package.counts_as] = parts
    return found


def _parts(package: _Line, others: Sequence[_Line]) -> list[_Line]:
    """The nearest of the others, at least two, whose amounts add up to the package; else none.

    Only the nearest: among the many sums of a budget some always add up.
    """
    total, parts = 0.0, list[_Line]()
    for other in (other for other in others if _could_be_part(other, package)):
        parts.append(other)
        total += other.value
        if abs(total - package.value) <= settings()["tolerance"] * package.value and len(parts) > 1:
            return parts
    return []


def _within(ordered: Sequence[_Line], apart: Set[str]) -> dict[str, Exclusion]:
    """Parts by their words ("of which", "including") of a greater sum: in the same sentence, else the last before.

    `apart`: ids of packages and of their parts.
    """
    found: dict[str, Exclusion] = {}
    for at, part in enumerate(ordered):
        if part.counts_as not in apart and "part_words" in part.report.marks:
            same_sentence = [other for other in ordered[at + 1 :] if other.report.start == part.report.start]
            others = [*same_sentence, *reversed(ordered[:at])]
            wholes = (other for other in others if other.counts_as not in apart | found.keys())
            alike = (other for other in wholes if _may_be_same(part.act.payers, other.act.payers))
            whole = next((other for other in alike if _could_be_part(part, other)), None)
            if whole is not None:
                found[part.counts_as] = Exclusion(f"part of what is counted as a whole: {whole.report.key}")
    return found


def _could_be_part(part: _Line, package: _Line) -> bool:
    """Whether it is a smaller sum of the same currency and stage whose provider may be the same."""
    one, other = part.report.worth, package.report.worth
    if not (one and other and one[0] == other[0] and part.value < package.value) or part.stage != package.stage:
        return False
    return _may_be_same(part.act.provider, package.act.provider)
