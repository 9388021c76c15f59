"""The data in seeds/, read and checked on first use; `activate` and `using` add a user's own.

CSV files hold facts in rows (countries, code lists), each row checked by a pydantic model of csv_rows.py. YAML files
hold nested lexicons, checked by their keys (yaml_tables.py). Errors name file, line and field.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Condition, get_ident
from typing import Any

from pipeline.errors import SetupError
from pipeline.seeds import csv_rows, yaml_tables
from pipeline.seeds.checks import Known
from pipeline.seeds.csv_rows import Row, split
from pipeline.settings import Settings

__all__ = ["Row", "activate", "active", "known_files", "rows", "split", "table", "using"]

_active: tuple[Path, ...] = ()
_turn = Condition()
_users: list[int] = []  # the thread of each open block of `using`


@cache
def rows(name: str, *required: str, folder: Path | None = None) -> tuple[Row, ...]:
    """The rows of `seeds/NAME` (CSV) and of the active folders, without comments (lines that start with `#`).

    A row of an active folder replaces the row with the same key. `folder` alone is read where it is given. SetupError
    names the file, line and field of what is wrong, also of a `required` column that is missing or empty.
    """
    merged: dict[tuple[str, ...], Row] = {}
    for path in _paths(name, folder):
        merged |= csv_rows.read(path, required, _known(folder))
    return tuple(merged.values())


@cache
def table(name: str, folder: Path | None = None) -> Any:
    """The content of `seeds/NAME` (YAML), with what the active folders add: see `yaml_tables.merged`."""
    path, *added = _paths(name, folder)
    found = yaml_tables.read(path, _known(folder))
    for path in added:
        found = yaml_tables.read(path, _known(folder), onto=found)
    return found


def active() -> tuple[Path, ...]:
    """The folders of a user's own seeds that are read beside the shipped ones, the last one winning."""
    return _active


def activate(folders: tuple[Path, ...]) -> None:
    """Reads `folders` beside the shipped seeds from now on; `()` goes back to the shipped ones alone.

    Everything that `pipeline` caches is forgotten, so pipelines have to be loaded after this. A folder may hold any of
    `known_files`. Raises SetupError, and changes nothing, where a file is unknown or wrong.
    """
    wanted = tuple(folder.absolute() for folder in folders)
    names = [name for folder in wanted for name in _own_files(folder)]
    with _turn:
        _turn.wait_for(lambda: wanted == _active or {*_users} <= {get_ident()})
        before = active()
        if wanted == before:
            return
        _switch(wanted)
        try:
            for name in dict.fromkeys(names):
                (rows if name.endswith(".csv") else table)(name)
        except SetupError:
            _switch(before)
            raise


@contextmanager
def using(folders: tuple[Path, ...]) -> Iterator[None]:
    """Activates `folders`, and keeps them active for the block: threads that want others wait for its end."""
    with _turn:
        activate(folders)
        _users.append(get_ident())
    try:
        yield
    finally:
        with _turn:
            _users.remove(get_ident())
            _turn.notify_all()


def known_files() -> list[str]:
    """The names that a file of seeds can have."""
    return sorted([*csv_rows.MODELS, *yaml_tables.names()])


@cache
def _known(folder: Path | None) -> Known:
    """The codes that files may use: those of the shipped seeds too, which a `folder` may lack."""
    return Known((Settings().seeds, *_active) if folder is None else (Settings().seeds, folder))


def _paths(name: str, folder: Path | None) -> list[Path]:
    if folder is not None:
        return [folder / name]
    return [Settings().seeds / name, *(path for place in _active if (path := place / name).is_file())]


def _own_files(folder: Path) -> list[str]:
    """The seeds in a user's folder; notes (`.md`, `.txt`) and hidden files are none."""
    if not folder.is_dir():
        raise SetupError(f"{folder}: no such folder; name one with your own seeds")
    names = sorted(path.name for path in folder.iterdir() if path.suffix not in {".md", ".txt"})
    names = [name for name in names if not name.startswith(".")]
    if unknown := [name for name in names if name not in known_files()] or [] if names else ["(nothing)"]:
        raise SetupError(f"{folder}: holds {', '.join(unknown)}; a file of seeds is one of {', '.join(known_files())}")
    return names


def _switch(folders: tuple[Path, ...]) -> None:
    """Makes the folders active and empties every cache that a module of `pipeline` holds."""
    global _active
    _active = folders
    for module in [module for name, module in sys.modules.items() if f"{name}.".startswith("pipeline.")]:
        for value in list(vars(module).values()):
            if callable(forget := getattr(value, "cache_clear", None)):
                forget()
