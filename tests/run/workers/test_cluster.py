"""A Ray of this machine's own with two workers, one killed on the way: the same answers as from processes."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pipeline.errors import SetupError
from pipeline.record import Article, digest
from pipeline.run.workers.cluster import Actor, Actors, connected
from pipeline.run.workers.pool import Pool
from pipeline.run.workers.worker import Outcome

if find_spec("ray") is None:  # not imported here: Corridor sets it up before
    pytest.skip("Ray is an extra: pip install 'corridor[ray]'", allow_module_level=True)
HERE = str(Path(__file__).parent)


@pytest.fixture(scope="module")
def workers() -> Iterator[ModuleType]:
    """The stand-ins, which the actors can import too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(HERE)
        patch.setenv("PYTHONPATH", os.pathsep.join([HERE, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]))
        import stand_ins

        yield stand_ins


@pytest.fixture(scope="module")
def ray(workers: ModuleType) -> Iterator[Any]:
    with connected(None) as module:
        yield module


def articles(*texts: str) -> list[Article]:
    return [Article(id=f"a{n}", sha256=digest(text), text=text) for n, text in enumerate(texts)]


def read(pool: Pool[Actor], items: list[Article], size: int = 3) -> list[Outcome]:
    batches = [items[at : at + size] for at in range(0, len(items), size)]
    return [outcome for batch in pool.outcomes(batches) for outcome in batch]


def test_answers_come_in_the_order_of_the_input_from_several_actors(
    ray: Any, workers: ModuleType, tmp_path: Path
) -> None:
    items = articles("slow one", *["quick"] * 14, *[f"meet {tmp_path}"] * 4, *["quick"] * 12)
    with Pool(Actors(ray, workers.make), 2, 60) as pool:
        found = read(pool, items)
    assert [outcome.id for outcome in found] == [item.id for item in items]
    assert len({json.loads(outcome.line)["by"] for outcome in found}) == 2


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        pytest.param("die", "lost", marks=pytest.mark.slow),
        pytest.param("fill", "MemoryError", marks=pytest.mark.slow),
        ("hang", "longer than 3 seconds"),
    ],
)
def test_an_article_that_ends_its_actor_is_set_aside_alone(
    ray: Any, workers: ModuleType, order: str, reason: str
) -> None:
    items = articles("quick", f"{order} now", "quick", "quick", "quick", "quick")
    with Pool(Actors(ray, workers.make), 2, 3) as pool:
        found = read(pool, items)
    assert [outcome.state for outcome in found] == ["done", "failed", "done", "done", "done", "done"]
    assert reason in found[1].reason


def test_an_actor_that_is_killed_loses_nothing(ray: Any, workers: ModuleType) -> None:
    items = articles(*["slow"] * 12)
    with Pool(Actors(ray, workers.make), 2, 60) as pool:
        stream = pool.outcomes([items[at : at + 2] for at in range(0, 12, 2)])
        found = [*next(stream)]
        killed = json.loads(found[0].line)["by"]
        os.kill(killed, signal.SIGKILL)
        found += [outcome for batch in stream for outcome in batch]
    assert [(outcome.id, outcome.state) for outcome in found] == [(item.id, "done") for item in items]
    assert {json.loads(outcome.line)["by"] for outcome in found} - {killed}  # others took over


def test_workers_that_cannot_be_made_are_a_set_up_error(ray: Any, workers: ModuleType) -> None:
    with Pool(Actors(ray, workers.broken), 1, 60) as pool, pytest.raises(SetupError, match="no model here"):
        read(pool, articles("quick"))


@pytest.mark.slow
def test_a_slow_article_is_begun_twice_at_most_and_so_are_the_others(
    ray: Any, workers: ModuleType, tmp_path: Path
) -> None:
    log = tmp_path / "begun"
    items = articles(*[f"note {log} quick"] * 2, f"note {log} hang", f"note {log} quick")
    with Pool(Actors(ray, workers.make), 2, 3) as pool:
        found = read(pool, items, 4)
    assert [outcome.state for outcome in found] == ["done", "done", "failed", "done"]
    begun = Counter(log.read_text().split())
    assert begun.keys() == {"a0", "a1", "a2", "a3"} and max(begun.values()) <= 2


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="finds the sockets in /proc")
def test_it_listens_on_the_loopback_interface_only(ray: Any, workers: ModuleType) -> None:
    with Pool(Actors(ray, workers.make), 2, 60) as pool:
        assert len(read(pool, articles(*["quick"] * 6))) == 6
        addresses = listening(family(os.getpid()))
    assert len(addresses) >= 4  # the scheduler, the store and two workers at least
    assert set(addresses) <= {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}


@pytest.mark.slow
def test_it_refuses_who_has_no_token(ray: Any, tmp_path: Path) -> None:
    address = ray.get_runtime_context().gcs_address
    found = {}
    for token in (None, os.environ["RAY_AUTH_TOKEN"]):
        own = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
        own |= {"HOME": str(tmp_path), "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"}
        own |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token} if token else {}
        call = f"import ray; ray.init({address!r}); print(len(ray.nodes()))"
        found[token] = subprocess.run(
            [sys.executable, "-c", call], env=own, capture_output=True, text=True, timeout=120
        )
    stranger, friend = found.values()
    assert (stranger.returncode != 0, "oken" in stranger.stderr) == (True, True), stranger.stderr
    assert (friend.returncode, friend.stdout.strip()) == (0, "1"), friend.stderr


def family(pid: int) -> list[int]:
    """The process and all that it has started."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [pid, *(one for task in tasks for child in task.read_text().split() for one in family(int(child)))]


def listening(pids: list[int]) -> list[str]:
    """The address of each socket, as the kernel writes it, on which some processes wait for connections."""
    links = [str(link.readlink()) for pid in pids for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
    tables = [Path(f"/proc/net/{name}").read_text().splitlines()[1:] for name in ("tcp", "tcp6")]
    rows = [line.split() for table in tables for line in table]
    return [row[1].split(":")[0] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in links]
