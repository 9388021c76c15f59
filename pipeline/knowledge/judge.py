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

from pipeline.knowledge.answers import Act, Question, acts
from pipeline.knowledge.folder import Judgement, Knowledge, article_of
from pipeline.llm.ask import Asker
from pipeline.llm.prompt import Part, object_in, right_parts
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
class Block:
    """A request about acts of a pair; `acts` by their ids in it."""

    text: str
    acts: Mapping[str, Act]

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
            asker.ledger.articles += len({name for act in block.acts.values() for name in _articles(act)})
            for row, why in grounded(block, verdict, method):
                if why:
                    asker.ledger.dropped[why] += 1
                else:
                    found.append(row)
    return found


def blocks(knowledge: Knowledge) -> Iterator[Block]:
    """The blocks of more than one act, by pair and day; in none of them are acts that were judged before apart."""
    plain = Knowledge(**{**vars(knowledge), "judgements": []})
    pairs = defaultdict[tuple[str, str], list[Act]](list)
    for act in acts(plain, Question()):
        if act.usd and act.of["provider"] and act.of["recipient"]:
            pairs[act.of["provider"][0], act.of["recipient"][0]].append(act)
    for pair, own in sorted(pairs.items()):
        own.sort(key=lambda act: (act.reports[0].date or "", act.link))
        for group in _together(own):
            for some in batched(sorted(group, key=own.index), MOST):
                if len(some) > 1:
                    named = {f"r{number}": act for number, act in enumerate(some, 1)}
                    yield Block(_text(pair, named), named)


def _together(acts: Sequence[Act]) -> Iterator[list[Act]]:
    """Groups of acts each of which may belong to another one of its group."""
    groups: list[list[Act]] = []
    for act in acts:
        joined = [group for group in groups if any(_may_belong(act, other) for other in group)]
        groups = [group for group in groups if group not in joined]
        groups.append([one for group in joined for one in group] + [act])
    yield from groups


def _may_belong(one: Act, other: Act) -> bool:
    days = [[date.fromisoformat(r.date) for r in act.reports if r.date] for act in (one, other)]
    apart = min((abs((a - b).days) for a, b in product(*days)), default=0)
    return not _articles(one).isdisjoint(_articles(other)) or _near(one, other) or apart <= DAYS


def _articles(act: Act) -> set[str]:
    return {article_of(report.link) for report in act.reports}


def _near(one: Act, other: Act, most: float = NEAR) -> bool:
    least, largest = sorted((_usd(one), _usd(other)))
    return largest <= most * least


def _usd(act: Act) -> float:
    return act.usd or 0.0


def _text(pair: tuple[str, str], acts: Mapping[str, Act]) -> str:
    names = ["; ".join(name_by_country().get(one, one) for one in side.split("; ")) for side in pair]
    return "\n\n".join([f"From {names[0]} to {names[1]}", *(_shown(name, act) for name, act in acts.items())]) + "\n"


def _shown(name: str, act: Act) -> str:
    """An act with the words of its reports, of different days first."""
    head = f"{name}: {act.of['instrument'][0]}, {act.of['status'][0]}, {in_words(act.value, SHORT)} {act.currency}"
    reports = sorted({(one.date, one.source): one for one in act.reports}.values(), key=lambda one: one.date or "")
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
        total[package.whole] += sum(_usd(block.acts[part]) for part in package.parts if part in block.acts)
    for relation, one, other in said:
        act, of = block.acts.get(one), block.acts.get(other or "")
        why = ""
        if act is None or (other is not None and of in (None, act)):
            why = "an id of no other act"
        elif relation == "same" and of and not _near(act, of, APART):
            why = "one act with amounts that are far apart"
        elif relation == "part" and of and total[other or ""] > WITHIN * _usd(of):
            why = "parts of more than the whole"
        yield Judgement(relation=relation, one=act.link if act else "", other=of.link if of else None, by=method), why
