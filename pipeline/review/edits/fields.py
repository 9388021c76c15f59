"""What a reviewer can give: values to choose from, the fields of each part of a record, and what marked words say."""

import datetime
import re
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, create_model

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
from pipeline.review.edits.working import SLOTS, SURE
from pipeline.seeds import rows
from pipeline.stages.document.home import home_of
from pipeline.stages.models.sectors import labelled
from pipeline.values.currencies import Home
from pipeline.values.currencies import codes as currency_codes
from pipeline.values.gazetteer.places import country_of, demonym, name_by_country
from pipeline.values.quoted import amount_at, date_at, quantity_at

LONGEST = 500  # characters of a name
MENTIONS: tuple[str, ...] = get_args(Label)
RELATIONS: tuple[str, ...] = get_args(RelationType)
KINDS: tuple[str, ...] = get_args(CommitmentKind)
STATUSES: tuple[str, ...] = get_args(Status)
ACTORS: tuple[str, ...] = get_args(ActorKind)
INSTRUMENTS: tuple[str, ...] = get_args(Instrument)
QUOTED_AS = {"amounts": "MONEY", "dates": "DATE"}  # slots that hold words, and the labels of these
NO_ENDS = ("MONEY", "DATE", "QUANTITY")  # labels that cannot be the end of a relation
AHEAD = ("proposed", "pledged")  # lies in the future: "on Friday" is the next one


@cache
def sectors() -> dict[str, str]:
    """Sector labels by code."""
    return {row["code"]: row["label"] for row in rows("sectors.csv", "code", "group", "label")}


@cache
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


def _one_of(known: Callable[[], Collection[str]]) -> AfterValidator:
    def check(code: str) -> str:
        if code not in known():
            raise ValueError(f"unknown code {code!r}")
        return code

    return AfterValidator(check)


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
Country = Annotated[str, _one_of(name_by_country)]
Currency = Annotated[str, _one_of(currencies)]
SectorCode = Annotated[str, _one_of(sectors)]
Each = AfterValidator(lambda values: list(dict.fromkeys(values)))
Ids = Annotated[list[str], Each]
Offset = Annotated[int, Field(ge=0)]
Sum = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Iso = Annotated[str, AfterValidator(_iso)]
STRICT = ConfigDict(extra="forbid", strict=True)


def form(types: Mapping[str, Any], *required: str) -> type[BaseModel]:
    """A model of fields by their types. One that is not required may be missing; null is a value of its own."""
    fields: dict[str, Any] = {name: (kind, ... if name in required else None) for name, kind in types.items()}
    return create_model("Form", __config__=STRICT, **fields)


def given(filled: BaseModel) -> dict[str, Any]:
    """The fields that were given."""
    return {name: getattr(filled, name) for name in type(filled).model_fields if name in filled.model_fields_set}


_QUOTED = {"start": Offset, "end": Offset}
_NAMED = {"name": Name, "name_en": Name | None, "aliases": Annotated[list[Name], Each]}
_SECTORS = {
    "sectors": Annotated[list[SectorCode], Each, AfterValidator(lambda codes: [labelled(c, SURE) for c in codes])]
}
_MENTION = {"label": Label, **_QUOTED, "entity": str | None}
_ACTOR = {**_NAMED, "kind": ActorKind, "country": Country | None, "role": Name | None}
_PROJECT = {**_NAMED, **_SECTORS, "programme": bool, "countries": Annotated[list[Country], Each]}
_COMMITMENT = {"kind": CommitmentKind, "status": Status, **_QUOTED, "negated": bool}
_RELATION = {"subject": str, "type": RelationType, "object": str, "sentence": Offset}
_FLOW = {"instrument": Instrument, "provider": Ids, "recipient": Ids, "terms": dict[Term, str]}
_FLOW_FORM: Any = form(_FLOW, "instrument", "provider", "recipient")
SETTABLE: Mapping[str, type[BaseModel]] = {  # by the table or slot that holds the part
    "article": form(_SECTORS, "sectors"),
    "mentions": form(_MENTION),
    "actors": form(_ACTOR),
    "projects": form(_PROJECT),
    "commitments": form({**_COMMITMENT, "sentences": list[Offset], "flow": _FLOW_FORM | None}),
    "slot amounts": form(
        {**dict.fromkeys(("value", "low", "high"), Sum | None), "approximate": bool, "currency": Currency | None}
    ),
    "slot dates": form({"iso": Iso | None}, "iso"),
}
ADDABLE: Mapping[str, type[BaseModel]] = {
    "mention": form(_MENTION, "label", "start", "end"),
    "actor": form({**_ACTOR, "mentions": Ids}, "name", "kind"),
    "project": form({**_PROJECT, "mentions": Ids}, "name"),
    "relation": form(_RELATION, "subject", "type", "object"),
    "commitment": form(_COMMITMENT, "kind", "status", "start", "end"),
}


def value_of(record: Record, label: Label, quote: Quote) -> Amount | Date | Quantity | str | None:
    """The value of a mention, as extraction reads it."""
    text, start, end = record.article.text, quote.start, quote.end
    match label:
        case "MONEY":
            return amount_at(text, start, end, _home(record))
        case "DATE":
            return date_at(text, start, end, day_of(record.article.date), _home(record))
        case "QUANTITY":
            return quantity_at(text, start, end)
        case "COUNTRY":
            return country_of(quote.text)
        case "NORP":
            return demonym(quote.text)
    return None


def read_in(record: Record, quote: Quote, slot: str, status: str) -> Amount | Date:
    """The amount or date that words are in a slot of a commitment, without a value if the words have none.

    A weekday is the next one if the commitment lies in the future.
    """
    text, home = record.article.text, _home(record)
    if slot == "amounts":
        return amount_at(text, quote.start, quote.end, home) or Amount(**dict(quote), value=None)
    future = status in AHEAD or None
    return date_at(text, quote.start, quote.end, day_of(record.article.date), home, future=future)


def _home(record: Record) -> Home:
    article = record.article
    return home_of(article.text, article.source, article.url)


def day_of(date: str | None) -> datetime.date | None:
    """The day of an article's date, which is like 2025-09-25 or unknown."""
    return datetime.date.fromisoformat(date) if date else None
