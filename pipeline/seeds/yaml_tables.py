"""The YAML files of seeds/: read, checked by the keys and types of the shipped files, and merged with a user's own.

The shipped file is the declaration: its keys are all that a file of this name may have; a list holds words, each once;
a whole number stays one; any other number is a share from 0 to 1. `EXCEPTIONS` declares what differs.
"""

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, TypeAdapter, ValidationError, create_model
from pydantic_core import ErrorDetails

from pipeline.errors import SetupError
from pipeline.record import ActorKind, CommitmentKind, Confidence, Instrument, Label, RelationType, Status
from pipeline.seeds.checks import Checked, Code, Country, Known, Sector, Text, Words, describe, open_text, refuse
from pipeline.settings import Settings

Whole = Annotated[int, Field(strict=True)]
Month = Annotated[Whole, Field(ge=1, le=12)]
Weekday = Annotated[Whole, Field(ge=0, le=6)]
Synonyms = Annotated[Words, Field(min_length=2)]  # the first is the canonical one
ByStatus = dict[Status, Words]
Texts = dict[Text, Text]
Numbers = dict[Text, float]
PairClass = Literal["alone", "countries", "bodies", "companies", "universities", "nations", "persons"]


class Hedge(Checked):
    bound: Literal["low", "high"] | None
    exact: bool


class LanguageTable(Checked):
    point: Literal[".", ","]
    abbreviations: Words
    joined: bool = False
    numbers: dict[Text, float]
    scales: dict[Text, Annotated[int, Field(strict=True)]]
    links: Words
    function_words: Words
    half: Words
    currencies: dict[Text, Words]
    hedges: dict[Text, Hedge]
    months: dict[Text, Month]
    weekdays: dict[Text, Weekday]
    days: dict[Text, Whole]
    periods: dict[Text, Annotated[list[Literal["year", "month", "week"] | Whole], Field(min_length=2, max_length=2)]]
    spans: dict[Text, Annotated[list[Month], Field(min_length=2, max_length=2)]]
    ends: Words


class Pair(Checked):
    of: list[PairClass]
    nouns: Words


class Purpose(Checked):
    label: Text
    sector: Sector
    sure: Words


class Rule(Checked):
    type: RelationType
    confidence: Confidence
    subject: Words | None = None
    object: Words | None = None
    path: Text | None = None
    order: Text | None = None


class Terms(Checked):
    sure: Words = Field(default_factory=list)
    hint: Words = Field(default_factory=list)
    rest: Words = Field(default_factory=list)


class ExportTable(Checked):
    says: Text
    columns: Texts


# By name of the file and path of keys ("" is the whole file).
EXCEPTIONS: dict[str, dict[str, Any]] = {
    "commitments.yaml": {
        "actions": dict[CommitmentKind | Literal["any"], Words],
        "particles": Texts,
        "reached": ByStatus,
        "openers": ByStatus,
        "nouns": dict[CommitmentKind, ByStatus],
        "objects": dict[CommitmentKind, Words],
        "modality": ByStatus,
        "states": ByStatus,
    },
    "dates.yaml": {
        "months": dict[Text, Month],
        "weekdays": dict[Text, Weekday],
        "weekday_abbreviations": dict[Text, Weekday],
        "days": dict[Text, Whole],
        "relations": dict[Text, Literal[-1, 0, 1, "new", "outgoing"]],
        "seasons": dict[Text, Month],  # the last month of each
        "holidays": dict[Text, Annotated[str, Field(pattern=r"^\d{2}-\d{2}$")] | None],
    },
    "entities.yaml": {"heads": dict[Label, dict[Literal["any", "named", "kinds"], Words]], "edges.labels": list[Label]},
    "flow.yaml": {"instruments": dict[Instrument, Words]},
    "followthemoney.yaml": {
        "actors": dict[ActorKind, Text],
        "relations": dict[RelationType, Annotated[list[Text | Words], Field(min_length=5, max_length=5)]],
        "other": Annotated[list[Text], Field(min_length=3, max_length=3)],
        "languages": Texts,
        "unknown_countries": list[Country],
    },
    "languages.yaml": {"": dict[Annotated[str, Field(pattern=r"^[a-z]{2}$")], LanguageTable]},
    "iati.yaml": {
        "not_activities": list[CommitmentKind],
        "organisation_types": dict[ActorKind, Whole],
        "persons": ActorKind,
        "roles": dict[CommitmentKind, dict[Literal["by", "with", "to"], Whole]],
        "transactions": dict[Instrument, dict[Status, Whole]],
        "finance_types": dict[Instrument, Whole],
        "sectors": dict[Sector, Code],
        "no_sector": Sector,
        "no_country": Code,
        "identifier_owners": dict[Literal["iati", "aiddata", "other"], Text],
    },
    "match.yaml": {
        "instruments": dict[Instrument, Words],
        "kinds": list[Words],
        "weights.project": Numbers,
        "weights.commitment": Numbers,
        "says": Numbers,
    },
    "money.yaml": {"hedges": dict[Text, Hedge], "hedges_after": dict[Text, Hedge], "taking": dict[Text, Words]},
    "numbers.yaml": {"words": Numbers, "fractions": Numbers, "scales": Numbers, "ordinals": dict[Text, Whole]},
    "purposes.yaml": {"purposes": dict[Annotated[str, Field(pattern=r"^\d{5}$")], Purpose]},
    "references.yaml": {
        "state_forms": dict[Text, list[Country]],
        "kinds": dict[ActorKind, Words],
        "default_kind": ActorKind,
        "body_abbreviations": Texts,
        "project_synonyms": list[Synonyms],
        "ordinals": dict[Text, Whole | Literal["next", "last"]],
        "provider_countries": list[Country],
        "unnamed_bodies": dict[ActorKind, dict[Text, Words]],
        "nicknames": Texts,
        "descriptions.bodies": dict[Text, list[ActorKind]],
        "descriptions.works": dict[Text, Literal["any", "named"]],
        "descriptions.umbrellas": dict[Text, Literal["any", "named"]],
        "pairs": list[Pair],
        "pair_classes": dict[PairClass, list[ActorKind]],
        "pronouns": dict[Text, list[ActorKind | Literal["work", "umbrella", "phase"]]],
        "speaking.pronouns": dict[Text, Literal["one", "body"]],
        "offices_of_one": dict[Country, Words],
        "office_abbreviations": Texts,
        "office_synonyms": list[Synonyms],
    },
    "relations.yaml": {"words": dict[Text, Words], "shapes": Texts, "rules": dict[Text, Rule]},
    "resolve.yaml": {
        **dict.fromkeys(
            (f"weights.{kind}" for kind in ("person", "country", "body", "project", "unnamed", "commitment")), Numbers
        ),
        "disagree.holds": list[Status],
        "disagree.fails": list[Status],
        "acts": list[list[Instrument]],
        "kinds": list[list[ActorKind]],
        "legal_forms": dict[Text, Words],
        "office_forms": Texts,
        "project_types": dict[Text, Words],
    },
    "sectors.yaml": {
        **dict.fromkeys(("weights.sure", "weights.hint", "weights.rest"), float),
        "terms": dict[Sector, Terms],
    },
    "sums.yaml": {
        "counted": list[Instrument],
        "one_act": list[list[Instrument]],
        "left_out": dict[Instrument, Text],
        "statuses": list[Status],
        "idle": list[Status],
        "firm": list[Status],
    },
    "tables.yaml": {"": dict[Text, ExportTable]},
}


@cache
def names() -> frozenset[str]:
    """The names of the shipped files."""
    return frozenset(path.name for path in Settings().seeds.glob("*.yaml"))


def read(path: Path, known: Known, onto: Any = None) -> Any:
    """The content of a file, checked where Corridor has a file of this name; `onto` a table, merged with it.

    Raises SetupError with the line and the path of keys of each fault.
    """
    text, found = _shipped(path.name) if path == Settings().seeds / path.name else _loaded(path)
    if path.name not in names():
        return found
    faults = _faults(path.name, found, known)
    if onto is not None:  # a part of a table lacks what it does not change
        faults = [fault for fault in faults if fault["type"] != "missing"]
        if not faults:
            found = merged(onto, found)
            faults = _faults(path.name, found, known)
    if faults:
        root = yaml.compose(text, Loader)
        raise refuse(path, [located(root, fault) for fault in faults])
    return found


def _loaded(path: Path) -> tuple[str, Any]:
    """The text of a file and what it holds."""
    with open_text(path) as file:
        try:
            text = file.read()
            return text, yaml.load(text, Loader)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise SetupError(f"{path}: not valid YAML: {error}") from error


@cache
def _shipped(name: str) -> tuple[str, Any]:
    return _loaded(Settings().seeds / name)


@cache
def _checker(name: str) -> TypeAdapter[Any]:
    """What checks files of this name: the shape of the shipped one."""
    return TypeAdapter(_shape(_shipped(name)[1], EXCEPTIONS.get(name, {}), ""))


def _shape(value: Any, exceptions: dict[str, Any], path: str) -> Any:
    """The type of a part of a shipped table, given by `exceptions` or by the value itself."""
    if path in exceptions:
        return exceptions[path]
    match value:
        case dict():
            inner = {key: _shape(part, exceptions, f"{path}.{key}".strip(".")) for key, part in value.items()}
            fields: dict[str, Any] = {
                f"field_{number}": (kind, Field(alias=key)) for number, (key, kind) in enumerate(inner.items())
            }
            return create_model(path or "Table", __base__=Checked, **fields)
        case list():
            return Words
        case int():
            return Whole
        case float():
            return Confidence
    return Text


def merged(table: Any, added: Any) -> Any:
    """A table with what a user adds: mappings merged, lists joined without doubles, all else replaced."""
    if isinstance(table, dict) and isinstance(added, dict):
        return table | {key: merged(table[key], value) if key in table else value for key, value in added.items()}
    if isinstance(table, list) and isinstance(added, list):
        return [*table, *(item for item in added if item not in table)]
    return added


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML's safe loader, which refuses a key that stands twice in a mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands twice", key.start_mark)
            seen.add(key.value)
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


def _faults(name: str, found: Any, known: Known) -> list[ErrorDetails]:
    try:
        _checker(name).validate_python(found, strict=True, context=known)
    except ValidationError as error:
        return error.errors()
    return []


def located(root: yaml.Node | None, fault: ErrorDetails) -> str:
    """ ":12: hedges.about.exact: ...": the line of the innermost node on the way that the file has."""
    node, keys = root, list[str]()
    for part in fault["loc"]:
        inner = _inner(node, part)
        if inner is not None or fault["type"] == "missing":
            keys.append(str(part))
            node = inner or node
    line = f":{node.start_mark.line + 1}" if node is not None else ""
    return f"{line}: {'.'.join(keys) or 'the table'}: {describe(fault)}"


def _inner(node: yaml.Node | None, part: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part]  # type: ignore[no-any-return]
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    return None
