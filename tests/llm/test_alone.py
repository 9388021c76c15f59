"""A language model that reads alone: what it is asked, and what of its answer a record takes in any language."""

import json
from typing import Any

import pytest

from pipeline.gold.check import lost_references, problems
from pipeline.llm.alone import Alone, Whole, instructions
from pipeline.llm.bare import bare
from pipeline.llm.fuse import joined, read_fusion
from pipeline.llm.ground import COPIED, Reading
from pipeline.llm.ground_alone import ground_alone
from pipeline.llm.ledger import Budget, planned
from pipeline.llm.prompt import EXAMPLES, Broken
from pipeline.llm.prompt import instructions as second_instructions
from pipeline.llm.windows import MOST, prompts_of
from pipeline.record import Amount, Date, Record
from pipeline.settings import Settings
from pipeline.sources import make_article
from pipeline.stages.models.sectors import FOLDER, read_model

SETTINGS = Settings()
FRENCH = (
    "Conakry, mardi – La Banque de la Savane prêtera 12,5 millions d’euros à la Guinée pour la route Boké-Koundara.",
    "Aïssatou Barry, ministre des Travaux publics, a signé l’accord de prêt le 3 mars 2025.",
    "La BDS et la Guinée veulent ouvrir la route avant fin 2027.",
    "Lire aussi : le port de Kamsar attend ses grues.",
)
CHINESE = "几内亚公共工程部3月3日表示，草原银行将向几内亚提供2.5亿元贷款，用于建设博凯公路。博凯公路全长180公里。"
ARABIC = "وقّعت موريتانيا والصين اتفاقا بقيمة مائتي مليون دولار. وقال الوزير إن الصين ستبني الميناء."


def article(text: str, id: str = "one", **more: Any) -> Record:
    return bare(make_article(text, id=id, date="2025-03-05", any_language=True, **more))


def part(id: str, type: str, quote: str, sentence: int, **more: Any) -> dict[str, Any]:
    return {"id": id, "type": type, "quote": quote, "sentence": sentence, **more}


NEW = [
    part("a1", "actor", "Banque de la Savane", 0, name_en="Savanna Bank", also=["La BDS", "BDS"], kind="bank"),
    part("a2", "actor", "Guinée", 0, name_en="Guinea", kind="country", country="GIN"),
    part("a3", "actor", "Aïssatou Barry", 1, kind="person", role="ministre des Travaux publics", country="GIN"),
    part(
        "p1", "project", "route Boké-Koundara", 0, name_en="Boké-Koundara road", also=["la route"], sectors=["210"],
        countries=["GIN"],
    ),
    part("m1", "amount", "12,5 millions d’euros", 0, value=12_500_000, currency="EUR"),
    part("m2", "date", "le 3 mars 2025", 1, iso="2025-03-03"),
    part("g1", "agreement", "accord de prêt", 1),
]  # fmt: skip
ACT = {
    "sentence": 0, "trigger": "prêtera", "kind": "finance", "status": "pledged", "by": ["a1"], "to": ["a2"],
    "projects": ["p1"], "amounts": ["m1"], "sectors": ["210"],
    "flow": {"instrument": "loan", "provider": ["a1"], "recipient": ["a2"]},
}  # fmt: skip


def said(new: list[dict[str, Any]] | None = None, *acts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"new": NEW if new is None else new, "commitments": [*acts] if acts else [ACT], **more}


def read(record: Record, *answers: dict[str, Any]) -> Reading:
    pairs = [(one, one.parse(json.dumps(own))[0]) for one, own in zip(prompts_of(record), answers, strict=True)]
    return ground_alone(record, pairs, read_model(SETTINGS.models / FOLDER), "llm:m")


def made(record: Record, *answers: dict[str, Any]) -> Record:
    """The record, which must be whole."""
    reading = read(record, *answers)
    found = joined(record, reading, read_fusion(SETTINGS.measured("default")))
    assert [*problems(found)] == [] == [*lost_references(found)]
    return Record.model_validate_json(found.to_json())


def french() -> Record:
    return article("\n".join(FRENCH))


def test_a_record_without_candidates_is_asked_for_as_a_whole() -> None:
    (prompt,) = prompts_of(french())
    assert isinstance(prompt, Alone) and prompt.text.startswith("Date: 2025-03-05\n\nSENTENCES\n[0] Conakry")
    assert "ACTORS" not in prompt.text and "name_en" in prompt.system and "# What counts" in prompt.system
    assert "{rules}" not in prompt.system and "Use the ids of the lists" not in prompt.system


@pytest.mark.parametrize("text", [instructions, second_instructions])
def test_prompts_of_all_articles_begin_with_the_same_bytes(text: Any) -> None:
    """So servers that keep prefixes need not read them again; about four characters are a token."""
    starts = {text(example)[:8_000] for example in range(len(EXAMPLES))}
    assert len(starts) == 1 and len({text(example) for example in range(len(EXAMPLES))}) == len(EXAMPLES)


def test_an_answer_becomes_a_record_with_printed_and_english_names() -> None:
    link = {"subject": "a3", "type": "party_to", "object": "g1", "sentence": 1}
    found = made(french(), said(relations=[link], sectors=["210", "151"], boilerplate=[3]))
    bank, country, person = found.actors
    assert (bank.name, bank.name_en, bank.kind) == ("Banque de la Savane", "Savanna Bank", "bank")
    assert bank.aliases == ["La BDS", "BDS"]
    assert (country.name, country.name_en, country.country) == ("Guinée", "Guinea", "GIN")
    assert (person.name_en, person.role) == (None, "ministre des Travaux publics")
    (road,) = found.projects
    assert (road.name_en, road.sectors[0].code, road.countries) == ("Boké-Koundara road", "210", ["GIN"])
    (act,) = found.commitments
    assert (act.by, act.to, act.projects, act.sectors) == ([bank.id], [country.id], [road.id], ["210"])
    assert act.amounts[0] == Amount(text="12,5 millions d’euros", start=48, end=69, value=12.5e6, currency="EUR")
    assert act.method == "llm:m" and act.row_confidence is not None
    (relation,) = found.relations
    ends = {one.id: one.text for one in found.mentions}
    assert (relation.subject, ends[relation.object], relation.sentence) == (person.id, "accord de prêt", 1)
    assert [one.code for one in found.sectors] == ["210", "151"]
    assert [one.boilerplate for one in found.sentences] == [False, False, False, True]


def test_mentions_are_all_places_of_the_names_the_longest_first() -> None:
    found = made(french(), said())
    of = {one.id: one.name for one in (*found.actors, *found.projects)}
    named = [(of[one.entity], one.text, one.sentence) for one in found.mentions if one.entity]
    assert named == [
        ("Banque de la Savane", "Banque de la Savane", 0), ("Guinée", "Guinée", 0),
        ("route Boké-Koundara", "route Boké-Koundara", 0), ("Aïssatou Barry", "Aïssatou Barry", 1),
        ("Banque de la Savane", "La BDS", 2), ("Guinée", "Guinée", 2), ("route Boké-Koundara", "la route", 2),
    ]  # fmt: skip


def test_names_of_scripts_without_spaces_are_found_everywhere() -> None:
    new = [
        part("a1", "actor", "草原银行", 0, name_en="Savanna Bank", kind="bank"),
        part("a2", "actor", "几内亚", 0, name_en="Guinea", kind="country", country="GIN"),
        part("p1", "project", "博凯公路", 0, name_en="Boké road"),
        part("m1", "amount", "2.5亿元", 0, value=250_000_000, currency="CNY"),
        part("d1", "date", "3月3日", 0, iso="2025-03-03"),
    ]
    act = ACT | {"trigger": "提供", "dates": ["d1"]}
    found = made(article(CHINESE), said(new, act))
    assert [one.text for one in found.mentions if one.entity == found.projects[0].id] == ["博凯公路", "博凯公路"]
    amount, date = found.commitments[0].amounts[0], found.commitments[0].dates[0]
    assert (amount.value, amount.currency, amount.basis) == (2.5e8, "CNY", None)
    assert (date.iso, date.basis) == ("2025-03-03", "article_date")


def test_in_arabic_a_name_may_stand_behind_a_letter_that_is_written_with_it() -> None:
    new = [
        part("a1", "actor", "الصين", 0, name_en="China", kind="country", country="CHN"),
        part("a2", "actor", "موريتانيا", 0, name_en="Mauritania", kind="country", country="MRT"),
        part("m1", "amount", "مائتي مليون دولار", 0, value=200_000_000, currency="USD"),
    ]
    act = ACT | {"trigger": "وقّعت", "kind": "agreement", "by": ["a1", "a2"], "to": [], "projects": [], "flow": None}
    found = made(article(ARABIC), said(new, act))
    assert [found.article.text[one.start - 1] for one in found.mentions if one.text == "الصين"] == ["و", " "]
    assert found.commitments[0].amounts[0].value == 2e8


@pytest.mark.parametrize(
    ("quote", "given", "value", "basis"),
    [
        ("12,5 millions d’euros", 99e9, 12.5e6, None),  # what Corridor reads counts
        ("12,5 millions d’euros", None, 12.5e6, None),
        ("12,5 millions", 12.5e6, 12.5e6, "model"),  # no currency: only the reader knows it
        ("12,5 millions", 12.6e6, None, None),  # other digits
        ("12,5 millions", None, None, None),
    ],
)
def test_a_value_of_the_model_must_agree_with_the_digits(
    quote: str, given: float | None, value: float | None, basis: str | None
) -> None:
    new = [*NEW[:4], part("m1", "amount", quote, 0, value=given, currency="EUR")]
    amount = made(french(), said(new)).commitments[0].amounts[0]
    assert (amount.value, amount.basis) == (value, basis)


def test_values_of_languages_without_a_table_are_those_of_the_model() -> None:
    text = "Bank Sawah akan meminjamkan 12,5 juta dolar kepada Provinsi Aceh untuk jalan baru pada 3 Maret 2025."
    record = article(text)
    record = record.model_copy(update={"article": record.article.model_copy(update={"language": "id"})})
    new = [
        part("a1", "actor", "Bank Sawah", 0, kind="bank", country="IDN"),
        part("m1", "amount", "12,5 juta dolar", 0, value=12_500_000, currency="USD"),
        part("d1", "date", "3 Maret 2025", 0, iso="2025-03-03"),
    ]
    act = ACT | {"trigger": "meminjamkan", "to": [], "projects": [], "dates": ["d1"], "flow": None}
    (found,) = made(record, said(new, act)).commitments
    assert (found.amounts[0].value, found.amounts[0].basis) == (12.5e6, "model")
    assert found.dates[0] == Date(**dict(found.dates[0]) | {"iso": "2025-03-03", "precision": "day", "basis": "model"})
    wrong = [new[0], new[1], part("d1", "date", "3 Maret 2025", 0, iso="2026-04-03")]
    assert made(record, said(wrong, act)).commitments[0].dates[0].iso is None


ABSENT = "words that do not stand in the sentence"


@pytest.mark.parametrize("bank", ["Savanna Bank", "BDS", "B", "Banque de la Sav", "Banque  Savane"])
def test_a_name_that_does_not_stand_in_its_sentence_costs_the_answer(bank: str) -> None:
    reading = read(french(), said([part("a1", "actor", bank, 0, kind="bank"), *NEW[1:]]))
    assert (reading.commitments, reading.lost, reading.record.actors) == ([], {}, [])
    assert ABSENT in reading.dropped


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"by": ["b7"]}, "an unknown id"),
        ({"by": ["p1"]}, "an id that is no actor"),
        ({"trigger": "will lend money"}, ABSENT),
        ({"trigger": "Guinée"}, "a trigger without a word of action"),
        ({"trigger": "d"}, ABSENT),
        ({"trigger": "à la"}, ABSENT),
        ({"sentence": 9}, "a commitment outside the sentences of its prompt"),
    ],
)
def test_a_wrong_commitment_is_left_out(change: dict[str, Any], reason: str) -> None:
    reading = read(french(), said(None, ACT | change))
    assert (reading.commitments, reading.lost, reading.record.actors) == ([], {}, [])
    assert reason in reading.dropped


def test_an_answer_that_copies_the_example_counts_as_none() -> None:
    trigger = prompts_of(french())[0].system.partition('"trigger": "')[2].partition('"')[0]
    assert read(french(), said(None, ACT | {"trigger": trigger})).dropped == {COPIED: 1}


def test_wrong_parts_cost_only_themselves() -> None:
    links = [
        {"subject": "a1", "type": "funds", "object": "p1", "sentence": 0},
        {"subject": "a1", "type": "funds", "object": "a1", "sentence": 0},
        {"subject": "a1", "type": "funds", "object": "x", "sentence": 0},
        {"subject": "a1", "type": "funds", "object": "p1", "sentence": 7},
    ]
    new = [*NEW, part("a1", "actor", "Guinée", 0), part("e1", "event", "Guinée", 0)]
    reading = read(french(), said(new, relations=links, sectors=["999", "210"], boilerplate=[99]))
    assert len(reading.record.relations) == 1 and len(reading.commitments) == 1
    assert [one.code for one in reading.record.sectors] == ["210"]
    assert reading.dropped == {
        "a relation of a part with itself": 1, "an unknown id": 1, "an unknown sector": 1,
        "a relation outside the sentences of its prompt": 1, "a new part with an id that is taken": 1,
        "a new part in the words of another one": 1,
    }  # fmt: skip
    role = [{**NEW[2], "role": "reine"} if one["id"] == "a3" else one for one in NEW]
    assert made(french(), said(role)).actors[2].role is None


def test_prose_is_no_answer() -> None:
    (prompt,) = prompts_of(french())
    for content in ("Voici les engagements.", '{"new": []}', '{"commitments": [{"by": 3}]}'):
        with pytest.raises(Broken):
            prompt.parse(content)
    answer, dropped = prompt.parse('{"commitments": [], "relations": [{"type": "likes"}], "sectors": [210]}')
    assert isinstance(answer, Whole) and len(dropped) == 2


def long() -> tuple[Record, list[dict[str, Any]]]:
    """An article of two windows, both of which name the same bank and road, and their answers."""
    lines = [FRENCH[0], *(f"Le chantier numéro {n} avance {'très ' * 40}lentement." for n in range(60)), FRENCH[0]]
    record = article("\n".join(lines))
    last = len(record.sentences) - 1
    again = [{**one, "sentence": last} for one in (*NEW[:2], NEW[3] | {"name_en": "BOKÉ-KOUNDARA ROAD"})]
    return record, [said(NEW[:2] + NEW[3:5]), said(again, ACT | {"sentence": last, "amounts": []})]


def test_windows_share_their_parts() -> None:
    record, answers = long()
    prompts = prompts_of(record)
    assert len(prompts) == 2 and sum(one.end - one.start for one in record.sentences) > MOST
    assert f"List what the sentences {prompts[1].first} to {prompts[1].last - 1} say, and no other." in prompts[1].text
    found = made(record, *answers)
    assert [len(found.actors), len(found.projects), len(found.commitments)] == [2, 1, 2]
    assert found.commitments[0].by == found.commitments[1].by
    outside = read(record, said([]) | {"commitments": []}, said(NEW[:2], ACT | {"projects": [], "amounts": []}))
    assert outside.dropped["a commitment outside the sentences of its prompt"] == 1


def test_an_english_article_has_english_values_and_no_second_names() -> None:
    text = "The Savanna Bank will lend Guinea $12.5 million for the Boke road by June 2027."
    new = [
        part("a1", "actor", "Savanna Bank", 0, name_en="Savanna Bank", kind="bank"),
        part("a2", "actor", "Guinea", 0, kind="country", country="GIN"),
        part("m1", "amount", "$12.5 million", 0, value=12.5e6, currency="USD"),
        part("d1", "date", "June 2027", 0, iso="2027-06"),
    ]
    act = ACT | {"trigger": "will lend", "dates": ["d1"], "projects": []}
    found = made(article(text), said(new, act))
    assert [one.name_en for one in found.actors] == [None, None]
    assert found.commitments[0].amounts[0].currency == "USD" and found.commitments[0].dates[0].iso == "2027-06"
    vague = [*new[:2], part("m1", "amount", "million", 0, value=1e6)]
    reading = read(article(text), said(vague, ACT | {"trigger": "will lend", "projects": []}))
    assert reading.dropped["a new amount that is none"] == 1


def test_a_budget_counts_articles_that_are_read_alone() -> None:
    records = [french(), article(CHINESE)]
    every = planned(records, {}, Budget())
    assert every.chosen == {0, 1} and every.cost.tokens_in > 6_000 and every.cost.tokens_out == 125 * 6
    assert planned(records, {}, Budget(calls=1)).chosen == {0}  # more sentences, more rows
