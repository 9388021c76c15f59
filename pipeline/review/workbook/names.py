"""The names of an article's actors and projects in cells: what a cell shows, and which one a typed name means."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process, utils

from pipeline.record import Actor, Project
from pipeline.review.edits.working import Refused
from pipeline.review.workbook.columns import SEPARATOR
from pipeline.review.workbook.values import plain
from pipeline.values.gazetteer.names import key

_BRACKETED = re.compile(r"\[\s*([^\[\]\s]+)\s*\]$")
_NEAR, _MOST = 65, 3  # how alike (of 100) a name must be to be offered; how many are offered


def labels(entities: Iterable[Actor | Project]) -> dict[str, str]:
    """What cells show of each, by id: its name, with the id where another one has the same name."""
    found = {entity.id: plain(entity.name).replace(SEPARATOR, ",") for entity in entities}
    often = Counter(key(name) for name in found.values())
    return {
        name: f"{text} [{name}]" if often[key(text)] > 1 or not key(text) or _BRACKETED.search(text) else text
        for name, text in found.items()
    }


class Names:
    """Finds actors or projects by what someone typed. `shown`: the labels in the workbook; `noun`: "actor"."""

    def __init__(self, noun: str, entities: Sequence[Actor | Project], shown: dict[str, str]) -> None:
        self._noun, self._ids = noun, {entity.id for entity in entities}
        known = {name: text for name, text in shown.items() if name in self._ids}
        now = labels(entities)
        self._offered = [now[entity.id] for entity in entities]
        self._tables = [
            _table((_exact(text), name) for name, text in [*known.items(), *now.items()]),
            _table((key(entity.name), entity.id) for entity in entities),
            _table((key(alias), entity.id) for entity in entities for alias in entity.aliases),
        ]

    def find(self, typed: str) -> str:
        """The id. Raises Refused, with near names, for one that is not known or means several."""
        bracketed = _BRACKETED.search(typed)
        for name in (bracketed[1] if bracketed else typed, typed):
            if name in self._ids:
                return name
        for table, form in zip(self._tables, (_exact(typed), key(typed), key(typed)), strict=True):
            found = table.get(form, set())
            if len(found) == 1:
                return next(iter(found))
            if found:
                several = " or ".join(sorted(f"[{name}]" for name in found))
                raise Refused(f"{typed!r} means several {self._noun}s of this article; put {several} behind it")
        raise Refused(f"{typed!r} is no {self._noun} of this article{did_you_mean(typed, self._offered)}")

    def find_all(self, typed: list[str]) -> list[str]:
        """The ids, each once; commas may separate names where no name has them."""
        found: list[str] = []
        for text in typed:
            try:
                found.append(self.find(text))
            except Refused:
                pieces = [plain(piece) for piece in text.split(",")]
                if len(pieces) < 2 or not all(self._knows(piece) for piece in pieces):
                    raise
                found += map(self.find, pieces)
        return list(dict.fromkeys(found))

    def _knows(self, typed: str) -> bool:
        try:
            return bool(self.find(typed))
        except Refused:
            return False


def did_you_mean(typed: str, known: Iterable[str]) -> str:
    """`; did you mean 'Pakistan'?`, or the empty string where nothing is near."""
    near = process.extract(
        typed, list(dict.fromkeys(known)), scorer=fuzz.WRatio, processor=utils.default_process, limit=_MOST,
        score_cutoff=_NEAR,
    )  # fmt: skip
    return f"; did you mean {' or '.join(repr(name) for name, _, _ in near)}?" if near else ""


def _exact(text: str) -> str:
    return plain(text).casefold()


def _table(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for form, name in pairs:
        if form:
            found.setdefault(form, set()).add(name)
    return found
