"""The plan of a bounded run: most gain for its cost first, and never more than the budget."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llm.articles import lent, record, whole

from pipeline.llm.ledger import WRITTEN, Budget, Plan, Prices, gain_features, planned, weighed
from pipeline.record import Article, Quote, Record, Sentence, digest

EACH = {"acts": 1.0}  # as many rows become right as there are acts
EMPTY = Record(article=Article(id="none", sha256=digest(""), text=""))


def short(acts: int) -> Record:
    """An article of one prompt."""
    return record(commitments=[lent(id=f"c{n}") for n in range(acts)])


def long(acts: int, parts: int) -> Record:
    """An article of some prompts."""
    text = ("Accra will pay. " * 700)[:11_000] * parts
    sentences = [Sentence(id=n, start=n * 11_000, end=(n + 1) * 11_000) for n in range(parts)]
    found = lent(trigger=Quote(text=text[:5], start=0, end=5), amounts=[])
    return Record(
        article=Article(id="x", sha256=digest(text), text=text), sentences=sentences, commitments=[found] * acts
    )


def test_an_article_takes_its_prompts_and_an_answer_for_each_act() -> None:
    found = weighed(short(3), {"acts": 2.0})
    assert (found.calls, found.tokens_in, found.tokens_out) == (1, whole(short(3)).tokens, WRITTEN[0] + 3 * WRITTEN[1])
    assert found.gain == 6.0
    assert weighed(long(0, 3), EACH).calls == 3
    assert weighed(long(0, 3), EACH).tokens_out == 3 * WRITTEN[0]


def test_a_gain_is_never_below_nothing() -> None:
    assert weighed(short(3), {"acts": -1.0}).gain == 0.0


def test_features_count_acts_confidences_amounts_and_sentences_of_the_story() -> None:
    of = record(commitments=[lent(), lent(id="c2", row_confidence=None, confidence=0.5)])
    assert gain_features(of) == {"acts": 2.0, "stated": 1.4, "right": 0.6, "amounts": 2.0, "sentences": 4.0}


def test_without_a_bound_everything_with_words_is_read() -> None:
    found = planned([short(0), EMPTY, long(2, 2)], EACH, Budget())
    assert (found.chosen, found.articles, found.calls) == ({0, 2}, 3, 3)


def test_most_gain_for_a_call_comes_first() -> None:
    articles = [short(1), short(3), long(5, 2), short(2)]
    chosen = [planned(articles, EACH, Budget(calls=calls)).chosen for calls in range(6)]
    assert chosen == [set(), {1}, {1, 3}, {1, 2}, {1, 2, 3}, {0, 1, 2, 3}]


def test_of_equal_articles_the_first_is_read() -> None:
    assert planned([short(2)] * 3, EACH, Budget(calls=1)).chosen == {0}


def test_what_does_not_fit_leaves_room_for_what_does() -> None:
    assert planned([long(9, 3), short(1)], EACH, Budget(calls=2)).chosen == {1}


def test_with_a_budget_of_tokens_the_shorter_article_comes_first() -> None:
    articles = [long(2, 1), short(2)]
    one = weighed(articles[1], EACH)
    budget = Budget(tokens=one.tokens_in + one.tokens_out)
    assert planned(articles, EACH, budget).chosen == {1}
    assert planned(articles, EACH, Budget(tokens=budget.tokens and budget.tokens - 1)).chosen == set()
    assert planned(articles, EACH, Budget(calls=1)).chosen == {0}  # as much for a call, and the first


def test_nothing_is_chosen_of_nothing() -> None:
    assert planned([], EACH, Budget(calls=5)) == Plan(frozenset(), 0, 0, 0, 0)
    assert planned([EMPTY], EACH, Budget()).chosen == set()


bounds = st.none() | st.integers(0, 8)
made_articles = [short(0), short(4), long(1, 2), long(6, 3), EMPTY]


@given(st.lists(st.sampled_from(made_articles), max_size=5), bounds, st.none() | st.integers(0, 40_000))
@settings(max_examples=60, deadline=None)
def test_a_budget_is_never_exceeded_and_nothing_that_fits_is_left(
    articles: list[Any], calls: int | None, tokens: int | None
) -> None:
    budget = Budget(calls, tokens)
    found = planned(articles, EACH, budget)
    taken = [weighed(articles[number], EACH) for number in found.chosen]
    spent = sum(one.calls for one in taken), sum(one.tokens_in + one.tokens_out for one in taken)
    assert spent == (found.calls, found.tokens_in + found.tokens_out)
    assert budget.admits(*spent)
    for number in set(range(len(articles))) - found.chosen:
        one = weighed(articles[number], EACH)
        assert not one.calls or not budget.admits(spent[0] + one.calls, spent[1] + one.tokens_in + one.tokens_out)


@pytest.mark.parametrize(("prices", "cost"), [(None, ""), (Prices(2, 10), ", cost about 3.00")])
def test_a_plan_for_a_person_is_one_line(prices: Prices | None, cost: str) -> None:
    plan = Plan(frozenset({0, 4}), 1_500, 3, 1_000_000, 100_000)
    said = "2 of 1,500 articles would be read: 3 calls, about 1,000,000 tokens read and 100,000 written"
    assert plan.text(prices) == said + cost
