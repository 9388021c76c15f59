"""Measures `corridor match` on authored articles with known activities: `python tests/knowledge/match/measure.py`."""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from pipeline.knowledge.activities import Activity
from pipeline.knowledge.activity_files import read_all
from pipeline.knowledge.activity_matcher import Matcher, subjects
from pipeline.knowledge.folder import Knowledge, read
from pipeline.knowledge.linker import Candidate
from pipeline.seeds import table

ARTICLES = Path(__file__).with_name("articles.jsonl")
LISTS = ("aiddata_gcof", "aiddata_activitycoding", "worldbank_projects")  # in ../shared/data/sectors


def authored() -> list[dict[str, object]]:
    return [json.loads(line) for line in ARTICLES.read_text(encoding="utf-8").splitlines()]


def real_activities(folder: Path) -> list[Activity]:
    return read_all([folder / f"{name}.jsonl" for name in LISTS], lambda *_: None, lambda _: None)


def measure(knowledge: Knowledge, activities: Sequence[Activity], show: bool = False) -> dict[str, Counter[str]]:
    """By half ("tune", "held") what was found.

    `first`, `five`: articles whose activity is the best, or among the best five, of all that their parts may be; of
    `proposed` candidates, which reach the score from which one is proposed, `right` are; `found`: articles with one.
    """
    matcher, lowest = Matcher(activities), table("match.yaml")["propose"]
    entities = {link.entity: link.article for link in knowledge.links}
    of: defaultdict[str, list[Candidate[Activity]]] = defaultdict(list)
    for subject in subjects(knowledge):
        of[entities[subject.id]] += matcher.ranked(subject)[:5]
    halves = {"tune": Counter[str](), "held": Counter[str]()}
    for row in authored():
        name, right = str(row["id"]), set(map(str, row["activities"]))  # type: ignore[call-overload]
        best = sorted(of[name], key=lambda one: -one.score)
        above, order = [one for one in best if one.score >= lowest], list(dict.fromkeys(one.other.id for one in best))
        counts = {"none": not right, "none_proposed": bool(above and not right), "articles": bool(right)}
        counts |= {"first": bool(right & set(order[:1])), "five": bool(right & set(order[:5]))}
        counts |= {"found": any(one.other.id in right for one in above)}
        halves[str(row["half"])].update({"proposed": len(above), "right": sum(one.other.id in right for one in above)})
        halves[str(row["half"])].update({what: int(holds) for what, holds in counts.items()})
        for one in best[:8] if show else ():
            mark = "+" if one.other.id in right else "-"
            print(f"{name} {mark} {one.score:.2f} {one.other.id} {one.other.name[:90]!r}: {', '.join(one.reasons)}")
    return halves


if __name__ == "__main__":
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parents[4] / "shared/data/sectors"
    for half, found in measure(read(Path(sys.argv[1])), real_activities(folder), show=True).items():
        print(half, dict(found))
