"""Inputs as the user names them (files, folders, globs, `-`) to the things to open, each once, in a fixed order.

Hard because a name may be wrong while the others are right: the wrong one is told, the others are read.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from glob import has_magic
from pathlib import Path

from pipeline.errors import ArticleError, SetupError
from pipeline.readers.remote import Remote, expand, is_remote

STDIN = "-"
Source = Path | Remote | str | ArticleError  # a string is STDIN


def find(inputs: Sequence[str], known: Collection[str]) -> list[Source]:
    """What to read, and an ArticleError for each input that gives nothing. Raises SetupError if none gives anything.

    `known` are the extensions that are read, lower case, with the dot.
    """
    found = [source for name in inputs for source in _expand(name, known)]
    if all(isinstance(source, ArticleError) for source in found):
        raise SetupError("\n".join(map(str, found)) or "no input; name files, folders, globs or - (standard input)")
    once: dict[str | Remote | ArticleError, Source] = {}
    for source in found:
        once.setdefault(_key(source), source)
    return list(once.values())


def _key(source: Source) -> str | Remote | ArticleError:
    """The same for two names of one file."""
    return os.path.realpath(source) if isinstance(source, Path) else source


def _expand(name: str, known: Collection[str]) -> list[Source]:
    if name == STDIN:
        return [STDIN]
    if is_remote(name):
        return [*expand(name, known)]
    try:
        return list(_named(name, known))
    except (OSError, ValueError) as error:
        return [ArticleError(name, f"cannot be read ({getattr(error, 'strerror', None) or error})")]


def _named(name: str, known: Collection[str]) -> Iterator[Source]:
    path = Path(name)
    if path.is_dir():
        yield from _folder(path, known) or [ArticleError(name, f"nothing to read in it ({_kinds(known)})")]
    elif path.exists():
        yield _file(path, known)
    elif has_magic(name):
        yield from _glob(path, known) or [ArticleError(name, f"matches nothing that is read ({_kinds(known)})")]
    else:
        yield ArticleError(name, "does not exist")


def _file(path: Path, known: Collection[str]) -> Source:
    """A file named outright. One without an extension is taken for text."""
    if path.suffix and path.suffix.lower() not in known:
        return ArticleError(str(path), f"{path.suffix} files are not read ({_kinds(known)})")
    return path


def _folder(folder: Path, known: Collection[str]) -> list[Source]:
    """Files of the known kinds, all the way down, sorted, but hidden ones, links to folders and links that lead out."""
    files: list[Path] = []
    failed: list[OSError] = []
    for parent, folders, names in folder.walk(on_error=failed.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [parent / name for name in names if not name.startswith(".")]
    errors = [ArticleError(str(error.filename), f"cannot be read ({error.strerror})") for error in failed]
    return [*sorted(path for path in files if path.suffix.lower() in known and _readable(path, folder)), *errors]


def _readable(path: Path, folder: Path) -> bool:
    """False for pipes, devices and links to nothing, which may be waited for in vain, and for links that lead out."""
    return path.is_file() and (not path.is_symlink() or path.resolve().is_relative_to(folder.resolve()))


def _glob(pattern: Path, known: Collection[str]) -> list[Source]:
    """Matches, sorted; hidden files only where the pattern says so. Links to folders are not followed by `**`."""
    parts = pattern.parts
    begin = next(i for i, part in enumerate(parts) if has_magic(part))
    base, rest = Path(*parts[:begin]), Path(*parts[begin:])
    hidden = any(part.startswith(".") for part in rest.parts)
    found: list[Source] = []
    for path in sorted(base.glob(str(rest))):
        if not hidden and _hidden(path.relative_to(base)):
            continue
        if path.is_dir():
            found += _folder(path, known)
        elif path.suffix.lower() in known and _readable(path, base):
            found.append(path)
    return found


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _kinds(known: Collection[str]) -> str:
    return f"read are {', '.join(sorted(known))}"
