"""All of the authored gold goes round through every tool; bad files are named, task by task; nothing is overwritten."""

import json
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as xml

import pytest
from jsonschema import Draft202012Validator
from review.formats.conftest import Bench
from review.formats.people import TEXT, LabelStudio, Person, Prodigy, Spacy
from spacy.training import Corpus

from pipeline.errors import SetupError
from pipeline.gold.folder import read_gold
from pipeline.review.edits.fields import ACTORS, KINDS, STATUSES
from pipeline.review.formats.docbin import english
from pipeline.review.formats.label_studio import _offsets
from pipeline.review.formats.task import LINKS, SPANS
from pipeline.review.formats.tools import CONFIGS, TOOLS, export, import_
from pipeline.settings import Settings
from pipeline.stages.models.sectors import codes

GOLD = Settings().seeds / "gold"
ENDS = {"prodigy": "jsonl", "label-studio": "json", "spacy": "spacy"}
PEOPLE = (Prodigy, LabelStudio, Spacy)


def quiet(_: str) -> None:
    pass


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    folder = tmp_path_factory.mktemp("exported")

    def made(tool: str) -> Path:
        path = folder / f"tasks.{ENDS[tool]}"
        if not path.exists():
            assert export(str(GOLD), tool, str(path), quiet) == {"done": 63}
        return path

    return made


def test_offsets_in_utf_16_are_understood() -> None:
    """Older versions of Label Studio count an emoji as two characters."""
    for start in (11, 12):
        assert _offsets("t", "Ports 🚢 in Fiji", {"start": start, "end": start + 4, "text": "Fiji"}) == (11, 15)


def test_the_set_up_of_a_tool_knows_every_label_and_relation() -> None:
    view = xml.fromstring(CONFIGS["label-studio"]())
    assert [tag.get("value") for tag in view.iter("Relation")] == list(LINKS)
    assert [tag.get("value") for tag in view.iter("Label")] == list(SPANS)
    choices = {tag.get("name"): tuple(choice.get("value") for choice in tag) for tag in view.iter("Choices")}
    assert choices == {"kind": KINDS, "status": STATUSES, "actor": ACTORS, "sectors": tuple(codes())}
    (text,) = view.iter("Text")
    assert {tag.get("toName") for tag in view.iter() if tag.get("toName")} == {text.get("name")}
    settings = json.loads(CONFIGS["prodigy"]())
    assert settings["labels"] == list(LINKS)
    assert {"ORG", "REFERENCE", "finance/agreed", "policy/cancelled"} <= set(settings["relations_span_labels"])
    assert len(settings["relations_span_labels"]) == 13 + 1 + 6 * 7


@pytest.mark.parametrize("tool", TOOLS)
def test_the_authored_gold_comes_back_equal(exported: Callable[[str], Path], tmp_path: Path, tool: str) -> None:
    assert import_(exported(tool), tool, tmp_path / "gold", quiet) == {"done": 63}
    assert read_gold(tmp_path / "gold") == read_gold(GOLD)
    export(str(GOLD), tool, str(tmp_path / "again"), quiet)
    assert (tmp_path / "again").read_bytes() == exported(tool).read_bytes()
    if tool == "spacy":  # which trains on it
        for example, one in zip(Corpus(exported("spacy"))(english()), read_gold(GOLD), strict=True):
            ents = [(ent.label_, ent.start_char, ent.end_char) for ent in example.reference.ents]
            assert ents == [(mention.label, mention.start, mention.end) for mention in one.mentions]


@pytest.mark.parametrize("name", ["prodigy", "label_studio"])
def test_tasks_are_of_the_documented_form(exported: Callable[[str], Path], tmp_path: Path, name: str) -> None:
    schema = json.loads(Path(__file__).with_name(f"{name}.schema.json").read_text(encoding="utf-8"))
    (tmp_path / "records.jsonl").write_text(
        "".join(one.to_json() + "\n" for one in read_gold(GOLD)[:3]), encoding="utf-8"
    )
    tool = name.replace("_", "-")
    assert export(str(tmp_path / "records.jsonl"), tool, str(tmp_path / "tasks"), quiet) == {"done": 3}
    for path in (exported(tool), tmp_path / "tasks"):
        text = path.read_text(encoding="utf-8")
        for task in json.loads(text) if name == "label_studio" else map(json.loads, text.splitlines()):
            assert list(Draft202012Validator(schema).iter_errors(task)) == []


def test_tokens_of_prodigy_are_the_text_and_hold_every_span(exported: Callable[[str], Path]) -> None:
    for line in exported("prodigy").read_text(encoding="utf-8").splitlines():
        task = json.loads(line)
        assert "".join(token["text"] + " " * token["ws"] for token in task["tokens"]) == task["text"]
        spans = [(span["start"], span["end"]) for span in task["spans"]]
        assert all(one[1] <= other[0] for one, other in pairwise(spans))
        for span in [*task["spans"], *(r[end] for r in task["relations"] for end in ("head_span", "child_span"))]:
            first, last = task["tokens"][span["token_start"]], task["tokens"][span["token_end"]]
            assert (first["start"], last["end"]) == (span["start"], span["end"])


def test_a_span_with_white_space_has_the_tokens_of_its_words(bench: Bench, tmp_path: Path) -> None:
    (known,) = read_gold(bench.source)
    places = {(0, 4): "Laos", (4, 9): "will", (0, 5): "Laos", (9, 10): "borrow", (10, 17): "borrow"}
    for number, (start, end) in enumerate(places):
        fields = {"start": start, "end": end, "text": TEXT[start:end], "entity": None}
        odd = known.mentions[0].model_copy(update=fields)
        article = known.article.model_copy(update={"id": f"laos-{number}"})
        none = {name: [] for name in ("actors", "projects", "relations", "commitments")}
        made = known.model_copy(update={**none, "article": article, "mentions": [odd]})
        with (tmp_path / "records.jsonl").open("a", encoding="utf-8") as file:
            file.write(made.to_json() + "\n")
    export(str(tmp_path / "records.jsonl"), "prodigy", str(tmp_path / "tasks.jsonl"), quiet)
    lines = (tmp_path / "tasks.jsonl").read_text(encoding="utf-8").splitlines()
    for line, words in zip(lines, places.values(), strict=True):
        tokens, (span,) = json.loads(line)["tokens"], json.loads(line)["spans"]
        assert TEXT[tokens[span["token_start"]]["start"] : tokens[span["token_end"]]["end"]].strip() == words


def test_records_are_predictions_until_somebody_answers(bench: Bench, tmp_path: Path) -> None:
    (one,) = read_gold(bench.source)
    (tmp_path / "records.jsonl").write_text(one.to_json() + "\n", encoding="utf-8")
    for tool in ("prodigy", "label-studio"):
        path = tmp_path / f"tasks.{ENDS[tool]}"
        export(str(tmp_path / "records.jsonl"), tool, str(path), quiet)
        said: list[str] = []
        assert import_(path, tool, tmp_path / "gold", said.append) == {"left out": 1}
        assert said[0].endswith("laos-1: left out: not annotated yet")
    assert not (tmp_path / "gold").exists()
    person = Prodigy(tmp_path / "tasks.jsonl")
    assert person.task["meta"]["score"] == 1.0
    person.task["answer"] = "accept"
    person.save()
    assert import_(tmp_path / "tasks.jsonl", "prodigy", tmp_path / "gold", quiet) == {"done": 1}
    assert read_gold(tmp_path / "gold") == [one]


def holder(person: Any) -> dict[str, Any]:
    """Where a tool has the text and what it carries."""
    return person.task if isinstance(person, Prodigy) else person.task["data"]


def other_text(person: Any) -> None:
    holder(person)["text"] = TEXT.replace("2030", "2031")


def foreign(person: Any) -> None:
    holder(person).pop("corridor")


def shifted(person: LabelStudio) -> None:
    person.span("Laos").update(start=1, text="Laos")


def lost_end(person: Any) -> None:
    person.link("Laos", "funds", "Pakse bridge")
    person.links[-1][2] = {"start": 5, "end": 9, "id": "gone", "label": None}


def unnamed(person: LabelStudio) -> None:
    person.links.append([person.span("Laos"), "", person.span("Pakse bridge")])


BAD: list[tuple[type[Person], list[Callable[[Any], Any]], str]] = [
    (Prodigy, [lambda p: p.task.update(answer="reject")], r"tasks.jsonl:1: laos-1: left out: rejected"),
    (Prodigy, [lambda p: p.task.update(answer="ignore")], r"tasks.jsonl:1: laos-1: left out: ignored"),
    (Prodigy, [lambda p: p.task.update(answer="maybe")],
     r"tasks.jsonl:1: unknown answer 'maybe'; use accept, reject or ignore"),
    (Prodigy, [other_text], r"tasks.jsonl:1: its text has changed, .* export the article again"),
    (Prodigy, [foreign], r"tasks.jsonl:1: has no `corridor` and `text`; use tasks that"),
    (Prodigy, [lambda p: p.span("Laos").update(end=3)], r"COUNTRY at 0 to 3 is not on whole tokens; mark whole tokens"),
    (Prodigy, [lost_end], r"the child_span of relation 'funds' \(at 5\) is no span; label it, or delete it"),
    (LabelStudio, [lambda p: p.task["annotations"][0].update(was_cancelled=True)],
     r"tasks.json: task 1: laos-1: left out: skipped"),
    (LabelStudio, [lambda p: p.task["annotations"].extend(p.task["annotations"])],
     r"tasks.json: task 1: has 2 annotations; mark one as ground truth"),
    (LabelStudio, [lambda p: setattr(p, "task", {"text": TEXT, "label": [], "id": 1})],
     r"tasks.json: task 1: has no data; export as JSON .JSON-MIN leaves out relations"),
    (LabelStudio, [other_text], r"tasks.json: task 1: its text has changed"),
    (LabelStudio, [foreign], r"tasks.json: task 1: has no `corridor` and `text`"),
    (LabelStudio, [shifted], r"'Laos' is not at 1: the text has changed; export the article again"),
    (LabelStudio, [unnamed],
     r"the relation at 0 to 58 has the labels \[\]; choose one"),
    (LabelStudio, [lost_end], r"relation \['funds'\] has an end without a label; label it, or delete the relation"),
    (LabelStudio, [lambda p: p.add("aos", "PLACE")], r"PLACE 'aos' at 1 cuts a word; move its border"),
    (LabelStudio, [lambda p: p.add("2030. The", "DATE")], r"is not inside one sentence; label each piece"),
    (LabelStudio, [lambda p: p.add("loan", "COMMITMENT", kind="finance")], r"has status None; choose one of proposed"),
    *((person, [lambda p: p.add("Mekong", "PLACE")], r"laos-1: ORG 'Mekong Bank' at 38 and PLACE 'Mekong' .* overlap")
      for person in (Prodigy, LabelStudio)),
    *((person, [lambda p: p.label("Laos", "LAND")], r"laos-1: unknown label 'LAND' at 0; use one of PERSON")
      for person in PEOPLE),
    *((person, [lambda p: p.link("Laos", "likes", "Kaysa Vong")], r"unknown relation likes from COUNTRY 'Laos' at 0")
      for person in PEOPLE),
    *((person, [lambda p: p.link("Laos", "by", "Kaysa Vong")], r"by, with.* go from a commitment, other")
      for person in PEOPLE),
    *((person, [lambda p: p.link("approved", "amounts", "Monday")], r"should go to a MONEY") for person in PEOPLE),
    *((person, [lambda p: p.link("Laos", "funds", "2030")], r"cannot end a relation") for person in PEOPLE),
]  # fmt: skip


@pytest.mark.parametrize(("person", "edits", "message"), BAD)
def test_what_is_wrong_is_named_and_what_to_do(
    bench: Bench, person: type[Person], edits: list[Callable[[Any], Any]], message: str
) -> None:
    assert bench(person, *edits) is None
    assert bench.count in ({"failed": 1}, {"left out": 1})
    assert re.search(message, "\n".join(bench.said)), bench.said


def test_a_broken_line_costs_one_task(bench: Bench) -> None:
    path = bench.folder / "tasks.jsonl"
    export(str(bench.source), "prodigy", str(path), quiet)
    good = path.read_text(encoding="utf-8")
    path.write_text(f"{good[:200]}\n{good}{good}", encoding="utf-8")
    said: list[str] = []
    assert import_(path, "prodigy", bench.folder / "out", said.append) == {"done": 1, "failed": 2}
    assert "tasks.jsonl:1: is not a task of Prodigy" in said[0]
    assert "tasks.jsonl:3: laos-1: has two answers in this file" in said[1]


@pytest.mark.parametrize(("tool", "end"), ENDS.items())
def test_a_file_of_something_else_says_so(tmp_path: Path, tool: str, end: str) -> None:
    path = tmp_path / f"x.{end}"
    with pytest.raises(SetupError, match=f"x.{end}: "):
        import_(path, tool, tmp_path / "out", quiet)
    path.write_text("no", encoding="utf-8")
    if tool == "prodigy":
        assert import_(path, tool, tmp_path / "out", quiet) == {"failed": 1}
    else:
        with pytest.raises(SetupError, match=f"x.{end}: "):
            import_(path, tool, tmp_path / "out", quiet)
