"""Labels and texts make a gold folder."""

import json
from pathlib import Path

import pytest

from pipeline.errors import SetupError
from pipeline.gold.folder import digest, read_gold
from pipeline.gold.labels import WORDS, join, label_of, strip
from pipeline.settings import Settings


@pytest.fixture
def apart(tmp_path: Path) -> Path:
    """An authored article, its labels in one file and its text, which goes on after what was annotated, in another."""
    gold = read_gold(Settings().seeds / "gold")[0]
    label = label_of(gold)
    row = {
        "id": gold.article.id,
        "title": gold.article.title,
        "date": gold.article.date,
        "text": gold.article.text + " More.",
    }
    (tmp_path / "labels.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in (label, {**label, "article": "lost"}))
    )
    (tmp_path / "texts.jsonl").write_text("".join(json.dumps(r) + "\n" for r in ({"id": "other", "text": ""}, row)))
    return tmp_path


def test_joined_labels_are_the_gold(apart: Path) -> None:
    assert join(apart / "labels.jsonl", [apart / "texts.jsonl"], apart / "out") == (1, 2)
    (found,) = read_gold(apart / "out")
    expected = read_gold(Settings().seeds / "gold")[0]
    assert found == expected.model_copy(update={"article": found.article})
    assert (found.article.text, found.article.date) == (expected.article.text, expected.article.date)


def test_a_later_part_is_gold_of_its_own(apart: Path) -> None:
    first = json.loads((apart / "labels.jsonl").read_text().splitlines()[0])
    row = json.loads((apart / "texts.jsonl").read_text().splitlines()[1])
    (apart / "texts.jsonl").write_text(json.dumps({**row, "text": f"Before. {row['text']}"}) + "\n")
    (apart / "labels.jsonl").write_text(json.dumps({**first, "start": 8}) + "\n")
    assert join(apart / "labels.jsonl", [apart / "texts.jsonl"], apart / "out") == (1, 1)
    (found,) = read_gold(apart / "out")
    assert (found.article.id, found.article.text) == (
        f"{row['id']}+8",
        read_gold(Settings().seeds / "gold")[0].article.text,
    )
    assert json.loads(json.dumps(label_of(found))) == {**first, "start": 8}


def test_labels_hold_no_words_in_a_row() -> None:
    for gold in read_gold(Settings().seeds / "gold"):
        label = json.dumps(label_of(gold), ensure_ascii=False)
        assert gold.article.id not in label
        for words in {mention.text for mention in gold.mentions}:
            assert len(words.split()) <= WORDS or json.dumps(words, ensure_ascii=False) not in label


def test_what_is_stripped_is_joined_again_with_the_same_texts(tmp_path: Path) -> None:
    folder = Settings().seeds / "gold"
    assert strip(folder, tmp_path / "labels.jsonl") == len(read_gold(folder))
    join(tmp_path / "labels.jsonl", [folder / "articles.jsonl"], tmp_path / "out")
    assert digest(read_gold(tmp_path / "out")) == digest(read_gold(folder))


@pytest.mark.parametrize(
    ("file", "line", "reason"),
    [
        ("labels", "{", "labels.jsonl:1: not a JSON object; give JSON lines"),
        ("labels", "7", "labels.jsonl:1: not a JSON object"),
        ("labels", "{}", "labels.jsonl:1: lacks article, sha256"),
        ("texts", '{"id": "x"}', "texts.jsonl:1: lacks text"),
        ("texts", "", "is not the one that was annotated"),
    ],
)
def test_a_line_that_is_no_label_or_text_is_named(apart: Path, file: str, line: str, reason: str) -> None:
    path = apart / f"{file}.jsonl"
    path.write_text(line or path.read_text().replace("Kyrgyzstan", "Tajikistan"), encoding="utf-8")
    with pytest.raises(SetupError, match=reason):
        join(apart / "labels.jsonl", [apart / "texts.jsonl"], apart / "out")
