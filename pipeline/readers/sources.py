"""Inputs as the user names them (files, folders, globs, `-`) to the things to open, each once, in a fixed order.

Hard because a name may be wrong while the others are right: the wrong one is told, the others are read.
"""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from glob import has_magic
from itertools import chain
from pathlib import Path

from pipeline.errors import ArticleError, SetupError
from pipeline.readers.remote import Remote, expand, is_remote, local
from pipeline.readers.seen import Seen

_log = logging.getLogger("corridor")

STDIN = "-"
# what may hold articles and is not read
DOCUMENTS = frozenset(
    {".pdf", ".doc", ".docx", ".rtf", ".odt", ".epub", ".eml", ".xls", ".xlsx", ".xml", ".json", ".gz", ".zip"}
)
Source = Path | Remote | str | ArticleError  # a string is STDIN


def find(inputs: Sequence[str], known: Collection[str]) -> Iterator[Source]:
    """What to read, one by one, and an ArticleError for each input that gives nothing.

    `known` are the extensions that are read, lower case, with the dot. Raises SetupError, at once, if none gives
    anything.
    """
    found = _once(source for name in inputs for source in _expand(name, known))
    told: list[ArticleError] = []
    for source in found:
        if not isinstance(source, ArticleError):
            return chain(told, [source], found)
        told.append(source)
    raise SetupError("\n".join(map(str, told)) or "no input; name files, folders, globs or - (standard input)")


def _once(found: Iterable[Source]) -> Iterator[Source]:
    """The same without second names of one file."""
    seen = Seen()
    return (source for source in found if isinstance(source, ArticleError) or seen.add(_key(source)) == 1)


def _key(source: Path | Remote | str) -> bytes:
    """The same for two names of one file."""
    return os.fsencode(os.path.realpath(source) if isinstance(source, Path) else str(source))


def _expand(name: str, known: Collection[str]) -> Iterator[Source]:
    try:
        if name == STDIN:
            yield STDIN
        elif is_remote(name):
            yield from expand(name, known)
        else:
            yield from _named(local(name), known)
    except (OSError, ValueError) as error:
        yield ArticleError(name, f"cannot be read ({getattr(error, 'strerror', None) or error})")


def _named(name: str, known: Collection[str]) -> Iterator[Source]:
    path = Path(name)
    if not name:
        yield ArticleError("''", "is the name of no input; the folder that you are in is .")
    elif path.is_dir():
        yield from _or_else(_folder(path, known), ArticleError(name, f"nothing to read in it ({_kinds(known)})"))
    elif path.exists():
        yield _file(path, known)
    elif has_magic(name):
        yield from _or_else(_glob(path, known), ArticleError(name, f"matches nothing that is read ({_kinds(known)})"))
    else:
        yield ArticleError(name, "does not exist")


def _or_else(found: Iterator[Source], nothing: ArticleError) -> Iterator[Source]:
    yield next(found, nothing)
    yield from found


def _file(path: Path, known: Collection[str]) -> Source:
    """A file named outright. One without an extension is taken for text."""
    if not path.is_file():
        return ArticleError(str(path), "a pipe or a device, not a file; to read from a pipe name - (standard input)")
    if path.suffix and path.suffix.lower() not in known:
        return ArticleError(str(path), f"{path.suffix} files are not read ({_kinds(known)})")
    return path


def _folder(folder: Path, known: Collection[str]) -> Iterator[Source]:
    """Files of the known kinds, all the way down, sorted, but hidden ones, links to folders and links that lead out.

    Of the names no more are in memory than those of one folder and the folders around it. Other documents are told of.
    """
    walk, others = [_inside(folder)], Counter[str]()
    while walk:
        for path in walk[-1]:
            if isinstance(path, Path) and path.is_dir() and not path.is_symlink():
                walk.append(_inside(path))
                break
            if isinstance(path, ArticleError) or (path.suffix.lower() in known and _readable(path, folder)):
                yield path
            elif path.suffix.lower() in DOCUMENTS:
                others[path.suffix.lower()] += 1
        else:
            walk.pop()
    if others:
        told = ", ".join(f"{number} {kind}" for kind, number in sorted(others.items()))
        _log.warning("%s: passed over %s (%s)", folder, told, _kinds(known))


def _inside(folder: Path) -> Iterator[Path | ArticleError]:
    """What lies in a folder, sorted, but what is hidden."""
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208  a million names, not a million paths
    except OSError as error:
        return iter([ArticleError(str(folder), f"cannot be read ({error.strerror})")])
    return (folder / name for name in names if not name.startswith("."))


def _readable(path: Path, folder: Path) -> bool:
    """False for pipes, devices and links to nothing, which may be waited for in vain, and for links that lead out."""
    return path.is_file() and (not path.is_symlink() or path.resolve().is_relative_to(folder.resolve()))


def _glob(pattern: Path, known: Collection[str]) -> Iterator[Source]:
    """Matches, sorted; hidden files only where the pattern says so. Links to folders are not followed by `**`."""
    parts = pattern.parts
    begin = next(i for i, part in enumerate(parts) if has_magic(part))
    base, rest = Path(*parts[:begin]), Path(*parts[begin:])
    hidden = any(part.startswith(".") for part in rest.parts)
    for path in sorted(base.glob(str(rest))):
        if not hidden and _hidden(path.relative_to(base)):
            continue
        if path.is_dir():
            yield from _folder(path, known)
        elif path.suffix.lower() in known and _readable(path, base):
            yield path


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _kinds(known: Collection[str]) -> str:
    return f"read are {', '.join(sorted(known))}"
