"""The commitments model: fitted on a few articles, written and read back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from spacy.language import Language

from pipeline.errors import SetupError
from pipeline.evaluate.gold import read_corpus
from pipeline.settings import Settings
from pipeline.stages.commitments.candidates import judged
from pipeline.stages.commitments.formula import formula
from pipeline.train.commitments import examples, fit, train, write


def test_too_little_gold_is_said(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="too little gold to learn from"):
        train(Settings().seeds / "gold", tmp_path)


def test_fitted_written_and_read_back_is_the_same(nlp_base: Language, corpus: Path, tmp_path: Path) -> None:
    rows = [examples(nlp_base(gold.text), gold) for gold in read_corpus(corpus)[::12]]
    fitted = fit(rows)
    write(fitted, {"name": "commitments"}, tmp_path)
    found = formula(tmp_path)
    assert found.names == fitted.names
    assert np.array_equal(found.weights, fitted.weights)
    assert np.array_equal(found.dense, fitted.dense)
    verdicts = judged([e.candidate for row in rows for e in row], found)
    told = [v.accept for v, e in zip(verdicts, (e for row in rows for e in row), strict=True) if e.gold]
    others = [v.accept for v, e in zip(verdicts, (e for row in rows for e in row), strict=True) if not e.gold]
    assert np.mean(told) > np.mean(others) + 0.2
