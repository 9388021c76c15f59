"""Calendar expressions, resolved against the day of the article."""

import re
import string
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tables import Row, table_of

from pipeline.stages.document.home import named_in
from pipeline.values.currencies import Home
from pipeline.values.date_forms import Form, PartForm, forms, part_forms
from pipeline.values.date_words import opener
from pipeline.values.dates import Resolved, find_dates, parse_date
from pipeline.values.quoted import date_at

THURSDAY = date(2025, 9, 25)
_SIDES = {"True": True, "False": False, "": None}
PRINTABLE = st.sampled_from(string.printable)


@pytest.mark.parametrize(
    ("text", "iso", "precision"),
    [
        ("2028", "2028", "year"),
        ("by 2028", "2028", "year"),
        ("June 2025", "2025-06", "month"),
        ("Jan 28, 2024", "2024-01-28", "day"),
        ("30 June 2025", "2025-06-30", "day"),
        ("the 2nd of March, 2026", "2026-03-02", "day"),
        ("2025-06-30", "2025-06-30", "day"),
        ("June 16 to 21, 2025", "2025-06-16/2025-06-21", "range"),
        ("end of June 2025", "2025-06-30", "day"),
        ("end of 2019", "2019-12", "month"),
        ("early 2026", "2026", "year"),
        ("mid-February 2026", "2026-02", "month"),
        ("Q3 2025", "2025-07/2025-09", "quarter"),
        ("second half of 2025", "2025-07/2025-12", "range"),
        ("first ten days of July 2025", "2025-07-01/2025-07-10", "range"),
        ("second week of June 2025", "2025-06-08/2025-06-14", "week"),
        ("1990s", "1990/1999", "range"),
        ("from 2000 to 2021", "2000/2021", "range"),
        ("2025-26", "2025-07/2026-06", "fiscal_year"),
        ("2025\u201326", "2025-07/2026-06", "fiscal_year"),
        ("fiscal year 2025-26", "2025-07/2026-06", "fiscal_year"),
        ("FY26", "2025-07/2026-06", "fiscal_year"),
        ("FY2026", "2025-07/2026-06", "fiscal_year"),
        ("first half of FY26", "2025-07/2025-12", "range"),
    ],
)
def test_resolved_by_the_text_alone(text: str, iso: str, precision: str) -> None:
    assert parse_date(text, None) == Resolved(iso, precision, "text")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("today", "2025-09-25"),
        ("yesterday", "2025-09-24"),
        ("Thursday", "2025-09-25"),
        ("Wednesday night", "2025-09-24"),
        ("last Friday", "2025-09-19"),
        ("next Friday", "2025-09-26"),
        ("last week", "2025-09-15/2025-09-21"),
        ("this month", "2025-09"),
        ("next month", "2025-10"),
        ("last year", "2024"),
        ("later this year", "2025"),
        ("June last year", "2024-06"),
        ("this October", "2025-10"),
        ("last August", "2025-08"),
        ("June 30", "2025-06-30"),
        ("30th September", "2025-09-30"),
        ("end of the month", "2025-09-30"),
        ("year-end", "2025-12"),
        ("September-end", "2025-09-30"),
        ("1447 Hijri", None),
        ("two years ago", "2023"),
        ("three weeks ago", "2025-09-04"),
        ("a couple of months ago", "2025-07"),
        ("next three years", "2025/2028"),
        ("last two months", "2025-07/2025-09"),
        ("the current fiscal year", "2025-07/2026-06"),
        ("next fiscal year", "2026-07/2027-06"),
        ("close of the fiscal year", "2026-06-30"),
        ("second quarter", "2025-04/2025-06"),
        ("coming days", None),
        ("few months ago", None),
        ("recent years", None),
        ("Eidul Azha", None),
        ("same day", None),
    ],
)
def test_resolved_by_the_article_date(text: str, iso: str | None) -> None:
    found = parse_date(text, THURSDAY)
    assert found is not None and found.iso == iso
    assert found.basis == ("article_date" if iso else None)
    assert parse_date(text, None) == Resolved(None, None, None)


@pytest.mark.parametrize(
    ("text", "past", "future"),
    [
        ("Friday", "2025-09-19", "2025-09-26"),
        ("Monday", "2025-09-22", "2025-09-29"),
        ("March 31", "2025-03-31", "2026-03-31"),
        ("October 2", "2025-10-02", "2025-10-02"),
        ("May", "2025-05", "2026-05"),
        ("next year", "2026", "2026"),
        ("September 20", "2025-09-20", "2025-09-20"),  # the next one is too far ahead to be called so
        ("August", "2025-08", "2026-08"),
    ],
)
def test_tense_chooses_the_side(text: str, past: str, future: str) -> None:
    assert [getattr(parse_date(text, THURSDAY, future=side), "iso", None) for side in (False, True)] == [past, future]


@pytest.mark.parametrize(
    ("text", "ahead", "unknown", "past"),
    [
        ("January", "2026-01", "2026-01", "2025-01"),
        ("January 20", "2026-01-20", "2026-01-20", "2025-01-20"),
        ("mid-February", "2026-02", "2026-02", "2025-02"),
        ("January-March", "2026-01/2026-03", "2026-01/2026-03", "2025-01/2025-03"),
        ("November", "2025-11", "2025-11", "2025-11"),
        ("October", "2026-10", "2025-10", "2025-10"),
        ("November 22", "2025-11-22", "2025-11-22", "2025-11-22"),  # a slip of the article's date
        ("January 2026", "2026-01", "2026-01", "2026-01"),
    ],
)
def test_tense_decides_the_direction(text: str, ahead: str, unknown: str, past: str) -> None:
    found = [parse_date(text, date(2025, 11, 20), future=side) for side in (True, None, False)]
    assert [each and each.iso for each in found] == [ahead, unknown, past]


@pytest.mark.parametrize(
    ("text", "country", "iso"),
    [
        ("fiscal year 2082/83", "NPL", "2025-07/2026-06"),
        ("FY 2082-83", "NPL", "2025-07/2026-06"),
        ("2081/82", "NPL", "2024-07/2025-06"),
        ("2082-2083", "NPL", "2025-07/2026-06"),
        ("2082/083", "NPL", "2025-07/2026-06"),
        ("fiscal year 2082/083", "IND", "2025-07/2026-06"),
        ("fiscal year 2082", "NPL", None),
        ("2025/26", "NPL", "2025-07/2026-06"),
        ("2018 EFY", "ETH", "2025-07/2026-06"),
        ("EFY 2018", "KEN", "2025-07/2026-06"),
        ("FY26", "IND", "2025-04/2026-03"),
        ("2025-26", "IND", "2025-04/2026-03"),
        ("fiscal year 2025", "USA", "2024-10/2025-09"),
        ("FY2025", "JPN", "2025-04/2026-03"),
        ("FY2025", "CHN", "2025-01/2025-12"),
        ("2025-26", "CHN", "2025/2026"),
    ],
)
def test_fiscal_years_follow_the_country(text: str, country: str, iso: str | None) -> None:
    found = parse_date(text, THURSDAY, country)
    assert found is not None and found.iso == iso


@pytest.mark.parametrize("case", table_of(__file__, "dates.csv"), ids=lambda case: f"{case['text']} {case['country']}")
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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It opens on 28 June in 2020, or 21 Mar 24.", ["28 June in 2020", "21 Mar 24"]),
        ("By 30 June 27, the fund closes; on 30 June 27 people died.", ["30 June 27", "30 June"]),
        ("It ended six months earlier than scheduled, and a year earlier.", ["a year earlier"]),
        (
            "Filed on 23/Sep/2020, 21-Mar-24 and 10/31/89, in 2015-12.",
            ["23/Sep/2020", "21-Mar-24", "10/31/89", "2015-12"],
        ),
        ("It grew over the past two quarters and the past fortnight.", ["past two quarters", "past fortnight"]),
        ("Output in fiscal 1998 and June '24.", ["fiscal 1998", "June '24"]),
        ("The line is due by 2028, officials said on Thursday night.", ["2028", "Thursday night"]),
        ("Funds for the current fiscal year end on June 30.", ["current fiscal year", "June 30"]),
        ("Work will start in mid-February or early 2026.", ["mid-February", "early 2026"]),
        ("They met two years ago and again in the coming days.", ["two years ago", "coming days"]),
        ("A loan for 30 years, repaid at 5pm.", []),
        ("Talks end in June, three days before the summit.", ["June"]),
        ("At the end of the day the port opened by end June.", ["end June"]),
        ("Ministers may march on with 2,025 units.", []),
        ("The Finance Act, 2024 and the Ports Rules 2025 apply.", []),
        ("Abdul Jan opened it in May.", ["May"]),
        ("About 2024 MW and $2025 were quoted.", []),
        ("It will be done within 18 months, or in two years' time.", []),
        ("Revenue fell in July-March FY25 and June-August 2026.", ["July-March FY25", "June-August 2026"]),
        ("The FIR of 13/06/2025 and the order of 10 Muharram 1447.", ["13/06/2025", "10 Muharram 1447"]),
        ("Sales in H1 2027 and 3Q 2026, in Q1 FY26 too.", ["H1 2027", "3Q 2026", "Q1 FY26"]),
        ("The last quarter of 2025, the summer of 2026.", ["last quarter of 2025", "summer of 2026"]),
        ("They meet Monday next week.", ["Monday next week"]),
        ("It is due by June-end, in May end or in 1447 Hijri.", ["June-end", "May end", "1447 Hijri"]),
        ("Growth slowed post-2022, then rose in FY25 and 2023-24.", ["2022", "FY25", "2023-24"]),
    ],
)
def test_spans(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in find_dates(text)] == found


@pytest.mark.parametrize("text", ["", "soon", "30 years", "5pm", "the bank", "February 30th project"])
def test_not_a_date(text: str) -> None:
    assert parse_date(text, THURSDAY) is None


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])  # texts of a pattern, on a busy machine
@given(st.data())
@pytest.mark.parametrize("form", [*forms().values(), *part_forms().values()])
def test_every_form_begins_with_an_opener(form: Form | PartForm, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(f"^{form.pattern}", alphabet=PRINTABLE, fullmatch=True))
    assert re.match(opener(), text)


def test_no_such_day_has_no_iso() -> None:
    assert parse_date("February 30, 2025", THURSDAY) == Resolved(None, None, None)


@given(
    st.lists(
        st.sampled_from(
            [
                "last",
                "next",
                "999",
                "two",
                "few",
                "years",
                "months",
                "century",
                "ago",
                "end of",
                "mid-",
                "June",
                "31",
                "2025",
                "FY99",
                "-26",
                "the",
                "year",
                "Q3",
                "to",
                "00",
            ]
        )
        | st.text(max_size=4),
        max_size=6,
    ).map(" ".join),
    st.dates() | st.none(),
)
def test_any_string_is_read_or_left(text: str, day: date | None) -> None:
    assert all(0 <= start < end <= len(text) for start, end in find_dates(text))
    found = parse_date(text, day)
    assert found is None or (found.iso is None) == (found.basis is None)


@given(
    st.lists(st.sampled_from(["The port", "opens", "in June", "next year", "on Friday", "FY26", "by 2028"])).map(
        " ".join
    )
)
def test_what_is_found_can_be_read(text: str) -> None:
    assert all(parse_date(text[start:end], THURSDAY) is not None for start, end in find_dates(text))
