"""The files that a user gives as lists of activities: tables of AidData, IATI datastores and banks, and XML of IATI.

All are read one activity at a time. Of XML, entities are not expanded and nothing is fetched; a file with a document
type, which IATI has none of, is refused.
"""

import json
import math
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, cast

from pipeline.errors import ArticleError, SetupError
from pipeline.knowledge.activities import Activity, activity, number
from pipeline.knowledge.folder import Scheme, Sum
from pipeline.seeds import table
from pipeline.sources.articles import left_over, plain_name
from pipeline.sources.decode import PACKINGS, kind, lines, unpacked
from pipeline.sources.rows import csv_rows

Row = Mapping[str, Any]
Rows = Iterator[tuple[str, Row | ArticleError]]  # the place of a row, and its cells by column
Tell = Callable[[str, str], None]
_LONGEST = 2_000  # characters of a cell
_UNPACKED = 2_000_000_000  # bytes of all parts of a workbook
_PACKED = 200  # times that it may be as large unpacked
_WIDEST = 2_000  # columns that are read
_TAGS = re.compile(r"<[^<>]{0,300}>")
_SEVERAL = re.compile(r"\s*[|;]\s*")
_CURRENCY = re.compile(r"[A-Z]{3}")
_IATI_ID = re.compile(r"[A-Z]{2,3}-[A-Z0-9]+-\S+")

# of XML
_TAG = "iati-activity"
_ROOTS = {"iati-activities", _TAG, "result", "response", "query"}
_COMMITMENTS = {"2", "11", "12", "C"}  # TransactionType: outgoing and incoming commitment, pledge; C in version 1
_PAID = {"3", "4", "D", "E"}  # disbursement, expenditure
_FUNDS, _OTHERS = {"1", "Funding"}, {"2", "4", "Accountable", "Implementing"}  # OrganisationRole
_CRS = {"", "1", "2", "DAC"}  # SectorVocabulary: OECD DAC, five and three digits
_MOST = 40  # titles, parties, sectors and amounts of one activity
_LONGEST_NAME = 500  # characters


def read_all(
    paths: Iterable[Path], tell: Tell, failed: Callable[[ArticleError], None], scheme: Scheme | None = None
) -> list[Activity]:
    """The activities of all files, of two with one id the first; `failed` is called for every row that is none.

    Args:
        paths: Files.
        tell: Called with what the columns of a table hold.
        failed: Called with what is wrong with a row.
        scheme: Whose ids the lists have, if known.

    Raises:
        SetupError: A file cannot be read, or is no list of activities.
    """
    found: dict[tuple[Scheme, str], Activity] = {}
    for path in paths:
        for one in _activities(path, tell, scheme):
            if isinstance(one, ArticleError):
                failed(one)
            else:
                found.setdefault((one.scheme, one.id), one)
    return list(found.values())


def _activities(path: Path, tell: Tell, scheme: Scheme | None) -> Iterator[Activity | ArticleError]:
    name, where = kind(path.name), str(path)
    packing = next((end for end in PACKINGS if name.endswith(end)), "")
    inner = name.removesuffix(packing)
    if inner not in {*_TABLES, ".xml"} or (packing and inner == ".xlsx"):  # which is packed itself
        known = ", ".join(sorted({*_TABLES, ".xml"}))
        raise SetupError(
            f"{path}: not a list of activities that Corridor reads ({known}; all but .xlsx in .gz or .zst)"
        )
    try:
        with path.open("rb") as file:
            stream = unpacked(file, path.name)
            if inner == ".xml":
                yield from _iati(stream, where)
            else:
                yield from _of_rows(_TABLES[inner](stream, where), where, tell, scheme)
    except ArticleError as error:
        raise SetupError(str(error)) from error
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror or error})") from error


def _of_rows(rows: Rows, where: str, tell: Tell, scheme: Scheme | None) -> Iterator[Activity | ArticleError]:
    """The columns of the first row are said; JSON rows with others have their own."""
    said = False
    for place, row in rows:
        if isinstance(row, ArticleError):
            yield row
            continue
        names = tuple(map(str, row))
        columns, own = _columns(names)
        if not said:
            if lacks := next((field for field in ("id", "title") if not columns[field]), None):
                reason = f"has no column for the {lacks} of an activity among {', '.join(names)[:300]}"
                raise ArticleError(where, f"{reason}; rename one '{lacks}'")
            used = ", ".join(f"{field} from {' or '.join(some)}" for field, some in columns.items() if some)
            tell(where, "; ".join(filter(None, [used, left_over(names, columns)])))
            said = True
        yield _of_row(row, place, columns, scheme, own)


@lru_cache(maxsize=1_000)
def _columns(names: tuple[str, ...]) -> tuple[Mapping[str, list[str]], Scheme]:
    """The columns of each field of `seeds/match.yaml`, the likeliest first, and whose ids a table with them has.

    Of two columns with one name the first counts. The column of the ids says whose they are, or any that names AidData.
    """
    seeds, known = table("match.yaml"), {plain_name(name): name for name in reversed(names)}
    fields = {field: map(plain_name, some) for field, some in seeds["columns"].items()}
    columns = {field: list(dict.fromkeys(known[one] for one in some if one in known)) for field, some in fields.items()}
    ids = plain_name(columns["id"][0]) if columns["id"] else ""
    if "iati" in ids or ids == "aid":
        return columns, "iati"
    return columns, "aiddata" if any(mark in name for name in known for mark in seeds["aiddata_marks"]) else "other"


def _of_row(
    row: Row, place: str, columns: Mapping[str, list[str]], scheme: Scheme | None, own: Scheme
) -> Activity | ArticleError:
    """The activity of a row; NoActivity where it has no id or no title.

    Amounts are in the currency of the row, and in US dollars of the time where a column has them.
    """
    texts = {field: [text for name in some if (text := _text(row.get(name)))] for field, some in columns.items()}
    texts["description"] = [_TAGS.sub(" ", " ".join(texts["description"]))]
    for field in ("funder", "party"):
        texts[field] = [name for text in texts[field] for name in _SEVERAL.split(text) if name][:20]
    code = next((code for text in texts["currency"] if _CURRENCY.fullmatch(code := text.upper())), None)
    amounts = [
        Sum(text=_text(row.get(name)), value=value, currency=currency)
        for field, currency in (("amount", code), ("usd", "USD"))
        for name in (columns[field] if currency else ())
        if (value := number(row.get(name)))
    ]
    of_iati = own == "other" and texts["id"] and _IATI_ID.fullmatch(texts["id"][0])
    return activity(texts, amounts, scheme or ("iati" if of_iati else own), place)


def _text(cell: Any) -> str:
    """A cell on one line."""
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, list):
        cell = "; ".join(str(part) for part in cell if part is not None)
    return " ".join(str(cell)[:_LONGEST].replace("\0", " ").split())


def _csv_rows(stream: BinaryIO, where: str) -> Rows:
    """Raises ArticleError where the file is no table."""
    _, damaged, rows = csv_rows(stream, where)
    yield from ((error.where, error) for error in damaged)
    yield from rows


def _json_rows(stream: BinaryIO, where: str) -> Rows:
    """An object a line; a line that is an array gives its objects."""
    for at, line in enumerate(lines(stream, where), 1):
        place, found = f"{where}:{at}", cast(Any, line)
        if isinstance(line, str):
            try:
                found = json.loads(line) if line.strip() else []
            except (ValueError, RecursionError) as error:
                found = ArticleError(place, f"not a whole JSON object on one line ({error})")
        for value in found if isinstance(found, list) else [found]:
            is_row = isinstance(value, dict | ArticleError)
            yield place, value if is_row else ArticleError(place, "JSON, but not an object")


def _excel_rows(stream: BinaryIO, where: str) -> Rows:
    """The rows of the sheet with the most rows; its first row with two cells or more is the header.

    Raises ArticleError for a file that is damaged, encrypted, or unpacks to too much.
    """
    from openpyxl import load_workbook  # slow to import; few runs need it

    _check_size(stream, where)
    try:
        book = load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        sheet = max(book.worksheets, key=lambda one: one.max_row or 0)
        header: list[str] = []
        for at, cells in enumerate(sheet.iter_rows(values_only=True, max_col=_WIDEST), 1):
            if header and any(cell is not None for cell in cells):
                yield f"{where}, row {at}", dict(zip(header, cells, strict=False))
            elif not header and sum(cell is not None for cell in cells) > 1:
                header = ["" if cell is None else str(cell).strip() for cell in cells]
    except Exception as error:  # openpyxl, zipfile and the XML parser each have errors of their own
        reason = f"damaged, or no Excel workbook ({type(error).__name__}); save it anew as .xlsx or as CSV UTF-8"
        raise ArticleError(where, reason) from error


def _check_size(stream: BinaryIO, where: str) -> None:
    try:
        with zipfile.ZipFile(stream) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        advice = "save it without a password as .xlsx, or as CSV UTF-8"
        raise ArticleError(where, f"damaged, encrypted, or no Excel workbook; {advice}") from error
    total = sum(part.file_size for part in parts)
    if total > max(20_000_000, min(_UNPACKED, _PACKED * sum(part.compress_size for part in parts))):
        raise ArticleError(where, f"unpacks to {total:,} bytes: too much; save it as CSV UTF-8")
    stream.seek(0)


_TABLES: Mapping[str, Callable[[BinaryIO, str], Rows]] = {
    ".csv": _csv_rows, ".tsv": _csv_rows, ".xlsx": _excel_rows, ".jsonl": _json_rows, ".ndjson": _json_rows,
    ".json": _json_rows,
}  # fmt: skip


def _iati(stream: BinaryIO, where: str) -> Iterator[Activity | ArticleError]:
    """Raises ArticleError, after the activities before it, where the XML breaks off or is not IATI's."""
    from lxml import etree

    root = None
    try:
        for event, element in etree.iterparse(
            stream, ("start", "end"), remove_comments=True, remove_pis=True, resolve_entities=False, no_network=True,
            load_dtd=False, huge_tree=False,
        ):  # fmt: skip
            if root is None:
                root = element
                _check_root(root, where)
            if event == "end" and element.tag == _TAG:
                yield _of_element(element, f"{where}:{element.sourceline}")
                element.clear()
                while element.getprevious() is not None:  # frees those before it
                    del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        reason = "no XML of IATI" if root is None else "not whole XML, what follows is not read"
        raise ArticleError(where, f"{reason} ({error.msg})") from error


def _check_root(root: Any, where: str) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise ArticleError(where, "has a document type (<!DOCTYPE), which IATI has none of; remove it")
    if root.tag not in _ROOTS:
        raise ArticleError(where, f"XML, but not of IATI: it begins with <{str(root.tag)[:60]}>, not <iati-activities>")


def _of_element(element: Any, place: str) -> Activity | ArticleError:
    amounts, days, kinds = _transactions(element)
    orgs = [(org.get("role", ""), name) for org in element.findall("participating-org") for name in _own(org)]
    texts = {
        "id": [" ".join((element.findtext("iati-identifier") or "").split())],
        "title": _narratives(element, "title"),
        "description": _narratives(element, "description"),
        "country": [one.get("code") or " ".join(_own(one)) for one in _all(element, "recipient-country")],
        "year": [day[:4] for day in days + element.xpath("activity-date/@iso-date")],
        "funder": [name for role, name in orgs if role in _FUNDS] or _narratives(element, "reporting-org"),
        "party": [name for role, name in orgs if role in _OTHERS],
        "sector": [one.get("code", "") for one in _all(element, "sector") if one.get("vocabulary", "") in _CRS],
        "instrument": kinds + element.xpath("default-finance-type/@code"),
    }
    found = {field: list(dict.fromkeys(filter(None, some)))[:_MOST] for field, some in texts.items()}
    return activity(found, amounts, "iati", place)


def _all(element: Any, tag: str) -> list[Any]:
    """The children of an activity and of its transactions."""
    return [*element.findall(tag)[:_MOST], *element.findall(f"transaction/{tag}")[:_MOST]]


def _own(element: Any) -> list[str]:
    """The narratives of an element; of version 1 its own text."""
    texts = [one.text or "" for one in element.findall("narrative")] or [element.text or ""]
    return [text for some in texts if (text := " ".join(some[: 4 * _LONGEST_NAME].split())[:_LONGEST_NAME])]


def _narratives(element: Any, tag: str) -> list[str]:
    return [text for one in element.findall(tag)[:_MOST] for text in _own(one)]


def _transactions(element: Any) -> tuple[list[Sum], list[str], list[str]]:
    """The commitments and their sum (without any the sum of what is paid), days, finance types."""
    sums: dict[tuple[bool, str], list[float]] = {}
    days, kinds = list[str](), list[str]()
    for one in element.findall("transaction"):
        code, worth = one.xpath("string(transaction-type/@code)"), number(one.findtext("value"))
        firm = code in _COMMITMENTS
        if worth and (firm or code in _PAID):
            currency = (one.find("value").get("currency") or element.get("default-currency", "")).upper()
            sums.setdefault((firm, currency), []).append(worth)
        if firm:
            days += one.xpath("transaction-date/@iso-date")
            kinds += one.xpath("finance-type/@code")
    committed = any(firm for firm, _ in sums)
    amounts = [
        Sum(text=f"{worth:.15g}", value=worth, currency=currency)
        for (firm, currency), values in sums.items()
        if firm == committed and currency
        for worth in dict.fromkeys([sum(values), *(values[:_MOST] if firm else [])])
    ]
    return amounts, days, kinds
