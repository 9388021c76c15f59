"""What a large language model's recorded answers make of records: they must stay as good as they were measured."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest

from pipeline.extract import extract_stream, load
from pipeline.gold.curve import curve, read_examples
from pipeline.gold.evaluate.score import score
from pipeline.gold.folder import read_gold
from pipeline.gold.labels import join
from pipeline.llm.bare import bare
from pipeline.llm.fuse import read_fusion
from pipeline.llm.recording import article_digest, read_recording
from pipeline.record import Article, Record
from pipeline.settings import Settings
from pipeline.sources import make_article
from pipeline.stages.models.sectors import FOLDER, read_model

ROOT = Path(__file__).resolve().parents[2]
NEWS = ROOT.parent / "shared" / "data" / "news"
ANSWERS = ROOT / "seeds" / "answers"
SOURCES = {"unseen": ROOT / "seeds" / "unseen" / "labels.jsonl", "later": ROOT / "seeds" / "news" / "later.jsonl"}
UNSEEN = {"rows": 0.36, "rows.core": 0.65, "money": 0.73, "flow": 0.71, "commitments": 0.81, "slots": 0.76}
LATER = {"rows": 0.30, "rows.core": 0.47, "money": 0.56, "flow": 0.42, "commitments": 0.75, "slots": 0.68}
ALONE = {"rows": 0.36, "rows.core": 0.63, "money": 0.79, "projects": 0.80, "slots": 0.75}
LATER_ALONE = {"rows": 0.27, "rows.core": 0.48, "money": 0.67, "projects": 0.77, "slots": 0.66}
LANGUAGES = {"rows": 0.56, "rows.core": 0.75, "money": 0.69, "projects": 0.87, "slots": 0.88, "sentences": 0.97}
AUTHORED = {"rows": 0.53, "rows.core": 0.72, "money": 0.62, "flow": 0.59, "commitments": 0.88, "slots": 0.84}


def articles(golds: Iterable[Record]) -> list[Article]:
    own = (gold.article for gold in golds)
    return [
        make_article(
            one.text,
            id=one.id,
            title=one.title,
            source=one.source,
            date=(one.date or "")[:10] or None,
            any_language=True,
        )
        for one in own
    ]


def records(golds: Iterable[Record]) -> list[Record]:
    return [found for found in extract_stream(articles(golds), load()) if isinstance(found, Record)]


def check(gold: Path, answers: str, floors: dict[str, float]) -> None:
    """All calls reach the floors, a quarter of them lies between none and all."""
    settings = Settings()
    path = ANSWERS / f"{answers}.jsonl"
    known = {name for name, _ in read_recording(path)}
    golds = [one for one in read_gold(gold) if article_digest(one.article.id) in known]
    examples = read_examples(golds, records(golds), [path], read_model(settings.models / FOLDER))
    assert len(examples) == len(known)
    none, quarter, every = curve(examples, read_fusion(settings.measured("default")), (0.0, 0.25, 1.0))
    assert none.calls == 0 < quarter.calls < every.calls
    scores = {row: every.scores.rows[row].f1 for row in floors}
    assert {row: round(value, 3) for row, value in scores.items() if value < floors[row]} == {}
    for row in ("rows", "rows.core", "slots"):
        assert none.scores.rows[row].f1 < quarter.scores.rows[row].f1 < every.scores.rows[row].f1


@pytest.mark.slow
def test_authored_articles() -> None:
    check(ROOT / "seeds" / "gold", "authored", AUTHORED)


@pytest.mark.slow
@pytest.mark.skipif(not NEWS.is_dir(), reason="the texts of the news are not here")
@pytest.mark.parametrize(("labels", "answers", "floors"), [("unseen", "unseen", UNSEEN), ("later", "later", LATER)])
def test_news_that_nothing_learned_from(tmp_path: Path, labels: str, answers: str, floors: dict[str, float]) -> None:
    join(SOURCES[labels], [NEWS / "articles.jsonl", NEWS / "general.jsonl"], tmp_path / "gold")
    check(tmp_path / "gold", answers, floors)
    shutil.rmtree(tmp_path / "gold")


def alone(gold: Path, answers: Path, floors: dict[str, float]) -> None:
    """A language model that reads alone reaches the floors."""
    known = {name for name, _ in read_recording(answers)}
    golds = [one for one in read_gold(gold) if article_digest(one.article.id) in known]
    found = read_examples(golds, map(bare, articles(golds)), [answers], read_model(Settings().models / FOLDER))
    assert len(found) == len(golds)
    fusion = read_fusion(Settings().measured("default"))
    scores = score(golds, {one.gold.article.id: one.joined(fusion) for one in found})
    assert {row: scores.rows[row].f1 for row in floors if scores.rows[row].f1 < floors[row]} == {}


def test_seven_languages_that_only_the_language_model_reads() -> None:
    alone(ROOT / "seeds" / "languages", ROOT / "seeds" / "languages" / "answers.jsonl", LANGUAGES)


@pytest.mark.slow
@pytest.mark.skipif(not NEWS.is_dir(), reason="the texts of the news are not here")
@pytest.mark.parametrize(("labels", "floors"), [("unseen", ALONE), ("later", LATER_ALONE)])
def test_english_news_that_only_the_language_model_reads(tmp_path: Path, labels: str, floors: dict[str, float]) -> None:
    join(SOURCES[labels], [NEWS / "articles.jsonl", NEWS / "general.jsonl"], tmp_path / "gold")
    alone(tmp_path / "gold", ANSWERS / f"{labels}_alone.jsonl", floors)
    shutil.rmtree(tmp_path / "gold")


def test_a_recording_holds_no_words() -> None:
    for path in sorted(ANSWERS.glob("*.jsonl")):
        assert path.read_text(encoding="utf-8").isascii()
        assert " " not in path.read_text(encoding="utf-8").replace(", ", "").replace(": ", "")
