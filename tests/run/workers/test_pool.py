"""The pool with workers that die, hang and dawdle: order is kept, nobody else pays, everything is answered for."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

from pipeline.errors import SetupError
from pipeline.record import Article, digest
from pipeline.run.workers.pool import MAX_DEATHS, Pool
from pipeline.run.workers.processes import Process, Processes
from pipeline.run.workers.worker import MakeWork, Outcome


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


def pool_of(make: MakeWork, count: int, timeout: float = 60) -> Pool[Process]:
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
        pytest.param("exit", "exit code 7", marks=pytest.mark.slow),
        pytest.param("fault", "SIGSEGV", marks=pytest.mark.slow),
        pytest.param("fill", "out of memory", marks=pytest.mark.slow),
        ("hang", "longer than 1 seconds"),
    ],
)
def test_an_article_that_ends_its_worker_is_set_aside_alone(workers: ModuleType, order: str, reason: str) -> None:
    items = articles("quick", "quick", f"{order} now", "quick", "quick", "quick")
    with pool_of(workers.make, 2, 1) as pool:
        found = outcomes(pool, pairs(items, 3))
    assert [outcome.state for outcome in found] == ["done", "done", "failed", "done", "done", "done"]
    assert reason in found[2].reason


@pytest.mark.slow
def test_eight_kills_of_workers_cost_no_article(workers: ModuleType, tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(4)]
    for folder in folders:
        folder.mkdir()
    with pool_of(workers.make, 2) as pool:
        found = outcomes(pool, [articles("quick", *(f"doomed 2 {folder}" for folder in folders), "quick")])
    assert sum(len(list(folder.iterdir())) for folder in folders) == 8
    assert [outcome.state for outcome in found] == ["done"] * 6


@pytest.mark.slow
def test_an_article_is_given_up_after_so_many_deaths_alone(workers: ModuleType, tmp_path: Path) -> None:
    with pool_of(workers.make, 2) as pool:
        found = outcomes(pool, [articles("quick", f"doomed 99 {tmp_path}", "quick")])
    assert [outcome.state for outcome in found] == ["done", "failed", "done"]
    assert len(list(tmp_path.iterdir())) == 1 + MAX_DEATHS  # once beside the others


@pytest.mark.slow
def test_deaths_before_a_worker_is_ready_are_no_articles(workers: ModuleType, tmp_path: Path) -> None:
    with pool_of(partial(workers.late, 6, str(tmp_path)), 2) as pool:
        found = outcomes(pool, [articles("quick", "quick")])
    assert (len(list(tmp_path.iterdir())), [outcome.state for outcome in found]) == (6, ["done", "done"])


@pytest.mark.slow
def test_workers_that_all_die_before_they_are_ready_end_the_run(
    workers: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.run.workers.pool.MAX_FAILED_STARTS", 3)
    make = partial(workers.late, 99, str(tmp_path))
    with pool_of(make, 1) as pool, pytest.raises(SetupError, match=r"could not be started: .*SIGKILL"):
        outcomes(pool, [articles("quick")])
    assert len(list(tmp_path.iterdir())) == 4


@pytest.mark.slow
def test_a_slow_article_is_begun_twice_at_most_and_so_are_the_others(workers: ModuleType, tmp_path: Path) -> None:
    log = tmp_path / "begun"
    orders = ["quick", "quick", "hang", "quick", "hang", "quick"]
    with pool_of(workers.make, 1, 2) as pool:
        found = outcomes(pool, [articles(*(f"note {log} {order}" for order in orders))])
    assert [outcome.state == "failed" for outcome in found] == [order == "hang" for order in orders]
    begun = Counter(log.read_text().split())
    assert begun.keys() == {outcome.id for outcome in found} and max(begun.values()) <= 2


@pytest.mark.slow
def test_other_workers_go_on_beside_a_slow_article(workers: ModuleType, tmp_path: Path) -> None:
    log = tmp_path / "begun"
    with pool_of(workers.make, 2, 10) as pool:
        stream = pool.outcomes(pairs(articles("hang", *[f"note {log} quick"] * 199)))
        assert [outcome.state for outcome in next(stream)] == ["failed", "done"]
        begun = log.read_text().split()
        rest = [outcome.id for batch in stream for outcome in batch]
    assert len(begun) >= 198  # all but the one beside the slow one, which may have come after
    assert rest == [f"a{number}" for number in range(2, 200)]


@pytest.mark.slow
def test_what_waits_for_a_slow_article_is_bounded(
    workers: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.run.workers.pool.MAX_HELD", 30_000)
    log = tmp_path / "begun"
    with pool_of(workers.make, 2, 10) as pool:
        stream = pool.outcomes(pairs(articles("hang", *[f"note {log} quick"] * 199)))
        next(stream)
        assert 20 < len(log.read_text().split()) < 60  # of about 1,100 characters each
        assert sum(len(batch) for batch in stream) == 198


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
        processes = [slot.handle.process for slot in pool._slots]
        outcomes(pool, [articles("quick")])
    time.sleep(0.1)
    assert not any(process.is_alive() for process in processes)
