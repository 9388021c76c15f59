"""What someone typed into a cell with a list: the value that is meant, or near ones."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.review.edits.fields import sectors
from pipeline.review.edits.working import Refused
from pipeline.review.workbook.columns import NO, YES, lists
from pipeline.review.workbook.names import did_you_mean
from pipeline.review.workbook.values import plain
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import country_of, name_by_country

_TRUE, _FALSE = {YES, "y", "true", "1", "x"}, {NO, "n", "false", "0", ""}
_CODE = re.compile(r"(\d{3})(?:\s+(.*))?")  # a sector, with its label
_FEW = 12  # values that a message lists


def choice(name: str, typed: str) -> str:
    """A value of a list. Raises Refused for another one."""
    known = lists()[name]
    found = next((value for value in known if value.casefold() == typed.casefold()), None)
    if found is None:
        listed = f"; choose one of {', '.join(known)}" if len(known) <= _FEW else ""
        what = f"{typed!r} is not in the list" if typed else "must not be empty"
        raise Refused(what + (did_you_mean(typed, known) if typed else "") + listed)
    return found


def yes(typed: str) -> bool:
    """Raises Refused for what is neither yes nor no."""
    if typed.casefold() in _TRUE | _FALSE:
        return typed.casefold() in _TRUE
    raise Refused(f"{typed!r} is neither yes nor no")


def sector_codes(typed: list[str]) -> list[str]:
    """The codes of sectors. Raises Refused for one that there is not."""
    return _all(typed, _sector, lambda one: _refuse_sector(one))


def country_codes(typed: list[str]) -> list[str]:
    """The ISO 3166-1 codes of countries. Raises Refused for one that there is not."""
    return _all(typed, _country, lambda one: _refuse_country(one))


def _all(typed: list[str], find: Callable[[str], str | None], refuse: Callable[[str], Refused]) -> list[str]:
    """The code of each, once; where one is none, commas may separate several."""
    found: list[str] = []
    for one in typed:
        pieces = [one] if find(one) else [plain(piece) for piece in one.split(",")]
        codes = [find(piece) for piece in pieces]
        if None in codes:
            raise refuse(one)
        found += [code for code in codes if code]
    return list(dict.fromkeys(found))


def _sector(typed: str) -> str | None:
    if (code := _CODE.fullmatch(typed)) and code[1] in sectors():
        label = code[2] or ""
        alone = not re.search(r"[,\d]", label) or key(label) == key(sectors()[code[1]])
        return code[1] if alone else None
    return next((code for code, label in sectors().items() if key(label) == key(typed)), None)


def _refuse_sector(typed: str) -> Refused:
    return Refused(f"there is no sector {typed!r}{did_you_mean(typed, lists()['sectors'])}")


def _country(typed: str) -> str | None:
    return typed.upper() if typed.upper() in name_by_country() else country_of(typed)


def _refuse_country(typed: str) -> Refused:
    return Refused(f"there is no country {typed!r}{did_you_mean(typed, name_by_country().values())}")
