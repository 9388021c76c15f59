"""What a second reader has done and what it has cost."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pipeline.errors import SetupError, number_of

_BUDGET = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)\s*([kmKM]?)\s*(calls?|tokens?)")
_SCALE = {"": 1, "k": 1_000, "m": 1_000_000}
MILLION = 1_000_000


@dataclass(frozen=True)
class Budget:
    """The most that may be spent on a run, what is in the cache included; None: no bound."""

    calls: int | None = None
    tokens: int | None = None

    def admits(self, calls: int, tokens: int) -> bool:
        """Whether so much is within the budget."""
        return (self.calls is None or calls <= self.calls) and (self.tokens is None or tokens <= self.tokens)


def budget_of(text: str) -> Budget:
    """The budget of "200 calls", "500k tokens" or "2M tokens". Raises SetupError for anything else."""
    match = _BUDGET.fullmatch(text.strip())
    if match is None:
        raise SetupError(f"--llm-budget {text}: say it as '200 calls', '500k tokens' or '2M tokens'")
    number = int(Decimal(match[1]) * _SCALE[match[2].lower()])
    return Budget(calls=number) if match[3].startswith("call") else Budget(tokens=number)


@dataclass(frozen=True)
class Prices:
    """Of a million tokens read and of a million written, in any currency."""

    read: float
    written: float

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        return round((tokens_in * self.read + tokens_out * self.written) / MILLION, 4)


def prices_of(text: str) -> Prices:
    """The prices of "0.15,0.60". Raises SetupError for anything else."""
    try:
        read, written = (float(part) for part in text.split(","))
        if not (0 <= read < float("inf") and 0 <= written < float("inf")):
            raise ValueError
    except ValueError:
        raise SetupError(f"--llm-prices {text}: say the prices of a million tokens as '0.15,0.60'") from None
    return Prices(read, written)


@dataclass
class Ledger:
    """Counts of a run. `calls`: answers that the endpoint gave now; `cached`: those that were there already.

    Tokens are those of `calls`; `estimated`: of how many the server did not count them. `articles` were read whole or
    in part; `left`: articles that the budget left out; `unread`: articles that should have been read and keep the
    record of the small models; `set_aside`: prompts without a usable answer, by reason; `failed`: those that got
    no answer, and may get one later; `dropped`: parts of answers,
    by reason; `stopped`: why no more was asked.
    """

    articles: int = 0
    left: int = 0
    unread: int = 0
    calls: int = 0
    cached: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    estimated: int = 0
    retries: int = 0
    asked_again: int = 0
    failed: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    stopped: str | None = None

    def as_json(self, prices: Prices | None = None) -> dict[str, Any]:
        """The counts by name; `cost` where prices are known."""
        found: dict[str, Any] = {**vars(self), "set_aside": dict(self.set_aside), "dropped": dict(self.dropped)}
        return found | ({"cost": prices.cost(self.tokens_in, self.tokens_out)} if prices else {})

    def text(self, prices: Prices | None = None) -> str:
        """One line for a person at the terminal."""
        parts = [
            f"{number_of(self.articles, 'article')} read by the language model",
            f"{number_of(self.calls, 'call')}, {number_of(self.cached, 'answer')} from the cache",
            f"{number_of(self.tokens_in, 'token')} read and {self.tokens_out:,} written",
        ]
        counts = (
            (self.left, "left out by the budget", ""),
            (self.unread, "that keeps the first record", "that keep the first record"),
            (self.estimated, "call whose tokens are estimated", "calls whose tokens are estimated"),
            (self.retries, "retry", "retries"),
            (self.asked_again, "answer asked again", "answers asked again"),
            (self.set_aside.total(), "answer set aside", "answers set aside"),
            (self.dropped.total(), "part of an answer dropped", "parts of answers dropped"),
        )
        parts += [number_of(count, one, many or one) for count, one, many in counts if count]
        if prices:
            parts.append(f"cost {prices.cost(self.tokens_in, self.tokens_out):,.2f}")
        return "; ".join(parts)
