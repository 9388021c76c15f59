"""How well `corridor match` does on authored articles: a small list here, 26,610 real activities where they are."""

import json
from pathlib import Path

import pytest
from conftest import SHARED
from knowledge.match.measure import authored, measure, real_activities
from spacy.language import Language

from pipeline.extract import extract
from pipeline.knowledge.activity_files import read_all
from pipeline.knowledge.activity_matcher import match
from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.resolve import resolve
from pipeline.record import Article, Record, digest

HERE = Path(__file__).parent
LISTED = {  # articles whose activity stands in the small lists
    "match-01": "50001", "match-02": "50003", "match-12": "50005", "match-14": "50004",
    "match-22": "XM-EXAMPLE-44000-P1001",
}  # fmt: skip
NOT_LISTED = ("match-none-01", "match-none-02", "match-none-03", "match-none-07")


def records(nlp: Language, names: tuple[str, ...]) -> list[Record]:
    def article(row: dict[str, object]) -> Article:
        text = str(row["text"])
        return Article(id=str(row["id"]), date=str(row["date"]), text=text, sha256=digest(text))

    return [extract(article(row), nlp) for row in authored() if not names or row["id"] in names]


def test_projects_of_articles_are_found_in_small_lists(nlp: Language) -> None:
    known = resolve(records(nlp, (*LISTED, *NOT_LISTED)), Knowledge())
    lists = [HERE / "activities.csv", HERE / "activities.xml"]
    found = match(known, read_all(lists, lambda *_: None, lambda _: None), 0.5)
    article = {link.entity: link.article for link in known.links}
    pairs = {(article[one.lasting_id], one.activity_id) for one in found}
    assert len(pairs & set(LISTED.items())) >= 4
    assert pairs <= set(LISTED.items())


def test_articles_are_well_made() -> None:
    rows = authored()
    assert len({row["id"] for row in rows}) == len(rows) == 55
    assert sum(not row["activities"] for row in rows) == 15
    assert {row["half"] for row in rows} == {"tune", "held"}
    assert len(json.dumps(rows[0])) < 1_000


@pytest.mark.slow
def test_real_activities(nlp: Language) -> None:
    folder = SHARED / "data" / "sectors"
    if not folder.is_dir():
        pytest.skip("the lists of real activities are not here")
    held = measure(resolve(records(nlp, ()), Knowledge()), real_activities(folder))["held"]
    assert (held["articles"], held["none"], held["none_proposed"] <= 1) == (20, 7, True)
    assert held["first"] >= 18 and held["five"] >= 19 and held["found"] >= 16
    assert held["right"] >= 0.65 * held["proposed"]
