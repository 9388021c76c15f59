"""Budgets and prices as a person writes them, the plan of a bounded run, and the account of a run."""

import json
from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llm.articles import lent, record, whole

from pipeline.errors import SetupError
from pipeline.llm.ledger import (
    WRITTEN,
    Budget,
    Cost,
    Ledger,
    Plan,
    Prices,
    budget_of,
    gain_features,
    planned,
    prices_of,
    weighed,
)
from pipeline.llm.prompt import tokens_of
from pipeline.record import Article, Quote, Record, Sentence, digest

EACH = {"acts": 1.0}  # as many rows become right as there are acts
EMPTY = Record(article=Article(id="none", sha256=digest(""), text=""))


@pytest.mark.parametrize(
    ("text", "budget"),
    [
        ("200 calls", Budget(calls=200)),
        ("1 call", Budget(calls=1)),
        ("0 calls", Budget(calls=0)),
        ("2k calls", Budget(calls=2_000)),
        ("500K tokens", Budget(tokens=500_000)),
        ("2m tokens", Budget(tokens=2_000_000)),
        ("8.2M tokens", Budget(tokens=8_200_000)),
        ("1.001k tokens", Budget(tokens=1_001)),
        ("  200calls ", Budget(calls=200)),
        *((f"{tenths / 10}k tokens", Budget(tokens=tenths * 100)) for tenths in range(1, 100)),  # no digit is lost
    ],
)
def test_a_budget_as_a_person_writes_it(text: str, budget: Budget) -> None:
    assert budget_of(text) == budget


@pytest.mark.parametrize("text", ["", "200", "calls", "-1 calls", "1e9 tokens", "200 cals", "1,000 calls", "9" * 20])
def test_another_budget_is_refused(text: str) -> None:
    with pytest.raises(SetupError, match=r"--llm-budget .*'200 calls', '500k tokens' or '2M tokens'"):
        budget_of(text)


PRICES = {"0.15,0.60": Prices(0.15, 0.6), " 3 , 15 ": Prices(3, 15), "0,0": Prices(0, 0)}


@pytest.mark.parametrize("text", [*PRICES, "", "1", "1,2,3", "a,b", "-1,2", "1,-2", "nan,1", "1,inf", "$1,$2", "1;2"])
def test_prices_as_a_person_writes_them_and_no_others(text: str) -> None:
    refused = pytest.raises(SetupError, match=r"--llm-prices .*'0.15,0.60'")
    with nullcontext() if text in PRICES else refused:
        assert prices_of(text) == PRICES[text]


def short(acts: int) -> Record:
    """An article of one prompt."""
    return record(commitments=[lent(id=f"c{n}") for n in range(acts)])


def long(acts: int, parts: int) -> Record:
    """An article of some prompts."""
    text = ("Accra will pay. " * 700)[:11_000] * parts
    sentences = [Sentence(id=n, start=n * 11_000, end=(n + 1) * 11_000) for n in range(parts)]
    act = lent(trigger=Quote(text=text[:5], start=0, end=5), amounts=[])
    return Record(
        article=Article(id="x", sha256=digest(text), text=text), sentences=sentences, commitments=[act] * acts
    )


def test_an_article_takes_its_prompts_and_an_answer_for_each_act() -> None:
    assert weighed(short(3), {"acts": 2.0}) == (Cost(1, tokens_of(whole(short(3))), WRITTEN[0] + 3 * WRITTEN[1]), 6.0)
    cost, _ = weighed(long(0, 3), EACH)
    assert (cost.calls, cost.tokens_out) == (3, 375)  # it has no candidate, so a reader alone would answer
    assert weighed(short(3), {"acts": -1.0})[1] == 0.0


def test_features_count_acts_confidences_amounts_and_sentences_of_the_story() -> None:
    of = record(commitments=[lent(), lent(id="c2", row_confidence=None, confidence=0.5)])
    assert gain_features(of) == {"acts": 2.0, "stated": 1.4, "right": 0.6, "amounts": 2.0, "sentences": 4.0}


MIXED = [short(1), short(3), long(5, 2), short(2)]
TOKENS = weighed(short(2), EACH)[0].tokens


@pytest.mark.parametrize(
    ("articles", "budget", "chosen"),
    [
        ([short(0), EMPTY, long(2, 2)], Budget(), {0, 2}),
        ([], Budget(calls=5), set()),
        *((MIXED, Budget(calls=n), most) for n, most in enumerate([set(), {1}, {1, 3}, {1, 2}, {1, 2, 3}])),
        ([short(2)] * 3, Budget(calls=1), {0}),  # of equal articles the first
        ([long(9, 3), short(1)], Budget(calls=2), {1}),  # what does not fit leaves room for what does
        ([long(2, 1), short(2)], Budget(tokens=TOKENS), {1}),
        ([long(2, 1), short(2)], Budget(tokens=TOKENS - 1), set()),
        ([long(2, 1), short(2)], Budget(calls=1), {0}),  # as much for a call, and the first
    ],
)
def test_most_gain_for_its_cost_comes_first(articles: list[Record], budget: Budget, chosen: set[int]) -> None:
    assert planned(articles, EACH, budget).chosen == chosen


bounds = st.none() | st.integers(0, 8)
made_articles = [short(0), short(4), long(1, 2), long(6, 3), EMPTY]


@given(st.lists(st.sampled_from(made_articles), max_size=5), bounds, st.none() | st.integers(0, 40_000))
@settings(max_examples=60, deadline=None)
def test_a_budget_is_never_exceeded_and_nothing_that_fits_is_left(
    articles: list[Any], calls: int | None, tokens: int | None
) -> None:
    budget, spare = Budget(calls, tokens), 100
    plan = planned(articles, EACH, budget, spare)
    costs = [weighed(article, EACH)[0] for article in articles]
    assert sum((costs[number] for number in plan.chosen), Cost()) == plan.cost
    assert not plan.chosen or budget.admits(plan.cost, spare)
    for number in set(range(len(articles))) - plan.chosen:
        assert not costs[number].calls or not budget.admits(plan.cost + costs[number], spare)


def test_plan_and_account_of_a_run_are_a_line_for_a_person_and_json_for_a_program() -> None:
    full = Ledger(articles=1_200, left=30, unread=4, calls=1_100, cached=150, tokens_in=3_000_000, tokens_out=400_000)
    full.retries, full.asked_again, full.stopped = 7, 5, "the endpoint refuses the key"
    full.set_aside |= {"an answer with no JSON object": 2, "no answer in 120 seconds": 1}
    full.dropped["an unknown id"] += 9
    prices = Prices(0.15, 0.6)
    said = "2 of 1,500 articles would be read: 3 calls, about 1,000,000 tokens read and 100,000 written"
    plan = Plan(frozenset({0, 4}), 1_500, Cost(3, 1_000_000, 100_000))
    assert (plan.text(None), plan.text(prices)) == (said, f"{said}, cost about 0.21")
    assert full.text(prices) == (
        "1,200 articles read by the language model; 1,100 calls, 150 answers from the cache; 3,000,000 tokens read and "
        "400,000 written; 30 left out by the budget; 4 that keep the first record; 7 retries; 5 answers asked again; "
        "3 answers set aside; 9 parts of answers dropped; cost 0.69"
    )
    assert Ledger(articles=1, calls=1, tokens_in=10, tokens_out=2).text() == (
        "1 article read by the language model; 1 call, 0 answers from the cache; 10 tokens read and 2 written"
    )
    expected: dict[str, Any] = {
        "articles": 1_200, "left": 30, "unread": 4, "calls": 1_100, "cached": 150, "tokens_in": 3_000_000,
        "tokens_out": 400_000, "retries": 7, "asked_again": 5, "estimated": 0, "batch_in": 0, "batch_out": 0,
        "failed": 0,
        "dropped": {"an unknown id": 9},
        "set_aside": {"an answer with no JSON object": 2, "no answer in 120 seconds": 1},
        "stopped": "the endpoint refuses the key",
    }  # fmt: skip
    assert json.loads(json.dumps(full.as_json())) == expected
    assert full.as_json(prices) == expected | {"cost": 0.69}
