"""Measures `corridor match` on authored articles with known activities: `python tests/knowledge/match/measure.py`."""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.knowledge.activities import Activity, Subject
from pipeline.knowledge.activity_files import read_all
from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.linker import Candidate
from pipeline.knowledge.match import Matcher, subjects
from pipeline.seeds import table

ARTICLES = Path(__file__).with_name("articles.jsonl")
LISTS = ("aiddata_gcof", "aiddata_activitycoding", "worldbank_projects")  # in ../shared/data/sectors


@dataclass
class Half:
    """`first`, `five`: articles whose activity is the best, or among the best five, of all that their parts may be.

    `right` of `proposed` candidates reach the score from which one is proposed; `no_project`: articles without any.
    """

    articles: int = 0
    first: int = 0
    five: int = 0
    found: int = 0
    right: int = 0
    proposed: int = 0
    none: int = 0
    none_proposed: int = 0
    no_project: int = 0
    missed: list[str] = field(default_factory=list)


def authored() -> list[dict[str, object]]:
    return [json.loads(line) for line in ARTICLES.read_text(encoding="utf-8").splitlines()]


def real_activities(folder: Path) -> list[Activity]:
    return read_all([folder / f"{name}.jsonl" for name in LISTS], lambda *_: None, lambda _: None)


def measure(knowledge: Knowledge, activities: Sequence[Activity], show: bool = False) -> dict[str, Half]:
    """By half ("tune", "held") what was found."""
    matcher, lowest = Matcher(activities), table("match.yaml")["propose"]
    of: defaultdict[str, list[tuple[Subject, Candidate[Activity]]]] = defaultdict(list)
    projects: set[str] = set()
    entities = {link.entity: link.article for link in knowledge.links}
    for subject in subjects(knowledge):
        of[entities[subject.id]] += [(subject, one) for one in matcher.ranked(subject)[:5]]
        if subject.what == "project":
            projects.add(entities[subject.id])
    halves = {"tune": Half(), "held": Half()}
    for row in authored():
        name, right = str(row["id"]), set(map(str, row["activities"]))  # type: ignore[call-overload]
        half = halves[str(row["half"])]
        pairs = sorted(of[name], key=lambda pair: -pair[1].score)
        best = [one for _, one in pairs]
        above = [one for one in best if one.score >= lowest]
        half.proposed += len(above)
        half.right += sum(one.other.id in right for one in above)
        if not right:
            half.none += 1
            half.none_proposed += bool(above)
        else:
            order = list(dict.fromkeys(one.other.id for one in best))
            half.articles += 1
            half.first += bool(right & set(order[:1]))
            half.five += bool(right & set(order[:5]))
            half.found += bool(right & {one.other.id for one in above})
            half.no_project += name not in projects
            half.missed += [] if right & {one.other.id for one in above} else [name]
        if show:
            _show(name, right, pairs, lowest)
    return halves


def _show(name: str, right: set[str], best: Iterable[tuple[Subject, Candidate[Activity]]], lowest: float) -> None:
    print(f"\n{name} {sorted(right)}")
    for subject, one in list(best)[:8]:
        mark = "+" if one.other.id in right else "-"
        if one.score >= lowest or mark == "+" or one.score > 0.05:
            print(f"  {mark} {one.score:.2f} {subject.what[:4]} {subject.name[:50]!r} = {one.other.id}")
            print(f"      {one.other.name[:90]!r}: {', '.join(one.reasons)}")


if __name__ == "__main__":
    from pipeline.knowledge.folder import read

    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parents[4] / "shared/data/sectors"
    for half, found in measure(read(Path(sys.argv[1])), real_activities(folder), show=True).items():
        print(half, found)
