"""extract -> review -> train, evaluate: what was reviewed is read there as it lies, and says what the record said."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest
from review.page.conftest import Opener
from review.page.desks import named, write_records
from spacy.language import Language
from typer.testing import CliRunner

from pipeline import extract_stream
from pipeline.cli import app
from pipeline.errors import ArticleError
from pipeline.gold.evaluate.score import differences_in_files, evaluate_files
from pipeline.gold.folder import as_gold, read_gold
from pipeline.gold.labels import join, strip
from pipeline.record import Record
from pipeline.review.page.store import Store
from pipeline.settings import Settings
from pipeline.train.gold import Parts, read_golds, write_entities, write_mentions

GOLD = Settings().seeds / "gold"
FINISH = {"do": "finish", "finished": True}


@pytest.fixture(scope="module")
def extracted(nlp: Language) -> list[Record]:
    """Records of all authored articles."""
    golds = read_gold(GOLD)
    articles = [one.article for one in golds]
    found = list(extract_stream(articles, nlp))
    assert not any(isinstance(one, ArticleError) for one in found)
    return [one for one in found if isinstance(one, Record)]


@pytest.fixture(scope="module")
def reviewed(extracted: list[Record], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The records, and the folder of somebody who found nothing to correct."""
    folder = tmp_path_factory.mktemp("reviewed")
    records = write_records(folder / "records.jsonl", *extracted)
    store = Store(str(records), folder / "mine", print)
    for record in extracted:
        assert store.decide(record.article.id, 0, FINISH)["state"] == "finished"
    store.close()
    return records, folder / "mine"


def test_records_that_nobody_corrected_are_right_by_their_gold(reviewed: tuple[Path, Path]) -> None:
    records, mine = reviewed
    scores = evaluate_files(mine, records)
    assert (scores.articles, scores.missing, scores.extra) == (63, [], [])
    assert {name: row.f1 for name, row in scores.rows.items() if row.f1 != 1} == {}
    assert all(differences == [] for differences in differences_in_files(mine, records).values())


def test_gold_says_all_of_them(reviewed: tuple[Path, Path], extracted: list[Record]) -> None:
    """What bounds an amount too, and which mention names whom where two have the same words."""
    golds = read_gold(reviewed[1])
    assert golds == [as_gold(record) for record in extracted]
    assert any(c.negated for gold in golds for c in gold.commitments)
    assert any(amount.low is not None for gold in golds for c in gold.commitments for amount in c.amounts)


def test_training_reads_the_folder(reviewed: tuple[Path, Path], nlp_base: Language, tmp_path: Path) -> None:
    golds = read_golds([reviewed[1]])
    assert len(Parts(golds, tmp_path / "parts").part) == 63
    for gold in golds[:3]:
        doc = write_mentions(nlp_base(gold.article.text), gold)
        assert len(doc._.mentions) == len(gold.mentions)
        assert write_entities(doc, gold).keys() == {one.id for one in [*gold.actors, *gold.projects]}
    strip(reviewed[1], tmp_path / "labels.jsonl")
    assert join(tmp_path / "labels.jsonl", [reviewed[1] / "articles.jsonl"], tmp_path / "joined") == (63, 63)


def test_its_gold_opens_again_as_it_was(reviewed: tuple[Path, Path], tmp_path: Path) -> None:
    """Of a folder whose journals are gone, as of any gold."""
    source = read_gold(reviewed[1])[0]
    (tmp_path / "other/gold").mkdir(parents=True)
    for name in ("articles.jsonl", f"gold/{source.article.id}.json"):
        (tmp_path / "other" / name).write_bytes((reviewed[1] / name).read_bytes())
    store = Store(str(reviewed[0]), tmp_path / "other", print)
    version = store.decide(source.article.id, 0, {"do": "accept", "id": "article"})["version"]
    store.close()
    assert (version, read_gold(tmp_path / "other")[0]) == (1, source)


def edited(store: Store, name: str, *told: dict[str, object]) -> None:
    for version, decision in enumerate((*told, FINISH)):
        store.decide(name, version, decision)


def test_two_reviewers_are_compared_on_what_both_have_read(
    start: Opener, records: Path, tmp_path: Path, run: Callable[..., str]
) -> None:
    ann, bob = start(), Store(str(records), tmp_path / "bob", print, "Bob")
    edited(ann, "sure", {"do": "remove", "id": "m8"})
    edited(ann, "unsure")
    edited(bob, "sure", {"do": "set", "id": "m4", "fields": {"label": "PLACE"}})
    edited(bob, "middling")
    bob.close()
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
    other = Store(str(write_records(tmp_path / "x.jsonl", named("other"))), tmp_path / "bob", print)
    edited(other, "other")
    other.close()
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
