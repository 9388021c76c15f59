"""Types of cells and words that several files of seeds share, and how a wrong one is described."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic_core import ErrorDetails

from pipeline.errors import SetupError

_SHOWN = 5  # of the faults of a file


class Checked(BaseModel):
    """Base of the models, which are built on first use. Their context is `Known`."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


def open_text(path: Path) -> IO[str]:
    """A file of seeds, as UTF-8 with or without a byte order mark. Raises SetupError where it cannot be opened."""
    try:
        return path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        advice = "reinstall corridor or restore the file"
        raise SetupError(f"{path}: cannot be read ({error.strerror}); {advice}") from error


def refuse(path: Path, faults: list[str]) -> SetupError:
    """The error for a file, with the first of its faults: each begins with a line and a colon, or with the field."""
    shown = [f"{path}{fault}" for fault in faults[:_SHOWN]]
    more = [f"{path}: and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
    return SetupError("\n".join([*shown, *more]))


def describe(error: ErrorDetails) -> str:
    """What is wrong with a value, and with which: "'banque' is not one of government, company"."""
    value, context = error["input"], error.get("ctx", {})
    if value is None:
        return "must not be empty"
    match error["type"]:
        case "literal_error":
            choices = str(context["expected"]).replace("'", "").replace(" or ", ", ")
            return f"{value!r} is not one of {choices}"
        case "value_error":
            return f"{value!r} {context['error']}" if isinstance(value, str) else str(context["error"])
        case "string_type" if isinstance(value, bool | int | float):
            return (
                f"{value!r} is not text; write it in quotes (without them YAML reads on, off, yes, no as true, false)"
            )
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return "is not a known field"
    return f"{str(value)[:40]!r}: {error['msg']}"


@dataclass(frozen=True)
class Known:
    """The codes that the CSV files of some folders define, for the cells of other files."""

    folders: tuple[Path, ...]

    @cached_property
    def countries(self) -> frozenset[str]:
        return self._codes("country_codes.csv", "alpha3")

    @cached_property
    def alpha2(self) -> frozenset[str]:
        return self._codes("country_codes.csv", "alpha2")

    @cached_property
    def sectors(self) -> frozenset[str]:
        return self._codes("sectors.csv", "code")

    def _codes(self, file: str, column: str) -> frozenset[str]:
        """The values of a column, read without a check of the other columns."""
        found: set[str] = set()
        for path in (folder / file for folder in self.folders):
            if path.is_file():
                with open_text(path) as lines:
                    table = csv.DictReader(line for line in lines if line.strip() and not line.startswith("#"))
                    found |= {(row.get(column) or "").strip() for row in table}
        return frozenset(found - {""})


def _known(info: ValidationInfo) -> Known:
    assert isinstance(info.context, Known)
    return info.context


def _whole(cell: Any) -> Any:
    if isinstance(cell, str) and not (cell.isascii() and cell.isdigit()):
        raise ValueError("is not a whole number")
    return cell


def _country(code: str, info: ValidationInfo) -> str:
    if code not in _known(info).countries:
        raise ValueError("is not a country's ISO 3166-1 alpha-3 code of country_codes.csv")
    return code


def _subdivision(code: str, info: ValidationInfo) -> str:
    if code[:2] not in _known(info).alpha2:
        raise ValueError("does not begin with an alpha-2 code of country_codes.csv")
    return code


def _sector(code: str, info: ValidationInfo) -> str:
    if code not in _known(info).sectors:
        raise ValueError("is not a code of sectors.csv")
    return code


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


def _once(words: list[str]) -> list[str]:
    if len(set(words)) < len(words):
        twice = sorted({word for word in words if words.count(word) > 1})
        raise ValueError(f"has {', '.join(twice)} twice")
    return words


Text = Annotated[str, Field(min_length=1)]
Forms = Annotated[str, AfterValidator(_forms)]  # parted by |
Whole = Annotated[int, BeforeValidator(_whole)]
Year = Annotated[Whole, Field(ge=1800, le=2100)]
Month = Annotated[Whole, Field(ge=1, le=12)]
Alpha2 = Annotated[str, Field(pattern="^[A-Z]{2}$")]
Alpha3 = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]  # ISO 4217
Country = Annotated[str, AfterValidator(_country)]
Countries = Annotated[str, _each(_country)]  # parted by |
Subdivision = Annotated[str, Field(pattern="^[A-Z]{2}-[A-Z0-9]{1,3}$"), AfterValidator(_subdivision)]  # ISO 3166-2
Code = Annotated[str, Field(pattern=r"^\d{3}$")]
Sector = Annotated[str, AfterValidator(_sector)]
Sectors = Annotated[str, _each(_sector)]  # parted by |
Words = Annotated[list[Text], AfterValidator(_once)]
