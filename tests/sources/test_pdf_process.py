"""A process for compiled code: whatever becomes of it, each question gets an answer or an error."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.errors import SetupError
from pipeline.sources.pdf import Child, Ended

ENDS = [(b"crash", 30, "crashed or needed too much memory"), (b"half", 30, "crashed"), (b"hang", 0.3, "took over 0.3")]


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Iterator[Child]:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[1]))
    made = Child("sources.odd_child")
    yield made
    made.close()


def test_one_process_answers_all_and_each_thread_gets_its_own_answers(child: Child) -> None:
    sizes = [3_000_000, *range(40)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda size: child.ask(b"x" * size, 30), sizes))
    assert [answer["size"] for answer in answers] == sizes
    (process,) = {answer["process"] for answer in answers}
    assert process != os.getpid()


@pytest.mark.parametrize(("data", "seconds", "reason"), ENDS)
def test_a_process_that_ends_is_started_again(child: Child, data: bytes, seconds: float, reason: str) -> None:
    with pytest.raises(Ended, match=reason):
        child.ask(data, seconds)
    assert child.ask(b"next", 30)["size"] == 4


@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_forked_process_starts_its_own(child: Child) -> None:
    own = child.ask(b"", 30)["process"]
    reading, writing = os.pipe()
    if (forked := os.fork()) == 0:
        os.write(writing, str(child.ask(b"", 30)["process"]).encode())
        child.close()
        os._exit(0)
    os.waitpid(forked, 0)
    assert int(os.read(reading, 20)) not in (own, os.getpid())
    assert child.ask(b"", 30)["process"] == own


def test_a_process_that_cannot_start_is_named() -> None:
    with pytest.raises(SetupError, match=r"cannot start pipeline.nothing with .*; run `corridor doctor`"):
        Child("pipeline.nothing").ask(b"", 30)
