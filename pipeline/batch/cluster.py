"""Hands that are actors of a Ray cluster: the same workers as on one machine, wherever the cluster puts them.

Hard because a node can go with all that is on it: an actor is never restarted behind our back, so that what it held is
tried again under the rules that hold for processes too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from pipeline.batch.outcome import Item, Make, Outcome
from pipeline.batch.pool import Answer, Gone
from pipeline.errors import SetupError
from pipeline.record import Article


class Actor:
    """A worker on the cluster; what it has been asked and has not answered yet is `pending`."""

    def __init__(self, ray: Any, make: Make) -> None:
        self._ray = ray
        remote = ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0)(_Served)
        self._actor = remote.remote(make)
        self.pending: Any = self._actor.begin.remote()

    def give(self, batch: Sequence[Item]) -> None:
        self.pending = self._actor.read.remote([_packed(item) for item in batch])

    def stop(self) -> None:
        self._ray.kill(self._actor, no_restart=True)

    def said(self) -> Answer:
        pending, self.pending = self.pending, None
        try:
            told = self._ray.get(pending)
        except self._ray.exceptions.RayTaskError as error:
            return Gone(repr(error.cause), broken=True)
        except self._ray.exceptions.RayError as error:
            return Gone(f"the worker was lost ({type(error).__name__})")
        return None if told is None else [Outcome(**row) for row in told]


class _Served:
    """The actor's own side."""

    def __init__(self, make: Make) -> None:
        self._make = make

    def begin(self) -> None:
        self._work = self._make()

    def read(self, batch: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        return [asdict(outcome) for outcome in self._work([_unpacked(row) for row in batch])]


class Actors:
    """Where they come from."""

    def __init__(self, ray: Any, make: Make) -> None:
        self._ray, self._make = ray, make

    def hire(self) -> Actor:
        return Actor(self._ray, self._make)

    def listen(self, hands: Sequence[Actor], seconds: float) -> list[tuple[Actor, Answer]]:
        asked = {hand.pending: hand for hand in hands if hand.pending is not None}
        ready, _ = self._ray.wait(list(asked), num_returns=1, timeout=seconds) if asked else ([], [])
        return [(asked[pending], asked[pending].said()) for pending in ready]


@contextmanager
def connected(address: str | None) -> Iterator[Any]:
    """The ray module, connected to a cluster, or to one of this machine's own where no address is given.

    Raises SetupError where Ray is not installed or the cluster cannot be reached.
    """
    try:
        import ray
    except ModuleNotFoundError as error:
        raise SetupError("--engine ray needs Ray: pip install 'corridor[ray]'") from error
    try:
        ray.init(address=address, include_dashboard=False, log_to_driver=False, configure_logging=False)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise SetupError(f"--address {address}: no Ray cluster answers there ({error})") from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _packed(item: Item) -> dict[str, Any]:
    """As plain data, so that a cluster of another release of pydantic reads it too."""
    return {"article": item.model_dump_json()} if isinstance(item, Article) else {"outcome": json.dumps(asdict(item))}


def _unpacked(row: dict[str, Any]) -> Item:
    if "article" in row:
        return Article.model_validate_json(row["article"])
    return Outcome(**json.loads(row["outcome"]))
