"""Amounts of money: where they stand in a text, and their value, bounds and currency.

Hard because one amount is written in dozens of ways ("Rs3.45tr", "75 mln dlrs", "$1.2-1.5bn", "2.5 lakh rupees") and
what bounds it ("up to", "around") stands outside of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from pipeline.normalise.currencies import codes, currency_of, is_cents, needs_scale, signs
from pipeline.normalise.numbers import DIGITS, alternatives, any_case, number, parse_number, scale, scales
from pipeline.seeds import table


@dataclass(frozen=True)
class Money:
    """`value` in units of `currency` (ISO 4217). Of a range it is the lower end; None where the amount is vague.

    `low`, `high`: the bounds that a range or a hedge gives; `approximate`: the text says that the value is not exact.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    approximate: bool = False
    currency: str | None = None


@dataclass(frozen=True)
class Hedge:
    """What "up to", "around", "over" say of the amount after them; `bound` is the side that it closes."""

    bound: Literal["low", "high"] | None
    exact: bool


def find_money(text: str) -> list[tuple[int, int]]:
    """Half-open character offsets of every amount with its currency, hedges left out, in reading order."""
    return [match.span() for match in _matches(text)]


def parse_money(text: str, country: str | None = None) -> Money | None:
    """The first amount of `text`, a hedge before it applied; None where there is none.

    `country` (ISO 3166-1 alpha-3) decides signs that several currencies share; without it Rs is PKR and $ is USD.
    """
    match = next(iter(_matches(text)), None)
    if match is None:
        return None
    hedge = hedge_before(text, match.start())
    money = _read(match.groupdict(), country)
    return with_hedge(money, hedge) if hedge is not None else money


def hedge_before(text: str, start: int) -> Hedge | None:
    """The hedge that ends where the amount starts: "up to" in "loans of up to $5m"."""
    match = _hedge().search(text[max(0, start - 40) : start])
    if match is None:
        return None
    entry = table("money.yaml")["hedges"][" ".join(match[1].lower().split())]
    return Hedge(entry["bound"], entry["exact"])


def with_hedge(money: Money, hedge: Hedge) -> Money:
    """The amount as the hedge bounds it: "up to $5m" has high 5e6, "over $5m" low 5e6 and is approximate."""
    bounded = replace(money, approximate=money.approximate or not hedge.exact)
    if money.value is None or hedge.bound is None:
        return bounded
    if hedge.bound == "low":
        return replace(bounded, low=money.value if money.low is None else money.low)
    return replace(bounded, high=money.value if money.high is None else money.high)


def _matches(text: str) -> list[re.Match[str]]:
    """Matches of all forms that do not overlap; of two that do, the one that starts first, then the longer one."""
    found = [match for form in _forms() for match in form.finditer(text) if _is_money(match.groupdict())]
    chosen: list[re.Match[str]] = []
    for match in sorted(found, key=lambda match: (match.start(), -match.end())):
        if not chosen or match.start() >= chosen[-1].end():
            chosen.append(match)
    return chosen


def _is_money(parts: dict[str, str | None]) -> bool:
    """Whether number and sign make money together: "two won" does not, "2 million won" does."""
    start, sign = parts.get("start"), parts.get("sign") or ""
    if start is None or parts.get("start_scale") or parts.get("end_scale"):
        return True
    if start.lower() in ("a", "an") or (re.fullmatch(r"(?:19|20)\d\d", start) and sign not in codes()):
        return False
    return parts.get("adjective") is not None or sign.lower() not in needs_scale()


def _read(parts: dict[str, str | None], country: str | None) -> Money:
    sign, start, end = parts["sign"] or "", parts.get("start"), parts.get("end")
    currency = currency_of(sign, country, parts.get("adjective"))
    if start is None:
        return Money(None, approximate=True, currency=currency)
    cents = " hundredth" if is_cents(sign) else ""
    scale_end = parts.get("end_scale") or ""
    low = parse_number(start + (parts.get("start_scale") or scale_end) + cents)
    high = parse_number(end + scale_end + cents) if end else None
    return Money(low, currency=currency) if high is None else Money(low, low, high, currency=currency)


@lru_cache(maxsize=1)
def _forms() -> list[re.Pattern[str]]:
    before, after = _sign_before(), _sign_after()
    vague = table("money.yaml")
    loose, bare = any_case(vague["vague"]), any_case(vague["vague_scales"])
    compound = any_case(vague["vague_compounds"])
    start, end = _amount("start", number()), _amount("end", DIGITS)
    dash = r"\s?[-\u2013\u2014\x96]\s?"
    joined = rf"(?:{dash}|\s?to\b\s?)"
    repeated = before.replace("?P<sign>", "?:")
    tail = rf"(?:\s{any_case(signs().words.keys() - needs_scale())}(?!\w))?"
    not_from = r"(?<!\bfrom\s)"
    patterns = [
        rf"{before}\s{{0,2}}{start}{tail}",
        rf"{not_from}{before}\s{{0,2}}{start}(?:{joined}|{dash}{repeated}\s?){end}{tail}",
        rf"^{before}\s{{0,2}}{start}\s+to\s+{repeated}\s?{end}{tail}$",
        rf"(?<![\w.,$€£]){start}[\s-]{{0,2}}{after}",
        rf"{not_from}(?<![\w.,$€£]){start}{joined}{end}[\s-]{{0,2}}{after}",
        rf"\b(?:{loose}[\s-]+){{0,3}}{bare}\s+(?i:of)\s+{after}",
        rf"\b{compound}[\s-]+{after}",
        rf"\b{loose}[\s-]+{any_case(scales())}[\s-]+{after}",
    ]
    return [re.compile(pattern) for pattern in patterns]


def _amount(name: str, number: str) -> str:
    return rf"(?P<{name}>{number})(?![.,]?\d)(?P<{name}_scale>{scale()}{{0,2}})"


def _sign_before() -> str:
    known = [*signs().symbols, *codes()]
    letters = alternatives(symbol for symbol in known if len(symbol) == 1 and symbol.isalpha())
    others = alternatives(symbol for symbol in known if not (len(symbol) == 1 and symbol.isalpha()))
    return rf"(?<![A-Za-z0-9$])(?P<sign>{others}(?![A-Za-z])|{letters}(?={DIGITS}{scale(alternatives)}))"


def _sign_after() -> str:
    known = any_case([*signs().words, *signs().cents])
    adjective = rf"(?:(?P<adjective>{any_case(signs().adjectives)})\s+)?"
    return rf"{adjective}(?P<sign>{known}|{alternatives(codes())})(?!\w)"


@lru_cache(maxsize=1)
def _hedge() -> re.Pattern[str]:
    hedges = any_case(table("money.yaml")["hedges"])
    return re.compile(rf"(?<!\w)({hedges})\s*(?:an?\s+)?$", re.IGNORECASE)
