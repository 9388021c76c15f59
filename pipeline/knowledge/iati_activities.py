"""Activities of IATI XML, one at a time: the memory does not grow with the file.

Entities are not expanded and nothing is fetched; a file with a document type, which IATI has none of, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from pipeline.errors import ArticleError
from pipeline.knowledge.activities import Activity, activity, number
from pipeline.knowledge.row_models import Sum

_HEAD = 1 << 16  # bytes in which the first element begins
_TAG = "iati-activity"
_ROOTS = {"iati-activities", _TAG, "result", "response", "query"}
_COMMITMENTS = {"2", "11", "12", "C"}  # TransactionType: outgoing and incoming commitment, pledge; C in version 1
_PAID = {"3", "4", "D", "E"}  # disbursement, expenditure
_FUNDS, _OTHERS = {"1", "Funding"}, {"2", "4", "Accountable", "Implementing"}  # OrganisationRole
_CRS = {"", "1", "2", "DAC"}  # SectorVocabulary: OECD DAC, five and three digits
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
    amounts, days, kinds = _transactions(element)
    orgs = [(org.get("role", ""), name) for org in element.findall("participating-org") for name in _own(org)]
    days += [day.get("iso-date", "") for day in element.findall("activity-date")]
    countries = [one.get("code") or " ".join(_own(one)) for one in _all(element, "recipient-country")]
    texts = {
        "id": [" ".join((element.findtext("iati-identifier") or "").split())],
        "title": _narratives(element, "title"),
        "description": _narratives(element, "description"),
        "country": countries,
        "year": [day[:4] for day in days],
        "funder": [name for role, name in orgs if role in _FUNDS] or _narratives(element, "reporting-org"),
        "party": [name for role, name in orgs if role in _OTHERS],
        "sector": [one.get("code", "") for one in _all(element, "sector") if one.get("vocabulary", "") in _CRS],
        "instrument": kinds + [one.get("code", "") for one in element.findall("default-finance-type")],
    }
    found = {field: list(dict.fromkeys(filter(None, some)))[:_MOST] for field, some in texts.items()}
    return activity(found, amounts, "iati", place)


def _all(element: Any, tag: str) -> Iterator[Any]:
    """The children of an activity and of its transactions."""
    yield from element.findall(tag)[:_MOST]
    yield from element.findall(f"transaction/{tag}")[:_MOST]


def _own(element: Any) -> list[str]:
    """The narratives of an element; of version 1 its own text."""
    texts = [one.text or "" for one in element.findall("narrative")] or [element.text or ""]
    return [text for some in texts if (text := " ".join(some[: 4 * _LONGEST].split())[:_LONGEST])]


def _narratives(element: Any, tag: str) -> list[str]:
    return [text for one in element.findall(tag)[:_MOST] for text in _own(one)]


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
