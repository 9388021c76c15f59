"""Workers that are actors of a Ray cluster: the same as on one machine, wherever the cluster puts them.

A node can go with all that is on it. Ray never restarts an actor by itself here, so that what it was at is tried again
under the rules that hold for processes too.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from ipaddress import ip_address
from typing import Any

from pipeline.batch.outcome import At, Make, Outcome
from pipeline.batch.pool import Answer, Gone
from pipeline.errors import SetupError
from pipeline.record import Article

_LOOPBACK = "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"  # 0: Ray uses 127.0.0.1, on Linux too
_OWN = {_LOOPBACK: "0", "RAY_AUTH_MODE": "token"}  # what Ray reads when it is imported


class Actor:
    """A worker on the cluster; `pending`: what it still has to answer, to be waited for."""

    def __init__(self, ray: Any, make: Make) -> None:
        self._ray = ray
        remote = ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0)(_Served)
        self._actor = remote.remote(make)
        self.pending: Any = self._actor.run.options(num_returns="streaming").remote(None)

    def give(self, articles: Sequence[Article]) -> None:
        rows = [article.model_dump_json() for article in articles]
        self.pending = self._actor.run.options(num_returns="streaming").remote(rows)

    def stop(self) -> None:
        self._ray.kill(self._actor, no_restart=True)

    def answers(self) -> list[Answer]:
        """Its next answer; none where it has given all."""
        try:
            row = self._ray.get(next(self.pending))
        except StopIteration:
            self.pending = None
            return []
        except self._ray.exceptions.RayTaskError as error:
            return [Gone(repr(error.cause), broken=True)]
        except self._ray.exceptions.RayError as error:
            return [Gone(f"the worker was lost ({type(error).__name__})")]
        return [None if row is None else At(**row) if "place" in row else Outcome(**row)]


class _Served:
    """The actor's own side. What it gets and returns is plain data, so that a node with another pydantic reads it."""

    def __init__(self, make: Make) -> None:
        self._make = make

    def run(self, articles: Sequence[str] | None) -> Iterator[dict[str, Any] | None]:
        """Loads the models, where there are no articles, then says that it is ready; else what the worker reports."""
        if articles is None:
            self._work = self._make()
            yield None
        else:
            for report in self._work([Article.model_validate_json(row) for row in articles]):
                yield asdict(report)


class Actors:
    """Where they are started."""

    def __init__(self, ray: Any, make: Make) -> None:
        self._ray, self._make = ray, make

    def start(self) -> Actor:
        return Actor(self._ray, self._make)

    def listen(self, handles: Sequence[Actor], seconds: float) -> list[tuple[Actor, Answer]]:
        pending = {handle.pending: handle for handle in handles if handle.pending is not None}
        if not pending or not self._ray.wait([*pending], num_returns=1, timeout=seconds)[0]:
            return []
        ready, _ = self._ray.wait([*pending], num_returns=len(pending), timeout=0)  # no answer waits behind another's
        return [(pending[one], answer) for one in ready for answer in pending[one].answers()]


@contextmanager
def connected(address: str | None) -> Iterator[Any]:
    """The ray module, connected to a cluster, or to one of this machine's own where no address is given.

    The machine's own listens on the loopback interface only and wants a token, which is made anew for this process.
    Raises SetupError where Ray is not installed, the cluster cannot be reached, or would listen elsewhere.
    """
    ray: Any
    if address is None:
        os.environ.update(_OWN)
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    try:
        import ray
    except ModuleNotFoundError as error:
        raise SetupError("--engine ray needs Ray: pip install 'corridor[ray]'") from error
    try:
        ray.init(address or "local", include_dashboard=False, log_to_driver=False, configure_logging=False)
    except (ConnectionError, RuntimeError, ValueError, ray.exceptions.RayError) as error:
        what = f"--address {address}: no Ray cluster answers there" if address else "Ray could not be started here"
        raise SetupError(f"{what} ({error})") from error
    try:
        if address is None and not ip_address(ray.util.get_node_ip_address()).is_loopback:
            raise SetupError(f"Ray would listen to other machines: set {_LOOPBACK}=0 before anything imports ray")
        yield ray
    finally:
        ray.shutdown()
