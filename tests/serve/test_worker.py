"""Rows and files in, an outcome for each article out."""

import logging
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import pytest

from pipeline.record import Article
from pipeline.run.workers.worker import Outcome
from pipeline.serve.worker import LONGEST, MOST, ArticleIn, File, Job, Work
from pipeline.settings import Settings

LOAN, ROAD = "A loan was signed.", "A road was opened."
DAY = date(2025, 6, 1)


def sent(*texts: str, **more: Any) -> Job:
    return tuple(ArticleIn(text=text, **more) for text in texts)


class Reader:
    """In place of the worker that extracts: the title and date of what it gets."""

    def __init__(self, settings: Settings) -> None:
        pass

    def __call__(self, articles: Sequence[Article]) -> Iterator[Outcome]:
        for article in articles:
            yield Outcome(article.id, "done", line=f"{article.title}|{article.date}|{len(article.text)}")


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    monkeypatch.setattr("pipeline.serve.worker.Worker", Reader)
    log = logging.getLogger("corridor")
    level = log.level
    yield Work(Settings())
    log.setLevel(level)  # the other tests of this process have their warnings


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
