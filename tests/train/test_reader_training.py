"""How far a language model is to be believed: fitted on recorded answers, and the curve of what it gains."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.gold.folder import read_gold
from pipeline.llm.bare import bare
from pipeline.llm.fuse import read_fusion
from pipeline.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = ROOT / "seeds" / "answers" / "authored.jsonl"
GOLD = ROOT / "seeds" / "gold"


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


@pytest.fixture(scope="module")
def perfect(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The records that gold itself would give."""
    path = tmp_path_factory.mktemp("perfect") / "records.jsonl"
    lines = [one.to_json() + "\n" for one in read_gold(GOLD)]
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("records") / "records.jsonl"
    assert run("extract", GOLD / "articles.jsonl", "-o", path, "-q")[0] == 0
    return path


@pytest.mark.slow
def test_the_same_answers_give_the_same_fit_and_better_rows(records: Path, tmp_path: Path) -> None:
    words = ("train", "reader", "--gold", GOLD, "--records", records, "--answers", ANSWERS, "--out")
    fits = []
    for name in ("one", "two"):
        code, out = run(*words, tmp_path / name)
        assert code == 0, out
        fits.append((tmp_path / name / "default" / "reader.json").read_bytes())
    assert fits[0] == fits[1]
    card = json.loads((tmp_path / "one" / "default" / "reader_card.json").read_text(encoding="utf-8"))
    alone, _, both = card["held out by story"]["small models, the language model alone, both"]["rows"]
    assert card["articles"] == 30
    assert both > alone + 0.2
    fit = json.loads(fits[0])
    assert fit["slots"]["by"]["agree"] > fit["slots"]["by"]["differ"]
    code, out = run("evaluate", GOLD, records, "--answers", ANSWERS, "--model", tmp_path / "one", "--json")
    assert code == 0, out
    assert [point["share"] for point in json.loads(out)] == [0.0, 0.1, 0.25, 0.5, 1.0]


def test_a_few_answers_teach_nothing(perfect: Path, tmp_path: Path) -> None:
    few = tmp_path / "few.jsonl"
    few.write_text("".join(ANSWERS.read_text(encoding="utf-8").splitlines(keepends=True)[:5]), encoding="utf-8")
    code, out = run("train", "reader", "--gold", GOLD, "--records", perfect, "--answers", few, "--out", tmp_path / "m")
    assert code == 2
    assert "20 are needed" in out


def test_answers_about_other_texts_are_refused(perfect: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(GOLD, other)
    line = json.loads(ANSWERS.read_text(encoding="utf-8").splitlines()[0])
    (tmp_path / "wrong.jsonl").write_text(json.dumps({**line, "sha256": "0" * 64}) + "\n", encoding="utf-8")
    code, out = run("evaluate", other, perfect, "--answers", tmp_path / "wrong.jsonl")
    assert code == 2
    assert "no answer is about an article" in out
    (tmp_path / "broken.jsonl").write_text("{}\n", encoding="utf-8")
    code, out = run("evaluate", other, perfect, "--answers", tmp_path / "broken.jsonl")
    assert code == 2
    assert "broken.jsonl" in out


@pytest.mark.slow
def test_the_curve_is_a_table(records: Path) -> None:
    code, out = run("evaluate", GOLD, records, "--answers", ANSWERS)
    assert code == 0
    assert "25%" in out
    assert "rows.core" in out


def test_a_reader_alone_has_a_fit_of_its_own_beside_that_of_a_second_reader(tmp_path: Path) -> None:
    articles, gold = tmp_path / "bare.jsonl", ROOT / "seeds" / "languages"
    lines = [bare(one.article).to_json() + "\n" for one in read_gold(gold)]
    articles.write_text("".join(lines), encoding="utf-8")
    answers = gold / "answers.jsonl"
    code, out = run(
        "train", "reader", "--gold", gold, "--records", articles, "--answers", answers, "--out", tmp_path / "model"
    )
    assert code == 0, out
    made, shipped = (read_fusion(folder / "default") for folder in (tmp_path / "model", Settings().models))
    assert replace(made, alone=shipped.alone) == shipped and made.alone not in (None, shipped.alone)
    card = json.loads((tmp_path / "model" / "default" / "reader_card.json").read_text(encoding="utf-8"))
    assert card["articles"] == 56 and card["held out by story"]["rows: expected calibration error"] < 0.1
    records = [bare(one.article) for one in read_gold(gold)]
    assert made.of(records[0]) == made.alone and made.of(next(iter(read_gold(GOLD)))) is made
