"""What a sum counts: reports of acts in; groups of the same money, the worth of each, why others are left out.

The rules are those of docs/values.md. Sources: AidData, Tracking Underreported Financial Flows (TUFF) methodology: what
is suspended or cancelled, umbrellas and money reported twice are left out of sums.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import product
from math import floor, log
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from pipeline.knowledge.folder import Report
from pipeline.knowledge.linker import Blocks
from pipeline.record import Day, Instrument, Status
from pipeline.seeds import table
from pipeline.values.gazetteer.names import key
from pipeline.values.numbers import any_case

COUNTED = "money that counts once"
DENIED = "denied: the article says that it does not exist"
BOILERPLATE = "boilerplate: no part of the story"
UNKNOWN_FLOW = "unknown flow: extracted before schema 2.0"
_YEAR = r"(?:19|20)\d\d\b"
_OVER_YEARS = re.compile(
    rf"\bsince (?:[\w'’-]+ ){{0,8}}{_YEAR}|\bbetween {_YEAR} and {_YEAR}|\bfrom {_YEAR} (?:to|until|through) {_YEAR}"
    r"|\b(?:over|in|during|within|for) the (?:past|last) (?:[\w-]+ )?(?:years|decades?)\b",
    re.IGNORECASE,
)
_LEAST, _MOST = 1e-9, 1e300  # values beyond are of one size
Worth = tuple[str, float]  # a currency (ISO 4217) and a value in its units
Names = frozenset[str]


def settings() -> Mapping[str, Any]:
    """The rules' lists and numbers, `seeds/sums.yaml`."""
    found: Mapping[str, Any] = table("sums.yaml")
    return found


def stage(report: "MoneyReport | Report") -> tuple[str, int]:
    """The place of a report in the life of its act: by day, then by status."""
    return report.date or "", settings()["statuses"].index(report.status)


def _standing(reports: Iterable["MoneyReport"]) -> "MoneyReport":
    """The last report; but no later one takes an act back from what it has reached to a pledge or request."""
    last, going = max(reports, key=stage), settings()["going"]
    if last.status not in going:
        return last
    reached = (report for report in reports if report.status in going)
    return max(reached, key=lambda report: (going.index(report.status), report.date or ""))


def leading[R](reports: Iterable[R], value: Callable[[R], Hashable | None]) -> list[R]:
    """The reports with the value that most of them give; with each such value, where as many give another one."""
    given = [(value(report), report) for report in reports]
    counts = Counter(found for found, _ in given if found is not None)
    most = max(counts.values(), default=0)
    return [report for found, report in given if found is not None and counts[found] == most]


@dataclass(frozen=True, slots=True)
class MoneyReport:
    """What one article says of an act.

    `key`: ARTICLE/LOCAL; `act`: the lasting id, else the key; `story`: the id that near-copies of the article share;
    `date`: the article's day; `year`: the act's; `rough`: whether the amount is about so much; `place`: where the first
    amount starts in the text, None where that is not known; `start`: where its sentence does;
    `marks`: see `marks`. `provider`, `recipient`: the homes of the flow's actors, a country where it is known;
    `payers`: names and lasting ids of those who provide and are no countries; `projects`: their names. `umbrella`: it
    concerns nothing but programmes whose projects are known by themselves. `barred`: why no sum counts it whatever else
    is reported, None where nothing speaks against it. `confidence`: that it is read rightly; 0 where that is not known.
    """

    key: str
    act: str
    article: str
    story: str
    date: Day | None
    year: int | None
    status: Status
    worth: Worth | None
    rough: bool
    place: int | None
    start: int
    marks: Names
    instrument: Instrument | None
    provider: Names
    recipient: Names
    payers: Names
    projects: Names
    umbrella: bool
    barred: str | None
    confidence: float

    @property
    def value(self) -> float:
        return self.worth[1] if self.worth else 0.0

    @property
    def cumulative(self) -> bool:
        """Whether it is completed and adds up what was given over years."""
        return self.status == "completed" and "cumulative" in self.marks

    @property
    def group(self) -> str:
        """The status, where all that AidData recommends for aggregates is one."""
        return "firm" if self.status in settings()["firm"] else self.status


def marks(quote: str, trigger: str = "", before: str = "") -> Names:
    """What the words of a sentence say of its amount, by the names of lists of words.

    "listed": it is one of several parts; "level", "earlier": see `seeds/sums.yaml`. `before`: what stands before the
    amount. The pluperfect is of former times, but not in reported speech.
    """
    found = {name for name in ("hearsay", "cumulative", "part_words") if _words(name).search(quote)}
    found -= {"part_words"} if _words("apart").search(quote) else set()
    found |= {"cumulative"} if _OVER_YEARS.search(quote) else set()
    found |= {"level"} if re.search(rf"{_words('level').pattern}(?:\W+\w+){{0,3}}\W*$", before) else set()
    found |= {"first"} if re.search(rf"{_words('first').pattern}\W*$", before) else set()
    found |= {"listed"} if _words("listing").search(before) else set()
    found |= {"level"} if _words("falls_due").search(trigger) else set()
    head, had, _ = quote.partition(trigger) if trigger else ("", "", "")
    past = re.search(rf"{_words('earlier').pattern}(?:\W+\w+){{0,2}}\W*$", head) or _words("earlier").match(had)
    return frozenset(found | ({"earlier"} if past and not _words("reported").search(head) else set()))


@lru_cache(maxsize=16)
def _words(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b{any_case(settings()[name])}\b")


class Act:
    """One act: all its reports, one or several.

    `latest`: the report that counts: of the latest day, and of that day the last in a commitment's life. `worth`: the
    amount of most reports, roundings aside; of as many the one of the latest, and no rough one beside an exact one.
    `confidence`: of the surest report with that amount. `instrument`: of the latest report with a flow of money.
    """

    def __init__(self, id: str, reports: Sequence[MoneyReport]) -> None:
        self.id, self.reports = id, reports
        self.latest = _standing(reports)
        often = Counter(report.worth for report in reports)

        def usual(report: MoneyReport) -> Worth | None:
            """Its amount as most reports give it, which may differ by rounding."""
            alike = (one for one in often if one and report.worth and one[0] == report.worth[0])
            return max(
                (one for one in alike if near(one[1], report.value)), key=lambda one: (often[one], one), default=None
            )

        likely = leading(reports, usual)
        first = max(likely, key=lambda one: (*stage(one), not one.rough), default=None)
        self.worth = first.worth if first else None
        self.value = self.worth[1] if self.worth else 0.0
        self.confidence = max((one.confidence for one in likely if first and usual(one) == usual(first)), default=0.0)
        self.rough = all(report.rough for report in reports)
        with_flow = sorted((report for report in reports if report.instrument), key=lambda report: report.date or "")
        self.instrument = with_flow[-1].instrument if with_flow else None
        self.provider = _union(report.provider for report in reports)
        self.recipient = _union(report.recipient for report in reports)
        self.payers = _union(report.payers for report in reports)
        self.projects = _union(report.projects for report in reports)


def _union(sets: Iterable[Names]) -> Names:
    """All names; a set that is alone stays the same object, so that it is in memory once."""
    first, *others = sets
    return first.union(*others) if others else first


class Judged(NamedTuple):
    """What a language model says of acts, by their ids: pairs of one act, and of each the later stage, or the whole."""

    same: Sequence[tuple[str, str]] = ()
    earlier: Mapping[str, str] = {}
    parts: Mapping[str, str] = {}
    none: Set[str] = frozenset()


class Exclusion(NamedTuple):
    """Why a sum leaves an act out; `same_as`: the id of the act that stands for it; `part_of`: of the whole."""

    because: str
    same_as: str | None = None
    part_of: str | None = None


def _part(whole: Act, key: str = "") -> Exclusion:
    """Of a part of a counted act; `key`: of the report that has both."""
    return Exclusion(f"part of what is counted as a whole: {key or whole.latest.key}", part_of=whole.id)


def exclusions(
    acts: Iterable[Act], disputes: Iterable[tuple[str, str]] = (), judged: Judged | None = None
) -> dict[str, Exclusion]:
    """By id of an act, why a sum leaves it out; acts that are counted are not in it.

    `disputes`: pairs of ids of acts that are one, of which outlets give different amounts; the later one is counted.
    """
    acts = list(acts)
    found = {act.id: Exclusion(why) for act in acts if (why := _alone(act))}
    found |= _reported_again([act for act in acts if act.id not in found], disputes)
    for act in acts:
        if act.id not in found and act.latest.status in settings()["idle"]:
            found[act.id] = Exclusion(f"{act.latest.status}: the money does not flow")
    reported = defaultdict[str, list[MoneyReport]](list)
    for act in acts:
        if act.id not in found or found[act.id].same_as:
            reported[found[act.id].same_as or "" if act.id in found else act.id] += act.reports
    found |= _earlier(Act(id, reports) for id, reports in reported.items())
    counted = {act.id: act for act in acts if act.id not in found}
    stands = [(act, counted.get(found[act.id].same_as or "") if act.id in found else act) for act in acts]
    lines = [_Line(report, act, one) for act, one in stands if one for report in act.reports if report.worth]
    found |= _doubled(lines)
    left_out = _judged({id: act for id, act in counted.items() if id not in found}, judged) if judged else {}
    return {id: left_out.get(why.same_as or "", why) for id, why in found.items()} | left_out


def _judged(counted: Mapping[str, Act], judged: Judged) -> dict[str, Exclusion]:
    """What a language model leaves out of the acts that the rules count."""
    found = {id: Exclusion("no act: a language model says so") for id in judged.none & counted.keys()}
    for one, later in judged.earlier.items():
        if {one, later} <= counted.keys():
            found[one] = Exclusion(f"earlier: a stage of {counted[later].latest.key}")

    def standing(id: str) -> str:
        while id in found and found[id].same_as:
            id = found[id].same_as or ""
        return id if id in counted and id not in found else ""

    for pair in judged.same:
        names = {name for name in map(standing, pair) if name}
        if len(names) > 1:
            other, one = sorted(names, key=lambda id: (*stage(counted[id].latest), id))
            found[other] = Exclusion(f"reported again: counted as {counted[one].latest.key}", one)
    return found | _packages(counted, [(standing(part), standing(whole)) for part, whole in judged.parts.items()])


def _packages(counted: Mapping[str, Act], pairs: Iterable[tuple[str, str]]) -> dict[str, Exclusion]:
    """Of wholes and their parts, by pairs of both, the parts count where they are most of the whole, else the whole."""
    groups, found = defaultdict[str, set[str]](set), dict[str, Exclusion]()
    for part, whole in pairs:
        if part and whole and part != whole:
            groups[whole].add(part)
    for whole, parts in groups.items():
        total = sum(counted[id].value for id in parts)
        if len(parts) > 1 and total >= settings()["whole_package"] * counted[whole].value:
            keys = ", ".join(sorted(counted[id].latest.key for id in parts))
            found[whole] = Exclusion(f"package, its parts are counted: {keys}")
        else:
            found |= dict.fromkeys(parts, _part(counted[whole]))
    return found


def _alone(act: Act) -> str | None:
    """What excludes an act by itself, whatever else is reported."""
    if all(report.barred for report in act.reports):
        return act.latest.barred
    if act.instrument is None:
        return "no flow of money"
    if act.instrument not in settings()["counted"]:
        return str(settings()["left_out"][act.instrument])
    if act.worth is None:
        return "no amount"
    if all("hearsay" in report.marks for report in act.reports):
        return "hearsay: no article vouches for it"
    if all(report.cumulative for report in act.reports):
        return "cumulative: what was given over years"
    if all("level" in report.marks for report in act.reports):
        return "level: an amount that is reached or falls due, no flow"
    if all("earlier" in report.marks for report in act.reports):
        return "earlier: told of former times"
    umbrella = all(report.umbrella for report in act.reports)
    return "umbrella: its projects are known by themselves" if umbrella else None


def _reported_again(acts: Sequence[Act], disputes: Iterable[tuple[str, str]]) -> dict[str, Exclusion]:
    """The acts that are the same money as another one, which is reported later or has come farther."""
    ordered = sorted(acts, key=lambda act: (*stage(act.latest), not act.rough), reverse=True)
    place = {act.id: at for at, act in enumerate(ordered)}
    found: dict[str, Exclusion] = {}
    blocks = Blocks()
    for at, act in enumerate(ordered):
        others = (ordered[number] for number in sorted(blocks.sharing(_keys(act, 1))))
        if one := next((one for one in others if _is_one(one, act)), None):
            found[act.id] = Exclusion(f"reported again: counted as {one.latest.key}", one.id)
        else:
            blocks.add(at, _keys(act, 0))
    for pair in sorted(sorted(map(place.__getitem__, pair)) for pair in disputes if place.keys() >= set(pair)):
        names = (ordered[at].id for at in pair)  # an act may have been joined with another one above, or here
        first, last = sorted(place[found[name].same_as or name] if name in found else place[name] for name in names)
        one, other = ordered[first], ordered[last]
        if one is not other and one.latest.year == other.latest.year and _same_parties(one, other):
            found[other.id] = Exclusion(f"another amount is reported: counted as {one.latest.key}", one.id)
    for name, why in found.items():
        while why.same_as in found:  # which may be joined with others in turn
            why = found[why.same_as]
        found[name] = found[name]._replace(same_as=why.same_as)
    return found


def _earlier(acts: Iterable[Act]) -> dict[str, Exclusion]:
    """What was asked for a project, of which the same provider later pledged or agreed to another amount."""
    order, pairs = settings()["statuses"], defaultdict[Hashable, list[Act]](list)
    for act in acts:
        assert act.worth
        for provider, recipient in product(act.provider, act.recipient):
            pairs[act.worth[0], act.instrument, provider, recipient].append(act)
    found: dict[str, Exclusion] = {}
    for group in pairs.values():
        for one in (act for act in group if act.latest.status == "proposed"):
            begun = (
                other
                for other in group
                if order.index(other.latest.status) > order.index("proposed")
                and min(report.date or "" for report in one.reports) < (other.latest.date or "")
                and near(one.value, other.value, "other_amount")
                and any(_alike(*pair) for pair in product(one.projects, other.projects))
            )
            if later := next(begun, None):
                found[one.id] = Exclusion(f"earlier: a stage of {later.latest.key}")
    return found


def _keys(act: Act, beside: int) -> list[str]:
    """Currency and size with each provider and article; and `beside` sizes less and more, of what may be near."""
    assert act.worth
    size = floor(log(min(max(act.value, _LEAST), _MOST), 1 + settings()["rough_amount"]))
    names = {*act.provider, *(report.article for report in act.reports)}
    sizes = range(size - beside, size + beside + 1)
    return [f"{act.worth[0]} {one} {name}" for name in names for one in sizes]


def near(one: float, other: float, limit: str = "same_amount") -> bool:
    """Whether two amounts of a currency differ by rounding only; `limit`: in `seeds/sums.yaml`."""
    low, high = sorted((one, other))
    return bool(high <= low * (1 + settings()[limit]))


def digits(value: float) -> int:
    """How many digits an amount has that are not zeros at its end."""
    return len(f"{value:.15g}".partition("e")[0].replace(".", "").rstrip("0"))


def _is_one(one: Act, other: Act) -> bool:
    """Whether two acts are the same money; one amount may be "about" so much."""
    if not near(one.value, other.value, "rough_amount" if one.rough or other.rough else "same_amount"):
        return False
    in_one_article = {r.article for r in one.reports} & {r.article for r in other.reports}
    sentences = ((a, b) for a in one.reports for b in other.reports if (a.article, a.start) == (b.article, b.start))
    if any(a.place is None or a.place != b.place for a, b in sentences):  # one gives both, each with its own amount
        return False
    instruments = {one.instrument, other.instrument}
    projects = [(a, b) for a in one.projects for b in other.projects]  # where one names none they may be the same
    alike = (
        _same_parties(one, other)
        and (len(instruments) == 1 or any(instruments <= set(group) for group in settings()["one_act"]))
        and (
            not projects
            or any(_alike(*pair) for pair in projects)
            or (one.latest.status != other.latest.status and digits(one.value) > 2)  # few amounts are 1.15 bn
        )
    )
    if in_one_article or not alike:
        return alike
    return not one.provider.isdisjoint(other.provider) and _days_are_near(one, other)


def _alike(one: str, other: str) -> bool:
    """Whether two names of projects may mean one; "a rail line", which describes, may mean what the other one names."""
    described = one[:1].islower() != other[:1].islower()
    return described or fuzz.token_set_ratio(one, other, processor=key) >= settings()["same_project"]


def _same_parties(one: Act, other: Act) -> bool:
    """Whether who provides and who receives may be the same; where one act names nobody they may."""
    sides = ((one.provider, other.provider), (one.recipient, other.recipient), (one.payers, other.payers))
    return all(_may_be_same(mine, theirs) for mine, theirs in sides)


def _may_be_same(one: Set[str], other: Set[str]) -> bool:
    return not one or not other or not one.isdisjoint(other)


def _days_are_near(one: Act, other: Act) -> bool:
    """Whether the later act may be the earlier one, which goes on until it is completed or cancelled."""
    if one.latest.status == other.latest.status == "completed" and one.latest.year != other.latest.year:
        return False
    earlier, later = sorted((one.latest, other.latest), key=lambda report: report.date or "")
    if not (earlier.date and later.date):
        return False
    apart = (date.fromisoformat(later.date) - date.fromisoformat(earlier.date)).days
    in_other_words = one.instrument != other.instrument and one.payers.isdisjoint(other.payers)
    ended = earlier.status in ("completed", "cancelled") or in_other_words
    return bool(apart <= settings()["window" if ended else "open_window"])


class _Line(NamedTuple):
    """A report of an act; `counted`: the act that is counted for it."""

    report: MoneyReport
    act: Act
    counted: Act


def _doubled(lines: Iterable[_Line]) -> dict[str, Exclusion]:
    """Packages whose parts stand in one of their articles too, and parts of a counted whole, with the reason.

    The whole counts where more articles report it than any of its parts, which all have its recipient.
    """
    by_article, stories = defaultdict[str, list[_Line]](list), defaultdict[str, set[str]](set)
    for line in lines:
        by_article[line.report.article].append(line)
        stories[line.counted.id].add(line.report.story)
    found: dict[str, Exclusion] = {}
    for _, group in sorted(by_article.items()):
        ordered = sorted(group, key=lambda line: (line.report.start, line.report.place or 0, line.act.id))
        packages = {line.counted: parts for at, line in enumerate(ordered) if (parts := _parts(ordered, at))}
        for whole, parts in packages.items():
            own = {part.counted.id: part.counted.recipient for part in parts}
            if set(own.values()) == {whole.recipient} and len(stories[whole.id]) > max(len(stories[o]) for o in own):
                found |= dict.fromkeys(own, _part(whole))
            else:
                keys = ", ".join(part.report.key for part in parts)
                found[whole.id] = Exclusion(f"package, its parts are counted: {keys}")
        apart = {act.id for act in packages} | {part.counted.id for parts in packages.values() for part in parts}
        found |= _within(ordered, apart)
    return found


def _parts(ordered: Sequence[_Line], at: int) -> list[_Line]:
    """The nearest lines, at least two, all after or all before, whose amounts add up to the one at a place; else none.

    Only the nearest: among the many sums of a budget some always add up.
    """
    package = ordered[at].report.value
    for others in (ordered[at + 1 :], ordered[:at][::-1]):
        total, parts = 0.0, list[_Line]()
        for other in (other for other in others if _could_be_part(other, ordered[at], by_now=True)):
            parts.append(other)
            total += other.report.value
            if abs(total - package) <= settings()["tolerance"] * package and len(parts) > 1:
                return parts
    return []


def _within(ordered: Sequence[_Line], apart: Set[str]) -> dict[str, Exclusion]:
    """Parts by their words ("of which", "including") of a greater sum: in the same sentence, else the last before.

    A first payment may be of what stands after it too. `apart`: ids of packages and of their parts.
    """
    found: dict[str, Exclusion] = {}
    for at, part in enumerate(ordered):
        if part.counted.id not in apart and not part.report.marks.isdisjoint(("part_words", "first")):
            after = ordered[at + 1 :]
            others = [*(other for other in after if other.report.start == part.report.start), *ordered[:at][::-1]]
            others += after if "first" in part.report.marks else []
            sibling = part.report.start if "listed" in part.report.marks else None  # of one list in a sentence
            others = [o for o in others if not (o.report.start == sibling and "listed" in o.report.marks)]
            wholes = (other for other in others if other.counted.id not in apart | found.keys())
            alike = (other for other in wholes if _may_be_same(part.act.payers, other.act.payers))
            whole = next((other for other in alike if _could_be_part(part, other)), None)
            if whole is not None:
                found[part.counted.id] = _part(whole.counted, whole.report.key)
    return found


def _could_be_part(part: _Line, package: _Line, by_now: bool = False) -> bool:
    """Whether it is a smaller sum of the same currency and stage, here or `by_now`, whose provider may be the same."""
    one, other = part.report, package.report
    if not (one.worth and other.worth and one.worth[0] == other.worth[0] and one.value < other.value):
        return False
    alike = one.group == other.group or (by_now and part.counted.latest.group == package.counted.latest.group)
    return alike and _may_be_same(part.act.provider, package.act.provider)
