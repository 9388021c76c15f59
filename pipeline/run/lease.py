"""A lease on a run at an object store, which has no locks: it says who writes there, and until when."""

import json
import os
import platform
import time
from contextlib import suppress
from threading import Event, Thread
from typing import Any
from uuid import uuid4

from pipeline.errors import SetupError

NAME = "lock.json"
SECONDS = 60.0  # duration of a lease; it is renewed every third of that
SETTLE = 1.0  # seconds until two processes that took it at once can see which of them has it


class Lease:
    """The lease on the folder `path` of a store (fsspec), renewed until `close`; `url` is its name in messages.

    Raises SetupError if another process holds it.
    """

    def __init__(self, files: Any, path: str, url: str) -> None:
        self._files, self._path, self._url = files, f"{path}/{NAME}", url
        self._owner = f"{platform.node()}:{os.getpid()}:{uuid4().hex}"
        self._closed, self._lost = Event(), False
        self._until = time.monotonic() + SECONDS
        self._take()
        self._thread = Thread(target=self._keep, daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Raises SetupError if another process has taken the lease, or it could not be renewed in time."""
        if self._lost or time.monotonic() > self._until:
            raise SetupError(
                f"{self._url}: the lease ({NAME}) was lost; find out who writes there, then continue with --resume"
            )

    def close(self) -> None:
        self._closed.set()
        self._thread.join()
        with suppress(Exception):  # an unreachable lease expires
            if self._holder() == self._owner:
                self._files.rm_file(self._path)

    def _take(self) -> None:
        found = read(self._files, self._path, self._url)
        require_free(found, self._url)
        if found:
            self._files.rm_file(self._path)
        try:
            self._files.pipe_file(self._path, self._data(), mode="create")
            exclusive = True  # nobody else created it at the same time
        except Exception:  # it exists, or the store has no conditional writes; each store has its own errors
            exclusive = False
            if self._holder() is None:
                self._files.pipe_file(self._path, self._data())
        if found or not exclusive:
            time.sleep(SETTLE)
        if self._holder() != self._owner:
            require_free(read(self._files, self._path, self._url), self._url)
            raise SetupError(f"{self._url}: another run just took the lease ({NAME}); try again later")

    def renew(self) -> None:
        """Extends the lease; if the store cannot be reached, the next try may still come in time."""
        with suppress(Exception):
            if self._holder() != self._owner:
                self._lost = True
                return
            until = time.monotonic() + SECONDS
            self._files.pipe_file(self._path, self._data())
            self._until = until

    def _keep(self) -> None:
        while not self._lost and not self._closed.wait(SECONDS / 3):
            self.renew()

    def _holder(self) -> str | None:
        found = read(self._files, self._path, self._url)
        return found["owner"] if found else None

    def _data(self) -> bytes:
        return json.dumps({"owner": self._owner, "until": time.time() + SECONDS}).encode()


def read(files: Any, path: str, url: str) -> dict[str, Any] | None:
    """The lease at a path: `owner`, and its end `until` (seconds since 1970); None if there is none."""
    files.invalidate_cache()
    try:
        data = files.cat_file(path)
    except FileNotFoundError:
        return None
    try:
        found = json.loads(data)
        return {"owner": str(found["owner"]), "until": float(found["until"])}
    except (ValueError, KeyError, TypeError) as error:
        raise SetupError(f"{url}: {NAME} is no lease; delete it if no run is writing there") from error


def require_free(found: dict[str, Any] | None, url: str) -> None:
    """Raises SetupError if a lease has not ended."""
    left = found["until"] - time.time() if found else 0.0
    if found and left > 0:
        holder = found["owner"].rpartition(":")[0]
        raise SetupError(
            f"{url}: another `corridor extract` is writing there ({holder}); wait until it ends. "
            f"If it is gone, its lease ({NAME}) ends in {left:.0f} seconds"
        )
