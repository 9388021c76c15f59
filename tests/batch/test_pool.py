"""The pool with workers that die, hang and dawdle: order is kept, nobody else pays, everything is answered for."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from pipeline.batch.outcome import Make, Outcome
from pipeline.batch.pool import Pool
from pipeline.batch.processes import Process, Processes
from pipeline.errors import SetupError
from pipeline.record import Article, digest


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The stand-ins, which the processes of the pool can import too."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    import stand_ins

    yield stand_ins
    sys.modules.pop("stand_ins")


def articles(*texts: str) -> list[Article]:
    return [Article(id=f"a{n}", sha256=digest(text), text=text) for n, text in enumerate(texts)]


def pairs(items: list[Article], size: int = 2) -> list[list[Article]]:
    return [items[at : at + size] for at in range(0, len(items), size)]


def pool_of(make: Make, count: int, timeout: float = 60) -> Pool[Process]:
    return Pool(Processes(make), count, timeout)


def outcomes(pool: Pool[Process], batches: list[list[Article]]) -> list[Outcome]:
    return [outcome for batch in pool.outcomes(batches) for outcome in batch]


def test_answers_come_in_the_order_of_the_input(workers: ModuleType, tmp_path: Path) -> None:
    items = articles("slow one", *["quick"] * 14, *[f"meet {tmp_path}"] * 4, *["quick"] * 12)
    with pool_of(workers.make, 2) as pool:
        found = outcomes(pool, pairs(items))
    assert [outcome.id for outcome in found] == [item.id for item in items]
    assert len({outcome.line.split('"by": ')[1] for outcome in found}) == 2


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ("die", "SIGKILL"),
        ("exit", "exit code 7"),
        ("fault", "SIGSEGV"),
        ("fill", "out of memory"),
        ("hang", "longer than 1 seconds"),
    ],
)
def test_an_article_that_ends_its_worker_is_set_aside_alone(workers: ModuleType, order: str, reason: str) -> None:
    items = articles("quick", "quick", f"{order} now", "quick", "quick", "quick")
    with pool_of(workers.make, 2, 1) as pool:
        found = outcomes(pool, pairs(items, 3))
    assert [outcome.state for outcome in found] == ["done", "done", "failed", "done", "done", "done"]
    assert reason in found[2].reason


def test_a_worker_that_dies_once_costs_nothing(workers: ModuleType, tmp_path: Path) -> None:
    with pool_of(workers.make, 1) as pool:
        found = outcomes(pool, [articles("quick", f"once {tmp_path / 'died'}")])
    assert [outcome.state for outcome in found] == ["done", "done"]


def test_what_lacked_memory_beside_others_is_tried_alone(workers: ModuleType) -> None:
    with pool_of(workers.make, 2) as pool:
        found = outcomes(pool, pairs(articles("quick", "crowd", "quick", "quick", "lack", "quick"), 3))
    assert [outcome.state for outcome in found] == ["done", "done", "done", "done", "failed", "done"]
    assert found[4].reason == "there is not enough memory for it"


def test_only_a_few_batches_are_in_memory(workers: ModuleType) -> None:
    drawn = 0

    def source() -> Iterator[list[Article]]:
        nonlocal drawn
        for batch in pairs(articles(*["quick"] * 200)):
            drawn += 1
            yield batch

    with pool_of(workers.make, 2) as pool:
        stream = pool.outcomes(source())
        next(stream)
        assert drawn < 20
        assert sum(1 for _ in stream) == 99


def test_workers_that_cannot_be_made_are_a_set_up_error(workers: ModuleType) -> None:
    with pool_of(workers.broken, 1) as pool, pytest.raises(SetupError, match="no model here"):
        outcomes(pool, [articles("quick")])


def test_no_process_is_left_behind(workers: ModuleType) -> None:
    with pool_of(workers.make, 2) as pool:
        processes = [seat.handle.process for seat in pool._seats]
        outcomes(pool, [articles("quick")])
    time.sleep(0.1)
    assert not any(process.is_alive() for process in processes)
