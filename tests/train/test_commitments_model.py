"""The commitments classifier: fitted on a few articles, written and read back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from spacy.language import Language

from pipeline.errors import SetupError
from pipeline.gold.folder import read_gold
from pipeline.settings import Settings
from pipeline.stages.commitments.candidates import judged
from pipeline.stages.commitments.classifier import KINDS, Classifier, read_classifier
from pipeline.train.commitments import Example, continued, examples, fit, write
from pipeline.train.gold import write_entities, write_mentions


@pytest.fixture(scope="module")
def rows(nlp_base: Language) -> list[list[Example]]:
    found = []
    for gold in read_gold(Settings().seeds / "gold")[::3]:
        doc = write_mentions(nlp_base(gold.article.text), gold)
        write_entities(doc, gold)
        found.append(examples(doc, gold))
    return found


def test_too_little_gold_is_said(rows: list[list[Example]]) -> None:
    with pytest.raises(SetupError, match="too little gold to learn from"):
        fit(rows[:1])


def test_fitted_written_and_read_back_is_the_same(rows: list[list[Example]], tmp_path: Path) -> None:
    fitted = fit(rows)
    write(fitted, tmp_path)
    found = read_classifier(tmp_path)
    assert found.names == fitted.names
    assert np.array_equal(found.weights, fitted.weights)
    assert np.array_equal(found.dense, fitted.dense)
    verdicts = judged([e.candidate for row in rows for e in row], found)
    told = [v.accept for v, e in zip(verdicts, (e for row in rows for e in row), strict=True) if e.gold]
    others = [v.accept for v, e in zip(verdicts, (e for row in rows for e in row), strict=True) if not e.gold]
    assert np.mean(told) > np.mean(others) + 0.2


def test_candidates_that_stand_for_a_commitment_are_told(rows: list[list[Example]]) -> None:
    told = [example.gold for row in rows for example in row if example.gold]
    assert len(told) > 100
    assert len({id(gold) for gold in told}) == len(told)


def test_more_gold_teaches_what_is_a_commitment_and_its_status(rows: list[list[Example]]) -> None:
    more = rows[12:]
    start = fit(rows[:12])
    found = continued(start, more)
    before, after = _right(start, more), _right(found, more)
    assert after[0] > before[0]
    assert after[1] > before[1]
    assert found.names == start.names
    assert found.threshold == start.threshold
    assert np.array_equal(continued(start, more).weights, found.weights)


def test_more_gold_leaves_the_kinds(rows: list[list[Example]]) -> None:
    start = fit(rows[:12])
    found, kinds = continued(start, rows[12:]), slice(1, 1 + len(KINDS))
    assert np.array_equal(found.weights[:, kinds], start.weights[:, kinds])
    assert np.array_equal(found.dense[:, kinds], start.dense[:, kinds])
    assert np.array_equal(found.bias[kinds], start.bias[kinds])


def _right(classifier: Classifier, articles: list[list[Example]]) -> tuple[int, int]:
    """How many candidates are rightly accepted or not, and how many commitments have their status."""
    own = [example for article in articles for example in article]
    verdicts = judged([example.candidate for example in own], classifier)
    pairs = list(zip(own, verdicts, strict=True))
    accepted = sum((verdict.accept > 0.5) == (example.gold is not None) for example, verdict in pairs)
    return accepted, sum(example.gold is not None and example.gold.status == v.status for example, v in pairs)
