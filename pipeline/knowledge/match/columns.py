"""Which columns of a table of activities hold what; they are found under the names that AidData, IATI and banks use."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.knowledge.decisions import Scheme
from pipeline.seeds import table

_NAMED = 10  # left-over columns in a message
_BESIDE = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Columns:
    """`of`: the columns of each field of `seeds/match.yaml`, the likeliest first; `said`: all that on one line."""

    of: Mapping[str, Sequence[str]]
    said: str
    scheme: Scheme

    @property
    def lacks(self) -> str | None:
        """A field without which a row is no activity."""
        return next((field for field in ("id", "title") if not self.of[field]), None)


def plain(name: str) -> str:
    """`Commitment Year`, `commitment_year` and `commitmentYear` are one name."""
    return _BESIDE.sub("", name).casefold()


def match_columns(names: Sequence[str]) -> Columns:
    """The columns among `names`, of two with one name the first."""
    known: dict[str, str] = {}
    for name in names:
        known.setdefault(plain(name), name)
    wanted = table("match.yaml")["columns"]
    of = {
        field: list(dict.fromkeys(known[plain(name)] for name in some if plain(name) in known))
        for field, some in wanted.items()
    }
    used = {name for own in of.values() for name in own}
    found = ", ".join(f"{field} from {' or '.join(own)}" for field, own in of.items() if own)
    left = [name for name in dict.fromkeys(names) if name and name not in used]
    more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
    over = f"; left over: {', '.join(left[:_NAMED])}{more}" if left else ""
    return Columns(of, found + over, _scheme(of["id"], known))


def _scheme(ids: Sequence[str], known: Mapping[str, str]) -> Scheme:
    """Whose ids they are, by the name of their column, or by any column that names AidData."""
    first = plain(ids[0]) if ids else ""
    if "iati" in first or first == "aid":
        return "iati"
    marks = table("match.yaml")["aiddata_marks"]
    return "aiddata" if any(mark in name for name in known for mark in marks) else "other"
