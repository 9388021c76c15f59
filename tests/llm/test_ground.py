"""What becomes of an answer: a wrong part costs only itself; what the article does not say enters no record."""

import json
import re
from contextlib import suppress
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from llm.articles import (
    LOAN,
    METHOD,
    SENTENCES,
    TEXT,
    act,
    actor,
    answered,
    evidence,
    faults,
    read,
    record,
    sectors,
    story,
    whole,
)

from pipeline.llm.fuse import joined, read_fusion
from pipeline.llm.ground import Reading, ground
from pipeline.llm.prompt import Answer, Broken, parse, schema
from pipeline.record import ActorKind, CommitmentKind, Instrument, Mention, Record, Status
from pipeline.settings import Settings

FUSION = read_fusion(Settings().models / "default")
NOT_THERE = "words that do not stand in the sentence"
NEW: dict[str, Any] = {"id": "n1", "type": "actor", "quote": "Danish engineers", "sentence": 2, "kind": "group"}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def parsed(*acts: Any, **lists: Any) -> tuple[Answer, list[str]]:
    return parse(json.dumps({"commitments": list(acts), **lists}))


def new(quote: str, sentence: int = 2, **more: Any) -> dict[str, Any]:
    """What an answer lists as new."""
    return NEW | {"quote": quote, "sentence": sentence} | more


def added(*parts: dict[str, Any], of: Record | None = None) -> Reading:
    """The reading of an answer that lists new parts, each with an id of its own, and nothing else."""
    return read(of=of, new=[part | {"id": f"n{n}"} for n, part in enumerate(parts, 1)])


# The form of an answer


@pytest.mark.parametrize("around", ["```json\n{}\n```", "Here it is:\n{}", "{}\nI hope this helps.", "  {}  "])
def test_words_around_an_answer_are_ignored(around: str) -> None:
    answer, dropped = parse(around.replace("{}", json.dumps({"commitments": [act()]})))
    assert (answer, dropped) == (answered(act()), [])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (" \n", "empty"),
        ("There are none.", "no JSON object"),
        ("} {", "no JSON object"),
        ('{"commitments": [}', "no valid JSON"),
        ('{"a":' * 100_000 + "}" * 100_000, "no valid JSON"),
        ('{"commitments": [' + "9" * 5_000 + "]}", "no valid JSON"),
        ('{"commitments": null}', "no list of commitments"),
        ('{"commitments": {"sentence": 1}}', "no list of commitments"),
        ('{"error": "overloaded"}', "no list of commitments"),
        ('{"commitments": [{"sentence": "0"}, "a loan"]}', "no commitment of the expected form"),
    ],
)
def test_what_is_no_answer_is_broken_and_says_why(content: str, reason: str) -> None:
    with pytest.raises(Broken, match=reason):
        parse(content)


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"kind": "loan"}, "kind"),
        ({"status": "done"}, "status"),
        ({"status": None}, "status"),
        ({"sentence": "0"}, "sentence"),
        ({"sentence": 0.0}, "sentence"),
        ({"trigger": ["would", "lend"]}, "trigger"),
        ({"by": "a1"}, "by"),
        ({"by": [1]}, "by"),
        ({"with": {"a1": 1}}, "with"),
        ({"negated": "no"}, "negated"),
        ({"flow": {"instrument": "credit"}}, "flow.instrument"),
        ({"flow": {"instrument": "loan", "terms": {"interest": 2}}}, "flow.terms.interest"),
    ],
)
def test_a_wrong_act_is_dropped_alone_and_its_field_is_named(wrong: dict[str, Any], place: str) -> None:
    answer, dropped = parsed(act(**wrong), act(trigger="lend"))
    assert [one.trigger for one in answer.commitments] == ["lend"]
    assert dropped == [f"commitments: {place} has a wrong value"]


def test_wrong_entries_of_the_other_lists_are_dropped_alone_and_without_their_words() -> None:
    answer, dropped = parsed(
        act(),
        "Volta",
        new=[NEW | {"type": "treaty"}, NEW, "n2", NEW | {"kind": "Volta"}],
        same=[["a1", 2], ["a3", "a4"], "a5", {"Volta": 1}],
        no_project=["p2", 3, None],
    )
    assert ([part.id for part in answer.new], answer.same, answer.no_project) == (["n1"], [["a3", "a4"]], ["p2"])
    assert len(answer.commitments) == 1
    counts = {"commitments": 1, "new": 3, "same": 3, "no_project": 2}
    assert {name: sum(one.startswith(f"{name}: ") for one in dropped) for name in counts} == counts
    assert "Volta" not in " ".join(dropped)


def test_a_null_means_a_missing_field_and_an_unknown_field_nothing() -> None:
    bare = {"sentence": 0, "trigger": "would lend", "kind": "finance", "status": "pledged", "by": ["a1"]}
    nulls = {"also": None, "with": None, "to": None, "flow": None, "attributed_to": None, "negated": None}
    assert parsed(bare | nulls | {"why": "it says so"}) == parsed(bare)
    assert parsed(bare, new=None, same=None, no_project="none", remarks=[1]) == parsed(bare)
    assert parsed() == (Answer(), [])


@given(json_values, json_values, json_values)
@settings(max_examples=80, deadline=None)
def test_whatever_stands_in_an_answer_it_is_read_or_dropped(entry: Any, field: Any, rest: Any) -> None:
    answer, _ = parsed(entry, act(by=field), act(flow=field), act(), new=[entry, NEW | {"sentence": field}], same=rest)
    assert act()["trigger"] in [one.trigger for one in answer.commitments]
    with suppress(Broken):
        parse(json.dumps(rest))


def test_the_schema_admits_a_whole_answer_and_names_the_value_sets() -> None:
    validator = Draft202012Validator(schema())
    validator.check_schema(schema())
    good = {"commitments": [act(**{"with": ["a5"]})], "new": [NEW], "same": [["a3", "a4"]], "no_project": []}
    assert list(validator.iter_errors(good)) == []
    assert list(validator.iter_errors({"commitments": [act(kind="loan")]}))
    fields = schema()["$defs"]["Act"]["properties"]
    assert tuple(fields["kind"]["enum"]) == get_args(CommitmentKind)
    assert tuple(fields["status"]["enum"]) == get_args(Status)
    assert tuple(schema()["$defs"]["Flow"]["properties"]["instrument"]["enum"]) == get_args(Instrument)
    assert "with" in fields and "with_" not in fields


# Acts


def test_an_act_becomes_a_commitment_of_the_record() -> None:
    terms = {"interest": None, "grace": "grace period of five years"}
    flow = act()["flow"] | {"terms": terms}
    reading = read(act(also=[1], dates=["m7"], attributed_to="a3", flow=flow))
    [made] = reading.commitments
    assert (made.kind, made.status, made.by, made.to, made.projects) == ("finance", "pledged", ["a1"], ["a2"], ["p1"])
    assert (made.trigger.text, made.trigger.start) == ("would lend", TEXT.index("would lend"))
    assert made.evidence == evidence(0, 1)
    assert ([one.value for one in made.amounts], [one.iso for one in made.dates]) == ([1.2e8], ["2025-03-03"])
    assert made.flow and (made.flow.instrument, made.flow.provider, made.flow.recipient) == ("loan", ["a1"], ["a2"])
    assert made.flow.terms == {"grace": "grace period of\nfive years"}  # as the article breaks the line
    assert (made.attributed_to, made.negated, made.boilerplate, made.method) == ("a3", False, False, METHOD)
    assert made.sectors == ["210"]
    assert (reading.dropped.total(), reading.lost) == (0, dict.fromkeys(range(5), 0.0))
    assert reading.record.commitments == []


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        *(({"trigger": words}, NOT_THERE) for words in ("lent", "would gladly lend", "signed", "", "Would lend", "e")),
        *(({"trigger": words}, NOT_THERE) for words in ("lend Gha", "it would", ".", " \n", "Tema railspur")),
        ({"trigger": "Volta Bank"}, "a trigger without a word of action"),
        ({"trigger": "The Volta Bank"}, "a trigger without a word of action"),
        ({"trigger": "Ghana $120 million for"}, "a trigger without a word of action"),
        ({"trigger": "$120 million", "amounts": []}, "a trigger without a word of action"),
        ({"sentence": 5}, "a commitment outside the sentences of its prompt"),
        ({"sentence": -1}, "a commitment outside the sentences of its prompt"),
        ({"sentence": 10**30}, "a commitment outside the sentences of its prompt"),
        ({"by": []}, "a commitment without a doer"),
        ({"by": ["a9"]}, "a commitment without a doer"),
        ({"by": ["p1", "m3"]}, "a commitment without a doer"),
    ],
)
def test_an_act_without_its_words_its_sentence_or_a_doer_is_dropped_and_counted(wrong: Any, reason: str) -> None:
    reading = read(act(**wrong), act())
    assert len(reading.commitments) == 1
    assert reading.dropped[reason] == 1


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ({"sentence": 2, "trigger": " will train  the staff. "}, "will train\nthe staff."),
        ({"trigger": "$120 million"}, "$120 million"),  # in a list of amounts
        ({"sentence": 4, "trigger": "Volta Bank: it will open"}, "Volta Bank: it will open"),
    ],
)
def test_a_trigger_is_quoted_as_it_stands_in_its_sentence(place: dict[str, Any], text: str) -> None:
    [made] = read(act(**place)).commitments
    assert made.trigger.text == text == TEXT[made.trigger.start : made.trigger.end]
    assert made.evidence[0].start <= made.trigger.start < made.trigger.end <= made.evidence[0].end


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
    assert (NOT_THERE not in added(new(words, 0), of=story(text)).dropped) == there


@pytest.mark.parametrize(
    ("slot", "good", "bad", "reason"),
    [
        *((slot, "a1", "a9", "an unknown id") for slot in ("by", "to", "with")),
        ("by", "a1", "Volta Bank", "an unknown id"),
        ("by", "a1", "p1", "an id that is no actor"),
        ("to", "a2", "m3", "an id that is no actor"),
        ("projects", "p1", "p9", "an unknown id"),
        ("projects", "p1", "a1", "an id that is no project"),
        ("amounts", "m3", "m99", "an unknown id"),
        ("amounts", "m3", "m1", "an unknown id"),  # a mention of a name
        ("amounts", "m3", "m11", "an unknown id"),  # a price
        ("amounts", "m3", "m7", "an id that is no amount"),
        ("dates", "m7", "m3", "an id that is no date"),
        ("dates", "m7", "", "an unknown id"),
    ],
)
def test_an_id_that_means_nothing_or_something_else_is_dropped_and_counted(
    slot: str, good: str, bad: str, reason: str
) -> None:
    reading, without = read(act(**{slot: [bad, good]})), read(act(**{slot: [good]}))
    assert reading.commitments == without.commitments
    assert reading.dropped == {reason: 1}


def test_wrong_ids_of_a_flow_and_of_a_speaker_are_dropped_alone() -> None:
    flow = {"instrument": "loan", "provider": ["a1", "a9"], "recipient": ["p1"]}
    reading = read(act(flow=flow, attributed_to="m1"))
    [made] = reading.commitments
    assert made.flow and (made.flow.provider, made.flow.recipient) == (["a1"], [])
    assert (made.attributed_to, reading.dropped.total()) == (None, 3)


def test_a_sentence_of_the_evidence_that_is_not_there_is_dropped() -> None:
    reading = read(act(also=[0, 7, 1, 1, -1, 10**30]))
    assert reading.commitments[0].evidence == evidence(0, 1)
    assert reading.dropped == {"a sentence that is not there": 3}


def test_an_answer_may_name_only_what_its_prompt_shows() -> None:
    of = record()
    part = replace(whole(of), first=1, last=3, candidates={"a1": of.actors[0]})
    acts = act(), act(sentence=1, trigger="had signed", also=[0], flow=None)
    reading = ground(of, [(part, answered(*acts))], sectors(), METHOD)
    [made] = reading.commitments
    assert (made.trigger.text, made.evidence) == ("had signed", evidence(1, 0))
    assert (made.by, made.to, made.projects, made.amounts) == (["a1"], [], [], [])
    assert set(reading.lost) == {1, 2}
    assert reading.dropped == {"a commitment outside the sentences of its prompt": 1, "an unknown id": 3}


def test_a_repeated_act_is_dropped_in_one_answer_and_in_two() -> None:
    reading = read(act(), act(also=[1], dates=["m7"]), act(status="agreed"))
    assert [one.status for one in reading.commitments] == ["pledged", "agreed"]
    assert reading.dropped == {"a commitment that is there already": 1}
    of = record()
    assert len(ground(of, [(whole(of), answered(act()))] * 2, sectors(), METHOD).commitments) == 1


def test_an_actor_fills_one_slot_of_the_parties() -> None:
    [made] = read(act(**{"by": ["a1", "a1"], "with": ["a1", "a5"], "to": ["a5", "a2", "a1"]})).commitments
    assert (made.by, made.with_, made.to) == (["a1"], ["a5"], ["a2"])


@pytest.mark.parametrize("words", ["2 per cent", "30 years", "e", "grace peri", "of", "with a", "."])
def test_terms_are_whole_words_of_the_article(words: str) -> None:
    reading = read(act(flow=LOAN["flow"] | {"terms": {"maturity": words, "grace": "five years"}}))
    [made] = reading.commitments
    assert made.flow and made.flow.terms == {"grace": "five years"}
    assert reading.dropped == {"terms that do not stand in the article": 1}


@pytest.mark.parametrize(
    ("kind", "amounts", "has_flow"),
    [("finance", [], True), ("contract", ["m3"], True), ("contract", [], False), ("contract", ["m11"], False)],
)
def test_money_moves_only_in_finance_and_with_an_amount(kind: str, amounts: list[str], has_flow: bool) -> None:
    assert (read(act(kind=kind, amounts=amounts)).commitments[0].flow is not None) == has_flow


def test_an_act_of_boilerplate_alone_is_boilerplate() -> None:
    office = act(sentence=4, trigger="will open", kind="delivery", projects=[], amounts=[], flow=None)
    first, second = read(office, office | {"also": [0], "status": "underway"}).commitments
    assert (first.boilerplate, second.boilerplate) == (True, False)


def test_without_a_project_the_sentence_gives_the_sectors() -> None:
    text = "Ghana will hire nurses for the district hospitals."
    of = record({"text": text}, sentences=[{"id": 0, "start": 0, "end": len(text)}], mentions=[], relations=[])
    [made] = read(act(trigger="will hire", by=["a2"], projects=[], amounts=[]), of=of).commitments
    assert made.sectors and set(made.sectors) <= {"120", "121", "122"}


# What is new


def test_new_parts_are_used_with_the_ids_of_the_answer() -> None:
    parts = [NEW, new("€15 million", id="n2", type="amount"), new("June 2027", id="n3", type="date")]
    parts += [new("two depots", 3, id="n4", type="project")]
    used = {"by": ["n1"], "to": [], "projects": ["n4"], "amounts": ["n2"], "dates": ["n3"]}
    reading = read(act(sentence=2, trigger="will train", **used), new=parts)
    [made] = reading.commitments
    assert (made.by, made.projects) == (["a6"], ["p4"])
    assert [(amount.value, amount.currency, amount.text) for amount in made.amounts] == [(1.5e7, "EUR", "€15 million")]
    assert [date.iso for date in made.dates] == ["2027-06"]
    assert faults(joined(record(), reading, FUSION)) == []
    assert reading.dropped.total() == 0


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        *((new(words), NOT_THERE) for words in ("French engineers", "€", ",", "ineers")),
        (new("15"), "a new name without letters"),
        (new("June 2027", 1, type="date"), NOT_THERE),
        (new("€16 million", type="amount"), NOT_THERE),
        (new("June 2027", 9, type="date"), "a sentence that is not there"),
        (new("Danish engineers", -1), "a sentence that is not there"),
        (new("$90", 3, type="amount"), "a new amount that is none"),  # a tonne
        (new("two depots", 3, type="amount"), "a new amount that is none"),
        (new("June 2027", type="amount"), "a new amount that is none"),
        (new("the staff", type="date"), "a new date that is none"),
        (new("€15 million", type="date"), "a new date that is none"),
        *((NEW | {"id": name}, "a new part with an id that is taken") for name in ("a1", "p1", "m3")),
    ],
)
def test_a_new_part_that_is_none_is_refused(part: dict[str, Any], reason: str) -> None:
    reading = read(new=[part])
    assert reading.dropped == {reason: 1}
    assert reading.record == record(commitments=[])


@pytest.mark.parametrize("quote", ["'s", "the 's", "15"])
def test_a_new_name_has_letters_beside_article_and_possessive(quote: str) -> None:
    assert added(new(quote, 0), of=story("Ghana's lender, the 's, will lend 15 trains.")).record.actors == []


def test_a_new_part_that_does_not_stand_there_takes_its_act_along_only_if_it_is_the_doer() -> None:
    reading = read(act(by=["n1"]), act(to=["n1"]), new=[new("French engineers")])
    assert [one.to for one in reading.commitments] == [[]]


def test_new_ids_of_one_answer_mean_nothing_in_the_next() -> None:
    of = record()
    answers = [(whole(of), answered(new=[NEW, NEW])), (whole(of), answered(act(by=["n1"])))]
    reading = ground(of, answers, sectors(), METHOD)
    assert reading.commitments == []
    assert reading.dropped == {
        "a new part with an id that is taken": 1, "an unknown id": 1, "a commitment without a doer": 1,
    }  # fmt: skip


def test_a_new_actor_has_a_name_of_the_article_and_a_mention_of_its_own() -> None:
    reading = added(new("Danish engineers", kind="company"), new("Nordic Rail", kind="company"), new("the staff"))
    first, second, group = reading.record.actors[5:]
    assert (first.id, first.name, first.kind, first.country) == ("a6", "Danish engineers", "company", "DNK")
    [mention] = reading.record.mentions[11:]
    assert (mention.text, mention.label, mention.entity, mention.method) == ("Danish engineers", "ORG", "a6", "llm")
    assert (first.mentions, mention.sentence) == ([mention.id], 2)
    assert TEXT[mention.start : mention.end] == mention.text
    assert (second.mentions, group.mentions) == ([], [])  # words of another mention; a group


@pytest.mark.parametrize("quote", ["VB", "the Volta Bank", "Volta Bank's", "The\nVolta  Bank"])
def test_a_new_actor_that_is_known_under_another_name_is_that_one(quote: str) -> None:
    of = story(f"In Accra {quote} will lend.").model_copy(update={"actors": record().actors})
    assert added(new(quote, 0, kind="company"), of=of).record.actors == record().actors


def test_a_new_country_is_the_one_that_is_there() -> None:
    of = record(actors=[actor("a1", "Republic of Ghana", "country", "GHA", mentions=[])], commitments=[])
    assert added(new("Ghana", 3, kind="country", country="GHA"), of=of).record.actors == of.actors


# A sentence, the kind of an actor and its country as the answer has it: name and country of the actor.
COUNTRIES = [
    ("The Danish envoy spoke in Accra.", "Danish", "country", None, "Denmark", "DNK"),
    ("The Danish envoy spoke in Accra.", "Danish", "country", "GHA", "Denmark", "DNK"),
    ("In Accra Copenhagen will send trains.", "Copenhagen", "country", "DNK", "Denmark", "DNK"),
    ("The Ministry of Railways of Ghana will pay, Togo will not.", "Ministry of Railways of Ghana", "government", None,
     "Ministry of Railways of Ghana", "GHA"),
    ("In Accra the World Bank and Ghana agreed.", "World Bank", "multilateral", "GHA", "World Bank", None),
    ("In Accra Mr Jordan and Ghana agreed.", "Mr Jordan", "person", None, "Mr Jordan", None),
    (TEXT, "the staff", "group", "GHA", "staff", "GHA"),
    (TEXT, "the staff", "group", "DNK", "staff", None),
    (TEXT, "the staff", "group", "Ghana", "staff", None),
    (TEXT, "Danish engineers", "group", "GHA", "Danish engineers", "DNK"),
    (TEXT, "will train\nthe staff", "group", None, "will train the staff", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "quote", "kind", "country", "name", "expected"), COUNTRIES)
def test_the_country_of_a_new_actor_is_that_of_its_name_or_stands_beside(
    text: str, quote: str, kind: str, country: str | None, name: str, expected: str | None
) -> None:
    reading = added(new(quote, 0, kind=kind, country=country), of=story(text))
    assert [(one.name, one.country) for one in reading.record.actors] == [(name, expected)]
    assert reading.record.actors[0].aliases == ([quote] if quote != name else [])


@pytest.mark.parametrize(
    ("quote", "country"), [("finance minister", "GHA"), ("Owusu, the finance minister", "GHA"), ("had signed", None)]
)
def test_a_country_counts_if_what_stands_beside_has_it(quote: str, country: str | None) -> None:
    text = "Kenya and Kenyans: Esi Owusu, the finance minister, said Kenya had signed, as Kenya had."
    place = {"text": "Esi Owusu", "start": text.index("Esi"), "end": text.index("Esi") + 9}
    named = {"id": "m1", "label": "PERSON", "sentence": 0, "entity": "a1", "confidence": 0.9, "method": "rules"}
    people = [actor("a1", "Esi Owusu", "person", "GHA", mentions=["m1"])]
    of = story(text).model_copy(update={"mentions": [Mention(**place, **named)], "actors": people})
    assert added(new(quote, 0, country="GHA"), of=of).record.actors[-1].country == country


def test_only_the_name_of_a_country_is_a_mention_of_it_and_names_of_no_country_are_two() -> None:
    of = story("Copenhagen and Denmark will pay.", "Freedonia will lend Sylvania a train.", "Norway will not.")
    names = [("Copenhagen", 0), ("Denmark", 0), ("Freedonia", 1), ("Sylvania", 1), ("Norway", 2)]
    reading = added(*(new(*name, kind="country", country="DNK" if name[1] == 0 else None) for name in names), of=of)
    assert [one.name for one in reading.record.actors] == ["Denmark", "Freedonia", "Sylvania", "Norway"]
    assert [(one.label, one.text, one.value, one.entity) for one in reading.record.mentions] == [
        ("COUNTRY", "Norway", "NOR", "a4")
    ]


def test_corridor_reads_the_value_of_what_is_new() -> None:
    of = story("Accra said on Monday it will pay €15 million by June 2027.")
    parts = [new("June 2027", 0, type="date"), new("Monday", 0, type="date"), new("€15 million", 0, type="amount")]
    values = {mention.text: mention.value for mention in added(*parts, of=of).record.mentions}
    assert [getattr(values[name], "iso", None) for name in ("June 2027", "Monday")] == ["2027-06", "2025-03-03"]
    assert getattr(values["€15 million"], "currency", None) == "EUR"


@pytest.mark.parametrize(
    ("part", "programme", "label"),
    [(new("two depots", 3), False, "PROJECT"), (new("two depots", 3, programme=True), True, "PROGRAMME")],
)
def test_a_new_project_has_sectors_a_country_and_a_mention(part: Any, programme: bool, label: str) -> None:
    reading = added(part | {"type": "project"}, new("the Tema rail spur", 0, type="project"))  # the second is known
    [made] = reading.record.projects[3:]
    assert (made.id, made.name, made.programme, made.countries) == ("p4", "two depots", programme, ["GHA"])
    assert made.mentions == ["m12"] and reading.record.mentions[-1].label == label


# What is one, and what is no project


@pytest.mark.parametrize(
    ("groups", "same"),
    [
        ([["a3", "a4"], ["p1", "p3"]], {"a4": "a3", "p3": "p1"}),
        ([["a3"], [], ["a1", "a1"]], {}),
        ([["a1", "a2"], ["a5", "a1"], ["a2", "a5"]], {"a2": "a5", "a1": "a5"}),  # they contradict each other
        ([["n1", "a2"], ["a1", "n1"]], {"a6": "a1", "a2": "a1"}),
    ],
)
def test_entities_that_are_one_are_noted_with_one_that_stands_for_itself(
    groups: list[list[str]], same: dict[str, str]
) -> None:
    reading = read(act(), same=groups, new=[NEW])
    assert reading.same == same
    assert faults(joined(record(), reading, FUSION)) == []


@pytest.mark.parametrize(
    ("group", "reason"),
    [
        (["a3", "a9"], "an unknown id"),
        (["a3", "p1"], "an actor that is the same as a project"),
        (["p1", "a3"], "an actor that is the same as a project"),
        (["m3", "m7"], "an id that is no project"),
        (["a3", "a1"], "a person that is the same as a body"),
    ],
)
def test_a_group_of_what_cannot_be_one_is_dropped(group: list[str], reason: str) -> None:
    reading = read(same=[group, ["a3", "a4"]])
    assert (reading.same, reading.dropped) == ({"a4": "a3"}, {reason: 1})


def test_what_is_no_project_is_noted_unless_an_act_is_about_it() -> None:
    assert read(act(projects=["p1"]), no_project=["p1", "p2", "p9", "a1"]).no_project == {"p2"}
    assert read(act(projects=["p3"]), same=[["p1", "p3"]], no_project=["p1"]).no_project == set()
    assert read(no_project=["p1", "p9"]).dropped == {"an unknown id": 1}


def test_an_empty_answer_reads_its_sentences_and_says_nothing() -> None:
    reading = read()
    assert (reading.commitments, set(reading.lost), reading.dropped) == ([], {0, 1, 2, 3, 4}, {})
    assert reading.record == record(commitments=[])


def test_how_much_of_an_answer_stands_nowhere_is_noted_for_its_sentences() -> None:
    half = read(act(by=["a1", "a8", "a9"], to=["a7", "a9"], projects=[], amounts=[], flow=None))
    assert half.lost == dict.fromkeys(range(5), 4 / 6)  # the act, five ids


# Any answer

MARKS = ".,;:-$€'\n "
LITTLE = ["The", "would", "it", "for", "a", "with", "of", "on", "will", "had", "by", "at", "which", "and"]
KINDS = ("actor", "project")


@given(
    st.one_of(
        st.text(alphabet=st.sampled_from([*set(TEXT)]), min_size=1, max_size=1),
        st.sampled_from(LITTLE),
        st.lists(st.sampled_from(LITTLE), min_size=1, max_size=3).map(" ".join),
        st.tuples(st.integers(0, len(TEXT)), st.integers(1, 12))
        .map(lambda at: TEXT[at[0] : sum(at)])
        .filter(lambda words: not re.search(rf"(?<!\w){re.escape(words.strip(MARKS))}(?!\w)", TEXT)),
        st.text(alphabet=MARKS, max_size=4),
    ),
    st.integers(0, 4),
)
@settings(max_examples=300, deadline=None)
def test_letters_parts_of_words_and_words_that_say_nothing_never_enter(words: str, number: int) -> None:
    assume(not words.isdigit())
    parts = [{"id": f"n{n}", "type": kind, "quote": words, "sentence": number} for n, kind in enumerate(KINDS)]
    terms = {"terms": dict.fromkeys(("interest", "maturity", "grace"), words)}
    odd = act(trigger=words, sentence=number)
    reading = read(act(flow=LOAN["flow"] | terms, by=["a1", "n0"], projects=["n1"]), odd, new=parts)
    [made] = reading.commitments
    assert (made.by, made.projects, made.flow and made.flow.terms) == (["a1"], [], {})
    assert (reading.record.actors, reading.record.projects) == (record().actors, record().projects)


# Random answers: ids, sentences, words and kinds, valid and invalid.
IDS = [*(f"a{n}" for n in range(1, 8)), *(f"p{n}" for n in range(1, 5)), *(f"m{n}" for n in range(1, 14))]
names = st.sampled_from([*IDS, "n1", "n2", "n3", "n4", "c1", "", "Volta Bank"])
pieces = st.tuples(st.integers(0, len(TEXT)), st.integers(1, 30)).map(lambda at: TEXT[at[0] : sum(at)])
known = st.sampled_from([
    ("would lend", 0), ("Tema rail spur", 0), ("had signed", 1), ("Danish engineers", 2), ("€15 million", 2),
    ("June 2027", 2), ("will train the staff", 2), ("$90", 3), ("$4m", 3), ("two depots", 3), ("Takoradi", 3),
    ("Volta\tBank", 4), ("Danish", 2), ("the staff", 2), ("Ghana", 3), ("will spend", 3), ("will open", 4),
])  # fmt: skip
numbers = st.sampled_from([*range(-1, 6), 10**30])
places = st.one_of(known, known, known, known, st.tuples(st.one_of(pieces, st.text(max_size=8)), numbers))
groups = st.lists(names, max_size=4)


def mostly(*good: str) -> st.SearchStrategy[list[str]]:
    """A list of ids, most of them of one type."""
    return st.lists(st.one_of(*[st.sampled_from(good)] * 4, names), min_size=1, max_size=4)


actors = mostly("a1", "a2", "a3", "a4", "a5", "n1", "n2")
projects = mostly("p1", "p2", "p3", "n2", "n3")
amounts, dates = mostly("m3", "n3", "n4"), mostly("m7", "n1", "n4")


def either(values: Any) -> st.SearchStrategy[Any]:
    """A member of a value set, or something else."""
    return st.sampled_from([*get_args(values) * 4, "x", None, 1])


new_parts = st.builds(
    lambda id, type, place, kind, country, programme: {
        "id": id, "type": type, "quote": place[0], "sentence": place[1], "kind": kind, "country": country,
        "programme": programme,
    },
    st.sampled_from(["n1", "n2", "n3", "n4", "a1", "a6"]),
    st.sampled_from([*["actor", "project", "amount", "date"] * 3, "treaty"]),
    places,
    either(ActorKind),
    st.sampled_from(["GHA", "DNK", "FRA", "Ghana", None]),
    st.booleans(),
)  # fmt: skip
flows = st.fixed_dictionaries(
    {"instrument": either(Instrument)},
    optional={
        "provider": actors,
        "recipient": actors,
        "terms": st.dictionaries(st.sampled_from(["interest", "maturity", "grace"]), st.one_of(pieces, st.text())),
    },
)
acts = st.builds(
    lambda place, rest: {"trigger": place[0], "sentence": place[1], **rest},
    places,
    st.fixed_dictionaries(
        {"kind": either(CommitmentKind), "status": either(Status), "by": actors},
        optional={
            "with": actors,
            "to": actors,
            "projects": projects,
            "amounts": amounts,
            "dates": dates,
            "also": st.lists(numbers, max_size=3),
            "flow": flows,
            "attributed_to": names,
            "negated": st.booleans(),
        },
    ),
)
answers = st.fixed_dictionaries(
    {"commitments": st.lists(acts, max_size=4)},
    optional={
        "new": st.lists(new_parts, max_size=4),
        "same": st.lists(st.one_of(actors, projects, groups), max_size=4),
        "no_project": projects,
    },
)
windows = st.sampled_from([(0, 5), (0, 2), (2, 5)])


def grounded(of: Record, raw: list[tuple[tuple[int, int], Any]]) -> Reading:
    parts = []
    for (first, last), one in raw:
        with suppress(Broken):
            parts.append((replace(whole(of), first=first, last=last), parse(json.dumps(one))[0]))
    return ground(of, parts, sectors(), METHOD)


@given(st.lists(st.tuples(windows, answers), min_size=1, max_size=2))
@settings(max_examples=120, deadline=None)
def test_whatever_is_answered_the_record_is_sound_and_says_nothing_that_the_article_does_not(raw: Any) -> None:
    of = record()
    reading = grounded(of, raw)
    made = joined(of, reading, FUSION)
    assert Record.model_validate_json(made.to_json()) == made
    assert faults(made) == []
    assert (made.article, made.sentences) == (of.article, of.sentences)
    for commitment in reading.commitments:
        assert commitment.by and commitment.evidence[0].sentence in reading.lost
        assert commitment.trigger.text in SENTENCES[commitment.evidence[0].sentence]
    values = [part for one in reading.commitments for part in (*one.amounts, *one.dates)]
    assert "$90" not in {part.text for part in values}
    for one in reading.record.actors[len(of.actors) :]:
        assert any(name in TEXT for name in (one.name, *one.aliases))
        assert one.country in (None, "GHA", "DNK")
    for project in reading.record.projects[len(of.projects) :]:
        assert project.name in " ".join(TEXT.split())


def test_the_record_that_was_read_stays_as_it_was() -> None:
    of, before = record(), record().to_json()
    new = [{"id": "n1", "type": "amount", "quote": "€15 million", "sentence": 2}]
    ground(of, [(whole(of), answered(act(amounts=["n1"]), new=new, same=[["a3", "a4"]]))], sectors(), METHOD)
    assert of.to_json() == before
