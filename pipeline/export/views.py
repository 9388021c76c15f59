"""The views of the DuckDB file: the statements of `views.sql`, each with the comment before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

_VIEW = re.compile(r"((?:^--.*\n)+)(CREATE (?:VIEW|MACRO) (\w+)[^;]*);", re.MULTILINE)


def statements() -> Iterator[str]:
    """In their order: later ones are made of earlier ones."""
    return (statement for _, statement, _ in _views())


def described() -> dict[str, str]:
    """What each view shows, by its name."""
    return {name: " ".join(line.removeprefix("-- ") for line in says.splitlines()) for says, _, name in _views()}


@lru_cache(maxsize=1)
def _views() -> list[tuple[str, str, str]]:
    text = Path(__file__).with_name("views.sql").read_text(encoding="utf-8")
    return _VIEW.findall(text)
