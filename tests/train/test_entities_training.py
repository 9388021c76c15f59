"""Training of the recognizers: twice to the same bytes, for each part and for all; the split keeps stories together."""

import json
import shutil
from pathlib import Path

import pytest
from builders import authored

from pipeline.errors import SetupError
from pipeline.gold.folder import read_gold
from pipeline.gold.stories import by_story
from pipeline.settings import Settings
from pipeline.train import entities
from pipeline.train.entities import RECOGNIZER, train_entities
from pipeline.train.gold import Parts, open_parts

GOLD = Settings().seeds / "gold"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def unlabelled(tmp_path: Path) -> Path:
    lines = [json.dumps({"text": f"Officials of Region {n} met the bank about a port. " * 12}) for n in range(3)]
    (tmp_path / "news.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path / "news.jsonl"


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_same_gold_same_seed_same_bytes(parts: Parts, unlabelled: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        card = train_entities(parts, tmp_path / name, unlabelled, limit=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert card["unlabelled"] == 2


@pytest.mark.usefixtures("quick")
def test_who_learns_from_unlabelled_articles_starts_from_the_base_too(
    parts: Parts, unlabelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(parts.folders[0] / "entities", tmp_path / "base")
    for name in ("SILVER_EPOCHS", "GOLD_EPOCHS"):
        monkeypatch.setattr(entities, name, 0)
    train_entities(parts, tmp_path / "out", unlabelled, limit=2, base=tmp_path / "base")
    assert contents(tmp_path / "out" / RECOGNIZER) == contents(tmp_path / "base" / RECOGNIZER)


@pytest.mark.usefixtures("quick")
def test_a_base_without_a_recognizer_is_refused(parts: Parts, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="holds no recognizer"):
        train_entities(parts, tmp_path / "out", base=tmp_path)
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("quick")
def test_what_is_trained_stays(parts: Parts, some_gold: Path, tmp_path: Path) -> None:
    before = contents(parts.folders[0])
    train_entities(open_parts([some_gold], parts.folders[0].parent), tmp_path)
    assert contents(parts.folders[0]) == before


def test_no_story_is_in_two_parts_and_more_articles_go_to_that_of_their_story() -> None:
    golds = read_gold(GOLD)
    size, again = len(golds), [*golds, *(gold.model_copy(deep=True) for gold in golds)]
    before = by_story(golds)
    assert by_story(again, size) == before * 2
    assert set(before) == set(range(5))
    parts = by_story(again, count=2)
    assert parts[:size] == parts[size:]
    assert parts.count(0) == pytest.approx(size, abs=2)


@pytest.mark.slow
def test_more_articles_are_read_and_taught_to_the_weights_alone(parts: Parts, some_gold: Path, tmp_path: Path) -> None:
    other = authored(tmp_path / "other", 1, None, 2)
    found = open_parts([some_gold], parts.folders[0].parent, [other])
    assert [gold.article.id for gold in found.golds[: len(parts.golds)]] == [gold.article.id for gold in parts.golds]
    assert len(found.part) == len(found.golds) == len(read_gold(GOLD))
    assert (found.part[: found.scored], found.scored) == (parts.part, len(parts.golds))
    assert len(found.unseen("fast")) == len(found.golds)
