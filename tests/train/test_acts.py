"""The classifier of pairs that state one act, fitted over a trained pipeline on a few authored articles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from builders import authored

from pipeline.errors import SetupError
from pipeline.extract import load
from pipeline.stages.commitments.classifier import read_classifier
from pipeline.stages.models.linear import ANY, weights
from pipeline.train.acts import ROWS, SAME, SCORES, train_acts


@pytest.mark.slow
def test_what_is_fitted_is_read_back_and_scored(tmp_path: Path) -> None:
    gold, held = authored(tmp_path / "own", 0, 24), authored(tmp_path / "held", 24, 34)
    cards: list[dict[str, Any]] = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        cards.append(train_acts(load(), [gold], [held], tmp_path / name))
    assert cards[0] == cards[1]
    written = tmp_path / "a" / "same_act.json"
    assert written.read_bytes() == (tmp_path / "b" / "same_act.json").read_bytes()
    thresholds = cards[0]["thresholds"]
    assert weights(written).thresholds == {ANY: thresholds["pairs"]}
    assert read_classifier(tmp_path / "a").threshold == thresholds["candidates"]
    assert thresholds["candidates"] in SCORES
    assert thresholds["pairs"] in SAME
    assert weights(written).of[ANY]["apart 0"] > weights(written).of[ANY]["apart 6"]
    assert cards[0]["articles"] == {"gold": 24, "held": 10}
    assert set(cards[0]["held"]) == set(cards[0]["held, nothing merged"]) == set(ROWS)


def test_an_article_without_commitments_teaches_nothing(tmp_path: Path) -> None:
    bare = authored(tmp_path / "own", 10, 11)
    with pytest.raises(SetupError, match="too little gold"):
        train_acts(load(), [bare], [bare], tmp_path)


@pytest.mark.slow
def test_without_the_encoder_only_the_threshold_is_fitted(tmp_path: Path) -> None:
    held = authored(tmp_path / "held", 24, 34)
    card = train_acts(load(profile="fast"), [tmp_path / "none"], [held], tmp_path)
    assert read_classifier(tmp_path).threshold == card["thresholds"]["candidates"]
    assert card["articles"] == {"gold": 0, "held": 10}
    assert not (tmp_path / "same_act.json").exists()
