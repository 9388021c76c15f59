"""Score floors: what is measured on whole articles may rise, never fall below.

The shipped models learned from the corpus, so its floors only tell that nothing broke; how good they are is told by
`corridor train scores`. The authored articles are in no training.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from spacy.language import Language

from pipeline.evaluate.gold import GoldArticle, read_corpus
from pipeline.evaluate.score import Scores, score
from pipeline.extract import extract_stream
from pipeline.readers import make_article
from pipeline.record import Record
from pipeline.settings import Settings

CORPUS = {
    "sentences": 0.98, "mentions": 0.88, "mentions_overlap": 0.90, "actors": 0.82, "projects": 0.62, "relations": 0.40,
    "commitments.found": 0.74, "commitments": 0.64, "slots": 0.45, "sectors": 0.68,
}  # fmt: skip
AUTHORED = {"sentences": 0.97, "mentions": 0.85, "actors": 0.80, "commitments.found": 0.70}


def scored(golds: list[GoldArticle], nlp: Language) -> Scores:
    articles = (make_article(g.text, id=g.id, title=g.title, date=g.date) for g in golds)
    records = {r.article.id: r for r in extract_stream(articles, nlp) if isinstance(r, Record)}
    return score(golds, records)


@pytest.fixture(scope="module")
def on_corpus(corpus: Path, nlp: Language) -> Iterator[Scores]:
    yield scored(read_corpus(corpus), nlp)


@pytest.fixture(scope="module")
def on_authored(nlp: Language) -> Iterator[Scores]:
    yield scored(read_corpus(Settings().seeds / "gold"), nlp)


@pytest.mark.parametrize("row", CORPUS)
def test_floor_on_the_corpus(on_corpus: Scores, row: str) -> None:
    assert on_corpus[row].f1 >= CORPUS[row]


@pytest.mark.parametrize("row", AUTHORED)
def test_floor_on_authored_gold(on_authored: Scores, row: str) -> None:
    assert on_authored[row].f1 >= AUTHORED[row]
