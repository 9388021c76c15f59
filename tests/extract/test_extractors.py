"""An extractor of another package: every command that reads articles takes it by its name, with nothing of its own."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import httpx2
import pytest
from test_cli import Answer, run

from pipeline.errors import ArticleError, SetupError
from pipeline.extract import extract, extractor_of, results_of
from pipeline.record import Article, Record
from pipeline.settings import Settings
from pipeline.sources import make_article

ROOT, PACKAGE = Path(__file__).resolve().parents[2], Path(__file__).parent / "lenders"
TEXTS = [
    "Japan will lend Kenya $300 million for a port.",
    "This is a riddle.",
    "It rained. Norway will lend Malawi $20 million. Peru will lend Chile $5 million.",
]
AMOUNTS = [[3e8], [2e7, 5e6]]


def corridor(command: str, code: int) -> Answer:
    answer = run(f"corridor {command}")
    assert answer.code == code, answer.err
    return answer


def amounts(lines: Iterable[str]) -> list[list[float | None]]:
    records = [Record.model_validate_json(line) for line in lines]
    return [[amount.value for act in one.commitments for amount in act.amounts] for one in records]


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("news") / "news.jsonl"
    path.write_text("".join(json.dumps({"id": f"n{n}", "text": text}) + "\n" for n, text in enumerate(TEXTS)), "utf-8")
    return path


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(PACKAGE)


@pytest.mark.usefixtures("installed")
def test_a_file_and_its_evaluation(news: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.jsonl"
    assert "n1: holds a riddle" in corridor(f"extract {news} -o {out} --extractor lenders", 1).err
    assert amounts(out.read_text("utf-8").splitlines()) == AMOUNTS
    assert json.loads(corridor(f"evaluate {out} {out} --json", 0).out)["rows"]["rows"]["f1"] == 1.0


@pytest.mark.usefixtures("installed")
def test_a_run_folder_with_workers_is_resumed_by_the_same_extractor_only(news: Path, tmp_path: Path) -> None:
    run_folder, made = tmp_path / "run", f"extract {news} -o {tmp_path}/run/ --workers 2"
    corridor(f"{made} --extractor lenders", 1)
    kept = json.loads((run_folder / "run.json").read_text("utf-8"))["made"]
    assert (kept["extractor"], kept["lenders"]) == ("lenders", "1.0")
    assert "made with other settings" in corridor(f"{made} --resume", 2).err
    corridor(f"{made} --extractor lenders --resume --retry", 1)
    found = [line for path in sorted(run_folder.glob("records-*.jsonl")) for line in path.open(encoding="utf-8")]
    assert amounts(found) == AMOUNTS
    assert "whole" in corridor(f"verify {run_folder}", 0).err


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_the_server() -> None:
    command = [sys.executable, "-m", "pipeline", "serve", "--extractor", "lenders", "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(PACKAGE)])}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        found = next(filter(None, (re.search(r"extraction at (\S+) \(Ctrl-C", line) for line in server.stderr)))
        try:
            answer = httpx2.post(f"{found[1]}/extract", json={"text": TEXTS[0]}, timeout=60)
        finally:
            server.send_signal(signal.SIGINT)
            server.stderr.read()
    assert answer.status_code == 200
    assert amounts([json.dumps(answer.json())]) == AMOUNTS[:1]


def test_python(installed: None) -> None:
    record = extract(TEXTS[0], extractor_of(Settings(extractor="lenders")))
    assert amounts([record.to_json()]) == AMOUNTS[:1]


def test_a_name_that_is_not_installed_is_refused_with_those_that_are(installed: None, news: Path) -> None:
    with pytest.raises(SetupError, match="no extractor 'lender' is installed; there is: both, lenders, llm, small"):
        extractor_of(Settings(extractor="lender"))
    assert "no extractor 'lender'" in corridor(f"extract {news} --extractor lender", 2).err


class Faulty:
    """Does wrong what the texts say."""

    def read(self, articles: Iterable[Article]) -> Iterator[Record | ArticleError]:
        for article in articles:
            if article.text == "raise":
                raise RuntimeError("boom")
            if article.text == "memory":
                raise MemoryError
            if article.text == "stop":
                return
            other = make_article("other", id="other") if article.text == "mix" else article
            yield Record(article=other, sentences=[], mentions=[], actors=[], projects=[], relations=[], commitments=[],
                         sectors=[])  # fmt: skip

    def made_with(self) -> dict[str, str]:
        return {}


def test_what_an_extractor_does_wrong_costs_one_article() -> None:
    texts = ["good", "raise", "good", "stop", "mix", "memory", "good"]
    results = [*results_of(Faulty(), [make_article(text, id=f"n{n}") for n, text in enumerate(texts)])]
    boom, none, other = "RuntimeError: boom", "ValueError: no record", "ValueError: a record of another article"
    reasons = ["", boom, "", none, other, "there is not enough memory for it", ""]
    assert [getattr(one, "reason", "").split(" (")[0] for one in results] == reasons
