"""All settings, immutable; the only module that knows where seeds/ and models/ are."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from pipeline.errors import SetupError

Profile = Literal["default", "fast"]  # with the encoder or without
PROFILES: tuple[Profile, ...] = get_args(Profile)
CONFIG = "config.cfg"  # of spaCy, in the directory of a trained pipeline
READER = "reader.json"  # in the folder of a profile: how far a second reader is believed

_PACKAGE = Path(__file__).resolve().parent


@cache
def _home(name: str) -> Path:
    """The folder in the checkout, else the copy inside the installed package."""
    return _PACKAGE.parent / name if _is_checkout() else _PACKAGE / "_data" / name


def install(extra: str) -> str:
    """The command that installs the packages of an extra, in a checkout or for an installed package."""
    return f"pip install '{'.' if _is_checkout() else 'corridor'}[{extra}]'"


def _is_checkout() -> bool:
    return (_PACKAGE.parent / "pyproject.toml").is_file()


def trained(folder: Path) -> Path:
    """The directory of a trained pipeline. Raises SetupError for any other directory."""
    if not (folder / CONFIG).is_file():
        raise SetupError(f"{folder}: no trained pipeline ({CONFIG} is missing); name a directory that spacy.load opens")
    return folder


@dataclass(frozen=True)
class Limits:
    """Bounds that keep time linear in the length of any text; a record lists each that was reached.

    In brackets the maximum in news articles: of the first two in 6,753 (189,000 sentences), of the others in 1,478.
    """

    word: int = 500  # characters without a space (43): the time of the tokenizer grows with their square
    sentence: int = 500  # tokens (219): everything in a sentence is compared; the rest becomes another sentence
    name: int = 40  # tokens of a name before its last word (14): each word of a longer name may end a name
    places: int = 40  # spans of a sentence that may be related (26): rules and encoder decide on each pair


LIMITS = Limits()


@dataclass(frozen=True)
class Settings:
    """The settings of an extraction. The same settings, models and input give the same bytes.

    `models`: the directory of a trained pipeline; `own_seeds`: folders with a user's rows in addition to `seeds`;
    `extractor`: `small`; `llm`, sentences for a language model that reads alone; `both`, `small` in English and else
    `llm`; or the name of an entry point of `corridor.extractors`.
    """

    extractor: str = "small"
    profile: Profile = "default"
    own_seeds: tuple[Path, ...] = ()
    seeds: Path = field(default_factory=lambda: _home("seeds"))
    models: Path = field(default_factory=lambda: _home("models"))
    batch_size: int = 32  # chunks in a batch of spaCy; most articles are one chunk
    chunk_size: int = 10_000  # characters; longer articles are split into chunks at sentences
    max_length: int = 1_000_000  # characters of an article
    max_tokens: int = 150_000  # of an article; with more, `default` takes more than 2 GB
    threads: int = 0  # of the encoder, beside the one of the other stages; changes no record

    def measured(self, profile: Profile) -> Path:
        """The folder of classifiers and calibrations of a profile."""
        return self.models / profile
