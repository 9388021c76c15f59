"""`corridor train relations|acts|flows`: fitted over the installed pipeline on a few authored articles."""

import json
from pathlib import Path
from typing import Any

import pytest
from builders import authored
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.extract import load
from pipeline.settings import Settings
from pipeline.stages.commitments.classifier import CURVES, read_classifier
from pipeline.stages.commitments.flow.find import read_flow_weights
from pipeline.stages.models.linear import ANY, CONFIDENCES, row_model, weights

FILES = {  # that a task writes, beside its card
    "relations": ("relations_card.json", "relations.json.xz", "confidences.json"),
    "acts": ("acts_card.json", "commitments.npz", "commitments.txt", "same_act.json"),
    "flows": ("flows.json", "flow_instruments.json.xz", "flow_parties.json.xz", "rows.json"),
}


def run(task: str, out: Path, gold: Path, held: Path, profile: str, *more: object) -> tuple[int, str]:
    words = ["train", task, "--gold", gold, "--held", held, "--out", out, "--profile", profile, *more]
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, " ".join(result.output.split())


def fitted(task: str, out: Path, first: tuple[int, int], then: tuple[int, int], profile: str) -> tuple[Path, Any]:
    """The folder of the profile after two fits on the same articles gave the same files, and the card."""
    gold, held = authored(out / "own", *first), authored(out / "held", *then)
    for name in ("a", "b"):
        code, said = run(task, out / name, gold, held, profile)
        assert code == 0, said
    folder, again = (out / name / profile for name in ("a", "b"))
    for file in FILES[task]:
        assert (folder / file).read_bytes() == (again / file).read_bytes(), file
    card = json.loads((folder / FILES[task][0]).read_text(encoding="utf-8"))
    assert (card["articles"]["gold"], card["articles"]["held"]) == (first[1] - first[0], then[1] - then[0])
    return folder, card


@pytest.mark.slow
def test_relations(tmp_path: Path) -> None:
    folder, card = fitted("relations", tmp_path, (0, 24), (24, 34), "fast")
    found = weights(folder / "relations.json.xz")
    assert found.thresholds == {ANY: card["threshold"]}
    assert found.of[ANY]["rivals of object 0"] > 0
    assert 0.2 < card["held"]["f1"] < 0.9
    own, shipped = (json.loads((at / CONFIDENCES).read_text()) for at in (folder, Settings().models / "fast"))
    assert own["commitments"] == shipped["commitments"]
    assert own["relations"] != shipped["relations"]
    assert list(load(folder.parent, profile="fast").pipe(["Japan will lend Kenya $40 million for a port."]))


@pytest.mark.slow
def test_acts(tmp_path: Path) -> None:
    folder, card = fitted("acts", tmp_path, (0, 24), (24, 34), "default")
    found, thresholds = weights(folder / "same_act.json"), card["thresholds"]
    assert found.thresholds == {ANY: thresholds["pairs"]}
    assert read_classifier(folder).threshold == thresholds["candidates"]
    assert 0.2 <= thresholds["candidates"] <= 0.36
    assert 0.5 <= thresholds["pairs"] <= 1
    assert found.of[ANY]["apart 0"] > found.of[ANY]["apart 6"]
    assert set(card["held"]) == set(card["held, nothing merged"]) > {"commitments.found", "slots", "money"}


@pytest.mark.slow
def test_acts_without_the_encoder_get_a_threshold_only(tmp_path: Path) -> None:
    held, shipped = authored(tmp_path / "held", 24, 34), Settings().models / "fast"
    code, said = run("acts", tmp_path / "out", tmp_path / "none", held, "fast")
    assert code == 0, said
    folder = tmp_path / "out" / "fast"
    card = json.loads((folder / "acts_card.json").read_text(encoding="utf-8"))
    assert read_classifier(folder).threshold == card["thresholds"]["candidates"]
    assert (card["articles"]["gold"], card["articles"]["held"]) == (0, 10)
    assert (folder / "same_act.json").is_file() == (shipped / "same_act.json").is_file()  # nothing but copied files
    assert (folder / "commitments.txt").read_bytes() == (shipped / "commitments.txt").read_bytes()


@pytest.mark.slow
def test_flows(tmp_path: Path) -> None:
    folder, card = fitted("flows", tmp_path, (33, 45), (45, 51), "fast")
    found = read_flow_weights(folder)
    assert found.parties.thresholds
    assert set(row_model(folder).slots) == set(CURVES.values())
    assert 0 < card["cross_validated, flow weights alone"]["own"]["flow.instrument"] < 1
    assert card["row confidence, held out by story"]["rows"] > 20
    code, said = run("flows", tmp_path / "c", tmp_path / "own", tmp_path / "held", "fast", "--only", "history")
    assert code == 0, said
    installed, over = (read_flow_weights(at / "fast") for at in (Settings().models, tmp_path / "c"))
    assert (over.instruments, over.parties.thresholds) == (installed.instruments, installed.parties.thresholds)
    for role, known in installed.parties.of.items():
        kept = [{n: w for n, w in one.items() if not n.startswith("history")} for one in (known, over.parties.of[role])]
        assert kept[0] == kept[1]
    assert any(name.startswith("history") for own in over.parties.of.values() for name in own)


@pytest.mark.parametrize(
    ("task", "what"), [("relations", "too little gold"), ("acts", "too little gold"), ("flows", "too few flows")]
)
def test_gold_that_teaches_nothing_is_said(task: str, what: str, tmp_path: Path) -> None:
    bare = authored(tmp_path / "own", 10, 11)
    [path] = (bare / "gold").iterdir()
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"relations": []}), encoding="utf-8")
    code, said = run(task, tmp_path / "out", bare, bare, "default")
    assert code == 2
    assert what in said
