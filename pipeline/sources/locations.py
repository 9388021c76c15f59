"""Resolves inputs (files, folders, globs, addresses of an object store, `-`) to sources, each once, in a fixed order.

A wrong name is reported as an error of its own; the others are read. Stores are read with fsspec; nothing by http.
"""

import logging
import os
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from glob import has_magic
from io import BufferedReader
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from pipeline.errors import ArticleError, SetupError, number_of
from pipeline.sources.decode import kind, kinds

STDIN = "-"
STORES = frozenset({"s3", "gs", "gcs", "az", "abfs", "abfss", "hdfs", "memory"})
_HERE = "file://"
_TABLE = "CREATE TABLE seen (key PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID"
_ADD = "INSERT INTO seen VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET times = times + 1 RETURNING times"
# files that may hold articles but are not read
_DOCUMENTS = frozenset({".doc", ".odt", ".epub", ".msg", ".xls", ".xlsx", ".xml", ".gz", ".zst", ".bz2", ".xz", ".zip"})
_log = logging.getLogger("corridor")


@dataclass(frozen=True)
class Remote:
    """A remote file."""

    url: str

    @property
    def name(self) -> str:
        return PurePosixPath(self.url).name

    def open(self, mode: str) -> BinaryIO:
        files, path = file_system(self.url)
        return BufferedReader(files.open(path, mode))

    def __str__(self) -> str:
        return self.url


Source = Path | Remote | str | ArticleError  # a string is STDIN


def find(inputs: Sequence[str], known: Collection[str], follow: bool = False) -> Iterator[Source]:
    """The sources to read, and an ArticleError for each input that gives none.

    `known`: extensions to read, as `kind` writes them; `follow`: links inside a folder are followed. Raises
    SetupError, at once, if no input gives a source.
    """
    seen = Seen()
    sources = (
        source
        for name in inputs
        for source in _expand(name, known, follow)
        if isinstance(source, ArticleError)
        or seen.add(os.fsencode(os.path.realpath(source) if isinstance(source, Path) else str(source))) == 1
    )
    errors: list[ArticleError] = []
    for source in sources:
        if not isinstance(source, ArticleError):
            return chain(errors, [source], sources)
        errors.append(source)
    raise SetupError("\n".join(map(str, errors)) or "no input; name files, folders, globs or - (standard input)")


def _expand(name: str, known: Collection[str], follow: bool) -> Iterator[Source]:
    try:
        yield from _stored(name, known) if is_remote(name) else _named(local(name), known, follow)
    except (OSError, ValueError) as error:
        yield ArticleError(name, f"cannot be read ({getattr(error, 'strerror', None) or error})")


def _named(name: str, known: Collection[str], follow: bool) -> Iterator[Source]:
    """A file is read as text if it has no extension."""
    path = Path(name)
    if name == STDIN:
        yield STDIN
    elif not name:
        yield ArticleError("''", "is no name of an input; write . for the current folder")
    elif path.is_dir():
        yield from _or_else(_folder(path, known, follow), name, "holds", known)
    elif path.is_file() and path.suffix and kind(name) not in known:
        yield unread(str(path), known)
    elif path.is_file():
        yield path
    elif path.exists():
        yield ArticleError(str(path), "a pipe or a device, not a file; to read from a pipe name - (standard input)")
    elif has_magic(name):
        yield from _or_else(_glob(path, known, follow), name, "matches", known)
    else:
        yield ArticleError(name, "does not exist")


def unread(name: str, known: Collection[str]) -> ArticleError:
    """What is said of a file of another kind."""
    return ArticleError(name, f"Corridor does not read {kind(name)} files (it reads {kinds(known)})")


def _or_else(sources: Iterator[Source], name: str, verb: str, known: Collection[str]) -> Iterator[Source]:
    yield next(sources, ArticleError(name, f"{verb} nothing that Corridor reads ({kinds(known)})"))
    yield from sources


def _stored(name: str, known: Collection[str]) -> Iterator[Source]:
    """The files that an address, folder or glob of a store names, sorted."""
    files, path = file_system(name)
    try:
        paths = sorted(files.glob(path) if any(sign in path for sign in "*?[") else files.find(path))
    except Exception as error:  # each store has its own errors
        yield ArticleError(name, f"cannot be read ({error})")
        return
    scheme = name.partition("://")[0]
    remotes = (Remote(f"{scheme}://{own.lstrip('/')}") for own in paths if kind(PurePosixPath(own).name) in known)
    yield from _or_else(remotes, name, "holds", known)


def is_remote(name: str) -> bool:
    """Whether it is the address of another file system; file:// is not, see `local`."""
    return "://" in name and not name.lower().startswith(_HERE)


def local(name: str) -> str:
    """The path in a file:// address, not decoded; any other name unchanged."""
    if not name.lower().startswith(_HERE):
        return name
    path = name[len(_HERE) :]
    return path.removeprefix("localhost") if path.startswith("localhost/") else path


def file_system(url: str) -> tuple[Any, str]:
    """The file system of an address, and the path in it. Raises SetupError for web addresses, or without fsspec."""
    scheme = url.partition("://")[0]
    if scheme not in STORES:
        known = ", ".join(sorted(STORES))
        raise SetupError(f"{url}: {scheme}:// is not read; download the file first ({known} are read)")
    try:
        from fsspec.core import url_to_fs

        opened: tuple[Any, str] = url_to_fs(url)
    except ImportError as error:
        raise SetupError(f"{url}: needs another package: pip install 'corridor[remote]' ({error})") from error
    return opened


def _folder(folder: Path, known: Collection[str], follow: bool) -> Iterator[Source]:
    """Files with a known extension in a folder and its subfolders, sorted.

    Hidden files are left out; so are links to folders and out of the folder, unless `follow`: then each folder is read
    once. These links and other documents give a warning. Only the names in one folder and its parents, and of folders
    where links are followed, are in memory at a time.
    """
    walk, others, links = [_inside(folder)], Counter[str](), 0
    entered = {os.path.realpath(folder)} if follow else set[str]()
    while walk:
        for path in walk[-1]:
            if isinstance(path, ArticleError):
                yield path
            elif not follow and path.is_symlink() and not _is_inside(path, folder):
                links += path.is_dir() or (path.is_file() and kind(path.name) in known)
            elif path.is_dir():
                place = os.path.realpath(path)
                if place not in entered:
                    entered |= {place} if follow else set()
                    walk.append(_inside(path))
                    break
            elif kind(path.name) in known and path.is_file():
                yield path
            elif path.suffix.lower() in _DOCUMENTS:
                others[path.suffix.lower()] += 1
        else:
            walk.pop()
    _tell(folder, links, others, known)


def _tell(folder: Path, links: int, others: Counter[str], known: Collection[str]) -> None:
    """Says what was left out of a folder."""
    if links:
        many = number_of(links, "link")
        _log.warning("%s: skipped %s to folders or out of it; --follow-links follows them", folder, many)
    if others:
        skipped = ", ".join(f"{number} {kind}" for kind, number in sorted(others.items()))
        _log.warning("%s: skipped %s (Corridor reads %s)", folder, skipped, kinds(known))


def _inside(folder: Path) -> Iterator[Path | ArticleError]:
    """The entries of a folder, sorted, without hidden ones."""
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208  a million names take less memory than a million paths
    except OSError as error:
        return iter([ArticleError(str(folder), f"cannot be read ({error.strerror})")])
    return (folder / name for name in names if not name.startswith("."))


def _is_inside(path: Path, folder: Path) -> bool:
    """Whether a path is no link, or one to a file in the folder."""
    return not path.is_symlink() or (path.is_file() and path.resolve().is_relative_to(folder.resolve()))


def _glob(pattern: Path, known: Collection[str], follow: bool) -> Iterator[Source]:
    """Matches, sorted; hidden files only if the pattern names them. `**` does not follow links to folders."""
    parts = pattern.parts
    begin = next(i for i, part in enumerate(parts) if has_magic(part))
    base, rest = Path(*parts[:begin]), Path(*parts[begin:])
    hidden = any(part.startswith(".") for part in rest.parts)
    for path in sorted(base.glob(str(rest))):
        if not hidden and any(part.startswith(".") for part in path.relative_to(base).parts):
            continue
        if path.is_dir():
            yield from _folder(path, known, follow)
        elif kind(path.name) in known and path.is_file() and (follow or _is_inside(path, base)):
            yield path


class Seen:
    """Counts names of files or ids of articles, in a temporary database, so that memory stays flat.

    SQLite keeps it in memory while it is small and on disk when it grows. Raises SetupError if the disk for temporary
    files is full.
    """

    def __init__(self) -> None:
        self._rows = sqlite3.connect("", check_same_thread=False)
        self._rows.executescript(f"PRAGMA journal_mode = OFF; {_TABLE}")

    def __contains__(self, key: str | bytes) -> bool:
        with _disk_errors():
            return self._rows.execute("SELECT 1 FROM seen WHERE key = ?", (key,)).fetchone() is not None

    def add(self, key: str | bytes) -> int:
        """Counts the key; returns how often it has occurred."""
        with _disk_errors():
            times: int = self._rows.execute(_ADD, (key,)).fetchone()[0]
            return times


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise SetupError(f"temporary files cannot be written ({error}); set TMPDIR to a disk with room") from error
