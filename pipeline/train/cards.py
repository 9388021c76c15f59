"""The card beside a model: what it is, what it learned from and when, how it scores, how to build it again."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

CARD = "card.json"
SCORES = "cross_validated in the card.json of the profiles that use it"  # of what is not scored by itself


def today() -> str:
    """The day on which a model is made, as its card tells it."""
    return datetime.date.today().isoformat()


def card_of(folder: Path | None) -> dict[str, Any] | None:
    """The card in a folder; None where there is none."""
    path = folder / CARD if folder else None
    return json.loads(path.read_text(encoding="utf-8")) if path and path.is_file() else None


def write_card(card: dict[str, Any], folder: Path) -> None:
    """Writes a card to a folder."""
    (folder / CARD).write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
