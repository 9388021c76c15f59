"""The whole road from text to record: streaming, chunks, failures, sameness."""

import json
from dataclasses import replace

import jsonschema
import pytest
from spacy.language import Language
from spacy.tokens import Doc

import pipeline
from pipeline.encoder import Encoder, Window
from pipeline.errors import ArticleError
from pipeline.extract import OUT_OF_MEMORY, extract_stream
from pipeline.layers import Hidden
from pipeline.readers import make_article
from pipeline.record import Record, json_schema, quotes
from pipeline.settings import Settings

TEXTS = ["Ghana and Japan signed a loan agreement on Monday.", "Nobody came.", "Laos will build a dam by 2030."]


def test_results_come_in_order_one_an_article(nlp: Language) -> None:
    articles = [make_article(text) for text in TEXTS * 20]
    results = list(extract_stream(articles, nlp))
    assert [r.article.text for r in results if isinstance(r, Record)] == [a.text for a in articles]


def test_same_input_same_bytes(nlp: Language, bundled_article: str) -> None:
    assert pipeline.extract(bundled_article, nlp).to_json() == pipeline.extract(bundled_article, nlp).to_json()


def test_alone_or_in_a_batch_the_finds_are_the_same(nlp: Language, bundled_article: str) -> None:
    alone = pipeline.extract(bundled_article, nlp)
    batch = list(extract_stream([make_article(t) for t in [*TEXTS, bundled_article]], nlp))
    assert batch[-1] == alone


def test_chunks_change_no_offset(nlp: Language, bundled_article: str) -> None:
    settings = replace(Settings(), chunk_size=400)
    (record,) = extract_stream([make_article(bundled_article)], nlp, settings)
    assert isinstance(record, Record)
    assert record.sentences == pipeline.extract(bundled_article, nlp).sentences
    assert all(bundled_article[q.start : q.end] == q.text for q in quotes(record))


def test_a_lack_of_memory_is_called_so(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(doc: Doc) -> Doc:
        raise MemoryError

    monkeypatch.setattr(nlp, "_components", [(n, full if n == "relations" else p) for n, p in nlp._components])
    (result,) = extract_stream([make_article("A loan was signed.")], nlp)
    assert isinstance(result, ArticleError) and result.reason == OUT_OF_MEMORY


def test_a_failing_stage_costs_one_article(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(doc):  # type: ignore[no-untyped-def]
        if "dam" in doc.text:
            raise RuntimeError("boom")
        return doc

    monkeypatch.setattr(nlp, "_components", [(n, broken if n == "relations" else p) for n, p in nlp._components])
    results = list(extract_stream([make_article(text) for text in TEXTS], nlp))
    assert [isinstance(r, ArticleError) for r in results] == [False, False, True]
    assert "boom" in str(results[2])


def test_an_encoder_that_fails_costs_one_article(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = Encoder.columns

    def broken(self: Encoder, window: Window, kept: type) -> Hidden:
        if len(window.ids) == 3:  # "China left."
            raise RuntimeError("no such node")
        return columns(self, window, kept)

    monkeypatch.setattr(Encoder, "columns", broken)
    texts = ("Kenya lent Sudan $5 million.", "China left.", "Japan will build a port in Kenya.")
    good, bad, other = extract_stream([make_article(text) for text in texts], nlp)
    assert isinstance(bad, ArticleError)
    assert "no such node" in bad.reason
    assert [record.article.text for record in (good, other) if isinstance(record, Record)] == [texts[0], texts[2]]


def test_records_fit_the_schema(nlp: Language, bundled_article: str) -> None:
    record = json.loads(pipeline.extract(bundled_article, nlp).to_json())
    jsonschema.Draft202012Validator(json_schema()).validate(record)


@pytest.mark.parametrize("text", ["x", "12345 67890", "\u200b", "🚂" * 50, "a" * 10_000, "שלום עולם", "e\u0301" * 30])
def test_odd_texts_give_valid_records(nlp: Language, text: str) -> None:
    assert pipeline.extract(text, nlp).article.text == text
