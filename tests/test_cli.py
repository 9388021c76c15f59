"""The command line as a person meets it: every command, every exit code, every example of every help page."""

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

import pytest
import typer
from openpyxl import load_workbook
from run.test_resume import Real
from run.test_run import Engine, go
from spacy.language import Language
from spacy.tokens import Doc
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import SetupError
from pipeline.extract import results_of
from pipeline.record import Record, json_schema, quotes
from pipeline.review.page.store import Store
from pipeline.settings import Settings, install
from pipeline.stages.assemble import assemble

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = (
    "extract",
    "verify",
    "fetch",
    "resolve",
    "diff",
    "watch",
    "match",
    "export",
    "report",
    "show",
    "evaluate",
    "schema",
    "doctor",
    "annotate export",
    "annotate import",
    "annotate config",
    "annotate llm",
    "annotate agree",
    "review",
    "serve",
    "train sectors",
    "train join",
    "train strip",
    "train encoder",
    "train entities",
    "train weights",
    "train relations",
    "train acts",
    "train flows",
    "train boilerplate",
    "train answers",
    "train reader",
    "train scores",
    "train ablation",
)
DAM = "Nepal's energy minister Maya Rai said the World Bank would lend $120 million for a dam by 2031.\n"
ROAD = "Japan signed a grant agreement with Kenya on Monday to repair 40 km of road near Mombasa.\n"


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


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nlp: Language) -> Path:
    """An empty folder to work in, with two articles in news/; the pipeline is loaded already."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("pipeline.extract.load", lambda *_, **__: nlp)
    news = tmp_path / "news"
    news.mkdir()
    (news / "dam.txt").write_text(DAM, encoding="utf-8")
    (news / "road.txt").write_text(ROAD, encoding="utf-8")
    return tmp_path


@pytest.fixture
def records(here: Path) -> Path:
    assert run("corridor extract news/ -o records.jsonl").code == 0
    return here / "records.jsonl"


def read(path: Path) -> list[Record]:
    return [Record.model_validate_json(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_extract_writes_one_record_an_article(records: Path) -> None:
    found = read(records)
    assert {record.article.text for record in found} == {DAM, ROAD}
    for record in found:
        assert record.mentions
        assert all(record.article.text[quote.start : quote.end] == quote.text for quote in quotes(record))


def test_the_same_input_gives_the_same_bytes(records: Path) -> None:
    first = records.read_bytes()
    assert run("corridor extract news/ -o records.jsonl").code == 0
    assert records.read_bytes() == first


def test_without_out_records_and_nothing_else_go_to_standard_output(here: Path) -> None:
    answer = run("corridor extract news/")
    assert [json.loads(line)["schema_version"] for line in answer.out.splitlines()] == ["2.0", "2.0"]
    assert "2 records written to standard output, 0 failed" in answer.err


def test_standard_input_and_options_reach_the_article(here: Path) -> None:
    answer = run("corridor extract - --date 2025-09-25 --source 'The Daily' --quiet", stdin=DAM)
    article = json.loads(answer.out)["article"]
    assert (article["text"], article["date"], article["source"]) == (DAM, "2025-09-25", "The Daily")
    assert answer.err == ""


def test_columns_under_other_names(here: Path) -> None:
    row = {"body": ROAD, "when": "2025-03-04", "id": "r1"}
    (here / "rows.jsonl").write_text(json.dumps(row), encoding="utf-8")
    answer = run("corridor extract rows.jsonl --column text=body --column date=when --quiet")
    article = json.loads(answer.out)["article"]
    assert (article["id"], article["text"], article["date"]) == ("r1", ROAD, "2025-03-04")


def test_columns_under_common_names_are_matched_and_told(here: Path) -> None:
    table = f'headline,published,author,body\nRoad signed,2025-03-04,M. Rai,"{ROAD.strip()}"\n'
    for name in ("news.csv", "more.csv"):
        (here / name).write_text(table, encoding="utf-8")
    answer = run("corridor extract news.csv more.csv -o records.jsonl")
    article = read(here / "records.jsonl")[0].article
    assert (article.title, article.date, article.text) == ("Road signed", "2025-03-04", ROAD.strip())
    told = "title from headline, date from published, text from body; left over: author\n"
    assert f"corridor: news.csv: {told}" in answer.err
    assert answer.err.count("left over") == 1  # the same is not said of each file
    assert run("corridor extract news.csv --column text=body --quiet").err == ""


@pytest.mark.slow
def test_a_run_that_goes_on_tells_of_columns_once(here: Path) -> None:
    (here / "rows.jsonl").write_text(json.dumps({"headline": "x", "text": ROAD}), encoding="utf-8")
    assert run("corridor extract rows.jsonl -o run/").err.count("title from headline") == 1
    assert run("corridor extract rows.jsonl -o run/ --resume").err.count("title from headline") == 1


def test_the_title_is_of_the_first_line_or_of_the_option(here: Path) -> None:
    (here / "news" / "road.txt").write_text(f"Road signed\n\n{ROAD}", encoding="utf-8")
    assert run("corridor extract news/ -o records.jsonl --title Given --quiet").code == 0
    assert [record.article.title for record in read(here / "records.jsonl")] == ["Given", "Road signed"]
    answer = run("corridor extract - --title Given --quiet", stdin=f"Road signed\n\n{ROAD}")
    assert json.loads(answer.out)["article"]["title"] == "Given"


def test_other_kinds_of_files_become_records(here: Path) -> None:
    (here / "mail.eml").write_text(f"Subject: Road signed\n\n{ROAD}", encoding="utf-8")
    (here / "a.json").write_text(json.dumps([{"text": DAM}]), encoding="utf-8")
    (here / "b.jsonl.gz").write_bytes(gzip.compress(json.dumps({"text": "A port was opened."}).encode()))
    assert run("corridor extract mail.eml a.json b.jsonl.gz -o records.jsonl").code == 0
    assert [record.article.title for record in read(here / "records.jsonl")] == ["Road signed", None, None]


@pytest.mark.parametrize("command", ["show", "report -o r.html", "export --to jsonl -o tables/", "resolve -o known/"])
@pytest.mark.parametrize("name", ["in.jsonl", "in.csv", "in.txt", "in.json", "list.json", "in.jsonl.gz"])
def test_input_where_records_are_wanted_is_said_to_be_input(here: Path, command: str, name: str) -> None:
    row = json.dumps({"id": "x", "text": ROAD})
    (here / "in.jsonl").write_text(f"{row}\n" * 40, encoding="utf-8")
    (here / "in.csv").write_text(f"id,text\n{ROAD}" * 40, encoding="utf-8")
    (here / "in.txt").write_text(ROAD * 40, encoding="utf-8")
    (here / "in.json").write_text(json.dumps({"text": ROAD}, indent=2), encoding="utf-8")
    (here / "list.json").write_text(f"[{row}]", encoding="utf-8")
    (here / "in.jsonl.gz").write_bytes(gzip.compress(row.encode()))
    word, _, rest = command.partition(" ")
    answer = run(f"corridor {word} {name} {rest}")
    said = f"corridor: {name}: this is input, not records; run `corridor extract {name} -o records.jsonl` first\n"
    assert (answer.code, answer.err, answer.out) == (2, said, "")


def test_one_that_fails_is_named_and_the_rest_written(here: Path) -> None:
    (here / "news" / "half.jsonl").write_text('{"id": "x", "te', encoding="utf-8")
    answer = run("corridor extract news/ -o records.jsonl --quiet")
    assert answer.code == 1
    assert len(read(here / "records.jsonl")) == 2
    assert len([line for line in answer.err.splitlines() if "have no date" not in line]) == 1
    assert "half.jsonl" in answer.err


def test_what_gives_no_record_leaves_the_old_file_alone(records: Path) -> None:
    before = records.read_bytes()
    (records.parent / "odd.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    answer = run("corridor extract odd.csv -o records.jsonl")
    assert (answer.code, "odd.csv" in answer.err) == (1, True)
    assert records.read_bytes() == before


def test_what_a_folder_holds_beside_articles_is_told(here: Path) -> None:
    (here / "news" / "deep").mkdir()
    for name in ("a.odt", "deep/b.ODT", "c.doc", "style.css"):
        (here / "news" / name).touch()
    answer = run("corridor extract news/ -o records.jsonl")
    assert answer.code == 0
    assert "news: skipped 1 .doc, 2 .odt (Corridor reads" in answer.err


def test_a_date_of_two_readings_and_days_unknown_are_told(here: Path) -> None:
    rows = [{"id": "x", "text": DAM, "date": "05/11/2025"}, {"id": "y", "text": ROAD, "date": "18/11/2025"}]
    (here / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    answer = run("corridor extract rows.jsonl -o records.jsonl --since 2025-01-01")
    assert [record.article.id for record in read(here / "records.jsonl")] == ["y"]
    assert "'05/11/2025' is ambiguous; write it as 2025-11-05" in answer.err
    assert "--since left out 1 article without a date" in answer.err


def test_articles_without_a_date_are_told_once_with_their_number(here: Path) -> None:
    rows = [
        {"id": "x", "text": DAM},
        {"id": "y", "text": ROAD},
        {"id": "z", "text": f"{DAM} {ROAD}", "date": "2025-11-18"},
    ]
    (here / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    said = "corridor: {}, so sums by year and --since leave {} out: give a day with --date, such as --date 2025-09-25"
    for limit, words in (("", ("2 articles have no date", "them")), (" --limit 1", ("1 article has no date", "it"))):
        answer = run(f"corridor extract rows.jsonl -o records.jsonl{limit}")
        assert [line for line in answer.err.splitlines() if "no date" in line] == [said.format(*words)]
    answer = run("corridor extract rows.jsonl -o records.jsonl --date 2025-11-20")
    assert "no date" not in answer.err
    assert [(one.article.date, one.article.date_basis) for one in read(here / "records.jsonl")] == [
        ("2025-11-20", "given"),
        ("2025-11-20", "given"),
        ("2025-11-18", "given"),
    ]


def test_a_defect_costs_one_article(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = assemble

    def unsound(doc: Doc) -> Record:
        record: Record = sound(doc)
        if record.article.text == DAM:
            raise ZeroDivisionError("on purpose")
        return record

    monkeypatch.setattr("pipeline.stages.pipeline.assemble", unsound)
    answer = run("corridor extract news/ -o records.jsonl")
    assert answer.code == 1
    assert [record.article.text for record in read(here / "records.jsonl")] == [ROAD]
    assert "on purpose" in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("corridor extract", "Missing argument"),
        ("corridor extract nowhere.txt", "nowhere.txt"),
        ("corridor extract empty/", "empty"),
        ("corridor extract news/ --date soon", "not a full date"),
        ("corridor extract news/ --since 2025-02-31", "not a full date"),
        ("corridor extract news/ --column body", "does not have the form text=body"),
        ("corridor extract news/ --column body=text", "unknown field; name one of"),
        ("corridor extract news/ --colour red", "No such option"),
        ("corridor extract news/ -o news", "is a folder"),
        ("corridor extract news/ -o news/dam.txt/records.jsonl", "dam.txt: is no folder); name another path"),
        ("corridor extract news/ -o /proc/x/", "/proc/x/: cannot be written (no file or folder can be made there)"),
        ("corridor extract news/ -o /proc/o.jsonl", "/proc/o.jsonl: cannot be written (no file or folder can be made"),
        ("corridor extract news/ -o /dev/full", "/dev/full: cannot be written (No space left on device)"),
        ("corridor extract news/dam.txt -o news/dam.txt", "is an input; name another file"),
        ("corridor extract news/ -o news/dam.txt", "is an input; name another file"),
        ("corridor extract 'news/*.txt' -o news/dam.txt", "is an input; name another file"),
        ("corridor extract news/ -o records.jsonl --resume", "no run folder to resume"),
        ("corridor extract news/ -o run/ --retry", "--retry needs --resume"),
        ("corridor extract news/ -o run/ --prune", "--prune needs --resume"),
        ("corridor verify nowhere/", "nowhere"),
        ("corridor verify news/", "holds no run"),
        ("corridor extract news/ --near-copies skip -o records.jsonl", "needs a run folder"),
        ("corridor extract ''", "is no name of an input"),
        ("corridor show nowhere.jsonl", "nowhere.jsonl"),
        ("corridor show news/", "news"),
        ("corridor report nowhere.jsonl -o report.html", "nowhere.jsonl"),
        ("corridor report empty.jsonl -o report.html", "holds no record"),
        ("corridor report news/dam.txt -o news/dam.txt", "name another path with -o"),
        ("corridor report empty.jsonl -o r.pdf", "r.pdf: a report is an HTML page, not a .pdf file; name it r.html"),
        ("corridor evaluate nowhere/ nowhere.jsonl", "nowhere"),
        ("corridor extract news/ --profile slow", "slow"),
        ("corridor train sectors --data nowhere/ --out m", "nowhere"),
        (f"corridor train sectors --data news/ --out {Settings().models}", "name another directory with --out"),
        ("corridor extract news/ --model news/", "no trained pipeline"),
        ("corridor extract news/ --seeds news/", "a file of seeds is one of"),
        ("corridor train scores --gold nowhere/ --parts parts/", "nowhere"),
        ("corridor annotate export nowhere.jsonl --to prodigy -o tasks.jsonl", "nowhere.jsonl"),
        ("corridor annotate export news/ --to paper -o tasks.jsonl", "paper"),
        ("corridor annotate import news/dam.txt -o gold", "must end in .xlsx, .jsonl (Prodigy), .json (Label Studio)"),
        ("corridor annotate import review.csv -o gold", "save it as .xlsx (Excel Workbook)"),
        ("corridor annotate import nowhere.xlsx -o gold", "nowhere.xlsx: cannot be read"),
        ("corridor annotate import nowhere.json -o gold", "nowhere.json"),
        ("corridor annotate export empty.jsonl --to prodigy -o empty.jsonl", "name another path with -o"),
        ("corridor train join news/dam.txt news/road.txt -o gold", "dam.txt:1: not a JSON object"),
        ("corridor export empty.jsonl --to csv -o tables.csv", "name a folder with -o"),
        ("corridor export empty.jsonl --to iati -o tables/", "name a file with -o"),
        ("corridor review nowhere.jsonl --gold gold", "nowhere.jsonl"),
        ("corridor review - --gold gold", "which standard input cannot"),
        ("corridor watch - -o watched/", "-: cannot be watched"),
        ("corridor watch watched/run -o watched/", "name a folder outside watched/"),
        ("corridor watch http://a:b@example.org/ -o watched/", "user name"),
        ("corridor watch news/ -o s3://bucket/watched/", "of this machine"),
        ("corridor watch news/ -o watched/ --webhook http://127.0.0.1:1/", "name their rules with --alerts"),
        ("corridor dance", "No such command"),
    ],
)
def test_usage_and_setup_are_exit_2_with_the_reason(here: Path, command: str, reason: str) -> None:
    (here / "empty").mkdir()
    (here / "empty.jsonl").touch()
    answer = run(command)
    assert answer.code == 2
    assert reason in answer.err
    assert answer.out == ""
    assert (here / "news" / "dam.txt").read_text(encoding="utf-8") == DAM


def test_stopped_halfway_the_old_file_stays_whole(records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = records.read_bytes()

    def stopped(*arguments: object) -> object:
        yield next(results_of(*arguments))  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.run.workers.worker.results_of", stopped)
    answer = run("corridor extract news/ -o records.jsonl")
    assert answer.code == 130
    assert "stopped" in answer.err
    assert records.read_bytes() == before
    assert sorted(path.name for path in records.parent.iterdir()) == ["news", "records.jsonl"]


@pytest.mark.skipif(os.name != "posix", reason="needs device files")
def test_a_device_is_written_and_not_replaced(here: Path) -> None:
    assert run("corridor extract news/ -o /dev/null").code == 0
    assert Path("/dev/null").is_char_device()


def test_show_tells_of_every_article_or_of_one(records: Path) -> None:
    first, second = (record.article.id for record in read(records))
    assert all(name in run("corridor show records.jsonl").out for name in ("Maya Rai", "Mombasa"))
    assert run(f"corridor show records.jsonl {first}").out != run(f"corridor show records.jsonl {second}").out
    assert run("corridor show - ", stdin=records.read_text(encoding="utf-8")).code == 0


def test_show_names_the_line_that_is_no_record(records: Path) -> None:
    lines = records.read_text(encoding="utf-8").splitlines()
    records.write_text("\n".join([lines[0], '{"id": 1}', lines[1][:100], lines[1]]), encoding="utf-8")
    answer = run("corridor show records.jsonl")
    assert answer.code == 1
    assert all(line in answer.err for line in ("records.jsonl:2", "records.jsonl:3"))
    assert all(name in answer.out for name in ("Maya Rai", "Mombasa"))


def test_show_of_an_unknown_id_says_so(records: Path) -> None:
    answer = run("corridor show records.jsonl nobody")
    assert (answer.code, "nobody" in answer.err) == (2, True)


def test_report_writes_a_page_and_names_what_is_no_record(records: Path) -> None:
    lines = records.read_text(encoding="utf-8").splitlines()
    records.write_text("\n".join([lines[0], "{}", lines[1]]), encoding="utf-8")
    answer = run("corridor report records.jsonl -o out/report.html --title 'Dams & roads'")
    assert answer.code == 1
    assert "records.jsonl:2" in answer.err and "a page of 2 articles written to out/report.html, 1 failed" in answer.err
    assert "<title>Dams &amp; roads</title>" in (records.parent / "out" / "report.html").read_text(encoding="utf-8")


def test_report_reads_and_writes_standard_streams(records: Path) -> None:
    answer = run("corridor report - -o -", stdin=records.read_text(encoding="utf-8"))
    assert answer.code == 0
    assert answer.out.startswith("<!doctype html>") and answer.out.endswith("</html>\n")


def test_records_held_against_themselves_are_without_fault(records: Path) -> None:
    answer = run("corridor evaluate records.jsonl records.jsonl --json")
    assert answer.code == 0
    assert json.loads(answer.out)["rows"]["mentions"]["f1"] == 1.0


def test_schema_prints_the_schema_that_the_repository_holds() -> None:
    printed = json.loads(run("corridor schema").out)
    assert printed == json_schema()
    assert printed == json.loads((ROOT / "pipeline" / "record.schema.json").read_text(encoding="utf-8"))


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


def test_records_go_to_a_workbook_and_come_back_as_gold(records: Path) -> None:
    assert run(f"corridor annotate export {records} --to xlsx -o review.xlsx").code == 0
    answer = run("corridor annotate import review.xlsx -o mine")
    assert (answer.code, answer.err) == (0, "corridor: 2 articles written to mine, 0 failed\n")
    assert json.loads(run("corridor evaluate mine records.jsonl --json").out)["rows"]["flow"]["f1"] in (1.0, None)


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
    assert (
        f"review.xlsx: sheet commitments, {cell.coordinate}: 'agred' is not in the list; did you mean 'agreed'"
        in answer.err
    )
    assert "commitments: 1 corrected\n" in answer.err
    assert "1 cell refused: correct what is named and import the workbook again" in answer.err


def test_records_go_to_a_tool_and_come_back_as_gold(records: Path) -> None:
    answered(records)
    answer = run("corridor annotate import answers.json -o mine")
    assert (answer.code, answer.err) == (0, "corridor: 2 articles written to mine, 0 failed\n")
    assert json.loads(run("corridor evaluate mine records.jsonl --json").out)["rows"]["mentions"]["f1"] == 1.0


def _make_what_it_needs(records: Path, command: str) -> None:
    """Makes the files that the example of a command names."""
    if command == "evaluate":
        (records.parent / "gold").mkdir()
        (records.parent / "gold" / "records.jsonl").write_bytes(records.read_bytes())
    if command == "annotate agree":
        for name in ("ann", "bob"):
            Store(str(records), records.parent / name, print).close()
    if command == "annotate import":
        answered(records)
    if command == "match":
        (records.parent / "activities.xml").write_bytes(
            (ROOT / "tests" / "knowledge" / "match" / "activities.xml").read_bytes()
        )
    if command in ("diff", "match", "serve"):
        for folder in ("monday", "knowledge"):
            assert run(f"corridor resolve records.jsonl -o {folder}").code == 0
    if command == "verify":
        go(records.parent / "run", [], Engine())


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_and_it_runs(records: Path, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.review.page.app.serve", lambda *_: None)
    monkeypatch.setattr("pipeline.serve.run.Server.run", lambda *_: None)
    monkeypatch.setattr("pipeline.serve.extraction.Extraction.start", lambda _: None)
    if command == "watch":  # its workers would load the models
        monkeypatch.setattr("pipeline.run.local_engine", lambda *_: nullcontext(Real()))
    answer = run(f"corridor {command} --help")
    assert answer.code == 0
    example = re.search(r"Example: (corridor .*?)\s*$", answer.out, re.MULTILINE)
    assert example, answer.out
    assert example[1].startswith(f"corridor {command}")
    _make_what_it_needs(records, command)
    if command == "annotate llm":  # nothing listens there
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


def test_every_command_is_known_here() -> None:
    group = typer.main.get_command(app)
    groups = {"annotate", "train"}
    known = {f"{name} {part}" for name in groups for part in group.commands[name].commands}
    assert known | (group.commands.keys() - groups) == set(COMMANDS)


def corridor(*words: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Runs `python -m pipeline ...` in a process of its own."""
    command = [sys.executable, "-m", "pipeline", *words]
    return subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, timeout=60, check=False, **options)


def test_a_reader_that_has_seen_enough_ends_it_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = corridor("schema", stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_and_show_do_not_wait_for_spacy(records: Path) -> None:
    code = "import sys; from pipeline.cli import main\ntry: main()\nfinally: assert 'spacy' not in sys.modules"
    for words in (["--help"], ["extract", "--help"], ["show", str(records)]):
        command = [sys.executable, "-c", code, *words]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr


def test_near_copies_name_their_story_in_a_plain_file(tmp_path: Path) -> None:
    wire = "Japan will lend Kenya $300 million for a port by 2031, its embassy said on Monday. " * 6
    rows = [{"id": name, "text": text} for name, text in (("a", wire), ("b", f"LOAN\n{wire}"), ("c", "A dam opened."))]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    answer = run(f"corridor extract {tmp_path}/in.jsonl -o {tmp_path}/out.jsonl --profile fast")
    assert answer.code == 0, answer.err
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["article"]["story"] for line in lines] == ["a", "a", "c"]
