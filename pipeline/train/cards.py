"""The card beside a model: what it is, what it learned from, how to build it again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CARD = "card.json"


def card_of(folder: Path | None) -> dict[str, Any] | None:
    """The card in a folder; None where there is none."""
    path = folder / CARD if folder else None
    return json.loads(path.read_text(encoding="utf-8")) if path and path.is_file() else None


def write_card(card: dict[str, Any], folder: Path) -> None:
    """Writes a card to a folder."""
    (folder / CARD).write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
