"""Weights of named features, the threshold at which found and missed balance, curves, log odds."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import SetupError
from pipeline.stages.models.linear import ANY, Curve, weights
from pipeline.train.estimators import (
    NEVER,
    Row,
    balance,
    balanced,
    classes_of,
    curve_of,
    log_odds_of,
    shifted,
    weights_of,
)


def rows(right: int, wrong: int) -> list[Row]:
    return [("x", ["good"], True)] * right + [("x", ["bad"], False)] * wrong


def test_features_have_weights_and_what_was_never_proposed_none() -> None:
    found = weights_of(rows(20, 20))
    assert found.probability("x", ["good"]) > 0.7 > 0.3 > found.probability("x", ["bad"])
    assert weights_of([*rows(20, 20), *[(ANY, None, True)] * 50]) == found


@pytest.mark.parametrize("some", [[], rows(2, 0), [("x", None, True)] * 9, rows(20, 0)])
def test_too_little_gold_is_said(some: list[Row]) -> None:
    with pytest.raises(SetupError, match="too little gold to learn from"):
        weights_of(some)


@pytest.mark.parametrize(
    ("judged", "missed", "threshold"),
    [
        ([(0.9, True), (0.8, True), (0.3, False), (0.2, False)], 0, 0.8),
        ([(0.9, True), (0.6, False), (0.5, True), (0.1, False)], 0, 0.5),
        ([(0.9, True), *[(0.5, False)] * 5, (0.2, True)], 0, 0.9),
        ([(0.9, True), *[(0.5, False)] * 5, (0.2, True)], 20, 0.2),  # where most is missed, more is taken
    ],
)
def test_the_threshold_gives_the_best_f1(judged: list[tuple[float, bool]], missed: int, threshold: float) -> None:
    assert balance(judged * 100, missed * 100) == threshold


def test_of_thresholds_about_as_good_the_highest_is_taken() -> None:
    judged = [(0.9, True)] * 1200 + [(0.4, True)] * 40 + [(0.3, False)] * 180
    assert balance(judged) == 0.4
    assert balance(judged, slack=0.03) == 0.9


def test_no_single_answer_moves_the_threshold_far() -> None:
    level = [(0.8 - 0.01 * at, at % 3 == 1) for at in range(60)]  # as good from wherever in it
    found = []
    for right in (True, False):
        judged = [*[(0.9, True)] * 40, *level[:30], (level[30][0], right), *level[31:]]
        found.append(balance(judged, missed=20))
    assert abs(found[0] - found[1]) < 0.1  # where the best of all moves by .3


def test_the_threshold_is_found_on_articles_that_the_weights_never_saw() -> None:
    found = balanced([rows(3, 3) for _ in range(12)])
    assert found.probability("x", ["bad"]) < found.thresholds[ANY] <= found.probability("x", ["good"]) + 0.05
    assert found.stands("x", 0.99) and not found.stands("x", 0.01)


def test_the_threshold_is_for_the_scored_articles() -> None:
    clear, murky = [rows(3, 3)] * 12, [[*rows(1, 1), *[("x", ["bad"], True)] * 2, *[("x", None, True)] * 9]] * 12
    scored, all_of_them = (balanced([*clear, *murky], count) for count in (12, 24))
    assert scored.of == all_of_them.of
    assert scored.thresholds[ANY] > all_of_them.thresholds[ANY]


def test_labels_apart_have_a_threshold_of_their_own_and_all_is_read_as_written(tmp_path: Path) -> None:
    unsure: list[Row] = [("y", ["dim"], True), ("y", ["dim"], False), ("y", ["dim"], False), ("y", None, True)]
    found = balanced([[*rows(3, 3), *unsure] for _ in range(12)], apart=frozenset({"y"}))
    assert found.thresholds["y"] < found.thresholds[ANY]
    found.write(tmp_path / "fitted.json")
    assert weights(tmp_path / "fitted.json") == found
    (tmp_path / "old.json").write_text('{"bias": 0, "weights": {}}', encoding="utf-8")
    with pytest.raises(SetupError, match="reinstall corridor"):
        weights(tmp_path / "old.json")


def test_what_more_gold_adds_is_a_logistic_regression_over_the_scores_so_far() -> None:
    wanted = np.array([[1.0, 0.0]] * 30 + [[0.0, 1.0]] * 10)
    shift = shifted(np.ones((40, 1)), wanted, np.zeros((40, 2)), np.ones(40), free=1)
    assert shift[0, 1] - shift[0, 0] == pytest.approx(np.log(1 / 3), abs=1e-3)
    bound = shifted(np.ones((40, 1)), wanted, np.zeros((40, 2)), np.full(40, 0.01))
    assert np.log(1 / 3) < bound[0, 1] - bound[0, 0] < 0
    none = shifted(np.ones((40, 1)), wanted, np.tile(shift.T.ravel(), (40, 1)), np.ones(40))
    assert none == pytest.approx(0, abs=1e-3)


def test_a_class_that_no_row_has_is_least_likely() -> None:
    slopes, biases = classes_of(np.eye(2)[[0, 1] * 20], ["b", "c"] * 20, ["a", "b", "c"], 1.0)
    assert (slopes[:, 0].tolist(), biases[0]) == ([0.0, 0.0], NEVER)
    assert slopes[0, 1] > slopes[0, 2] and slopes[1, 2] > slopes[1, 1]


def test_a_curve_makes_what_is_too_sure_less_sure() -> None:
    answers = [(0.9, n % 2 == 0) for n in range(40)] + [(0.1, n % 10 == 0) for n in range(40)]
    curve = curve_of(answers)
    assert curve(0.9) == pytest.approx(0.5, abs=0.02)
    assert curve(0.1) == pytest.approx(0.1, abs=0.02)
    assert curve_of([(0.5, True)]) == Curve()


def test_with_care_less_is_said_to_be_sure() -> None:
    answers = [(0.9, n % 5 > 0) for n in range(100)] + [(0.3, n % 5 == 0) for n in range(100)]
    plain, careful = curve_of(answers), curve_of(answers, 2.0)
    assert plain(0.9) == pytest.approx(0.8, abs=0.02)
    assert careful(0.9) == pytest.approx(0.8 / (0.8 + 2 * 0.2), abs=0.02)
    assert careful(0.3) == pytest.approx(plain(0.3), abs=0.02)  # only what is sure is said with care
    assert careful(0.9) > careful(0.3)


def test_rows_that_are_all_wrong_give_their_share_and_surer_rows_get_more() -> None:
    model = log_odds_of([({"confidence": -0.1 * n}, False) for n in range(8)])
    assert model({"confidence": -1.0}) == pytest.approx(0.1, abs=1e-3)
    surer = log_odds_of([({"confidence": -float(n % 5)}, n % 5 < 2) for n in range(50)])
    assert surer({"confidence": -0.1}) > 0.5 > surer({"confidence": -4.0})
