"""The models that come along: small enough, each with a card that tells where it comes from and how it scores."""

import datetime
import json
from pathlib import Path

import pytest

from pipeline.settings import Settings

MODELS = Settings().models
CARDS = sorted(MODELS.glob("*/card.json"))
TOLD = {  # what a card tells, by the names that it may have
    "what it learned from": {"data_sha256", "data"},
    "how it scores": {"scores", "cross_validated"},
    "how to build it again": {"rebuild"},
}


def test_all_of_it_is_under_60_megabytes() -> None:
    assert sum(path.stat().st_size for path in MODELS.rglob("*") if path.is_file()) < 60_000_000


def test_every_model_has_a_card() -> None:
    assert {card.parent for card in CARDS} == {folder for folder in MODELS.iterdir() if folder.is_dir()}


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.parent.name)
def test_a_card_tells_where_a_model_comes_from(card: Path) -> None:
    told = json.loads(card.read_text(encoding="utf-8"))
    assert datetime.date.fromisoformat(told["date"])
    assert {what for what, names in TOLD.items() if not any(told.get(name) for name in names)} == set()
