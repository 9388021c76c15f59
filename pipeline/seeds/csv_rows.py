"""A model of a row for each CSV file of seeds/, and their reader."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, TypeAdapter, ValidationError

from pipeline.errors import SetupError
from pipeline.record import ActorKind, CommitmentKind, Status
from pipeline.seeds.checks import (
    Alpha2,
    Alpha3,
    Checked,
    Code,
    Countries,
    Country,
    Currency,
    Forms,
    Known,
    Month,
    Sector,
    Sectors,
    Subdivision,
    Text,
    Whole,
    Year,
    describe,
    open_text,
    refuse,
)  # fmt: skip

Row = dict[str, str]


class SeedRow(Checked):
    """A row. An empty cell is None; a column that may be empty may be left out of a user's file.

    `key`: the columns by which two rows are the same. `order`: the columns by which the shipped file is sorted; none
    where its order has a meaning, which the head of the file tells.
    """

    key: ClassVar[tuple[str, ...]]
    order: ClassVar[tuple[str, ...]] = ()


class City(SeedRow):
    key = ("name", "country")
    order = ("name",)
    name: Text
    country: Country
    population: Whole


class CountryName(SeedRow):
    key = order = ("alpha3",)
    alpha3: Country
    name: Text
    other_names: Forms | None = None
    capitals: Forms | None = None
    demonyms: Forms | None = None


class CountryCode(SeedRow):
    key = order = ("alpha3",)
    alpha3: Alpha3
    alpha2: Alpha2


class CurrencySigns(SeedRow):
    key = ("code",)
    code: Currency
    symbols: Forms | None = None
    words: Forms | None = None
    adjectives: Forms | None = None
    cents: Forms | None = None
    countries: Countries | None = None


class ExchangeRate(SeedRow):
    key = order = ("currency", "year")
    currency: Currency
    year: Year
    per_usd: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    source: Text


class FiscalYear(SeedRow):
    key = order = ("country",)
    country: Country
    first_month: Month
    named_by: Literal["start", "end"]


class Group(SeedRow):
    key = order = ("name",)
    name: Text


class Institution(SeedRow):
    key = ("name", "country")
    name: Text
    aliases: Forms | None = None
    kind: ActorKind
    country: Country | None = None


class Leader(SeedRow):
    key = order = ("country", "name")
    country: Country
    name: Text


class NameVariants(SeedRow):
    key = order = ("name",)
    name: Text
    variants: Forms


class Place(SeedRow):
    key = ("name", "country")
    order = ("name",)
    name: Text
    country: Country | None = None
    kind: Literal["region", "water"]


class Undertaking(SeedRow):
    """A project or a programme."""

    key = order = ("name",)
    name: Text
    aliases: Forms | None = None
    countries: Countries | None = None


class Renamed(SeedRow):
    key = order = ("old", "country")
    old: Text
    new: Text
    country: Country
    year: Year
    how: Literal["renamed", "merged", "replaced"]
    source: Text


class SectorLabel(SeedRow):
    key = order = ("code",)
    code: Sector
    group: Code
    label: Text


class CrsSector(SeedRow):
    key = ("crs",)
    crs: Code
    codes: Sectors


class WorldBankSector(SeedRow):
    key = ("name",)
    name: Text
    codes: Sectors


class StatusCodes(SeedRow):
    key = ("status", "kind")
    status: Status
    kind: CommitmentKind | None = None
    activity_status: Whole
    transaction_type: Whole | None = None
    aiddata_stage: Text
    recommended_for_aggregates: Literal["yes", "no"]
    activity_date: Whole


class SubdivisionName(SeedRow):
    key = ("code",)
    code: Subdivision
    name: Text
    other_names: Forms | None = None


class Unit(SeedRow):
    key = ("symbol",)
    symbol: Text
    symbols: Forms | None = None
    words: Forms | None = None


MODELS: dict[str, type[SeedRow]] = {
    "cities.csv": City,
    "countries.csv": CountryName,
    "country_codes.csv": CountryCode,
    "currencies.csv": CurrencySigns,
    "exchange_rates.csv": ExchangeRate,
    "fiscal_years.csv": FiscalYear,
    "groups.csv": Group,
    "institutions.csv": Institution,
    "leaders.csv": Leader,
    "name_variants.csv": NameVariants,
    "places.csv": Place,
    "programmes.csv": Undertaking,
    "projects.csv": Undertaking,
    "renamed.csv": Renamed,
    "sectors.csv": SectorLabel,
    "sectors_crs.csv": CrsSector,
    "sectors_worldbank.csv": WorldBankSector,
    "statuses.csv": StatusCodes,
    "subdivisions.csv": SubdivisionName,
    "units.csv": Unit,
}


def read(path: Path, required: tuple[str, ...], known: Known) -> dict[tuple[str, ...], Row]:
    """The rows of a file by their keys, checked by its model, where the name has one, and for `required` columns.

    Raises SetupError with the line and field of each fault.
    """
    model = MODELS.get(path.name)
    columns, lines = _parsed(path)
    optional = {name for name, field in model.model_fields.items() if not field.is_required()} if model else set()
    needed = {*required, *(model.model_fields if model else ())} - optional
    if missing := needed - set(columns):
        raise SetupError(f"{path}: the header lacks the columns {sorted(missing)}")
    for _, row in lines:
        row |= {column: "" for column in optional - row.keys()}
    faults = [(line, column, "must not be empty") for line, row in lines for column in required if not row[column]]
    if model is not None and not faults:
        faults = _faults(model, lines, known)
    keyed: dict[tuple[str, ...], tuple[int, Row]] = {}
    for line, row in lines:
        key = tuple(row[column] for column in model.key) if model else (str(line),)
        if (first := keyed.setdefault(key, (line, row))[0]) != line and model:
            faults.append((line, ", ".join(model.key), f"the same as in line {first}; remove one of the two rows"))
    if faults:
        raise refuse(path, [f":{line}: {column}: {what}" for line, column, what in sorted(faults)])
    return {key: row for key, (_, row) in keyed.items()}


def _faults(model: type[SeedRow], lines: list[tuple[int, Row]], known: Known) -> list[tuple[int, str, str]]:
    cells: list[dict[str, Any]] = [{name: cell or None for name, cell in row.items()} for _, row in lines]
    try:
        TypeAdapter(list[model]).validate_python(cells, context=known)  # type: ignore[valid-type]
    except ValidationError as error:
        return [(lines[int(fault["loc"][0])][0], str(fault["loc"][1]), describe(fault)) for fault in error.errors()]
    return []


def _parsed(path: Path) -> tuple[list[str], list[tuple[int, Row]]]:
    """The header, and each row with the number of its last line."""
    with open_text(path) as file:
        try:
            kept = [(number, line) for number, line in enumerate(file, 1) if line.strip() and not line.startswith("#")]
        except UnicodeDecodeError as error:
            raise SetupError(f"{path}: not UTF-8 ({error.reason}); save the file as UTF-8") from error
    table = csv.DictReader((line for _, line in kept), strict=True)
    found: list[tuple[int, Row]] = []
    try:
        columns = [column.strip() for column in table.fieldnames or ()]
        table.fieldnames = columns
        for row in table:
            number = kept[table.line_num - 1][0]
            if None in row or None in row.values():
                raise SetupError(f"{path}:{number}: the row has not as many cells as the header")
            found.append((number, {key: cell.strip() for key, cell in row.items()}))
    except csv.Error as error:
        raise SetupError(f"{path}:{kept[table.reader.line_num - 1][0]}: not valid CSV: {error}") from error
    return columns, found
