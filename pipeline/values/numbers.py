"""Numbers in digits, words and scales ("3.45", "two and a half", "1 crore 20 lakh") -> float; measures in a text.

Terms of a loan become numbers, and amounts become words again.

The arithmetic is decimal and rounds once, at the end, since products of floats are inexact (33.45 * 1e9).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, partial
from math import isfinite
from typing import Protocol

from pipeline.seeds import rows, split, table


class _Branches(dict[str, "_Branches"]):
    """A trie: next letter -> its branches; the empty string where a word may end."""

    def pattern(self, letter: Callable[[str], str]) -> str:
        """The regular expression, longer words first; `letter` writes a letter."""
        found = [letter(first) + rest.pattern(letter) for first, rest in self.items() if first]
        if "" in self:
            return f"(?:{'|'.join(found)})?" if found else ""
        return found[0] if len(found) == 1 else f"(?:{'|'.join(found)})"


def alternatives(words: Iterable[str]) -> str:
    """A regular expression for any of the words, longest first; a space in a word matches any white space.

    Words share their first letters in it, which makes the search fast.
    """
    return f"(?:{_branches(words).pattern(_letter)})"


def any_case(words: Iterable[str]) -> str:
    """Like `alternatives`, in any case; with `[aA]`, since a search with a flag is slower."""
    return f"(?:{_branches(word.lower() for word in words).pattern(partial(_letter, any_case=True))})"


def _branches(words: Iterable[str]) -> _Branches:
    root = _Branches()
    for word in sorted(words):
        at = root
        for letter in word:
            at = at.setdefault(letter, _Branches())
        at[""] = _Branches()
    return root


def _letter(letter: str, any_case: bool = False) -> str:
    if any_case and letter.upper() != letter:
        return f"[{letter}{letter.upper()}]"
    return r"\s+" if letter == " " else re.escape(letter)


@cache
def _decimals(part: str) -> dict[str, Decimal]:
    return {word: Decimal(str(value)) for word, value in table("numbers.yaml")[part].items()}


def words() -> dict[str, Decimal]:
    """Number words, lower case: "one" -> 1."""
    return _decimals("words")


def scales() -> dict[str, Decimal]:
    """Multipliers, lower case: "crore" -> 10000000."""
    return _decimals("scales")


def fractions() -> dict[str, Decimal]:
    """Fractions of the scale after them, lower case: "three quarters" -> 0.75."""
    return _decimals("fractions")


@cache
def ordinals() -> dict[str, int]:
    """Ordinals, lower case: "second" -> 2."""
    found: dict[str, int] = table("numbers.yaml")["ordinals"]
    return found


_NARROW = "\u00a0\u2009\u202f"  # spaces that stand inside a number
_GROUPED = (
    rf"\d{{1,3}}(?:(?:[ {_NARROW}]\d{{3}}){{2,}}|[ ]000|(?:[{_NARROW}'\u2019]\d{{3}})+|(?:\.\d{{3}}){{2,}})(?!\d)"
)
DIGITS = (
    rf"(?:{_GROUPED}|\d{{1,3}},\d(?![\d,])|\d{{1,3}}(?:,\d{{2,3}})+(?:\.\d+)?"
    r"|\d+(?:\.\d+|[\u00bc-\u00be])?|\.\d+)"
)


@cache
def number() -> str:
    """A regular expression for digits or number words, in any case."""
    units = any_case(spoken_units())
    tens = any_case(word for word, value in words().items() if value >= 20)
    small = rf"(?:{tens}(?:[\s-]+{units})?\b|{units}\b)"
    hundreds = rf"(?:{units}|[aA])\s+[hH]undred(?:\s+and)?\s+{small}"
    spoken = rf"\b(?:{hundreds}|{tens}[\s-]+{units}\b|{any_case(words())}\b)"
    whole = any_case(word for word in scales() if len(word) > 1)
    part = rf"\b{any_case(fractions())}(?=[\s-]+{whole}\b)"
    return rf"(?:{part}|(?:{DIGITS}|{spoken}){and_a_half()}?)"


def spoken_units() -> list[str]:
    """The words for one to nineteen; "a" is none."""
    return [word for word, value in words().items() if 1 <= value < _TWENTY and word not in ("a", "an")]


def and_a_half() -> str:
    """A regular expression for what follows "two" in "two and a half"."""
    return rf"(?:[\s-]+and[\s-]+(?:[aA][\s-]+)?{any_case(['half', 'quarter', 'three quarters'])}\b)"


@cache
def scale(write: Callable[[Iterable[str]], str] = any_case) -> str:
    """A regular expression for a multiplier with the space or hyphen before it; a letter must touch its number."""
    letters = write(word for word in scales() if len(word) < 3)
    whole = write(word for word in scales() if len(word) > 1)
    return rf"(?:[\s-]*{whole}\b|{letters}\b)"


@cache
def lesser() -> str:
    """A regular expression for the addition to a scaled number: " 20 lakh" of "1 crore 20 lakh"."""
    return rf"(?:[ ]{number()}[ ]?{any_case(table('numbers.yaml')['added'])}\b)"


def parse_number(text: str) -> float | None:
    """The number of "1,287", "six", "2.5 lakh", "half a million", "two and a half crore".

    None for other text, or a number too large for a float.
    """
    text = re.sub(rf"(?<=\d)[{_NARROW}](?=\d{{3}})", ",", text)
    text = " ".join(text.split())
    if _pattern().fullmatch(text) is None:
        return None
    tokens = _token().findall(text.lower().replace("-and-a-", " and a ").replace("-and-", " and "))
    found = float(_sum([token for token in tokens if token not in _JOINING]))
    return found if isfinite(found) else None


_JOINING = frozenset({"and", "of", "-"})


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(rf"{number()}(?:{scale()}*)(?:{lesser()}|{and_a_half()})*(?:\s+[hH]undredth)?", re.ASCII)


@cache
def _token() -> re.Pattern[str]:
    spoken = rf"\b{alternatives([*fractions(), *words(), *_JOINING])}(?![a-z])"
    return re.compile(rf"{spoken}|{DIGITS}|{alternatives(scales())}(?![a-z])", re.ASCII)


def _sum(tokens: list[str]) -> Decimal:
    """Numbers add up until a scale multiplies them; a scale right after another multiplies all before it."""
    total, waiting, last = Decimal(0), Decimal(0), Decimal(1)
    for at, token in enumerate(tokens):
        factor = scales().get(token)
        if factor is None:
            part = _number(token, scaled=at + 1 < len(tokens))
            half = at > 0 and token in fractions() and not waiting
            total, waiting = (total + part * last, waiting) if half else (total, waiting + part)
        elif factor == _HUNDRED and waiting:
            waiting *= factor
        else:
            total, waiting, last = (total + waiting * factor if waiting else total * factor), Decimal(0), factor
    return total + waiting


_HUNDRED, _TWENTY = Decimal(100), Decimal(20)
_VULGAR = str.maketrans({"\u00bc": ".25", "\u00bd": ".5", "\u00be": ".75"})


def _number(token: str, *, scaled: bool) -> Decimal:
    """The value of a token; a comma before one digit, or before two with a scale, is a decimal point."""
    known = fractions().get(token, words().get(token))
    if known is not None:
        return known
    plain = re.sub(r"[\s'\u2019]", "", token).translate(_VULGAR)
    plain = plain.replace(".", "") if plain.count(".") > 1 else plain  # 1.000.000
    if re.fullmatch(r"\d{1,3},\d" if not scaled else r"\d{1,3},\d\d?", plain):
        plain = plain.replace(",", ".")
    return Decimal(plain.replace(",", ""))


@dataclass(frozen=True)
class Measure:
    """`value` in `unit` (a symbol: MW, km, ha); of a range the lower end; None where vague ("thousands of acres")."""

    value: float | None
    unit: str


def find_quantities(text: str) -> list[tuple[int, int]]:
    """Half-open character offsets of physical measures, in reading order; no money, percentages, counts, durations."""
    return [match.span() for match in _measures(text)]


def parse_quantity(text: str) -> Measure | None:
    """The first measure of `text`, None where there is none."""
    match = next(_measures(text), None)
    if match is None:
        return None
    (symbols, spelled), sign = _units(), " ".join(match["unit"].split())
    number = match["start"] and match["start"] + (match["start_scale"] or match["end_scale"] or "")
    return Measure(parse_number(number or ""), symbols.get(sign) or spelled[sign.lower()])


@cache
def _units() -> tuple[dict[str, str], dict[str, str]]:
    """Unit by symbol (case-sensitive, since "m" is also million) and by word (in lower case)."""
    symbols: dict[str, str] = {}
    spelled: dict[str, str] = {}
    for row in rows("units.csv", "symbol"):
        symbols |= {form: row["symbol"] for form in split(row["symbols"])}
        spelled |= {form.lower(): row["symbol"] for form in split(row["words"])}
    return symbols, spelled


@cache
def _quantity() -> re.Pattern[str]:
    symbols, spelled = _units()
    unit = rf"(?P<unit>{any_case(spelled)}|{alternatives(symbols)})(?![\w\u00b2\u00b3])"
    amount = rf"(?P<start>{number()})(?![.,]?\d)(?P<start_scale>{scale()}{{0,2}})"
    dash = r"\s?(?:[-\u2013\u2014\x96]|to\b)\s?"
    end = rf"(?:{dash}(?P<end>{number()})(?P<end_scale>{scale()}{{0,2}}))?"
    loose = table("money.yaml")
    few = rf"(?:{any_case(loose['vague'])}\s+){{0,3}}"
    vague = rf"{few}{any_case(['hundreds', *loose['vague_scales']])}\s+(?i:of)\s+"
    return re.compile(rf"(?<![\w.,$\u20ac\u00a3-])(?:{vague}|{amount}{end}[\s-]{{0,2}}){unit}")


def _measures(text: str) -> Iterator[re.Match[str]]:
    for match in _quantity().finditer(text):
        if (match["start"] or "").lower() not in ("a", "an") or match["start_scale"]:  # "a mile" is a figure of speech
            yield match


_PERCENT = re.compile(r"[\s-]*(?:%|(?:per\s*cent|pct|pc)\b)", re.I)
_PERIOD = re.compile(r"[\s-]*(?:more\s+)?(year|month)", re.I)
_MARGIN = re.compile(r"\b(?:above|below|over|under|plus|minus)\b|\+", re.I)


def interest_rate(text: str) -> float | None:
    """The interest in per cent a year; None where no number is stated, or a range or a margin ("SOFR plus 2%")."""
    terms = table("flow.yaml")["terms"]
    if re.search(any_case(terms["free"]), text):
        return 0.0
    if _MARGIN.search(text) or re.search(any_case(terms["benchmarks"]), text):
        return None
    stated = _only_number(text, _PERCENT)
    return stated and stated[0]


def years(text: str) -> float | None:
    """A period in years ("18 months" is 1.5); None where none is stated, of another unit, or a range."""
    stated = _only_number(text, _PERIOD)
    if stated is None:
        return None
    value, unit = stated
    return value if unit[1].lower() == "year" else round(value / 12, 3)


def _only_number(text: str, unit: re.Pattern[str]) -> tuple[float, re.Match[str]] | None:
    """The one number of a text with the unit right after it; an article is a number only there."""
    found = [(match[0], unit.match(text, match.end())) for match in re.finditer(number(), text)]
    stated = {(parse_number(digits), unit) for digits, unit in found if unit or digits.lower() not in ("a", "an")}
    value, after = stated.pop() if len(stated) == 1 else (None, None)
    return None if value is None or after is None else (value, after)


LONG, SHORT = ("trillion", "billion", "million"), ("tn", "bn", "m")
_SCALES = (1e12, 1e9, 1e6)


class Amount(Protocol):
    """An amount of a record or of a knowledge folder."""

    @property
    def value(self) -> float | None: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def approximate(self) -> bool: ...
    @property
    def currency(self) -> str | None: ...


def in_words(value: float, scales: tuple[str, str, str] = LONG) -> str:
    """`4 billion`, `3.45 tn`, `55,000`: at most four decimals, without trailing zeros; `scales`: LONG or SHORT."""
    for scale, name in zip(_SCALES, scales, strict=True):
        if abs(value) >= scale:
            return f"{_digits(value / scale)} {name}"
    return _digits(value)


def amount_in_words(amount: Amount) -> str | None:
    """An amount as people read it: `up to 4 bn USD`; None without a value."""
    if amount.value is None:
        return None
    return f"{with_bounds(amount.value, amount, SHORT)} {amount.currency or '(currency unknown)'}"


def with_bounds(value: float, amount: Amount, scales: tuple[str, str, str] = LONG) -> str:
    """A value with the bounds of its amount: `4 bn to 5 bn`, `up to 4 bn`, `at least 4 bn`, `about 4 bn`."""
    low, high = amount.low, amount.high
    if low is not None and high is not None and low != high:
        return f"{in_words(low, scales)} to {in_words(high, scales)}"
    if low is None and high is not None:
        return f"up to {in_words(high, scales)}"
    if high is None and low is not None:
        return f"at least {in_words(low, scales)}"
    written = in_words(value, scales)
    return f"about {written}" if amount.approximate else written


def _digits(value: float) -> str:
    return f"{value:,.4f}".rstrip("0").rstrip(".")
