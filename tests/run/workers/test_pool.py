"""The pool with workers that die, hang and dawdle: order is kept, nobody else pays, everything is answered for.

Workers are processes, and actors in a Ray of this machine's own.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pipeline.errors import SetupError
from pipeline.record import Article, digest
from pipeline.run.workers.cluster import Actors, connected
from pipeline.run.workers.pool import MAX_DEATHS, Pool
from pipeline.run.workers.processes import Process, Processes
from pipeline.run.workers.worker import MakeWork, Outcome

HERE = str(Path(__file__).parent)
Made = Callable[..., Pool[Any]]


@pytest.fixture(scope="module")
def workers() -> Iterator[ModuleType]:
    """The stand-ins, which processes and actors can import too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(HERE)
        patch.setenv("PYTHONPATH", os.pathsep.join([HERE, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]))
        import stand_ins

        yield stand_ins


@pytest.fixture(scope="module")
def ray(workers: ModuleType) -> Iterator[Any]:
    if find_spec("ray") is None:  # not imported here: Corridor sets it up before
        pytest.skip("Ray is an extra: pip install 'corridor[ray]'")
    with connected(None) as module:
        yield module


@pytest.fixture(scope="module", params=["processes", pytest.param("ray", marks=pytest.mark.slow)])
def pool_of(request: pytest.FixtureRequest) -> Made:
    """Makes a pool of each kind of workers; actors get more time."""
    if request.param == "processes":
        return local
    ray = request.getfixturevalue("ray")
    return lambda make, count=2, timeout=60: Pool(Actors(ray, make), count, timeout * 3)


def local(make: MakeWork, count: int = 2, timeout: float = 60) -> Pool[Process[Any]]:
    return Pool(Processes(make), count, timeout)


def articles(*texts: str) -> list[Article]:
    return [Article(id=f"a{n}", sha256=digest(text), text=text) for n, text in enumerate(texts)]


def batches(items: list[Article], size: int = 2) -> list[list[Article]]:
    return [items[at : at + size] for at in range(0, len(items), size)]


def outcomes(pool: Pool[Any], given: list[list[Article]]) -> list[Outcome]:
    return [outcome for batch in pool.outcomes(given) for outcome in batch]


def states(answers: list[Outcome]) -> list[str]:
    return [outcome.state for outcome in answers]


def test_answers_come_in_the_order_of_the_input(pool_of: Made, workers: ModuleType, tmp_path: Path) -> None:
    items = articles("slow one", *["quick"] * 14, *[f"meet {tmp_path}"] * 4, *["quick"] * 12)
    with pool_of(workers.make) as pool:
        answers = outcomes(pool, batches(items))
    assert [outcome.id for outcome in answers] == [item.id for item in items]
    assert len({json.loads(outcome.line)["by"] for outcome in answers}) == 2


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ("hang", "longer than"),
        pytest.param("die", "SIGKILL|lost", marks=pytest.mark.slow),
        pytest.param("exit", "exit code 7|lost", marks=pytest.mark.slow),
        pytest.param("fault", "SIGSEGV|lost", marks=pytest.mark.slow),
        pytest.param("fill", "out of memory|MemoryError", marks=pytest.mark.slow),
    ],
)
def test_an_article_that_ends_its_worker_is_set_aside_alone(
    pool_of: Made, workers: ModuleType, order: str, reason: str
) -> None:
    items = articles("quick", "quick", f"{order} now", "quick", "quick", "quick")
    with pool_of(workers.make, timeout=1) as pool:
        answers = outcomes(pool, batches(items, 3))
    assert states(answers) == ["done", "done", "failed", "done", "done", "done"]
    assert any(part in answers[2].reason for part in reason.split("|")), answers[2].reason


def test_a_worker_that_is_killed_loses_nothing(pool_of: Made, workers: ModuleType) -> None:
    items = articles(*["slow"] * 12)
    with pool_of(workers.make) as pool:
        stream = pool.outcomes(batches(items))
        answers = [*next(stream)]
        killed = json.loads(answers[0].line)["by"]
        os.kill(killed, signal.SIGKILL)
        answers += [outcome for batch in stream for outcome in batch]
    assert [(outcome.id, outcome.state) for outcome in answers] == [(item.id, "done") for item in items]
    assert {json.loads(outcome.line)["by"] for outcome in answers} - {killed}  # others took over


def test_workers_that_cannot_be_made_are_a_set_up_error(pool_of: Made, workers: ModuleType) -> None:
    with pool_of(workers.broken, 1) as pool, pytest.raises(SetupError, match="no model here"):
        outcomes(pool, [articles("quick")])


@pytest.mark.slow
def test_a_slow_article_is_begun_twice_at_most_and_so_are_the_others(
    pool_of: Made, workers: ModuleType, tmp_path: Path
) -> None:
    log = tmp_path / "begun"
    orders = ["quick", "quick", "hang", "quick", "hang", "quick"]
    with pool_of(workers.make, 1, 2) as pool:
        answers = outcomes(pool, [articles(*(f"note {log} {order}" for order in orders))])
    assert states(answers) == ["failed" if order == "hang" else "done" for order in orders]
    begun = Counter(log.read_text().split())
    assert begun.keys() == {outcome.id for outcome in answers} and max(begun.values()) <= 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("times", "folders", "state", "deaths"),
    [(2, 4, "done", 8), (99, 1, "failed", 1 + MAX_DEATHS)],  # once beside the others
)
def test_deaths_cost_an_article_only_after_so_many_alone(
    workers: ModuleType, tmp_path: Path, times: int, folders: int, state: str, deaths: int
) -> None:
    doomed = [tmp_path / str(number) for number in range(folders)]
    for folder in doomed:
        folder.mkdir()
    with local(workers.make) as pool:
        answers = outcomes(pool, [articles("quick", *(f"doomed {times} {folder}" for folder in doomed), "quick")])
    assert states(answers) == ["done", *[state] * folders, "done"]
    assert len(list(tmp_path.glob("*/*"))) == deaths


@pytest.mark.slow
def test_deaths_before_a_worker_is_ready_end_the_run_only_if_all_die(
    workers: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with local(partial(workers.late, 6, str(tmp_path))) as pool:
        assert states(outcomes(pool, [articles("quick", "quick")])) == ["done", "done"]
    assert len(list(tmp_path.iterdir())) == 6
    monkeypatch.setattr("pipeline.run.workers.pool.MAX_FAILED_STARTS", 3)
    with (
        local(partial(workers.late, 99, str(tmp_path)), 1) as pool,
        pytest.raises(SetupError, match=r"could not be started: .*SIGKILL"),
    ):
        outcomes(pool, [articles("quick")])
    assert len(list(tmp_path.iterdir())) == 6 + 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("held", "least", "most"),
    [(None, 198, 199), (30_000, 21, 59)],  # of about 1,100 characters each; one is beside the slow one
)
def test_others_go_on_beside_a_slow_article_up_to_a_bound(
    workers: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: int | None, least: int, most: int
) -> None:
    if held:
        monkeypatch.setattr("pipeline.run.workers.pool.MAX_HELD", held)
    log = tmp_path / "begun"
    with local(workers.make, 2, 10) as pool:
        stream = pool.outcomes(batches(articles("hang", *[f"note {log} quick"] * 199)))
        assert states([*next(stream)]) == ["failed", "done"]
        assert least <= len(log.read_text().split()) <= most
        rest = [outcome.id for batch in stream for outcome in batch]
    assert rest == [f"a{number}" for number in range(2, 200)]


def test_what_lacked_memory_beside_others_is_tried_alone(workers: ModuleType) -> None:
    with local(workers.make) as pool:
        answers = outcomes(pool, batches(articles("quick", "crowd", "quick", "quick", "lack", "quick"), 3))
    assert states(answers) == ["done", "done", "done", "done", "failed", "done"]
    assert answers[4].reason == "there is not enough memory for it"


def test_only_a_few_batches_are_in_memory_and_no_process_is_left_behind(workers: ModuleType) -> None:
    drawn = 0

    def source() -> Iterator[list[Article]]:
        nonlocal drawn
        for batch in batches(articles(*["quick"] * 200)):
            drawn += 1
            yield batch

    with local(workers.make) as pool:
        processes = [slot.handle.process for slot in pool._slots]
        stream = pool.outcomes(source())
        next(stream)
        assert drawn < 20
        assert sum(1 for _ in stream) == 99
    time.sleep(0.1)
    assert not any(process.is_alive() for process in processes)


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="finds the sockets in /proc")
def test_ray_listens_on_the_loopback_interface_only(ray: Any, workers: ModuleType) -> None:
    with Pool(Actors(ray, workers.make), 2, 60) as pool:
        assert len(outcomes(pool, batches(articles(*["quick"] * 6)))) == 6
        addresses = listening(family(os.getpid()))
    assert len(addresses) >= 4  # the scheduler, the store and two workers at least
    assert set(addresses) <= {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}


@pytest.mark.slow
def test_ray_refuses_who_has_no_token(ray: Any, tmp_path: Path) -> None:
    call = f"import ray; ray.init({ray.get_runtime_context().gcs_address!r}); print(len(ray.nodes()))"
    own = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    own |= {"HOME": str(tmp_path), "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": os.environ["RAY_AUTH_TOKEN"]}
    stranger, friend = (
        subprocess.run([sys.executable, "-c", call], env=own | more, capture_output=True, text=True, timeout=120)
        for more in ({}, token)
    )
    assert (stranger.returncode != 0, "oken" in stranger.stderr) == (True, True), stranger.stderr
    assert (friend.returncode, friend.stdout.strip()) == (0, "1"), friend.stderr


def family(pid: int) -> list[int]:
    """The process and all that it has started."""
    children = [
        int(child) for task in Path(f"/proc/{pid}/task").glob("*/children") for child in task.read_text().split()
    ]
    return [pid, *(each for child in children for each in family(child))]


def listening(pids: list[int]) -> list[str]:
    """The address of each socket, as the kernel writes it, on which some processes wait for connections."""
    links = [str(link.readlink()) for pid in pids for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
    tables = [Path(f"/proc/net/{name}").read_text().splitlines()[1:] for name in ("tcp", "tcp6")]
    rows = [line.split() for table in tables for line in table]
    return [row[1].split(":")[0] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in links]
