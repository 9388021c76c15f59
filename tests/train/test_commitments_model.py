"""The classifier of commitments: fitted on a few articles, written, read back, and fitted on with more."""

from pathlib import Path

import numpy as np
import pytest
from spacy.language import Language

from pipeline.gold.folder import read_gold
from pipeline.settings import Settings
from pipeline.stages.commitments.classifier import KINDS, Classifier, read_classifier
from pipeline.stages.commitments.clause_features import judged
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


def test_more_gold_teaches_what_is_a_commitment_and_its_status_but_no_kind(
    rows: list[list[Example]], tmp_path: Path
) -> None:
    fitted, more = fit(rows[:12]), rows[12:]
    write(fitted, tmp_path)
    start = read_classifier(tmp_path)
    assert start.names == fitted.names
    assert np.array_equal(start.weights, fitted.weights)
    found, kinds = continued(start, more), slice(1, 1 + len(KINDS))
    for before, after in zip(_right(start, more), _right(found, more), strict=True):
        assert after > before
    assert (found.names, found.threshold) == (start.names, start.threshold)
    assert np.array_equal(continued(start, more).weights, found.weights)
    for name in ("weights", "dense", "bias"):
        one, other = (np.atleast_2d(getattr(own, name)) for own in (found, start))
        assert np.array_equal(one[:, kinds], other[:, kinds])


def _right(classifier: Classifier, articles: list[list[Example]]) -> tuple[int, int]:
    """How many candidates are rightly accepted or not, and how many commitments have their status."""
    own = [example for article in articles for example in article]
    pairs = list(zip(own, judged([example.candidate for example in own], classifier), strict=True))
    accepted = sum((verdict.accept > 0.5) == (example.gold is not None) for example, verdict in pairs)
    return accepted, sum(example.gold is not None and example.gold.status == v.status for example, v in pairs)
