"""The fields of each part of a record that can be added or set, with their types.

Null and missing differ: a role can be set to null, a label cannot.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Collection
from typing import Annotated, NotRequired, TypedDict

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, with_config

from pipeline.record import ActorKind, CommitmentKind, Instrument, Label, RelationType, Status, Term
from pipeline.review.edits.choices import currencies, sectors
from pipeline.values.gazetteer.places import name_by_country

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
