"""The classifier of relations, fitted over a trained pipeline on a few authored articles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from builders import authored

from pipeline.errors import SetupError
from pipeline.extract import load
from pipeline.settings import Settings
from pipeline.stages.models.linear import ANY, CONFIDENCES, weights
from pipeline.stages.relations.stage import WEIGHTS
from pipeline.train.relations import train_relations


@pytest.mark.slow
def test_what_is_fitted_is_read_back_and_scored(tmp_path: Path) -> None:
    gold, held = authored(tmp_path / "own", 0, 24), authored(tmp_path / "held", 24, 34)
    cards: list[dict[str, Any]] = []
    for name in ("a", "b"):
        (tmp_path / name / "fast").mkdir(parents=True)
        cards.append(train_relations(load(profile="fast"), [gold], [held], tmp_path / name / "fast"))
    assert cards[0] == cards[1]
    written = tmp_path / "a" / "fast"
    assert (written / WEIGHTS).read_bytes() == (tmp_path / "b" / "fast" / WEIGHTS).read_bytes()
    assert weights(written / WEIGHTS).thresholds == {ANY: cards[0]["threshold"]}
    assert weights(written / WEIGHTS).of[ANY]["rivals of object 0"] > 0
    assert cards[0]["articles"] == {"gold": 24, "held": 10}
    assert 0.2 < cards[0]["held"]["f1"] < 0.9
    curves = json.loads((written / CONFIDENCES).read_text(encoding="utf-8"))
    shipped = json.loads((Settings().models / "fast" / CONFIDENCES).read_text(encoding="utf-8"))
    assert curves["commitments"] == shipped["commitments"]
    assert curves["relations"] != shipped["relations"]


def test_gold_without_relations_teaches_nothing(tmp_path: Path) -> None:
    bare = authored(tmp_path / "own", 10, 11)
    [path] = (bare / "gold").iterdir()
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"relations": []}), encoding="utf-8")
    with pytest.raises(SetupError, match="too little gold"):
        train_relations(load(profile="fast"), [bare], [bare], tmp_path)
