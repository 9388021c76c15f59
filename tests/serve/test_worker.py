"""Rows and files in, an outcome for each article out."""

import logging
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pytest
from llm.conftest import own_environment  # noqa: F401 (fixture)
from llm.server import Server, always, answer

from pipeline.llm.endpoint import Endpoint
from pipeline.llm.ledger import Budget
from pipeline.llm.read import Reader
from pipeline.record import Article, Record
from pipeline.run.workers.worker import Outcome
from pipeline.serve.worker import LONGEST, MOST, ArticleIn, File, Job, Work
from pipeline.settings import Settings

LOAN, ROAD = "A loan was signed.", "A road was opened."
DAY = date(2025, 6, 1)


def sent(*texts: str, **more: Any) -> Job:
    return tuple(ArticleIn(text=text, **more) for text in texts)


class Titles:
    """In place of the worker that extracts: the title and date of what it gets."""

    def __init__(self, settings: Settings) -> None:
        pass

    def __call__(self, articles: Sequence[Article]) -> Iterator[Outcome]:
        for article in articles:
            yield Outcome(article.id, "done", line=f"{article.title}|{article.date}|{len(article.text)}")


@pytest.fixture
def log() -> Iterator[None]:
    """The other tests of this process have their warnings."""
    level = logging.getLogger("corridor").level
    yield
    logging.getLogger("corridor").setLevel(level)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch, log: None) -> Work:
    monkeypatch.setattr("pipeline.serve.worker.Worker", Titles)
    return Work(Settings())


def told(work: Work, job: Job) -> list[str]:
    """What became of each article; the last answer, None, says that it was the last."""
    *outcomes, end = work(job)
    assert end is None
    return [one.line or f"{one.id}: {one.reason}" for one in outcomes if one]


@pytest.mark.parametrize(
    ("job", "expected"),
    [
        (sent(LOAN, title="Loan", date=DAY), ["Loan|2025-06-01|18"]),
        (sent(" "), ["the article: holds no text"]),
        (sent(LOAN, "", ROAD), ["None|None|18", "articles[1]: holds no text", "None|None|18"]),
        (File("a.txt", LOAN.encode(), title="Given", date="2025-06-01"), ["Given|2025-06-01|18"]),
        (File("a.csv", f"id,text\n1,{LOAN}\n2,\n3,{ROAD}\n".encode()), ["None|None|18", "a.csv:3", "None|None|18"]),
        (File("a.txt", b""), ["a.txt: holds no text"]),
        (File("a.pdf", b"no pdf"), ["a.pdf: "]),
        (File("a.docx", b"no zip"), ["a.docx: damaged, or no Word document"]),
        (File("a.zip", b""), ["a.zip: Corridor does not read .zip files"]),
        (File("../../etc/passwd", LOAN.encode()), ["None|None|18"]),
    ],
)
def test_each_article_has_an_outcome(work: Work, job: Job, expected: list[str]) -> None:
    found = told(work, job)
    assert len(found) == len(expected)
    assert [line[: len(start)] for line, start in zip(found, expected, strict=True)] == expected


def test_a_long_article_and_a_long_file_are_refused_in_part(work: Work) -> None:
    (long,) = told(work, sent("word " * (LONGEST // 5 + 1)))
    assert long.startswith(f"the article: too long: {LONGEST + 5:,} characters, at most {LONGEST:,} are read here")
    rows = "".join(f"{number},{LOAN}\n" for number in range(MOST + 5))
    found = told(work, File("a.csv", f"id,text\n{rows}".encode()))
    assert len(found) == MOST + 1
    assert found[-1] == f"a.csv: holds more than {MOST} articles; use `corridor extract` on it"


def test_a_defect_of_a_reader_costs_its_file(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.serve.worker.read_stream", lambda *_: 1 // 0)
    (found,) = told(work, File("a.txt", b"x"))
    assert found.startswith("a.txt: ZeroDivisionError")


def test_a_language_model_reads_within_a_budget_of_a_day(log: None) -> None:
    """What is left out by the budget has its sentences; the next day it is read."""
    bank = {"id": "a1", "type": "actor", "quote": "Banque de la Savane", "sentence": 0, "kind": "bank"}
    act = {"sentence": 0, "trigger": "prêtera", "kind": "finance", "status": "pledged", "by": ["a1"]}
    settings = Settings(extractor="llm")
    articles = [f"La Banque de la Savane prêtera {n} millions d’euros." for n in (3, 4)]
    with Server(always(answer({"new": [bank], "commitments": [act]}))) as server:

        def opened() -> Reader:
            return Reader(Endpoint(server.url, "m"), settings, budget=Budget(calls=1), rounds=True)

        work = Work(settings, opened)

        def acts(text: str) -> int:
            (outcome, end) = work((ArticleIn(text=text),))
            assert outcome is not None and end is None
            return len(Record.model_validate_json(outcome.line).commitments)

        assert [acts(text) for text in articles] == [1, 0]
        work._day = date.min
        assert acts(articles[1]) == 1 and len(server.requests) == 2
