"""Sentences of our own: whose money goes where, with the weights that come with Corridor."""

import time
from pathlib import Path

import pytest
from spacy.language import Language

from pipeline.errors import SetupError
from pipeline.extract import extract
from pipeline.record import Commitment, Record
from pipeline.settings import Settings
from pipeline.sources import make_article
from pipeline.stages.commitments.flow.acts import terms_of
from pipeline.stages.commitments.flow.find import PROVIDER, RECIPIENT, read_flow_weights
from pipeline.stages.commitments.stage import Commitments

STATED = [
    # a request: who is asked provides
    ("Sri Lanka asked China for a loan of $2 billion on Monday.", "loan", "China", "Sri Lanka"),
    ("Pakistan has requested Saudi Arabia to roll over $3 billion.", "rollover", "Saudi Arabia", "Pakistan"),
    # money that is lent and given, by whoever says so
    ("The World Bank approved a $500 million loan to Bangladesh.", "loan", "World Bank", "Bangladesh"),
    ("Zambia received a $1.3 billion loan from the World Bank.", "loan", "World Bank", "Zambia"),
    ("Japan will give Nepal a grant of 2 billion yen to rebuild schools.", "grant", "Japan", "Nepal"),
    ("The World Bank will guarantee $400 million of loans.", "guarantee", "World Bank", ""),
    # debt that exists, and debt that is paid
    ("The Bank of China will refinance $1.3 billion of debt.", "rollover", "Bank of China", ""),
    ("Kenya repaid $900 million to China last week.", "repayment", "Kenya", "China"),
    # one's own money
    ("The Punjab government has allocated Rs5 billion for roads in the budget.", "budget", "Punjab government", ""),
    # goods and shares
    ("Indonesia will buy 42 fighter jets from France for $8.1 billion.", "purchase", "Indonesia", "France"),
    ("Toyota will invest $700 million in a plant.", "equity", "Toyota", ""),
]  # fmt: skip

# Between two: who signs first says nothing, who usually lends does, and grammar goes before both.
BETWEEN = [
    ("Pakistan signed a $1 billion loan agreement with China.", "China", "Pakistan"),
    ("China signed a $1 billion loan agreement with Pakistan.", "China", "Pakistan"),
    ("Japan signed a $300 million loan agreement with Kenya in Nairobi to widen a port.", "Japan", "Kenya"),
    ("Egypt signed a $2 billion financing agreement with Saudi Arabia.", "Saudi Arabia", "Egypt"),
    ("Nepal signed a $200 million loan agreement with the Asian Development Bank.", "Asian Development Bank", "Nepal"),
    ("The World Bank signed a $200 million loan agreement with Nepal on Monday for roads.", "World Bank", "Nepal"),
    ("Germany signed a $150 million grant agreement with Ghana in Accra.", "Germany", "Ghana"),
    ("South Korea inked a $500 million credit deal with Bangladesh.", "South Korea", "Bangladesh"),
    ("Sri Lanka finalised a $1 billion credit line with India.", "India", "Sri Lanka"),
    ("Zambia and China signed a $600 million loan agreement.", "China", "Zambia"),
    ("A $600 million loan agreement was signed between Kenya and Japan.", "Japan", "Kenya"),
    ("China lent Pakistan $1 billion.", "China", "Pakistan"),
    ("Kenya lent Tanzania $20 million.", "Kenya", "Tanzania"),
    ("Pakistan lent $200 million to China.", "Pakistan", "China"),
    ("Kenya borrowed $20 million from Tanzania.", "Tanzania", "Kenya"),
    ("China borrowed $300 million from the World Bank.", "World Bank", "China"),
    ("Saudi Arabia extended a $3 billion loan to Egypt.", "Saudi Arabia", "Egypt"),
    ("Nepal asked the Asian Development Bank for a loan of $100 million.", "Asian Development Bank", "Nepal"),
    ("The World Bank will provide $500 million to Ethiopia.", "World Bank", "Ethiopia"),
    ("Ethiopia will receive $500 million from the World Bank.", "World Bank", "Ethiopia"),
    ("Kenya gave Tanzania a grant of $5 million.", "Kenya", "Tanzania"),
    ("The United Arab Emirates deposited $2 billion with Pakistan.", "United Arab Emirates", "Pakistan"),
    ("Senegal sought $120 million from France on Thursday.", "France", "Senegal"),
    ("A $90 million loan to Malawi was approved by the World Bank.", "World Bank", "Malawi"),
]  # fmt: skip


def flow_in(record: Record) -> tuple[str, str, str]:
    """Instrument, provider and recipient of the first flow."""
    found = next(commitment.flow for commitment in record.commitments if commitment.flow)
    names = {actor.id: actor.name for actor in record.actors}
    provider, recipient = (", ".join(names[actor] for actor in side) for side in (found.provider, found.recipient))
    return found.instrument, provider, recipient


@pytest.mark.parametrize(("text", "instrument", "provider", "recipient"), STATED)
def test_money_goes_from_whoever_has_it_to_whoever_gets_it(
    nlp: Language, text: str, instrument: str, provider: str, recipient: str
) -> None:
    assert flow_in(extract(make_article(text), nlp)) == (instrument, provider, recipient)


@pytest.mark.parametrize(("text", "provider", "recipient"), BETWEEN)
def test_between_two_the_one_that_usually_lends_provides(
    nlp: Language, text: str, provider: str, recipient: str
) -> None:
    assert flow_in(extract(make_article(text), nlp))[1:] == (provider, recipient)


@pytest.mark.parametrize(
    ("text", "trigger", "instrument", "provider"),
    [
        ("China rolled over $4 billion of deposits in Pakistan.", "rolled over", "rollover", "China"),
        ("China rolled over deposits of $4 billion in Pakistan.", "rolled over", "rollover", "China"),
        ("Deposits of $4 billion in Pakistan were rolled over by China.", "were rolled over", "rollover", "China"),
        ("China wrote off $100 million of Zambia's debt.", "wrote off", "rollover", "China"),
        ("Debt of $100 million owed by Zambia was written off by China.", "was written off", "rollover", "China"),
        ("Japan wrote down $80 million of Laos's debt.", "wrote down", "rollover", "Japan"),
        ("Ghana paid back $500 million to the World Bank.", "paid back", "repayment", "Ghana"),
        ("The $500 million loan was paid back by Ghana.", "was paid back", "repayment", "Ghana"),
        ("Kenya paid off a $300 million loan from China.", "paid off", "repayment", "Kenya"),
        ("Nepal set aside $30 million for schools.", "set aside", "budget", "Nepal"),
        ("An amount of $30 million was set aside for schools by Nepal.", "was set aside", "budget", "Nepal"),
        # the particle apart
        ("China rolled $4 billion of deposits in Pakistan over.", "rolled", None, "China"),
        ("China wrote $100 million of Zambia's debt off.", "wrote", None, "China"),
        ("Nepal set $30 million aside for schools.", "set", "budget", "Nepal"),
    ],
)
def test_a_verb_with_a_particle_moves_money(
    nlp: Language, text: str, trigger: str, instrument: str | None, provider: str
) -> None:
    record = extract(make_article(text), nlp)
    assert [(one.kind, one.trigger.text) for one in record.commitments] == [("finance", trigger)]
    found = flow_in(record)
    assert (instrument or found[0], found[1]) == (found[0], provider)


@pytest.mark.parametrize(
    "text",
    [
        "The Export-Import Bank of China rescheduled $2 billion of debt of Pakistan.",
        "China Exim Bank and the Ministry of Transport rescheduled $600 million of debt.",
    ],
)
def test_a_rollover_is_work_on_debt_whoever_signs_it(nlp: Language, text: str) -> None:
    assert [one.sectors for one in extract(make_article(text), nlp).commitments] == [["600"]]


def has_money(commitment: Commitment) -> bool:
    return commitment.kind == "finance" or bool(commitment.amounts)


def test_every_commitment_with_money_has_a_flow_and_no_other(nlp: Language, bundled_article: str) -> None:
    text = f"{bundled_article}\nKenya will build a school. China will lend Kenya $5 million."
    found = extract(make_article(text), nlp).commitments
    assert {has_money(commitment) for commitment in found} == {True, False}
    assert all((commitment.flow is not None) == has_money(commitment) for commitment in found)
    flows = [commitment.flow for commitment in found if commitment.flow]
    assert all(not set(flow.provider) & set(flow.recipient) for flow in flows)


def test_a_long_list_of_sums_takes_no_longer_a_sum(nlp: Language) -> None:
    def seconds(times: int) -> float:
        article = make_article("The budget gives " + "Rs5 million to Kenya, Rs7 million to Nepal, " * times + ".")
        began = time.perf_counter()
        extract(article, nlp)
        return time.perf_counter() - began

    seconds(5)
    assert seconds(160) < 9 * max(seconds(40), 0.02)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        (
            "a loan at an interest rate of 2 percent, with a maturity of 25 years and a grace period of five years",
            {"interest": "2 percent", "maturity": "25 years", "grace": "five years"},
        ),
        ("a 10-year loan at 0.9 percent below KIBOR", {"interest": "0.9 percent below KIBOR", "maturity": "10-year"}),
        ("an interest-free loan of $5 million", {"interest": "interest-free"}),
        ("a concessional loan of $5 million", {"interest": "concessional"}),
        ("a concessional loan at an interest rate of 2 percent", {"interest": "2 percent"}),
        ("a loan with a seven-year grace period", {"grace": "seven-year"}),
        ("the deposit was rolled over for two years", {"maturity": "two years"}),
        ("a loan for a road that took three years", {}),
        ("growth of 5 percent in two years", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_terms_are_quoted_where_they_are_stated(text: str, terms: dict[str, str]) -> None:
    assert terms_of(text) == terms


def test_both_profiles_have_weights_and_the_stage_takes_them_along(tmp_path: Path) -> None:
    for profile in ("default", "fast"):
        parties = read_flow_weights(Settings().models / profile).parties
        assert {PROVIDER, RECIPIENT} <= parties.thresholds.keys()
    Commitments(Settings().models).to_disk(tmp_path)
    (tmp_path / "fast" / "flow_parties.json.xz").unlink()
    with pytest.raises(SetupError, match=r"flow_parties\.json"):
        Commitments(tmp_path).from_disk(tmp_path)
