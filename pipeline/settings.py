"""All that can be set, frozen, in one place; the only file that knows where seeds/ and models/ are."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, get_args

Profile = Literal["default", "fast"]  # with the encoder or without
PROFILES: tuple[Profile, ...] = get_args(Profile)

_PACKAGE = Path(__file__).resolve().parent


@cache
def _home(name: str) -> Path:
    """The folder in the checkout, else the copy that the wheel carries inside the package."""
    checkout = _PACKAGE.parent / name
    return checkout if (_PACKAGE.parent / "pyproject.toml").is_file() else _PACKAGE / "_data" / name


@dataclass(frozen=True)
class Limits:
    """Bounds that keep time linear in the length of a text, whatever it says; a record tells of each that is reached.

    In brackets the most seen in 6,753 articles of news (189,000 sentences).
    """

    word: int = 500  # characters without a space (43): the tokenizer takes time by their square
    name: int = 60  # tokens before the last word of a name (NAMEMAX): names inside of names grow by their square
    sentence: int = 500  # tokens (219): the parse and what is compared within it; what follows is a sentence of its own


LIMITS = Limits()


@dataclass(frozen=True)
class Settings:
    """How an extraction runs. Same settings, models and input give the same bytes."""

    seeds: Path = field(default_factory=lambda: _home("seeds"))
    models: Path = field(default_factory=lambda: _home("models"))
    batch_size: int = 32  # chunks handed to spaCy at once; most articles are one
    chunk_size: int = 10_000  # characters; longer articles are parsed in chunks cut at sentences
    max_length: int = 1_000_000  # characters of an article
    max_tokens: int = 150_000  # of an article; with more, `default` takes more than 2 GB

    def measured(self, profile: Profile) -> Path:
        """The folder of what was measured on annotated articles for a profile."""
        return self.models / profile
