"""Someone at a bench: gold out to a tool, corrected there, and in again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from review.formats.people import ROW, gold, write_gold

from pipeline.gold.folder import read_gold
from pipeline.record import Record
from pipeline.review.formats.tools import export, import_


class Bench:
    """`said`: what the commands said; `count`: what became of the articles."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.said = folder, list[str]()
        self.source = write_gold(folder / "source", (ROW, gold()))

    def __call__(self, person: type[Any], *edits: Callable[[Any], Any]) -> Record | None:
        path = self.folder / person.name
        export(str(self.source), person.tool, str(path), self.said.append)
        someone = person(path)
        for edit in edits:
            edit(someone)
        someone.save()
        self.count = import_(path, person.tool, self.folder / "out", self.said.append)
        made = self.folder / "out" / "gold" / "laos-1.json"
        return read_gold(self.folder / "out")[-1] if made.exists() else None


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)
