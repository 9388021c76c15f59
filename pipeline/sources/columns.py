"""Which columns of a table, or names of a JSON object, hold the fields of an article."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.sources.options import ALSO, FIELDS, ReadOptions

_NAMED = 10  # left-over columns in a message
_LONGEST = 40  # characters of a name in it
_BESIDE = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Columns:
    """The columns of each field, in the order in which they are asked for a value, and those of no field.

    The text has one column at most. `said`: the columns under other names and those left over, on one line, or "".
    """

    of: Mapping[str, Sequence[str]]
    left: Sequence[str]
    said: str

    def tell(self, where: str, options: ReadOptions) -> None:
        """Tells the user what was matched and left over, if that is not plain from the names."""
        if options.tell and self.said:
            options.tell(where, self.said)


def match(names: Sequence[str], options: ReadOptions) -> Columns:
    """The columns among `names`. A column that the user has named is alone with its field, and has no other field."""
    plain: dict[str, str] = {}
    for name in names:
        plain.setdefault(_plain(name), name)
    known, taken = set(names), set(options.columns.values())

    def found(field: str) -> list[str]:
        if field in options.columns:
            return [name for name in (options.columns[field],) if name in known]
        first = [field if field in known else plain.get(_plain(field), "")]
        also = [plain.get(_plain(name), "") for name in ALSO[field]]
        return list(dict.fromkeys(name for name in first + [name for name in also if name not in taken] if name))

    of = {field: found(field) for field in FIELDS}
    of["text"] = of["text"][:1]
    used = {name for own in of.values() for name in own}
    left = [name for name in dict.fromkeys(names) if name and name not in used]
    return Columns(of, left, _said(of, left, options))


def noting(where: str, options: ReadOptions) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A function that gives back JSON objects; it says what is matched in the first one."""
    objects = 0

    def pass_on(value: dict[str, Any]) -> dict[str, Any]:
        nonlocal objects
        objects += 1
        if objects == 1 and options.tell:
            match(list(value), options).tell(where, options)
        return value

    return pass_on


def _plain(name: str) -> str:
    """`publishedAt`, `Published At` and `published_at` are one name."""
    return _BESIDE.sub("", name).casefold()


def _said(of: Mapping[str, Sequence[str]], left: Sequence[str], options: ReadOptions) -> str:
    other = [
        f"{field} from {' or '.join(map(_short, own))}"
        for field, own in of.items()
        if field not in options.columns and any(_plain(name) != field for name in own)
    ]
    more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
    over = [f"left over: {', '.join(map(_short, left[:_NAMED]))}{more}"] if left else []
    return "; ".join(([", ".join(other)] if other else []) + over)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}..."
