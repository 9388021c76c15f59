"""The base model made fast: the same parse, names and lemmas as stock spaCy gives."""

import numpy as np
import pytest
from spacy.language import Language

from pipeline.gold.folder import read_gold
from pipeline.settings import Settings
from pipeline.stages.base import accelerate, installed

READ = ["HEAD", "DEP", "TAG", "POS", "MORPH", "LEMMA", "ENT_TYPE", "ENT_IOB"]


@pytest.fixture(scope="module")
def stock() -> Language:
    return installed()


@pytest.fixture(scope="module")
def fast() -> Language:
    nlp = installed()
    accelerate(nlp)
    return nlp


def test_the_fast_model_reads_as_the_stock_one_does(stock: Language, fast: Language) -> None:
    texts = [gold.article.text for gold in read_gold(Settings().seeds / "gold")[:20]]
    for one, other in zip(stock.pipe(texts), fast.pipe(texts), strict=True):
        assert np.array_equal(one.to_array(READ), other.to_array(READ))


def test_what_is_joined_gives_the_same_numbers(stock: Language, fast: Language) -> None:
    doc = stock.make_doc("Kenya borrowed $40 million for the port of Lamu.")
    plain, joined = (nlp.get_pipe("tok2vec").model.predict([doc])[0] for nlp in (stock, fast))  # type: ignore[attr-defined]
    assert joined == pytest.approx(plain, abs=1e-4)
    assert "joined" in {node.name for node in fast.get_pipe("tok2vec").model.walk()}  # type: ignore[attr-defined]


def test_tokens_are_embedded_once_a_kind(fast: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    doc = fast.make_doc("Kenya borrowed $40 million for the port of Lamu, and Kenya will repay $40 million.")
    model = fast.get_pipe("tok2vec").model  # type: ignore[attr-defined]
    told = model.predict([doc])[0]
    [distinct] = [node for node in model.walk() if node.name == "distinct"]
    asked: list[int] = []
    embed, usual = distinct.layers[0], distinct.layers[0]._func
    monkeypatch.setattr(
        embed, "_func", lambda _, docs, is_train: asked.append(len(docs[0])) or usual(_, docs, is_train)
    )
    assert np.array_equal(model.predict([doc])[0], told)
    assert not asked
    monkeypatch.setattr("pipeline.stages.base._MOST", 3)
    model.predict([fast.make_doc("Nepal drilled.")])  # all others are forgotten
    assert model.predict([doc])[0] == pytest.approx(told, abs=1e-5)  # some kernels round a row by what stands beside it
    assert asked == [64, 64]  # as many rows at once each time, for kernels that do not
