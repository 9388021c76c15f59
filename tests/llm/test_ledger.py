"""Budgets and prices as a person writes them, and the account of a run."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SetupError
from pipeline.llm.ledger import Budget, Ledger, Prices, budget_of, prices_of


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("200 calls", Budget(calls=200)),
        ("1 call", Budget(calls=1)),
        ("0 calls", Budget(calls=0)),
        ("2k calls", Budget(calls=2_000)),
        ("500k tokens", Budget(tokens=500_000)),
        ("500K tokens", Budget(tokens=500_000)),
        ("2M tokens", Budget(tokens=2_000_000)),
        ("2m tokens", Budget(tokens=2_000_000)),
        ("1.5M tokens", Budget(tokens=1_500_000)),
        ("8.2M tokens", Budget(tokens=8_200_000)),
        ("1.001k tokens", Budget(tokens=1_001)),
        ("  200calls ", Budget(calls=200)),
        ("500 k tokens", Budget(tokens=500_000)),
    ],
)
def test_a_budget_as_a_person_writes_it(text: str, budget: Budget) -> None:
    assert budget_of(text) == budget


@pytest.mark.parametrize("scale", ["", "k", "M"])
def test_no_digit_of_a_budget_is_lost(scale: str) -> None:
    one = {"": 1, "k": 1_000, "M": 1_000_000}[scale]
    for tenths in range(1, 1_000):
        assert budget_of(f"{tenths / 10}{scale} tokens") == Budget(tokens=tenths * one // 10)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "200",
        "calls",
        "-1 calls",
        "1e3 calls",
        "1,000 calls",
        "2G tokens",
        "2M",
        "2 dollars",
        "nan calls",
        "1 callss",
    ],
)
def test_any_other_budget_is_refused_with_what_can_be_said(text: str) -> None:
    with pytest.raises(SetupError, match=r"--llm-budget .*'200 calls', '500k tokens' or '2M tokens'"):
        budget_of(text)


@given(st.text(st.sampled_from("0123456789.,kKmM callstoken-+e\n"), max_size=20) | st.just("9" * 400 + " calls"))
def test_whatever_is_written_is_a_budget_or_is_refused(text: str) -> None:
    try:
        budget = budget_of(text)
    except SetupError:
        return
    assert (budget.calls is None) != (budget.tokens is None)
    assert (budget.calls or budget.tokens or 0) >= 0


@pytest.mark.parametrize(
    ("budget", "calls", "tokens", "admitted"),
    [
        (Budget(), 10**9, 10**12, True),
        (Budget(calls=2), 2, 10**12, True),
        (Budget(calls=2), 3, 0, False),
        (Budget(tokens=100), 10**9, 100, True),
        (Budget(tokens=100), 0, 101, False),
        (Budget(calls=2, tokens=100), 2, 101, False),
        (Budget(calls=0), 1, 0, False),
    ],
)
def test_a_budget_admits_up_to_itself(budget: Budget, calls: int, tokens: int, admitted: bool) -> None:
    assert budget.admits(calls, tokens) is admitted


@pytest.mark.parametrize(
    ("text", "prices"),
    [("0.15,0.60", Prices(0.15, 0.6)), (" 3 , 15 ", Prices(3, 15)), ("0,0", Prices(0, 0))],
)
def test_prices_as_a_person_writes_them(text: str, prices: Prices) -> None:
    assert prices_of(text) == prices


@pytest.mark.parametrize(
    "text", ["", "1", "1,2,3", "a,b", "-1,2", "1,-2", "nan,1", "1,nan", "inf,1", "1,inf", "$1,$2", "1;2"]
)
def test_other_prices_are_refused(text: str) -> None:
    with pytest.raises(SetupError, match=r"--llm-prices .*'0.15,0.60'"):
        prices_of(text)


def test_a_cost_is_that_of_both_kinds_of_tokens() -> None:
    assert Prices(0.15, 0.6).cost(2_000_000, 500_000) == 0.6
    assert Prices(3, 15).cost(0, 0) == 0


def full() -> Ledger:
    made = Ledger(articles=1_200, left=30, unread=4, calls=1_100, cached=150, tokens_in=3_000_000, tokens_out=400_000)
    made.retries, made.asked_again, made.stopped = 7, 5, "the endpoint refuses the key"
    made.set_aside["an answer with no JSON object"] += 2
    made.set_aside["no answer in 120 seconds"] += 1
    made.dropped["an unknown id"] += 9
    return made


def test_the_account_for_a_person_is_one_line() -> None:
    assert full().text(Prices(0.15, 0.6)) == (
        "1,200 articles read by the language model; 1,100 calls, 150 answers from the cache; 3,000,000 tokens read and "
        "400,000 written; 30 left out by the budget; 4 that keep the first record; 7 retries; 5 answers asked again; "
        "3 answers set aside; 9 parts of answers dropped; cost 0.69"
    )


def test_what_did_not_happen_is_not_told() -> None:
    assert Ledger(articles=1, calls=1, tokens_in=10, tokens_out=2).text() == (
        "1 article read by the language model; 1 call, 0 answers from the cache; 10 tokens read and 2 written"
    )


def test_the_account_for_a_program_is_json() -> None:
    expected: dict[str, Any] = {
        "articles": 1_200, "left": 30, "unread": 4, "calls": 1_100, "cached": 150, "tokens_in": 3_000_000,
        "tokens_out": 400_000, "retries": 7, "asked_again": 5, "estimated": 0, "failed": 0,
        "dropped": {"an unknown id": 9},
        "set_aside": {"an answer with no JSON object": 2, "no answer in 120 seconds": 1},
        "stopped": "the endpoint refuses the key",
    }  # fmt: skip
    assert json.loads(json.dumps(full().as_json())) == expected
    assert full().as_json(Prices(0.15, 0.6)) == expected | {"cost": 0.69}


def test_ledgers_do_not_share_their_counts() -> None:
    full()
    assert Ledger().as_json()["dropped"] == Ledger().as_json()["set_aside"] == {}
