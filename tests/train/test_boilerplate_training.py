"""Training the classifier of boilerplate: the same bytes twice, the card, the texts with marks."""

import json
import shutil
from pathlib import Path

import pytest
from builders import authored
from test_cli import run

import pipeline
from pipeline.errors import SetupError
from pipeline.record import Record
from pipeline.settings import Settings
from pipeline.train.boilerplate import TEXTS, marked, read_texts, train_boilerplate

GOLD = Settings().seeds / "gold"


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """The first 20 authored articles, and all texts."""
    folder = authored(tmp_path / "some", 0, 20)
    shutil.copyfile(GOLD / TEXTS, folder / TEXTS)
    return folder


def test_the_same_articles_give_the_same_weights_in_a_whole_pipeline(gold: Path, tmp_path: Path) -> None:
    answer = run(f"corridor train boilerplate --gold {gold} --out {tmp_path / 'one'}")
    card = json.loads(answer.out)
    assert (card["articles"], card["texts"]) == (20, 34)
    assert 0.5 < card["cross_validated"]["some"]["f1"] <= 1
    train_boilerplate([gold], tmp_path / "two")
    own, shipped = tmp_path / "one", Settings().models
    assert (own / "boilerplate" / "weights.json").read_bytes() == (tmp_path / "two" / "weights.json").read_bytes()
    assert (own / "encoder" / "encoder.onnx").read_bytes() == (shipped / "encoder" / "encoder.onnx").read_bytes()
    assert not (own / "base").exists()
    assert isinstance(pipeline.extract("Japan lent Kenya $300 million.", pipeline.load(own, "fast")), Record)


def test_gold_without_boilerplate_teaches_nothing(gold: Path, tmp_path: Path) -> None:
    for path in (gold / "gold").iterdir():
        raw = json.loads(path.read_text(encoding="utf-8"))
        del raw["boilerplate"]
        path.write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(SetupError, match="no gold marks boilerplate"):
        train_boilerplate([gold], tmp_path / "out")


@pytest.mark.parametrize(
    ("article", "title", "text", "around"),
    [
        ("# Dam\n~ By A\nIt leaks.\n", "Dam", "By A\nIt leaks.\n", ["By A"]),
        ("Dam\nIt leaks. ~ Photo: B\n", "Dam", "Dam\nIt leaks. Photo: B\n", ["Photo: B"]),
        ("Dam\nIt leaks.\n", "Dam", "Dam\nIt leaks.\n", []),
    ],
)
def test_marks_are_taken_out(article: str, title: str, text: str, around: list[str]) -> None:
    found = marked(article)
    assert (found.title, found.text) == (title, text)
    assert [text[start:end] for start, end in found.boilerplate] == around


def test_the_texts_that_come_along(tmp_path: Path) -> None:
    texts = read_texts(GOLD / TEXTS)
    assert len(texts) == 34
    assert all("~" not in text.text for text in texts)
    assert sum(bool(text.boilerplate) for text in texts) == 33  # one only looks like it
    assert read_texts(tmp_path / TEXTS) == []
