"""The entities stage: each label on sentences like those of the press, and the rule that settles conflicts."""

import re
from itertools import pairwise
from typing import cast

import pytest
from spacy.language import Language

from pipeline.record import Article, Label
from pipeline.stages.document.doc import Mention
from pipeline.stages.entities.candidates import SpanCandidate, settle
from pipeline.stages.entities.corrections import trimmed, with_labels_of_long_forms, with_whole_brackets
from pipeline.stages.entities.finders import find_long
from pipeline.stages.entities.selection import Proposal, weighed
from pipeline.stages.models.linear import ANY, Weights
from pipeline.values.money import find_money


def found(nlp: Language, text: str) -> list[tuple[str, str]]:
    return [(m.label, text[m.start : m.end]) for m in nlp(text)._.mentions]


CASES = [
    ("Pakistan and China met in Vienna.", [("COUNTRY", "Pakistan"), ("COUNTRY", "China"), ("PLACE", "Vienna")]),
    ("Pak, US officials met.", [("COUNTRY", "Pak"), ("COUNTRY", "US")]),
    ("Kenyan and Chinese engineers surveyed the route.", [("NORP", "Kenyan"), ("NORP", "Chinese")]),
    ("The Kuwaiti government will fund it.", [("NORP", "Kuwaiti")]),
    ("The Sindh government released the funds.", [("ORG", "Sindh government")]),
    ("It lent $250 million, Rs3.45tr and RMB 250 billion.", [
        ("MONEY", "$250 million"), ("MONEY", "Rs3.45tr"), ("MONEY", "RMB 250 billion")]),
    ("The line of 1,733 km opens by 2028.", [("QUANTITY", "1,733 km"), ("DATE", "2028")]),
    ("The Asian Development Bank (ADB) approved it on Friday.", [
        ("ORG", "Asian Development Bank"), ("ORG", "ADB"), ("DATE", "Friday")]),
    ("The Ministry of Planning, Development and Special Initiatives objected.", [
        ("ORG", "Ministry of Planning, Development and Special Initiatives")]),
    ("CPEC is part of the Belt and Road Initiative.", [
        ("PROGRAMME", "CPEC"), ("PROGRAMME", "Belt and Road Initiative")]),
    ("They signed two MoUs and a memorandum of understanding.", [
        ("AGREEMENT", "MoUs"), ("AGREEMENT", "memorandum of understanding")]),
    ("Tajikistan will build the Rogun Dam.", [("COUNTRY", "Tajikistan"), ("PROJECT", "Rogun Dam")]),
    ("Madrid, 5 May (EFE).- Spain will lend Peru $5 million.", [("DATE", "5 May"), ("ORG", "EFE")]),
    ("PRAGUE (CTK) - The Czech government approved a grant.", [("PLACE", "PRAGUE"), ("ORG", "CTK")]),
    ("Dr. Hamid Karimov chaired the board. According to Karimov, work goes on.", [
        ("PERSON", "Hamid Karimov"), ("PERSON", "Karimov")]),
    ("Germany gave 120m€ Kenya said.", [("COUNTRY", "Germany"), ("MONEY", "120m€"), ("COUNTRY", "Kenya")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_labels(nlp: Language, text: str, expected: list[tuple[str, str]]) -> None:
    assert [m for m in found(nlp, text) if m in expected] == expected


ROLES = [
    ("Finance Minister Maria Okello signed.", "Finance Minister"),
    ("Sindh Chief Minister Ali Raza spoke.", "Sindh Chief Minister"),
    ("Federal Minister for Planning, Development and Special Initiatives Sara Malik spoke.",
     "Federal Minister for Planning, Development and Special Initiatives"),
    ("Minister of State for Railways Sara Malik spoke.", "Minister of State for Railways"),
    ("He met the Chinese Ambassador to Pakistan.", "Chinese Ambassador to Pakistan"),
    ("The Acting Governor of Sindh agreed.", "Acting Governor of Sindh"),
    ("Prime Minister Jan Novak left.", "Prime Minister"),
    ("Sara Malik, the bank's Country Manager for Kenya, Rwanda, Somalia and Uganda, spoke.",
     "Country Manager for Kenya, Rwanda, Somalia and Uganda"),
    ("The Minister of Trade, Tourism, and Labour, Sara Malik, spoke.", "Minister of Trade, Tourism, and Labour"),
    ("The Deputy Head of Mission left.", "Deputy Head of Mission"),
    ("The Federal Board of Revenue (FBR) Chairman Hamid Karimov left.", "Federal Board of Revenue (FBR) Chairman"),
    ("The University of Nairobi Vice Chancellor Sara Malik left.", "University of Nairobi Vice Chancellor"),
    ("A Ministry of Finance spokesman left.", "Ministry of Finance spokesman"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "role"), ROLES)
def test_roles_end_before_the_name(nlp: Language, text: str, role: str) -> None:
    assert ("ROLE", role) in found(nlp, text)


def test_a_bare_minister_is_no_role(nlp: Language) -> None:
    assert not [m for m in found(nlp, "Later the minister left the hall.") if m[0] == "ROLE"]


def test_values_stand_on_mentions(nlp: Language) -> None:
    mentions = {m.label: m for m in nlp("China lent up to $700m in 2024.")._.mentions}
    assert mentions["COUNTRY"].value == "CHN"
    money = mentions["MONEY"].value
    assert (money.value, money.high, money.currency) == (700_000_000, 700_000_000, "USD")  # type: ignore[union-attr]
    assert mentions["DATE"].value.iso == "2024"  # type: ignore[union-attr]


EDGES = [
    ("PROJECT", "Lot Two and", "Lot Two"),
    ("PROJECT", "bridge from the", "bridge"),
    ("PROJECT", "-long link from", "long link"),
    ("PROJECT", "of hydropower projects", "hydropower projects"),
    ("PROGRAMME", "Seti Lake \u2013", "Seti Lake"),
    ("EVENT", "visit to", "visit"),
    ("ROLE", "ambassador in", "ambassador"),
    ("PROJECT", "road (phase II)", "road (phase II)"),
    ("PROJECT", "and", "and"),
    ("DATE", "a year from", "a year from"),
    ("PERSON", "To Lam", "To Lam"),
]


@pytest.mark.parametrize(("label", "words", "name"), EDGES)
def test_little_words_are_no_edge_of_a_name(label: Label, words: str, name: str) -> None:
    start, end = trimmed(f"the {words} again", 4, 4 + len(words), label)
    assert f"the {words} again"[start:end] == name


BRACKETS = [
    ("The Ministry of Energy (Power Division) paid.", ["Ministry of Energy (Power Division"],
     ["Ministry of Energy (Power Division)"]),
    ("The Regional Highway Fund (RHF) paid.", ["Regional Highway Fund (RHF"], ["Regional Highway Fund", "RHF"]),
    ("The Bus Rapid Transit (BRT) Kisumu paid.", ["Bus Rapid Transit", "BRT) Kisumu"],
     ["Bus Rapid Transit (BRT) Kisumu"]),
    ("The Dairy Board (DB) paid.", ["Dairy Board", "DB"], ["Dairy Board", "DB"]),
    ("The Dairy Board (Kisumu, Nakuru) paid.", ["Dairy Board (Kisumu"], ["Dairy Board (Kisumu"]),
    ("The Dairy Board (Kisumu) paid.", ["Dairy Board (Kisumu)"], ["Dairy Board (Kisumu)"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "names", "mended"), BRACKETS)
def test_a_name_has_both_its_brackets(text: str, names: list[str], mended: list[str]) -> None:
    mentions = [Mention("ORG", start := text.index(name), start + len(name), 0) for name in names]
    assert [text[m.start : m.end] for m in with_whole_brackets(text, mentions)] == mended


@pytest.mark.parametrize(
    ("marked", "labels"),
    [
        ("The [ORG National Road Board] ([PROGRAMME NRB]) met. [PLACE NRB] paid.", "ORG ORG ORG"),
        ("The [PROGRAMME Blue Coast Plan] ([ORG BCP]) began; [ORG BCP] is late.", "PROGRAMME PROGRAMME PROGRAMME"),
        ("[PERSON Asma Rauf] ([ORG AR]) left.", "PERSON ORG"),  # no name of a thing
        ("The [ORG National Road Board] ([PROGRAMME Alpha]) met.", "ORG PROGRAMME"),  # no acronym of it
        ("[PROGRAMME NRB] began. The [ORG National Road Board], [PROGRAMME NRB]", "PROGRAMME ORG PROGRAMME"),
    ],
)
def test_an_acronym_has_the_label_of_its_long_form(marked: str, labels: str) -> None:
    text, mentions = unmarked(marked)
    assert " ".join(mention.label for mention in with_labels_of_long_forms(text, mentions)) == labels


def unmarked(marked: str) -> tuple[str, list[Mention]]:
    """The text and mentions of "[ORG Senate] met"."""
    text, mentions = "", list[Mention]()
    for piece in re.split(r"(\[[A-Z]+ [^\]]+\])", marked):
        label, _, name = piece.strip("[]").partition(" ") if piece.startswith("[") else ("", "", piece)
        if label:
            mentions.append(Mention(cast(Label, label), len(text), len(text) + len(name), 0))
        text += name
    return text, mentions


# By the day of the article, a Thursday in the first: which Friday, January or August the verb above a date means.
DATES = {
    "2025-09-25": [
        ("The port will open on Friday.", "2025-09-26"),
        ("The port opened on Friday.", "2025-09-19"),
        ("He said that the port would open on Friday.", "2025-09-26"),
        ("The bank has agreed to pay on Friday.", "2025-09-26"),
        ("The launch is scheduled for Friday.", "2025-09-26"),
        ("The council sent a crew to clear the canal on Friday.", "2025-09-19"),
        ("The summit opens on Friday.", "2025-09-26"),
        ("The plan follows a storm on Friday.", "2025-09-19"),
        ("The ferry did not sail on Friday.", "2025-09-19"),
        ("They have been on strike since Friday.", "2025-09-19"),
        ("The president is visiting Nepal on Friday.", "2025-09-26"),
        ("Talks on Friday.", "2025-09-19"),
        ("The vote was postponed until Friday.", "2025-09-26"),
        ("The council sat until Friday.", "2025-09-19"),
    ],
    "2025-11-20": [
        ("Lesotho signed the pact in January.", "2025-01"),
        ("In January, Lesotho had cancelled the pact.", "2025-01"),
        ("Lesotho has been without a bridge since January.", "2025-01"),
        ("A pact signed in January binds Lesotho.", "2025-01"),
        ("Between January and October, Lesotho built the bridge.", "2025-01"),
        ("Lesotho will sign the pact in January.", "2026-01"),
        ("The pact is expected in January.", "2026-01"),
        ("The pact was expected to be signed in January.", "2026-01"),
        ("Lesotho postponed the talks to January.", "2026-01"),
        ("Lesotho approved a bridge due in January.", "2026-01"),
        ("Lesotho proposed talks in January.", "2026-01"),
        ("Lesotho had repaid the loan by the end of the year.", "2024-12"),
        ("Lesotho agreed to repay the loan by the end of the year.", "2025-12"),
    ],
    "2025-09-10": [
        ("Work on the dam will begin in August.", "2026-08"),
        ("The dam is due in August.", "2026-08"),
        ("The dam was due in August.", "2025-08"),
        ("The ministry promised to pay the builders by August.", "2026-08"),
        ("The ministry has to repay the loan by July and August.", "2026-07"),
        ("The builders had been paid by August.", "2025-08"),
        ("The builders received the money in November.", "2024-11"),
        ("The minister will visit Oslo after talks in August.", "2025-08"),
        ("The fund will grow after the gift of Norway in August.", "2025-08"),
    ],
}


@pytest.mark.parametrize(("today", "text", "iso"), [(day, *row) for day, rows in DATES.items() for row in rows])
def test_the_verb_above_says_whether_a_date_is_ahead(nlp: Language, today: str, text: str, iso: str) -> None:
    doc = nlp.make_doc(text)
    doc._.article = Article(id="x", sha256="0" * 64, text=text, date=today)
    dates = [m for m in nlp(doc)._.mentions if m.label == "DATE"]
    assert dates[0].value.iso == iso  # type: ignore[union-attr]


def test_the_longest_proposal_stands_then_the_earlier_finder() -> None:
    country = SpanCandidate("COUNTRY", 0, 5, "lexicon")
    corridor = SpanCandidate("PROGRAMME", 0, 30, "heads")
    role, org = SpanCandidate("ROLE", 40, 50, "roles"), SpanCandidate("ORG", 40, 50, "model")
    assert settle([org, country, role, corridor]) == [corridor, role]


@pytest.mark.parametrize(
    ("text", "part", "stands"),
    [("It cost NRs. 4 billion.", "4 billion", False), ("It cost 4 billion.", "4 billion", True)],
)
def test_an_amount_stands_with_its_sign(text: str, part: str, stands: bool) -> None:
    proposed = [Proposal("MONEY", start, end, {"amounts"}) for start, end in find_money(text)]
    at = text.index(part)
    proposed.append(Proposal("MONEY", at, at + len(part), {"model"}))
    sure = Weights({ANY: {"by model": 3.0}}, 1.0)
    assert (part in [text[p.start : p.end] for _, p in weighed(text, proposed, sure, None)]) is stands


def test_mentions_never_overlap(nlp: Language, bundled_article: str) -> None:
    mentions = nlp(bundled_article)._.mentions
    assert mentions
    assert all(a.end <= b.start for a, b in pairwise(mentions))


def test_a_long_name_is_proposed_whole(nlp: Language) -> None:
    name = "dualisation of the 45-kilometre road from Mardan to Swabi"
    doc = nlp(f"The cabinet approved Rs4 billion for the {name} on Tuesday.")
    assert ("PROJECT", name) in [(c.label, doc.text[c.start : c.end]) for c in find_long(doc)]
    assert list(find_long(nlp.make_doc("No encoder has read this."))) == []
