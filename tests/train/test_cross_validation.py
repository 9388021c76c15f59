"""Everything fitted on four parts and used on the fifth, with recognizers that hardly learned, and written."""

import json
from pathlib import Path

import pytest
from builders import authored

from pipeline.errors import SetupError
from pipeline.stages.commitments.classifier import read_classifier
from pipeline.stages.commitments.flow.find import read_flow_weights
from pipeline.stages.commitments.stage import SLOTS
from pipeline.stages.entities.stage import WEIGHTS as MENTIONS
from pipeline.stages.models.linear import curves, weights
from pipeline.stages.relations.stage import WEIGHTS as RELATIONS
from pipeline.stages.sectors import WEIGHTS as SECTORS
from pipeline.train.gold import Parts, open_parts, read_golds
from pipeline.train.tasks import train_profiles


def test_every_article_is_scored_and_what_was_fitted_can_be_read(parts: Parts, tmp_path: Path) -> None:
    tables = train_profiles(parts, tmp_path)
    assert set(tables) == {"fast"}  # no part has an encoder
    scores = tables["fast"]["authored"]
    assert scores.articles == len(parts.golds)
    assert not scores.missing
    assert scores["sentences"].f1 > 0.9
    assert scores["mentions"].f1 > 0.6
    assert 0.3 < scores["commitments.found"].f1 < 0.9
    quiet, neighbours = scores.false_alarms.values()
    assert quiet["places"] > 100
    assert neighbours["places"] > 100
    assert 0.5 < quiet["left alone"] < 1
    assert 0.8 < neighbours["left alone"] <= 1
    folder = tmp_path / "fast"
    for name in (MENTIONS, RELATIONS, SLOTS, SECTORS):
        assert weights(folder / name).of
    assert read_classifier(folder).names
    assert read_flow_weights(folder).parties.of
    assert 0.2 < scores["flow.instrument"].f1 < 0.9
    assert set(curves(folder)) == {"relations", "commitments"}
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    assert card["cross_validated"]["authored"]["f1, low, high"]["mentions"][0] == round(scores["mentions"].f1, 3)


def test_a_part_without_a_recognizer_is_said(some_gold: Path, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="corridor train entities"):
        train_profiles(open_parts([some_gold], tmp_path))


def test_the_parts_of_other_articles_are_not_taken(parts: Parts, some_gold: Path) -> None:
    with pytest.raises(SetupError, match="other articles"):
        Parts(parts.golds[1:], parts.folders[0].parent)


def test_an_article_in_two_folders_is_said(some_gold: Path) -> None:
    with pytest.raises(SetupError, match="more than one"):
        read_golds([some_gold, some_gold])


def test_two_folders_of_one_name_teach_both(tmp_path: Path) -> None:
    folders = [authored(tmp_path / name / "gold", at, at + 5) for name, at in (("mine", 0), ("yours", 5))]
    found = open_parts(folders[:1], tmp_path / "parts", folders[1:])
    assert [gold.article.id for gold in found.golds] == [gold.article.id for gold in read_golds(folders)]
    assert found.scored == 5
    assert [len(golds) for golds in found.named.values()] == [5, 5]
