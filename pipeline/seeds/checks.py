"""Types and checks that CSV and YAML seeds share, and the messages about wrong values."""

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo
from pydantic_core import ErrorDetails

from pipeline.errors import SetupError

_SHOWN = 5  # faults of a file


class Checked(BaseModel):
    """Base of the models, which are built on first use; their validation context is `Known`."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


def open_text(path: Path) -> IO[str]:
    """A file of seeds, as UTF-8 with or without a byte order mark. Raises SetupError where it cannot be opened."""
    try:
        return path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        advice = "reinstall corridor or restore the file"
        raise SetupError(f"{path}: cannot be read ({error.strerror}); {advice}") from error


def refuse(path: Path, faults: list[str]) -> SetupError:
    """The error for a file, with its first faults, each of which begins with ":LINE: " or ": "."""
    shown = [f"{path}{fault}" for fault in faults[:_SHOWN]]
    more = [f"{path}: and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
    return SetupError("\n".join([*shown, *more]))


def describe(error: ErrorDetails) -> str:
    """A message with the value: "'banque' is not one of government, company"."""
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
        """Alpha-3 codes."""
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


def context(info: ValidationInfo) -> Known:
    """The context of a validation."""
    assert isinstance(info.context, Known)
    return info.context


def check_country(code: str, info: ValidationInfo) -> str:
    if code not in context(info).countries:
        raise ValueError("is not a country's ISO 3166-1 alpha-3 code of country_codes.csv")
    return code


def check_sector(code: str, info: ValidationInfo) -> str:
    if code not in context(info).sectors:
        raise ValueError("is not a code of sectors.csv")
    return code


def _once(words: list[str]) -> list[str]:
    if len(set(words)) < len(words):
        twice = sorted({word for word in words if words.count(word) > 1})
        raise ValueError(f"has {', '.join(twice)} twice")
    return words


Text = Annotated[str, Field(min_length=1)]
Words = Annotated[list[Text], AfterValidator(_once)]
Code = Annotated[str, Field(pattern=r"^\d{3}$")]
Country = Annotated[str, AfterValidator(check_country)]
Sector = Annotated[str, AfterValidator(check_sector)]
