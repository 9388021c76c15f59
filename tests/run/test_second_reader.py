"""A run folder with a second reader: what it writes, what it asks, and what stops, faults and other budgets do to it.

The command runs in this process with the real pipeline, against a scripted server; kills are those of real processes.
"""

import json
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

import pytest
from llm.conftest import SECRET, own_environment, secret  # noqa: F401 (fixtures)
from llm.server import Reaction, Server, always, answer, by_title, hang, lending, raw, reset, status
from run.engine import records as data
from run.processes import Running, finish, until
from run.processes import start as started
from spacy.language import Language
from test_cli import Answer, run

from pipeline.record import Record
from pipeline.records import lines_of, record_of
from pipeline.run.workers.worker import Outcome, Worker, outcomes_of
from pipeline.settings import Settings

ARTICLES = 7
FAST = "import openai._base_client as c; c.INITIAL_RETRY_DELAY = 0.01; "
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

    patch.setattr("pipeline.run.local_engine", lambda *_: nullcontext(engine))


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
    with Server(lending) as scripted:
        monkeypatch.setenv("CORRIDOR_LLM_URL", scripted.url)
        monkeypatch.setenv("CORRIDOR_LLM_MODEL", "m")
        yield scripted


def ended(words: str, code: int = 0) -> Answer:
    answered = run(words)
    assert answered.code == code, answered.err
    return answered


def reading(out: str = "run/", options: str = "--resume", code: int = 0) -> str:
    """What the command says that reads with a language model."""
    return ended(f"corridor extract news.jsonl -o {out} --reader llm {options}", code).err


def read(out: Path) -> list[Record]:
    """The records of a run folder, or of a file."""
    paths = sorted(out.glob("records-*")) if out.is_dir() else [out]
    lines = [record_of(*line) for path in paths for line in lines_of(path.name, path.read_bytes())]
    return [line for line in lines if isinstance(line, Record)]


def state_of(out: Path) -> dict[str, Any]:
    state: dict[str, Any] = json.loads((out / "run.json").read_text())
    return state


def chosen(out: Path) -> list[int]:
    """The numbers of the articles that the language model has read."""
    return [n for n, record in enumerate(read(out)) if any(act.method.startswith("llm:") for act in record.commitments)]


def whole(out: str = "run/") -> None:
    assert ended(f"corridor verify {out}").err == f"corridor: {out}: whole\n"


def test_a_fresh_run_and_an_offline_one_that_gains_a_reader_are_the_same(prepared: Path, server: Server) -> None:
    said = reading("fresh/", "")
    assert f"{ARTICLES} articles read by the language model; {ARTICLES} calls, 0 answers from the cache" in said
    assert f"{ARTICLES} records written to fresh/, 0 failed" in said
    fresh = read(prepared / "fresh")
    assert [record.article.id for record in fresh] == [f"n{n}" for n in range(ARTICLES)]
    for number, record in enumerate(fresh):
        assert 1e6 * (10 + number) in [amount.value for act in record.commitments for amount in act.amounts]
    state = state_of(prepared / "fresh")
    assert (state["state"], state["articles"], state["counts"]) == ("finished", ARTICLES, {"done": ARTICLES})
    assert (state["reader"]["calls"], state["reader"]["articles"]) == (ARTICLES, ARTICLES)
    assert state["reader"]["tokens_in"] == 100 * ARTICLES
    made = state["made"]["reader"]
    assert (made["model"], made["url"]) == ("m", server.url)
    assert made["prompt"]
    assert ended("corridor train answers fresh/ -o answers.jsonl").out == f"{ARTICLES} answers: answers.jsonl\n"
    lines = Path("answers.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == ARTICLES and not any(record.article.text[:40] in line for line in lines for record in fresh)
    reading()
    assert chosen(prepared / "run") == [*range(ARTICLES)]
    assert data(prepared / "run") == data(prepared / "fresh")
    whole()


@pytest.mark.parametrize("end", [None, 100])
def test_resuming_makes_no_call_and_gives_the_same_bytes(prepared: Path, server: Server, end: int | None) -> None:
    """A damaged part too: its articles are extracted and read again, from the answers that were kept."""
    reading()
    before, count = data(prepared / "run"), len(server.requests)
    part = prepared / "run" / "records-00001.jsonl"
    part.write_bytes(part.read_bytes()[:end])
    said = reading()
    assert f"{ARTICLES} articles read by the language model; 0 calls, {ARTICLES} answers from the cache" in said
    assert ("its articles are read again" in said) == (end is not None)
    assert (data(prepared / "run"), len(server.requests)) == (before, count)
    whole()


def test_another_budget_reads_other_articles_and_gives_back_the_rest(prepared: Path, server: Server) -> None:
    before, run, last = [record.to_json() for record in read(prepared / "run")], prepared / "run", set[int]()
    for budget, calls in ((3, 3), (5, 5), (1, 5), (0, 5)):
        said = reading("run/", f"--resume --llm-budget '{budget} calls'")
        assert f"{ARTICLES - budget} left out by the budget" in said
        numbers = {*chosen(run)}
        assert (len(numbers), len(server.requests)) == (budget, calls)
        assert numbers <= last or last <= numbers, "those that gain most come first"
        for number, record in enumerate(read(run)):
            assert (record.to_json() == before[number]) == (number not in numbers)
        last = numbers
    assert state_of(run)["reader"]["left"] == ARTICLES
    whole()


@pytest.mark.parametrize(
    ("options", "lost", "message"),
    [
        ("", "", "the run was made with other settings (extractor: both then, None now; reader: "),
        ("--reader llm --llm-model other", "", "the run was made with other settings (reader: "),
        ("--reader llm --llm-url http://127.0.0.1:9/v1", "", "the run was made with other settings (reader: "),
        # what was read already must not be taken for what the small models found
        ("--reader llm", "llm.sqlite", "name the file of that run with --llm-cache, or another folder"),
    ],
)
def test_a_run_with_a_reader_is_refused_without_it_or_its_answers(
    prepared: Path, server: Server, options: str, lost: str, message: str
) -> None:
    reading()
    before, count = data(prepared / "run"), len(server.requests)
    if lost:
        (prepared / "run" / lost).unlink()
    assert message in ended(f"corridor extract news.jsonl -o run/ --resume {options}", 2).err
    assert (data(prepared / "run"), len(server.requests)) == (before, count)


@pytest.mark.parametrize("budget", ["", "--llm-budget '3 calls'", "--llm-budget '18k tokens'"])
def test_a_file_gets_the_records_of_the_folder(prepared: Path, server: Server, budget: str) -> None:
    reading("run/", f"--resume {budget}")
    said = reading("records.jsonl", budget)
    assert (prepared / "records.jsonl").read_bytes() == data(prepared / "run")
    number = len(chosen(prepared / "run"))
    assert f"{number} articles read by the language model" in said
    assert number == ARTICLES if not budget else 0 < number < ARTICLES
    count = len(server.requests)
    reading("again.jsonl", f"--llm-cache run/llm.sqlite {budget}")
    assert (prepared / "again.jsonl").read_bytes() == data(prepared / "run")
    assert len(server.requests) == count


def test_articles_that_fail_stay_in_their_place_in_a_file(here: Path, server: Server) -> None:
    rows = (here / "news.jsonl").read_text().splitlines()
    (here / "news.jsonl").write_text("\n".join([*rows[:2], '{"id": "bad"}', *rows[2:]]) + "\n")
    for budget, count in (("", ARTICLES), ("--llm-budget '2 calls'", 2)):
        assert "news.jsonl:3: the field 'text' is missing" in reading("records.jsonl", budget, 1)
        assert [record.article.id for record in read(here / "records.jsonl")] == [f"n{n}" for n in range(ARTICLES)]
        assert len(chosen(here / "records.jsonl")) == count


def test_a_dry_run_calls_nothing_and_writes_the_offline_records(here: Path, offline: Path, server: Server) -> None:
    for out in ("run/", "records.jsonl"):
        said = reading(out, "--dry-run --llm-prices 1000,1000")
        assert f"{ARTICLES} of {ARTICLES} articles would be read: {ARTICLES} calls, about " in said
        assert "cost about " in said
    said = reading("run/", "--dry-run --resume --llm-budget '2 calls'")
    assert f"2 of {ARTICLES} articles would be read: 2 calls" in said
    ended("corridor extract news.jsonl -o none/")  # the environment alone reads nothing
    assert server.requests == []
    assert data(here / "run") == data(offline) == data(here / "none") == (here / "records.jsonl").read_bytes()
    reading()
    assert chosen(here / "run") == [*range(ARTICLES)]


def test_parts_of_parquet_hold_the_same_records(prepared: Path, server: Server) -> None:
    reading()
    reading("other/", "--to parquet")
    other = prepared / "other"
    assert [path.suffix for path in sorted(other.glob("records-*"))] == [".parquet"] * 3
    assert [record.to_json() for record in read(other)] == [record.to_json() for record in read(prepared / "run")]
    before, count = data(other), len(server.requests)
    reading("other/", "--to parquet --resume")
    assert (data(other), len(server.requests)) == (before, count)
    reading("other/", "--to parquet --resume --llm-budget '0 calls'")
    assert chosen(other) == []
    whole("other/")


def test_an_endpoint_that_goes_away_costs_no_record_and_resume_completes_the_run(
    prepared: Path, server: Server
) -> None:
    before = read(prepared / "run")
    server.script = by_title({f"t{n}": reset for n in range(3, ARTICLES)})
    said = reading("run/", "--resume --llm-concurrency 1", 1)
    assert "the language model was not asked any more: the endpoint cannot be reached, or cut the answer" in said
    assert chosen(prepared / "run") == [0, 1, 2]
    assert [one.to_json() for one in read(prepared / "run")[3:]] == [one.to_json() for one in before[3:]]
    state = state_of(prepared / "run")["reader"]
    assert (state["articles"], state["unread"]) == (3, ARTICLES - 3)
    assert state["stopped"]
    whole()
    answered = {*server.titles[:3]}
    server.script, server.requests = lending, []
    reading()
    assert sorted(server.titles) == sorted({f"t{n}" for n in range(ARTICLES)} - answered)
    reading("fresh/", "")
    assert data(prepared / "run") == data(prepared / "fresh")
    assert state_of(prepared / "run")["reader"]["stopped"] is None
    whole()


CHECK = "check --llm-url, --llm-model, --llm-timeout and the key, and run again"
PORTALS: dict[str, tuple[Reaction, str]] = {
    "a page": (raw("<html>Please log in</html>", "text/html"), CHECK),
    "400": (status(400, "no such thing"), CHECK),
    "401": (status(401, "bad key"), "the endpoint refuses the key (HTTP 401); set CORRIDOR_LLM_KEY"),
    "no JSON": (answer("I will not."), CHECK),
    "a redirect": (raw("", code=307, Location="http://portal.example/login"), CHECK),
}


@pytest.mark.parametrize(("portal", "reason"), PORTALS.values(), ids=PORTALS)
def test_what_is_no_language_model_does_not_get_the_archive(
    prepared: Path, server: Server, portal: Reaction, reason: str
) -> None:
    server.script, before = always(portal), data(prepared / "run")
    for out, options in (("run/", "--resume"), ("records.jsonl", "")):
        said = reading(out, f"{options} --llm-concurrency 1", 1)
        assert "the language model was not asked any more: " in said
        assert reason in said
    assert data(prepared / "run") == before == (prepared / "records.jsonl").read_bytes()
    assert len({*server.titles}) < ARTICLES
    if portal is not PORTALS["no JSON"][0]:
        reading("records.jsonl", "--limit 1", 1)  # a run of which nothing was answered does not end well
    server.script = lending
    server.requests.clear()
    reading()
    assert {*server.titles} == {f"t{n}" for n in range(ARTICLES)}
    assert chosen(prepared / "run") == [*range(ARTICLES)]
    whole()


def test_faults_of_some_articles_are_counted_and_end_well(prepared: Path, server: Server) -> None:
    server.script = by_title({"t1": status(400, "too long"), "t4": answer("I will not.")})
    said = reading()
    assert "too long: 1 time; these articles keep the record of the small models" in said
    assert "an answer with no JSON object: 1 time" in said
    assert chosen(prepared / "run") == [0, 2, 3, 5, 6]
    assert state_of(prepared / "run")["reader"]["set_aside"].keys() >= {"an answer with no JSON object"}


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("run/ --llm-budget '3 calls'", "--llm-budget needs a language model: "),
        ("run/ --llm-prices 1,2", "--llm-prices needs a language model: "),
        ("run/ --llm-cache answers.sqlite", "--llm-cache needs a language model: "),
        ("run/ --dry-run", "--dry-run needs a language model: "),
        ("run/ --reader llm --llm-url ''", "a language model needs --llm-url"),
        ("run/ --reader llm --llm-model ''", "a language model needs --llm-url"),
        ("run/ --reader llm --llm-model ' '", "the language model has no name"),
        ("run/ --reader llm --llm-url http://me:s3cret@localhost/v1", "holds a secret; set CORRIDOR_LLM_KEY"),
        ("run/ --reader llm --llm-url http://localhost/v1?key=s3cret", "holds a secret; set CORRIDOR_LLM_KEY"),
        ("run/ --reader llm --llm-url localhost/v1", "no address of an endpoint"),
        ("run/ --reader llm --llm-budget much", "say it as '200 calls', '500k tokens' or '2M tokens'"),
        ("run/ --reader llm --llm-budget '3 dollars'", "say it as '200 calls'"),
        ("run/ --reader llm --llm-prices cheap", "say the prices of a million tokens as '0.15,0.60'"),
        ("run/ --reader llm --llm-prices -1,2", "say the prices"),
        # of a store nothing is opened before that is known
        ("s3://bucket/run/ --reader llm", "answers cannot be kept there; name a file of this machine with --llm-cache"),
    ],
)
def test_wrong_options_are_refused_before_anything_is_written(
    here: Path, server: Server, options: str, reason: str
) -> None:
    refused = ended(f"corridor extract news.jsonl -o {options}", 2)
    assert reason in refused.err
    assert "s3cret" not in refused.err
    assert (not (here / "run").exists(), server.requests) == (True, [])


def test_without_the_client_the_message_says_what_to_install(
    here: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.llm.endpoint.find_spec", lambda name: None)
    assert "pip install 'corridor[llm]'" in reading("run/", "", 2)
    assert not (here / "run").exists()


def test_options_come_before_the_environment(prepared: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORRIDOR_LLM_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("CORRIDOR_LLM_MODEL", "other")
    reading("run/", f"--resume --llm-url {server.url} --llm-model mine")
    assert {request.body["model"] for request in server.requests} == {"mine"}


@pytest.mark.parametrize("code", [400, 401, 500])
def test_the_key_is_in_no_file_and_no_message(prepared: Path, server: Server, secret: str, code: int) -> None:  # noqa: F811
    server.script = by_title({f"t{n}": status(code, f"the key {secret} is no good") for n in (1, 2, 3)})
    said = run("corridor extract news.jsonl -o run/ --reader llm --resume")
    assert secret == SECRET == server.requests[0].headers["authorization"].removeprefix("Bearer ")
    assert secret not in said.out + said.err
    for path in (prepared / "run").iterdir():
        assert secret.encode() not in path.read_bytes(), path.name


def test_runs_that_share_a_cache_keep_their_own_records(
    here: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the small models of another release found is not what those of this one find."""
    for number, release in enumerate(("first", "second"), 1):
        monkeypatch.setattr("pipeline.run.__version__", release)
        reading(f"{release}/", "--llm-cache answers.sqlite")
        with closing(sqlite3.connect("answers.sqlite")) as rows:
            assert rows.execute("SELECT count(*) FROM records").fetchone() == (number * ARTICLES,)
    assert data(here / "first") == data(here / "second")
    assert len(server.requests) == ARTICLES, "answers are shared"


def test_an_article_that_has_changed_is_asked_for_alone(prepared: Path, server: Server) -> None:
    reading()
    rows = (prepared / "news.jsonl").read_text().replace("Kenya $13 million", "Kenya $99 million")
    (prepared / "news.jsonl").write_text(rows)
    server.requests.clear()
    reading()
    assert server.titles == ["t3"]
    reading("fresh/", "")
    assert data(prepared / "run") == data(prepared / "fresh")


def start(news: Path, out: Path, server: Server, *options: str) -> Running:
    reader = ("--reader", "llm", "--llm-url", server.url, "--llm-model", "m", "--llm-concurrency", "2")
    return started(news, out, 3, "--workers", "1", *reader, *options, before=FAST)


@pytest.fixture(scope="module")
def undisturbed(news: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The records of a real process that was left in peace."""
    out = tmp_path_factory.mktemp("undisturbed") / "run"
    with Server(lending) as server:
        finish(start(news, out, server), 0)
        assert len(server.requests) == ARTICLES
    return data(out)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs signals")
@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_reading_that_is_killed_goes_on_and_asks_nothing_twice(
    news: Path, tmp_path: Path, undisturbed: bytes, kill: signal.Signals
) -> None:
    """The answer to the fourth article, the first of its part, does not come; the others are there before the kill."""
    out = tmp_path / "run"
    with Server(by_title({"t3": hang})) as server:
        process = start(news, out, server)
        until(lambda: {*server.titles} == {f"t{n}" for n in range(6)} and server.at_once == 1, process)
        time.sleep(0.5)  # what was answered is on disk
        process.send_signal(kill)
        said = finish(process)
        assert process.returncode != 0
        assert kill != signal.SIGINT or (process.returncode == 130 and "--resume" in said)
        assert state_of(out)["state"] == "reading"
        server.script, server.requests = lending, []
        finish(start(news, out, server, "--resume"), 0)
        assert server.titles == ["t3", "t6"]
    assert data(out) == undisturbed
    assert state_of(out)["counts"] == {"done": ARTICLES}
    whole(f"{out}/")
