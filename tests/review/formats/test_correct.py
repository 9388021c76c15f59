"""What someone changes in a tool arrives in the gold, and nothing else changes."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from review.formats.conftest import Bench
from review.formats.people import ROW, TEXT, LabelStudio, Person, Prodigy, Spacy, gold

from pipeline.gold.evaluate.matching import match, mentions_of, names_of, relations_of, slots_of, spans_of
from pipeline.gold.importer import guide_record
from pipeline.record import Record, digest
from pipeline.values.gazetteer.names import key

Edit = Callable[[Any], Any]
TOOLS = (Prodigy, LabelStudio)


def changed(**told: Any) -> dict[str, Any]:
    """The gold with other values, at dotted places: `commitments.0.kind`."""
    new = deepcopy(gold())
    for place, value in told.items():
        *way, last = [int(step) if step.isdigit() else step for step in place.split("__")]
        part: Any = new
        for step in way:
            part = part[step]
        if value is GONE:
            del part[last]
        else:
            part[last] = value
    return new


def of_guide(raw: dict[str, Any]) -> Record:
    return guide_record("laos-1", ROW, raw)


def told(found: Record | None) -> Any:
    """All that a record says but the ids of mentions and where references stand."""
    assert found
    aliases = [{key(one) for one in entity.aliases} - {key(entity.name)} for entity in found.actors + found.projects]
    relations = sorted((r.sentence, r.type) for r in found.relations)
    methods = {part.method for part in [*found.mentions, *found.relations, *found.commitments]}
    compared = match(found, found).found
    entities = [
        [
            (one.id, one.name, names, getattr(one, "kind", None), getattr(one, "role", None), one.confidence)
            for one, names in zip(own, names_of(found, own), strict=True)
        ]
        for own in (found.actors, found.projects)
    ]
    places = [(a.id, a.country) for a in found.actors] + [(p.id, p.countries, p.programme) for p in found.projects]
    commitments = [
        (c.id, c.trigger.text, c.kind, c.status, spans_of(c), slots_of(c), c.attributed_to, c.negated, c.flow)
        for c in compared.commitments
    ]
    codes = [{sector.code for sector in own} for own in (found.sectors, *(p.sectors for p in found.projects))]
    marks = [(one.start, one.end, one.boilerplate) for one in found.sentences]
    parts = found.article.text, marks, mentions_of(found), relations_of(compared), entities, places, commitments, codes
    return parts, aliases, relations, methods


GONE = object()
MENTIONS = gold()["mentions"]
BANK = gold()["actors"][1]
STEEL = {"key": "a4", "name": "Lanexang Steel", "kind": "company", "country": None, "role": None}
STEEL |= {"surface": ["Lanexang Steel"]}
WITH_STEEL = [*MENTIONS, [1, "ORG", "Lanexang Steel"]]

CASES: dict[str, tuple[list[Edit], dict[str, Any]]] = {
    "nothing": ([], gold()),
    "a mention added": ([lambda p: p.add("Vientiane", "PLACE")], changed(
        mentions=[*MENTIONS[:6], [1, "PLACE", "Vientiane"], *MENTIONS[6:]])),
    "a mention that is nobody's deleted": ([lambda p: p.delete("2030")], changed(mentions__4=GONE)),
    "a mention moved": ([lambda p: p.move("loan agreement", "agreement")], changed(
        mentions__5=[1, "AGREEMENT", "agreement"], relations__1=["a2", "party_to", "AGREEMENT:agreement", 1])),
    "an amount moved": ([lambda p: p.move("$40 million", "$40")], changed(
        mentions__1=[0, "MONEY", "$40"], commitments__0__amounts=[{"text": "$40", "value": 40.0, "currency": "USD"}])),
    "the name of an actor moved": ([lambda p: p.move("Mekong Bank", "Bank")], changed(
        mentions__2=[0, "ORG", "Bank"], actors__1__surface=["the bank"])),
    "a label changed": ([lambda p: p.label("Pakse bridge", "PROGRAMME")], changed(
        mentions__3=[0, "PROGRAMME", "Pakse bridge"], projects__0__programme=True)),
    "a relation added": ([lambda p: p.link("Kaysa Vong", "affiliated_with", "Laos")], changed(
        relations=[*gold()["relations"], ["a3", "affiliated_with", "a1", 1]])),
    "a relation deleted": ([lambda p: p.unlink("Mekong Bank", "funds", "Pakse bridge")], changed(relations__0=GONE)),
    "kind and status changed": ([lambda p: p.trigger("approved", "finance", "completed")], changed(
        commitments__1__kind="finance", commitments__1__status="completed")),
    "a trigger moved": ([lambda p: p.move("will borrow", "borrow")], changed(commitments__0__trigger="borrow")),
    "a commitment deleted": ([lambda p: p.delete("will borrow")], changed(commitments__0=GONE)),
    "a role taken away": ([lambda p: p.unlink("will borrow", "to", "Mekong Bank")], changed(commitments__0__to=[])),
    "a role, an amount and a date given": ([
        lambda p: p.link("approved", "to", "Laos"), lambda p: p.link("approved", "dates", "Monday"),
        lambda p: p.link("$40 million", "amounts", "approved")], changed(
        commitments__1__to=["a1"], commitments__1__dates=[{"text": "Monday", "iso": "2025-04-14"}],
        commitments__1__amounts=[{"text": "$40 million", "value": 40000000.0, "currency": "USD"}])),
    "others say it": ([
        lambda p: p.unlink("approved", "attributed_to", "Kaysa Vong"),
        lambda p: p.link("approved", "attributed_to", "Laos")], changed(commitments__1__attributed_to="a1")),
    "a new actor": ([
        lambda p: p.add("Lanexang Steel", "ORG"), lambda p: p.link("Kaysa Vong", "affiliated_with", "Lanexang Steel")],
        changed(mentions=WITH_STEEL, actors=[*gold()["actors"], STEEL],
                relations=[*gold()["relations"], ["a3", "affiliated_with", "a4", 1]])),
    "two actors are one": ([lambda p: p.link("Kaysa Vong", "same_as", "Laos")], changed(
        actors=[{**gold()["actors"][0], "role": "minister", "surface": ["Laos", "the government", "Kaysa Vong"]}, BANK],
        commitments__0__flow__provider=["a2", "a1"], commitments__1__attributed_to="a1")),
    "words that tell of somebody else": ([lambda p: p.unlink("The bank", "same_as", "Mekong Bank")], changed(
        actors__1__surface=["Mekong Bank"])),
    "other words for an actor": ([
        lambda p: p.add("loan", "REFERENCE") or p.delete("loan agreement"),
        lambda p: p.link("loan", "same_as", "Pakse bridge")], changed(
        mentions__5=GONE, relations__1=GONE, projects__0__surface=["Pakse bridge", "loan"])),
    "one name of an actor deleted": ([lambda p: p.delete("Mekong Bank")], changed(
        mentions__2=GONE, actors__1__surface=["the bank"])),
    "an actor deleted": ([lambda p: p.delete("Kaysa Vong")], changed(
        mentions__7=GONE, actors__2=GONE, commitments__0__flow__provider=["a2"], commitments__1__attributed_to=None)),
}  # fmt: skip


@pytest.mark.parametrize("person", TOOLS)
@pytest.mark.parametrize("name", CASES)
def test_what_is_changed_arrives(bench: Bench, person: type[Person], name: str) -> None:
    edits, expected = CASES[name]
    assert told(bench(person, *edits)) == told(of_guide(expected)), bench.said
    assert bench.count == {"done": 1}
    if name == "a new actor":
        assert any("new actor a4 'Lanexang Steel': check kind company, country, role" in said for said in bench.said)


IN_A_NOTEBOOK = [
    "nothing", "a mention added", "a mention that is nobody's deleted", "a label changed", "a relation added",
    "a relation deleted", "kind and status changed", "a role taken away", "others say it", "an actor deleted",
]  # fmt: skip


@pytest.mark.parametrize("name", IN_A_NOTEBOOK)
def test_what_is_changed_in_a_doc_arrives(bench: Bench, name: str) -> None:
    edits, expected = CASES[name]
    assert told(bench(Spacy, *edits)) == told(of_guide(expected)), bench.said


@pytest.mark.parametrize("person", TOOLS)
def test_a_new_commitment(bench: Bench, person: type[Person]) -> None:
    found = bench(
        person,
        lambda p: p.delete("will borrow"),
        lambda p: p.add_trigger("borrow", "finance", "proposed"),
        lambda p: p.link("borrow", "by", "Laos"),
        lambda p: p.link("borrow", "projects", "Pakse bridge"),
        lambda p: p.link("borrow", "dates", "2030"),
    )
    assert found
    new = found.commitments[0 if person is Prodigy else -1]  # where it overlaps the deleted one, it is that one moved
    assert (new.trigger.text, new.kind, new.status, new.by) == ("borrow", "finance", "proposed", ["a1"])
    assert (new.projects, [(date.text, date.iso) for date in new.dates]) == (["p1"], [("2030", "2030")])


def test_what_only_label_studio_has(bench: Bench) -> None:
    """The kind of an actor, sectors, arrows drawn the other way round, and words that stand earlier too."""
    kind, link, start = {"actor": "multilateral"}, ("Laos", "affiliated_with", "Kaysa Vong"), TEXT.index("the Pakse")
    found = bench(
        LabelStudio,
        lambda p: p.sectors.append("240"),
        lambda p: p.span("Mekong Bank").update(kind),
        lambda p: p.link(*link),
        lambda p: setattr(p, "turned", 1),
    )
    relations = CASES["a relation added"][1]["relations"]
    expected = changed(sectors=["210", "240"], actors__1__kind="multilateral", relations=relations)
    assert told(found) == told(of_guide(expected))
    second = {"id": "Qx_1", "start": start, "end": start + 3, "label": "PLACE"}
    found = bench(LabelStudio, lambda p: p.delete("Mekong Bank"), lambda p: p.spans.append(second))
    assert found and ("the", 54) in [(mention.text, mention.start) for mention in found.mentions]


def as_prodigy_saves_it(person: Prodigy) -> None:
    """Hashes, session and what the interface notes on spans and arrows."""
    person.task |= {"_input_hash": -400334998, "_task_hash": 1861007191, "_session_id": None, "_view_id": "relations"}
    for token in person.task["tokens"]:
        token["disabled"] = True
    for span in person.task["spans"]:
        span |= {"text": TEXT[span["start"] : span["end"]], "type": "span"}


def as_label_studio_saves_it(person: LabelStudio) -> None:
    """Ids, times and people, and what was predicted beside what was annotated."""
    times = {"created_at": "2025-05-05T10:00:00.000000Z", "updated_at": "2025-05-05T10:05:00.000000Z"}
    (annotation,) = person.task["annotations"]
    person.task["predictions"] = [{"id": 5, "model_version": "corridor 0.1.0", "score": 0.5, "result": []}]
    annotation |= {"id": 1001, "completed_by": 10, "was_cancelled": False, "ground_truth": False, "lead_time": 4.2}
    annotation |= {"result_count": 0, "task": 1, **times}
    person.task |= {"id": 1, "inner_id": 1, "project": 83, "drafts": [], "meta": {}, **times}


@pytest.mark.parametrize(
    ("person", "edit", "schema"),
    [
        (Prodigy, as_prodigy_saves_it, "prodigy.schema.json"),
        (LabelStudio, as_label_studio_saves_it, "label_studio.schema.json"),
    ],
)
def test_what_the_tools_add_is_of_their_form_and_does_no_harm(
    bench: Bench, person: type[Person], edit: Edit, schema: str
) -> None:
    assert told(bench(person, edit)) == told(of_guide(gold())), bench.said
    text = (bench.folder / person.name).read_text(encoding="utf-8")
    (task,) = json.loads(text) if person is LabelStudio else [json.loads(text)]
    form = json.loads(Path(__file__).with_name(schema).read_text(encoding="utf-8"))
    assert list(Draft202012Validator(form).iter_errors(task)) == []


@pytest.mark.parametrize("person", [Prodigy, LabelStudio])
def test_tasks_that_carry_gold_of_the_guide_are_read(bench: Bench, person: type[Person]) -> None:
    """As earlier versions exported them."""

    def as_before(one: Any) -> None:
        holder = one.task if isinstance(one, Prodigy) else one.task["data"]
        article = {**ROW, "text": ""}
        holder["corridor"] = {"article": article, "sha256": digest(TEXT), "gold": gold()}

    found = bench(person, as_before, lambda p: p.label("Pakse bridge", "PROGRAMME"))
    assert told(found) == told(of_guide(CASES["a label changed"][1])), bench.said
