"""Every operation on a short article: what it makes, what goes with it, what is refused and why."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from review.page.steps import Json, do, mention, place, record, slot

from pipeline.gold.check import problems
from pipeline.record import Record
from pipeline.review.edits.operations import OPERATIONS
from pipeline.review.edits.working import Refused, State, parts_of

ACTOR = {"name": "Lanexang Steel", "kind": "company", "country": "LAO", "role": None}
PROJECT = {"name": "Road 13", "programme": True, "sectors": ["210"], "countries": ["LAO"]}
MONEY = slot("c1", "amounts", "$40 million")


def add(what: str, /, **fields: Any) -> Json:
    return {"do": "add", "what": what, "fields": fields}


def change(name: str, /, **fields: Any) -> Json:
    return {"do": "set", "id": name, "fields": fields}


def into(name: str, where: str, value: Any = None, /, **at: int) -> Json:
    return {"do": "add_slot", "id": name, "slot": where, **({"value": value} if value else at)}


def instead(name: str, value: Any = None, /, **at: int) -> Json:
    return {"do": "replace", "id": name, **({"value": value} if value else at)}


def drop(name: str) -> Json:
    return {"do": "remove", "id": name}


def merge(name: str, other: str) -> Json:
    return {"do": "merge", "id": name, "into": other}


def accept(name: str) -> Json:
    return {"do": "accept", "id": name}


def decision(name: str, value: str | None) -> Json:
    return {"do": "decide", "id": name, "decision": value}


def told(part: Any, *names: str) -> Any:
    values = tuple(getattr(part, name) for name in names)
    return values if len(values) > 1 else values[0]


def by_id(parts: list[Any], name: str) -> Any:
    return next((part for part in parts if part.id == name), None)


def of(name: str, *fields: str) -> Callable[[Record], Any]:
    """Fields of a mention, actor, project or commitment."""
    return lambda found: told(by_id(parts_of(found), name), *fields)


def ends(found: Record) -> list[tuple[str, str, str]]:
    return [(relation.subject, relation.type, relation.object) for relation in found.relations]


def flow(name: str) -> Callable[[Record], Any]:
    return lambda found: told(by_id(found.commitments, name).flow, "instrument", "provider", "recipient", "terms")


def amount(found: Record) -> tuple[Any, ...]:
    return told(found.commitments[0].amounts[0], "value", "low", "high", "approximate", "currency")


CASES: list[tuple[list[Json], Callable[[Record], Any], Any]] = [
    ([add("mention", label="ORG", **place("Lanexang Steel"))],
     of("m9", "text", "sentence", "confidence", "method", "entity"), ("Lanexang Steel", 1, 1.0, "person", None)),
    ([add("mention", label="PLACE", **place(" Vientiane "))], of("m9", "text"), "Vientiane"),
    ([add("mention", label="ORG", **place("bank"), entity="a2")], of("a2", "mentions"), ["m3", "m9"]),
    ([drop("m2"), add("mention", label="MONEY", **place("$40 million"))],
     lambda f: told(mention(f, "$40 million").value, "value", "currency"), (4e7, "USD")),
    ([change("m1", label="PLACE")], of("m1", "label", "entity", "value", "method"), ("PLACE", "a1", None, "person")),
    ([change("m7", label="QUANTITY"), change("m7", label="DATE")],
     lambda f: told(mention(f, "Monday").value, "iso", "basis"), ("2025-04-14", "article_date")),
    ([change("m3", **place("Mekong"))], of("m3", "text", "entity"), ("Mekong", "a2")),
    ([change("m3", **place("Mekong"))], of("a2", "name", "aliases"), ("Mekong Bank", ["the bank", "Mekong"])),
    ([change("m3", entity="a1")], of("a1", "mentions", "aliases"), (["m1", "m3"], ["the government", "Mekong Bank"])),
    ([change("m3", entity="a1")], of("a2", "mentions"), []),
    ([change("m3", entity="a1"), change("m3", entity=None)], of("a1", "aliases"), ["the government"]),
    ([drop("m6")], ends, [("a2", "funds", "p1")]),
    ([drop("m1")], of("a1", "mentions", "name"), ([], "Laos")),
    ([add("actor", **ACTOR, mentions=["m8"])], of("a4", "name", "kind", "country", "aliases", "confidence"),
     ("Lanexang Steel", "company", "LAO", ["Kaysa Vong"], 1.0)),
    ([add("actor", **ACTOR, mentions=["m8"])], of("a3", "mentions"), []),
    ([change("c2", flow={"instrument": "loan", "provider": ["a2"], "recipient": []})], flow("c2"),
     ("loan", ["a2"], [], {})),
    ([change("c1", flow=None)], lambda f: f.commitments[0].flow, None),
    ([drop("a2")], flow("c1"), ("loan", ["a3"], ["a1"], {})),
    ([merge("a3", "a2")], flow("c1"), ("loan", ["a2"], ["a1"], {})),
    ([change("a3", role=None, kind="group", country="THA")], of("a3", "role", "kind", "country"),
     (None, "group", "THA")),
    ([change("a2", name="  The Mekong\n Bank ")], of("a2", "name", "aliases"),
     ("The Mekong Bank", ["the bank", "Mekong Bank"])),
    ([change("a1", aliases=["Lao PDR", "Laos"])], of("a1", "aliases"), ["Lao PDR"]),
    ([drop("a2")], lambda f: [x.id for x in f.actors], ["a1", "a3"]),
    ([drop("a2")], ends, []),
    ([drop("a2")], of("m3", "entity"), None),
    ([drop("a2")], lambda f: [told(x, "by", "to") for x in f.commitments], [(["a1"], []), ([], [])]),
    ([drop("a3")], of("c2", "attributed_to"), None),
    ([add("project", **PROJECT)], of("p2", "name", "programme", "countries"), ("Road 13", True, ["LAO"])),
    ([add("project", name="Road 13", mentions=["m4"])], of("p2", "programme", "mentions"), (False, ["m4"])),
    ([change("p1", sectors=["230", "210", "230"])], lambda f: [(s.code, s.label) for s in f.projects[0].sectors],
     [("230", "Energy"), ("210", "Transport & Storage")]),
    ([drop("p1")], lambda f: (f.projects, f.commitments[1].projects, ends(f)), ([], [], [("a2", "party_to", "m6")])),
    ([add("relation", subject="a3", type="represents", object="a1")],
     lambda f: told(f.relations[-1], "sentence", "method"), (1, "person")),
    ([add("relation", subject="a1", type="implements", object="p1")], lambda f: f.relations[-1].sentence, 0),
    ([add("relation", subject="a1", type="party_to", object="m6", sentence=0)], lambda f: f.relations[-1].sentence, 0),
    ([drop("a2 funds p1")], ends, [("a2", "party_to", "m6")]),
    ([add("commitment", kind="policy", status="proposed", **place("said"))],
     lambda f: told(by_id(f.commitments, "c3"), "negated", "by", "method"), (False, [], "person")),
    ([add("commitment", kind="policy", status="proposed", **place("said"))],
     lambda f: [e.sentence for e in f.commitments[-1].evidence], [1]),
    ([change("c1", status="agreed", kind="contract", negated=True)], of("c1", "status", "kind", "negated"),
     ("agreed", "contract", True)),
    ([change("c2", **place("will borrow"))], lambda f: [e.sentence for e in f.commitments[1].evidence], [0]),
    ([change("c1", **place("approved"))], lambda f: [e.sentence for e in f.commitments[0].evidence], [1]),
    ([change("c1", sentences=[])], lambda f: [e.sentence for e in f.commitments[0].evidence], [0]),
    ([drop("c1")], lambda f: [x.id for x in f.commitments], ["c2"]),
    ([drop("c2"), add("commitment", kind="policy", status="proposed", **place("said"))],
     lambda f: [x.id for x in f.commitments], ["c1", "c2"]),
    ([into("c1", "with", "a3"), into("c1", "projects", "p1"), into("c1", "sectors", "230")],
     of("c1", "with_", "projects", "sectors"), (["a3"], ["p1"], ["230"])),
    ([into("c2", "attributed_to", "a1")], of("c2", "attributed_to"), "a1"),
    ([into("c1", "dates", **place("2030"))], lambda f: told(f.commitments[0].dates[0], "iso", "basis"),
     ("2030", "text")),
    ([into("c1", "dates", **place("Monday"))], lambda f: f.commitments[0].dates[0].iso, "2025-04-21"),
    ([into("c2", "dates", **place("Monday"))], lambda f: f.commitments[1].dates[0].iso, "2025-04-14"),
    ([drop(MONEY), into("c1", "amounts", **place("$40 million"))], amount, (4e7, None, None, False, "USD")),
    ([into("c2", "amounts", **place("the loan"))], lambda f: f.commitments[1].amounts[0].value, None),
    ([drop("c1 by a1"), drop("c2 attributed_to a3")], lambda f: (f.commitments[0].by, f.commitments[1].attributed_to),
     ([], None)),
    ([into("c1", "by", "a2"), instead("c1 by a1", "a3")], of("c1", "by"), ["a3", "a2"]),
    ([instead("c2 attributed_to a3", "a1")], of("c2", "attributed_to"), "a1"),
    ([into("c2", "dates", **place("2030")), instead(slot("c2", "dates", "2030"), **place("Monday"))],
     lambda f: [one.iso for one in f.commitments[1].dates], ["2025-04-14"]),
    ([change(MONEY, low=3e7, approximate=True)], amount, (4e7, 3e7, None, True, "USD")),
    ([change(MONEY, low=3e7), change(MONEY, value=5e7, currency="LAK")], amount, (5e7, None, None, False, "LAK")),
    ([into("c1", "dates", **place("2030")), change(slot("c1", "dates", "2030"), iso="2029-07/2030-06")],
     lambda f: told(f.commitments[0].dates[0], "iso", "precision", "basis", "text"),
     ("2029-07/2030-06", "range", "text", "2030")),
    ([into("c1", "dates", **place("2030")), change(slot("c1", "dates", "2030"), iso=None)],
     lambda f: told(f.commitments[0].dates[0], "iso", "precision", "basis"), (None, None, None)),
    ([merge("a3", "a2")], of("a2", "name", "kind", "country", "role", "aliases", "mentions"),
     ("Mekong Bank", "bank", "LAO", "minister", ["the bank", "Kaysa Vong"], ["m3", "m8"])),
    ([merge("a1", "a2")], lambda f: told(f.commitments[0], "by", "to"), (["a2"], ["a2"])),
    ([into("c2", "by", "a1"), merge("a1", "a2")], of("c2", "by"), ["a2"]),
    ([merge("a3", "a2")], of("c2", "attributed_to"), "a2"),
    ([add("relation", subject="a1", type="funds", object="p1"), merge("a1", "a2")], ends,
     [("a2", "funds", "p1"), ("a2", "party_to", "m6")]),
    ([add("relation", subject="a1", type="part_of", object="a2"), merge("a1", "a2")], lambda f: len(f.relations), 2),
    ([add("project", **PROJECT), merge("p1", "p2")], of("p2", "name", "programme", "aliases"),
     ("Road 13", True, ["Pakse bridge"])),
    ([change("article", sectors=["240", "210"])], lambda f: [s.code for s in f.sectors], ["240", "210"]),
]  # fmt: skip


@pytest.mark.parametrize(("edits", "look", "expected"), CASES)
def test_what_an_operation_makes(edits: list[Json], look: Callable[[Record], Any], expected: Any) -> None:
    found = do(*edits).record
    assert look(found) == expected
    assert problems(found) == []


ACCEPTED: list[tuple[list[Json], set[str]]] = [
    ([accept("m3"), accept("a1"), accept("p1"), accept("c1")], {"m3", "a1", "p1", "c1"}),
    ([accept("a2 funds p1"), accept("c1 by a1"), accept(MONEY)], {"a2 funds p1", "c1 by a1", MONEY}),
    ([accept("c2 attributed_to a3"), accept("article")], {"c2 attributed_to a3", "article"}),
    ([{"do": "accept_all", "ids": ["c1", "c1 by a1", "m3"]}], {"c1", "c1 by a1", "m3"}),
    ([change("m1", label="PLACE"), into("c1", "with", "a3")], {"m1", "c1 with a3"}),
    ([add("relation", subject="a1", type="funds", object="p1")], {"a1 funds p1"}),
    ([accept("c1 by a1"), drop("a1")], set()),
    ([accept("c1 by a1"), accept("a2 funds p1"), merge("a1", "a3"), merge("a2", "a3")],
     {"c1 by a3", "a3 funds p1", "a3"}),
    ([into("c2", "attributed_to", "a1")], {"c2 attributed_to a1"}),
    ([decision("c1", "accepted")], {"c1", "c1 by a1", "c1 to a2", MONEY, "a1", "a2", "a3", "m1", "m2", "m3", "m8"}),
    ([decision("c2", "accepted")], {"c2", "c2 by a2", "c2 projects p1", "c2 attributed_to a3", "a2", "a3", "p1",
                                    "m3", "m4", "m8"}),
    ([decision("c1", "rejected"), decision("c2", "unsure"), decision("c2", None)], set()),
]  # fmt: skip


@pytest.mark.parametrize(("edits", "expected"), ACCEPTED)
def test_what_was_decided_is_accepted(edits: list[Json], expected: set[str]) -> None:
    assert do(*edits).accepted == expected


DECIDED: list[tuple[list[Json], dict[str, str]]] = [
    ([decision("c1", "accepted"), decision("c2", "unsure")], {"c1": "accepted", "c2": "unsure"}),
    ([decision("c1", "accepted"), decision("c1", "rejected")], {"c1": "rejected"}),
    ([decision("c1", "accepted"), decision("c1", None)], {}),
    ([decision("c1", "accepted"), change("c1", status="agreed"), into("c1", "by", "a3")], {"c1": "accepted"}),
    ([decision("c1", "rejected"), drop("c1")], {}),
    ([decision("c2", "rejected"), drop("c2"), add("commitment", kind="policy", status="proposed", **place("said"))],
     {}),
]  # fmt: skip


@pytest.mark.parametrize(("edits", "expected"), DECIDED)
def test_decisions_on_commitments(edits: list[Json], expected: dict[str, str]) -> None:
    state = do(*edits)
    assert {name: verdict.decision for name, verdict in state.verdicts.items()} == expected
    rejected = {name for name, value in expected.items() if value == "rejected"}
    assert [one.id for one in state.kept.commitments] == [
        one.id for one in state.record.commitments if one.id not in rejected
    ]


def test_accepting_changes_nothing_of_the_record() -> None:
    assert do(accept("m3")).record == record()


REFUSED: list[tuple[Json, str]] = [
    ({"do": "dance"}, "there is no operation 'dance'; use one of accept, accept_all, set"),
    ({"do": ["accept"]}, "use one of accept"),
    ({"do": "accept"}, "id: Missing required"),
    ({"do": "accept", "id": "m3", "time": "now"}, "time: Unexpected keyword"),
    (accept("m99"), "there is no 'm99'"),
    ({"do": "accept_all", "ids": ["m1", "m99"]}, "there is no 'm99'"),
    (decision("m1", "accepted"), "'m1' is not among the commitments"),
    (decision("c9", "accepted"), "'c9' is not among the commitments"),
    (decision("c1", "corrected"), "decision: Input should be 'accepted', 'rejected' or 'unsure'"),
    (decision("c1", None), "nothing is decided on 'c1'"),
    ({"do": "decide", "id": "c1"}, "decision: Missing required"),
    ({"do": "accept_all", "ids": []}, "ids: List should have at least 1 item"),
    (accept("c1 by a3"), "there is no 'c1 by a3'"),
    (add("story"), "cannot add 'story'; use one of mention, actor"),
    (add("mention", label="LAND", **place("bank")), "label: Input should be 'PERSON'"),
    (add("mention", label="ORG", start=5), "end: Field required"),
    (add("mention", label="ORG", start=5, end=5), "5 to 5 is not inside the text of"),
    (add("mention", label="ORG", start=-1, end=5), "start: Input should be greater than or equal to 0"),
    (add("mention", label="ORG", start=0, end=9999), "0 to 9999 is not inside the text"),
    (add("mention", label="ORG", start=0.5, end=5), "start: Input should be a valid integer"),
    (add("mention", label="ORG", start=True, end=5), "start: Input should be a valid integer"),
    (add("mention", label="ORG", **place(" ")), "only white space at 4"),
    (add("mention", label="ORG", **place("2030. The bank")), "is not inside one sentence; mark each piece"),
    (add("mention", label="ORG", **place("Mekong")), "'Mekong' overlaps the ORG 'Mekong Bank' at 38; remove it first"),
    (add("mention", label="ORG", **place("bank"), entity="a9"), "'a9' is not among the actors or projects"),
    (add("mention", label="ORG", **place("bank"), entity="c1"), "'c1' is not among the actors or projects"),
    (change("m3", label=None), "label: Input should be"),
    (change("m3"), "fields: Dictionary should have at least 1 item"),
    (change("m3", text="x"), "text: Extra inputs are not permitted"),
    (change("m4", **place("Bank")), "'Bank' overlaps the ORG 'Mekong Bank'"),
    (change("m6", label="DATE"), "'loan agreement' ends a relation, which a DATE cannot"),
    (change("a2 funds p1", type="party_to"), "'a2 funds p1' cannot be set; remove it and add another"),
    (change("c1 by a1", value="a2"), "'c1 by a1' cannot be set"),
    (change("a1", name="  "), "name: .*at least 1"),
    (change("a1", name="x" * 501), "name: .*at most 500"),
    (change("a1", country="Laos"), "country: .*unknown code 'Laos'"),
    (change("a1", kind="bridge"), "kind: Input should be"),
    (change("p1", sectors=["999"]), "sectors.0: .*unknown code '999'"),
    (change("p1", countries="LAO"), "countries: Input should be a valid list"),
    (change("p1", programme="yes"), "programme: Input should be a valid boolean"),
    (change("article", sectors=["1"]), "unknown code '1'"),
    (change("c1", status="maybe"), "status: Input should be"),
    (change("c1", sentences=[7]), "there is no sentence 7"),
    (change("c1", **place("2030. The")), "not inside one sentence"),
    (change(MONEY, value=-1), "value: Input should be greater than or equal to 0"),
    (change(MONEY, value=float("nan")), "value: Input should be a finite number"),
    (change(MONEY, low=5e7), "low, value and high are not in this order"),
    (change(MONEY, currency="ZZZ"), "unknown code 'ZZZ'"),
    (change(MONEY, iso="2030"), "iso: Extra inputs"),
    (into("c1", "by", "a1"), "'c1 by a1' exists already"),
    (into("c1", "amounts", **place("$40 million")), "exists already"),
    (into("c2", "attributed_to", "a3"), "exists already"),
    (into("c1", "by", "p1"), "'p1' is not among the actors"),
    (into("c1", "projects", "a1"), "'a1' is not among the projects"),
    (into("c1", "sectors", "999"), "there is no sector '999'"),
    (into("c1", "under", "a1"), "there is no slot 'under'; use one of by, with"),
    (into("m1", "by", "a1"), "'m1' is not among the commitments"),
    (into("c1", "by", **place("Laos")), "'by' takes a value"),
    (into("c1", "dates", "2030"), "'dates' takes words: start and end"),
    (into("c1", "dates", start=3), "a slot takes a value, or words by start and end"),
    (into("c1", "by"), "a slot takes a value, or words by start and end"),
    (instead("c1 by a9", "a2"), "there is no 'c1 by a9'"),
    (instead("c1 by a1", "a1"), "'c1 by a1' exists already"),
    (instead("c1 by a1", "p1"), "'p1' is not among the actors"),
    (instead("c1 by a1", **place("Laos")), "'by' takes a value"),
    (instead("c1 by a1"), "a slot takes a value, or words by start and end"),
    (drop("article"), "the article cannot be removed"),
    (drop("c1 amounts 1:2"), "there is no 'c1 amounts 1:2'"),
    (merge("a1", "a1"), "'a1' cannot be merged into itself"),
    (merge("a1", "p1"), "'p1' is not among the actors"),
    (merge("m1", "m2"), "'m1' is not among the actors or projects"),
    (add("relation", subject="a1", type="funds", object="a1"), "a relation needs two different ends"),
    (add("relation", subject="a2", type="funds", object="p1"), "'a2 funds p1' exists already"),
    (add("relation", subject="a1", type="loves", object="a2"), "type: Input should be"),
    (add("relation", subject="a1", type="funds", object="m2"), "MONEY '\\$40 million' cannot be the end of a relation"),
    (add("relation", subject="a1", type="funds", object="c1"), "'c1' is not among the actors or projects or mentions"),
    (add("relation", subject="a1", type="funds", object="p1", sentence=9), "there is no sentence 9"),
    *[(change(slot("c2", "dates", "Monday"), iso=iso), "iso: ") for iso in
      ("soon", "2025-13", "2025-02-30", "2025-06/2025", "2026/2025", "2025/2026/2027", "٢٠٢٥", "", "0000")],
]  # fmt: skip


@pytest.mark.parametrize(("edit", "reason"), REFUSED)
def test_what_cannot_be_done_is_refused_with_the_reason(edit: Json, reason: str) -> None:
    with pytest.raises(Refused) as refusal:
        do(into("c2", "dates", **place("Monday")), edit)
    assert re.search(reason, str(refusal.value)), refusal.value


def test_every_operation_has_its_cases() -> None:
    tried = {edit["do"] for edits, *_ in CASES for edit in edits} | {e["do"] for edits, _ in ACCEPTED for e in edits}
    assert tried == set(OPERATIONS)


def test_a_state_is_never_changed() -> None:
    before = State(record())
    kept = before.record.to_json()
    do(drop("a2"), merge("a1", "a3"), change("m1", label="PLACE"))
    assert before.record.to_json() == kept
