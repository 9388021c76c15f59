"""A model of each YAML file of seeds/, and the reader of these files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError
from pydantic_core import ErrorDetails

from pipeline.errors import SetupError
from pipeline.record import ActorKind, CommitmentKind, Confidence, Instrument, Label, RelationType, Status
from pipeline.seeds.checks import Checked, Code, Country, Known, Sector, Text, Words, describe, open_text, refuse

ByStatus = dict[Status, Words]
Whole = Annotated[int, Field(strict=True)]
MatchField = Literal[
    "id",
    "title",
    "description",
    "country",
    "year",
    "amount",
    "currency",
    "usd",
    "funder",
    "party",
    "sector",
    "instrument",
]
Synonyms = Annotated[Words, Field(min_length=2)]  # the first is the canonical one


MODELS: dict[str, type[BaseModel]] = {}  # by name of the file


class Table(Checked):
    """A file (`file`), or a part of one with fixed keys. Nothing is converted: a number or a truth value is no text."""

    model_config = ConfigDict(strict=True)

    def __init_subclass__(cls, file: str = "", **more: Any) -> None:
        super().__init_subclass__(**more)
        if file:
            MODELS[file] = cls


class Boilerplate(Table, file="boilerplate.yaml"):
    sections: Words
    links: Words
    widgets: Words
    notices: Words
    credits: Words
    bylines: Words
    agencies: Words
    about: Words
    selves: Words
    contacts: Words


class Binding(Table):
    openers: Words
    advisory: Words


class Commitments(Table, file="commitments.yaml"):
    actions: dict[CommitmentKind | Literal["any"], Words]
    particles: dict[Text, Text]
    reached: ByStatus
    openers: ByStatus
    directives: Words
    binding: Binding
    offices: Words
    light: Words
    nouns: dict[CommitmentKind, ByStatus]
    objects: dict[CommitmentKind, Words]
    going_on: Words
    procuring: Words
    formal: Words
    gatherings: Words
    joint: Words
    receiving: Words
    recipients: Words
    modality: ByStatus
    negation: Words
    bare: Words
    nobody: Words
    states: ByStatus
    reporting: Words
    denial: Words
    asides: dict[
        Literal["before", "hedges", "between", "after", "determiners", "parts", "plain", "breaks", "steps", "of"], Words
    ]


class Dates(Table, file="dates.yaml"):
    months: dict[Text, Annotated[Whole, Field(ge=1, le=12)]]
    doubtful_months: Words
    month_cues: Words
    weekdays: dict[Text, Annotated[Whole, Field(ge=0, le=6)]]
    weekday_abbreviations: dict[Text, Annotated[Whole, Field(ge=0, le=6)]]
    times_of_day: Words
    days: dict[Text, Whole]
    openers: Words
    announcing: Words
    timetable: Words
    done_in: Words
    asking: Words
    moving: Words
    moved_to: Words
    unreal: Words
    after: Words
    relations: dict[Text, Literal[-1, 0, 1, "new", "outgoing"]]
    vague_numbers: Words
    units: Words
    seasons: dict[Text, Annotated[Whole, Field(ge=1, le=12)]]  # the last month of each
    events: Words
    state_bodies: Words
    hijri_months: Words
    holidays: dict[Text, Annotated[str, Field(pattern=r"^\d{2}-\d{2}$")] | None]


class Heads(Table):
    any: Words
    named: Words
    kinds: Words


class Phases(Table):
    words: Words
    numbers: Words
    before: Words


class Roles(Table):
    heads: Words
    weak: Words
    before: Words
    after: Words
    in_names: Words
    when: Words
    honorifics: Words
    served: Words
    commands: Words


class Around(Table):
    before: Words
    after: Words


class Edges(Table):
    labels: list[Label]
    words: Words


class Entities(Table, file="entities.yaml"):
    precedence: Words
    leading: Words
    never: Words
    heads: dict[Label, Heads]
    openers: dict[Label, Words]
    phases: Phases
    roles: Roles
    places: Around
    edges: Edges


class FlowTerms(Table):
    interest: Words
    free: Words
    easy: Words
    benchmarks: Words
    maturity: Words
    grace: Words
    units: Words


class FlowWords(Table, file="flow.yaml"):
    instruments: dict[Instrument, Words]
    actions: dict[Literal["asks", "gives", "receives", "pays", "sells", "shares"], Words]
    terms: FlowTerms


class FollowTheMoney(Table, file="followthemoney.yaml"):
    actors: dict[ActorKind, Text]
    relations: dict[RelationType, Annotated[list[Text | Words], Field(min_length=5, max_length=5)]]
    other: Annotated[list[Text], Field(min_length=3, max_length=3)]
    languages: dict[Text, Text]
    unknown_countries: list[Country]


class Honorifics(Around, file="honorifics.yaml"):
    particles: Words
    suffixes: Words
    surname_first: Words


class Iati(Table, file="iati.yaml"):
    not_activities: list[CommitmentKind]
    organisation_types: dict[ActorKind, Whole]
    persons: ActorKind
    flow_roles: dict[Literal["provider", "recipient"], Whole]
    roles: dict[CommitmentKind, dict[Literal["by", "with", "to"], Whole]]
    transactions: dict[Instrument, dict[Status, Whole]]
    finance_types: dict[Instrument, Whole]
    sectors: dict[Sector, Code]
    no_sector: Sector
    no_country: Code
    related_activity: Whole
    other_identifier: Text
    identifier_owners: dict[Literal["iati", "aiddata", "other"], Text]


class LegalForms(Table, file="legal_forms.yaml"):
    forms: Words
    leading: Words
    needed_by: Words


class Hedge(Table):
    bound: Literal["low", "high"] | None
    exact: bool


class Rates(Table):
    units: Words
    alone: Words
    sums: Words


class MatchWords(Table):
    size: Whole
    general: Whole
    country: Whole
    place: Whole
    other: Whole


class Match(Table, file="match.yaml"):
    columns: dict[MatchField, Words]
    aiddata_marks: Words
    instruments: dict[Instrument, Words]
    words: MatchWords
    title_words: Words
    kinds: list[Words]
    additions: dict[Literal["title", "said"], Words]
    weights: dict[Literal["project", "commitment"], dict[Text, float]]
    near: Confidence
    years: dict[Literal["same", "near", "far"], Whole]
    shares: dict[Literal["whole", "most", "part", "description", "title_whole", "title_most"], Confidence]
    says: dict[Literal["any", "rare", "some", "shared", "missing", "amount"], float]
    alike: Whole
    propose: Confidence


class Money(Table, file="money.yaml"):
    hedges: dict[Text, Hedge]
    prepositions: Words
    taking: dict[Text, Words]
    hedges_after: dict[Text, Hedge]
    rates: Rates
    leading_scales: Words
    scaled_codes: Words
    letters_apart: Words
    words_before: Words
    lenders_signs: Words
    bare_dollars: Words
    written_bare: Words
    changes: Words
    vague: Words
    vague_scales: Words
    vague_compounds: Words
    codes_not_read: Words
    codes_needing_scale: Words
    words_needing_scale: Words


class Numbers(Table, file="numbers.yaml"):
    words: dict[Text, float]
    fractions: dict[Text, float]
    scales: dict[Text, float]
    added: Words
    ordinals: dict[Text, Whole]


class PlaceWords(Around, file="place_words.yaml"):
    words_too: Words
    unsure_provinces: Words


class Agreement(Table):
    alone: Confidence
    most: Confidence
    some: Confidence


class PurposeConfidence(Table):
    agree: Agreement
    unknown: Agreement
    differ: Agreement


class Purpose(Table):
    label: Text
    sector: Sector
    sure: Words


class Purposes(Table, file="purposes.yaml"):
    confidence: PurposeConfidence
    purposes: dict[Annotated[str, Field(pattern=r"^\d{5}$")], Purpose]


class OwnPeople(Table):
    ORG: Words
    NORP: Words


class Descriptions(Table):
    persons: Words
    bodies: dict[Text, list[ActorKind]]
    works: dict[Text, Literal["any", "named"]]
    umbrellas: dict[Text, Literal["any", "named"]]
    countries: Words


PairClass = Literal["alone", "countries", "bodies", "companies", "universities", "nations", "persons"]


class Pair(Table):
    of: list[PairClass]
    nouns: Words


class Speaking(Table):
    pronouns: dict[Text, Literal["one", "body"]]
    local: Words
    official: Words


class Delegations(Table):
    groups: Words
    led: Words


class Offices(Table):
    heads: Words
    qualifiers: Words


class OfficesAbroad(Table):
    sent: Words
    posted: Words
    of_states: Words


class References(Table, file="references.yaml"):
    acting_functions: Words
    state_forms: dict[Text, list[Country]]
    government_words: Words
    governments: Words
    bare_governments: Words
    government_forms: Words
    government_determiners: Words
    kinds: dict[ActorKind, Words]
    central_banks: Words
    default_kind: ActorKind
    prepositions: Words
    stop_words: Words
    function_words: Words
    body_abbreviations: dict[Text, Text]
    common_words: Words
    known_as: Words
    generic_project_words: Words
    plain_project_words: Words
    project_synonyms: list[Synonyms]
    phase_words: Words
    budgets: Words
    ordinals: dict[Text, Whole | Literal["next", "last"]]
    local_governments: Words
    of_one_province: Words
    group_edges: Around
    own_people: OwnPeople
    group_openers: Words
    closing_titles: Words
    closing_ranks: Words
    opening_words: Words
    plural_offices: Words
    credit_words: Words
    byline_words: Words
    world_outlets: Words
    provider_countries: list[Country]
    financiers_abroad: Words
    media: Words
    groups: Words
    stateless_groups: Words
    group_functions: Words
    unnamed_bodies: dict[ActorKind, dict[Text, Words]]
    nicknames: dict[Text, Text]
    descriptions: Descriptions
    pair_words: Words
    pairs: list[Pair]
    pair_classes: dict[PairClass, list[ActorKind]]
    determiners: Words
    pronouns: dict[Text, list[ActorKind | Literal["work"]]]
    plural_pronouns: Words
    speaking: Speaking
    delegations: Delegations
    offices_of_one: dict[Country, Words]
    office_abbreviations: dict[Text, Text]
    office_synonyms: list[Synonyms]
    leading_offices: Words
    offices: Offices
    offices_abroad: OfficesAbroad


class Ends(Table):
    subject: Words
    object: Words


class GenericEvents(Table):
    any: Words
    meetings: Words
    other: Words


class Rule(Table):
    type: RelationType
    confidence: Confidence
    subject: Words | None = None
    object: Words | None = None
    path: Text | None = None
    order: Text | None = None


class Relations(Table, file="relations.yaml"):
    types: dict[RelationType, Ends]
    one_of: list[RelationType]
    generic_events: GenericEvents
    words: dict[Text, Words]
    shapes: dict[Text, Text]
    rules: dict[Text, Rule]
    allotted: Text
    envoys: Words
    embassies: Words
    national_offices: Words
    local_offices: Words


class Propose(Table):
    name: Confidence
    commitment: Confidence


class Disagree(Table):
    near: Confidence
    words: Whole
    days: Whole
    holds: list[Status]
    fails: list[Status]


class Resolve(Table, file="resolve.yaml"):
    weights: dict[Literal["person", "country", "body", "project", "unnamed", "commitment"], dict[Text, float]]
    join: Confidence
    propose: Propose
    window: Whole
    near: Confidence
    seldom: Whole
    disagree: Disagree
    acts: list[list[Instrument]]
    common_words: Words
    kinds: list[list[ActorKind]]
    prefixes: Words
    common_names: Words
    general_words: Words
    local_words: Words
    one_a_country: Words
    local_bodies: Words
    government_words: Words
    stop_words: Words
    legal_forms: dict[Text, Words]
    office_forms: dict[Text, Text]
    office_dropped: Words
    general_office_words: Words
    whole_offices: Words
    project_words: Words
    project_types: dict[Text, Words]
    local_projects: Words
    general_project_words: Words


class TermWeights(Table):
    share: Confidence
    sure: float
    hint: float
    rest: float


class Terms(Table):
    sure: Words = Field(default_factory=list)
    hint: Words = Field(default_factory=list)
    rest: Words = Field(default_factory=list)


class Sectors(Table, file="sectors.yaml"):
    weights: TermWeights
    stop_words: Words
    terms: dict[Sector, Terms]
    none: Words


class Sentences(Table, file="sentences.yaml"):
    never_last: Words
    sometimes_last: Words
    before_number: Words
    openers: Words
    never_line_last: Words
    labels: Words
    teasers: Words


class Sums(Table, file="sums.yaml"):
    counted: list[Instrument]
    one_act: list[list[Instrument]]
    left_out: dict[Instrument, Text]
    statuses: list[Status]
    idle: list[Status]
    firm: list[Status]
    hearsay: Words
    cumulative: Words
    part_words: Words
    tolerance: Confidence
    same_amount: Confidence
    rough_amount: Confidence
    window: Whole
    open_window: Whole
    same_project: Whole


class ExportTable(Table):
    says: Text
    columns: dict[Text, Text]


class ExportTables(RootModel[dict[Text, ExportTable]]):
    model_config = ConfigDict(strict=True, defer_build=True)


MODELS["tables.yaml"] = ExportTables


def read(path: Path, known: Known, onto: Any = None) -> Any:
    """The content of a file, checked by its model, where the name has one; `onto` a table, merged with it.

    Raises SetupError with the line and the path of keys of each fault.
    """
    with open_text(path) as file:
        try:
            text = file.read()
            found = yaml.load(text, Loader)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise SetupError(f"{path}: not valid YAML: {error}") from error
    if path.name not in MODELS:
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
        MODELS[name].model_validate(found, context=known)
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
