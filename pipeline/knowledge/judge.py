"""Lets a language model decide which acts of one provider and recipient are one act, stages, parts, or no act.

A block has the counted acts of a pair that may belong together: in one article, of near days, or of near amounts.
Most acts stand alone and are not asked about. An answer holds ids of its block only, and the rules check it: one act
has amounts that are near, parts are no more than the whole.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import batched, product
from pathlib import Path
from typing import Any

from pydantic import Field

from pipeline.knowledge.folder import Judgement, Knowledge, KnownCommitment, Report, article_of
from pipeline.knowledge.sums import Entry, entries_of
from pipeline.llm.ask import Asker
from pipeline.llm.prompt import Part, object_in, right_parts
from pipeline.values.currencies import usd
from pipeline.values.gazetteer.places import name_by_country
from pipeline.values.numbers import SHORT, in_words

MOST = 30  # acts in a call
DAYS = 60  # within which acts may be a package and its parts
NEAR = 1.3  # by how much amounts differ of acts that may be one
APART = 3.0  # by how much more never: outlets err
WITHIN = 1.02  # how much more than a package its parts may be: they are rounded
SHOWN = 3  # reports of an act
CHARACTERS = 400  # of a quote
INSTRUCTIONS = Path(__file__).with_name("judge.md")


class Stage(Part):
    """`one` is an earlier stage of the act `of`."""

    one: str
    of: str


class Package(Part):
    """A whole and its parts."""

    whole: str
    parts: list[str]


class Verdict(Part):
    """What a language model answers about a block, by the ids of its acts."""

    same: list[list[str]] = Field(default=[])
    earlier: list[Stage] = Field(default=[])
    parts: list[Package] = Field(default=[])
    none: list[str] = Field(default=[])


@dataclass(frozen=True)
class CountedAct:
    """An act that a sum counts: `link` of the report that stands for it; `usd`: its amount in US dollars."""

    link: str
    known: KnownCommitment
    entry: Entry
    usd: float
    reports: Sequence[Report]

    @property
    def articles(self) -> set[str]:
        return {article_of(report.link) for report in self.reports}


@dataclass(frozen=True)
class Block:
    """A request about acts of a pair; `acts` by their ids in it."""

    text: str
    acts: Mapping[str, CountedAct]

    @property
    def system(self) -> str:
        return _instructions()

    @property
    def form(self) -> dict[str, Any]:
        return Verdict.model_json_schema()

    def parse(self, content: str) -> tuple[Verdict, list[str]]:
        return right_parts(Verdict, object_in(content))


@cache
def _instructions() -> str:
    return INSTRUCTIONS.read_text(encoding="utf-8")


def judge(knowledge: Knowledge, asker: Asker, method: str) -> list[Judgement]:
    """The judgements on all blocks of a folder; `method`: "llm:NAME". What fails is counted in the asker's ledger."""
    found: list[Judgement] = []
    for group in batched(blocks(knowledge), asker.endpoint.concurrency):
        asked = [asker.ask(block) for block in group]
        for block, one in zip(group, asked, strict=True):
            (verdict,) = asker.answers([one])
            if verdict is None:
                asker.ledger.left += one.left
                asker.ledger.unread += not one.left
                continue
            asker.ledger.articles += len({name for act in block.acts.values() for name in act.articles})
            for row, why in grounded(block, verdict, method):
                if why:
                    asker.ledger.dropped[why] += 1
                else:
                    found.append(row)
    return found


def blocks(knowledge: Knowledge) -> Iterator[Block]:
    """The blocks of more than one act, by pair and day; in none of them are acts that were judged before apart."""
    plain = Knowledge(**{**vars(knowledge), "judgements": []})
    pairs = defaultdict[tuple[str, str], list[CountedAct]](list)
    for pair, act in _counted(plain):
        pairs[pair].append(act)
    for pair, acts in sorted(pairs.items()):
        acts.sort(key=lambda act: (act.known.first or "", act.link))
        for group in _together(acts):
            for some in batched(sorted(group, key=acts.index), MOST):
                if len(some) > 1:
                    named = {f"r{number}": act for number, act in enumerate(some, 1)}
                    yield Block(_text(pair, named), named)


def _counted(knowledge: Knowledge) -> Iterator[tuple[tuple[str, str], CountedAct]]:
    """The counted acts with provider and recipient, where each is one country or body."""
    entries, reports = entries_of(knowledge), defaultdict[str, list[Report]](list)
    homes = {actor.id: actor.country or actor.name for actor in knowledge.actors}
    rows = {report.link: report for known in knowledge.commitments for report in known.reports}
    for link, report in rows.items():
        reports[entries[link].repeats or link].append(report)
    for known in knowledge.commitments:
        counted = next((report.link for report in known.reports if entries[report.link].counted), None)
        sides = [{homes[one.value] for one in side if one.value in homes} for side in (known.provider, known.recipient)]
        if counted and all(len(side) == 1 for side in sides):
            entry = entries[counted]
            value = usd(entry.worth[1], entry.worth[0], entry.year) if entry.worth and entry.year else None
            if value:
                act = CountedAct(counted, known, entry, value, reports[counted])
                yield (min(sides[0]), min(sides[1])), act


def _together(acts: Sequence[CountedAct]) -> Iterator[list[CountedAct]]:
    """Groups of acts each of which may belong to another one of its group."""
    groups: list[list[CountedAct]] = []
    for act in acts:
        joined = [group for group in groups if any(_may_belong(act, other) for other in group)]
        groups = [group for group in groups if group not in joined]
        groups.append([one for group in joined for one in group] + [act])
    yield from groups


def _may_belong(one: CountedAct, other: CountedAct) -> bool:
    days = [[date.fromisoformat(r.date) for r in act.reports if r.date] for act in (one, other)]
    apart = min((abs((a - b).days) for a, b in product(*days)), default=0)
    return not one.articles.isdisjoint(other.articles) or _near(one.usd, other.usd) or apart <= DAYS


def _near(one: float, other: float, most: float = NEAR) -> bool:
    return max(one, other) <= most * min(one, other)


def _text(pair: tuple[str, str], acts: Mapping[str, CountedAct]) -> str:
    names = [name_by_country().get(side, side) for side in pair]
    return "\n\n".join([f"From {names[0]} to {names[1]}", *(_shown(name, act) for name, act in acts.items())]) + "\n"


def _shown(name: str, act: CountedAct) -> str:
    """An act with the words of its reports, of different days first."""
    assert act.entry.worth
    currency, value = act.entry.worth
    head = f"{name}: {act.known.instrument}, {act.entry.status}, {in_words(value, SHORT)} {currency}"
    reports = sorted(
        {(report.date, report.source): report for report in act.reports}.values(), key=lambda r: r.date or ""
    )
    return "\n".join(
        [head, *(f"  {r.date} {r.source}: {' '.join(r.quote.split())[:CHARACTERS]}" for r in reports[-SHOWN:])]
    )


def grounded(block: Block, verdict: Verdict, method: str) -> Iterator[tuple[Judgement, str]]:
    """Each judgement of a verdict, by links, and why it is not taken; empty where it is."""
    said: list[tuple[Any, str, str | None]] = [("none", one, None) for one in verdict.none]
    said += [("same", group[0], other) for group in verdict.same for other in group[1:]]
    said += [("earlier", stage.one, stage.of) for stage in verdict.earlier]
    said += [("part", part, package.whole) for package in verdict.parts for part in package.parts]
    total = defaultdict[str, float](float)
    for package in verdict.parts:
        total[package.whole] += sum(block.acts[part].usd for part in package.parts if part in block.acts)
    for relation, one, other in said:
        act, of = block.acts.get(one), block.acts.get(other or "")
        why = ""
        if act is None or (other is not None and of in (None, act)):
            why = "an id of no other act"
        elif relation == "same" and of and not _near(act.usd, of.usd, APART):
            why = "one act with amounts that are far apart"
        elif relation == "part" and of and total[other or ""] > WITHIN * of.usd:
            why = "parts of more than the whole"
        yield Judgement(relation=relation, one=act.link if act else "", other=of.link if of else None, by=method), why
