"""FollowTheMoney entities: the package itself loads and validates them, and changes nothing in them."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from builders import bare, commitment, record
from followthemoney import model
from followthemoney.types import registry

from pipeline.publish import followthemoney as ftm
from pipeline.publish.formats import Options
from pipeline.record import Record
from pipeline.seeds import rows, table
from pipeline.values.gazetteer.places import alpha2

RECORDS = [
    record(article={"title": "Ring road"}),
    record("peru/2", {"title": None, "url": "not an address", "source": None}),
    bare("quiet", date="2025-01-01"),
]


def entities(*records: Record) -> list[dict[str, Any]]:
    return [entity for each in records for entity in ftm.entities(each)]


def of_schema(schema: str, *records: Record) -> list[dict[str, list[str]]]:
    return [entity["properties"] for entity in entities(*records) if entity["schema"] == schema]


def test_the_package_takes_every_entity_as_it_is(tmp_path: Path) -> None:
    ftm.write(RECORDS, str(tmp_path / "out.jsonl"), Options("ftm"))
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").split("\n")
    ids, referred = Counter[str](), set()
    for data in (json.loads(line) for line in lines if line):
        schema = model.get(data["schema"])
        assert schema is not None
        schema.validate(data)
        proxy = model.get_proxy(data, cleaned=False)
        cleaned = {name: sorted(values) for name, values in proxy.to_dict()["properties"].items()}
        given = {name: sorted(set(values)) for name, values in data["properties"].items()}
        assert given.keys() - schema.properties.keys() <= {"proof"}  # links have it from FollowTheMoney 4 on
        assert cleaned == {name: values for name, values in given.items() if name in schema.properties}
        ids[proxy.id] += 1
        referred |= {value for prop, value in proxy.itervalues() if prop.type is registry.entity}
    assert set(ids.values()) == {1}
    assert referred <= set(ids)


def test_ends_have_the_schemata_that_the_links_ask_for() -> None:
    schemata = {entity["id"]: model.get(entity["schema"]) for entity in entities(*RECORDS)}
    for data in entities(*RECORDS):
        for prop, value in model.get_proxy(data, cleaned=False).itervalues():
            if prop.type is registry.entity:
                assert schemata[value].is_a(prop.range), (data["schema"], prop.name)


def test_who_acts_and_what_links_them() -> None:
    found = Counter(entity["schema"] for entity in entities(record()))
    assert found == {
        "Article": 1, "Organization": 1, "PublicBody": 1, "Person": 1, "Project": 1, "Mention": 3, "Employment": 1,
        "ProjectParticipant": 2, "UnknownLink": 1,
    }  # fmt: skip
    (person,) = of_schema("Person", record())
    assert person == {"name": ["Rosa Lima"], "country": ["pe"], "position": ["Minister"]}
    (link,) = of_schema("UnknownLink", record())
    assert link["role"] == ["provides loan to"]
    assert link["status"] == ["pledged"]
    assert link["recordId"] == ["peru/1/c1"]
    assert link["summary"] == ["loan; $700m; 200 million soles"]


def test_a_request_links_who_would_pay_to_who_asks() -> None:
    asked = commitment(status="proposed", by=["a2"], to=["a1"], projects=[])
    names = {
        entity["id"]: entity["properties"]["name"] for entity in entities(record()) if "name" in entity["properties"]
    }
    (link,) = of_schema("UnknownLink", record(commitments=[asked]))
    assert [names[link[side][0]] for side in ("subject", "object")] == [["Andes Bank"], ["Peru"]]


@pytest.mark.parametrize("mark", ["negated", "boilerplate"])
def test_what_is_denied_or_boilerplate_links_nobody(mark: str) -> None:
    assert of_schema("UnknownLink", record(commitments=[commitment(**{mark: True})])) == []


def test_ids_hold_and_are_of_one_article() -> None:
    first, again = ([entity["id"] for entity in entities(record())] for _ in range(2))
    assert first == again
    assert not {*first} & {entity["id"] for entity in entities(record("peru/2"))}


def test_every_country_is_known_to_followthemoney() -> None:
    unknown = table("followthemoney.yaml")["unknown_countries"]
    for row in rows("country_codes.csv", "alpha3", "alpha2"):
        if row["alpha3"] not in unknown:
            code = str(alpha2(row["alpha3"])).lower()
            assert registry.country.clean(code) == code
