"""Files of an object store or another file system (`s3://bucket/news/*.jsonl`), by fsspec.

Hard because the rest knows paths of this machine only: a remote file is a stream with a name. Web pages are not files:
nothing is fetched by http.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from io import BufferedReader
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from pipeline.errors import ArticleError, SetupError

STORES = frozenset({"s3", "gs", "gcs", "az", "abfs", "abfss", "hdfs", "memory"})

_HERE = "file://"


@dataclass(frozen=True)
class Remote:
    """A file by its whole address."""

    url: str

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.url).suffix.lower()

    def open(self) -> BinaryIO:
        files, path = file_system(self.url)
        return BufferedReader(files.open(path, "rb"))

    def __str__(self) -> str:
        return self.url


def is_remote(name: str) -> bool:
    """Whether it is an address of another machine or file system; file:// is none, see `local`."""
    return "://" in name and not name.lower().startswith(_HERE)


def local(name: str) -> str:
    """The path that a file:// address means, with nothing in it decoded; any other name as it is."""
    if not name.lower().startswith(_HERE):
        return name
    path = name[len(_HERE) :]
    return path.removeprefix("localhost") if path.startswith("localhost/") else path


def expand(name: str, known: Collection[str]) -> list[Remote | ArticleError]:
    """The files that an address, a folder or a glob names, sorted; an ArticleError where it names none."""
    files, path = file_system(name)
    scheme = name.partition("://")[0]
    try:
        found = files.glob(path) if any(sign in path for sign in "*?[") else files.find(path)
    except Exception as error:  # each store has errors of its own
        return [ArticleError(name, f"cannot be read ({error})")]
    remotes = [Remote(f"{scheme}://{place.lstrip('/')}") for place in sorted(found)]
    wanted = [remote for remote in remotes if remote.suffix in known]
    return [*wanted] or [ArticleError(name, f"nothing to read there (read are {', '.join(sorted(known))})")]


def file_system(url: str) -> tuple[Any, str]:
    """The file system of an address, and the path in it. Raises SetupError for web addresses, and without fsspec."""
    scheme = url.partition("://")[0]
    if scheme not in STORES:
        raise SetupError(f"{url}: {scheme}:// is not read; fetch the file first ({', '.join(sorted(STORES))} are)")
    try:
        from fsspec.core import url_to_fs

        found: tuple[Any, str] = url_to_fs(url)
    except ImportError as error:
        raise SetupError(f"{url}: needs another package: pip install 'corridor[remote]' ({error})") from error
    return found
