"""Resolves inputs (files, folders, globs, `-`) to sources to open, each once, in a fixed order.

A wrong name is reported as an error of its own; the others are read.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from glob import has_magic
from itertools import chain
from pathlib import Path

from pipeline.errors import ArticleError, SetupError, number_of
from pipeline.sources.packed import kind, kinds
from pipeline.sources.remote import Remote, expand, is_remote, local

_log = logging.getLogger("corridor")

STDIN = "-"
_TABLE = "CREATE TABLE seen (key PRIMARY KEY, times INTEGER NOT NULL) WITHOUT ROWID"
_ADD = "INSERT INTO seen VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET times = times + 1 RETURNING times"
# files that may hold articles but are not read
DOCUMENTS = frozenset({".doc", ".odt", ".epub", ".msg", ".xls", ".xlsx", ".xml", ".gz", ".zst", ".bz2", ".xz", ".zip"})
Source = Path | Remote | str | ArticleError  # a string is STDIN


def find(inputs: Sequence[str], known: Collection[str], follow: bool = False) -> Iterator[Source]:
    """The sources to read, and an ArticleError for each input that gives none.

    `known`: extensions to read, as `kind` writes them; `follow`: links inside a folder are followed. Raises
    SetupError, at once, if no input gives a source.
    """
    found = _once(source for name in inputs for source in _expand(name, known, follow))
    errors: list[ArticleError] = []
    for source in found:
        if not isinstance(source, ArticleError):
            return chain(errors, [source], found)
        errors.append(source)
    raise SetupError("\n".join(map(str, errors)) or "no input; name files, folders, globs or - (standard input)")


def _once(found: Iterable[Source]) -> Iterator[Source]:
    """The sources without repeated files."""
    seen = Seen()
    return (source for source in found if isinstance(source, ArticleError) or seen.add(_key(source)) == 1)


def _key(source: Path | Remote | str) -> bytes:
    """Equal for two names of one file."""
    return os.fsencode(os.path.realpath(source) if isinstance(source, Path) else str(source))


def _expand(name: str, known: Collection[str], follow: bool) -> Iterator[Source]:
    try:
        if name == STDIN:
            yield STDIN
        elif is_remote(name):
            yield from expand(name, known)
        else:
            yield from _named(local(name), known, follow)
    except (OSError, ValueError) as error:
        yield ArticleError(name, f"cannot be read ({getattr(error, 'strerror', None) or error})")


def _named(name: str, known: Collection[str], follow: bool) -> Iterator[Source]:
    path = Path(name)
    if not name:
        yield ArticleError("''", "is no name of an input; write . for the current folder")
    elif path.is_dir():
        yield from _or_else(_folder(path, known, follow), _nothing(name, "holds", known))
    elif path.exists():
        yield _file(path, known)
    elif has_magic(name):
        yield from _or_else(_glob(path, known, follow), _nothing(name, "matches", known))
    else:
        yield ArticleError(name, "does not exist")


def _nothing(name: str, verb: str, known: Collection[str]) -> ArticleError:
    return ArticleError(name, f"{verb} nothing that Corridor reads ({kinds(known)})")


def _or_else(found: Iterator[Source], nothing: ArticleError) -> Iterator[Source]:
    yield next(found, nothing)
    yield from found


def _file(path: Path, known: Collection[str]) -> Source:
    """A file that was named itself; without an extension it is read as text."""
    if not path.is_file():
        return ArticleError(str(path), "a pipe or a device, not a file; to read from a pipe name - (standard input)")
    if path.suffix and kind(path.name) not in known:
        return ArticleError(str(path), f"Corridor does not read {kind(path.name)} files (it reads {kinds(known)})")
    return path


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
            elif path.suffix.lower() in DOCUMENTS:
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
