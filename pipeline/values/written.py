"""Amounts in words: "up to 4 bn USD", "1.5 billion to 2 billion"."""

from __future__ import annotations

from typing import Protocol

LONG, SHORT = ("trillion", "billion", "million"), ("tn", "bn", "m")
_SCALES = (1e12, 1e9, 1e6)


class Money(Protocol):
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


def number(value: float, scales: tuple[str, str, str] = LONG) -> str:
    """`4 billion`, `3.45 tn`, `55,000`: at most four decimals, without trailing zeros; `scales`: LONG or SHORT."""
    for scale, name in zip(_SCALES, scales, strict=True):
        if abs(value) >= scale:
            return f"{_digits(value / scale)} {name}"
    return _digits(value)


def money(amount: Money) -> str | None:
    """An amount as people read it: `up to 4 bn USD`; None without a value."""
    if amount.value is None:
        return None
    return f"{hedged(amount.value, amount, SHORT)} {amount.currency or '(currency unknown)'}"


def hedged(value: float, amount: Money, scales: tuple[str, str, str] = LONG) -> str:
    """A value with the bounds of its amount: `4 bn to 5 bn`, `up to 4 bn`, `at least 4 bn`, `about 4 bn`."""
    low, high = amount.low, amount.high
    if low is not None and high is not None and low != high:
        return f"{number(low, scales)} to {number(high, scales)}"
    if low is None and high is not None:
        return f"up to {number(high, scales)}"
    if high is None and low is not None:
        return f"at least {number(low, scales)}"
    written = number(value, scales)
    return f"about {written}" if amount.approximate else written


def _digits(value: float) -> str:
    return f"{value:,.4f}".rstrip("0").rstrip(".")
