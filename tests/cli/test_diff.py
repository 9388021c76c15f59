"""`corridor diff` and `corridor resolve --since` as a person or a cron job meets them."""

import csv
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from knowledge.changes.news import contradicting, port
from test_cli import Answer
from test_cli import run as corridor

FIRST = port("o", "2025-06-03")
LATER = port("p", "2025-06-10", "underway", words="Work on berths at Lamu Port has begun.")
EVERY = ["added", "added", "status", "contradicted"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folders `monday` and `now`, which knows the records of today in `today.jsonl` too, and rules."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "first.jsonl").write_text(FIRST.to_json() + "\n", encoding="utf-8")
    today = [LATER, *contradicting()]
    (tmp_path / "today.jsonl").write_text("".join(f"{one.to_json()}\n" for one in today), encoding="utf-8")
    (tmp_path / "port.yaml").write_text("- name: port\n  project: Lamu Port\n", encoding="utf-8")
    (tmp_path / "none.yaml").write_text("- by: Peru\n", encoding="utf-8")
    for folder in ("monday", "now"):
        run(f"resolve first.jsonl -o {folder}")
    assert run("resolve today.jsonl -o now").out == ""
    return tmp_path


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the webhook is sent; addresses with `down` fail."""
    sent: list[Any] = []

    def post(url: str, rows: Any) -> str | None:
        sent.append([row.change for row in rows])
        return "it is down" if "down" in url else None

    monkeypatch.setattr(sys.modules["pipeline.cli.resolve"], "post", post)
    return sent


def run(command: str, code: int = 0) -> Answer:
    answer = corridor(f"corridor {command}")
    assert answer.code == code, answer.err
    return answer


def test_two_folders_are_compared_in_three_forms(here: Path) -> None:
    answer = run("diff monday now")
    assert answer.out.startswith("Added (2)\n")
    assert "agreed → underway. “Work on berths at Lamu Port has begun.” (p, 2025-06-10)" in answer.out
    assert answer.err == "corridor: 4 changes\n"
    rows = json.loads(run("diff monday now --to json").out)
    assert [row["change"] for row in rows] == EVERY
    assert run("diff monday now --to csv -o out/changes.csv").out == ""
    with (here / "out" / "changes.csv").open(encoding="utf-8", newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == [row["id"] for row in rows]
    run("diff monday now --html new.html")
    assert "<h1>What is new</h1>" in (here / "new.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("command", "changes"),
    [
        ("diff monday now --since 2025-06-06", ["status"]),
        ("diff now now", []),
        ("resolve today.jsonl -o monday --since monday", EVERY),
        ("resolve today.jsonl -o now --since now", []),
        ("resolve today.jsonl -o now --since 2025-06-04", ["added", "status", "contradicted"]),
        ("resolve today.jsonl -o now --since monday", EVERY),
        ("resolve first.jsonl -o fresh --since fresh", ["added"]),
    ],
)
def test_changes_are_those_since_a_folder_a_day_or_the_last_run(here: Path, command: str, changes: list[str]) -> None:
    assert [row["change"] for row in json.loads(run(f"{command} --to json").out)] == changes


def test_alerts_are_exit_code_3_and_none_is_0(here: Path) -> None:
    found = run("diff monday now --alerts port.yaml --to json", 3)
    assert [(row["change"], row["alerts"]) for row in json.loads(found.out)] == [("status", ["port"])]
    assert found.err == "corridor: 1 alert\n"
    assert run("diff monday now --alerts none.yaml").out == "Nothing is new.\n"


def test_alerts_count_more_than_articles_that_failed(here: Path) -> None:
    with (here / "today.jsonl").open("a", encoding="utf-8") as file:
        file.write("{}\n")
    assert "today.jsonl:4" in run("resolve today.jsonl -o monday --since monday --alerts port.yaml", 3).err
    run("resolve today.jsonl -o monday --since monday --alerts port.yaml", 1)


def test_the_webhook_gets_alerts_only_where_there_are_any(here: Path, hook: list[Any]) -> None:
    run("diff monday now --alerts none.yaml --webhook http://example.org/")
    assert hook == []
    run("diff monday now --alerts port.yaml --webhook http://example.org/", 3)
    assert hook == [["status"]]
    answer = run("diff monday now --alerts port.yaml --webhook http://down.example.org/", 1)
    assert "it is down" in answer.err and "Status changed (1)" in answer.out


def test_what_is_overdue_depends_on_the_day(here: Path) -> None:
    promise = port("o", "2025-06-03", "agreed", "USD 3e8", "2025-06-30")
    (here / "promise.jsonl").write_text(promise.to_json(), encoding="utf-8")
    run("resolve promise.jsonl -o promised")
    assert run("diff promised promised").out == "Nothing is new.\n"
    assert "Overdue, and nothing was heard (1)" in run("diff promised promised --today 2025-07-01").out
