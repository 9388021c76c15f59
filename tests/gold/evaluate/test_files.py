"""Evaluation of files, and what is wrong with either side."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import SetupError
from pipeline.gold.evaluate.score import differences_in_files, evaluate_files
from pipeline.gold.folder import read_records
from pipeline.record import Record

Perfect = Callable[[str], Record]


@pytest.fixture
def predictions(tmp_path: Path, perfect: Perfect) -> Path:
    """Perfect records of two of the three articles."""
    return write(tmp_path / "records.jsonl", perfect("authored-001").to_json(), perfect("authored-002").to_json())


def write(path: Path, *lines: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def test_a_corpus_against_records(authored: Path, predictions: Path) -> None:
    scores = evaluate_files(authored, predictions)
    assert (scores.articles, scores.missing) == (3, ["authored-003"])
    assert (scores["commitments"].tp, scores["commitments"].fn) == (13, 6)
    some = evaluate_files(authored, predictions, ["authored-002"])
    assert (some.articles, some.missing, some.extra, some["slots"].f1) == (1, [], [], 1)
    assert evaluate_files(authored, predictions.parent).missing == ["authored-003"]  # a folder of records


def test_records_that_a_person_wrote_are_gold_too(predictions: Path, tmp_path: Path, perfect: Perfect) -> None:
    other = write(tmp_path / "other.jsonl", perfect("authored-001").model_copy(update={"commitments": []}).to_json())
    scores = evaluate_files(predictions, other)
    assert (scores["commitments"].fn, scores["mentions"].tp) == (13, 26)


def test_differences_worst_article_first(authored: Path, predictions: Path) -> None:
    found = {name: len(some) for name, some in differences_in_files(authored, predictions).items()}
    assert next(iter(found)) == "authored-003"
    assert (found["authored-001"], found["authored-002"]) == (0, 0)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (['{"article": {"id": "x"'], r"records.jsonl:1: not a record of `corridor extract`: Invalid JSON"),
        (["[]"], r"records.jsonl:1: not a record"),
        (['{"article": {"id": "x"}}'], r"records.jsonl:1: not a record .*: article.sha256: Field required"),
        (["PERFECT", "", "{"], r"records.jsonl:3"),
        (["OTHER TEXT"], "authored-001: the record's text is not"),
        (["\udc80\udc81"], r"records.jsonl:1: not a record"),
        (None, r"records\.jsonl: not found"),
    ],
)
def test_records_that_cannot_be_compared(
    authored: Path, tmp_path: Path, perfect: Perfect, lines: list[str] | None, message: str
) -> None:
    record = perfect("authored-001")
    article = record.article.model_copy(update={"text": record.article.text + "\n"})
    other = record.model_copy(update={"article": article})
    made = {"PERFECT": record.to_json(), "OTHER TEXT": other.to_json()}
    path = tmp_path / "records.jsonl"
    if lines is not None:
        path.write_bytes("\n".join(made.get(line, line) for line in lines).encode(errors="surrogateescape"))
    for run in (evaluate_files, differences_in_files):
        with pytest.raises(SetupError, match=message):
            run(authored, path)


def test_one_record_an_article(tmp_path: Path, perfect: Perfect) -> None:
    line = perfect("authored-001").to_json()
    with pytest.raises(SetupError, match=r":2: the article 'authored-001' comes twice"):
        read_records(write(tmp_path / "records.jsonl", line, line))


def broken(raw: dict[str, Any]) -> str:
    raw["commitments"][0].update(by=["a99"])
    return json.dumps(raw)


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        ("gold/authored-001.json", broken, "authored-001.json: the commitment c1 has 'a99' in 'by'"),
        ("gold/authored-001.json", lambda _: "{", "authored-001.json.*not valid JSON"),
        ("articles.jsonl", lambda _: "{", "articles.jsonl:1: a line"),
        ("articles.jsonl", lambda _: "{}", "articles.jsonl:1: a line"),
        ("articles.jsonl", lambda _: "7", "articles.jsonl:1: a line"),
        ("articles.jsonl", None, "none of its articles has gold"),
    ],
)
def test_gold_that_cannot_be_used(
    authored: Path, tmp_path: Path, predictions: Path, file: str, change: Callable[[Any], str] | None, message: str
) -> None:
    folder = Path(shutil.copytree(authored, tmp_path / "gold"))
    if change:
        raw = json.loads((folder / "gold" / "authored-001.json").read_text(encoding="utf-8"))
        write(folder / file, change(raw))
    else:
        shutil.rmtree(folder / "gold")
    with pytest.raises(SetupError, match=message):
        evaluate_files(folder, predictions)


def test_what_is_not_there(authored: Path, predictions: Path, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="has no gold for authored-009"):
        evaluate_files(authored, predictions, ["authored-009"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(SetupError, match="holds no records"):
        evaluate_files(tmp_path / "empty", predictions)
