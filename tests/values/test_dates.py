"""Calendar expressions, resolved against the day of the article; the day on which a text was written."""

import re
import string
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables import Row, table_of

from pipeline.stages.document.home import named_in
from pipeline.values.currencies import Home
from pipeline.values.date_forms import Form, PartForm, forms, part_forms
from pipeline.values.date_parts import opener
from pipeline.values.dates import day_of_dateline, day_of_line, find_dates, parse_date
from pipeline.values.periods import days_of
from pipeline.values.quoted import date_at

THURSDAY = date(2025, 9, 25)
_SIDES = {"True": True, "False": False, "": None}
PRINTABLE = st.sampled_from(string.printable)


@pytest.mark.parametrize("case", table_of(__file__, "dates.csv"), ids=str)
def test_hard_cases(case: Row) -> None:
    article = date.fromisoformat(case["article"]) if case["article"] else None
    found = parse_date(case["text"], article, case["country"], future=_SIDES[case["future"]])
    expected = (case["iso"] or None, case["precision"] or None, case["basis"] or None)
    assert found is not None and (found.iso, found.precision, found.basis) == expected


@pytest.mark.parametrize("case", table_of(__file__, "dates_in_text.csv"), ids=lambda case: case["text"])
def test_what_stands_beside_a_date(case: Row) -> None:
    start = case["text"].index(case["words"])
    article = date.fromisoformat(case["article"])
    at_home = Home((case["country"],), fiscal=case["country"], named_in=named_in)
    assert date_at(case["text"], start, start + len(case["words"]), article, at_home).iso == case["iso"]


@pytest.mark.parametrize("text", ["", "soon", "30 years", "5pm", "the bank", "February 30th project"])
def test_not_a_date(text: str) -> None:
    assert parse_date(text, THURSDAY) is None


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])  # texts of a pattern, on a busy machine
@given(st.data())
@pytest.mark.parametrize("form", [*forms(), *part_forms()])
def test_every_form_begins_with_an_opener(form: Form | PartForm, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(f"^{form.pattern}", alphabet=PRINTABLE, fullmatch=True))
    assert re.match(opener(), text)


@given(
    st.lists(st.sampled_from(["The port", "opens", "in June", "next year", "on Friday", "FY26", "by 2028"])).map(
        " ".join
    )
)
def test_what_is_found_can_be_read(text: str) -> None:
    assert all(parse_date(text[start:end], THURSDAY) is not None for start, end in find_dates(text))


DAY = date(2025, 3, 5)  # a Wednesday
DATELINES = [
    ("SUVA, 5 March 2025 \u2014 The bank lends.", DAY),
    ("SUVA, March 5, 2025: The bank lends.", DAY),
    ("NAIROBI, Kenya, March 5, 2025 /Lake Newswire/ -- The bank lends.", DAY),
    ("NAIROBI, Kenya, Mar. 5, 2025 (LAKE WIRE)--The bank lends.", DAY),
    ("MANILA, PHILIPPINES (5 March 2025) \u2014 The bank lends.", DAY),
    ("Addis Ababa, Wednesday, 5 March 2025 \u2013 The bank lends.", DAY),
    ("Lake Bank lends to Malawi\n\nPORT OF SPAIN, 5 March 2025 - The bank lends.", DAY),
    ("Kabul/Geneva, 5 March, 2025 - The bank lends.", DAY),
    ("SUVA, March 5 (Lake Wire) - The bank lends.", None),  # which year?
    ("SUVA, 31 February 2025 \u2014 The bank lends.", None),
    ("SUVA, Friday, 5 March 2025 \u2014 The bank lends.", None),
    ("The bank, founded on March 5, 2025 - and others - lend.", None),
    ("A crane in Suva, Fiji, March 5, 2025. The bank lends.", None),
    ("The bank lends. " * 40 + "\nSUVA, 5 March 2025 \u2014 A second story.", None),
    ("", None),
]
LINES = [
    ("Lake Bank lends\nA. Rai\nSuva\nWed, March 5, 2025\nThe bank lends.", DAY),
    ("Lake Bank lends\nWEDNESDAY, MARCH 05, 2025\nThe bank lends.", DAY),
    ("Lake Bank lends\n  Wednesday 5 March 2025 \nThe bank lends.", DAY),
    ("Lake Bank lends\r\nWed, March 5, 2025\r\nThe bank lends.", DAY),
    ("Thu, March 5, 2025\nWed, March 5, 2025\nThe bank lends.", DAY),
    ("Thu, March 5, 2025\nThe bank lends.", None),  # not a Thursday
    ("March 5, 2025\nThe bank lends.", None),  # of another story, as often as not
    ("Wed, March 5\nThe bank lends.", None),
    ("The bank opens on Wed, March 5, 2025\nThe bank lends.", None),
    ("The bank lends. " * 80 + "\nWed, March 5, 2025\nA second story.", None),
]


@pytest.mark.parametrize(
    ("read", "text", "day"),
    [*((day_of_dateline, *case) for case in DATELINES), *((day_of_line, *case) for case in LINES)],
)
def test_the_day_of_writing(read: Callable[[str], date | None], text: str, day: date | None) -> None:
    assert read(text) == day


DAYS = [
    ("2028", "2028-01-01", "2028-12-31"),
    ("2028-02", "2028-02-01", "2028-02-29"),
    ("2025-06-30", "2025-06-30", "2025-06-30"),
    ("2025-07/2026-06", "2025-07-01", "2026-06-30"),
    ("2025/2027", "2025-01-01", "2027-12-31"),
    ("2025-09-22/2025-09-28", "2025-09-22", "2025-09-28"),
    *((iso, None, None) for iso in (None, "", "soon", "2025-13", "2025-02-30", "99999")),
]


@pytest.mark.parametrize(("iso", "first", "last"), DAYS)
def test_a_date_has_a_first_and_a_last_day(iso: str | None, first: str | None, last: str | None) -> None:
    assert days_of(iso) == (None if first is None else (date.fromisoformat(first), date.fromisoformat(str(last))))
