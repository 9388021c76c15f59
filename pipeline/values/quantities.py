"""Physical measures in a text: offsets, value and unit; and terms of a loan as numbers, from an article's words."""

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.seeds import rows, split, table
from pipeline.values.numbers import alternatives, any_case, number, parse_number, scale


@dataclass(frozen=True)
class Measure:
    """`value` in `unit` (a symbol: MW, km, ha); of a range the lower end; None where vague ("thousands of acres")."""

    value: float | None
    unit: str


def find_quantities(text: str) -> list[tuple[int, int]]:
    """Half-open character offsets of physical measures, in reading order; no money, percentages, counts, durations."""
    return [match.span() for match in _quantity().finditer(text) if _is_quantity(match)]


def parse_quantity(text: str) -> Measure | None:
    """The first measure of `text`, None where there is none."""
    match = next(filter(_is_quantity, _quantity().finditer(text)), None)
    if match is None:
        return None
    unit = _unit_of(match["unit"])
    if match["start"] is None:
        return Measure(None, unit)
    return Measure(parse_number(match["start"] + (match["start_scale"] or match["end_scale"] or "")), unit)


@lru_cache(maxsize=1)
def _units() -> tuple[dict[str, str], dict[str, str]]:
    """Unit by symbol (case-sensitive, since "m" is also million) and by word (in lower case)."""
    symbols: dict[str, str] = {}
    words: dict[str, str] = {}
    for row in rows("units.csv", "symbol"):
        symbols |= {form: row["symbol"] for form in split(row["symbols"])}
        words |= {form.lower(): row["symbol"] for form in split(row["words"])}
    return symbols, words


def _unit_of(sign: str) -> str:
    symbols, words = _units()
    spaced = " ".join(sign.split())
    return symbols.get(spaced) or words[spaced.lower()]


@lru_cache(maxsize=1)
def _quantity() -> re.Pattern[str]:
    symbols, words = _units()
    unit = rf"(?P<unit>{any_case(words)}|{alternatives(symbols)})(?![\w\u00b2\u00b3])"
    amount = rf"(?P<start>{number()})(?![.,]?\d)(?P<start_scale>{scale()}{{0,2}})"
    dash = r"\s?(?:[-\u2013\u2014\x96]|to\b)\s?"
    end = rf"(?:{dash}(?P<end>{number()})(?P<end_scale>{scale()}{{0,2}}))?"
    loose = table("money.yaml")
    few = rf"(?:{any_case(loose['vague'])}\s+){{0,3}}"
    vague = rf"{few}{any_case(['hundreds', *loose['vague_scales']])}\s+(?i:of)\s+"
    return re.compile(rf"(?<![\w.,$\u20ac\u00a3-])(?:{vague}|{amount}{end}[\s-]{{0,2}}){unit}")


def _is_quantity(match: re.Match[str]) -> bool:
    """Whether it is a measure: "a million tonnes" is, "a mile" is mostly a figure of speech."""
    start = match["start"]
    return start is None or start.lower() not in ("a", "an") or bool(match["start_scale"])


_MONTHS = 12
_PERCENT = re.compile(r"[\s-]*(?:%|(?:per\s*cent|pct|pc)\b)", re.I)
_PERIOD = re.compile(r"[\s-]*(?:more\s+)?(year|month)", re.I)
_MARGIN = re.compile(r"\b(?:above|below|over|under|plus|minus)\b|\+", re.I)


def interest_rate(text: str) -> float | None:
    """The interest in per cent a year; None where no number is stated, or a range or a margin ("SOFR plus 2%")."""
    words = table("flow.yaml")["terms"]
    if re.search(any_case(words["free"]), text):
        return 0.0
    if _MARGIN.search(text) or re.search(any_case(words["benchmarks"]), text):
        return None
    stated = _only_number(text, _PERCENT)
    return stated and stated[0]


def years(text: str) -> float | None:
    """A period in years ("18 months" is 1.5); None where none is stated, of another unit, or a range."""
    stated = _only_number(text, _PERIOD)
    if stated is None:
        return None
    value, unit = stated
    return value if unit[1].lower() == "year" else round(value / _MONTHS, 3)


def _only_number(text: str, unit: re.Pattern[str]) -> tuple[float, re.Match[str]] | None:
    """The one number of a text with the unit right after it; an article is a number only there."""
    found = [(match.group(), unit.match(text, match.end())) for match in re.finditer(number(), text)]
    stated = {(parse_number(words), unit) for words, unit in found if unit or words.lower() not in ("a", "an")}
    value, after = stated.pop() if len(stated) == 1 else (None, None)
    return None if value is None or after is None else (value, after)
