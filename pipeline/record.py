"""The input (Article) and the output (Record), immutable. The JSON Schema is generated from these classes.

Offsets are half-open, in characters (Unicode code points) of `Article.text`.
"""

import hashlib
from bisect import bisect_right
from datetime import date as calendar_date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema

Label = Literal[
    "PERSON", "ROLE", "ORG", "COUNTRY", "NORP", "PLACE", "PROJECT", "PROGRAMME", "AGREEMENT", "EVENT", "MONEY", "DATE",
    "QUANTITY",
]  # fmt: skip
ActorKind = Literal[
    "person", "country", "government", "company", "bank", "multilateral", "academic", "civil_society", "group"
]  # fmt: skip
RelationType = Literal[
    "affiliated_with", "represents", "part_of", "located_in", "funds", "implements", "party_to", "participates_in",
    "concerns",
]  # fmt: skip
CommitmentKind = Literal["finance", "agreement", "contract", "delivery", "cooperation", "policy"]
Status = Literal["proposed", "pledged", "agreed", "underway", "completed", "stalled", "cancelled"]
LimitName = Literal["word", "sentence", "name", "places"]  # a field of `Limits` in pipeline/settings.py
Precision = Literal["year", "quarter", "month", "week", "day", "fiscal_year", "range"]
Basis = Literal["text", "article_date", "model"]  # model: only a language model says so, and the digits agree
DateBasis = Literal["given", "dateline"]  # whether an article's date came with it or stands in its dateline
Instrument = Literal[
    "grant", "loan", "guarantee", "equity", "bond", "deposit", "rollover", "repayment", "budget", "purchase", "other"
]  # fmt: skip
Term = Literal["interest", "maturity", "grace"]
LARGEST = 2**53 - 1  # the largest whole number that every reader of JSON keeps exactly


def _real_day(iso: str) -> str:
    """The day itself. Raises ValueError where the calendar has no such day."""
    calendar_date.fromisoformat(iso)
    return iso


Confidence = Annotated[float, Field(ge=0, le=1)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Offset = Annotated[int, Field(ge=0, le=LARGEST)]  # a sentence's number too
Day = Annotated[
    str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", json_schema_extra={"format": "date"}), AfterValidator(_real_day)
]
LocalId = Annotated[str, Field(pattern="^[^/]+$")]  # "/" parts it from the article's id in tables and knowledge
Digest = Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{64}$"})]
Country = Annotated[str, WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"})]  # ISO 3166-1 alpha-3
SectorCode = Annotated[str, WithJsonSchema({"type": "string", "pattern": r"^\d{3}$"})]  # OECD DAC


class Part(BaseModel):
    """Base of every part of a record: immutable, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Article(Part):
    """One article as read. `text` is never altered, `sha256` is of its UTF-8 bytes, `date` is YYYY-MM-DD.

    `story` is the id of the first article of a run with nearly the same text (its own id if it is the first). It is
    left out where no run looked for it. `pages` has the offset in `text` at which each page begins; it is left out
    where the input has no pages.
    """

    id: str
    title: str | None = None
    source: str | None = None
    url: str | None = None
    date: Day | None = None
    date_basis: DateBasis | None = None
    language: str | None = None
    story: str | None = Field(default=None, exclude_if=lambda story: story is None)
    pages: list[Offset] | None = Field(default=None, exclude_if=lambda pages: pages is None)
    sha256: Digest
    text: str


def page_of(article: Article, offset: int) -> int | None:
    """The number, from 1, of the page on which the character at `offset` stands; None where pages are not known."""
    return bisect_right(article.pages, offset) or None if article.pages else None


def digest(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, in hexadecimal. Raises UnicodeEncodeError for lone surrogates."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


class Span(Part):
    """A span of `Article.text`."""

    start: Offset
    end: Offset


class Quote(Part):
    """A quote of the article: `text` equals `Article.text[start:end]`."""

    text: str
    start: Offset
    end: Offset


class Sentence(Part):
    """`boilerplate`: it is no part of the story (a teaser, a byline, "About ..."); null in records of schema 1.x."""

    id: Offset
    start: Offset
    end: Offset
    boilerplate: bool | None = None


class Amount(Quote):
    """Money. `value` in units of `currency` (ISO 4217, null where unknown); `low`/`high` bound a range or hedge.

    `basis`: `model` where only a language model gives the value, and the digits agree; else left out.
    """

    value: Number | None
    low: Number | None = None
    high: Number | None = None
    approximate: bool = False
    currency: str | None = None
    basis: Literal["model"] | None = Field(default=None, exclude_if=lambda basis: basis is None)


class Date(Quote):
    """A calendar expression. `iso` is `2028`, `2025-06`, `2025-06-30` or `2025-07/2026-06`; null where unknown."""

    iso: str | None = None
    precision: Precision | None = None
    basis: Basis | None = None


class Quantity(Quote):
    """A physical measure; `unit` is its symbol (MW, km, ha)."""

    value: Number | None
    unit: str | None = None


class Mention(Part):
    """`entity`: the id of the actor or project it names; `value`: its normalised amount, date, quantity or country."""

    id: LocalId
    label: Label
    text: str
    start: Offset
    end: Offset
    sentence: Offset
    entity: str | None = None
    confidence: Confidence
    method: str
    value: Amount | Date | Quantity | str | None = None


class Actor(Part):
    """A person, body or country that acts. `country` is an ISO 3166-1 alpha-3 code; `mentions` are ids of mentions.

    `name_en`: the usual English name where the article is not in English, else null.
    """

    id: LocalId
    name: str
    name_en: str | None = None
    kind: ActorKind
    country: Country | None = None
    role: str | None = None
    aliases: list[str] = []
    mentions: list[str] = []
    confidence: Confidence


class Sector(Part):
    """An OECD DAC 3-digit sector category."""

    scheme: Literal["OECD-DAC-3"] = "OECD-DAC-3"
    code: SectorCode
    label: str
    confidence: Confidence


class Project(Part):
    """A project or (`programme`) an umbrella. `countries` are ISO 3166-1 alpha-3 codes, `mentions` ids of mentions.

    `name_en`: as of an actor.
    """

    id: LocalId
    name: str
    name_en: str | None = None
    programme: bool
    aliases: list[str] = []
    sectors: list[Sector] = []
    countries: list[Country] = []
    mentions: list[str] = []
    confidence: Confidence


class Relation(Part):
    """`subject` and `object` are ids of actors, projects or (EVENT, PLACE, AGREEMENT) mentions.

    In gold an end that is no mention is given by its words: `EVENT:groundbreaking`.
    """

    subject: str
    type: RelationType
    object: str
    sentence: Offset
    evidence: Span
    confidence: Confidence
    method: str


class Evidence(Part):
    """A sentence that states a commitment: its id, and its span in `Article.text`."""

    sentence: Offset
    start: Offset
    end: Offset


class Flow(Part):
    """Whose money goes where, whoever speaks or asks. `provider` and `recipient` are ids of actors.

    `terms`: what the article says of this money, in its words.
    """

    instrument: Instrument
    provider: list[str] = []
    recipient: list[str] = []
    terms: dict[Term, str] = {}


class SlotConfidence(Part):
    """The probability that a field is right; of a list one for each of its entries, in their order."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    status: Confidence
    by: list[Confidence] = []
    with_: list[Confidence] = Field(default=[], alias="with")
    to: list[Confidence] = []
    projects: list[Confidence] = []
    dates: list[Confidence] = []
    instrument: Confidence | None = None
    provider: list[Confidence] = []
    recipient: list[Confidence] = []


class Commitment(Part):
    """One undertaking. `by`, `with`, `to`, `attributed_to` are ids of actors, `projects` of projects.

    `flow` is null where no money moves. `boilerplate`: every sentence of its evidence is. `confidence`: the probability
    that the article states this commitment with this kind; `row_confidence`: that kind, status, `by`, amounts and flow
    are right at once. What records of schema 1.x lack is null.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    id: LocalId
    kind: CommitmentKind
    status: Status
    trigger: Quote
    by: list[str] = []
    with_: list[str] = Field(default=[], alias="with")
    to: list[str] = []
    projects: list[str] = []
    amounts: list[Amount] = []
    dates: list[Date] = []
    sectors: list[SectorCode] = []
    flow: Flow | None = None
    attributed_to: str | None = None
    negated: bool = False
    boilerplate: bool | None = None
    evidence: Annotated[list[Evidence], Field(min_length=1)]
    confidence: Confidence
    row_confidence: Confidence | None = None
    slot_confidence: SlotConfidence | None = None
    method: str

    @property
    def in_story(self) -> bool:
        """Whether the story states it: neither denied nor boilerplate. Counts and sums leave out the others."""
        return not (self.negated or self.boilerplate)


class Limit(Part):
    """A bound that the text exceeded: of `found` units `kept` are processed together.

    The units are characters of a word, tokens of a sentence, tokens of a name, or spans of a sentence that may be
    related. `sentence`: the id of the (first) sentence that is cut; null for a word.
    """

    name: LimitName
    sentence: int | None = None
    found: int
    kept: int


class Record(Part):
    """Everything found in one article. Ids are unique within the record; offsets count characters of `article.text`.

    `limits` is left out where no bound was reached.
    """

    schema_version: Literal["1.0", "2.0", "2.1"] = "2.1"
    article: Article
    sentences: list[Sentence] = []
    mentions: list[Mention] = []
    actors: list[Actor] = []
    projects: list[Project] = []
    relations: list[Relation] = []
    commitments: list[Commitment] = []
    sectors: list[Sector] = []
    limits: list[Limit] = Field(default=[], exclude_if=lambda limits: not limits)

    def to_json(self) -> str:
        """One line of JSON, keys in the order of the fields."""
        return self.model_dump_json(by_alias=True)


def fault(error: ValidationError) -> str:
    """The path and message of the first error: "article.sha256: Field required"."""
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else str(first["msg"])


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of one line of `corridor extract`."""
    schema = Record.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def quotes(record: Record) -> list[Quote | Mention]:
    """Every quoted value of a record, for checking `text[start:end] == quote.text`."""
    found: list[Quote | Mention] = [*record.mentions]
    found += [mention.value for mention in record.mentions if isinstance(mention.value, Quote)]
    for commitment in record.commitments:
        found += [commitment.trigger, *commitment.amounts, *commitment.dates]
    return found
