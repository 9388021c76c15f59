"""All that can be set, frozen, in one place; the only file that knows where seeds/ and models/ are."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from pipeline.errors import SetupError

Profile = Literal["default", "fast"]  # with the encoder or without
PROFILES: tuple[Profile, ...] = get_args(Profile)
CONFIG = "config.cfg"  # of spaCy, in the directory of a trained pipeline

_PACKAGE = Path(__file__).resolve().parent


@cache
def _home(name: str) -> Path:
    """The folder in the checkout, else the copy that the wheel carries inside the package."""
    checkout = _PACKAGE.parent / name
    return checkout if (_PACKAGE.parent / "pyproject.toml").is_file() else _PACKAGE / "_data" / name


def trained(folder: Path) -> Path:
    """The directory of a trained pipeline. Raises SetupError where it is none."""
    if not (folder / CONFIG).is_file():
        raise SetupError(f"{folder}: no trained pipeline ({CONFIG} is missing); name a directory that spacy.load opens")
    return folder


@dataclass(frozen=True)
class Limits:
    """Bounds that keep time linear in the length of a text, whatever it says; a record tells of each that is reached.

    In brackets the most seen in articles of news: of the first two in 6,753 (189,000 sentences), then in 1,478.
    """

    word: int = 500  # characters without a space (43): the tokenizer takes time by their square
    sentence: int = 500  # tokens (219): all is held against all within one; the rest is a sentence of its own
    name: int = 40  # tokens of a name before its last word (14): a name may end in each word of a longer one
    places: int = 40  # of a sentence that may be related (26): rules and the encoder are asked about each pair


LIMITS = Limits()


@dataclass(frozen=True)
class Settings:
    """How an extraction runs. Same settings, models and input give the same bytes.

    `models`: the directory of a trained pipeline; `own_seeds`: folders with a user's rows beside those of `seeds`.
    """

    profile: Profile = "default"
    own_seeds: tuple[Path, ...] = ()
    seeds: Path = field(default_factory=lambda: _home("seeds"))
    models: Path = field(default_factory=lambda: _home("models"))
    batch_size: int = 32  # chunks handed to spaCy at once; most articles are one
    chunk_size: int = 10_000  # characters; longer articles are parsed in chunks cut at sentences
    max_length: int = 1_000_000  # characters of an article
    max_tokens: int = 150_000  # of an article; with more, `default` takes more than 2 GB

    def measured(self, profile: Profile) -> Path:
        """The folder of what was measured on annotated articles for a profile."""
        return self.models / profile
