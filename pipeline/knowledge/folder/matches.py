"""The table of `corridor match`: what may be an activity of a published list, and what a person decided on it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, ValidationError

from pipeline.errors import SetupError
from pipeline.knowledge.folder.links import Link
from pipeline.record import Confidence, Part, fault

Scheme = Literal["iati", "aiddata", "other"]
Answer = Literal["accept", "reject", ""]
NEEDED = ("decision", "lasting_id", "activity_id")
_OPENERS = ("=", "+", "-", "@", "\t", "\r", "\n", "'")  # a spreadsheet calculates text that begins so


class Match(Part):
    """A row of the table: `lasting_id` may be the activity `activity_id`; `reasons`: as in `seeds/match.yaml`.

    `said`, `listed`: what the articles and the list say of it, in short. `decision`, `note`: for a person to write.
    """

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)

    decision: Answer = ""
    what: Literal["project", "commitment"] = "project"
    lasting_id: str
    name: str = ""
    scheme: Scheme = "other"
    activity_id: str
    title: str = ""
    score: Confidence | None = None
    reasons: str = ""
    said: str = ""
    listed: str = ""
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class Published:
    """Under which ids activities are published: by lasting id and scheme, as a person accepted them, each once."""

    ids: Mapping[str, Mapping[Scheme, tuple[str, ...]]] = field(default_factory=dict)

    def of(self, lasting: Iterable[str | None], scheme: Scheme) -> list[str]:
        """The ids of a scheme that were accepted for any of some lasting ids, each once."""
        return list(dict.fromkeys(one for name in lasting if name for one in self.ids.get(name, {}).get(scheme, ())))


def published(matches: Iterable[Match], links: Iterable[Link]) -> Published:
    """What was accepted; an id that a person has since merged into another counts for the other."""
    now = {link.given: link.entity for link in links if link.given}
    found: dict[str, dict[Scheme, dict[str, None]]] = {}
    for match in matches:
        if match.decision == "accept":
            lasting = now.get(match.lasting_id, match.lasting_id)
            found.setdefault(lasting, {}).setdefault(match.scheme, {})[match.activity_id] = None
    return Published({name: {scheme: tuple(ids) for scheme, ids in own.items()} for name, own in found.items()})


def read_matches(path: Path) -> list[Match]:
    """The rows of a table, also of one that a spreadsheet saved with semicolons. Raises SetupError naming the line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{path}: cannot be read as UTF-8 text ({error}); save it as CSV UTF-8") from error
    head = text.partition("\n")[0]
    reader = csv.DictReader(StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True)
    try:
        missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
        if missing:
            raise SetupError(f"{path}: has no column {missing[0]}; is it a table of `corridor match`?")
        return [_row(row, f"{path}:{reader.line_num}") for row in reader]
    except csv.Error as error:
        raise SetupError(f"{path}:{reader.line_num}: not CSV ({error})") from error


def _row(row: Mapping[str | None, str | list[str] | None], where: str) -> Match:
    """Columns that a person added are left out; so are cells beyond the header."""
    cells = {name: cell.strip() for name, cell in row.items() if name in Match.model_fields and isinstance(cell, str)}
    cells = {name: plain(cell) for name, cell in cells.items() if cell}
    cells["decision"] = _answer(cells.get("decision", ""))
    if "score" in cells:
        cells["score"] = cells["score"].replace(",", ".")
    try:
        return Match.model_validate(cells)
    except ValidationError as error:
        raise SetupError(f"{where}: {fault(error)}; a decision is accept, reject or nothing") from error


def _answer(text: str) -> str:
    word = text.casefold()
    return {"accepted": "accept", "rejected": "reject"}.get(word, word)


def guarded(text: str) -> str:
    """The text with a ' before it where a spreadsheet would calculate it."""
    return f"'{text}" if text.startswith(_OPENERS) else text


def plain(text: str) -> str:
    """The text that `guarded` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_OPENERS) else text
