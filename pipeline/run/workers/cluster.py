"""Workers that are actors of a Ray cluster.

A node can fail with everything on it. Ray does not restart actors here; the pool sends their articles again, under the
same rules as for local processes.
"""

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from ipaddress import ip_address
from typing import Any

from pipeline.errors import SetupError
from pipeline.record import Article
from pipeline.run.workers.pool import Answer, Died
from pipeline.run.workers.worker import MakeWork, Outcome

_LOOPBACK = "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"  # 0: Ray uses 127.0.0.1, on Linux too
_LOCAL = {_LOOPBACK: "0", "RAY_AUTH_MODE": "token"}  # Ray reads these when it is imported


class Actor:
    """A worker on the cluster; `pending`: the stream of answers still to come."""

    def __init__(self, ray: Any, make: MakeWork) -> None:
        self._ray = ray
        remote = ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0)(_Remote)
        self._actor = remote.remote(make)
        self.pending: Any = self._actor.run.options(num_returns="streaming").remote(None)

    def send(self, articles: Sequence[Article]) -> None:
        rows = [article.model_dump_json() for article in articles]
        self.pending = self._actor.run.options(num_returns="streaming").remote(rows)

    def stop(self) -> None:
        self._ray.kill(self._actor, no_restart=True)

    def answers(self) -> list[Answer]:
        """The next answer; empty at the end of the stream."""
        try:
            row = self._ray.get(next(self.pending))
        except StopIteration:
            self.pending = None
            return []
        except self._ray.exceptions.RayTaskError as error:
            return [Died(repr(error.cause), at_start=True)]
        except self._ray.exceptions.RayError as error:
            return [Died(f"the worker was lost ({type(error).__name__})")]
        return [None if row is None else Outcome(**row)]


class _Remote:
    """The actor itself. It takes and returns plain data, so that a node with another pydantic can read it."""

    def __init__(self, make: MakeWork) -> None:
        self._make = make

    def run(self, articles: Sequence[str] | None) -> Iterator[dict[str, Any] | None]:
        """Without articles it loads the models and yields None when ready; else it yields the worker's reports."""
        if articles is None:
            self._work = self._make()
            yield None
        else:
            for report in self._work([Article.model_validate_json(row) for row in articles]):
                yield asdict(report)


class Actors:
    """Starts actors."""

    def __init__(self, ray: Any, make: MakeWork) -> None:
        self._ray, self._make = ray, make

    def start(self) -> Actor:
        return Actor(self._ray, self._make)

    def receive(self, handles: Sequence[Actor], seconds: float) -> list[tuple[Actor, Answer]]:
        pending = {handle.pending: handle for handle in handles if handle.pending is not None}
        if not pending or not self._ray.wait([*pending], num_returns=1, timeout=seconds)[0]:
            return []
        ready, _ = self._ray.wait([*pending], num_returns=len(pending), timeout=0)  # no actor waits behind another
        return [(pending[one], answer) for one in ready for answer in pending[one].answers()]


@contextmanager
def connected(address: str | None) -> Iterator[Any]:
    """The ray module, connected to the cluster at `address`, or to a new one on this machine.

    The local one listens on the loopback interface only and asks for a token, made for this process.
    Raises SetupError if Ray is not installed, the cluster does not answer, or a local one would listen elsewhere.
    """
    ray: Any
    if address is None:
        os.environ.update(_LOCAL)
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
