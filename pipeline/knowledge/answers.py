"""Answers about money: how much goes from whom to whom, by year, instrument, status and sector, in US dollars.

The acts are those of a knowledge folder that a sum counts, each once (docs/values.md). Where outlets give other amounts
of an act, its sum is a range.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from pipeline.errors import number_of
from pipeline.knowledge.counting import digits, settings
from pipeline.knowledge.folder import Knowledge, KnownActor, KnownArticle, Link, LocalCommitment, of_folder
from pipeline.knowledge.sums import entries_of, worth
from pipeline.record import Instrument
from pipeline.values.currencies import usd
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import country_of, name_by_country
from pipeline.values.numbers import SHORT, in_words

if TYPE_CHECKING:
    import pandas as pd

Column = Literal["provider", "recipient", "year", "instrument", "status", "sector", "project", "scope"]
Scope = Literal["cooperation", "domestic", "business", "unknown"]
COLUMNS: tuple[Column, ...] = get_args(Column)
_OFFICIAL = {"country", "government", "multilateral"}  # kinds of actors of which development cooperation has one
SIDES = ("provider", "recipient")
SUMS = ("usd", "low", "high", "expected", "firm", "acts", "without_rate")
_BESIDE = {"rollover": "rolled over", "guarantee": "guaranteed"}  # no new money; said apart
FIRM = 0.8  # the share of a sum that is expected to be right from which it is firm; fitted, see docs/accuracy.md
_MINORITY = 3  # an amount is no side of a range where so many times as many outlets give the one that counts


@dataclass(frozen=True)
class Question:
    """Which acts are wanted; what is None or empty is not asked for.

    `provider`, `recipient`: a country by ISO 3166-1 alpha-3 code or name, or the name or lasting id of an actor;
    `year`: of the act; `sources`: outlets of which one reports it; `accepted`: ARTICLE/LOCAL of commitments that a
    person accepted, None where nobody was asked; `only_accepted`: of which the act has one; `scope`: see `scope_of`.
    """

    provider: str | None = None
    recipient: str | None = None
    year: int | None = None
    instruments: Collection[Instrument] = ()
    sources: Collection[str] = ()
    accepted: Collection[str] | None = None
    only_accepted: bool = False
    scope: Scope | None = None


@dataclass(frozen=True)
class Quoted:
    """What an outlet reports of an act; `value`: in the currency of the act, None where it gives no amount of it."""

    link: str
    source: str | None
    date: str | None
    value: float | None
    quote: str


@dataclass(frozen=True)
class Act:
    """An act that is counted. `usd`, `low`, `high`: in US dollars of its year, None where no rate is known.

    `link`: of the report that stands for it; `confidence`: that its surest report of this amount is read rightly, 1
    once a person accepted it; `of`: the values of each of COLUMNS; `known_as`: what `Question` may call each side;
    `differ`: whether outlets give other amounts; `accepted`: whether a person accepted a report of it.
    """

    id: str
    link: str
    currency: str
    value: float
    usd: float | None
    low: float | None
    high: float | None
    confidence: float
    of: Mapping[str, Sequence[Any]]
    known_as: Mapping[str, list[str]]
    differ: bool
    accepted: bool
    reports: Sequence[Quoted] = field(repr=False)


def sums(
    knowledge: str | Path | Knowledge,
    provider: str | None = None,
    recipient: str | None = None,
    year: int | None = None,
    by: Sequence[Column] = ("instrument", "status"),
    **more: Any,
) -> pd.DataFrame:
    """A data frame of sums in US dollars: the columns of `by`, then those of SUMS (see `totals`).

    Args:
        knowledge: A folder of `corridor resolve`, or what is read from it.
        provider: See `Question`, as for `recipient`, `year` and `more`.
        by: What the sums are apart by. An act of several sectors or projects is split evenly among them.

    Raises:
        SetupError: The folder cannot be read.
    """
    import pandas as pd

    known = knowledge if isinstance(knowledge, Knowledge) else of_folder(knowledge)
    found = totals(acts(known, Question(provider, recipient, year, **more)), by)
    return pd.DataFrame(found, columns=[*by, *SUMS])


def acts(knowledge: Knowledge, question: Question) -> list[Act]:
    """The counted acts that a question is about, the largest first."""
    sides = {"provider": question.provider, "recipient": question.recipient}
    wanted = {side: _called(name) for side, name in sides.items() if name}
    found = [
        act
        for act in _counted(knowledge, question.accepted or ())
        if all(name in act.known_as[side] for side, name in wanted.items())
        and question.year in (None, *act.of["year"])
        and (not question.instruments or act.of["instrument"][0] in question.instruments)
        and (not question.sources or any(one.source in question.sources for one in act.reports))
        and (act.accepted or not question.only_accepted)
        and question.scope in (None, *act.of["scope"])
    ]
    return sorted(found, key=lambda act: (-(act.usd or 0), act.id))


def totals(found: Iterable[Act], by: Sequence[Column] = ()) -> list[dict[str, Any]]:
    """Rows with the columns of `by` and of SUMS, sorted.

    `usd`, `low`, `high`: to the cent; `expected`: what of `usd` is expected to be right, by the confidence of each act;
    `firm`: whether that is FIRM or more; `acts`: a share of acts that are split; `without_rate`: acts without dollars.
    """
    grouped: defaultdict[tuple[Any, ...], list[tuple[Act, float]]] = defaultdict(list)
    for act in found:
        cells = list(product(*(act.of[column] or [None] for column in by)))
        for cell in cells:
            grouped[cell].append((act, 1 / len(cells)))
    rows = []
    for cell, own in sorted(grouped.items(), key=lambda item: [str(value) for value in item[0]]):
        row: dict[str, Any] = dict(zip(by, cell, strict=True))
        for name in ("usd", "low", "high"):
            row[name] = round(sum(share * (getattr(act, name) or 0) for act, share in own), 2)
        row["expected"] = round(sum(share * (act.usd or 0) * act.confidence for act, share in own), 2)
        row["firm"] = row["expected"] >= FIRM * row["usd"] > 0
        row |= {"acts": round(sum(share for _, share in own), 2), "without_rate": sum(a.usd is None for a, _ in own)}
        rows.append(row)
    return rows


def sentence(found: Sequence[Act], question: Question) -> str:
    """The answer in one sentence.

    Such as "China to Fiji: 3 bn to 3.7 bn USD pledged, nothing agreed; not firm: 24% is expected to be right; 5 acts."
    """
    names = [name and name_by_country().get(_called(name), name) for name in (question.provider, question.recipient)]
    about = " to ".join(name or "anyone" for name in names) + (f", {question.year}" if question.year else "")
    if not found:
        return f"{about}: no money that a sum counts."
    new = [act for act in found if act.of["instrument"][0] not in _BESIDE]
    order, firm = settings()["statuses"], {act.of["status"][0] for act in new} & set(settings()["firm"])
    rows = sorted(totals(new, ["status"]), key=lambda row: -order.index(row["status"]))
    parts = [f"{between(row['low'], row['high'])} USD {row['status']}" for row in rows if row["usd"]]
    said = [", ".join([*parts, *([] if firm else ["nothing agreed"])])]
    others = totals((act for act in found if act not in new), ["instrument", "status"])
    for row in others:
        said.append(f"{between(row['low'], row['high'])} USD {_BESIDE[row['instrument']]} ({row['status']})")
    differ, without = sum(act.differ for act in found), sum(act.usd is None for act in found)
    said += [f"outlets differ on {number_of(differ, 'act')}"] if differ else []
    said += [f"{number_of(without, 'act')} without a rate in US dollars"] if without else []
    (whole,) = totals(found)
    if whole["usd"]:
        share = f"{whole['expected'] / whole['usd']:.0%} is expected to be right"
        said.append(f"firm: {share}" if whole["firm"] else f"not firm: {share}")
    people = "" if question.accepted is None else f", {sum(act.accepted for act in found)} accepted by a person"
    return f"{about}: {'; '.join([*said, number_of(len(found), 'act')])}{people}."


def by_pair(knowledge: Knowledge) -> dict[str, tuple[str, bool]]:
    """By "CHN>PAK", of each provider and recipient that are two, the sentence, and whether its sum is firm."""
    pairs: defaultdict[tuple[str, str], list[Act]] = defaultdict(list)
    for act in acts(knowledge, Question()):
        for provider, recipient in product(act.of["provider"], act.of["recipient"]):
            pairs[provider, recipient].append(act)
    return {
        f"{one}>{other}": (sentence(own, Question(one, other)), totals(own)[0]["firm"])
        for (one, other), own in pairs.items()
        if one != other
    }


def between(low: float, high: float) -> str:
    """A range in words, of three digits each: "3.3 bn to 3.7 bn"; one number where both are written alike."""
    texts = dict.fromkeys(in_words(float(f"{value:.3g}"), SHORT) for value in (low, high))
    return " to ".join(texts)


def _called(name: str) -> str:
    """The alpha-3 code of a country; the name or id of another actor as names are compared."""
    return name if name in name_by_country() else country_of(name) or key(name)


def _counted(knowledge: Knowledge, accepted: Collection[str]) -> Iterator[Act]:
    """Every act that a sum counts, with all reports of it, those under other lasting ids too."""
    entries = entries_of(knowledge)
    actors, projects = {one.id: one for one in knowledge.actors}, {one.id: one.name for one in knowledge.projects}
    articles, of_act = {article.id: article for article in knowledge.articles}, defaultdict[str, list[Link]](list)
    for link in knowledge.links:
        if isinstance(link.said, LocalCommitment):
            entry = entries[link.link]
            of_act[entries[entry.repeats].act if entry.repeats else entry.act].append(link)
    for known in knowledge.commitments:
        counted = next((link for link in of_act[known.id] if entries[link.link].counted), None)
        if counted is None:
            continue
        entry = entries[counted.link]
        assert entry.worth
        currency, value = entry.worth
        reports = [_quoted(link, articles[link.article], currency) for link in of_act[known.id]]
        low, high = _range(value, [one for one in reports if not entries[one.link].copy])
        is_accepted = any(link.link in accepted for link in of_act[known.id])
        sides = {side: [actors[one.value] for one in getattr(known, side) if one.value in actors] for side in SIDES}
        names = {side: "; ".join(dict.fromkeys(one.country or one.name for one in own)) for side, own in sides.items()}
        of: dict[str, list[Any]] = {side: [name] if name else [] for side, name in names.items()}
        of |= {"year": [entry.year], "instrument": [known.instrument], "status": [entry.status]}
        of |= {
            "scope": [scope_of(known.instrument, *sides.values())],
            "sector": known.sectors,
            "project": [projects.get(one.value, one.value) for one in known.projects],
        }
        yield Act(
            id=known.id,
            link=counted.link,
            currency=currency,
            value=value,
            usd=_dollars(value, currency, entry.year),
            low=_dollars(low, currency, entry.year),
            high=_dollars(high, currency, entry.year),
            of=of,
            known_as={
                side: [*dict.fromkeys(name for one in own for name in _names(one))] for side, own in sides.items()
            },
            differ=low < high,
            confidence=1.0 if is_accepted else entry.confidence,
            accepted=is_accepted,
            reports=sorted(reports, key=lambda one: (one.date or "", one.link)),
        )


def _dollars(value: float, currency: str, year: int | None) -> float | None:
    found = usd(value, currency, year) if year else None
    return None if found is None else round(found, 2)


def scope_of(instrument: Instrument | None, provider: Sequence[KnownActor], recipient: Sequence[KnownActor]) -> Scope:
    """Whether money is cooperation between countries or bodies, stays at home, is business, or one side is not known.

    Business is what no country, government or multilateral body gives or gets, and what companies invest.
    """
    homes, beyond = ({one.country for one in own} for own in (provider, recipient))
    if provider and homes <= beyond and None not in homes:
        return "domestic"
    invests = instrument == "equity" and provider and all(one.kind == "company" for one in provider)
    if invests or not any(one.kind in _OFFICIAL for one in (*provider, *recipient)):
        return "business"
    return "cooperation" if provider and recipient else "unknown"


def _names(actor: KnownActor) -> Iterator[str]:
    yield from filter(None, (actor.country, key(actor.id), *(key(name.value) for name in actor.names)))


def _quoted(link: Link, article: KnownArticle, currency: str) -> Quoted:
    assert isinstance(link.said, LocalCommitment)
    money = worth(link.said.amounts)
    value = money[1] if money and money[0] == currency else None
    return Quoted(link.link, article.source, article.date, value, link.said.quote)


def _range(value: float, reports: Iterable[Quoted]) -> tuple[float, float]:
    """The least and the largest amount of an act that enough outlets give and that is no rounding of `value`."""
    outlets: defaultdict[float, set[str | None]] = defaultdict(set)
    for one in reports:
        if one.value:
            outlets[value if _is_rounded(one.value, value) else one.value].add(one.source or one.link)
    enough = len(outlets[value]) / _MINORITY
    careful = [value, *(other for other, own in outlets.items() if len(own) > enough)]
    return min(careful), max(careful)


def _is_rounded(one: float, other: float) -> bool:
    """Whether one amount is the other, rounded to as many digits as it has, two at least."""
    most = max(2, min(digits(one), digits(other)))
    return float(f"{one:.{most}g}") == float(f"{other:.{most}g}")
