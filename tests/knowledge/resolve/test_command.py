"""`corridor resolve` as a person meets it."""

import json
from pathlib import Path

import pytest
from knowledge.resolve.stories import records
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import SetupError
from pipeline.knowledge.folder import read


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    lines = [record.to_json() + "\n" for record in records()]
    (tmp_path / "one.jsonl").write_text("".join(lines[:20]), encoding="utf-8")
    (tmp_path / "two.jsonl").write_text("".join(lines[20:]), encoding="utf-8")
    return tmp_path


def test_a_folder_is_made_and_added_to(here: Path) -> None:
    first = CliRunner().invoke(app, ["resolve", "one.jsonl", "-o", "known"])
    assert (first.exit_code, "of 20 articles" in first.stderr) == (0, True)
    rows = (here / "known" / "disagreements.jsonl").read_text(encoding="utf-8").splitlines()
    assert f"; {len(rows)} disagreements, " in first.stderr
    more = CliRunner().invoke(app, ["resolve", "one.jsonl", "two.jsonl", "-o", "known"])
    assert f"of {len(records())} articles" in more.stderr
    assert all(json.loads(line)["id"] for line in (here / "known" / "actors.jsonl").read_text().splitlines())


def test_the_decisions_of_a_person_are_left_alone(here: Path) -> None:
    CliRunner().invoke(app, ["resolve", "one.jsonl", "-o", "known"])
    path = here / "known" / "decisions.csv"
    assert path.read_text(encoding="utf-8").startswith("# Decisions of people")
    path.write_text(path.read_text(encoding="utf-8") + "merge,nobody-1,nobody-2,a slip\n", encoding="utf-8")
    before = path.read_bytes()
    again = CliRunner().invoke(app, ["resolve", "one.jsonl", "-o", "known"])
    assert "merge nobody-1 nobody-2: there is no such id" in again.stderr
    assert path.read_bytes() == before


def test_a_line_that_is_no_record_costs_only_itself(here: Path) -> None:
    (here / "two.jsonl").write_text('{"id": 1}\n' + records()[0].to_json(), encoding="utf-8")
    answer = CliRunner().invoke(app, ["resolve", "two.jsonl", "-o", "known"])
    assert (answer.exit_code, "two.jsonl:1" in answer.stderr) == (1, True)
    assert len(read(here / "known").articles) == 1


def test_a_row_that_is_none_is_named(here: Path) -> None:
    CliRunner().invoke(app, ["resolve", "one.jsonl", "-o", "known"])
    (here / "known" / "links.jsonl").write_text('{"link": "x/a1"}\n', encoding="utf-8")
    with pytest.raises(SetupError, match=r"links.jsonl:1: not a row of `corridor resolve`: entity"):
        read(here / "known")
    assert CliRunner().invoke(app, ["resolve", "one.jsonl", "-o", "known"]).exit_code == 2
