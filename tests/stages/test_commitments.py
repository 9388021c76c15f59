"""Commitments in sentences whose names are given: kind, status, parties, projects and amounts."""

import datetime
import re
from pathlib import Path

import pytest
from spacy.language import Language
from spacy.tokens import Doc

from pipeline.gold.folder import read_gold
from pipeline.record import Article, Label
from pipeline.settings import Settings
from pipeline.stages.commitments.slots import SlotCandidate, filled
from pipeline.stages.commitments.stage import Commitments
from pipeline.stages.document.doc import Commitment, Entity, Mention, SentenceIndex
from pipeline.stages.entities.finders import value_of
from pipeline.stages.models.linear import ANY, Weights
from pipeline.train.gold import write_entities, write_mentions

commitments = Commitments(Settings().models)

BODIES = {
    "country": ["Nepal", "India", "Kenya"],
    "bank": ["Asian Development Bank"],
    "multilateral": ["World Bank"],
    "government": ["Ministry of Health", "Senate Committee on Railways"],
    "person": ["Anita Rai"],
    "company": ["Delta Rail", "Himal Steel"],
    None: ["Karnali Bridge", "Seti Dam", "Koshi Highway"],
}
KINDS = {name: kind for kind, names in BODIES.items() for name in names}
BOTH = {"Nepal", "India"}
LABELS = {None: "PROJECT", "country": "COUNTRY", "person": "PERSON"}


def read(nlp: Language, text: str, *others: tuple[Label, str], date: str | None = "2025-06-12") -> Doc:
    """A Doc whose names are known; `others` are (label, text) of amounts, dates and agreements."""
    doc = nlp(text)
    doc._.article = Article(id="x", sha256="0" * 64, text=text, date=date)
    sentence_of, entities = SentenceIndex(doc), {}
    found = []
    for name, kind in KINDS.items():
        for start in _starts(text, name):
            entity = entities.setdefault(name, Entity(name, kind, country=None))
            label = LABELS.get(kind, "ORG")
            found.append(Mention(label, start, start + len(name), sentence_of(start), entity=entity))
    for label, words in others:
        spans = [(at, at + len(words)) for at in _starts(text, words)]
        found += [Mention(label, a, b, sentence_of(a), value=value_of(doc, label, a, b)) for a, b in spans]
    doc._.mentions = sorted(found, key=lambda mention: mention.start)
    doc._.entities = list(entities.values())
    return doc


def _starts(text: str, words: str) -> list[int]:
    return [at for at in range(len(text)) if text.startswith(words, at)]


def found_in(doc: Doc) -> list[Commitment]:
    return commitments(doc)._.commitments


def names(entities: list[Entity]) -> set[str]:
    return {entity.name for entity in entities}


@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        ("Nepal will formally launch the Seti Dam.", "will formally launch"),
        ("The World Bank agreed to provide a loan to Nepal.", "agreed to provide"),
        ("Funds have been allocated by Nepal for the Seti Dam.", "have been allocated"),
        ("India reaffirmed its commitment to building the Seti Dam.", "reaffirmed its commitment to building"),
        ("Anita Rai directed Delta Rail to build the Seti Dam.", "directed"),
    ],
)
def test_trigger_is_the_whole_group_of_words(nlp_base: Language, text: str, trigger: str) -> None:
    assert [text[one.trigger_start : one.trigger_end] for one in found_in(read(nlp_base, text))] == [trigger]


@pytest.mark.parametrize(
    ("text", "kind", "status", "by", "to", "projects"),
    [
        (
            "The Asian Development Bank has approved a loan of $90 million to Nepal for the Karnali Bridge.",
            "finance", "agreed", {"Asian Development Bank"}, {"Nepal"}, {"Karnali Bridge"},
        ),
        (
            "A loan of $90 million was approved by the World Bank for the Seti Dam.",
            "finance", "agreed", {"World Bank"}, set(), {"Seti Dam"},
        ),
        ("Nepal and India signed a memorandum of understanding.", "agreement", "agreed", BOTH, set(), set()),
        ("Nepal signed a memorandum of understanding with India.", "agreement", "agreed", BOTH, set(), set()),
        (
            "Nepal will launch the Karnali Bridge in July.",
            "delivery", "pledged", {"Nepal"}, set(), {"Karnali Bridge"},
        ),
        (
            "Himal Steel, which built the Seti Dam, is expanding.",
            "delivery", "completed", {"Himal Steel"}, set(), {"Seti Dam"},
        ),
    ],
)  # fmt: skip
def test_who_does_what_to_whom(
    nlp_base: Language, text: str, kind: str, status: str, by: set[str], to: set[str], projects: set[str]
) -> None:
    doc = read(nlp_base, text, ("MONEY", "$90 million"), ("AGREEMENT", "memorandum of understanding"))
    found = [c for c in found_in(doc) if c.kind == kind]
    assert found, [(c.kind, doc.text[c.trigger_start : c.trigger_end]) for c in found_in(doc)]
    assert found[0].status == status
    assert (names(found[0].by), names(found[0].to), names(found[0].projects)) == (by, to, projects)


def test_amounts_are_read(nlp_base: Language) -> None:
    doc = read(nlp_base, "The World Bank has approved $90 million for Kenya.", ("MONEY", "$90 million"))
    [found] = found_in(doc)
    assert [(a.text, a.value, a.currency) for a in found.amounts] == [("$90 million", 90_000_000, "USD")]


def test_a_price_is_no_amount_of_a_commitment(nlp_base: Language) -> None:
    text = "Nepal will buy cement from Himal Steel for $80 a tonne."
    found = found_in(read(nlp_base, text, ("MONEY", "$80")))
    assert [commitment.amounts for commitment in found] == [[]]


DENIED = [
    ("The World Bank denied that Nepal had agreed to lend $90 million to Kenya.", True),
    ("The World Bank said that it had agreed to lend Kenya $90 million.", False),
]


@pytest.mark.parametrize(("text", "negated"), DENIED)
def test_what_is_denied_around_it_is_negated(nlp_base: Language, text: str, negated: bool) -> None:
    found = found_in(read(nlp_base, text))
    assert found and [c.negated for c in found] == [negated] * len(found)


def test_each_amount_of_a_list_is_a_commitment(nlp_base: Language) -> None:
    text = "Nepal allocated Rs3 billion to the Seti Dam, Rs2 billion to the Koshi Highway, Rs1 billion to schools."
    doc = read(nlp_base, text, *(("MONEY", f"Rs{n} billion") for n in (1, 2, 3)))
    found = found_in(doc)
    assert [([a.value for a in c.amounts], names(c.projects)) for c in found][:2] == [
        ([3e9], {"Seti Dam"}),
        ([2e9], {"Koshi Highway"}),
    ]
    assert len(found) == 3
    assert all(names(c.by) == {"Nepal"} for c in found)


def test_a_common_party_is_one_of_each_amount(nlp_base: Language) -> None:
    text = "The World Bank will lend Nepal $1 million for the Karnali Bridge and $2 million for the Seti Dam."
    found = found_in(read(nlp_base, text, ("MONEY", "$1 million"), ("MONEY", "$2 million")))
    assert [(names(c.by), names(c.to), names(c.projects)) for c in found] == [
        ({"World Bank"}, {"Nepal"}, {project}) for project in ("Karnali Bridge", "Seti Dam")
    ]


STATUSES = [
    ("None of the loan for the Seti Dam has been disbursed by India.", "stalled"),
    ("Neither Nepal nor India has funded the Seti Dam.", "stalled"),
    ("No funds have been released by Kenya for the Seti Dam.", "stalled"),
    ("India will no longer fund the Seti Dam.", "cancelled"),
    ("India has funded the Seti Dam, and not the Koshi Highway.", "completed"),
    ("India has not only funded the Seti Dam but praised it.", "completed"),
    ("Anita Rai directed Himal Steel to complete the Seti Dam.", "agreed"),
    ("The Senate Committee on Railways directed Himal Steel to complete the Seti Dam.", "proposed"),  # can only ask
]


@pytest.mark.parametrize(("text", "status"), STATUSES)
def test_what_is_not_done_is_not_completed(nlp_base: Language, text: str, status: str) -> None:
    found = found_in(read(nlp_base, text, ("MONEY", "$90 million")))
    assert [(c.status, c.negated) for c in found] == [(status, False)]


SUMS = [
    ("Kenya allocated $38 million for dams, including $10 million from lenders.", [38]),
    ("Kenya allocated $38 million for dams, including $10 million for pipes and $9 million for pumps.", [38, 10, 9]),
    ("Kenya raised the budget for dams from $28 million to $35 million.", [35]),
    ("Kenya raised the budget for dams to $35 million from about $28 million last year.", [35]),
    ("Kenya allocated $35 million for dams, down sharply from the $60 million of last year.", [35]),
    ("Kenya has received $5 million out of the $44 million that it sought.", [5]),
    ("Of this $90 million, Kenya allocated $60 million for schools and $30 million for clinics.", [60, 30]),
    ("Kenya allocated sums of $60 million for schools and $30 million for clinics.", [60, 30]),
    ("Kenya allocated $49 million for dams with a surplus of $9 million.", [49]),
    ("Kenya allocated $650 million for dams against a $700 million target.", [650]),
    ("Kenya raised $772 million in bonds, beating its $650 million target.", [772]),
    ("Kenya disbursed $28 million of its $35 million package for dams.", [28]),
    ("Kenya approved $28 million as part of a $35 million package for dams.", [28]),
    ("Kenya approved a $28 million loan for the $35 million Seti Dam.", [28]),
    ("Kenya approved loans of $28 million for dams and of $35 million for canals.", [28, 35]),
    ("Kenya allocated $268 million ($290 million) to the Seti Dam.", [268]),
    ("Kenya allocated more than $26 million for schools and more than $14 million for clinics.", [26, 14]),
    ("Kenya allocated money for dams ($26 million), canals ($14 million) and wells ($2 million).", [26, 14, 2]),
]


@pytest.mark.parametrize(("text", "millions"), SUMS)
def test_a_sum_beside_another_is_no_commitment(nlp_base: Language, text: str, millions: list[int]) -> None:
    sums = sorted(set(re.findall(r"\$\d+ million", text)))
    found = found_in(read(nlp_base, text, *(("MONEY", words) for words in sums)))
    assert [a.value / 1e6 for c in found for a in c.amounts] == millions


def test_an_unsaid_doer_is_the_body_that_acts_in_the_article(nlp_base: Language) -> None:
    text = "The Ministry of Health has approved the Seti Dam. Rs2 billion has been allocated for the Karnali Bridge."
    found = found_in(read(nlp_base, text, ("MONEY", "Rs2 billion")))
    assert names(found[-1].by) == {"Ministry of Health"}


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Anita Rai said Nepal will build the Karnali Bridge.", "Anita Rai"),
        ("Nepal will build the Karnali Bridge, Anita Rai said.", "Anita Rai"),
        ("Nepal will build the Karnali Bridge, according to Anita Rai.", "Anita Rai"),
        ("Nepal will build the Karnali Bridge.", None),
    ],
)
def test_reported_speech_is_attributed(nlp_base: Language, text: str, speaker: str | None) -> None:
    assert [c.attributed_to and c.attributed_to.name for c in found_in(read(nlp_base, text))] == [speaker]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("Nepal will launch the Karnali Bridge on Friday.", "2025-06-13"),
        ("Nepal launched the Karnali Bridge on Friday.", "2025-06-06"),
    ],
)
def test_a_weekday_lies_ahead_or_behind_with_the_tense(nlp_base: Language, text: str, iso: str) -> None:
    assert datetime.date(2025, 6, 12).weekday() == 3
    found = found_in(read(nlp_base, text, ("DATE", "Friday")))
    assert [date.iso for c in found for date in c.dates] == [iso]


@pytest.mark.parametrize(
    "text",
    [
        "The weather was pleasant on Monday.",
        "Exports of rice rose by 4 per cent last year.",
        "Anita Rai said the river is very old.",
        "",
    ],
)
def test_statistics_opinions_and_nothing_commit_nobody(nlp_base: Language, text: str) -> None:
    assert found_in(read(nlp_base, text)) == []


LENDER, NATION, ENVOY = Entity("Nordbank", "bank"), Entity("Kenya", "country"), Entity("Lena Otieno", "person")
ACTORS = {entity.name: entity for entity in (LENDER, NATION, ENVOY)}


@pytest.mark.parametrize(
    ("claims", "accept", "slots"),
    [
        ({"by Nordbank": 2.0, "to Kenya": 1.0}, 1.0, {"by": ["Nordbank"], "to": ["Kenya"]}),
        ({"by Nordbank": 2.0, "to Nordbank": 1.0}, 1.0, {"by": ["Nordbank"]}),  # one role, the likeliest
        ({"by Nordbank": 1.0, "to Nordbank": 2.0, "by Kenya": 0.5}, 1.0, {"by": ["Kenya"], "to": ["Nordbank"]}),
        ({"by Kenya": 2.0, "attributed_to Kenya": 1.0}, 1.0, {"by": ["Kenya"], "attributed_to": ["Kenya"]}),
        ({"by Nordbank": 2.0, "to Kenya": 1.0}, 0.6, {"by": ["Nordbank"]}),  # at most as likely as the commitment
        ({"by Nordbank": -9.0, "by Kenya": -9.5}, 1.0, {"by": ["Nordbank"]}),  # somebody does it
        ({"by Nordbank": -1.0, "to Nordbank": 2.0, "by Kenya": -9.0}, 1.0, {"by": ["Kenya"], "to": ["Nordbank"]}),
        ({}, 1.0, {}),
    ],
)
def test_slots_are_filled_by_the_likeliest(
    claims: dict[str, float], accept: float, slots: dict[str, list[str]]
) -> None:
    scores = {name.partition(" ")[::2]: odds for name, odds in claims.items()}
    weights = Weights({ANY: {f"{odds}": odds for odds in claims.values()}}, 0.0, {ANY: 0.5})
    found = filled(
        [SlotCandidate(role, ACTORS[name], [f"{odds}"]) for (role, name), odds in scores.items()], weights, accept
    )
    assert {role: [filler.name for filler in fillers] for role, fillers in found.fillers.items() if fillers} == slots


def test_sentences_that_state_a_commitment_yield_one(nlp_base: Language, corpus: Path) -> None:
    """Given gold names, on every twentieth annotated article."""
    stated = hit = 0
    for gold in read_gold(corpus)[::20]:
        doc = nlp_base(gold.article.text)
        write_entities(write_mentions(doc, gold), gold)
        spans = [(s.start_char, s.end_char) for s in doc.sents if s.text.strip()]
        evidence = [spans[n] for c in found_in(doc) for n in c.sentences]
        for commitment in gold.commitments:
            start, end = commitment.evidence[0].start, commitment.evidence[0].end
            stated += 1
            hit += any(a < end and start < b for a, b in evidence)
    assert hit / stated > 0.65
