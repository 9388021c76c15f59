"""Where the files of a run lie: in a folder of this machine, or at an address of an object store."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from pipeline.errors import SetupError
from pipeline.readers.remote import file_system, is_remote

MANIFEST = "manifest.sqlite"


class Files(Protocol):
    """Whole files by name. `database`: where the manifest lies while it is worked on, on this machine."""

    database: Path
    lasting: bool  # whether the database is itself a file of the run

    def names(self) -> list[str]: ...
    def read(self, name: str) -> str: ...
    def write(self, name: str, data: bytes) -> None: ...
    def delete(self, name: str) -> None: ...
    def close(self) -> None: ...


def files_at(where: str) -> Files:
    return Store(where) if is_remote(where) else Folder(Path(where))


class Folder:
    """A folder of this machine; what is written is there whole or not at all, even when the power goes."""

    lasting = True

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self.database = folder, folder / MANIFEST

    def names(self) -> list[str]:
        return sorted(path.name for path in self._folder.iterdir())

    def read(self, name: str) -> str:
        return (self._folder / name).read_text(encoding="utf-8")

    def write(self, name: str, data: bytes) -> None:
        path, temporary = self._folder / name, self._folder / f".{name}.part"
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        if hasattr(os, "O_DIRECTORY"):  # the name itself has to reach the disk
            folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def delete(self, name: str) -> None:
        (self._folder / name).unlink()

    def close(self) -> None:
        return


class Store:
    """An address such as `s3://bucket/run/`: a store puts a file there whole or not at all. Raises SetupError."""

    lasting = False

    def __init__(self, url: str) -> None:
        self._url = url
        self._files, path = file_system(url)
        self._path = path.rstrip("/")
        self._work = TemporaryDirectory(prefix="corridor-")
        self.database = Path(self._work.name) / MANIFEST

    def names(self) -> list[str]:
        self._files.invalidate_cache()
        found: list[Any] = self._tried(lambda: self._files.find(self._path) if self._files.exists(self._path) else [])
        return sorted(str(place).rpartition("/")[2] for place in found)

    def read(self, name: str) -> str:
        data: bytes = self._tried(lambda: self._files.cat_file(f"{self._path}/{name}"))
        return data.decode("utf-8")

    def write(self, name: str, data: bytes) -> None:
        self._tried(lambda: self._files.pipe_file(f"{self._path}/{name}", data))

    def delete(self, name: str) -> None:
        self._tried(lambda: self._files.rm_file(f"{self._path}/{name}"))

    def close(self) -> None:
        self._work.cleanup()

    def _tried(self, step: Any) -> Any:
        """Each store has errors of its own."""
        try:
            return step()
        except Exception as error:
            raise SetupError(f"{self._url}: {error}; mend that and go on with --resume") from error
