"""Candidates: what an answer names by id, and what it adds with a quote of the article."""

from typing import Any

import pytest
from llm.articles import SENTENCES, TEXT, actor, at, record, sectors, whole

from pipeline.llm.answer import New
from pipeline.llm.candidates import Candidates, Refused, ids, quoted
from pipeline.record import Actor, Amount, Article, Mention, Project, Record, Sentence, digest
from pipeline.values.gazetteer.places import name_by_country


def candidates(of: Record | None = None) -> Candidates:
    of = of or record()
    found = Candidates(of, sectors())
    found.begin(whole(of))
    return found


def new(quote: str, sentence: int = 2, type: Any = "actor", id: str = "n1", **more: Any) -> New:
    return New.model_validate({"id": id, "type": type, "quote": quote, "sentence": sentence, **more})


def added(quote: str, sentence: int = 2, of: Record | None = None, **more: Any) -> Actor:
    found = candidates(of)
    found.add(new(quote, sentence, **more))
    return found.actor("n1")


def story(*sentences: str) -> Record:
    """An article in which nothing was found."""
    text = " ".join(sentences)
    starts = [text.index(one) for one in sentences]
    return Record(
        article=Article(id="x", date="2025-03-05", sha256=digest(text), text=text),
        sentences=[Sentence(id=n, start=s, end=s + len(sentences[n])) for n, s in enumerate(starts)],
    )


@pytest.mark.parametrize(
    ("words", "number", "text"),
    [
        ("would lend", 0, "would lend"),
        ("Tema rail spur", 0, "Tema rail\nspur"),
        ("Tema\trail \n spur", 0, "Tema rail\nspur"),
        (" will train the staff. ", 2, "will train\nthe staff."),
        ("$4m", 3, "$4m"),
    ],
)
def test_words_are_found_with_other_white_space(words: str, number: int, text: str) -> None:
    quote = quoted(record(), words, number)
    assert quote.text == text == TEXT[quote.start : quote.end]
    assert quote.text in SENTENCES[number]


def test_a_quote_is_that_of_its_own_sentence() -> None:
    assert quoted(record(), "Volta Bank", 4).start == TEXT.rindex("Volta Bank")


@pytest.mark.parametrize(
    ("words", "number", "reason"),
    [
        ("will lend", 0, "words that do not stand"),
        ("Would lend", 0, "words that do not stand"),
        ("Tema railspur", 0, "words that do not stand"),
        ("would.lend", 0, "words that do not stand"),
        ("", 0, "words that do not stand"),
        (" \n", 0, "words that do not stand"),
        ("would lend", 1, "words that do not stand"),
        ("e", 0, "words that do not stand"),
        ("lend Gha", 0, "words that do not stand"),
        ("hana", 0, "words that do not stand"),
        ("it would", 0, "words that do not stand"),
        ("The", 0, "words that do not stand"),
        (".", 0, "words that do not stand"),
        ("$4", 3, "words that do not stand"),
        ("20 million", 0, "words that do not stand"),
        ("years. Esi", 0, "words that do not stand"),
        ("would lend", 5, "a sentence that is not there"),
        ("would lend", -1, "a sentence that is not there"),
        ("would lend", 10**30, "a sentence that is not there"),
    ],
)
def test_words_that_are_not_there_are_refused(words: str, number: int, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        quoted(record(), words, number)


@pytest.mark.parametrize(
    ("text", "words", "there"),
    [
        ("He used US money.", "US", True),
        ("He told us of it.", "us", False),
        ("The WHO and O’Brien’s bank met.", "WHO", True),
        ("The WHO and O’Brien’s bank met.", "O’Brien", True),
        ("They don’t lend.", "don’t", False),
        ("It pays 1,200.50 in 2027.", "1,200.50", True),
        ("It pays 1,200.50 in 2027.", "200.50", False),
        ("It pays 1,200.50 in 2027.", "1,200", False),
        ("It pays 1,200.50 in 2027.", "in 2027", True),
        ("Société Générale prête.", "Socie", False),
        ("Socie\u0301te\u0301 prête.", "Socie\u0301te\u0301", True),
        ("Socie\u0301te\u0301 prête.", "Socie\u0301te", False),
        ("भारत सरकार ऋण देगी", "सरकार", True),
        ("भारत सरकार ऋण देगी", "सर", False),
        ("中国政府将提供贷款。", "贷款", True),
        ("中国政府将提供贷款。", "款", False),
        ("ธนาคารให้กู้เงิน", "กู้เงิน", True),
        ("ธนาคารให้กู้เงิน", "ก", False),
        ("정부는 대출을 약속했다", "정부", True),
    ],
)
def test_a_quote_is_whole_words_of_its_script_that_say_something(text: str, words: str, there: bool) -> None:
    try:
        assert quoted(story(text), words, 0).text == words
        assert there
    except Refused:
        assert not there


def test_ids_of_the_prompt_give_the_parts_of_the_record() -> None:
    found = candidates()
    assert found.actor("a1").name == "Volta Bank"
    assert found.project("p1").name == "Tema rail spur"
    assert found.amount("m3").value == 1.2e8
    assert found.date("m7").iso == "2025-03-03"


@pytest.mark.parametrize(
    ("form", "name", "reason"),
    [
        ("actor", "a9", "an unknown id"),
        ("actor", "", "an unknown id"),
        ("actor", "Volta Bank", "an unknown id"),
        ("amount", "m1", "an unknown id"),  # a mention of a name
        ("amount", "m11", "an unknown id"),  # a price
        ("actor", "p1", "an unknown id"),
        ("actor", "m3", "an id that is no actor"),
        ("project", "a1", "an unknown id"),
        ("project", "m7", "an id that is no project"),
        ("amount", "m7", "an id that is no amount"),
        ("date", "m3", "an id that is no date"),
        ("date", "a1", "an unknown id"),
    ],
)
def test_an_id_that_means_nothing_or_something_else_is_refused(form: str, name: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        getattr(candidates(), form)(name)


def test_an_id_that_the_prompt_does_not_show_is_unknown() -> None:
    of = record()
    found = Candidates(of, sectors())
    prompt = whole(of)
    found.begin(type(prompt)(0, 2, "", frozenset({"a1"})))
    assert found.actor("a1").id == "a1"
    for form, name in (("actor", "a2"), ("project", "p1"), ("amount", "m3"), ("date", "m7")):
        with pytest.raises(Refused, match="an unknown id"):
            getattr(found, form)(name)


def test_new_ids_are_forgotten_with_the_answer_and_the_actor_stays() -> None:
    found = candidates()
    found.add(new("Danish engineers", kind="group"))
    made = found.actor("n1")
    found.begin(whole(record()))
    with pytest.raises(Refused, match="an unknown id"):
        found.actor("n1")
    assert found.actors[-1] == made


@pytest.mark.parametrize("id", ["a1", "p1", "m3", "n1"])
def test_a_new_part_cannot_take_an_id_that_is_in_use(id: str) -> None:
    found = candidates()
    found.add(new("Danish engineers", kind="group"))
    with pytest.raises(Refused, match="taken"):
        found.add(new("the staff", id=id, kind="group"))
    assert len(found.actors) == 6


def test_a_new_actor_has_a_name_of_the_article_and_a_mention_of_its_own() -> None:
    found = candidates()
    found.add(new("Danish engineers", kind="company"))
    made = found.actor("n1")
    assert (made.id, made.name, made.kind, made.country) == ("a6", "Danish engineers", "company", "DNK")
    mention = found.mentions[-1]
    assert (mention.text, mention.label, mention.entity, mention.method) == ("Danish engineers", "ORG", "a6", "llm")
    assert (made.mentions, mention.sentence) == ([mention.id], 2)
    assert TEXT[mention.start : mention.end] == mention.text


def test_a_group_and_words_of_another_mention_give_no_mention() -> None:
    found = candidates()
    found.add(new("Danish engineers", kind="group"))
    found.add(new("Nordic Rail", id="n2", kind="company"))
    assert [found.actor(name).mentions for name in ("n1", "n2")] == [[], []]
    assert found.mentions == record().mentions


def test_a_new_actor_on_two_lines_has_its_name_on_one() -> None:
    made = added("will train\nthe staff", kind="group")
    assert (made.name, made.aliases) == ("will train the staff", ["will train\nthe staff"])


@pytest.mark.parametrize("quote", ["VB", "the Volta Bank", "Volta Bank's", "The\nVolta  Bank"])
def test_a_new_actor_that_is_known_under_another_name_is_that_one(quote: str) -> None:
    text = f"In Accra {quote} will lend."
    place = {"text": text, "sha256": digest(text)}
    of = record(place, sentences=[Sentence(id=0, start=0, end=len(text))], mentions=[], relations=[], commitments=[])
    found = candidates(of)
    found.add(new(quote, 0, kind="company"))
    assert (found.actor("n1").id, len(found.actors)) == ("a1", 5)


def test_a_new_country_is_the_one_that_is_there() -> None:
    found = candidates(record(actors=[actor("a1", "Republic of Ghana", "country", "GHA", mentions=[])]))
    found.add(new("Ghana", 3, kind="country", country="GHA"))
    assert (found.actor("n1").id, len(found.actors)) == ("a1", 1)


@pytest.mark.parametrize(
    ("quote", "country", "name"),
    [("Danish", None, "Denmark"), ("Danish", "GHA", "Denmark"), ("Copenhagen", "DNK", "Denmark")],
)
def test_a_new_country_has_the_name_that_the_gazetteer_gives_it(quote: str, country: str | None, name: str) -> None:
    of = story("In Accra the Danish envoy spoke; Copenhagen will send trains.")
    made = added(quote, 0, of=of, kind="country", country=country)
    assert (made.name, made.country, made.aliases) == (name, "DNK", [quote])
    assert made.name == name_by_country()["DNK"]


def test_only_the_name_of_a_country_is_a_mention_of_it() -> None:
    found = candidates(story("Copenhagen and Denmark will pay."))
    found.add(new("Copenhagen", 0, kind="country", country="DNK"))
    found.add(new("Denmark", 0, id="n2", kind="country"))
    assert (len(found.actors), found.mentions) == (1, [])
    of_name = candidates(story("Denmark will pay."))
    of_name.add(new("Denmark", 0, kind="country"))
    assert [(one.label, one.text, one.value, one.entity) for one in of_name.mentions] == [
        ("COUNTRY", "Denmark", "DNK", "a1")
    ]


def test_a_new_government_is_of_the_country_in_its_name() -> None:
    of = story("The Ministry of Railways of Ghana will pay.", "Togo will not.")
    assert added("Ministry of Railways of Ghana", 0, of=of, kind="government").country == "GHA"


def test_two_names_of_no_country_are_two() -> None:
    of = story("Freedonia will lend Sylvania a train.")
    found = candidates(of)
    found.add(new("Freedonia", 0, kind="country"))
    found.add(new("Sylvania", 0, id="n2", kind="country"))
    assert [found.actor(name).name for name in ("n1", "n2")] == ["Freedonia", "Sylvania"]


@pytest.mark.parametrize(("country", "expected"), [("GHA", "GHA"), ("DNK", None), ("FRA", None), ("Ghana", None)])
def test_a_country_counts_if_it_is_that_of_the_article(country: str, expected: str | None) -> None:
    assert added("the staff", kind="group", country=country).country == expected


@pytest.mark.parametrize(
    ("quote", "country"), [("finance minister", "GHA"), ("Owusu, the finance minister", "GHA"), ("had signed", None)]
)
def test_a_country_counts_if_what_stands_beside_has_it(quote: str, country: str | None) -> None:
    text = "Kenya and Kenyans: Esi Owusu, the finance minister, said Kenya had signed, as Kenya had."
    place = {"text": "Esi Owusu", "start": text.index("Esi"), "end": text.index("Esi") + 9}
    named = {"id": "m1", "label": "PERSON", "sentence": 0, "entity": "a1", "confidence": 0.9, "method": "rules"}
    people = [actor("a1", "Esi Owusu", "person", "GHA", mentions=["m1"])]
    of = story(text).model_copy(update={"mentions": [Mention(**place, **named)], "actors": people})
    assert added(quote, 0, of=of, kind="group", country="GHA").country == country


def test_what_the_name_says_outweighs_the_country_of_the_answer() -> None:
    assert added("Danish engineers", kind="group", country="GHA").country == "DNK"


def test_a_known_institution_has_the_country_of_the_gazetteer() -> None:
    of = story("In Accra the World Bank and Ghana agreed.")
    assert added("World Bank", 0, of=of, kind="multilateral", country="GHA").country is None


def test_a_person_has_no_country_by_name() -> None:
    of = story("In Accra Mr Jordan and Ghana agreed.")
    assert added("Mr Jordan", 0, of=of, kind="person").country is None


@pytest.mark.parametrize("quote", ["15", "€", ","])
def test_a_new_name_has_letters(quote: str) -> None:
    with pytest.raises(Refused):
        added(quote, kind="group")


@pytest.mark.parametrize("quote", ["'s", "the 's"])
def test_a_new_name_has_letters_beside_article_and_possessive(quote: str) -> None:
    with pytest.raises(Refused):
        added(quote, 0, of=story("Ghana's lender, the 's, will lend."), kind="group")


def test_corridor_reads_the_value_of_a_new_amount() -> None:
    found = candidates()
    found.add(new("€15 million", type="amount"))
    made = found.amount("n1")
    assert (made.value, made.currency, made.text) == (1.5e7, "EUR", "€15 million")
    mention = found.mentions[-1]
    assert (mention.label, mention.value, mention.entity) == ("MONEY", made, None)


def test_corridor_reads_the_value_of_a_new_date_from_the_day_of_the_article() -> None:
    found = candidates(story("Accra said on Monday it will pay by June 2027."))
    for name, quote in (("n1", "June 2027"), ("n2", "Monday")):
        found.add(new(quote, 0, type="date", id=name))
    assert (found.date("n1").iso, found.date("n2").iso) == ("2027-06", "2025-03-03")
    assert [mention.label for mention in found.mentions] == ["DATE", "DATE"]


@pytest.mark.parametrize(
    ("quote", "type", "sentence", "reason"),
    [
        ("$90", "amount", 3, "a new amount that is none"),  # a tonne
        ("two depots", "amount", 3, "a new amount that is none"),
        ("June 2027", "amount", 2, "a new amount that is none"),
        ("the staff", "date", 2, "a new date that is none"),
        ("€15 million", "date", 2, "a new date that is none"),
        ("€16 million", "amount", 2, "words that do not stand"),
        ("June 2028", "date", 2, "words that do not stand"),
        ("June 2027", "date", 1, "words that do not stand"),
        ("June 2027", "date", 9, "a sentence that is not there"),
    ],
)
def test_a_new_value_that_is_none_is_refused(quote: str, type: str, sentence: int, reason: str) -> None:
    found = candidates()
    with pytest.raises(Refused, match=reason):
        found.add(new(quote, sentence, type=type))
    assert found.mentions == record().mentions


def test_a_new_project_has_sectors_a_country_and_a_mention() -> None:
    found = candidates()
    found.add(new("two depots", 3, type="project"))
    made = found.project("n1")
    assert (made.id, made.name, made.programme, made.countries) == ("p4", "two depots", False, ["GHA"])
    assert made.mentions == ["m12"] and found.mentions[-1].label == "PROJECT"


def test_a_new_project_that_is_known_is_that_one() -> None:
    found = candidates()
    found.add(new("the Tema rail spur", 0, type="project", programme=True))
    assert (found.project("n1").id, len(found.projects)) == ("p1", 3)


def test_a_new_programme_says_so() -> None:
    found = candidates()
    found.add(new("two depots", 3, type="project", programme=True))
    assert (found.project("n1").programme, found.mentions[-1].label) == (True, "PROGRAMME")


def test_ids_are_those_of_actors_and_projects_each_once() -> None:
    parts = [*record().actors[:2], record().actors[0], Project(id="p1", name="x", programme=False, confidence=1)]
    assert ids([*parts, Amount(**at("$4m"), value=4e6)]) == ["a1", "a2", "p1"]
