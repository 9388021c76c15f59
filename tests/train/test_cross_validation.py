"""Cross-validation of the whole pipeline on a slice of the corpus, with a recognizer that hardly learns."""

import json
from pathlib import Path

import pytest

from pipeline.errors import SetupError
from pipeline.settings import Settings
from pipeline.train.cross_validation import cross_validated
from pipeline.train.entities import recognizer as recipe


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipe, "TEACHER_EPOCHS", 1)


@pytest.fixture
def some_articles(corpus: Path, tmp_path: Path) -> Path:
    """Every sixth article of the corpus."""
    with (corpus / "articles.jsonl").open(encoding="utf-8") as file:
        lines = list(file)[::6]
    (tmp_path / "gold").mkdir()
    (tmp_path / "articles.jsonl").write_text("".join(lines), encoding="utf-8")
    for name in (f"{json.loads(line)['id']}.json" for line in lines):
        (tmp_path / "gold" / name).write_bytes((corpus / "gold" / name).read_bytes())
    return tmp_path


@pytest.mark.usefixtures("quick")
def test_every_article_is_scored(some_articles: Path) -> None:
    scores = cross_validated(some_articles)
    assert not scores.missing
    assert scores["sentences"].f1 > 0.9
    assert scores["mentions"].f1 > 0.6
    assert 0.3 < scores["commitments.found"].f1 < 0.9


@pytest.mark.usefixtures("quick")
def test_too_little_gold_is_said() -> None:
    with pytest.raises(SetupError, match="too little gold"):
        cross_validated(Settings().seeds / "gold")
