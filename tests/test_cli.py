"""The command line as a person meets it: every command, exit codes, every example of every help page."""

import gzip
import json
import os
import re
import shlex
import socket
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import typer
from openpyxl import load_workbook
from run.engine import Engine, go
from spacy.language import Language
from spacy.tokens import Doc
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import SetupError
from pipeline.extract import results_of
from pipeline.record import Record, json_schema, quotes
from pipeline.review.page.store import Store
from pipeline.settings import install
from pipeline.stages.assemble import assemble

ROOT = Path(__file__).resolve().parents[1]
GROUP = typer.main.get_command(app)
COMMANDS = [
    " ".join(filter(None, (name, part)))
    for name, one in GROUP.commands.items()
    for part in getattr(one, "commands", [""])
]
DAM = "Nepal's energy minister Maya Rai said the World Bank would lend $120 million for a dam by 2031.\n"
ROAD = "Japan signed a grant agreement with Kenya on Monday to repair 40 km of road near Mombasa.\n"
Files = dict[str, Any]  # by name a text, or the rows of JSON lines


class Answer:
    """What one command gave back."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


def run(command: str, stdin: str | None = None) -> Answer:
    """Runs `corridor ...` in this process."""
    words = shlex.split(command)[1:]
    result = CliRunner().invoke(app, words, input=stdin)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Answer(result.exit_code, result.stdout, result.stderr)


def write(folder: Path, files: Files) -> None:
    for name, content in files.items():
        text = content if isinstance(content, str) else "".join(f"{json.dumps(row)}\n" for row in content)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nlp: Language) -> Path:
    """An empty folder to work in, with two articles in news/; the pipeline is loaded already."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("pipeline.extract.load", lambda *_, **__: nlp)
    write(tmp_path, {"news/dam.txt": DAM, "news/road.txt": ROAD})
    return tmp_path


@pytest.fixture(scope="module")
def extracted() -> list[bytes]:
    return []


@pytest.fixture
def records(here: Path, extracted: list[bytes]) -> Path:
    """The records of news/, made once for all tests."""
    if not extracted:
        assert run("corridor extract news/ -o records.jsonl").code == 0
        extracted.append((here / "records.jsonl").read_bytes())
    (here / "records.jsonl").write_bytes(extracted[0])
    return here / "records.jsonl"


def read(path: Path) -> list[Record]:
    return [Record.model_validate_json(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_extract_writes_one_record_an_article_and_the_same_bytes_again(records: Path) -> None:
    found, first = read(records), records.read_bytes()
    assert {record.article.text for record in found} == {DAM, ROAD}
    for record in found:
        assert record.mentions
        assert all(record.article.text[quote.start : quote.end] == quote.text for quote in quotes(record))
    assert run("corridor extract news/ -o records.jsonl").code == 0
    assert records.read_bytes() == first


def test_without_out_records_and_nothing_else_go_to_standard_output(here: Path) -> None:
    answer = run("corridor extract news/")
    assert [json.loads(line)["schema_version"] for line in answer.out.splitlines()] == ["2.1", "2.1"]
    assert "2 records written to standard output, 0 failed" in answer.err


@pytest.mark.parametrize(
    ("options", "stdin", "article"),
    [
        ("- --date 2025-09-25 --source Wire", DAM, {"text": DAM, "date": "2025-09-25", "source": "Wire"}),
        ("- --title Given", f"Road signed\n\n{ROAD}", {"title": "Given"}),
        ("mail.eml --title Given", None, {"title": "Road signed"}),
        ("a.json", None, {"text": DAM, "title": None}),
        ("b.jsonl.gz", None, {"text": "A port was opened."}),
        ("c.jsonl --column text=body --column date=when", None, {"id": "r1", "text": ROAD, "date": "2025-03-04"}),
        ("d.csv --column text=body", None, {"title": "Road signed", "date": "2025-03-04", "text": ROAD.strip()}),
    ],
)
def test_options_and_files_reach_the_article(
    here: Path, options: str, stdin: str | None, article: dict[str, Any]
) -> None:
    row = {"body": ROAD, "when": "2025-03-04", "id": "r1"}
    table = f'headline,published,author,body\nRoad signed,2025-03-04,M. Rai,"{ROAD.strip()}"\n'
    (here / "b.jsonl.gz").write_bytes(gzip.compress(json.dumps({"text": "A port was opened."}).encode()))
    mail, dam = f"Subject: Road signed\n\n{ROAD}", json.dumps([{"text": DAM}])
    write(here, {"mail.eml": mail, "a.json": dam, "c.jsonl": [row], "d.csv": table})
    answer = run(f"corridor extract {options} --quiet", stdin)
    found = json.loads(answer.out)["article"]
    assert {name: found[name] for name in article} == article
    assert [line for line in answer.err.splitlines() if "no date" not in line] == []


TABLE = f'headline,published,author,body\nRoad signed,2025-03-04,M. Rai,"{ROAD.strip()}"\n'
UNDATED = "have no date, so sums by year and --since leave them out: give a day with --date, such as --date 2025-09-25"
ROWS = [{"id": "x", "text": DAM}, {"id": "y", "text": ROAD}, {"id": "z", "text": DAM + ROAD, "date": "2025-11-18"}]
MATCHED = "title from headline, date from published, text from body; left over: author"
SAID: list[tuple[Files, str, int, str, list[str]]] = [
    ({"a.csv": TABLE, "b.csv": TABLE}, "a.csv b.csv", 0, f"corridor: a.csv: {MATCHED}", ["2025-03-04"] * 2),
    ({"news/half.jsonl": '{"id": "x", "te'}, "news/ --quiet", 1, "half.jsonl", [None, None]),
    ({"news/deep/b.ODT": "", "news/a.odt": "", "news/c.doc": ""}, "news/", 0, "skipped 1 .doc, 2 .odt", [None, None]),
    ({"r.jsonl": ROWS}, "r.jsonl", 0, f"corridor: 2 articles {UNDATED}", [None, None, "2025-11-18"]),
    ({"r.jsonl": ROWS}, "r.jsonl --limit 1", 0, "corridor: 1 article has no date, so sums by year", [None]),
    ({"r.jsonl": ROWS}, "r.jsonl --date 2025-11-20", 0, "", ["2025-11-20", "2025-11-20", "2025-11-18"]),
    ({"r.jsonl": ROWS}, "r.jsonl --since 2025-01-01", 0, "--since left out 2 articles without a date", ["2025-11-18"]),
    ({"r.jsonl": [ROWS[0] | {"date": "05/11/2025"}]}, "r.jsonl", 0, "is ambiguous; write it as 2025-11-05", [None]),
]


@pytest.mark.parametrize(("files", "options", "code", "said", "dates"), SAID)
def test_what_is_left_out_or_guessed_is_said_once(
    here: Path, files: Files, options: str, code: int, said: str, dates: list[str | None]
) -> None:
    write(here, files)
    answer = run(f"corridor extract {options} -o records.jsonl")
    assert answer.code == code
    assert answer.err.count(said) == 1 or not said
    assert ("no date" in answer.err) == (None in dates)
    assert [record.article.date for record in read(here / "records.jsonl")] == dates


@pytest.mark.parametrize("command", ["show", "report -o r.html", "export --to jsonl -o tables/", "resolve -o known/"])
@pytest.mark.parametrize("name", ["in.jsonl", "in.csv", "in.txt", "in.json", "list.json", "in.jsonl.gz"])
def test_input_where_records_are_wanted_is_said_to_be_input(here: Path, command: str, name: str) -> None:
    row, table = {"id": "x", "text": ROAD}, f"id,text\n{ROAD}" * 40
    whole, listed = json.dumps({"text": ROAD}, indent=2), json.dumps([row])
    write(here, {"in.jsonl": [row] * 40, "in.csv": table, "in.txt": ROAD * 40, "in.json": whole, "list.json": listed})
    (here / "in.jsonl.gz").write_bytes(gzip.compress(json.dumps(row).encode()))
    word, _, rest = command.partition(" ")
    answer = run(f"corridor {word} {name} {rest}")
    said = f"corridor: {name}: this is input, not records; run `corridor extract {name} -o records.jsonl` first\n"
    assert (answer.code, answer.err, answer.out) == (2, said, "")


def test_a_defect_costs_one_article(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsound(doc: Doc) -> Record:
        record: Record = assemble(doc)
        if record.article.text == DAM:
            raise ZeroDivisionError("on purpose")
        return record

    monkeypatch.setattr("pipeline.stages.pipeline.assemble", unsound)
    answer = run("corridor extract news/ -o records.jsonl")
    assert answer.code == 1
    assert [record.article.text for record in read(here / "records.jsonl")] == [ROAD]
    assert "on purpose" in answer.err
    assert "Traceback" not in answer.err


def test_what_gives_no_record_or_is_stopped_leaves_the_old_file_whole(
    records: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = records.read_bytes()
    write(records.parent, {"odd.csv": "a,b\n1,2\n"})
    answer = run("corridor extract odd.csv -o records.jsonl")
    assert (answer.code, "odd.csv" in answer.err, records.read_bytes()) == (1, True, before)

    def stopped(*arguments: object) -> object:
        yield next(results_of(*arguments))  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.run.workers.worker.results_of", stopped)
    answer = run("corridor extract news/ -o records.jsonl")
    assert (answer.code, "stopped" in answer.err, records.read_bytes()) == (130, True, before)
    assert sorted(path.name for path in records.parent.iterdir()) == ["news", "odd.csv", "records.jsonl"]


@pytest.mark.skipif(os.name != "posix", reason="needs device files")
def test_a_device_is_written_and_not_replaced(here: Path) -> None:
    assert run("corridor extract news/ -o /dev/null").code == 0
    assert Path("/dev/null").is_char_device()


def test_near_copies_name_their_story_in_a_plain_file(here: Path) -> None:
    wire = "Japan will lend Kenya $300 million for a port by 2031, its embassy said on Monday. " * 6
    texts = {"a": wire, "b": f"LOAN\n{wire}", "c": "A dam opened."}
    write(here, {"in.jsonl": [{"id": name, "text": text} for name, text in texts.items()]})
    assert run("corridor extract in.jsonl -o out.jsonl").code == 0
    assert [record.article.story for record in read(here / "out.jsonl")] == ["a", "a", "c"]


def test_records_are_shown_reported_and_compared(records: Path) -> None:
    first, second = (record.article.id for record in read(records))
    text = records.read_text(encoding="utf-8")
    assert all(name in run("corridor show records.jsonl").out for name in ("Maya Rai", "Mombasa"))
    assert run(f"corridor show records.jsonl {first}").out != run(f"corridor show records.jsonl {second}").out
    assert run("corridor show -", stdin=text).code == 0
    answer = run("corridor report - -o -", stdin=text)
    assert (answer.code, answer.out[:15], answer.out[-8:]) == (0, "<!doctype html>", "</html>\n")
    scores = json.loads(run("corridor evaluate records.jsonl records.jsonl --json").out)
    assert scores["rows"]["mentions"]["f1"] == 1.0


def test_a_line_that_is_no_record_is_named_and_the_others_used(records: Path) -> None:
    lines = records.read_text(encoding="utf-8").splitlines()
    records.write_text("\n".join([lines[0], '{"id": 1}', lines[1][:100], lines[1]]), encoding="utf-8")
    shown, page = run("corridor show records.jsonl"), run("corridor report records.jsonl -o out/r.html --title 'A & B'")
    for answer in (shown, page):
        assert answer.code == 1
        assert all(line in answer.err for line in ("records.jsonl:2", "records.jsonl:3"))
    assert all(name in shown.out for name in ("Maya Rai", "Mombasa"))
    assert "a page of 2 articles written to out/r.html, 2 failed" in page.err
    assert "<title>A &amp; B</title>" in (records.parent / "out" / "r.html").read_text(encoding="utf-8")


def test_schema_prints_the_schema_that_the_repository_holds() -> None:
    printed = json.loads(run("corridor schema").out)
    assert printed == json_schema() == json.loads((ROOT / "pipeline" / "record.schema.json").read_text("utf-8"))


@pytest.mark.slow
def test_doctor_finds_this_installation_well(here: Path) -> None:
    answer = run("corridor doctor")
    assert answer.code == 0, answer.out
    assert re.search(r"en_core_web_md 3\.\d", answer.out)
    assert "words a second" in answer.out


def test_doctor_says_what_is_missing(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_model(*_: object) -> None:
        raise SetupError("no English base model: pip install it")

    monkeypatch.setattr(sys.modules["pipeline.extract"], "load", no_model)
    answer = run("corridor doctor")
    assert answer.code == 2
    assert "-> no English base model: pip install it" in answer.out


def test_what_to_install_is_said_as_it_works_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert install("train") == "pip install '.[train]'"
    monkeypatch.setattr("pipeline.settings._PACKAGE", tmp_path / "pipeline")
    assert install("train") == "pip install 'corridor[train]'"


def answered(records: Path) -> None:
    """Writes answers.json: what Label Studio exports where a person agrees with every prediction."""
    assert run(f"corridor annotate export {records} --to label-studio -o answers.json").code == 0
    tasks = json.loads(Path("answers.json").read_text(encoding="utf-8"))
    answers = [{"data": task["data"], "annotations": task["predictions"]} for task in tasks]
    Path("answers.json").write_text(json.dumps(answers), encoding="utf-8")


def test_records_go_to_a_workbook_or_a_tool_and_come_back_as_gold(records: Path) -> None:
    answered(records)
    assert run(f"corridor annotate export {records} --to xlsx -o review.xlsx").code == 0
    for file, row in (("review.xlsx", "flow"), ("answers.json", "mentions")):
        answer = run(f"corridor annotate import {file} -o {row}")
        assert (answer.code, answer.err) == (0, f"corridor: 2 articles written to {row}, 0 failed\n")
        scores = json.loads(run(f"corridor evaluate {row} records.jsonl --json").out)
        assert scores["rows"][row]["f1"] in (1.0, None)


def test_a_bad_cell_of_a_workbook_is_named(records: Path) -> None:
    run(f"corridor annotate export {records} --to xlsx -o review.xlsx")
    book = load_workbook("review.xlsx")
    heading = [cell.value for cell in book["commitments"][1]]
    cell = book["commitments"].cell(2, heading.index("status") + 1)
    cell.value = "agred"
    book["commitments"].cell(2, heading.index("decision") + 1).value = "corrected"
    book.save("review.xlsx")
    answer = run("corridor annotate import review.xlsx -o mine")
    assert answer.code == 1
    where = f"review.xlsx: sheet commitments, {cell.coordinate}"
    assert f"{where}: 'agred' is not in the list; did you mean 'agreed'" in answer.err
    assert "commitments: 1 corrected\n" in answer.err
    assert "1 cell refused: correct what is named and import the workbook again" in answer.err


def _make_what_it_needs(records: Path, command: str) -> None:
    """Makes the files that the example of a command names."""
    here = records.parent
    if command == "evaluate":
        write(here, {"gold/records.jsonl": records.read_text(encoding="utf-8")})
    if command == "annotate agree":
        for name in ("ann", "bob"):
            Store(str(records), here / name, print).close()
    if command == "annotate import":
        answered(records)
    if command == "match":
        write(here, {"activities.xml": (ROOT / "tests/knowledge/match/activities.xml").read_text(encoding="utf-8")})
    if command in ("diff", "match", "serve", "sums"):
        for folder in ("monday", "knowledge"):
            assert run(f"corridor resolve records.jsonl -o {folder}").code == 0
    if command == "verify":
        go(here / "run", [], Engine())


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_and_it_runs(records: Path, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.review.page.app.serve", lambda *_: None)
    monkeypatch.setattr("pipeline.serve.run.Server.run", lambda *_: None)
    monkeypatch.setattr("pipeline.serve.extraction.Extraction.start", lambda _: None)
    monkeypatch.setattr("openai._base_client.MAX_RETRY_DELAY", 0.05)
    if command == "watch":  # its workers would load the models
        monkeypatch.setattr("pipeline.run.local_engine", lambda *_: nullcontext(Engine()))
    answer = run(f"corridor {command} --help")
    assert answer.code == 0
    example = re.search(r"Example: (corridor .*?)\s*$", answer.out, re.MULTILINE)
    assert example, answer.out
    assert example[1].startswith(f"corridor {command}")
    _make_what_it_needs(records, command)
    if command in ("annotate llm", "llm check"):  # nothing listens there
        assert run(example[1].replace(":8080", f":{closed_port()}")).code == 1
    elif command == "fetch":  # nor there
        assert run(example[1].replace("https://example.org", f"http://127.0.0.1:{closed_port()}")).code == 1
    elif not command.startswith("train"):  # their tests are in tests/train
        assert run(example[1]).code == 0


def closed_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
    return port


def test_a_reader_that_has_seen_enough_ends_it_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "pipeline", "schema"]
    done = subprocess.run(command, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, timeout=60, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_help_and_show_do_not_wait_for_spacy(records: Path) -> None:
    code = "import sys; from pipeline.cli import main\ntry: main()\nfinally: assert 'spacy' not in sys.modules"
    for words in (["extract", "--help"], ["show", str(records)]):
        command = [sys.executable, "-c", code, *words]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
