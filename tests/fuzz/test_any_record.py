"""What the JSON Schema allows ends no command: it is used or named, and the sound record beside it stays.

The records are made of the schema itself: such as no program should have written."""

import copy
import csv
import json
import logging
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import parse

import pytest
from builders import record as lent
from duckdb import connect
from fuzz.strategies import examples
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from review.page.steps import FINISH, client_of, named
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.gold.folder import write_gold
from pipeline.publish.tables.database import view_comments
from pipeline.publish.tables.frames import frames
from pipeline.record import Record, json_schema
from pipeline.review.page.store import Store

SCHEMA = json_schema()
FAR = 2**70
LOCAL = re.compile(SCHEMA["$defs"]["Actor"]["properties"]["id"]["pattern"])
WORDS = (
    "", " ", "\0", "\n", "a1", "c1", "a/b", "../../x", "a\nb", "=1+1", "\r", "\u202e", "\x1b[31m", "x" * 5_000, "%00",
    "“", "<script>", "\ud7ff\ue000", "\U0010ffff", "\x85\u2028", "PROJECT:", ":", "1e999", "9999-12-31", "0001-01-01",
    "2025-13", "99999", "0000", "2025/", "/", "-", "2025-01-01/0001-01-01", "USD", "PAK", "ZZZ", "NaN", "article", ".",
    "..", "İ", "ﷺ",
)  # fmt: skip
words = st.one_of(st.sampled_from(WORDS), st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
numbers = st.sampled_from(
    [0, -0.0, 1, -1, 0.5, 5e-324, 1e308, -1e308, 1.7976931348623157e308, 1e16, 10**400, FAR, 1e-9]
)
DAYS = ("0001-01-01", "9999-12-31", "0000-00-00", "2025-02-30", "2024-02-29", "1969-12-31", "9999-01-01", "0001-12-31")


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    return SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def fitting(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Any value that a part of the schema allows, the extreme ones first of all."""
    schema = resolved(schema)
    if "anyOf" in schema:
        return st.one_of(*map(fitting, schema["anyOf"]))
    if "const" in schema or "enum" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    return KINDS[schema["type"]](schema)


def _integers(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    least, most = schema.get("minimum", -FAR), schema.get("maximum", FAR)
    return st.one_of(st.sampled_from([least, most]), st.integers(max(least, -3), min(most, 150)))


def _numbers(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "minimum" in schema:
        return st.floats(schema["minimum"], schema["maximum"])
    return numbers


def _strings(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    pattern = schema.get("pattern", "")
    if schema.get("format") == "date" or r"\d{4}" in pattern:
        return st.sampled_from([day for day in DAYS if re.fullmatch(pattern.strip("^$"), day)])
    return st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True) if pattern else words


def _arrays(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    least = schema.get("minItems", 0)
    return st.lists(fitting(schema["items"]), min_size=least, max_size=least + 2)


def _objects(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "properties" not in schema:  # a mapping
        return st.dictionaries(fitting(schema["propertyNames"]), fitting(schema["additionalProperties"]), max_size=2)
    needed = set(schema.get("required", ()))
    parts = {name: fitting(part) for name, part in schema["properties"].items()}
    return st.fixed_dictionaries(
        {name: part for name, part in parts.items() if name in needed},
        optional={name: part for name, part in parts.items() if name not in needed},
    )


KINDS = {
    "integer": _integers,
    "number": _numbers,
    "string": _strings,
    "array": _arrays,
    "object": _objects,
    "boolean": lambda _: st.booleans(),
    "null": lambda _: st.none(),
}

Place = tuple[tuple[str | int, ...], dict[str, Any]]


def places(value: Any, schema: dict[str, Any], at: tuple[str | int, ...] = ()) -> Iterator[Place]:
    """Every value inside a value, by its way there, with the part of the schema that it keeps to."""
    schema = resolved(schema)
    if at:
        yield at, schema
    for one in map(resolved, schema.get("anyOf", [schema])):
        if isinstance(value, dict) and one.get("type") == "object" and value.keys() <= one.get("properties", {}).keys():
            for name, part in value.items():
                yield from places(part, one["properties"][name], (*at, name))
            return
        if isinstance(value, list) and one.get("type") == "array":
            for number, part in enumerate(value):
                yield from places(part, one["items"], (*at, number))
            return


def put(record: Any, at: tuple[str | int, ...], new: Any) -> Any:
    """The record with another value at a place, changed as it is."""
    value = record
    for step in at[:-1]:
        value = value[step]
    value[at[-1]] = new
    return record


def renamed(value: Any, old: str, new: str) -> Any:
    """The same with an id replaced wherever it stands."""
    if isinstance(value, dict):
        return {name: renamed(part, old, new) if name != "text" else part for name, part in value.items()}
    if isinstance(value, list):
        return [renamed(part, old, new) for part in value]
    return new if value == old else value


BASES = [one.model_dump(mode="json", by_alias=True) for one in (lent(), named("sure", 0.9))]


@st.composite
def changed(draw: st.DrawFn) -> dict[str, Any]:
    """A sound record with some values that the schema allows in their place, or with ids that nobody expects."""
    found = copy.deepcopy(draw(st.sampled_from(BASES)))
    for _ in range(draw(st.integers(1, 3))):
        if draw(st.booleans()):
            at, schema = draw(st.sampled_from(list(places(found, SCHEMA))))
            put(found, at, draw(fitting(schema)))
        else:
            ids = {part["id"] for table in TABLES for part in found.get(table, ())}
            old = draw(st.sampled_from([found["article"]["id"], *sorted(ids)]))
            found = renamed(found, old, draw(words.filter(LOCAL.match) if old in ids else words))
    return found


def _apart(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same, each under an id of its own."""
    for number, one in enumerate(found):
        if one["article"]["id"] in [other["article"]["id"] for other in found[:number]]:
            one["article"]["id"] += f" {number}"
    return found


TABLES = ("mentions", "actors", "projects", "commitments")
one = st.one_of(changed(), changed(), changed(), fitting(SCHEMA))
records = st.lists(one, min_size=1, max_size=12).map(_apart)


VALID_RECORD = lent("sound")
VALID = Draft202012Validator(SCHEMA)
FORMS = {"parquet": "tables", "csv": "tables", "jsonl": "tables", "duckdb": "x.duckdb", "iati": "x.xml", "ftm": "x.ftm"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    logging.getLogger("corridor").setLevel(logging.CRITICAL)
    yield tmp_path_factory.mktemp("any")
    logging.getLogger("corridor").setLevel(logging.NOTSET)


def sound(name: str) -> dict[str, Any]:
    """The sound record under another id."""
    copied = VALID_RECORD.model_dump(mode="json", by_alias=True)
    return put(copied, ("article", "id"), name)


def written(folder: Path, found: list[dict[str, Any]]) -> Path:
    """The records in a file, the sound one last, in an empty folder; beside them the sound one as gold."""
    shutil.rmtree(folder)
    folder.mkdir()
    lines = [*(json.dumps(one) for one in found), VALID_RECORD.to_json()]
    (folder / "records.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    write_gold(folder / "gold", [VALID_RECORD])
    return folder / "records.jsonl"


def run(*words: object) -> tuple[int, str]:
    """What a command ends with, and all that it says."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout + result.stderr


REFUSED = [
    (("commitments", 0, "evidence"), [], "commitments.0.evidence"),
    (("commitments", 0, "evidence", 0, "sentence"), -(2**70), "commitments.0.evidence.0.sentence"),
    (("mentions", 0, "start"), 2**70, "mentions.0.start"),
    (("sentences", 0, "id"), 2**70, "sentences.0.id"),
    (("actors", 0, "id"), "a/1", "actors.0.id"),
    (("commitments", 0, "amounts", 0, "value"), 10**400, "commitments.0.amounts.0.value"),
    (("article", "date"), "2025-02-30", "article.date"),
]
COMMANDS = (
    "show {}", "report {} -o r.html", "resolve {} -o known", "annotate export {} --to prodigy -o t.jsonl",
    "export {} --to csv -o out", "export {} --to duckdb -o x.duckdb",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_what_no_command_can_use_is_named_with_line_and_field(
    folder: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    path = written(folder, [put(sound(f"bad {number}"), at, value) for number, (at, value, _) in enumerate(REFUSED)])
    monkeypatch.chdir(folder)
    code, said = run(*command.format(path).split())
    assert code == 1
    for number, (*_, field) in enumerate(REFUSED, 1):
        assert f"{path}:{number}: not a record of `corridor extract`: {field}" in said.replace("\n", " ")


# What an earlier search found: ids that keys and places of the text are made of.
FOUND = [
    lambda one: renamed(one, "c1", "c\0"),
    lambda one: put(one, ("mentions", 0, "text"), ""),
    lambda one: put(one, ("commitments", 0, "trigger", "text"), ""),
    lambda one: put(one, ("article", "language"), "\x0b"),
    lambda one: put(one, ("commitments", 0, "amounts", 0, "value"), 1.7e308),
    lambda one: put(one, ("article", "id"), "line\n"),
    lambda one: put(put(one, ("actors", 0, "name"), ""), ("actors", 0, "aliases"), []),
    lambda one: put(put(one, ("projects", 0, "name"), ""), ("projects", 0, "name_en"), ""),
]


def no_number(text: str) -> None:
    raise AssertionError(f"{text} is no JSON")


def uses(folder: Path, found: list[dict[str, Any]]) -> None:
    path = written(folder, found)
    assert "Andes Bank" in run("show", path)[1]
    assert run("report", path, "-o", folder / "report.html")[0] in (0, 1)
    for form, out in FORMS.items():
        assert run("export", path, "--to", form, "-o", folder / form / out)[0] in (0, 1), form
    for ending in ("graphml", "gexf"):
        assert run("export", path, "--to", "graph", "-o", folder / f"x.{ending}")[0] in (0, 1)
    for name in ("iati/x.xml", "x.graphml", "x.gexf"):
        parse(folder / name)
    for table in (*(folder / "jsonl" / "tables").iterdir(), folder / "ftm" / "x.ftm"):
        for line in table.read_text(encoding="utf-8").split("\n")[:-1]:
            json.loads(line, parse_constant=no_number)
    with connect(folder / "duckdb" / "x.duckdb", read_only=True) as database:
        for view in view_comments():
            database.execute(f"SELECT * FROM {view}").fetchall()
    with (folder / "csv" / "tables" / "articles.csv").open(encoding="utf-8", newline="") as file:
        assert "sound" in [row["article"] for row in csv.DictReader(file)]
    assert "sound" in list(frames(path)["articles"]["article"])


def gathers(folder: Path, found: list[dict[str, Any]]) -> None:
    path = written(folder, found)
    for _ in range(2):
        assert run("resolve", path, "-o", folder / "known")[0] in (0, 1)
    assert '"sound"' in (folder / "known" / "articles.jsonl").read_text(encoding="utf-8")
    for form, out in (("duckdb", "x.duckdb"), ("csv", "tables"), ("graph", "x.graphml")):
        assert run("export", path, "--to", form, "-o", folder / out, "--knowledge", folder / "known")[0] in (0, 1), form


def scores(folder: Path, found: list[dict[str, Any]]) -> None:
    path = written(folder, found)
    for gold in (folder / "gold", path):
        for as_json in ((), ("--json",)):
            code, said = run("evaluate", gold, path, "--errors", 3, *as_json)
            assert code == 0 or "records.jsonl" in said


def annotates(folder: Path, found: list[dict[str, Any]]) -> None:
    path = written(folder, found)
    for tool, out in (("prodigy", "x.jsonl"), ("label-studio", "x.json"), ("spacy", "x.spacy")):
        assert run("annotate", "export", path, "--to", tool, "-o", folder / out)[0] in (0, 1), tool
        assert run("annotate", "import", folder / out, "-o", folder / f"from-{tool}")[0] in (0, 1), tool


def reviews(folder: Path, found: list[dict[str, Any]]) -> None:
    store = Store(str(written(folder, found)), folder / "mine", lambda _: None)
    try:
        with client_of(store) as client:
            queue = client.get("/api/queue?limit=200").json()
            names = [told["id"] for told in queue["articles"]]
            assert "sound" in names
            for name in (name for name in names if "%" not in name):  # which the test's client decodes twice
                place = f"/api/articles/{quote(name, safe='')}"
                answer = client.get(place)
                assert answer.status_code in (200, 422), answer.text
                if answer.status_code == 200:
                    Record.model_validate(answer.json()["record"])
                    done = client.post(f"{place}/finish", json=FINISH | {"version": 0})
                    assert done.status_code in (200, 422), done.text
            assert client.get("/api/articles/sound").json()["state"] == "finished"
    finally:
        store.close()


CHECKS = [uses, gathers, scores, annotates, reviews]


@pytest.mark.parametrize("check", CHECKS)
def test_what_was_found_before_stays_mended(folder: Path, check: Callable[[Path, Any], None]) -> None:
    check(folder, [change(sound(f"other {number}")) for number, change in enumerate(FOUND)])


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS)
def test_any_record(folder: Path, check: Callable[[Path, Any], None]) -> None:
    @examples(6)
    @given(found=records)
    def checked(found: list[dict[str, Any]]) -> None:
        for one in found:
            VALID.validate(one)
        check(folder, found)

    checked()
