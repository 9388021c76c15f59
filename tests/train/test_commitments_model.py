"""The commitments classifier: fitted on a few articles, written and read back, and fitted on with more."""

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


def test_fitted_written_and_read_back_is_the_same(rows: list[list[Example]], tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="too little gold to learn from"):
        fit(rows[:1])
    fitted = fit(rows)
    write(fitted, tmp_path)
    found, every = read_classifier(tmp_path), [example for row in rows for example in row]
    assert found.names == fitted.names
    assert np.array_equal(found.weights, fitted.weights)
    assert np.array_equal(found.dense, fitted.dense)
    stated = [example.gold for example in every if example.gold]
    assert len({id(gold) for gold in stated}) == len(stated) > 100
    verdicts = list(zip(judged([example.candidate for example in every], found), every, strict=True))
    own, others = ([v.accept for v, example in verdicts if bool(example.gold) is right] for right in (True, False))
    assert np.mean(own) > np.mean(others) + 0.2


def test_more_gold_teaches_what_is_a_commitment_and_its_status_but_no_kind(rows: list[list[Example]]) -> None:
    start, more = fit(rows[:12]), rows[12:]
    found, kinds = continued(start, more), slice(1, 1 + len(KINDS))
    for before, after in zip(_right(start, more), _right(found, more), strict=True):
        assert after > before
    assert (found.names, found.threshold) == (start.names, start.threshold)
    assert np.array_equal(continued(start, more).weights, found.weights)
    for one, other in (
        (found.weights, start.weights),
        (found.dense, start.dense),
        (found.bias[None], start.bias[None]),
    ):
        assert np.array_equal(one[:, kinds], other[:, kinds])


def _right(classifier: Classifier, articles: list[list[Example]]) -> tuple[int, int]:
    """How many candidates are rightly accepted or not, and how many commitments have their status."""
    own = [example for article in articles for example in article]
    pairs = list(zip(own, judged([example.candidate for example in own], classifier), strict=True))
    accepted = sum((verdict.accept > 0.5) == (example.gold is not None) for example, verdict in pairs)
    return accepted, sum(example.gold is not None and example.gold.status == v.status for example, v in pairs)
