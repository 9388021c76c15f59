"""`corridor extract --extractor small|llm|both`: who reads which article, against a scripted server."""

import json
import logging
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from llm.conftest import own_environment, secret  # noqa: F401 (fixtures)
from llm.server import Request, Server, answer, status
from test_cli import Answer, run

from pipeline.errors import ArticleError, SetupError
from pipeline.extract import Both, extract, extractor_of
from pipeline.gold.folder import read_gold
from pipeline.llm.recording import replayed
from pipeline.record import Record
from pipeline.run.workers.worker import Outcome, Worker, outcomes_of
from pipeline.settings import Settings
from pipeline.sources import make_article

FRENCH = "La Banque de la Savane prêtera 12,5 millions d’euros à la Guinée. Le port ouvrira en 2027."
ENGLISH = "Japan will lend Kenya $45 million for a port at Lamu, officials said. The port opens in 2031."
ROWS = [
    {"id": "fr-1", "title": "t0", "date": "2025-03-04", "text": FRENCH},
    {"id": "en-1", "title": "t1", "date": "2025-03-04", "text": ENGLISH},
    {"id": "fr-2", "title": "t2", "date": "2025-03-04", "text": FRENCH.replace("Savane", "Lagune")},
]
NAME = {"quote": "Banque de la Savane", "name_en": "Savanna Bank"}
BANK = {"id": "a1", "type": "actor", "sentence": 0, "kind": "bank", **NAME}
SUM = {
    "id": "m1",
    "type": "amount",
    "sentence": 0,
    "quote": "12,5 millions d’euros",
    "value": 12.5e6,
    "currency": "EUR",
}
ACT = {"sentence": 0, "trigger": "prêtera", "kind": "finance", "status": "pledged", "by": ["a1"], "amounts": ["m1"]}


def lending(request: Request) -> Any:
    """What a large model answers: all parts of a French article, nothing new of an English one."""
    if "Banque" not in request.prompt:
        return answer({"commitments": []})
    other = {"quote": "Banque de la Lagune", "name_en": "Lagoon Bank"}
    bank = BANK | other if "Lagune" in request.prompt else BANK
    return answer({"new": [bank, SUM], "commitments": [ACT]})


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    monkeypatch.chdir(tmp_path)
    lines = [json.dumps(row, ensure_ascii=False) for row in ROWS]
    (tmp_path / "news.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with Server(lending) as scripted:
        yield scripted


def extracted(server: Server, options: str, out: str = "r.jsonl", code: int = 0) -> tuple[Answer, list[Record]]:
    said = run(f"corridor extract news.jsonl -o {out} --llm-url {server.url} --llm-model m {options}")
    assert said.code == code, said.err
    paths = sorted(Path(out).glob("records-*")) if out.endswith("/") else [Path(out)]
    return said, [Record.model_validate_json(line) for path in paths for line in path.read_text().splitlines()]


def acts(record: Record) -> list[tuple[str, str]]:
    return [(act.trigger.text, act.method) for act in record.commitments]


def systems(server: Server) -> list[bool]:
    """Of each request, whether it asks for everything."""
    return ["name_en" in request.body["messages"][0]["content"] for request in server.requests]


@pytest.mark.parametrize("out", ["r.jsonl", "run/"])
def test_both_is_the_default_with_an_endpoint(server: Server, out: str) -> None:
    said, (first, second, third) = extracted(server, "", out)
    assert sorted(systems(server)) == [False, True, True]
    assert acts(first) == acts(third) == [("prêtera", "llm:m")]
    assert [one.name_en for one in first.actors] == ["Savanna Bank"]
    assert second.actors and all(actor.name_en is None for actor in second.actors)
    assert "not in English" not in said.err


def test_alone_reads_every_language_without_the_small_models(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.extract.load", lambda *_, **__: pytest.fail("the small models were loaded"))
    _, records = extracted(server, "--extractor llm")
    assert systems(server) == [True] * 3
    assert [len(record.commitments) for record in records] == [1, 0, 1]
    assert [len(record.sentences) for record in records] == [2, 2, 2]


def test_small_asks_nobody_and_says_what_reads_other_languages(server: Server) -> None:
    said, records = extracted(server, "--extractor small")
    assert server.requests == [] and len(records) == 3
    assert said.err.count("not in English (fr), so read badly; a language model reads it: see docs/llm.md") >= 1


def test_an_endpoint_of_the_environment_alone_is_not_asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORRIDOR_LLM_URL", server.url)
    monkeypatch.setenv("CORRIDOR_LLM_MODEL", "m")
    assert run("corridor extract news.jsonl -o r.jsonl").code == 0 and server.requests == []
    assert run("corridor extract news.jsonl -o r.jsonl --extractor llm").code == 0 and len(server.requests) == 3


def test_without_an_answer_the_sentences_stay_and_the_exit_code_says_so(server: Server) -> None:
    server.script = lambda request: status(400)
    said, records = extracted(server, "--extractor llm", code=1)
    assert [(len(record.sentences), record.commitments) for record in records] == [(2, [])] * 3
    assert "in other languages their sentences alone" in said.err


def test_a_run_is_completed_later_and_asks_nothing_twice(server: Server) -> None:
    server.script = lambda request: lending(request) if request.number == 0 else status(400)
    extracted(server, "--extractor llm --llm-concurrency 1", "run/")
    server.script, before = lending, len(server.requests)
    _, records = extracted(server, "--extractor llm --llm-concurrency 1 --resume", "run/")
    assert [len(record.commitments) for record in records] == [1, 0, 1]
    assert len(server.requests) == before + 2
    refused = run(f"corridor extract news.jsonl -o run/ --resume --llm-url {server.url} --llm-model m")
    assert refused.code == 2 and "extractor: llm then, both now" in refused.err


def test_a_run_of_the_small_models_may_be_read_by_both_later(server: Server) -> None:
    extracted(server, "--extractor small", "run/")
    _, records = extracted(server, "--resume", "run/")
    assert len(records) == 3 and len(server.requests) == 3


def test_a_dry_run_counts_articles_that_are_read_alone(server: Server) -> None:
    said, _ = extracted(server, "--extractor llm --dry-run")
    assert "3 of 3 articles would be read: 3 calls, about 9," in said.err and server.requests == []


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("--extractor llm", "a language model needs --llm-url"),
        ("--llm-budget '3 calls'", "--llm-budget needs a language model"),
        ("--llm-url http://localhost:9/v1 --llm-model m --llm-batch wait", "a server reads at once"),
    ],
)
def test_a_server_refuses_what_does_not_go_together(options: str, reason: str) -> None:
    said = run(f"corridor serve {options}")
    assert said.code == 2 and reason in said.err


def test_an_extractor_reads_articles_in_their_order(caplog: pytest.LogCaptureFixture, nlp: Any) -> None:
    articles = [make_article(row["text"], id=row["id"], any_language=True) for row in ROWS]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.extract.load", lambda *_, **__: nlp)
        both = extractor_of(Settings(extractor="both"))
        found = [*both.read(articles)]
    assert isinstance(both, Both)
    assert [one.article.id for one in found if isinstance(one, Record)] == ["fr-1", "en-1", "fr-2"]
    assert [bool(one.actors) for one in found if isinstance(one, Record)] == [False, True, False]
    assert caplog.records == [] or all(one.levelno < logging.WARNING for one in caplog.records)


def test_an_article_that_is_too_long_is_named() -> None:
    bare = extractor_of(Settings(extractor="llm", max_length=50))
    short, long = (make_article(text, id=text[:4], any_language=True) for text in ("Le pont ouvre.", FRENCH))
    first, second = bare.read([short, long])
    assert isinstance(first, Record) and isinstance(second, ArticleError) and "too long" in second.reason
    with pytest.raises(SetupError, match="there is: both, llm, small"):
        extractor_of(Settings(extractor="large"))


def test_python_reads_with_a_language_model_too(server: Server) -> None:
    from pipeline.extract.second import WithReader
    from pipeline.llm.endpoint import Endpoint
    from pipeline.llm.read import Reader

    settings = Settings(extractor="llm")
    with Reader(Endpoint(server.url, "m"), settings) as reader:
        both = WithReader(extractor_of(settings), reader)
        record = extract(make_article(FRENCH, id="fr-1", any_language=True), both)
        assert acts(record) == [("prêtera", "llm:m")]
        assert both.made_with()["reader"]["model"] == "m"


def in_process(extractor: str) -> Any:
    """What stands for the workers of this machine."""

    def engine(batches: Iterable[Any]) -> Iterator[list[Outcome]]:
        worker = Worker(Settings(extractor=extractor))
        for batch in batches:
            yield [*outcomes_of(batch, worker)]

    return nullcontext(engine)


def watch(server: Server, options: str = "", code: int = 0) -> str:
    model = f"--llm-url {server.url} --llm-model m --extractor llm"
    said = run(f"corridor watch arriving/ -o watched/ {model} {options}")
    assert said.code == code, said.err
    return said.err + said.out


def test_its_answers_can_be_kept_to_measure_and_to_learn_from(server: Server) -> None:
    extracted(server, "", "run/")
    assert run("corridor train answers run/ -o answers.jsonl").code == 0
    lines = [json.loads(line) for line in Path("answers.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 3 and sum("relations" in line["answer"] for line in lines) == 2
    assert run("corridor extract news.jsonl -o bare.jsonl --extractor llm --llm-url u --llm-model m").code == 2
    extracted(server, "--extractor llm --dry-run", "bare.jsonl")
    first = Record.model_validate_json(Path("bare.jsonl").read_text(encoding="utf-8").splitlines()[0])
    ((_, said),) = replayed(first, [line for line in lines if line["sha256"] == first.article.sha256])
    assert said.new[0].quote == "Banque de la Savane" and said.commitments[0].trigger == "prêtera"


def test_it_annotates_articles_of_any_language(server: Server) -> None:
    said = run(f"corridor annotate llm news.jsonl -o mine --llm-url {server.url} --llm-model m")
    assert said.code == 0, said.err
    gold = {one.article.id: one for one in read_gold(Path("mine"))}
    assert len(gold) == 3 and gold["fr-1"].actors[0].name_en == "Savanna Bank"
    assert gold["fr-1"].commitments[0].amounts[0].value == 12.5e6


def test_a_watch_reads_with_a_language_model_within_the_budget_of_a_round(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.run.local_engine", lambda *_: in_process("llm"))
    Path("arriving").mkdir()
    for row in (ROWS[0], ROWS[2]):
        Path("arriving", f"{row['id']}.jsonl").write_text(json.dumps(row), encoding="utf-8")
    first = watch(server, "--llm-budget '1 calls'")
    assert len(server.requests) == 1 and "1 article left for the next round" in first and "Added (1)" in first
    second = watch(server, "--llm-budget '1 calls'")
    assert len(server.requests) == 2 and "left for the next round" not in second and "Added (1)" in second
    assert "read by the language model" not in watch(server, "--llm-budget '1 calls'")  # nothing new, nothing left
    third = {**ROWS[0], "id": "fr-3", "text": FRENCH.replace("Guinée", "Gambie")}
    Path("arriving", "fr-3.jsonl").write_text(json.dumps(third), encoding="utf-8")
    assert "1 call, 2 answers from the cache" in watch(server, "--llm-budget '1 calls'")
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("--extractor llm", "a language model needs --llm-url"),
        ("--llm-budget '3 calls'", "--llm-budget needs a language model"),
        ("--extractor llm --llm-url http://localhost:9/v1 --llm-model m --llm-batch wait", "a watch reads at once"),
    ],
)
def test_a_watch_refuses_what_does_not_go_together(server: Server, options: str, reason: str) -> None:
    Path("arriving").mkdir()
    said = run(f"corridor watch arriving/ -o watched/ {options}")
    assert said.code == 2 and reason in said.err and not Path("watched").exists()
