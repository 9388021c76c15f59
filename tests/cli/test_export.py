"""`corridor export` as a person meets it: every form, what fails named, and what a person accepted."""

import csv
import json
from pathlib import Path
from typing import Any, get_args

import pytest
from builders import DOLLARS, commitment, record
from test_cli import Answer
from test_cli import run as corridor

from pipeline.publish.formats import Form
from pipeline.record import Record
from pipeline.records import PARTS
from pipeline.review.edits.working import slot_id
from pipeline.review.page.store import Store

OUT = {"xlsx": "n.xlsx", "duckdb": "n.duckdb", "iati": "n.xml", "ftm": "n.ftm.jsonl", "graph": "n.graphml"}
MONEY = slot_id("c1", "amounts", DOLLARS)
TWO = [commitment(), commitment(id="c2", kind="contract", status="agreed", amounts=[], flow=None)]
FOUND = [record("one", commitments=TWO), record("two", commitments=TWO)]
LINES = [one.to_json() for one in FOUND]
LESS = {"do": "set", "id": MONEY, "fields": {"value": 6e8}}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    save(*FOUND)
    return tmp_path


def save(*found: Record) -> None:
    Path("records.jsonl").write_text("".join(f"{one.to_json()}\n" for one in found), encoding="utf-8")


def on(name: str, decision: str = "accepted") -> dict[str, Any]:
    return {"do": "decide", "id": name, "decision": decision}


def review(accept_at: float | None = None, **decisions: list[dict[str, Any]]) -> None:
    """Decisions on articles, by their ids, in the folder of a reviewer."""
    store = Store("records.jsonl", Path("ann"), print, "Ann", accept_at)
    for name, some in decisions.items():
        for decision in some:
            store.decide(name, store.article(name)["version"], decision)
    store.close()


def run(form: str, *words: str, records: str = "records.jsonl", stdin: str | None = None, code: int = 0) -> Answer:
    answer = corridor(f"corridor export {records} --to {form} -o {OUT.get(form, 'out/')} {' '.join(words)}", stdin)
    assert answer.code == code, answer.err
    return answer


def accepted(form: str, *words: str, code: int = 0) -> str:
    """The summary of an export with the decisions of the review."""
    answer = run(form, "--reviewed ann", *words, code=code)
    (line,) = [line for line in answer.err.splitlines() if "left out" in line]
    return line.removeprefix("corridor: ")


def table(name: str) -> list[dict[str, str]]:
    with Path(f"out/{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("form", get_args(Form))
def test_every_form(form: Form, here: Path) -> None:
    out = OUT.get(form, "out/")
    answer = run(form)
    assert (answer.out, f"2 records exported to {out}, 0 failed" in answer.err) == ("", True)
    assert ("nobody has accepted these 4 commitments; review them" in answer.err) == (form in ("iati", "ftm"))
    assert (here / out).exists()
    review(one=[LESS, on("c1"), on("c2", "rejected")])
    assert accepted(form, "--only accepted") == (
        "0 accepted, 1 corrected exported; 1 rejected, 0 unsure, 0 reopened, 2 undecided left out"
    )


def test_a_run_folder_in_parquet_and_standard_input(here: Path) -> None:
    (here / "run").mkdir()
    (here / "run" / "run.json").write_text("{}")
    for number, line in enumerate(LINES):
        (here / "run" / f"records-{number:05}.parquet").write_bytes(PARTS["parquet"]([line]))
    for name, stdin in (("run/", None), ("-", "\n".join(LINES))):
        run("csv", records=name, stdin=stdin)
        assert [row["article"] for row in table("articles")] == ["one", "two"]


def test_csv_for_spreadsheets(here: Path) -> None:
    answer = run("csv", "--safe-csv")
    assert "0 failed; text that begins like a formula has a ' before it" in answer.err
    assert "\"'=Minister" in (here / "out" / "articles.csv").read_text(encoding="utf-8")
    assert (here / "out" / "SAFE-CSV.txt").is_file()


def test_what_fails_is_named_and_the_rest_exported(here: Path) -> None:
    odd = record("odd", commitments=[commitment(by=["a9"])]).to_json()
    (here / "records.jsonl").write_text("\n".join([LINES[0], "{", odd, LINES[0], LINES[1]]), encoding="utf-8")
    answer = run("jsonl", code=1)
    assert "records.jsonl:2: not a record" in answer.err
    assert "records.jsonl:3: odd: commitments.by: there is no 'a9'" in answer.err
    assert "one: an article of this id came before" in answer.err
    assert "2 records exported to out/, 3 failed" in answer.err
    assert len((here / "out" / "articles.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def test_the_reporting_organisation_is_asked_for(here: Path) -> None:
    assert "set yours with --reporting-org" in run("iati").err
    answer = run("iati", "--reporting-org XM-EXAMPLE-1 --reporting-org-name Us")
    assert "placeholder" not in answer.err
    assert 'ref="XM-EXAMPLE-1"' in (here / "n.xml").read_text(encoding="utf-8")


def test_a_knowledge_folder_that_lacks_articles_is_named(here: Path) -> None:
    (here / "first.jsonl").write_text(LINES[0], encoding="utf-8")
    assert corridor("corridor resolve first.jsonl -o known").code == 0
    lacks = "known: lacks 1 article of these records"
    assert lacks in run("csv", "--knowledge known").err
    assert lacks in corridor("corridor report records.jsonl -o t.html --knowledge known").err
    assert "lacks" not in run("csv", "--knowledge known", records="first.jsonl").err


def test_only_what_the_accepted_row_rests_on_goes_out() -> None:
    review(one=[LESS, on("c1")], two=[on("c2")])
    accepted("csv", "--only accepted")
    rows = {row["commitment"]: row for row in table("commitments")}
    assert rows.keys() == {"one/c1", "two/c2"}
    assert (rows["one/c1"]["method"], rows["two/c2"]["method"]) == ("person", "rules+person")
    assert {row["value"] for row in table("amounts") if row["commitment"] == "one/c1"} == {"600000000", "200000000"}
    assert {row["actor"] for row in table("actors")} == {f"{name}/a{n}" for name in ("one", "two") for n in (1, 2, 3)}
    assert table("relations") == []


def test_iati_and_followthemoney_take_the_accepted_by_default(here: Path) -> None:
    review(one=[LESS, on("c1")], two=[on("c1")])
    accepted("iati")
    text = (here / "n.xml").read_text(encoding="utf-8")
    assert (text.count("<iati-activity "), ">600000000<" in text) == (2, True)
    assert "corrected or added by a person" in text and "read automatically, accepted by a person" in text
    run("iati", "--reviewed ann --only all")
    assert (here / "n.xml").read_text(encoding="utf-8").count("<iati-activity ") == 4
    accepted("ftm")
    entities = [json.loads(line) for line in (here / "n.ftm.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sum(one["schema"] == "Article" for one in entities) == 2


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("person", "corrected or added by a person"),
        ("rules+person", "read automatically, accepted by a person"),
        ("reviewed", "corrected or added by a person"),
        ("rules+reviewed", "read automatically, accepted by a person"),
        ("rules+llm:m", "read automatically with confidence 0.80<"),
        ("rules+agreement", "read automatically with confidence 0.80, accepted by agreement, not by a person<"),
    ],
)
def test_iati_says_who_read_it(here: Path, method: str, words: str) -> None:
    """Records of earlier versions have `reviewed` in place of `person`."""
    save(record("one", commitments=[TWO[0].model_copy(update={"method": method, "confidence": 0.8})]))
    run("iati")
    assert words in (here / "n.xml").read_text(encoding="utf-8")


def test_what_a_newer_record_reopens_and_what_is_damaged_is_left_out(here: Path) -> None:
    review(one=[on("c1"), on("c2")], two=[on("c1")])
    (one, other), dear = TWO, DOLLARS.model_copy(update={"value": 9e8})
    save(record("one", commitments=[one.model_copy(update={"amounts": [dear]}), other]))
    assert accepted("csv", "--only accepted") == (
        "1 accepted, 0 corrected exported; 0 rejected, 0 unsure, 1 reopened, 0 undecided left out"
    )
    assert [row["commitment"] for row in table("commitments")] == ["one/c2"]
    save(*FOUND)
    (here / "ann/decisions/one.jsonl").write_text("{}\n", encoding="utf-8")
    answer = run("csv", "--only accepted --reviewed ann", code=1)
    assert "decisions/one.jsonl:1: is damaged" in answer.err
    assert [row["commitment"] for row in table("commitments")] == ["two/c1"]


def test_nothing_accepted_says_what_was_decided() -> None:
    review(one=[on("c1", "unsure")])
    assert accepted("iati", code=2).startswith("0 accepted, 0 corrected exported; 0 rejected, 1 unsure")


def test_what_was_accepted_by_agreement_never_passes_as_a_persons(here: Path) -> None:
    (one, other) = (part.model_copy(update={"row_confidence": 0.9, "confidence": 0.8}) for part in TWO)
    save(record("one", commitments=[one, other]), record("two", commitments=TWO))
    review(0.9, one=[on("c2")])
    persons = "1 accepted, 0 corrected exported; 0 rejected, 0 unsure, 0 reopened, 2 undecided, 1 by agreement left out"
    assert (accepted("iati"), accepted("csv", "--only accepted")) == (persons, persons)
    assert [row["accepted_by"] for row in table("commitments_flat")] == ["person"]
    assert accepted("csv", "--only accepted-or-agreed") == (
        "1 accepted, 0 corrected, 1 by agreement exported; 0 rejected, 0 unsure, 0 reopened, 2 undecided left out"
    )
    rows = {row["commitment"]: row for row in table("commitments")}
    assert {name: (row["accepted_by"], row["method"], row["confidence"]) for name, row in rows.items()} == {
        "one/c1": ("agreement", "rules+agreement", "0.8"),
        "one/c2": ("person", "rules+person", "1"),
    }
    accepted("iati", "--only accepted-or-agreed")
    text = (here / "n.xml").read_text(encoding="utf-8")
    assert (text.count("not by a person"), text.count("accepted by a person")) == (1, 1)
    assert corridor("corridor resolve records.jsonl -o known").code == 0
    assert corridor("corridor sums known --reviewed ann").out.splitlines()[0].endswith("1 act, 0 accepted by a person.")
    assert "no money that a sum counts" in corridor("corridor sums known --reviewed ann --only accepted").out
    run("csv", "--only all --reviewed ann")
    assert {row["accepted_by"] for row in table("commitments")} == {""}
    answer = corridor("corridor export records.jsonl --to csv -o out --only accepted-or-agreed")
    assert (answer.code, "--only accepted-or-agreed needs decisions" in answer.err) == (2, True)
