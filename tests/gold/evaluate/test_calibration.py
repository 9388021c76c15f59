"""Intervals, expected calibration error and precision above thresholds, by hand."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from pipeline.gold.evaluate.matching import match
from pipeline.gold.evaluate.score import Kept, answers, calibration, f1, intervals
from pipeline.record import Record


@pytest.mark.parametrize(("counts", "expected"), [((3, 1, 1), 0.75), ((0, 2, 0), 0), ((1, 0, 0), 1), ((2, 4, 0), 0.5)])
def test_f1(counts: tuple[int, int, int], expected: float) -> None:
    assert f1(np.array(counts, dtype=float)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (np.tile([[[3, 1, 1]]], (20, 1, 1)), [[0.75, 0.75]]),  # articles that agree leave no doubt
        (np.array([[[5, 0, 0]], [[0, 5, 5]]]), [[0, 1]]),  # a quarter of the draws has only the one, or the other
        (np.zeros((3, 1, 3), dtype=np.int64), [[math.nan, math.nan]]),
    ],
)
def test_intervals(counts: np.ndarray, expected: list[list[float]]) -> None:
    assert np.array_equal(intervals(counts), expected, equal_nan=True)


def test_more_articles_narrow_the_interval_and_the_same_input_gives_the_same() -> None:
    some = np.array([[[5, 1, 0]], [[2, 3, 3]]])
    few, many = (intervals(np.tile(some, (times, 1, 1))) for times in (5, 50))
    assert np.diff(few) > 2 * np.diff(many)
    assert np.array_equal(few, intervals(np.tile(some, (5, 1, 1))))


@pytest.mark.parametrize(
    ("answers", "ece"),
    [
        ([(1.0, True)] * 20, 0.0),
        ([(0.9, False)] * 20, 0.9),
        ([(0.5, True), (0.5, False)] * 10, 0.0),  # equal confidences stay in order: one of each in every bin
        ([(0.2, False)] * 10 + [(0.8, True)] * 10, 0.2),
        ([(0.6, True)], 0.4),  # fewer answers than bins
        ([], math.nan),
    ],
)
def test_expected_calibration_error(answers: list[tuple[float, bool]], ece: float) -> None:
    assert calibration(answers).ece == pytest.approx(ece, nan_ok=True)


def test_precision_and_share_above_thresholds() -> None:
    found = calibration([(0.95, True), (0.85, True), (0.85, False), (0.6, False), (0.3, False)])
    assert found.kept == (Kept(0.5, 0.8, 0.5), Kept(0.8, 0.6, pytest.approx(2 / 3)), Kept(0.9, 0.2, 1.0))


def test_answers_of_an_article(golds: dict[str, Record], perfect: Callable[[str], Record]) -> None:
    record = perfect("authored-001")
    wrong = [record.commitments[0].model_copy(update={"kind": "policy", "confidence": 0.4}), *record.commitments[1:]]
    actor = record.actors[0].model_copy(update={"id": "a99", "name": "Somebody Else", "aliases": [], "mentions": []})
    changed = record.model_copy(update={"commitments": wrong, "actors": [*record.actors, actor]})
    found = answers(match(golds["authored-001"], changed))
    assert (0.4, False) in found["commitments"]
    assert [right for _, right in found["actors"]] == [True] * 7 + [False]
    assert {family: sum(right for _, right in some) for family, some in found.items()} == {
        "mentions": 26, "actors": 7, "projects": 2, "relations": 13, "commitments": 5,
    }  # fmt: skip
