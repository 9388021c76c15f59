"""Flows and row confidence fitted over a trained pipeline, on a few authored articles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from builders import authored

from pipeline.errors import SetupError
from pipeline.extract import load
from pipeline.stages.commitments.classifier import CURVES
from pipeline.stages.commitments.flow.find import read_flow_weights
from pipeline.stages.models.linear import row_model
from pipeline.train.flows_and_rows import Row, fit_rows, train_flows


@pytest.mark.slow
def test_what_is_fitted_is_read_back_and_scored(tmp_path: Path) -> None:
    gold, held = authored(tmp_path / "own", 33, 45), authored(tmp_path / "held", 45, 51)
    cards: list[dict[str, Any]] = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        cards.append(train_flows(load(profile="fast"), [gold], [], [held], tmp_path / name))
    assert cards[0] == cards[1]
    files = {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir()}
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "b").iterdir()}
    assert read_flow_weights(tmp_path / "a").parties.thresholds
    model = row_model(tmp_path / "a")
    assert set(model.slots) == set(CURVES.values())
    assert cards[0]["articles"] == {"gold": 12, "more": 0, "held": 6}
    assert 0 < cards[0]["cross_validated, flow weights alone"]["own"]["flow.instrument"] < 1
    assert cards[0]["row confidence, held out by story"]["rows"] > 20


def test_gold_without_flows_is_refused(tmp_path: Path) -> None:
    bare = authored(tmp_path / "own", 10, 11)
    with pytest.raises(SetupError, match="too few flows"):
        train_flows(load(profile="fast"), [bare], [], [], tmp_path)


def test_where_no_row_tells_from_another_the_model_knows_how_often_rows_are_right() -> None:
    model = fit_rows([Row(f"a{n}", {"confidence": -0.1 * n}, False, {}) for n in range(8)])
    assert model.row({"confidence": -1.0}) == pytest.approx(0.1, abs=1e-3)


def test_surer_rows_get_more() -> None:
    rows = [
        Row(f"a{n}", {"confidence": -float(n % 5)}, n % 5 < 2, {"by": [(0.9, True), (0.1, False)]}) for n in range(50)
    ]
    model = fit_rows(rows)
    assert model.row({"confidence": -0.1}) > 0.5 > model.row({"confidence": -4.0})
    assert model.slots["by"](0.9) > model.slots["by"](0.1)
