"""The day and the agency of a dateline."""

import pytest

from pipeline.article.dateline import agencies, written_on


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("SEOUL, Oct. 15 (Yonhap) -- South Korea lends.", "Oct. 15"),
        ("A headline\nNAIROBI, Kenya, 12 June 2025 - The bank lends.", "12 June 2025"),
        ("NEW DELHI, March 3 (ANI): India lends.", "March 3"),
        ("MANILA, PHILIPPINES (18 May 2025) \u2014 The bank lends.", "18 May 2025"),
        ("Gwadar, 3rd May 2025: The bank lends.", "3rd May 2025"),
        ("Kenya (population 3 May 2025) lends.", None),
        ("Kenya (3 May 2025) lends.", None),
        ("Islamabad: The bank lends by March 3.", None),
        ("The bank lends, June 5 (a Monday), to all.", None),
        ("", None),
    ],
)
def test_the_day_of_a_dateline(text: str, day: str | None) -> None:
    found = written_on(text)
    assert (text[slice(*found)] if found else None) == day


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SEOUL, Oct. 15 (Yonhap) -- South Korea lends.", ["Yonhap"]),
        ("Madrid, 5 May (EFE).- Spain lends.", ["EFE"]),
        ("PRAGUE (CTK) - The bank lends.\nROME (Agenzia Nova): Italy lends.", ["CTK", "Agenzia Nova"]),
        ("MANILA, PHILIPPINES (18 May 2025) \u2014 The bank lends.", []),
        ("MANILA (18 May 2025) \u2014 The bank lends.", []),
        ("NAIROBI, Kenya (AFP) - The bank lends.", ["AFP"]),
        ("Upper Nowhere, 5 May (AFP) - The bank lends.", ["AFP"]),
        ("The Asian Development Bank (ADB) - and others - lend.", []),
        ("National Highway Authority (NHA): Rs5 billion.", []),
        ("Kenya lends to the bank (ADB).", []),
    ],
)
def test_the_agency_of_a_dateline(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in agencies(text)] == found
