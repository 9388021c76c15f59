"""Run folders by the command: what is refused, with which exit code, and what `verify` says."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from run.engine import Engine, files, long, records
from test_cli import Answer, run

PATHS = {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
WRITER = """
import time
from pathlib import Path
from pipeline.run.files import Folder
folder = Folder(Path("run"))
folder.lock()
print("has it", flush=True)
time.sleep(600)
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with ten articles in a.jsonl and three of them in b.jsonl; no model is loaded."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("pipeline.run.local_engine", lambda *_: nullcontext(Engine()))
    monkeypatch.setattr("pipeline.run.parts.PART", 4)
    for name, letters in (("a", "abcdefghij"), ("b", "abc")):
        write(tmp_path / f"{name}.jsonl", *[{"id": letter, "text": long(letter)} for letter in letters])
    return tmp_path


def write(path: Path, *rows: dict[str, Any]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def refused(command: str, reason: str, stdin: str | None = None) -> None:
    before = files(Path("run"))
    answer = run(command, stdin)
    assert (answer.code, reason in answer.err) == (2, True), answer.err
    assert files(Path("run")) == before


def ended(command: str, stdin: str | None = None, code: int = 0) -> Answer:
    answer = run(command, stdin)
    assert answer.code == code, answer.err
    return answer


def test_a_run_folder_has_the_number_of_articles_without_a_date(here: Path) -> None:
    dated = {"id": "z", "text": long("z"), "date": "2025-03-04"}
    with (here / "a.jsonl").open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps(dated)}\n")
    for resume in ("", " --resume"):
        answer = ended(f"corridor extract a.jsonl -o run/{resume}")
        assert answer.err.count("10 articles have no date") == 1
        assert json.loads(Path("run/run.json").read_bytes())["undated"] == 10


def test_a_shorter_input_is_refused_and_prune_named(here: Path) -> None:
    ended("corridor extract a.jsonl -o run/")
    refused("corridor extract b.jsonl -o run/ --resume", "7 finished articles are not in this input: d, e, f, ...")
    refused("corridor extract a.jsonl -o run/ --resume --limit 9", "add --prune")
    assert "3 records written" in ended("corridor extract b.jsonl -o run/ --resume --prune").err
    ended("corridor extract b.jsonl -o fresh/")
    assert records(here / "run") == records(here / "fresh")


def test_standard_input_is_looked_through_before_anything_is_changed(here: Path) -> None:
    whole, part = (here / "a.jsonl").read_text(), (here / "b.jsonl").read_text()
    ended("corridor extract - -o run/", stdin=part)
    assert "10 records written" in ended("corridor extract - -o run/ --resume", stdin=whole).err
    refused("corridor extract - -o run/ --resume", "7 finished articles are not in this input", stdin=part)
    ended("corridor extract a.jsonl -o fresh/")
    assert records(here / "run") == records(here / "fresh")


def test_warnings_of_an_input_that_is_read_twice_come_once(here: Path) -> None:
    first = {"id": "x", "headline": "X", "text": long("x"), "date": "5/11/2025"}
    write(here / "c.jsonl", first, {"id": "x", "text": long("y")})
    ended("corridor extract c.jsonl -o run/")
    said = ended("corridor extract c.jsonl -o run/ --resume").err
    assert all(said.count(one) == 1 for one in ("is ambiguous", "the id x is not unique", "title from headline"))


def test_a_message_of_each_article_is_said_once_with_a_count(here: Path) -> None:
    write(here / "c.jsonl", *[{"text": long("x"), "date": "5/11/2025"} for _ in range(300)])
    said = ended("corridor extract c.jsonl -o run/").err
    assert said.count("is not unique") == said.count("is ambiguous") == 2
    assert "298 more messages like this: the id" in said and "299 more messages like this: c.jsonl:1: the date" in said
    write(here / "c.jsonl", *[{"id": letter, "text": long(letter)} for letter in "abcdef"])
    ended("corridor extract c.jsonl -o other/")
    write(here / "c.jsonl", *[{"id": letter, "text": long(letter), "title": "x"} for letter in "abcdef"])
    said = ended("corridor extract c.jsonl -o other/ --resume").err
    assert said.count("has changed; read again") == 2 and "5 more messages like this: a: text, date" in said


@pytest.mark.parametrize("text", ["", '{"ma', "[]", "{}"])
def test_a_damaged_run_json_ends_in_no_traceback(here: Path, text: str) -> None:
    ended("corridor extract a.jsonl -o run/")
    (here / "run" / "run.json").write_text(text)
    assert "run/run.json: is damaged; --resume writes it again" in ended("corridor verify run/", code=1).out
    ended("corridor extract a.jsonl -o run/ --resume")
    assert ended("corridor verify run/").out == ""


def test_verify_names_each_damage_and_resume_says_what_it_mends(here: Path) -> None:
    ended("corridor extract a.jsonl -o run/")
    answer = ended("corridor verify run/")
    assert (answer.out, answer.err) == ("", "corridor: run/: whole\n")
    whole = files(here / "run")
    part = here / "run" / "records-00001.jsonl"
    part.write_bytes(part.read_bytes()[:100])
    (here / "run" / "failed.jsonl").unlink()
    found = ended("corridor verify run/", code=1).out.splitlines()
    assert [line.partition(": ")[0] for line in found] == [*["run/records-00001.jsonl"] * 3, "run/failed.jsonl"]
    said = ended("corridor extract a.jsonl -o run/ --resume").err
    assert "records-00001.jsonl is not as it was written; its articles are read again" in said
    assert {name: data for name, data in files(here / "run").items() if name.startswith("records")} == {
        name: data for name, data in whole.items() if name.startswith("records")
    }
    ended("corridor verify run/ --quiet")


def test_users_files_in_a_run_folder_are_no_records(here: Path) -> None:
    ended("corridor extract a.jsonl -o run/")
    for name in ("records-backup.jsonl", "records-00001 (copy).jsonl", "manifest-old.sqlite", "manifest-old.jsonl"):
        (here / "run" / name).write_text("mine\n")
    ended("corridor extract a.jsonl -o run/ --resume")
    ended("corridor verify run/")
    assert ended("corridor show run/").err == ""
    (here / "run" / "run.json").unlink()
    assert ended("corridor show run/").err == ""


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_a_second_writer_is_refused_until_the_first_is_gone(here: Path) -> None:
    ended("corridor extract a.jsonl -o run/")
    with subprocess.Popen([sys.executable, "-c", WRITER], stdout=subprocess.PIPE, env={**os.environ, **PATHS}) as other:
        assert other.stdout and other.stdout.readline() == b"has it\n"
        refused("corridor extract a.jsonl -o run/ --resume", "run: another `corridor extract` is writing to it")
        refused("corridor verify run/", "another `corridor extract` is writing to it")
        other.send_signal(signal.SIGKILL)
        other.wait(10)
        start = time.monotonic()
        ended("corridor extract a.jsonl -o run/ --resume")
        assert time.monotonic() - start < 10
