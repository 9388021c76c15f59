"""The home of an article, and how "Rs", "$", "dollars" and "FY26" are read there."""

import pytest

from pipeline.stages.document.home import home_of, outlet_country
from pipeline.values.dates import parse_date
from pipeline.values.money import parse_money, read_money


@pytest.mark.parametrize(
    ("text", "source", "url", "country"),
    [
        ("NEW DELHI: The ministry approved it. Pakistan objected, and Pakistan protested.", None, None, "IND"),
        ("COLOMBO (Reuters) - India and India's banks lent it.", None, None, "LKA"),
        ("Dhaka \u2014 The road to Myanmar is open.", None, None, "BGD"),
        ("The minister spoke of China, China and China.", "The News International", None, "PAK"),
        ("The minister spoke of China.", None, "https://www.example.com.np/story/1", "NPL"),
        ("The minister spoke of China.", None, "https://www.example.co.uk/story/1", "GBR"),
        ("Kenyan engineers met Kenya's minister and a Chinese firm.", None, None, "KEN"),
        ("The Sri Lankan cabinet met.", "An unknown outlet", "no address", "LKA"),
    ],
)
def test_dateline_outlet_address_then_mentions(
    text: str, source: str | None, url: str | None, country: str | None
) -> None:
    assert home_of(text, source, url).countries[0] == country


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("NEW DELHI: The state pays Rs 500 crore.", "INR"),
        ("KATHMANDU: Nepal pays Rs 500 million.", "NPR"),
        ("ISLAMABAD: Rs5 billion is for the road, China and India said.", "PKR"),
        ("The road costs Rs5 billion.", "PKR"),
        ("DOHA: Qatar and Saudi Arabia paid 5 million riyals.", "QAR"),
        ("RABAT: Morocco pays 5 million dirhams.", "MAD"),
        ("KAMPALA: Uganda and Kenya pay Sh5 billion.", "UGX"),
        ("CAIRO: Egypt pays 5 million pounds.", "EGP"),
        ("PARIS: France pays 680 million francs.", "FRF"),
        ("DAKAR: Senegal pays 5 billion CFA francs.", "XOF"),
        ("BEIJING: China pays \u00a55 billion.", "CNY"),
        # a body in the sentence, where home does not decide
        ("JICA lends India \u00a540 billion for a line. India and China trade.", "JPY"),
        ("China, China and Japan met. Tokyo will lend \u00a53 billion to Peru.", "JPY"),
        ("Japan, Japan and China met. Beijing lent \u00a53 billion to Peru.", "CNY"),
        ("BEIJING: China and Japan signed for \u00a53 billion.", "CNY"),
        ("Dhaka paid Rs 500 crore to Adani Power. Bangladesh, like Pakistan, needs it.", "INR"),
        ("ISLAMABAD: The road to India cost Rs5 billion.", "PKR"),
        ("Dhaka, Dhaka and Pakistan met. India and Pakistan paid Rs5 billion.", "PKR"),
    ],
)
def test_shared_signs_are_read_at_home_or_as_the_sentence_says(text: str, currency: str) -> None:
    assert [money.currency for _, money in read_money(text, home_of(text))] == [currency]


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("SYDNEY: Australia will pay $5 million.", "USD"),  # an agency's dollar is American
        ("SYDNEY: Australia will pay A$5 million ($3 million).", "USD"),
        ("SYDNEY: Australia will pay A$5 million, a US$3 million loan and $2 million.", "USD"),
        ("SYDNEY: Australia will pay $5 million, about US$3 million.", "AUD"),
        ("SINGAPORE: The port costs $5 million, against USD 4 million before.", "SGD"),
        ("JAKARTA: Indonesia borrows US$4 million; $2 million is for roads.", "USD"),
        ("Ottawa paid $5 million. All figures in this story are in Canadian dollars.", "CAD"),
        ("WELLINGTON: The bank lends $5 million, US$3 million.", "NZD"),
        ("WINDHOEK: Namibia lends N$5 million, US$4 million and $3 million.", "USD"),
    ],
)
def test_a_bare_dollar_is_american_but_where_the_article_must_mean_its_own(text: str, currency: str) -> None:
    assert home_of(text).dollar == currency
    assert [parse_money(words, home_of(text)).currency for words in ("$2 million", "2 million dollars")] == [  # type: ignore[union-attr]
        currency
    ] * 2


@pytest.mark.parametrize(
    ("source", "url", "text", "currency"),
    [
        ("The Canberra Ledger", None, "Australia will give Vanuatu $42 million for clinics.", "AUD"),
        (None, "https://minister.example.gov.au/news/3", "Australia announces $42 million for Timor-Leste.", "AUD"),
        ("The Canberra Ledger", None, "Australia adds $42 million to a fund of the World Bank.", "AUD"),
        ("The Canberra Ledger", None, "Australia is wary. China lends Tonga $42 million for a port.", "USD"),
        ("The Canberra Ledger", None, "The World Bank lends Kenya $42 million.", "USD"),
        ("The Canberra Ledger", None, "Australia pays A$60 million, or $42 million at today's rate.", "USD"),
        ("The Canberra Ledger", None, "Australia pays $42 million. Japan lends US$9 million.", "AUD"),
        ("Auckland Courier", None, "New Zealand sets aside $42 million for a reef in Niue.", "NZD"),
        (None, "https://example.ca/a", "Canada commits $42 million to schools in Ghana.", "CAD"),
        ("straitstimes.com", None, "Singapore sets aside $42 million for training with ASEAN.", "USD"),
        ("straitstimes.com", None, "Singapore sets aside $42 million for training.", "SGD"),
        (None, "https://example.com.fj/a", "Fiji's cabinet approved $42 million for bridges.", "FJD"),
        (None, "https://example.com.fj/a", "Fiji will borrow $42 million from the Asian Development Bank.", "USD"),
        (None, "https://example.com.fj/a", "Fiji thanked Japan, which will give $42 million.", "USD"),
        (None, "https://example.com.fj/a", "Fiji has US$9 million from the ADB and adds $42 million.", "FJD"),
        ("Kingston Mail", "https://example.com.jm/a", "Jamaica will repair the dam for $42 million.", "JMD"),
        ("The News International", None, "Australia, Australians and Australian firms pay Pakistan $42m.", "USD"),
        ("Reuters", None, "Australia and Australian firms pay $42 million.", "USD"),
        ("Windhoek Bulletin", None, "Namibia will spend $42 million on roads.", "USD"),
        ("Suva and Sydney Review", None, "Fiji will spend $42 million on roads.", "USD"),
        ("An unknown outlet", None, "Australia will give Nauru $42 million, an Australian minister said.", "AUD"),
        ("An unknown outlet", None, "SYDNEY: Australia will give Nauru $42 million, Australia said.", "USD"),
        ("An unknown outlet", None, "Australia will give Nauru $42 million, Nauru said.", "USD"),
        ("An unknown outlet", None, "Fiji will spend $42 million, Fiji said.", "USD"),
    ],
)
def test_a_bare_dollar_of_an_outlet_that_writes_of_its_own_country_is_its_own(
    source: str | None, url: str | None, text: str, currency: str
) -> None:
    home = home_of(text, source, url)
    read = {money.value: money.currency for _, money in read_money(text, home)}
    assert read[42e6] == currency


@pytest.mark.parametrize(
    ("source", "url", "country"),
    [
        ("The News International", None, "PAK"),
        ("The Jakarta Post", None, "IDN"),
        ("thejakartapost.com", None, "IDN"),
        ("example.co.ke", None, "KEN"),
        ("Lakeside Daily, Kisumu", None, "KEN"),
        ("Le Courrier d'Abobo, English pages", None, "CIV"),
        ("A daily", "https://news.example.pk/1", "PAK"),
        ("Suva and Sydney Review", None, None),
        ("Reuters", "https://www.reuters.co.uk/1", None),
        ("An unknown outlet", "https://example.com/1", None),
        (None, None, None),
    ],
)
def test_the_country_of_an_outlet(source: str | None, url: str | None, country: str | None) -> None:
    assert outlet_country(source, url) == country


@pytest.mark.parametrize(
    ("text", "words", "iso"),
    [
        ("NEW DELHI: India's budget is out.", "FY26", "2025-04/2026-03"),
        ("DHAKA: Bangladesh borrows from China.", "FY26", "2025-07/2026-06"),
        ("China builds a road for Pakistan, and China lends.", "2025-26", "2025-07/2026-06"),
        ("BEIJING: China builds in China.", "2025-26", "2025/2026"),
        ("WASHINGTON: The United States pays.", "fiscal year 2025", "2024-10/2025-09"),
        ("MANILA: The Philippines pays.", "fiscal year 2025", "2025-01/2025-12"),
        ("The road is built.", "FY26", "2025-07/2026-06"),
    ],
)
def test_fiscal_years_are_those_of_the_home(text: str, words: str, iso: str) -> None:
    found = parse_date(words, None, home_of(text).fiscal)
    assert found is not None and found.iso == iso
