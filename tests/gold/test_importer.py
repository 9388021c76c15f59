"""Gold of the annotation guide as records: what is read, what makes it unusable, what an annotator should look at."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import SetupError
from pipeline.gold.check import doubts, has_flows, problems
from pipeline.gold.folder import read_gold, write_gold
from pipeline.gold.importer import guide_record
from pipeline.record import Record, quotes

Change = Callable[[dict[str, Any]], object]
Perfect = Callable[[str], Record]
NAMES = ["authored-001", "authored-002", "authored-003"]


@pytest.fixture
def changed(authored: Path, tmp_path: Path) -> Callable[[Change], Record]:
    """The record of the first authored article after a change of its gold."""

    def read(change: Change) -> Record:
        folder = Path(shutil.copytree(authored, tmp_path / "gold", dirs_exist_ok=True))
        path = folder / "gold" / "authored-001.json"
        raw = json.loads(path.read_text(encoding="utf-8"))
        change(raw)
        path.write_text(json.dumps(raw), encoding="utf-8")
        return read_gold(folder)[0]

    return read


@pytest.mark.parametrize("name", NAMES)
def test_the_authored_corpus_is_sound(perfect: Perfect, name: str) -> None:
    record = perfect(name)
    assert [*problems(record), *doubts(record)] == []
    assert [quote.text for quote in quotes(record)] == [record.article.text[q.start : q.end] for q in quotes(record)]
    assert Record.model_validate_json(record.to_json()) == record
    assert {part.method for part in [*record.mentions, *record.relations, *record.commitments]} == {"person"}


def test_what_gold_says_in_short_is_whole_in_the_record(perfect: Perfect) -> None:
    record = perfect("authored-003")  # its first two sentences are merged
    entities = {mention.text: mention.entity for mention in record.mentions}
    assert (entities["PARC"], entities["Green Aquifer Project"], entities["Pishin"]) == ("a4", "p1", None)
    assert [m for actor in record.actors if actor.id == "a4" for m in actor.mentions] == ["m12", "m13"]
    assert (record.sentences[0].start, record.mentions[0].text, record.mentions[1].sentence) == (0, "ISLAMABAD", 0)
    assert record.commitments[1].evidence[0].sentence == 1
    end = next(relation.object for relation in record.relations if relation.type == "located_in")
    assert next(mention.text for mention in record.mentions if mention.id == end) == "Balochistan"
    assert [c.id for c in record.commitments if c.negated] == ["c6"]


def test_words_outside_their_sentence_are_found_elsewhere(changed: Callable[[Change], Record]) -> None:
    dates = [{"text": "March  2026", "iso": "2026-03"}]
    assert changed(lambda raw: raw["commitments"][4].update(dates=dates)).commitments[4].dates[0].text == "March 2026"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda raw: raw.pop("sectors"), "sectors: Field required"),
        (lambda raw: raw["actors"][0].update(kind="ngo"), "actors.0.kind: Input should be 'person'"),
        (lambda raw: raw["mentions"].append([0, "GPE", "Kyrgyzstan"]), "mentions.26.1: Input should be 'PERSON'"),
        (lambda raw: raw["commitments"][0].update(status="signed"), "commitments.0.status: Input should be 'proposed'"),
        (lambda raw: raw["commitments"][1].update(to=["p1"]), "the commitment c2 has 'p1' in 'to'"),
        (lambda raw: raw["commitments"][1].update(projects=["a1"]), "the commitment c2 has 'a1' in 'projects'"),
        (lambda raw: raw["commitments"][1].update(attributed_to="a77"), "the commitment c2 has 'a77' in 'attr"),
        (lambda raw: raw["commitments"][1].update(also=[9]), "commitment c2: there is no sentence 9"),
        (lambda raw: raw["commitments"][1].update(negated="no"), "commitments.1.negated: Input should be a valid bool"),
        (lambda raw: raw["commitments"][1]["flow"].update(instrument="gift"), "commitments.1.flow.instrument: Input"),
        (lambda raw: raw["commitments"][1]["flow"].pop("provider"), "commitments.1.flow.provider: Field required"),
        (lambda raw: raw["commitments"][1]["flow"].update(to=[]), "commitments.1.flow.to: Extra inputs"),
        (lambda raw: raw["commitments"][1]["flow"].update(terms={"rate": "2%"}), "commitments.1.flow.terms.rate"),
        (lambda raw: raw["commitments"][1]["flow"].update(recipient=["p1"]), "the commitment c2 has 'p1' in 'rec"),
        (lambda raw: raw["commitments"][1].update(sectors=["999"]), "commitment c2: there is no sector '999'"),
        (lambda raw: raw["sectors"].append("21"), "sectors: there is no sector '21'"),
        (lambda raw: raw.update(boilerplate=[9]), "boilerplate: there is no sentence 9"),
        (lambda raw: raw["relations"].append(["a1", "funds", "p8", 0]), "the relation 'a1 funds p8' refers to 'p8'"),
        (lambda raw: raw["relations"].append(["a1", "owns", "p1", 0]), "relations.13.1: Input should be 'affiliated_"),
        (lambda raw: raw["commitments"][0].update(trigger="pretended"), "commitment c1: 'pretended' does not"),
        (lambda raw: raw["commitments"][4].update(dates=[{"text": "2077", "iso": "2077"}]), "commitment c5: '2077'"),
        (lambda raw: raw["mentions"].append([3, "ORG", "ADB"]), "mention 'ADB' does not stand in sentence 3"),
        (lambda raw: raw["mentions"].append([3, "ORG", " "]), "mention ' ' does not stand in sentence 3"),
        (lambda raw: raw["sentence_fixes"].append(["split", 2, "The road"]), "sentence fix ['split', 2, 'The road']"),
        (lambda raw: raw["sentence_fixes"].append(["merge", 8, 9]), "sentence fix ['merge', 8, 9]: there is no sen"),
        (lambda raw: raw["sentence_fixes"].append(["merge", 8, 9, 10]), "sentence_fixes.0"),
    ],
)
def test_defects(changed: Callable[[Change], Record], change: Change, named: str) -> None:
    with pytest.raises(SetupError) as raised:
        changed(change)
    assert f"gold/authored-001.json: {named}" in str(raised.value) or f"; {named}" in str(raised.value)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda raw: raw["commitments"][0].update(trigger="will also give"), "commitment c1: 'will also give' does"),
        (lambda raw: raw["commitments"][4].update(dates=[{"text": "2029", "iso": "2029"}]), "commitment c5: '2029'"),
        (lambda raw: raw["relations"].append(["p1", "located_in", "PLACE:Baetov", 0]), "relation p1 located_in"),
        (lambda raw: raw["commitments"][1].pop("flow"), "commitment c2: is about money and has no flow"),
        (lambda raw: raw["commitments"][3].update(flow=raw["commitments"][0]["flow"]), "commitment c4: has a flow and"),
        (lambda raw: raw["commitments"][0]["flow"].update(terms={"interest": "2%"}), "commitment c1: '2%' does not"),
    ],
)
def test_doubts(changed: Callable[[Change], Record], change: Change, named: str) -> None:
    assert [one.startswith(named) for one in doubts(changed(change))] == [True]


def test_gold_of_version_1_needs_no_flows(changed: Callable[[Change], Record]) -> None:
    def without_flows(raw: dict[str, Any]) -> None:
        del raw["boilerplate"]
        for row in raw["commitments"]:
            row.pop("flow", None)

    gold = changed(without_flows)
    assert (doubts(gold), has_flows(gold), {one.boilerplate for one in gold.sentences}) == ([], False, {None})


@pytest.mark.parametrize(
    ("fixes", "marked", "expected"),
    [
        ([], [], []),
        ([], [1], ["Read: Port strike ends"]),
        ([["merge", 1, 2]], [1, 2], ["Read: Port strike ends\nfor good"]),
        ([["split", 1, "Port"]], [1], ["Read:", "Port strike ends"]),
    ],
)
def test_boilerplate_after_the_fixes(fixes: list[list[object]], marked: list[int], expected: list[str]) -> None:
    text = "The port is open.\nRead: Port strike ends\nfor good"
    nothing = {name: [] for name in ("mentions", "actors", "projects", "relations", "commitments", "sectors")}
    row = {"id": "x", "text": text, "sentences": [[0, 17], [18, 40], [41, 49]]}
    gold = guide_record("x", row, {**nothing, "sentence_fixes": fixes, "boilerplate": marked})
    assert [text[one.start : one.end] for one in gold.sentences if one.boilerplate] == expected
    assert has_flows(gold)


def test_flows_may_stand_in_files_of_their_own(authored: Path, tmp_path: Path, golds: dict[str, Record]) -> None:
    folder = Path(shutil.copytree(authored, tmp_path / "gold"))
    path, flows = folder / "gold" / "authored-001.json", folder / "flows" / "authored-001.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    more = {"boilerplate": raw.pop("boilerplate"), "flows": {}}
    more["flows"] = {row["key"]: row.pop("flow") for row in raw["commitments"] if "flow" in row}
    path.write_text(json.dumps(raw), encoding="utf-8")
    assert not has_flows(read_gold(folder)[0])
    flows.parent.mkdir()
    flows.write_text(json.dumps(more), encoding="utf-8")
    assert read_gold(folder)[0] == golds["authored-001"]
    flows.write_text("[]", encoding="utf-8")
    with pytest.raises(SetupError, match=r"flows/authored-001\.json: no flows of gold"):
        read_gold(folder)


def test_records_are_gold(authored: Path, tmp_path: Path, golds: dict[str, Record]) -> None:
    """In a folder, beside gold of the guide, or as JSON lines."""
    folder = Path(shutil.copytree(authored, tmp_path / "gold"))
    write_gold(folder, [golds["authored-002"]])
    assert read_gold(folder) == list(golds.values())
    path = tmp_path / "records.jsonl"
    path.write_text("".join(f"{gold.to_json()}\n" for gold in golds.values()), encoding="utf-8")
    assert read_gold(path) == list(golds.values())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"authored-002"', '"authored-009"', "is the gold of 'authored-009', not of 'authored-002'"),
        ('"kind":"finance"', '"kind":"gift"', "not a record: commitments"),
        ('"by":["a1"]', '"by":["a99"]', "has 'a99' in 'by', which is not among the actors"),
    ],
)
def test_a_record_that_is_not_sound_gold(
    authored: Path, tmp_path: Path, golds: dict[str, Record], old: str, new: str, message: str
) -> None:
    folder = Path(shutil.copytree(authored, tmp_path / "gold"))
    write_gold(folder, [golds["authored-002"]])
    path = folder / "gold" / "authored-002.json"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SetupError) as raised:
        read_gold(folder)
    assert "authored-002.json" in str(raised.value) and message in str(raised.value)
