"""A Ray of this machine's own with two workers, one killed on the way: the same answers as from processes."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pipeline.batch.cluster import Actor, Actors, connected
from pipeline.batch.outcome import Outcome
from pipeline.batch.pool import Pool
from pipeline.errors import SetupError
from pipeline.record import Article, digest

pytest.importorskip("ray", reason="Ray is an extra: pip install 'corridor[ray]'")
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
    ("order", "reason"), [("die", "lost"), ("fill", "MemoryError"), ("hang", "longer than 3 seconds")]
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
