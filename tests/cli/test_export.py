"""`corridor export` as a person meets it: every form, what fails named, exit codes."""

from pathlib import Path
from typing import get_args

import pytest
from builders import commitment, record
from typer.testing import CliRunner, Result

from pipeline.cli import app
from pipeline.publish import Form
from pipeline.records import PARTS

OUT = {
    "xlsx": "news.xlsx",
    "duckdb": "news.duckdb",
    "iati": "news.xml",
    "ftm": "news.ftm.jsonl",
    "graph": "news.graphml",
}
LINES = [record(f"peru/{number}").to_json() for number in range(3)]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "records.jsonl").write_bytes(PARTS["jsonl"](LINES))
    return tmp_path


def run(*words: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, ["export", *words], input=stdin)


@pytest.mark.parametrize("form", get_args(Form))
def test_every_form(form: Form, here: Path) -> None:
    out = OUT.get(form, "tables/")
    answer = run("records.jsonl", "--to", form, "-o", out)
    assert answer.exit_code == 0, answer.output
    assert answer.stdout == ""
    assert f"3 records exported to {out}, 0 failed" in answer.stderr
    assert (here / out).exists()


def test_a_run_folder_in_parquet_and_standard_input(here: Path) -> None:
    (here / "run").mkdir()
    (here / "run" / "run.json").write_text("{}")
    for number, line in enumerate(LINES):
        (here / "run" / f"records-{number:05}.parquet").write_bytes(PARTS["parquet"]([line]))
    for name, stdin in (("run/", None), ("-", "\n".join(LINES))):
        assert run(name, "--to", "csv", "-o", "out/", stdin=stdin).exit_code == 0
        assert (here / "out" / "articles.csv").read_text(encoding="utf-8").count('"peru/') == 3


def test_csv_for_spreadsheets(here: Path) -> None:
    answer = run("records.jsonl", "--to", "csv", "-o", "out", "--safe-csv")
    assert (answer.exit_code, "0 failed; text that begins like a formula has a ' before it" in answer.stderr) == (
        0,
        True,
    )
    assert "\"'=Minister" in (here / "out" / "articles.csv").read_text(encoding="utf-8")
    assert (here / "out" / "SAFE-CSV.txt").is_file()
    other = run("records.jsonl", "--to", "jsonl", "-o", "other", "--safe-csv")
    assert (other.exit_code, "--safe-csv is for csv" in other.stderr) == (2, True)


def test_what_fails_is_named_and_the_rest_exported(here: Path) -> None:
    odd = record("odd", commitments=[commitment(by=["a9"])]).to_json()
    (here / "records.jsonl").write_text("\n".join([LINES[0], "{", odd, LINES[0], LINES[1]]), encoding="utf-8")
    answer = run("records.jsonl", "--to", "jsonl", "-o", "out")
    assert answer.exit_code == 1
    assert "records.jsonl:2: not a record" in answer.stderr
    assert "records.jsonl:3: odd: commitments.by: there is no 'a9'" in answer.stderr
    assert "peru/0: an article of this id came before" in answer.stderr
    assert "2 records exported to out, 3 failed" in answer.stderr
    assert len((here / "out" / "articles.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def test_the_reporting_organisation_is_asked_for(here: Path) -> None:
    assert "set yours with --reporting-org" in run("records.jsonl", "--to", "iati", "-o", "a.xml").stderr
    words = ("--reporting-org", "XM-EXAMPLE-1", "--reporting-org-name", "Us")
    answer = run("records.jsonl", "--to", "iati", "-o", "b.xml", *words)
    assert "placeholder" not in answer.stderr
    assert 'ref="XM-EXAMPLE-1"' in (here / "b.xml").read_text(encoding="utf-8")


def test_a_knowledge_folder_that_lacks_articles_is_named(here: Path) -> None:
    (here / "first.jsonl").write_bytes(PARTS["jsonl"](LINES[:1]))
    assert CliRunner().invoke(app, ["resolve", "first.jsonl", "-o", "known"]).exit_code == 0
    for words in (["export", "records.jsonl", "--to", "csv", "-o", "t/"], ["report", "records.jsonl", "-o", "t.html"]):
        answer = CliRunner().invoke(app, [*words, "--knowledge", "known"])
        assert answer.exit_code == 0, answer.stderr
        assert "known: lacks 2 articles of these records" in answer.stderr
    answer = CliRunner().invoke(app, ["export", "first.jsonl", "--to", "csv", "-o", "t/", "--knowledge", "known"])
    assert "lacks" not in answer.stderr
