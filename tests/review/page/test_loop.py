"""extract -> review -> train, evaluate: what was reviewed is read there as it lies, and says what the record said."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest
from review.page.conftest import Opener
from review.page.steps import named, write_records
from spacy.language import Language
from typer.testing import CliRunner

from pipeline import extract_stream
from pipeline.cli import app
from pipeline.gold.evaluate.score import differences_in_files, evaluate_files
from pipeline.gold.folder import as_gold, read_gold
from pipeline.gold.labels import join, strip
from pipeline.record import Record
from pipeline.review.page.store import Store
from pipeline.settings import Settings
from pipeline.train.gold import Parts, read_golds, write_entities, write_mentions

GOLD = Settings().seeds / "gold"
FINISH = {"do": "finish", "finished": True}


def test_records_that_nobody_corrected_are_their_gold_and_train(
    nlp: Language, nlp_base: Language, tmp_path: Path
) -> None:
    """What bounds an amount too, and which mention names whom where two have the same words."""
    found = list(extract_stream([one.article for one in read_gold(GOLD)[:20]], nlp))
    extracted = [one for one in found if isinstance(one, Record)]
    assert len(extracted) == 20
    records, mine = write_records(tmp_path / "records.jsonl", *extracted), tmp_path / "mine"
    store = Store(str(records), mine, print)
    for record in extracted:
        assert store.decide(record.article.id, 0, FINISH)["state"] == "finished"
    store.close()
    scores = evaluate_files(mine, records)
    assert (scores.articles, scores.missing, scores.extra) == (20, [], [])
    assert {name: row.f1 for name, row in scores.rows.items() if row.f1 != 1 and row.tp + row.fp + row.fn} == {}
    assert all(differences == [] for differences in differences_in_files(mine, records).values())
    golds = read_golds([mine])
    assert golds == read_gold(mine) == [as_gold(record) for record in extracted]
    assert any(amount.low is not None for gold in golds for c in gold.commitments for amount in c.amounts)
    assert len(Parts(golds, tmp_path / "parts").part) == 20
    doc = write_mentions(nlp_base(golds[0].article.text), golds[0])
    assert len(doc._.mentions) == len(golds[0].mentions)
    assert write_entities(doc, golds[0]).keys() == {one.id for one in [*golds[0].actors, *golds[0].projects]}
    strip(mine, tmp_path / "labels.jsonl")
    assert join(tmp_path / "labels.jsonl", [mine / "articles.jsonl"], tmp_path / "joined") == (20, 20)


def edited(store: Store, name: str, *told: dict[str, object]) -> None:
    for version, decision in enumerate((*told, FINISH)):
        store.decide(name, version, decision)


def test_two_reviewers_are_compared_on_what_both_have_read(
    start: Opener, records: Path, tmp_path: Path, run: Callable[..., str]
) -> None:
    ann, bob = start(), start(records, "bob", "Bob")
    edited(ann, "sure", {"do": "remove", "id": "m8"})
    edited(ann, "unsure")
    edited(bob, "sure", {"do": "set", "id": "m4", "fields": {"label": "PLACE"}})
    edited(bob, "middling")
    told = json.loads(run("evaluate", "mine", "bob", "--json"))
    assert (told["articles"], told["alone"], told["missing"], told["extra"]) == (1, ["middling", "unsure"], [], [])
    mentions, commitments = told["rows"]["mentions"], told["rows"]["commitments"]
    assert (mentions["tp"], mentions["fp"], mentions["fn"], commitments["f1"]) == (6, 2, 1, 1)
    said = run("evaluate", "mine", "bob", "--errors", "3")
    assert "2 articles in one of the two folders only, not counted: middling, unsure" in said
    assert "sure: 3 differences" in said
    assert math.isclose(json.loads(run("evaluate", "mine", "mine", "--json"))["rows"]["mentions"]["f1"], 1)
    assert json.loads(run("evaluate", "mine", "records.jsonl", "--json"))["extra"] == ["middling"]


def test_reviewers_without_a_common_article(start: Opener, tmp_path: Path, run: Callable[..., str]) -> None:
    edited(start(), "sure")
    edited(start(write_records(tmp_path / "x.jsonl", named("other")), "bob"), "other")
    assert "mine and bob: no article is in both" in run("evaluate", "mine", "bob", code=2)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs `corridor ...` where the reviews lie; what it wrote, on either stream."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def ran(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, words)
        assert result.exit_code == code, result.output
        return result.stdout or result.stderr

    return ran
