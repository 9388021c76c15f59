"""A lease on a run at an object store, where nothing ends a lock but time: who writes there, and until when."""

from __future__ import annotations

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
SECONDS = 60.0  # that a lease lasts; it is renewed three times as often
SETTLE = 1.0  # seconds until two that took a lease over at once can see which of them has it


class Lease:
    """The lease on the folder `path` of a store (fsspec), renewed until it is closed; `url` names it in messages.

    Raises SetupError where another process holds it.
    """

    def __init__(self, files: Any, path: str, url: str) -> None:
        self._files, self._path, self._url = files, f"{path}/{NAME}", url
        self._owner = f"{platform.node()}:{os.getpid()}:{uuid4().hex}"
        self._ended, self._lost = Event(), False
        self._until = time.monotonic() + SECONDS
        self._take()
        self._thread = Thread(target=self._keep, daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Raises SetupError where the lease has passed to another process, or could not be renewed in time."""
        if self._lost or time.monotonic() > self._until:
            raise SetupError(
                f"{self._url}: the lease ({NAME}) was lost; see who writes there, then go on with --resume"
            )

    def close(self) -> None:
        self._ended.set()
        self._thread.join()
        with suppress(Exception):  # it ends by itself
            if self._holder() == self._owner:
                self._files.rm_file(self._path)

    def _take(self) -> None:
        found = read(self._files, self._path, self._url)
        refuse(found, self._url)
        if found:
            self._files.rm_file(self._path)
        sure = self._created()
        if found or not sure:
            time.sleep(SETTLE)
        if self._holder() != self._owner:
            refuse(read(self._files, self._path, self._url), self._url)
            raise SetupError(f"{self._url}: another run took the lease ({NAME}) just now; try again later")

    def _created(self) -> bool:
        """Whether the store promises that nobody else could create it at the same time."""
        try:
            self._files.pipe_file(self._path, self._data(), mode="create")
            return True
        except Exception:  # it is there, or the store knows no conditional write; each says so in its own way
            if self._holder() is None:
                self._files.pipe_file(self._path, self._data())
            return False

    def renew(self) -> None:
        """Makes it last longer; what cannot be reached now may be tried again, as long as the lease lasts."""
        with suppress(Exception):
            if self._holder() != self._owner:
                self._lost = True
                return
            until = time.monotonic() + SECONDS
            self._files.pipe_file(self._path, self._data())
            self._until = until

    def _keep(self) -> None:
        while not self._lost and not self._ended.wait(SECONDS / 3):
            self.renew()

    def _holder(self) -> str | None:
        found = read(self._files, self._path, self._url)
        return found["owner"] if found else None

    def _data(self) -> bytes:
        return json.dumps({"owner": self._owner, "until": time.time() + SECONDS}).encode()


def read(files: Any, path: str, url: str) -> dict[str, Any] | None:
    """The lease at a path: its `owner`, and `until` when it lasts (seconds since 1970); None where there is none."""
    files.invalidate_cache()
    try:
        data = files.cat_file(path)
    except FileNotFoundError:
        return None
    try:
        found = json.loads(data)
        return {"owner": str(found["owner"]), "until": float(found["until"])}
    except (ValueError, KeyError, TypeError) as error:
        raise SetupError(f"{url}: {NAME} is no lease; delete it if no run is at work there") from error


def refuse(found: dict[str, Any] | None, url: str) -> None:
    """Raises SetupError for a lease that lasts."""
    left = found["until"] - time.time() if found else 0.0
    if found and left > 0:
        holder = found["owner"].rpartition(":")[0]
        raise SetupError(
            f"{url}: another `corridor extract` is at work there ({holder}); wait for its end. "
            f"If it is gone, its lease ({NAME}) ends in {left:.0f} seconds"
        )
