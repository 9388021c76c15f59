"""One key for a person's name however it is spelled in Latin letters: "Md. Touhid Hossain", "Mohammad Tauhid Hussain".

Hard because a spelling is a choice of the paper ("Shehbaz", "Shahbaz"), while two names may differ by one letter only.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from pipeline.gazetteer.names import key, without_honorifics
from pipeline.seeds import rows


@lru_cache(maxsize=20_000)
def person_key(name: str) -> str:
    """The key by which two spellings of a person's name are the same: no titles, no accents, variants as one.

    Variants: `seeds/name_variants.csv`. The order of the words stays: "Xi Jinping" and "Jinping Xi" differ.
    """
    plain = unaccented(key(without_honorifics(name)))
    padded = f" {plain} "
    for variant, canonical in _phrases():
        padded = padded.replace(f" {variant} ", f" {canonical} ")
    return " ".join(spelled(word) for word in padded.split())


def spelled(word: str) -> str:
    """The spelling that stands for all of a word's in lower case: "mohammad" -> "muhammad"."""
    return _variants().get(word, word)


def unaccented(text: str) -> str:
    """The text without accents and other marks: "Erdoğan" -> "Erdogan"."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


@lru_cache(maxsize=1)
def _variants() -> dict[str, str]:
    """Spelling -> the one that stands for all."""
    found = rows("name_variants.csv", "name", "variants")
    return {variant: row["name"] for row in found for variant in row["variants"].split("|")}


@lru_cache(maxsize=1)
def _phrases() -> list[tuple[str, str]]:
    """The variants of more than one word."""
    return [(variant, name) for variant, name in _variants().items() if " " in variant]
