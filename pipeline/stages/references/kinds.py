"""What kind of actor an organisation is and where it belongs, by its names.

Hard because the head word is not always last ("Ministry of Finance", "State Bank of Pakistan") and a bank may be a
ministry's equal: known institutions first, then the head of the name, then any word of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import cast

from pipeline.normalise.names import key, without_legal_form
from pipeline.normalise.places import place_country
from pipeline.record import ActorKind
from pipeline.seeds import Row, rows, table

_LONGEST = 4  # words of a place inside a name


@lru_cache(maxsize=1)
def institutions() -> dict[str, Row]:
    """The known institutions, by the key of each of their names."""
    known: dict[str, Row] = {}
    for row in rows("institutions.csv", "name", "kind"):
        for name in [row["name"], *row["aliases"].split("|")]:
            known.setdefault(key(name), row)
    known.pop("", None)
    return known


def institution(names: Iterable[str]) -> Row | None:
    """The known institution that one of the names means."""
    return next((found for name in names if (found := institutions().get(key(name)))), None)


@lru_cache(maxsize=1)
def unspaced_names() -> dict[str, str]:
    """Keys of known institutions by how they are written in an address: "bangkokpost"."""
    return {name.replace(" ", ""): name for name in institutions()}


def kind_of(names: list[str]) -> ActorKind:
    """The kind of the organisation that goes by `names` (the fullest first)."""
    known = institution(names)
    if known:
        return cast(ActorKind, known["kind"])
    told = (_told_kind(key(name)) for name in names)
    return next((kind for kind in told if kind), table("references.yaml")["default_kind"])


def is_told(names: list[str]) -> bool:
    """Whether the names tell what kind of organisation they name."""
    return institution(names) is not None or any(_told_kind(key(name)) for name in names)


def country_of_name(name: str, home: str | None = None) -> str | None:
    """The country of the first place, country or nationality inside a name: "Sindh Revenue Board" -> PAK.

    `home`: the country in which places are looked for first.
    """
    words = name.replace("-", " ").split()
    for start in range(len(words)):
        for end in range(min(len(words), start + _LONGEST), start, -1):
            part = " ".join(words[start:end]).strip(".,;:()'\u2019\"")
            if part[:1].isupper() and (country := _country(part, home)):
                return country
    return None


@lru_cache(maxsize=10_000)
def _country(part: str, home: str | None) -> str | None:
    return place_country(part, home) or None


def _told_kind(name: str) -> ActorKind | None:
    if any(bank in name for bank in table("references.yaml")["central_banks"]):
        return "government"
    words = name.split()
    head = _head(words)
    return _by_words(head[-1:]) or _by_words(head) or _by_words(words)


def head_of(name: str) -> str:
    """The word that tells what a body is: "committee" of "Standing Committee on Finance"; "" where none does."""
    head = _head(key(without_legal_form(name)).split())
    return next((word for word in reversed(head) if word in _kinds_by_word()), "")


def _head(words: list[str]) -> list[str]:
    stops = table("references.yaml")["prepositions"]
    cut = next((n for n, word in enumerate(words) if n and word in stops), len(words))
    return words[:cut]


def _by_words(words: list[str]) -> ActorKind | None:
    for word in reversed(words):
        if kind := _kinds_by_word().get(word):
            return kind
    return None


@lru_cache(maxsize=1)
def _kinds_by_word() -> dict[str, ActorKind]:
    return {key(word): kind for kind, words in table("references.yaml")["kinds"].items() for word in words}
