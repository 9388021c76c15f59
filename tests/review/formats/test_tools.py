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
from review.formats.people import TEXT, LabelStudio, Person, Prodigy, Spacy, gold, write_gold
from spacy.training import Corpus

from pipeline.errors import SetupError
from pipeline.gold.folder import read_gold
from pipeline.record import Record
from pipeline.review.formats.docbin import english
from pipeline.review.formats.label_studio import _offsets
from pipeline.review.formats.task import ACTORS, KINDS, LINKS, SPANS, STATUSES
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


def empty(one: Record) -> Record:
    return one.model_copy(update={n: [] for n in ("mentions", "actors", "projects", "relations", "commitments")})


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


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [(0, 4, "Laos"), (4, 9, "will"), (0, 5, "Laos"), (9, 10, "borrow"), (10, 17, "borrow"), (16, 28, "$40 million")],
)
def test_a_span_with_white_space_has_the_tokens_of_its_words(
    bench: Bench, tmp_path: Path, start: int, end: int, words: str
) -> None:
    (gold_record,) = read_gold(bench.source)
    odd = gold_record.mentions[0].model_copy(update={"start": start, "end": end, "text": TEXT[start:end]})
    odd = odd.model_copy(update={"entity": None})
    made = empty(gold_record).model_copy(update={"mentions": [odd]})
    (tmp_path / "records.jsonl").write_text(made.to_json() + "\n", encoding="utf-8")
    assert export(str(tmp_path / "records.jsonl"), "prodigy", str(tmp_path / "tasks.jsonl"), quiet) == {"done": 1}
    task = json.loads((tmp_path / "tasks.jsonl").read_text(encoding="utf-8"))
    (span,) = task["spans"]
    first, last = (task["tokens"][span[f"token_{border}"]] for border in ("start", "end"))
    assert TEXT[first["start"] : last["end"]].strip() == words


def test_docs_are_what_spacy_trains_on(exported: Callable[[str], Path]) -> None:
    golds = read_gold(GOLD)
    for example, one in zip(Corpus(exported("spacy"))(english()), golds, strict=True):
        assert [(e.label_, e.start_char, e.end_char) for e in example.reference.ents] == [
            (m.label, m.start, m.end) for m in one.mentions
        ]


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


def test_other_articles_of_the_gold_folder_stay(bench: Bench) -> None:
    other = {"id": "other", "text": "Fiji waits.", "sentences": [[0, 11]]}
    nothing = {name: [] if isinstance(value, list) else "other" for name, value in gold().items()}
    write_gold(bench.folder / "out", (other, nothing))
    bench(Prodigy)
    assert [one.article.id for one in read_gold(bench.folder / "out")] == ["other", "laos-1"]


def holder(person: Any) -> dict[str, Any]:
    """Where a tool has the text and what it carries."""
    return person.task if isinstance(person, Prodigy) else person.task["data"]


def other_text(person: Any) -> None:
    holder(person)["text"] = TEXT.replace("2030", "2031")


def foreign(person: Any) -> None:
    holder(person).pop("corridor")


def shifted(person: LabelStudio) -> None:
    for one in person.result:
        if one.get("value", {}).get("text") == "Laos":
            one["value"]["start"] += 1


def lost_end(person: Any) -> None:
    person.link("Laos", "funds", "Pakse bridge")
    if isinstance(person, Prodigy):
        person.task["relations"][-1]["child_span"] = {"start": 5, "end": 9, "label": None}
    else:
        person.result[-1]["to_id"] = "gone"


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
    (LabelStudio, [lambda p: p.link("Laos", "funds", "Pakse bridge"), lambda p: p.result[-1].update(labels=[])],
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


def test_offsets_in_utf_16_are_understood(tmp_path: Path) -> None:
    """Older versions of Label Studio count an emoji as two characters."""
    assert _offsets("t", "Ports 🚢 in Fiji", {"start": 12, "end": 16, "text": "Fiji"}) == (11, 15)
    assert _offsets("t", "Ports 🚢 in Fiji", {"start": 11, "end": 15, "text": "Fiji"}) == (11, 15)
