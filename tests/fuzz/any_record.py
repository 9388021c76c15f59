"""Records that the JSON Schema allows and no program should have written, made of the schema itself."""

import copy
import re
from collections.abc import Iterator
from typing import Any

from builders import record as lent
from hypothesis import strategies as st
from review.page.desks import named

from pipeline.record import json_schema

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
