"""Terms of a loan as numbers: only what the words state becomes one."""

import pytest

from pipeline.values.quantities import interest_rate, years


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("2%", 2.0),
        ("one pct a year", 1.0),
        ("1.5 percent a year", 1.5),
        ("three-percent", 3.0),
        ("half a percent", 0.5),
        ("concessional 2%", 2.0),
        ("a rate that came to 7.5 per cent", 7.5),
        ("interest-free", 0.0),
        ("interest-free for five years", 0.0),
        ("zero-interest", 0.0),
        # words that state no number
        ("concessional", None),
        ("low-interest", None),
        ("soft", None),
        ("a nominal rate", None),
        ("one of the lowest rates", None),
        # a rate that depends on another, and more than one
        ("LIBOR plus 2%", None),
        ("2% above the discount rate", None),
        ("prime + 1%", None),
        ("150 basis points", None),
        ("between 1 and 2%", None),
        ("", None),
    ],
)
def test_the_interest_rate_is_a_number_that_is_stated(text: str, rate: float | None) -> None:
    assert interest_rate(text) == rate


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("20-year", 20.0),
        ("18 months", 1.5),
        ("a year", 1.0),
        ("a one-year", 1.0),
        ("half a year", 0.5),
        ("two-and-a-half years", 2.5),
        ("two more years", 2.0),
        ("a period of 20 years", 20.0),
        ("a few years", None),
        ("a couple of years", None),
        ("a number of years", None),
        ("several years", None),
        ("3 to 5 years", None),
        ("five years with a two-year grace", None),
    ],
)
def test_a_period_is_a_number_that_is_stated(text: str, period: float | None) -> None:
    assert years(text) == period
