"""Intervals are narrow where articles agree, wide where they do not, and the same on every run."""

import numpy as np
import pytest

from pipeline.gold.evaluate.score import f1, intervals


@pytest.mark.parametrize(("counts", "expected"), [((3, 1, 1), 0.75), ((0, 2, 0), 0), ((1, 0, 0), 1), ((2, 4, 0), 0.5)])
def test_f1(counts: tuple[int, int, int], expected: float) -> None:
    assert f1(np.array(counts, dtype=float)) == pytest.approx(expected)


def test_f1_of_nothing_is_not_defined() -> None:
    assert np.isnan(f1(np.zeros(3)))


def test_articles_that_agree_leave_no_doubt() -> None:
    counts = np.tile([[[3, 1, 1]]], (20, 1, 1))
    assert intervals(counts).tolist() == [[0.75, 0.75]]


def test_two_articles_at_odds_leave_every_doubt() -> None:
    counts = np.array([[[5, 0, 0]], [[0, 5, 5]]])
    assert intervals(counts).tolist() == [[0, 1]]  # a quarter of the draws has only the one, a quarter only the other


def test_more_articles_narrow_the_interval() -> None:
    some = np.array([[[5, 1, 0]], [[2, 3, 3]]])
    widths = [float(np.diff(intervals(np.tile(some, (times, 1, 1))))[0, 0]) for times in (5, 50)]
    assert widths[0] > 2 * widths[1]


def test_the_same_input_gives_the_same_interval() -> None:
    counts = np.random.default_rng(1).integers(0, 9, (30, 4, 3))
    assert np.array_equal(intervals(counts), intervals(counts))


def test_a_row_without_counts_has_no_interval() -> None:
    assert np.isnan(intervals(np.zeros((3, 1, 3), dtype=np.int64))).all()
