"""A task as it lies in the file of a tool, before anyone asks what was answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from pipeline.annotate.corrections.view import View
from pipeline.annotate.formats.task import Answer, Task
from pipeline.errors import SetupError

Shown = tuple[Task, View]


@dataclass(frozen=True)
class Given:
    """`kept`: Corridor's own part; `answer()`: what was answered, or why it is left out (raises ArticleError)."""

    where: str
    kept: Any
    text: Any
    answer: Callable[[], Answer | str]


def as_json(value: Any) -> str:
    """One line."""
    return json.dumps(value, ensure_ascii=False)


def opened(path: Path) -> TextIO:
    """A text file to read. Raises SetupError where there is none."""
    try:
        return path.open(encoding="utf-8-sig", errors="replace")  # what is replaced is another text, and said so
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror})") from error
