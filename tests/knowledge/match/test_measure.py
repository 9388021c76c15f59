"""How well `corridor match` does on authored articles: a small list here, 26,610 real activities where they are."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import SHARED
from spacy.language import Language

from pipeline.extract import extract
from pipeline.knowledge.activities import Activity
from pipeline.knowledge.activity_files import read_all
from pipeline.knowledge.activity_matcher import Matcher, match, subjects
from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.linker import Candidate
from pipeline.knowledge.resolve import resolve
from pipeline.record import Article, digest
from pipeline.seeds import table

HERE = Path(__file__).parent
AUTHORED = [json.loads(line) for line in (HERE / "articles.jsonl").read_text(encoding="utf-8").splitlines()]
LISTS = ("aiddata_gcof", "aiddata_activitycoding", "worldbank_projects")  # in shared/data/sectors
LISTED = {  # articles whose activity stands in the small lists
    "match-01": "50001", "match-02": "50003", "match-12": "50005", "match-14": "50004",
    "match-22": "XM-EXAMPLE-44000-P1001",
}  # fmt: skip
NOT_LISTED = ("match-none-01", "match-none-02", "match-none-03", "match-none-07")


def known(nlp: Language, rows: Sequence[dict[str, Any]]) -> Knowledge:
    """What the articles of some rows say."""
    texts = [{name: row[name] for name in ("id", "date", "text")} for row in rows]
    return resolve([extract(Article(**one, sha256=digest(one["text"])), nlp) for one in texts], Knowledge())


def test_projects_of_articles_are_found_in_small_lists(nlp: Language) -> None:
    knowledge = known(nlp, [row for row in AUTHORED if row["id"] in (*LISTED, *NOT_LISTED)])
    lists = [HERE / "activities.csv", HERE / "activities.xml"]
    found = match(knowledge, read_all(lists, lambda *_: None, lambda _: None), 0.5)
    article = {link.entity: link.article for link in knowledge.links}
    pairs = {(article[one.lasting_id], one.activity_id) for one in found}
    assert len(pairs & set(LISTED.items())) >= 4
    assert pairs <= set(LISTED.items())


def measure(knowledge: Knowledge, activities: Sequence[Activity], half: str) -> Counter[str]:
    """What was found for the articles of a half ("tune", "held").

    `first`, `five`: articles whose activity is the best, or among the best five, of all that their parts may be; of
    `proposed` candidates, which reach the score from which one is proposed, `right` are; `found`: articles with one.
    """
    matcher, lowest, counts = Matcher(activities), table("match.yaml")["propose"], Counter[str]()
    entities = {link.entity: link.article for link in knowledge.links}
    of: defaultdict[str, list[Candidate[Activity]]] = defaultdict(list)
    for subject in subjects(knowledge):
        of[entities[subject.id]] += matcher.ranked(subject)[:5]
    for row in (row for row in AUTHORED if row["half"] == half):
        right = set(row["activities"])
        best = sorted(of[row["id"]], key=lambda one: -one.score)
        above = [one.other.id for one in best if one.score >= lowest]
        order = list(dict.fromkeys(one.other.id for one in best))
        counts.update(proposed=len(above), right=sum(name in right for name in above))
        counts.update(articles=bool(right), none=not right, none_proposed=bool(above and not right))
        counts.update(first=bool(right & {*order[:1]}), five=bool(right & {*order[:5]}), found=bool(right & {*above}))
    return counts


@pytest.mark.slow
def test_real_activities(nlp: Language) -> None:
    folder = SHARED / "data" / "sectors"
    if not folder.is_dir():
        pytest.skip("the lists of real activities are not here")
    activities = read_all([folder / f"{name}.jsonl" for name in LISTS], lambda *_: None, lambda _: None)
    held = measure(known(nlp, AUTHORED), activities, "held")
    assert (held["articles"], held["none"], held["none_proposed"] <= 1) == (20, 7, True)
    assert held["first"] >= 18 and held["five"] >= 19 and held["found"] >= 16
    assert held["right"] >= 0.65 * held["proposed"], held
