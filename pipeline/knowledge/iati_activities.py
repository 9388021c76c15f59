"""Activities of IATI XML, one at a time: the memory does not grow with the file.

Entities are not expanded and nothing is fetched; a file with a document type, which IATI has none of, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from pipeline.errors import ArticleError
from pipeline.knowledge.activities import (
    DESCRIPTION,
    Activity,
    NoActivity,
    country,
    instruments,
    number,
    sectors,
    years_of,
)
from pipeline.knowledge.row_models import Sum

_HEAD = 1 << 16  # bytes in which the first element begins
_TAG = "iati-activity"
_ROOTS = {"iati-activities", _TAG, "result", "response", "query"}
_COMMITMENTS = {"2", "11", "12", "C"}  # TransactionType: outgoing and incoming commitment, pledge; C in version 1
_PAID = {"3", "4", "D", "E"}  # disbursement, expenditure
_FUNDS, _OTHERS = {"1", "Funding"}, {"2", "4", "Accountable", "Implementing"}  # OrganisationRole
_CRS = {"", "1", "2", "DAC"}  # SectorVocabulary: OECD DAC, five and three digits
_YEAR = re.compile(r"\d{4}")
_MOST = 40  # titles, parties, sectors and amounts of one activity
_LONGEST = 500  # characters of a title or name


def iati_activities(stream: BinaryIO, where: str) -> Iterator[Activity | ArticleError]:
    """Raises ArticleError, after the activities before it, where the XML breaks off or is not IATI's."""
    from lxml import etree

    safe = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    head = stream.read(_HEAD)
    try:
        first = etree.XMLPullParser(events=("start",), **safe)
        first.feed(head)
        _check_root(next((element for _, element in first.read_events()), None), where)
        lean = {"remove_comments": True, "remove_pis": True, "recover": False}
        for _, element in etree.iterparse(_Joined(head, stream), events=("end",), tag=_TAG, **safe, **lean):
            yield _activity(element, f"{where}:{element.sourceline}")
            _forget(element)
    except etree.XMLSyntaxError as error:
        raise ArticleError(where, f"not whole XML, what follows is not read ({error.msg})") from error


class _Joined:
    """A stream of which the head was read."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = head, rest

    def read(self, size: int) -> bytes:
        found, self._head = self._head[:size], self._head[size:]
        return found or self._rest.read(size)


def _check_root(root: Any, where: str) -> None:
    if root is None:
        raise ArticleError(where, f"no XML of IATI: no element begins in its first {_HEAD:,} bytes")
    if root.getroottree().docinfo.internalDTD is not None:
        raise ArticleError(where, "has a document type (<!DOCTYPE), which IATI has none of; remove it")
    if root.tag not in _ROOTS:
        raise ArticleError(where, f"XML, but not of IATI: it begins with <{str(root.tag)[:60]}>, not <iati-activities>")


def _forget(element: Any) -> None:
    """Frees an element that is read, and those before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _activity(element: Any, place: str) -> Activity | ArticleError:
    identifier = " ".join((element.findtext("iati-identifier") or "").split())
    titles = _narratives(element, "title")
    if not identifier or not titles:
        return NoActivity(place, f"has no {'title' if identifier else 'iati-identifier'}")
    money, dates, kinds = _transactions(element)
    orgs = [(org.get("role", ""), name) for org in element.findall("participating-org") for name in _own(org)]
    funders = [name for role, name in orgs if role in _FUNDS] or _narratives(element, "reporting-org")
    dates += [day.get("iso-date", "") for day in element.findall("activity-date")]
    kinds += [one.get("code", "") for one in element.findall("default-finance-type")]
    return Activity(
        id=identifier,
        scheme="iati",
        source=place,
        names=tuple(titles),
        description=" ".join(_narratives(element, "description"))[:DESCRIPTION],
        countries=frozenset(code for one in _all(element, "recipient-country") if (code := _country(one))),
        years=years_of(int(found[0]) for day in dates if (found := _YEAR.match(day))),
        amounts=tuple(money),
        funders=tuple(dict.fromkeys(funders))[:_MOST],
        parties=tuple(dict.fromkeys(name for role, name in orgs if role in _OTHERS))[:_MOST],
        sectors=frozenset(code for one in _all(element, "sector") for code in _sector(one)),
        instruments=frozenset(name for kind in dict.fromkeys(kinds) for name in instruments(kind)),
    )


def _all(element: Any, tag: str) -> Iterator[Any]:
    """The children of an activity and of its transactions."""
    yield from element.findall(tag)[:_MOST]
    yield from element.findall(f"transaction/{tag}")[:_MOST]


def _own(element: Any) -> list[str]:
    """The narratives of an element; of version 1 its own text."""
    texts = [one.text or "" for one in element.findall("narrative")] or [element.text or ""]
    return [text for some in texts if (text := " ".join(some[: 4 * _LONGEST].split())[:_LONGEST])]


def _narratives(element: Any, tag: str) -> list[str]:
    found = (text for one in element.findall(tag)[:_MOST] for text in _own(one))
    return list(dict.fromkeys(found))[:_MOST]


def _country(element: Any) -> str | None:
    code = element.get("code", "")
    return country(code) if code else next((c for text in _own(element) if (c := country(text))), None)


def _sector(element: Any) -> frozenset[str]:
    return sectors(element.get("code", "")) if element.get("vocabulary", "") in _CRS else frozenset()


def _transactions(element: Any) -> tuple[list[Sum], list[str], list[str]]:
    """The commitments and their sum (without any the sum of what is paid), days, finance types."""
    default = element.get("default-currency", "")
    sums: dict[tuple[bool, str], list[float]] = {}
    days: list[str] = []
    kinds: list[str] = []
    for one in element.findall("transaction"):
        kind = _code(one, "transaction-type")
        value = one.find("value")
        worth = number(value.text if value is not None else None)
        if kind in _COMMITMENTS | _PAID and worth:
            currency = (value.get("currency") or default).upper()
            sums.setdefault((kind in _COMMITMENTS, currency), []).append(worth)
        if kind in _COMMITMENTS:
            days += [day.get("iso-date", "") for day in one.findall("transaction-date")]
            kinds.append(_code(one, "finance-type"))
    committed = any(firm for firm, _ in sums)
    return [
        Sum(text=f"{worth:.15g}", value=worth, currency=currency)
        for (firm, currency), values in sums.items()
        if firm == committed and currency
        for worth in dict.fromkeys([sum(values), *(values[:_MOST] if firm else [])])
    ], days, kinds  # fmt: skip


def _code(element: Any, tag: str) -> str:
    found = element.find(tag)
    return "" if found is None else found.get("code", "")
