"""The country that an article is about."""

import pytest
from spacy.language import Language

from pipeline.record import Amount
from pipeline.stages.document.doc import Mention
from pipeline.stages.document.view import view_of


@pytest.mark.parametrize(
    ("names", "currency", "country"),
    [
        (["China", "Vanuatu", "China", "Vanuatu", "China"], None, "VUT"),  # who lends abroad counts half
        (["China", "Vanuatu", "China", "China", "China"], None, "CHN"),
        (["China", "India", "India"], None, "IND"),
        (["China", "Kenya"], "VUV", "VUT"),
        (["China", "Kenya", "Kenya", "Kenya"], "VUV", "KEN"),
        (["Kenya", "Togo", "Togo"], "XOF", "TGO"),  # eight countries have these francs
        ([], None, None),
    ],
)
def test_who_lends_abroad_counts_half_and_a_currency_like_two_names(
    nlp_base: Language, names: list[str], currency: str | None, country: str | None
) -> None:
    text = ", ".join([*names, "9,000"]) + " met."
    doc = nlp_base.make_doc(text)
    for token in doc:
        token.is_sent_start = token.i == 0
    doc._.mentions = [Mention("COUNTRY", *_span(text, names, at), 0) for at in range(len(names))]
    start = text.index("9,000")
    value = Amount(text="9,000", start=start, end=start + 5, value=9000, currency=currency)
    doc._.mentions.append(Mention("MONEY", start, start + 5, 0, value=value))
    assert view_of(doc).home_country == country


def _span(text: str, names: list[str], at: int) -> tuple[int, int]:
    start = len(", ".join([*names[:at], ""])) if at else 0
    assert text.startswith(names[at], start)
    return start, start + len(names[at])
