"""Word lists of the seeds as sets, the tokens that are in them, and lists inside of names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from spacy.strings import get_string_id
from spacy.tokens import Doc, Token

from pipeline.seeds import table

_REACH = 8  # words after a comma within which a list in a name must reach its "and"


@cache
def words(*keys: str) -> frozenset[str]:
    """The word list at `keys` of `seeds/entities.yaml`: `words("roles", "heads")`."""
    node = table("entities.yaml")
    for key in keys:
        node = node[key]
    return frozenset(node)


def tokens_in(doc: Doc, wanted: frozenset[str]) -> Iterator[Token]:
    """The tokens that are one of these words, in any case."""
    keys = _keys(wanted)
    return (doc[at] for at, key in enumerate(doc.to_array("LOWER").tolist()) if key in keys)


@cache
def _keys(wanted: frozenset[str]) -> frozenset[int]:
    return frozenset(map(get_string_id, wanted))


def list_goes_on(doc: Doc, comma: int) -> bool:
    """Whether "Planning, Development and ..." follows the comma: capitalised words up to an "and"."""
    for token in doc[comma + 1 : comma + _REACH]:
        if token.lower_ in ("and", "&"):
            return True
        if token.text != "," and (not token.text[0].isupper() or token.ent_type_ == "PERSON"):
            return False
    return False
