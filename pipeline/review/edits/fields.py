"""What a reviewer can give: values to choose from, the fields of each part, and what marked words say."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Annotated, Any, NotRequired, TypedDict

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, with_config

from pipeline.record import (
    ActorKind,
    Amount,
    CommitmentKind,
    Date,
    Instrument,
    Label,
    Quantity,
    Quote,
    Record,
    RelationType,
    Status,
    Term,
)
from pipeline.review.edits.working import SLOTS, Refused
from pipeline.review.formats.task import ACTORS, KINDS, MENTIONS, RELATIONS, STATUSES
from pipeline.seeds import rows
from pipeline.stages.document.home import home_of
from pipeline.values.currencies import Home
from pipeline.values.currencies import codes as currency_codes
from pipeline.values.gazetteer.places import country_of, demonym, name_by_country
from pipeline.values.quoted import amount_at, date_at, quantity_at


@lru_cache(maxsize=1)
def sectors() -> dict[str, str]:
    """Sector labels by code."""
    return {row["code"]: row["label"] for row in rows("sectors.csv", "code", "group", "label")}


@lru_cache(maxsize=1)
def currencies() -> list[str]:
    """ISO 4217 codes."""
    return sorted({row["code"] for row in rows("currencies.csv", "code")} | currency_codes())


def choices() -> dict[str, Any]:
    """All values, in the order in which the page shows them."""
    return {
        "labels": MENTIONS,
        "actor_kinds": ACTORS,
        "relation_types": RELATIONS,
        "commitment_kinds": KINDS,
        "statuses": STATUSES,
        "slots": SLOTS,
        "sectors": [{"code": code, "label": label} for code, label in sectors().items()],
        "countries": [{"code": code, "name": name} for code, name in name_by_country().items()],
        "currencies": currencies(),
    }


LONGEST = 500  # characters of a name

Check = Callable[[str], str]


def _one_of(known: Callable[[], Collection[str]]) -> Check:
    def check(code: str) -> str:
        if code not in known():
            raise ValueError(f"unknown code {code!r}")
        return code

    return check


def _iso(value: str) -> str:
    """Checks `2028`, `2025-06`, `2025-06-30` or a period of two of them with a slash."""
    ends = value.split("/")
    if len(ends) > 2 or not all(re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", end, re.ASCII) for end in ends):
        raise ValueError("write a date as 2028, 2025-06, 2025-06-30 or 2025-07/2026-06")
    for end in ends:
        datetime.date.fromisoformat(end + "-01" * (2 - end.count("-")))
    if len({len(end) for end in ends}) > 1 or sorted(ends) != ends:
        raise ValueError("write both ends of a period in one form, the earlier one first")
    return value


Name = Annotated[str, StringConstraints(max_length=LONGEST), AfterValidator(lambda name: " ".join(name.split())),
                 StringConstraints(min_length=1)]  # fmt: skip
Country = Annotated[str, AfterValidator(_one_of(name_by_country))]
Currency = Annotated[str, AfterValidator(_one_of(currencies))]
SectorCode = Annotated[str, AfterValidator(_one_of(sectors))]
Each = AfterValidator(lambda values: list(dict.fromkeys(values)))
Sectors = Annotated[list[SectorCode], Each]
Countries = Annotated[list[Country], Each]
Names = Annotated[list[Name], Each]
Ids = Annotated[list[str], Each]
Offset = Annotated[int, Field(ge=0)]
Sum = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Iso = Annotated[str, AfterValidator(_iso)]

_form = with_config(ConfigDict(extra="forbid", strict=True))


@_form
class NewMention(TypedDict):
    label: Label
    start: Offset
    end: Offset
    entity: NotRequired[str | None]


@_form
class MentionFields(TypedDict, total=False):
    label: Label
    start: Offset
    end: Offset
    entity: str | None


@_form
class NewActor(TypedDict):
    name: Name
    kind: ActorKind
    country: NotRequired[Country | None]
    role: NotRequired[Name | None]
    aliases: NotRequired[Names]
    mentions: NotRequired[Ids]


@_form
class ActorFields(TypedDict, total=False):
    name: Name
    kind: ActorKind
    country: Country | None
    role: Name | None
    aliases: Names


@_form
class NewProject(TypedDict):
    name: Name
    programme: NotRequired[bool]
    sectors: NotRequired[Sectors]
    countries: NotRequired[Countries]
    aliases: NotRequired[Names]
    mentions: NotRequired[Ids]


@_form
class ProjectFields(TypedDict, total=False):
    name: Name
    programme: bool
    sectors: Sectors
    countries: Countries
    aliases: Names


@_form
class NewRelation(TypedDict):
    subject: str
    type: RelationType
    object: str
    sentence: NotRequired[Offset]


@_form
class NewCommitment(TypedDict):
    kind: CommitmentKind
    status: Status
    start: Offset
    end: Offset
    negated: NotRequired[bool]


@_form
class FlowFields(TypedDict):
    instrument: Instrument
    provider: Ids
    recipient: Ids
    terms: NotRequired[dict[Term, str]]


@_form
class CommitmentFields(TypedDict, total=False):
    kind: CommitmentKind
    status: Status
    start: Offset
    end: Offset
    negated: bool
    sentences: list[Offset]
    flow: FlowFields | None


@_form
class AmountFields(TypedDict, total=False):
    value: Sum | None
    low: Sum | None
    high: Sum | None
    approximate: bool
    currency: Currency | None


@_form
class DateFields(TypedDict):
    iso: Iso | None


@_form
class ArticleFields(TypedDict):
    sectors: Sectors


AHEAD = ("proposed", "pledged")  # lies in the future: "on Friday" is the next one


def quote(record: Record, start: int, end: int) -> Quote:
    """The words between two offsets in one sentence, without white space at the ends. Raises Refused otherwise."""
    text = record.article.text
    if not 0 <= start < end <= len(text):
        raise Refused(f"{start} to {end} is not inside the text of {len(text)} characters")
    words = text[start:end]
    if words.isspace():
        raise Refused(f"there is only white space at {start}")
    start += len(words) - len(words.lstrip())
    end = start + len(words.strip())
    sentence = record.sentences[sentence_at(record, start)]
    if start < sentence.start or end > sentence.end:
        raise Refused(f"{text[start:end]!r} at {start} is not inside one sentence; mark each piece")
    return Quote(text=text[start:end], start=start, end=end)


def sentence_at(record: Record, offset: int) -> int:
    """The number of the sentence at an offset. Raises Refused if the record has no sentences."""
    if not record.sentences:
        raise Refused("the article has no sentences")
    return max((n for n, sentence in enumerate(record.sentences) if sentence.start <= offset), default=0)


def value_of(record: Record, label: Label, found: Quote) -> Amount | Date | Quantity | str | None:
    """The value of a mention, as extraction reads it."""
    text, start, end = record.article.text, found.start, found.end
    match label:
        case "MONEY":
            return amount_at(text, start, end, _home(record))
        case "DATE":
            return date_at(text, start, end, day_of(record.article.date), _home(record))
        case "QUANTITY":
            return quantity_at(text, start, end)
        case "COUNTRY":
            return country_of(found.text)
        case "NORP":
            return demonym(found.text)
    return None


def amount_of(record: Record, found: Quote) -> Amount:
    """The amount of a commitment, without a value if the words have none."""
    amount = amount_at(record.article.text, found.start, found.end, _home(record))
    return amount or Amount(**dict(found), value=None)


def date_of(record: Record, found: Quote, status: str) -> Date:
    """The date of a commitment; a weekday is the next one if the commitment lies in the future."""
    day, future = day_of(record.article.date), status in AHEAD or None
    return date_at(record.article.text, found.start, found.end, day, _home(record), future=future)


def _home(record: Record) -> Home:
    article = record.article
    return home_of(article.text, article.source, article.url)


def day_of(date: str | None) -> datetime.date | None:
    """The day of a date such as 2025-09-25; None for anything else."""
    try:
        return datetime.date.fromisoformat(date or "")
    except ValueError:
        return None
