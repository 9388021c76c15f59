"""The entities stage: each label on sentences like those of the press, and the rule that settles conflicts."""

import re
from itertools import pairwise
from typing import cast

import pytest
from spacy.language import Language

from pipeline.record import Article, Label
from pipeline.stages.document.doc import Mention
from pipeline.stages.entities.candidates import SpanCandidate, settle
from pipeline.stages.entities.corrections import (
    trimmed,
    with_labels_of_long_forms,
    with_whole_brackets,
)
from pipeline.stages.entities.finders import find_long
from pipeline.stages.entities.patterns import find_offices_of_bodies
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
]  # fmt: skip


@pytest.mark.parametrize(("text", "role"), ROLES)
def test_roles_end_before_the_name(nlp: Language, text: str, role: str) -> None:
    assert ("ROLE", role) in found(nlp, text)


OFFICES = [
    ("The [Federal Board of Revenue] (FBR) Chairman [] Hamid Karimov left.", "Federal Board of Revenue (FBR) Chairman"),
    ("The [University of Tana] Vice Chancellor [] Sara Malik left.", "University of Tana Vice Chancellor"),
    ("[Nordbank] co-founder [] Sara Malik left.", "Nordbank co-founder"),
    ("The former [Solarex Corp] chief executive [] left.", "former Solarex Corp chief executive"),
    ("A [Ministry of Finance spokesman] Ali Raza left.", "Ministry of Finance spokesman"),
    ("The [Tana Chairman Ali Raza Lamu Port Authority] chairman [] left.", None),
    ("The [Council of Ministers] met.", None),
]  # fmt: skip


@pytest.mark.parametrize(("marked", "office"), OFFICES)
def test_an_office_right_behind_a_body_is_proposed_with_it(nlp_base: Language, marked: str, office: str | None) -> None:
    begin, text = marked.index("["), marked.replace("[] ", "").replace("[", "").replace("]", "")
    body = SpanCandidate("ORG", begin, marked.index("]") - 1, "model")
    found = [text[c.start : c.end] for c in find_offices_of_bodies(nlp_base(text), [body])]
    assert found == ([office] if office else [])


def test_what_another_finder_takes_for_the_office_is_proposed_with_the_body_too(nlp_base: Language) -> None:
    text = "Nordbank Deputy Head of Trading Ali Raza left."
    seen = [SpanCandidate("ORG", 0, 8, "model"), SpanCandidate("ROLE", 9, 31, "model")]
    found = {text[c.start : c.end] for c in find_offices_of_bodies(nlp_base(text), seen)}
    assert found == {"Nordbank Deputy Head", "Nordbank Deputy Head of Trading"}


def test_a_bare_minister_is_no_role(nlp: Language) -> None:
    assert not [m for m in found(nlp, "Later the minister left the hall.") if m[0] == "ROLE"]


def test_a_person_carries_no_title(nlp: Language) -> None:
    assert ("PERSON", "Hamid Karimov") in found(nlp, "Dr. Hamid Karimov chaired the board.")


def test_a_name_found_once_is_found_again(nlp: Language) -> None:
    text = "Hamid Karimov chaired the board. According to Karimov, work goes on."
    assert [m[1] for m in found(nlp, text) if m[0] == "PERSON"] == ["Hamid Karimov", "Karimov"]


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


def test_names_of_two_labels_stay_two() -> None:
    text = "The Prevention of Floods Act (PFA) Unit"
    mentions = [Mention("AGREEMENT", 4, 28, 0), Mention("ORG", 30, 39, 0)]
    assert with_whole_brackets(text, mentions) == mentions


# On a Thursday.
AHEAD = [
    ("The port will open on Friday.", True),
    ("The port opened on Friday.", False),
    ("He said on Friday that the port will open.", False),
    ("He said that the port would open on Friday.", True),
    ("The bank has agreed to pay on Friday.", True),
    ("The launch is scheduled for Friday.", True),
    ("The airline is set to resume flights on Friday.", True),
    ("The council sent a crew to clear the canal on Friday.", False),
    ("A truce began to take hold on Friday.", False),
    ("The summit opens on Friday.", True),
    ("The plan follows a storm on Friday.", False),
    ("Opening a dam on Friday, she praised the crew.", False),
    ("The ferry did not sail on Friday.", False),
    ("They have been on strike since Friday.", False),
    ("The order issued on Friday binds the bank.", False),
    ("The president is visiting Nepal on Friday.", True),
    ("The president was visiting Nepal on Friday.", False),
    ("Talks on Friday.", False),
    ("The vote was postponed until Friday.", True),
    ("The council adjourned until Friday.", True),
    ("The council sat until Friday.", False),
]


@pytest.mark.parametrize(("text", "ahead"), AHEAD)
def test_the_verb_above_says_which_friday(nlp: Language, text: str, ahead: bool) -> None:
    doc = nlp.make_doc(text)
    doc._.article = Article(id="x", sha256="0" * 64, text=text, date="2025-09-25")
    dates = [m for m in nlp(doc)._.mentions if m.label == "DATE"]
    assert [m.value.iso for m in dates] == ["2025-09-26" if ahead else "2025-09-19"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("Lesotho signed the pact in January.", "2025-01"),
        ("In January, Lesotho had cancelled the pact.", "2025-01"),
        ("The pact was approved by Lesotho on January 20.", "2025-01-20"),
        ("Lesotho has been without a bridge since January.", "2025-01"),
        ("A pact signed in January binds Lesotho.", "2025-01"),
        ("Between January and October, Lesotho built the bridge.", "2025-01"),
        ("Lesotho will sign the pact in January.", "2026-01"),
        ("Lesotho said the pact would be signed in January.", "2026-01"),
        ("The pact is expected in January.", "2026-01"),
        ("The pact was expected to be signed in January.", "2026-01"),
        ("Lesotho postponed the talks to January.", "2026-01"),
        ("Lesotho extended the deadline until January 20.", "2026-01-20"),
        ("Lesotho approved a bridge due in January.", "2026-01"),
        ("Lesotho proposed talks in January.", "2026-01"),
        ("Lesotho had repaid the loan by the end of the year.", "2024-12"),
        ("Lesotho agreed to repay the loan by the end of the year.", "2025-12"),
    ],
)
def test_a_month_of_what_was_done_is_not_ahead(nlp: Language, text: str, iso: str) -> None:
    doc = nlp.make_doc(text)
    doc._.article = Article(id="x", sha256="0" * 64, text=text, date="2025-11-20")
    dates = [m for m in nlp(doc)._.mentions if m.label == "DATE"]
    assert dates[0].value.iso == iso  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("Work on the dam will begin in August.", "2026-08"),
        ("The firm said that work would begin in August.", "2026-08"),
        ("The dam is expected to open in August.", "2026-08"),
        ("The dam is due in August.", "2026-08"),
        ("The dam was due in August.", "2025-08"),
        ("The ministry promised to pay the builders by August.", "2026-08"),
        ("The ministry has to repay the loan by July and August.", "2026-07"),
        ("The minister left with a draft pact, to be signed in August.", "2026-08"),
        ("The builders had been paid by August.", "2025-08"),
        ("The builders were paid by August.", "2025-08"),
        ("The dam opened in August.", "2025-08"),
        ("The builders received the money in November.", "2024-11"),
        ("The minister will visit Oslo after talks in August.", "2025-08"),
        ("The fund will grow after the gift of Norway in August.", "2025-08"),
    ],
)
def test_a_month_before_that_of_the_article_is_next_years_if_it_is_to_come(nlp: Language, text: str, iso: str) -> None:
    doc = nlp.make_doc(text)
    doc._.article = Article(id="x", sha256="0" * 64, text=text, date="2025-09-10")
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


LONG = [
    ("The cabinet approved Rs4 billion for the dualisation of the 45-kilometre road from Mardan to Swabi on Tuesday.",
     "dualisation of the 45-kilometre road from Mardan to Swabi"),
    ("The district government will build a second carriageway along the canal bank in Okara. Work starts in May.",
     "second carriageway along the canal bank in Okara"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), LONG)
def test_a_long_name_is_proposed_whole(nlp: Language, text: str, name: str) -> None:
    assert ("PROJECT", name) in [(c.label, text[c.start : c.end]) for c in find_long(nlp(text))]


def test_where_nothing_may_be_a_long_name_none_is_proposed(nlp: Language) -> None:
    assert list(find_long(nlp("It rained in Lahore on Tuesday. Nobody was hurt."))) == []
    assert list(find_long(nlp.make_doc("No encoder has read this."))) == []
