"""Evaluation of files, and the errors of both sides."""

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


@pytest.fixture
def corpus_copy(authored: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(authored, tmp_path / "gold"))


def write(path: Path, *lines: str) -> Path:
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def edit(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    raw = json.loads(path.read_text(encoding="utf-8"))
    change(raw)
    path.write_text(json.dumps(raw), encoding="utf-8")


def test_a_corpus_against_records(authored: Path, predictions: Path) -> None:
    scores = evaluate_files(authored, predictions)
    assert scores.articles == 3
    assert scores.missing == ["authored-003"]
    assert (scores["commitments"].tp, scores["commitments"].fn) == (13, 6)


def test_only_some_articles(authored: Path, predictions: Path) -> None:
    scores = evaluate_files(authored, predictions, ["authored-002"])
    assert (scores.articles, scores.missing, scores.extra) == (1, [], [])
    assert scores["slots"].f1 == 1


def test_records_that_a_person_wrote_are_gold_too(predictions: Path, tmp_path: Path, perfect: Perfect) -> None:
    other = write(tmp_path / "other.jsonl", perfect("authored-001").model_copy(update={"commitments": []}).to_json())
    scores = evaluate_files(predictions, other)
    assert scores["commitments"].fn == 13
    assert scores["mentions"].tp == 26


def test_a_folder_of_records(predictions: Path, authored: Path) -> None:
    assert evaluate_files(authored, predictions.parent).missing == ["authored-003"]


def test_differences_worst_article_first(authored: Path, predictions: Path) -> None:
    found = differences_in_files(authored, predictions)
    assert next(iter(found)) == "authored-003"
    assert {name: len(some) for name, some in found.items() if name != "authored-003"} == {
        "authored-001": 0,
        "authored-002": 0,
    }


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"article": {"id": "x"', r"records.jsonl:1: not a record of `corridor extract`: Invalid JSON"),
        ("[]", r"records.jsonl:1: not a record"),
        (
            '{"article": {"id": "x"}}',
            r"records.jsonl:1: not a record .*: article.sha256: Field required",
        ),
    ],
)
def test_a_line_that_is_no_record(authored: Path, tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(SetupError, match=message):
        evaluate_files(authored, write(tmp_path / "records.jsonl", line))


def test_the_bad_line_is_counted_from_the_top(authored: Path, tmp_path: Path, perfect: Perfect) -> None:
    path = write(tmp_path / "records.jsonl", perfect("authored-001").to_json(), "", "{")
    with pytest.raises(SetupError, match=r"records.jsonl:3"):
        evaluate_files(authored, path)


def test_one_record_an_article(tmp_path: Path, perfect: Perfect) -> None:
    line = perfect("authored-001").to_json()
    with pytest.raises(SetupError, match=r":2: the article 'authored-001' comes twice"):
        read_records(write(tmp_path / "records.jsonl", line, line))


def test_another_text(authored: Path, tmp_path: Path, perfect: Perfect) -> None:
    record = perfect("authored-001")
    article = record.article.model_copy(update={"text": record.article.text + "\n"})
    path = write(tmp_path / "records.jsonl", record.model_copy(update={"article": article}).to_json())
    for run in (evaluate_files, differences_in_files):
        with pytest.raises(SetupError, match="authored-001: the record's text is not"):
            run(authored, path)


def test_what_is_not_there(authored: Path, predictions: Path, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"nowhere\.jsonl: not found"):
        evaluate_files(authored, tmp_path / "nowhere.jsonl")
    with pytest.raises(SetupError, match="has no gold for authored-009"):
        evaluate_files(authored, predictions, ["authored-009"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(SetupError, match="holds no records"):
        evaluate_files(tmp_path / "empty", predictions)


def test_a_binary_file(authored: Path, tmp_path: Path) -> None:
    (tmp_path / "records.jsonl").write_bytes(b"\x80\x81\xff")
    with pytest.raises(SetupError, match=r"records.jsonl:1: not a record"):
        evaluate_files(authored, tmp_path / "records.jsonl")


def test_gold_with_a_defect_is_named(corpus_copy: Path, predictions: Path) -> None:
    edit(corpus_copy / "gold" / "authored-001.json", lambda raw: raw["commitments"][0].update(by=["a99"]))
    with pytest.raises(SetupError, match=r"authored-001.json: the commitment c1 has 'a99' in 'by', which is not among"):
        evaluate_files(corpus_copy, predictions)


def test_gold_that_is_no_json(corpus_copy: Path, predictions: Path) -> None:
    (corpus_copy / "gold" / "authored-001.json").write_text("{", encoding="utf-8")
    with pytest.raises(SetupError, match=r"authored-001.json.*not valid JSON"):
        evaluate_files(corpus_copy, predictions)


@pytest.mark.parametrize("line", ["{", "{}", "7"])
def test_articles_that_are_none(corpus_copy: Path, predictions: Path, line: str) -> None:
    write(corpus_copy / "articles.jsonl", line)
    with pytest.raises(SetupError, match=r"articles.jsonl:1: a line"):
        evaluate_files(corpus_copy, predictions)


def test_articles_without_gold(corpus_copy: Path, predictions: Path) -> None:
    for path in (corpus_copy / "gold").iterdir():
        path.unlink()
    with pytest.raises(SetupError, match="none of its articles has gold"):
        evaluate_files(corpus_copy, predictions)
