"""`corridor diff` and `corridor resolve --since` as a person or a cron job meets them."""

import csv
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from knowledge.changes.news import contradicting, port
from typer.testing import CliRunner

from pipeline.cli import app

FIRST = port("o", "2025-06-03")
LATER = port("p", "2025-06-10", "underway", words="Work on berths at Lamu Port has begun.")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder `monday`, records of today in `today.jsonl`, and rules."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "first.jsonl").write_text(FIRST.to_json() + "\n", encoding="utf-8")
    today = [LATER, *contradicting()]
    (tmp_path / "today.jsonl").write_text("".join(f"{one.to_json()}\n" for one in today), encoding="utf-8")
    (tmp_path / "port.yaml").write_text("- name: port\n  project: Lamu Port\n", encoding="utf-8")
    (tmp_path / "none.yaml").write_text("- by: Peru\n", encoding="utf-8")
    assert run("resolve first.jsonl -o monday").exit_code == 0
    return tmp_path


@pytest.fixture
def two(here: Path) -> Path:
    """The folder `now` too, which knows all records."""
    assert run("resolve first.jsonl -o now").exit_code == run("resolve today.jsonl -o now").exit_code == 0
    return here


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the webhook is sent; addresses with `down` fail."""
    sent: list[Any] = []

    def post(url: str, rows: Any) -> str | None:
        sent.append([row.change for row in rows])
        return "it is down" if "down" in url else None

    monkeypatch.setattr(sys.modules["pipeline.cli.resolve"], "post", post)
    return sent


def run(command: str) -> Any:
    return CliRunner().invoke(app, command.split())


def test_two_folders_are_compared(two: Path) -> None:
    answer = run("diff monday now")
    assert answer.exit_code == 0
    assert answer.stdout.startswith("Added (2)\n")
    assert "agreed → underway. “Work on berths at Lamu Port has begun.” (p, 2025-06-10)" in answer.stdout
    assert answer.stderr == "corridor: 4 changes\n"
    assert run("diff now now").stdout == "Nothing is new.\n"


def test_the_list_has_three_forms(two: Path) -> None:
    rows = json.loads(run("diff monday now --to json").stdout)
    assert [row["change"] for row in rows] == ["added", "added", "status", "contradicted"]
    assert run("diff monday now --to csv -o out/changes.csv").stdout == ""
    with (two / "out" / "changes.csv").open(encoding="utf-8", newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == [row["id"] for row in rows]
    run("diff monday now --html new.html")
    assert "<h1>What is new</h1>" in (two / "new.html").read_text(encoding="utf-8")


def test_since_a_day_leaves_what_was_reported_then(two: Path) -> None:
    rows = json.loads(run("diff monday now --to json --since 2025-06-06").stdout)
    assert [row["change"] for row in rows] == ["status"]


def test_resolve_tells_what_its_records_changed(here: Path) -> None:
    answer = run("resolve today.jsonl -o monday --since monday --to json")
    assert [row["change"] for row in json.loads(answer.stdout)] == ["added", "added", "status", "contradicted"]
    again = run("resolve today.jsonl -o monday --since monday")
    assert (again.exit_code, again.stdout) == (0, "Nothing is new.\n")


def test_resolve_tells_what_changed_since_a_day_or_another_folder(two: Path) -> None:
    by_day = run("resolve today.jsonl -o now --since 2025-06-04 --to json")
    assert [row["change"] for row in json.loads(by_day.stdout)] == ["added", "status", "contradicted"]
    by_folder = run("resolve today.jsonl -o now --since monday --to json")
    assert [row["change"] for row in json.loads(by_folder.stdout)] == ["added", "added", "status", "contradicted"]


def test_the_first_run_of_a_folder_adds_everything(here: Path) -> None:
    assert run("resolve first.jsonl -o fresh --since fresh").stdout.startswith("Added (1)\n")


def test_without_since_resolve_prints_no_changes(here: Path) -> None:
    assert run("resolve today.jsonl -o monday").stdout == ""


def test_alerts_are_exit_code_3_and_none_is_0(two: Path) -> None:
    found = run("diff monday now --alerts port.yaml --to json")
    assert found.exit_code == 3
    assert [(row["change"], row["alerts"]) for row in json.loads(found.stdout)] == [("status", ["port"])]
    assert found.stderr == "corridor: 1 alert\n"
    none = run("diff monday now --alerts none.yaml")
    assert (none.exit_code, none.stdout) == (0, "Nothing is new.\n")
    assert run("resolve today.jsonl -o monday --since monday --alerts port.yaml").exit_code == 3


def test_alerts_count_more_than_articles_that_failed(here: Path) -> None:
    with (here / "today.jsonl").open("a", encoding="utf-8") as file:
        file.write("{}\n")
    answer = run("resolve today.jsonl -o monday --since monday --alerts port.yaml")
    assert (answer.exit_code, "today.jsonl:4" in answer.stderr) == (3, True)
    assert run("resolve today.jsonl -o monday --since monday --alerts port.yaml").exit_code == 1


def test_the_webhook_gets_alerts_only_where_there_are_any(two: Path, hook: list[Any]) -> None:
    assert run("diff monday now --alerts none.yaml --webhook http://example.org/").exit_code == 0
    assert hook == []
    assert run("diff monday now --alerts port.yaml --webhook http://example.org/").exit_code == 3
    assert hook == [["status"]]


def test_a_webhook_that_fails_is_exit_code_1_and_the_list_is_there(two: Path, hook: list[Any]) -> None:
    answer = run("diff monday now --alerts port.yaml --webhook http://down.example.org/")
    assert answer.exit_code == 1
    assert "it is down" in answer.stderr and "Status changed (1)" in answer.stdout


def test_what_is_overdue_depends_on_the_day(here: Path) -> None:
    promise = port("o", "2025-06-03", "agreed", "USD 3e8", "2025-06-30")
    (here / "promise.jsonl").write_text(promise.to_json(), encoding="utf-8")
    run("resolve promise.jsonl -o promised")
    assert run("diff promised promised").stdout == "Nothing is new.\n"
    assert "Overdue, and nothing was heard (1)" in run("diff promised promised --today 2025-07-01").stdout
