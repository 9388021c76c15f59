"""A model of the rows of each CSV file of seeds/, and the reader of these files."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, ValidationError, ValidationInfo

from pipeline.errors import SetupError
from pipeline.record import ActorKind, Status
from pipeline.seeds.checks import (
    Checked,
    Code,
    Country,
    Known,
    Sector,
    Text,
    check_country,
    check_sector,
    context,
    describe,
    open_text,
    refuse,
)

Row = dict[str, str]


def split(cell: str) -> list[str]:
    """The forms in a cell, which are separated by |."""
    return [form for form in cell.split("|") if form]


def _whole(cell: Any) -> Any:
    if isinstance(cell, str) and not (cell.isascii() and cell.isdigit()):
        raise ValueError("is not a whole number")
    return cell


def _forms(cell: str) -> str:
    forms = cell.split("|")
    if not all(forms):
        raise ValueError("has an empty form between two |")
    if twice := {form for form in forms if forms.count(form) > 1}:
        raise ValueError(f"has {', '.join(sorted(twice))} twice")
    return cell


def _each(check: Any) -> Any:
    def checked(cell: str, info: ValidationInfo) -> str:
        for form in _forms(cell).split("|"):
            try:
                check(form, info)
            except ValueError as error:
                raise ValueError(f"has {form!r}, which {error}") from error
        return cell

    return AfterValidator(checked)


def _subdivision(code: str, info: ValidationInfo) -> str:
    if code[:2] not in context(info).alpha2:
        raise ValueError("does not begin with an alpha-2 code of country_codes.csv")
    return code


Forms = Annotated[str, AfterValidator(_forms)]  # separated by |
Whole = Annotated[int, BeforeValidator(_whole)]
Year = Annotated[Whole, Field(ge=1800, le=2100)]
Alpha2 = Annotated[str, Field(pattern="^[A-Z]{2}$")]
Alpha3 = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]  # ISO 4217
Countries = Annotated[str, _each(check_country)]  # separated by |
Subdivision = Annotated[str, Field(pattern="^[A-Z]{2}-[A-Z0-9]{1,3}$"), AfterValidator(_subdivision)]  # ISO 3166-2
Sectors = Annotated[str, _each(check_sector)]  # separated by |


MODELS: dict[str, type[SeedRow]] = {}  # by name of the file


class SeedRow(Checked):
    """A row. An empty cell is None; a column that may be empty may be missing in a user's file.

    `file`: its file; `key`: the columns that identify a row; `order`: the columns by which the shipped file is sorted,
    none where its order has a meaning, which the head of the file explains.
    """

    key: ClassVar[tuple[str, ...]]
    order: ClassVar[tuple[str, ...]]

    def __init_subclass__(cls, file: str, key: tuple[str, ...], order: tuple[str, ...] = (), **more: Any) -> None:
        super().__init_subclass__(**more)
        cls.key, cls.order = key, order
        MODELS[file] = cls


class City(SeedRow, file="cities.csv", key=("name", "country"), order=("name",)):
    name: Text
    country: Country
    population: Whole


class Coordinates(SeedRow, file="coordinates.csv", key=("name", "country"), order=("name", "country")):
    name: Text
    country: Country
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class CountryName(SeedRow, file="countries.csv", key=("alpha3",), order=("alpha3",)):
    alpha3: Country
    name: Text
    other_names: Forms | None = None
    capitals: Forms | None = None
    demonyms: Forms | None = None


class CountryCode(SeedRow, file="country_codes.csv", key=("alpha3",), order=("alpha3",)):
    alpha3: Alpha3
    alpha2: Alpha2


class CurrencySigns(SeedRow, file="currencies.csv", key=("code",)):
    code: Currency
    symbols: Forms | None = None
    words: Forms | None = None
    adjectives: Forms | None = None
    cents: Forms | None = None
    countries: Countries | None = None


class ExchangeRate(SeedRow, file="exchange_rates.csv", key=("currency", "year"), order=("currency", "year")):
    currency: Currency
    year: Year
    per_usd: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    source: Text


class FiscalYear(SeedRow, file="fiscal_years.csv", key=("country",), order=("country",)):
    country: Country
    first_month: Annotated[Whole, Field(ge=1, le=12)]
    named_by: Literal["start", "end"]


class Group(SeedRow, file="groups.csv", key=("name",), order=("name",)):
    name: Text


class Institution(SeedRow, file="institutions.csv", key=("name", "country")):
    name: Text
    aliases: Forms | None = None
    kind: ActorKind
    country: Country | None = None


class Leader(SeedRow, file="leaders.csv", key=("country", "name"), order=("country", "name")):
    country: Country
    name: Text


class NameVariants(SeedRow, file="name_variants.csv", key=("name",), order=("name",)):
    name: Text
    variants: Forms


class Place(SeedRow, file="places.csv", key=("name", "country"), order=("name",)):
    name: Text
    country: Country | None = None
    kind: Literal["region", "water"]


class Project(SeedRow, file="projects.csv", key=("name",), order=("name",)):
    name: Text
    aliases: Forms | None = None
    countries: Countries | None = None


class Programme(Project, file="programmes.csv", key=("name",), order=("name",)):
    """An umbrella of projects."""


class Renamed(SeedRow, file="renamed.csv", key=("old", "country"), order=("old", "country")):
    old: Text
    new: Text
    country: Country
    year: Year
    how: Literal["renamed", "merged", "replaced"]
    source: Text


class SectorLabel(SeedRow, file="sectors.csv", key=("code",), order=("code",)):
    code: Sector
    group: Code
    label: Text


class CrsSector(SeedRow, file="sectors_crs.csv", key=("crs",)):
    crs: Code
    codes: Sectors


class WorldBankSector(SeedRow, file="sectors_worldbank.csv", key=("name",)):
    name: Text
    codes: Sectors


class StatusCodes(SeedRow, file="statuses.csv", key=("status",)):
    status: Status
    activity_status: Whole
    aiddata_stage: Text
    activity_date: Whole


class SubdivisionName(SeedRow, file="subdivisions.csv", key=("code",)):
    code: Subdivision
    name: Text
    other_names: Forms | None = None


class Unit(SeedRow, file="units.csv", key=("symbol",)):
    symbol: Text
    symbols: Forms | None = None
    words: Forms | None = None


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
