"""The files of a run: in a folder of this machine, or at an address of an object store."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from filelock import FileLock

from pipeline.atomic import locked
from pipeline.errors import SetupError
from pipeline.records import MANIFEST
from pipeline.run import lease
from pipeline.sources.locations import file_system, is_remote

LOCK = ".lock"


class Folder:
    """A folder of this machine. A file is written completely or not at all, even if the power fails.

    `database`: path of the manifest database.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self.database = folder, str(folder / MANIFEST)
        self._lock: FileLock | None = None

    def lock(self, reading: bool = False) -> None:
        """Raises SetupError if another process writes there. `reading`: check only, without writing."""
        if reading and not os.access(self._folder / LOCK, os.W_OK):
            return  # no run was ever started there, or this user may not write
        self._folder.mkdir(parents=True, exist_ok=True)
        busy = f"{self._folder}: another `corridor extract` is writing to it; wait for its end, or name another folder"
        self._lock = locked(self._folder / LOCK, busy)

    def names(self) -> list[str]:
        """Without hidden files, such as temporary ones of a killed run."""
        paths = self._folder.iterdir() if self._folder.is_dir() else ()
        return sorted(path.name for path in paths if not path.name.startswith("."))

    def odd(self, names: Iterable[str]) -> list[str]:
        """Those that are no files, but folders, pipes or devices, or links to these."""
        return [name for name in sorted(names) if not (self._folder / name).is_file()]

    def read(self, name: str) -> bytes:
        return (self._folder / name).read_bytes()

    def write(self, name: str, data: bytes) -> None:
        path, temporary = self._folder / name, self._folder / f".{name}.part"
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        if hasattr(os, "O_DIRECTORY"):  # the new name must reach the disk too
            folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def delete(self, name: str) -> None:
        (self._folder / name).unlink()

    def close(self) -> None:
        if self._lock:
            self._lock.release()


class Store:
    """An address such as `s3://bucket/run/`; a store writes a file completely or not at all. Raises SetupError."""

    database = ""  # there is none

    def __init__(self, url: str) -> None:
        self._url = url
        self._files, path = file_system(url)
        self._path = path.rstrip("/")
        self._lease: lease.Lease | None = None

    def lock(self, reading: bool = False) -> None:
        if reading:
            path = f"{self._path}/{lease.NAME}"
            lease.require_free(self._try(lambda: lease.read(self._files, path, self._url)), self._url)
        else:
            self._lease = self._try(lambda: lease.Lease(self._files, self._path, self._url))

    def names(self) -> list[str]:
        self._files.invalidate_cache()
        found: list[Any] = self._try(lambda: self._files.find(self._path) if self._files.exists(self._path) else [])
        names = (str(path).rpartition("/")[2] for path in found)
        return sorted(name for name in names if name != lease.NAME)

    def odd(self, names: Iterable[str]) -> list[str]:
        return []

    def read(self, name: str) -> bytes:
        data: bytes = self._try(lambda: self._files.cat_file(f"{self._path}/{name}"))
        return data

    def write(self, name: str, data: bytes) -> None:
        self._change(lambda: self._files.pipe_file(f"{self._path}/{name}", data))

    def delete(self, name: str) -> None:
        self._change(lambda: self._files.rm_file(f"{self._path}/{name}"))

    def close(self) -> None:
        if self._lease:
            self._lease.close()

    def _change(self, step: Callable[[], Any]) -> None:
        if self._lease:
            self._lease.check()
        self._try(step)

    def _try(self, step: Callable[[], Any]) -> Any:
        try:
            return step()
        except SetupError:
            raise
        except Exception as error:  # each store has its own errors
            raise SetupError(f"{self._url}: {error}; fix that and continue with --resume") from error


Files = Folder | Store


def files_at(where: str) -> Files:
    return Store(where) if is_remote(where) else Folder(Path(where))
