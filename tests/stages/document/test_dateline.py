"""The agency of a dateline."""

import pytest

from pipeline.stages.document.mentions import agencies


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
