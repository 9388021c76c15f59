"""The card of a model: name, training data, date, scores, the command that builds it again."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.gold.folder import digest
from pipeline.record import Record

CARD = "card.json"
SCORES = "cross_validated in the card.json of the profiles that use it"  # for a model without scores of its own


def today() -> str:
    """The date for a card."""
    return datetime.date.today().isoformat()


def described(golds: Sequence[Record]) -> dict[str, Any]:
    """What a card says of the articles that taught: how many, their digest, and the date."""
    return {"articles": len(golds), "data_sha256": digest(golds), "date": today()}


def card_of(folder: Path | None) -> dict[str, Any] | None:
    """The card in a folder; None where there is none."""
    path = folder / CARD if folder else None
    return json.loads(path.read_text(encoding="utf-8")) if path and path.is_file() else None


def write_card(card: dict[str, Any], folder: Path, name: str = CARD) -> None:
    """Writes a card to a folder."""
    (folder / name).write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
