"""A run folder with a second reader: what it writes, what it asks, and what stops, faults and other budgets do to it.

The command runs in this process with the real pipeline, against a scripted server; kills are those of real processes.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

import pytest
from llm.conftest import SECRET, own_environment, secret  # noqa: F401 (fixtures)
from llm.server import Reaction, Server, always, answer, by_title, hang, lending, raw, reset, status
from spacy.language import Language
from test_cli import Answer, run

from pipeline.llm.read import Reader
from pipeline.record import Record
from pipeline.records import lines_of, record_of
from pipeline.run.workers.worker import Outcome, Worker, outcomes_of
from pipeline.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
ARTICLES = 7
SECONDS = 100  # for a process to get somewhere, on a busy machine
CALL = (
    "import openai._base_client as c; c.INITIAL_RETRY_DELAY = 0.01; "
    "import pipeline.run.parts as p; p.PART = 3; from pipeline.cli import main; main()"
)
LENDERS = ("Japan", "Norway", "Brazil", "Denmark", "Austria", "Portugal", "Finland")


def text(number: int) -> str:
    """An invented article; later ones are longer."""
    lender, sum_ = LENDERS[number], 10 + number
    first = f"{lender} will lend Kenya ${sum_} million for a port at Lamu in {2030 + number}."
    second = f"The port of berth number {number} has cost more than anybody thought."
    more = "Officials signed a contract on Tuesday. " * number
    return f"{first} {second} {more}".strip()


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("news") / "news.jsonl"
    rows = [{"id": f"n{n}", "title": f"t{n}", "date": "2025-03-04", "text": text(n)} for n in range(ARTICLES)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def offline(news: Path, tmp_path_factory: pytest.TempPathFactory, nlp: Language) -> Path:
    """A run folder without a second reader; `prepared` copies it, so that the articles are extracted once."""
    out = tmp_path_factory.mktemp("offline") / "run"
    with pytest.MonkeyPatch.context() as patch:
        in_process(patch, nlp)
        answered = run(f"corridor extract {news} -o {out}/")
    assert answered.code == 0, answered.err
    return out


def in_process(patch: pytest.MonkeyPatch, nlp: Language) -> None:
    """The pipeline is loaded already, and works in this process; parts are small."""
    patch.setattr("pipeline.extract.load", lambda *_, **__: nlp)
    patch.setattr("pipeline.run.parts.PART", 3)
    worker = Worker(Settings())

    def engine(batches: Iterable[Any]) -> Iterator[list[Outcome]]:
        for batch in batches:
            yield [*outcomes_of(batch, worker)]

    patch.setattr(sys.modules["pipeline.cli.extract"], "_engine", lambda *_: nullcontext(engine))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nlp: Language, news: Path) -> Path:
    """An empty folder to work in, with the articles in news.jsonl."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    in_process(monkeypatch, nlp)
    shutil.copy(news, tmp_path / "news.jsonl")
    return tmp_path


@pytest.fixture
def prepared(here: Path, offline: Path) -> Path:
    """The folder to work in, with a finished run without a second reader in run/."""
    shutil.copytree(offline, here / "run", ignore=shutil.ignore_patterns(".lock"))
    return here


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server(lending) as found:
        monkeypatch.setenv("CORRIDOR_LLM_URL", found.url)
        monkeypatch.setenv("CORRIDOR_LLM_MODEL", "m")
        yield found


def command(out: str = "run/", *options: str) -> str:
    return " ".join(["corridor extract news.jsonl -o", out, "--reader llm", *options])


def ended(words: str, code: int = 0) -> Answer:
    found = run(words)
    assert found.code == code, found.err
    return found


def data(out: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(out.glob("records-*")))


def read(out: Path) -> list[Record]:
    """The records of a run folder, or of a file."""
    paths = sorted(out.glob("records-*")) if out.is_dir() else [out]
    found = [record_of(*line) for path in paths for line in lines_of(path.name, path.read_bytes())]
    return [one for one in found if isinstance(one, Record)]


def told(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "run.json").read_text())
    return found


def was_read(record: Record) -> bool:
    return any(one.method.startswith("llm:") for one in record.commitments)


def chosen(out: Path) -> list[int]:
    """The numbers of the articles that the language model has read."""
    return [number for number, record in enumerate(read(out)) if was_read(record)]


def whole(out: str = "run/") -> None:
    assert ended(f"corridor verify {out}").err == f"corridor: {out}: whole\n"


def test_a_run_has_the_records_and_says_what_was_done(here: Path, server: Server) -> None:
    said = ended(command()).err
    assert f"{ARTICLES} articles read by the language model; {ARTICLES} calls, 0 answers from the cache" in said
    assert f"{ARTICLES} records written to run/, 0 failed" in said
    found = read(here / "run")
    assert [record.article.id for record in found] == [f"n{n}" for n in range(ARTICLES)]
    assert chosen(here / "run") == [*range(ARTICLES)]
    for number, record in enumerate(found):
        assert 1e6 * (10 + number) in [amount.value for act in record.commitments for amount in act.amounts]
    state = told(here / "run")
    assert (state["state"], state["articles"], state["counts"]) == ("finished", ARTICLES, {"done": ARTICLES})
    assert (state["reader"]["calls"], state["reader"]["articles"]) == (ARTICLES, ARTICLES)
    assert state["reader"]["tokens_in"] == 100 * ARTICLES
    made = state["made"]["reader"]
    assert (made["model"], made["url"]) == ("m", server.url)
    assert made["prompt"]
    whole()
    assert ended("corridor train answers run/ -o answers.jsonl").out == f"{ARTICLES} answers: answers.jsonl\n"
    lines = Path("answers.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == ARTICLES and not any(record.article.text[:40] in line for line in lines for record in found)


def test_resume_makes_no_call_and_gives_the_same_bytes(prepared: Path, server: Server) -> None:
    ended(command("run/", "--resume"))
    before, count = data(prepared / "run"), len(server.requests)
    said = ended(command("run/", "--resume")).err
    assert f"{ARTICLES} articles read by the language model; 0 calls, {ARTICLES} answers from the cache" in said
    assert (data(prepared / "run"), len(server.requests)) == (before, count)
    whole()


def test_an_offline_run_gains_a_reader_and_ends_as_one_that_had_it(prepared: Path, server: Server) -> None:
    before = data(prepared / "run")
    ended(command("run/", "--resume"))
    assert chosen(prepared / "run") == [*range(ARTICLES)]
    assert data(prepared / "run") != before
    ended(command("fresh/"))
    assert data(prepared / "fresh") == data(prepared / "run")
    whole()


def test_another_budget_reads_other_articles_and_gives_back_the_rest(prepared: Path, server: Server) -> None:
    before = {record.article.id: record.to_json() for record in read(prepared / "run")}
    said = ended(command("run/", "--resume", "--llm-budget '3 calls'")).err
    assert "3 articles read by the language model; 3 calls" in said
    assert f"{ARTICLES - 3} left out by the budget" in said
    three = chosen(prepared / "run")
    assert (len(three), len(server.requests)) == (3, 3)
    for number, record in enumerate(read(prepared / "run")):
        assert (record.to_json() == before[record.article.id]) == (number not in three)
    ended(command("run/", "--resume", "--llm-budget '5 calls'"))
    five = chosen(prepared / "run")
    assert (len(five), len(server.requests)) == (5, 5)
    assert {*three} < {*five}, "those that gain most come first"
    ended(command("run/", "--resume", "--llm-budget '1 call'"))
    assert (len(chosen(prepared / "run")), len(server.requests)) == (1, 5)
    ended(command("run/", "--resume", "--llm-budget '0 calls'"))
    assert {record.article.id: record.to_json() for record in read(prepared / "run")} == before
    assert told(prepared / "run")["reader"]["left"] == ARTICLES
    whole()


@pytest.mark.parametrize(
    "options", ["", "--reader llm --llm-model other", "--reader llm --llm-url http://127.0.0.1:9/v1"]
)
def test_a_run_with_a_reader_is_refused_without_it_or_with_another(
    prepared: Path, server: Server, options: str
) -> None:
    ended(command("run/", "--resume"))
    before, count = data(prepared / "run"), len(server.requests)
    refused = ended(f"corridor extract news.jsonl -o run/ --resume {options}", 2)
    assert "the run was made with other settings (reader: " in refused.err
    assert (data(prepared / "run"), len(server.requests)) == (before, count)


@pytest.mark.parametrize("budget", ["", "--llm-budget '3 calls'", "--llm-budget '18k tokens'"])
def test_a_file_gets_the_records_of_the_folder(prepared: Path, server: Server, budget: str) -> None:
    ended(command("run/", "--resume", budget))
    said = ended(command("records.jsonl", budget)).err
    assert (prepared / "records.jsonl").read_bytes() == data(prepared / "run")
    number = len(chosen(prepared / "run"))
    assert f"{number} articles read by the language model" in said
    assert number == ARTICLES if not budget else 0 < number < ARTICLES
    count = len(server.requests)
    ended(command("again.jsonl", "--llm-cache run/llm.sqlite", budget))
    assert (prepared / "again.jsonl").read_bytes() == data(prepared / "run")
    assert len(server.requests) == count


def test_articles_that_fail_stay_in_their_place_in_a_file(here: Path, server: Server) -> None:
    rows = (here / "news.jsonl").read_text().splitlines()
    (here / "news.jsonl").write_text("\n".join([*rows[:2], '{"id": "bad"}', *rows[2:]]) + "\n")
    for budget in ("", "--llm-budget '2 calls'"):
        said = ended(command("records.jsonl", budget), 1).err
        assert "news.jsonl:3: the field 'text' is missing" in said
        found = read(here / "records.jsonl")
        assert [record.article.id for record in found] == [f"n{n}" for n in range(ARTICLES)]
        assert len([record for record in found if was_read(record)]) == (2 if budget else ARTICLES)


def test_a_dry_run_calls_nothing_and_writes_the_offline_records(here: Path, offline: Path, server: Server) -> None:
    plan = f"{ARTICLES} of {ARTICLES} articles would be read: {ARTICLES} calls, about "
    for out in ("run/", "records.jsonl"):
        said = ended(command(out, "--dry-run", "--llm-prices 1000,1000")).err
        assert plan in said
        assert "cost about " in said
    assert server.requests == []
    assert data(here / "run") == data(offline) == (here / "records.jsonl").read_bytes()
    said = ended(command("run/", "--dry-run", "--resume", "--llm-budget '2 calls'")).err
    assert f"2 of {ARTICLES} articles would be read: 2 calls" in said
    ended(command("run/", "--resume"))
    assert chosen(here / "run") == [*range(ARTICLES)]


def test_parts_of_parquet_hold_the_same_records(prepared: Path, server: Server) -> None:
    ended(command("run/", "--resume"))
    ended(command("other/", "--to parquet"))
    assert [path.suffix for path in sorted((prepared / "other").glob("records-*"))] == [".parquet"] * 3
    assert [one.to_json() for one in read(prepared / "other")] == [one.to_json() for one in read(prepared / "run")]
    before, count = data(prepared / "other"), len(server.requests)
    ended(command("other/", "--to parquet --resume"))
    assert (data(prepared / "other"), len(server.requests)) == (before, count)
    ended(command("other/", "--to parquet --resume --llm-budget '0 calls'"))
    assert chosen(prepared / "other") == []
    whole("other/")


def test_an_endpoint_that_goes_away_costs_no_record_and_resume_completes_the_run(
    prepared: Path, server: Server
) -> None:
    before = read(prepared / "run")
    server.script = by_title({f"t{n}": reset for n in range(3, ARTICLES)})
    said = ended(command("run/", "--resume", "--llm-concurrency 1"), 1).err
    assert "the language model was not asked any more: the endpoint cannot be reached, or cut the answer" in said
    assert chosen(prepared / "run") == [0, 1, 2]
    assert [one.to_json() for one in read(prepared / "run")[3:]] == [one.to_json() for one in before[3:]]
    state = told(prepared / "run")["reader"]
    assert (state["articles"], state["unread"]) == (3, ARTICLES - 3)
    assert state["stopped"]
    whole()
    answered = [*server.titles[:3]]
    server.script, server.requests = lending, []
    ended(command("run/", "--resume"))
    assert sorted(server.titles) == sorted({f"t{n}" for n in range(ARTICLES)} - {*answered})
    ended(command("fresh/"))
    assert data(prepared / "run") == data(prepared / "fresh")
    assert told(prepared / "run")["reader"]["stopped"] is None
    whole()


PORTALS: dict[str, Reaction] = {
    "a page": raw("<html>Please log in</html>", "text/html"),
    "400": status(400, "no such thing"),
    "no JSON": answer("I will not."),
    "a redirect": raw("", code=307, Location="http://portal.example/login"),
}


@pytest.mark.parametrize("portal", PORTALS.values(), ids=PORTALS)
def test_what_is_no_language_model_does_not_get_the_archive(prepared: Path, server: Server, portal: Reaction) -> None:
    server.script, before = always(portal), data(prepared / "run")
    said = ended(command("run/", "--resume", "--llm-concurrency 1"), 1).err
    assert "the language model was not asked any more: " in said
    assert "check --llm-url, --llm-model, --llm-timeout and the key, and run again" in said
    assert data(prepared / "run") == before
    assert len({*server.titles}) < ARTICLES
    said = ended(command("records.jsonl", "--llm-concurrency 1"), 1).err
    assert "the language model was not asked any more: " in said
    assert (prepared / "records.jsonl").read_bytes() == before
    server.script = lending
    server.requests.clear()
    ended(command("run/", "--resume"))
    assert {*server.titles} == {f"t{n}" for n in range(ARTICLES)}
    assert chosen(prepared / "run") == [*range(ARTICLES)]
    whole()


REFUSAL = status(401, "bad key")


@pytest.mark.parametrize("portal", [REFUSAL, *(portal for name, portal in PORTALS.items() if name != "no JSON")])
def test_a_run_of_which_nothing_was_answered_is_written_and_does_not_end_well(
    here: Path, offline: Path, server: Server, portal: Reaction
) -> None:
    server.script = always(portal)
    said = ended(command("records.jsonl", "--limit 1"), 1).err
    assert (here / "records.jsonl").read_bytes() == data(offline).splitlines(keepends=True)[0]
    assert portal is not REFUSAL or "the endpoint refuses the key (HTTP 401); set CORRIDOR_LLM_KEY" in said


def test_faults_of_some_articles_are_told_and_end_well(prepared: Path, server: Server) -> None:
    server.script = by_title({"t1": status(400, "too long"), "t4": answer("I will not.")})
    said = ended(command("run/", "--resume")).err
    assert "too long: 1 time; these articles keep the record of the small models" in said
    assert "an answer with no JSON object: 1 time" in said
    assert chosen(prepared / "run") == [0, 2, 3, 5, 6]
    assert told(prepared / "run")["reader"]["set_aside"].keys() >= {"an answer with no JSON object"}


WRONG = [
    ("--llm-url ''", "a language model needs --llm-url"),
    ("--llm-model ''", "a language model needs --llm-url"),
    ("--llm-model ' '", "the language model has no name"),
    ("--llm-url http://me:s3cret@localhost/v1", "holds a secret; set CORRIDOR_LLM_KEY"),
    ("--llm-url http://localhost/v1?key=s3cret", "holds a secret; set CORRIDOR_LLM_KEY"),
    ("--llm-url localhost/v1", "no address of an endpoint"),
    ("--llm-budget much", "say it as '200 calls', '500k tokens' or '2M tokens'"),
    ("--llm-budget '3 dollars'", "say it as '200 calls'"),
    ("--llm-prices cheap", "say the prices of a million tokens as '0.15,0.60'"),
    ("--llm-prices -1,2", "say the prices"),
]
ALONE = ("--llm-budget '3 calls'", "--llm-prices 1,2", "--llm-cache answers.sqlite", "--dry-run")


@pytest.mark.parametrize(
    ("options", "reason"),
    [(f"--reader llm {options}", reason) for options, reason in WRONG]
    + [(option, f"{option.split()[0]} needs --reader llm") for option in ALONE],
)
def test_wrong_options_are_refused_before_anything_is_written(
    here: Path, server: Server, options: str, reason: str
) -> None:
    refused = ended(f"corridor extract news.jsonl -o run/ {options}", 2)
    assert reason in refused.err
    assert "s3cret" not in refused.err
    assert (not (here / "run").exists(), server.requests) == (True, [])


def test_a_run_in_a_store_needs_a_place_for_answers_from_the_start(
    here: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*_: Any) -> None:
        raise AssertionError("nothing is opened before that is known")

    monkeypatch.setattr("pipeline.run.RunFolder", opened)
    refused = ended(command("s3://bucket/run/"), 2)
    assert "answers cannot be kept there; name a file of this machine with --llm-cache" in refused.err


def test_without_the_client_the_message_says_what_to_install(
    here: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.llm.endpoint.find_spec", lambda name: None)
    assert "pip install 'corridor[llm]'" in ended(command(), 2).err
    assert not (here / "run").exists()


def test_options_come_before_the_environment(prepared: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORRIDOR_LLM_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("CORRIDOR_LLM_MODEL", "other")
    ended(command("run/", f"--resume --llm-url {server.url} --llm-model mine"))
    assert {request.body["model"] for request in server.requests} == {"mine"}


def test_the_environment_alone_reads_nothing(here: Path, offline: Path, server: Server) -> None:
    ended("corridor extract news.jsonl -o run/")
    assert data(here / "run") == data(offline)
    assert server.requests == []


@pytest.mark.parametrize("code", [400, 401, 500])
def test_the_key_is_in_no_file_and_no_message(prepared: Path, server: Server, secret: str, code: int) -> None:  # noqa: F811
    server.script = by_title({f"t{n}": status(code, f"the key {secret} is no good") for n in (1, 2, 3)})
    found = run(command("run/", "--resume"))
    assert secret == SECRET == server.requests[0].headers["authorization"].removeprefix("Bearer ")
    assert secret not in found.out + found.err
    for path in (prepared / "run").iterdir():
        assert secret.encode() not in path.read_bytes(), path.name


def test_a_cache_that_was_lost_is_no_second_reading(prepared: Path, server: Server) -> None:
    """What was read already must not be taken for what the small models found."""
    ended(command("run/", "--resume"))
    before = data(prepared / "run")
    (prepared / "run" / "llm.sqlite").unlink()
    refused = ended(command("run/", "--resume"), 2)
    assert "name the file of that run with --llm-cache, or another folder" in refused.err
    assert data(prepared / "run") == before


def test_runs_that_share_a_cache_keep_their_own_records(
    here: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the small models of another release found is not what those of this one find."""
    for number, release in enumerate(("one", "two"), 1):
        monkeypatch.setattr("pipeline.run.__version__", release)
        ended(command(f"{release}/", "--llm-cache answers.sqlite"))
        with closing(sqlite3.connect("answers.sqlite")) as rows:
            assert rows.execute("SELECT count(*) FROM records").fetchone() == (number * ARTICLES,)
    assert data(here / "one") == data(here / "two")
    assert len(server.requests) == ARTICLES, "answers are shared"


def test_a_damaged_part_is_extracted_and_read_again_without_a_call(prepared: Path, server: Server) -> None:
    ended(command("run/", "--resume"))
    before, count = data(prepared / "run"), len(server.requests)
    part = prepared / "run" / "records-00001.jsonl"
    part.write_bytes(part.read_bytes()[:100])
    assert "its articles are read again" in ended(command("run/", "--resume")).err
    assert (data(prepared / "run"), len(server.requests)) == (before, count)
    whole()


def test_an_article_that_has_changed_is_asked_for_alone(prepared: Path, server: Server) -> None:
    ended(command("run/", "--resume"))
    rows = (prepared / "news.jsonl").read_text().replace("Kenya $13 million", "Kenya $99 million")
    (prepared / "news.jsonl").write_text(rows)
    server.requests.clear()
    ended(command("run/", "--resume"))
    assert server.titles == ["t3"]
    ended(command("fresh/"))
    assert data(prepared / "run") == data(prepared / "fresh")


def test_a_stop_by_the_user_names_the_way_on(prepared: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    ended(command("fresh/"))
    server.requests.clear()
    finished = Reader._finished
    calls = 0

    def stopping(self: Reader, *given: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise KeyboardInterrupt
        return finished(self, *given)

    monkeypatch.setattr(Reader, "_finished", stopping)
    assert "--resume" in ended(command("run/", "--resume"), 130).err
    monkeypatch.setattr(Reader, "_finished", finished)
    ended(command("run/", "--resume"))
    assert data(prepared / "run") == data(prepared / "fresh")
    whole()


def start(news: Path, out: Path, server: Server, *options: str) -> "subprocess.Popen[str]":
    words = ["extract", str(news), "-o", f"{out}/", "--profile", "fast", "--workers", "1", "--reader", "llm"]
    words += ["--llm-url", server.url, "--llm-model", "m", "--llm-concurrency", "2", *options]
    return subprocess.Popen([sys.executable, "-c", CALL, *words], cwd=ROOT, stderr=subprocess.PIPE, text=True)


def finish(process: "subprocess.Popen[str]") -> str:
    _, said = process.communicate(timeout=SECONDS)
    return said


def until(true: Callable[[], object], process: "subprocess.Popen[str]") -> None:
    end = time.monotonic() + SECONDS
    while not true():
        assert process.poll() is None, finish(process)
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture(scope="module")
def undisturbed(news: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The records of a real process that was left in peace."""
    out = tmp_path_factory.mktemp("undisturbed") / "run"
    with Server(lending) as server:
        process = start(news, out, server)
        said = finish(process)
        assert process.returncode == 0, said
        assert len(server.requests) == ARTICLES
    return data(out)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs signals")
@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_reading_that_is_killed_goes_on_and_asks_nothing_twice(
    news: Path, tmp_path: Path, undisturbed: bytes, kill: signal.Signals
) -> None:
    """The answer to the fourth article, the first of its part, does not come; the others are there before the kill."""
    with Server(by_title({"t3": hang})) as server:
        process = start(news, tmp_path / "run", server)
        until(lambda: {*server.titles} == {f"t{n}" for n in range(6)}, process)
        until(lambda: server.at_once == 1, process)
        time.sleep(0.5)  # what was answered is on disk
        process.send_signal(kill)
        finish(process)
        assert process.returncode != 0
        assert told(tmp_path / "run")["state"] == "reading"
        server.script, server.requests = lending, []
        resumed = start(news, tmp_path / "run", server, "--resume")
        said = finish(resumed)
        assert resumed.returncode == 0, said
        assert server.titles == ["t3", "t6"]
    assert data(tmp_path / "run") == undisturbed
    assert told(tmp_path / "run")["counts"] == {"done": ARTICLES}
    whole(f"{tmp_path}/run/")
