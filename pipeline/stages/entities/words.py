"""What the finders share: word lists of the seeds as sets, and lists inside names."""

from __future__ import annotations

from functools import cache

from spacy.tokens import Doc

from pipeline.seeds import table

_REACH = 8  # words after a comma within which a list in a name must come to its "and"


@cache
def words(*keys: str) -> frozenset[str]:
    """The word list at `keys` of `seeds/entities.yaml`: `words("roles", "heads")`."""
    node = table("entities.yaml")
    for key in keys:
        node = node[key]
    return frozenset(node)


def list_goes_on(doc: Doc, comma: int) -> bool:
    """Whether "Planning, Development and ..." follows the comma: capitalised words up to an "and"."""
    for token in doc[comma + 1 : comma + _REACH]:
        if token.lower_ in ("and", "&"):
            return True
        if token.text != "," and (not token.text[0].isupper() or token.ent_type_ == "PERSON"):
            return False
    return False
