"""What finders share: the span that one proposes, the word lists of the seeds, and a simple rule for overlaps."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from spacy.strings import get_string_id
from spacy.tokens import Doc, Token

from pipeline.record import Label
from pipeline.seeds import table
from pipeline.stages.document.doc import Value

LONG: tuple[Label, ...] = ("PROJECT", "PROGRAMME", "EVENT")  # labels of long names
_REACH = 8  # words after a comma within which a list in a name must reach its "and"


@dataclass(frozen=True)
class SpanCandidate:
    """A proposed mention; offsets in characters. `method` names the finder."""

    label: Label
    start: int
    end: int
    method: str
    value: Value | None = None


def settle(proposed: Iterable[SpanCandidate]) -> list[SpanCandidate]:
    """The proposals without overlaps, in reading order: the longest first, of equals the earlier in `precedence`."""
    order = {method: rank for rank, method in enumerate(table("entities.yaml")["precedence"])}
    ranked = sorted(proposed, key=lambda c: (c.start - c.end, order[c.method], c.start, c.label))
    taken: set[int] = set()
    kept = []
    for candidate in ranked:
        characters = range(candidate.start, candidate.end)
        if taken.isdisjoint(characters):
            taken.update(characters)
            kept.append(candidate)
    return sorted(kept, key=lambda c: c.start)


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


def leftmost(token: Token, belongs: Callable[[Token], bool]) -> int:
    """The index of the first of the words of a sentence that belong to what ends in a token."""
    at = token.i
    while at > 0 and not token.doc[at].is_sent_start and belongs(token.doc[at - 1]):
        at -= 1
    return at


def list_goes_on(doc: Doc, comma: int) -> bool:
    """Whether "Planning, Development and ..." follows the comma: capitalised words up to an "and"."""
    for token in doc[comma + 1 : comma + _REACH]:
        if token.lower_ in ("and", "&"):
            return True
        if token.text != "," and (not token.text[0].isupper() or token.ent_type_ == "PERSON"):
            return False
    return False
