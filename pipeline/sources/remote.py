"""Files of an object store or another file system (`s3://bucket/news/*.jsonl`), with fsspec; nothing by http."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from io import BufferedReader
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from pipeline.errors import ArticleError, SetupError
from pipeline.sources.packed import kind, kinds

STORES = frozenset({"s3", "gs", "gcs", "az", "abfs", "abfss", "hdfs", "memory"})

_HERE = "file://"


@dataclass(frozen=True)
class Remote:
    """A remote file."""

    url: str

    @property
    def name(self) -> str:
        return PurePosixPath(self.url).name

    def open(self) -> BinaryIO:
        files, path = file_system(self.url)
        return BufferedReader(files.open(path, "rb"))

    def __str__(self) -> str:
        return self.url


def is_remote(name: str) -> bool:
    """Whether it is the address of another file system; file:// is not, see `local`."""
    return "://" in name and not name.lower().startswith(_HERE)


def local(name: str) -> str:
    """The path in a file:// address, not decoded; any other name unchanged."""
    if not name.lower().startswith(_HERE):
        return name
    path = name[len(_HERE) :]
    return path.removeprefix("localhost") if path.startswith("localhost/") else path


def expand(name: str, known: Collection[str]) -> list[Remote | ArticleError]:
    """The files that an address, folder or glob names, sorted; an ArticleError if there are none."""
    files, path = file_system(name)
    scheme = name.partition("://")[0]
    try:
        found = files.glob(path) if any(sign in path for sign in "*?[") else files.find(path)
    except Exception as error:  # each store has its own errors
        return [ArticleError(name, f"cannot be read ({error})")]
    remotes = [Remote(f"{scheme}://{place.lstrip('/')}") for place in sorted(found)]
    wanted = [remote for remote in remotes if kind(remote.name) in known]
    return [*wanted] or [ArticleError(name, f"holds nothing that Corridor reads ({kinds(known)})")]


def file_system(url: str) -> tuple[Any, str]:
    """The file system of an address, and the path in it. Raises SetupError for web addresses, or without fsspec."""
    scheme = url.partition("://")[0]
    if scheme not in STORES:
        raise SetupError(
            f"{url}: {scheme}:// is not read; download the file first ({', '.join(sorted(STORES))} are read)"
        )
    try:
        from fsspec.core import url_to_fs

        found: tuple[Any, str] = url_to_fs(url)
    except ImportError as error:
        raise SetupError(f"{url}: needs another package: pip install 'corridor[remote]' ({error})") from error
    return found
