"""The folder of knowledge that `corridor resolve` writes: its rows, and a file of sorted JSON lines for each kind.

A link says what one article says under which lasting id; all other rows are made of links.
"""

import re
import unicodedata
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints

from pydantic import AliasChoices, Field, ValidationError

from pipeline.atomic import whole_path
from pipeline.errors import SetupError
from pipeline.record import (
    Actor,
    ActorKind,
    CommitmentKind,
    Confidence,
    Day,
    Flow,
    Instrument,
    Offset,
    Part,
    Project,
    Record,
    Status,
    Term,
    digest,
    fault,
)

Scheme = Literal["iati", "aiddata", "other"]  # whose ids activities have
Contradicted = Literal["amounts", "dates", "status"]  # what reports may contradict each other on
_LONGEST = 48  # letters of the readable part of a lasting id
_DIGITS = 8


class KnownArticle(Part):
    """An article of the folder; `record`: SHA-256 of its record, which changes when the article is extracted again.

    `sha256`: of its text, null in older folders.
    """

    id: str
    record: str
    sha256: str | None = None
    title: str | None = None
    source: str | None = None
    url: str | None = None
    date: Day | None = None
    story: str | None = None

    @property
    def text_id(self) -> str:
        """The id that near-copies of its text share."""
        return self.story or self.id


class LocalActor(Part):
    """An actor as one article has it; see `pipeline.record.Actor`."""

    what: Literal["actor"] = "actor"
    name: str
    kind: ActorKind
    country: str | None
    role: str | None
    aliases: list[str]


class LocalProject(Part):
    """A project as one article has it; `sectors` are OECD DAC codes, `part_of` local ids of programmes."""

    what: Literal["project"] = "project"
    name: str
    programme: bool
    aliases: list[str]
    countries: list[str]
    sectors: list[str]
    part_of: list[str]


class Sum(Part):
    """Money: `value` in units of `currency` (ISO 4217), `low` and `high` of a range; `approximate`: about so much.

    `start`: where it stands in the article, in characters.
    """

    text: str
    value: float | None
    low: float | None = None
    high: float | None = None
    approximate: bool = False
    currency: str | None = None
    start: Offset | None = None


def shown(amount: Sum) -> str:
    """An amount as a value of rows: "USD 2100000000"."""
    return f"{amount.currency or '?'} {amount.value:.15g}"


class Stated(Part):
    """What an article states of a commitment. `quote` is its first sentence, `start` to `end` (characters) of the text.

    `attributed_to`: an actor.
    """

    status: Status
    trigger: str
    amounts: list[Sum]
    dates: list[str]
    attributed_to: str | None
    sentence: Offset
    start: Offset
    end: Offset
    quote: str

    @property
    def only_amount(self) -> str | None:
        """The amount, as `shown`, where it gives one alone: of several it does not say which it is."""
        return shown(self.amounts[0]) if len(self.amounts) == 1 and self.amounts[0].value else None


class LocalCommitment(Stated):
    """A commitment as one article has it; its actors and projects are local ids of the same article.

    `flow` is null where no money moves, and in older folders. `row_confidence`: that kind, status, doers, amounts and
    flow are right; not in older folders.
    """

    what: Literal["commitment"] = "commitment"
    kind: CommitmentKind
    negated: bool
    by: list[str]
    partners: list[str]
    to: list[str]
    projects: list[str]
    sectors: list[str]
    flow: Flow | None = None
    row_confidence: Confidence | None = Field(default=None, exclude_if=lambda unknown: unknown is None)


Local = LocalActor | LocalProject | LocalCommitment


class Link(Part):
    """`link` (ARTICLE/LOCAL) belongs to the lasting id `entity`; `reasons`: names of `seeds/resolve.yaml`.

    `given`: the id before a person's decision, where there was one. `said`: what the article says of it.
    """

    link: str
    entity: str
    score: Confidence
    reasons: list[str]
    given: str | None = Field(default=None, exclude_if=lambda given: given is None)
    said: Annotated[Local, Field(discriminator="what")]

    @property
    def article(self) -> str:
        return article_of(self.link)

    @property
    def local(self) -> str:
        return self.link.rpartition("/")[2]


def article_of(link: str) -> str:
    """ARTICLE of ARTICLE/LOCAL."""
    return link.rpartition("/")[0]


def known_article(record: Record, digest: str = "") -> KnownArticle:
    """The article of a record; `digest`: of the record."""
    fields = {"id", "title", "source", "url", "date", "story", "sha256"}
    return KnownArticle(**record.article.model_dump(include=fields), record=digest)


def said_by(record: Record) -> dict[str, Local]:
    """What a record says, by local id."""
    said: dict[str, Local] = {}
    for actor in record.actors:
        said[actor.id] = LocalActor.model_validate(_in_english(actor), from_attributes=True)
    known = {project.id for project in record.projects}
    parts = [(r.subject, r.object) for r in record.relations if r.type == "part_of" and r.object in known]
    for project in record.projects:
        fields = _in_english(project).model_dump(include={"name", "programme", "aliases", "countries"})
        wholes = list(dict.fromkeys(whole for part, whole in parts if part == project.id))
        said[project.id] = LocalProject(**fields, sectors=[one.code for one in project.sectors], part_of=wholes)
    same = {"kind", "status", "negated", "by", "to", "projects", "attributed_to", "sectors", "flow"}
    for commitment in record.commitments:
        evidence = commitment.evidence[0]
        said[commitment.id] = LocalCommitment(
            **commitment.model_dump(include=same),
            trigger=commitment.trigger.text,
            partners=commitment.with_,
            row_confidence=commitment.confidence if commitment.row_confidence is None else commitment.row_confidence,
            amounts=[Sum.model_validate(amount, from_attributes=True) for amount in commitment.amounts],
            dates=[date.iso or date.text for date in commitment.dates],
            **evidence.model_dump(),
            quote=record.article.text[evidence.start : evidence.end],
        )
    return said


def _in_english[E: (Actor, Project)](entity: E) -> E:
    """Under its English name, by which articles in different languages are joined; the name as printed is an alias."""
    if entity.name_en is None:
        return entity
    return entity.model_copy(update={"name": entity.name_en, "aliases": [entity.name, *entity.aliases]})


def lasting_id(name: str, link: str, taken: Container[str]) -> str:
    """The id that `link` founds: a readable part of `name`, and eight digits of the link, more where it is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST].strip("-") or "unnamed"
    digits = digest(link)
    tried = (f"{slug}-{digits[:length]}" for length in count(_DIGITS))
    return next(name for name in tried if name not in taken)


class Value(Part):
    """A value, the number of articles that give it, and the first and last day of those."""

    value: str
    articles: int
    first: Day | None = None
    latest: Day | None = None


class Known(Part):
    """What articles name: lasting id, most frequent name, all names (the most frequent first), number of articles."""

    id: str
    name: str
    names: list[Value]
    articles: int
    first: Day | None
    latest: Day | None


class KnownActor(Known):
    """`roles`: all offices, the most frequent first."""

    kind: ActorKind
    country: str | None
    roles: list[Value]


class KnownProject(Known):
    """`part_of`: lasting ids of the programmes that it is reported to be part of."""

    programme: bool
    countries: list[Value]
    sectors: list[Value]
    part_of: list[Value]


class Quoted(Part):
    """The words of an article; `link` is ARTICLE/LOCAL."""

    link: str
    source: str | None
    date: Day | None
    quote: str


def words_of(article: KnownArticle, link: str, quote: str) -> dict[str, Any]:
    """The fields of `Quoted`."""
    return {"link": link, "source": article.source, "date": article.date, "quote": quote}


class Report(Stated, Quoted):
    """What one outlet reports; `copies`: other articles with nearly the same text (`article.story`)."""

    copies: list[str]


class Event(Quoted):
    """A line of a project's timeline: the status of a commitment as one article reports it."""

    project: str
    commitment: str
    kind: CommitmentKind
    status: Status
    amounts: list[Sum]
    attributed_to: str | None


class KnownCommitment(Part):
    """One commitment; `by` to `projects`, `provider`, `recipient`: lasting ids, the most frequent first.

    `instrument`: that of most articles; `terms`: of the earliest article that gives them.
    `amount`: the one that most reports agree on, null where none leads. `disagree`: what reports contradict each other
    on, or those of another commitment (`Disagreement`); all values are in `amounts`, `dates`, `statuses`.
    `counted`: whether a sum counts it, `because` why, or why not; `recommended_for_aggregates`: whether AidData would
    too (counted, and agreed, underway or completed).
    """

    id: str
    kind: CommitmentKind
    negated: bool
    by: list[Value]
    partners: list[Value]
    to: list[Value]
    projects: list[Value]
    statuses: list[Value]
    amounts: list[Value]
    dates: list[Value]
    sectors: list[str]
    instrument: Instrument | None = None
    provider: list[Value] = Field(default=[])
    recipient: list[Value] = Field(default=[])
    terms: dict[Term, str] = Field(default={})
    amount: Sum | None
    disagree: list[Contradicted]
    counted: bool = False
    recommended_for_aggregates: bool
    because: str
    first: Day | None
    latest: Day | None
    reports: list[Report] = Field(validation_alias=AliasChoices("reports", "tellings"))


class Claim(Quoted):
    """What one article says of something that another contradicts, with its words."""

    values: list[str]


class Disagreement(Part):
    """Two reports that contradict each other; `one`, `other`: the lasting ids of their commitments, maybe the same.

    `claims`: of `one` and of `other`. `reasons`: why both seem to report the same thing; `same_id` where they share an
    id, else names as in `seeds/resolve.yaml`.
    """

    one: str
    other: str
    field: Contradicted
    claims: tuple[Claim, Claim]
    reasons: list[str]


class Proposal(Part):
    """Two ids that may be one, for a person to decide; `link` raised the question, `decided` is the decision."""

    one: str
    other: str
    names: tuple[str, str]
    score: Confidence
    reasons: list[str]
    link: str
    decided: Literal["merge", "apart"] | None = Field(default=None, exclude_if=lambda decided: decided is None)


class Judgement(Part):
    """What a language model says of acts that a sum would count, by links of their reports; `by`: "llm:NAME".

    "same": `one` and `other` are one act; "earlier": `one` is a former stage of `other`; "part": it is a part of it;
    "none": `one` is no act, and `other` is null.
    """

    relation: Literal["same", "earlier", "part", "none"]
    one: str
    other: str | None = None
    by: str


@dataclass(frozen=True)
class Published:
    """Under which ids activities are published: by lasting id and scheme, as a person accepted them, each once."""

    ids: Mapping[str, Mapping[Scheme, tuple[str, ...]]] = field(default_factory=dict)

    def of(self, lasting: Iterable[str | None], scheme: Scheme) -> list[str]:
        """The ids of a scheme that were accepted for any of some lasting ids, each once."""
        return list(dict.fromkeys(one for name in lasting if name for one in self.ids.get(name, {}).get(scheme, ())))


@dataclass
class Knowledge:
    """All rows of a folder, as docs/resolve.md describes them; `published`: of a table of `corridor match`.

    Rows `X` are in `X.jsonl`, and are written in this order: after a stopped run, links whose articles are missing do
    not count.
    """

    links: list[Link] = field(default_factory=list)
    actors: list[KnownActor] = field(default_factory=list)
    projects: list[KnownProject] = field(default_factory=list)
    commitments: list[KnownCommitment] = field(default_factory=list)
    disagreements: list[Disagreement] = field(default_factory=list)
    timeline: list[Event] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)
    articles: list[KnownArticle] = field(default_factory=list)
    published: Published = field(default_factory=Published)


_ROWS: dict[str, type[Part]] = {
    name: get_args(rows)[0] for name, rows in get_type_hints(Knowledge).items() if name != "published"
}


def read(folder: Path) -> Knowledge:
    """The knowledge in a folder, none where there is no folder yet. Raises SetupError naming file and line."""
    rows: dict[str, Any] = {name: _read(folder / f"{name}.jsonl", row) for name, row in _ROWS.items()}
    return Knowledge(**rows)


def of_folder(folder: str | Path | None) -> Knowledge:
    """The knowledge of a folder that must exist; none for None.

    Raises:
        SetupError: The folder holds no knowledge, or a row that `corridor resolve` did not write (with file and line).
    """
    if folder is None:
        return Knowledge()
    if not (Path(folder) / "links.jsonl").is_file():
        raise SetupError(f"{folder}: holds no links.jsonl; `corridor resolve RECORDS -o {folder}` makes it")
    return read(Path(folder))


def _read(path: Path, row: type[Part]) -> list[Any]:
    found, where = list[Part](), str(path)
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                where = f"{path}:{number}"
                if line.strip():
                    found.append(row.model_validate_json(line))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror or error})") from error
    except ValidationError as error:
        raise SetupError(f"{where}: not a row of `corridor resolve`: {fault(error)}") from error
    return found


def write(knowledge: Knowledge, folder: Path) -> None:
    """Writes the files that changed, each whole or not at all.

    Args:
        knowledge: What to write.
        folder: Created where it is missing.

    Raises:
        SetupError: A file cannot be written.
    """
    try:
        for name in _ROWS:
            path = folder / f"{name}.jsonl"
            data = "".join(f"{row.model_dump_json()}\n" for row in getattr(knowledge, name)).encode()
            if not path.exists() or path.read_bytes() != data:
                with whole_path(str(path)) as part:
                    part.write_bytes(data)
    except OSError as error:
        raise SetupError(f"{folder}: cannot be written ({error.strerror or error})") from error
