"""The whole road from text to record: streaming, chunks, failures, sameness."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import jsonschema
import pytest
from spacy.language import Language
from spacy.tokens import Doc

import pipeline
from pipeline.errors import OUT_OF_MEMORY, ArticleError
from pipeline.extract import extract_stream
from pipeline.record import Record, json_schema, quotes
from pipeline.settings import Settings
from pipeline.sources import make_article
from pipeline.stages.models.encoder import Encoder, Window
from pipeline.stages.models.heads import Hidden

TEXTS = ["Ghana and Japan signed a loan agreement on Monday.", "Nobody came.", "Laos will build a dam by 2030."]


def test_results_come_in_order_and_alone_or_in_a_batch_are_the_same(nlp: Language, bundled_article: str) -> None:
    articles = [make_article(text) for text in [*TEXTS * 9, bundled_article]]
    results = [result for result in extract_stream(articles, nlp) if isinstance(result, Record)]
    assert [record.article.text for record in results] == [article.text for article in articles]
    assert results[-1].to_json() == pipeline.extract(bundled_article, nlp).to_json()
    jsonschema.Draft202012Validator(json_schema()).validate(json.loads(results[-1].to_json()))


def test_chunks_change_no_offset(nlp: Language, bundled_article: str) -> None:
    settings = replace(Settings(), chunk_size=400)
    (record,) = extract_stream([make_article(bundled_article)], nlp, settings)
    assert isinstance(record, Record)
    assert record.sentences == pipeline.extract(bundled_article, nlp).sentences
    assert all(bundled_article[q.start : q.end] == q.text for q in quotes(record))


@pytest.mark.parametrize(("error", "reason"), [(RuntimeError("boom"), "boom"), (MemoryError(), OUT_OF_MEMORY)])
def test_a_failing_stage_costs_one_article(
    nlp: Language, monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    def broken(doc: Doc) -> Doc:
        if "dam" in doc.text:
            raise error
        return doc

    monkeypatch.setattr(nlp, "_components", [(n, broken if n == "relations" else p) for n, p in nlp._components])
    results = list(extract_stream([make_article(text) for text in TEXTS], nlp))
    assert [isinstance(r, ArticleError) for r in results] == [False, False, True]
    assert reason in str(results[2])


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


@pytest.mark.parametrize(("limit", "size"), [("max_length", "61 characters"), ("max_tokens", "12 words and signs")])
def test_an_article_that_is_too_long_is_refused_alone(nlp: Language, limit: str, size: str) -> None:
    settings = replace(Settings(), **{limit: 10 if limit == "max_tokens" else 60})
    texts = [TEXTS[1], "The Bank of Ghana signed an agreement with Japan about loans.", TEXTS[0]]
    results = list(extract_stream([make_article(text) for text in texts], nlp, settings))
    assert [isinstance(result, Record) for result in results] == [True, False, True]
    error = results[1]
    assert isinstance(error, ArticleError) and error.where == make_article(texts[1]).id
    assert f"too long: {size}; at most {getattr(settings, limit)} fit in 2 GB of memory; split it" in str(error)


def made(text: str, number: int) -> str:
    """The text with names and words that stand nowhere else."""
    return (
        f"{text} {number}tok Zor{'abcdefghij'[number % 10] * (3 + number)}ville praised the morv{'iu' * number}lines."
    )


def test_words_that_are_new_are_forgotten_and_records_stay_the_same(
    nlp: Language, bundled_article: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    articles = [make_article(made(text, number)) for number, text in enumerate([*TEXTS, bundled_article] * 8)]
    monkeypatch.setattr("pipeline.stages.base._WORDS", 0)
    strings, words = len(nlp.vocab.strings), sum(1 for _ in nlp.vocab)
    forgotten = [result.to_json() for result in extract_stream(articles, nlp) if isinstance(result, Record)]
    assert (len(nlp.vocab.strings), sum(1 for _ in nlp.vocab)) == (strings, words)
    monkeypatch.undo()
    kept = [result.to_json() for result in extract_stream(articles, nlp) if isinstance(result, Record)]
    assert len(nlp.vocab.strings) > strings + len(articles)
    assert forgotten == kept
    assert len(kept) == len(articles)


def test_threads_may_share_a_pipeline(nlp: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.stages.base._WORDS", 0)
    articles = [make_article(made(text, number)) for number, text in enumerate(TEXTS * 8, 40)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda article: pipeline.extract(article, nlp), articles))
    assert [record.article.text for record in found] == [article.text for article in articles]


@pytest.mark.parametrize("text", ["x", "12345 67890", "\u200b", "🚂" * 50, "a" * 10_000, "שלום עולם", "e\u0301" * 30])
def test_odd_texts_give_valid_records(nlp: Language, text: str) -> None:
    assert pipeline.extract(text, nlp).article.text == text
