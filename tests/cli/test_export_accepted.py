"""`corridor export --only accepted`: what a person accepted goes out, as the person left it, in every form."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from builders import DOLLARS, commitment, record
from typer.testing import CliRunner, Result

from pipeline.cli import app
from pipeline.publish import Form
from pipeline.record import Record
from pipeline.review.edits.working import slot_id
from pipeline.review.page.store import Store

OUT = {"xlsx": "n.xlsx", "duckdb": "n.duckdb", "iati": "n.xml", "ftm": "n.ftm.jsonl", "graph": "n.graphml"}
MONEY = slot_id("c1", "amounts", DOLLARS)
TWO = [commitment(), commitment(id="c2", kind="contract", status="agreed", amounts=[], flow=None)]
FOUND = [record("one", commitments=TWO), record("two", commitments=TWO)]
Review = Callable[..., None]


def on(name: str, decision: str = "accepted") -> dict[str, Any]:
    return {"do": "decide", "id": name, "decision": decision}


def less(value: float) -> dict[str, Any]:
    return {"do": "set", "id": MONEY, "fields": {"value": value}}


def save(path: Path, found: list[Record]) -> None:
    path.write_text("".join(one.to_json() + "\n" for one in found), encoding="utf-8")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    save(tmp_path / "records.jsonl", FOUND)
    return tmp_path


@pytest.fixture
def review() -> Review:
    """Decisions on articles, by their ids, in the folder of a reviewer."""

    def reviewed(folder: str, **decisions: list[dict[str, Any]]) -> None:
        store = Store("records.jsonl", Path(folder), print, folder.title())
        for name, some in decisions.items():
            for decision in some:
                store.decide(name, store.article(name)["version"], decision)
        store.close()

    return reviewed


def run(form: str, *words: str, code: int = 0) -> Result:
    answer = CliRunner().invoke(app, ["export", "records.jsonl", "--to", form, "-o", OUT.get(form, "out/"), *words])
    assert answer.exit_code == code, answer.output
    return answer


def summary(answer: Result) -> str:
    (line,) = [line for line in answer.stderr.splitlines() if "left out" in line]
    return line.removeprefix("corridor: ")


def table(name: str) -> list[dict[str, str]]:
    with Path(f"out/{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("form", get_args(Form))
def test_every_form(form: Form, here: Path, review: Review) -> None:
    review("ann", one=[less(6e8), on("c1"), on("c2", "rejected")])
    answer = run(form, "--reviewed", "ann", "--only", "accepted")
    assert summary(answer) == (
        "0 accepted, 1 corrected exported; 1 rejected, 0 unsure, 0 reopened, 2 undecided left out"
    )
    assert "1 record exported" in answer.stderr
    assert (here / OUT.get(form, "out/")).exists()


def test_only_what_the_accepted_row_rests_on_goes_out(review: Review) -> None:
    review("ann", one=[less(6e8), on("c1")], two=[on("c2")])
    run("csv", "--reviewed", "ann", "--only", "accepted")
    rows = {row["commitment"]: row for row in table("commitments")}
    assert rows.keys() == {"one/c1", "two/c2"}
    assert (rows["one/c1"]["method"], rows["two/c2"]["method"]) == ("person", "rules+person")
    assert {row["value"] for row in table("amounts") if row["commitment"] == "one/c1"} == {"600000000", "200000000"}
    assert {row["actor"] for row in table("actors")} == {f"{name}/a{n}" for name in ("one", "two") for n in (1, 2, 3)}
    assert table("relations") == []


def test_iati_and_followthemoney_take_the_accepted_by_default(here: Path, review: Review) -> None:
    review("ann", one=[less(6e8), on("c1")], two=[on("c1")])
    run("iati", "--reviewed", "ann")
    text = (here / "n.xml").read_text(encoding="utf-8")
    assert (text.count("<iati-activity "), ">600000000<" in text) == (2, True)
    assert "corrected or added by a person" in text and "read automatically, accepted by a person" in text
    run("iati", "--reviewed", "ann", "--only", "all")
    assert (here / "n.xml").read_text(encoding="utf-8").count("<iati-activity ") == 4
    run("ftm", "--reviewed", "ann")
    entities = [json.loads(line) for line in (here / "n.ftm.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sum(one["schema"] == "Article" for one in entities) == 2


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("person", "corrected or added by a person"),
        ("rules+person", "read automatically, accepted by a person"),
        ("reviewed", "corrected or added by a person"),
        ("rules+reviewed", "read automatically, accepted by a person"),
        ("rules+llm:m", "read automatically with confidence 0.80"),
    ],
)
def test_iati_says_who_read_it(here: Path, method: str, words: str) -> None:
    """Records of earlier versions have `reviewed` in place of `person`."""
    one = TWO[0].model_copy(update={"method": method, "confidence": 0.8})
    save(here / "records.jsonl", [record("one", commitments=[one])])
    run("iati")
    assert words in (here / "n.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["iati", "ftm"])
def test_a_form_for_others_warns_that_nobody_accepted(form: str) -> None:
    assert "nobody has accepted these 4 commitments; review them" in run(form).stderr


def test_tables_do_not_warn() -> None:
    assert "nobody" not in run("csv").stderr


def test_what_a_newer_record_reopens_is_left_out(here: Path, review: Review) -> None:
    review("ann", one=[on("c1"), on("c2")])
    (one, other), dear = TWO, DOLLARS.model_copy(update={"value": 9e8})
    save(here / "records.jsonl", [record("one", commitments=[one.model_copy(update={"amounts": [dear]}), other])])
    assert summary(run("csv", "--only", "accepted", "--reviewed", "ann")) == (
        "1 accepted, 0 corrected exported; 0 rejected, 0 unsure, 1 reopened, 0 undecided left out"
    )
    assert [row["commitment"] for row in table("commitments")] == ["one/c2"]


def test_the_decisions_of_a_damaged_file_are_named(here: Path, review: Review) -> None:
    review("ann", one=[on("c1")], two=[on("c1")])
    (here / "ann/decisions/one.jsonl").write_text("{}\n", encoding="utf-8")
    answer = run("csv", "--only", "accepted", "--reviewed", "ann", code=1)
    assert "decisions/one.jsonl:1: is damaged" in answer.stderr
    assert [row["commitment"] for row in table("commitments")] == ["two/c1"]


def test_nothing_accepted_says_what_was_decided(review: Review) -> None:
    review("ann", one=[on("c1", "unsure")])
    answer = run("iati", "--reviewed", "ann", code=2)
    assert summary(answer).startswith("0 accepted, 0 corrected exported; 0 rejected, 1 unsure")
