"""What many articles say together: the rows of a knowledge folder, and the folder read back.

Hard because it must be right twice: a row is what a reader wants to see, and the links beside it are all that is needed
to make the row again when a person decides otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from pipeline.errors import SetupError
from pipeline.record import ActorKind, CommitmentKind, Confidence, Day, Offset, Part, Status, fault

FILES = ("articles", "links", "actors", "projects", "commitments", "timeline", "proposals")  # NAME.jsonl of a folder


class KnownArticle(Part):
    """An article that was taken in; `record`: SHA-256 of its record, which tells when it was made anew."""

    id: str
    record: str
    title: str | None = None
    source: str | None = None
    url: str | None = None
    date: Day | None = None
    story: str | None = None


class ActorSaid(Part):
    """An actor as one article has it; see `pipeline.record.Actor`."""

    what: Literal["actor"] = "actor"
    name: str
    kind: ActorKind
    country: str | None
    role: str | None
    aliases: list[str]


class ProjectSaid(Part):
    """A project as one article has it; `sectors` are OECD DAC codes, `part_of` local ids of programmes."""

    what: Literal["project"] = "project"
    name: str
    programme: bool
    aliases: list[str]
    countries: list[str]
    sectors: list[str]
    part_of: list[str]


class Sum(Part):
    """Money: `value` in units of `currency` (ISO 4217), `low` and `high` where a range was told."""

    text: str
    value: float | None
    low: float | None = None
    high: float | None = None
    currency: str | None = None


class CommitmentSaid(Part):
    """A commitment as one article has it; `by` to `projects` are local ids of the same article.

    `quote` is its first sentence, which stands at `start` to `end` (characters) of the article.
    """

    what: Literal["commitment"] = "commitment"
    kind: CommitmentKind
    status: Status
    trigger: str
    negated: bool
    by: list[str]
    partners: list[str]
    to: list[str]
    projects: list[str]
    attributed_to: str | None
    amounts: list[Sum]
    dates: list[str]
    sectors: list[str]
    sentence: Offset
    start: Offset
    end: Offset
    quote: str


Said = ActorSaid | ProjectSaid | CommitmentSaid


class Link(Part):
    """`ARTICLE/LOCAL` belongs to `entity`, with this score for these reasons (names of `seeds/resolve.yaml`).

    `given`: the id before a person's decision, where there was one.
    """

    link: str
    entity: str
    score: Confidence
    reasons: list[str]
    given: str | None = Field(default=None, exclude_if=lambda given: given is None)
    said: Annotated[Said, Field(discriminator="what")]

    @property
    def article(self) -> str:
        return self.link.rpartition("/")[0]

    @property
    def local(self) -> str:
        return self.link.rpartition("/")[2]


class Told(Part):
    """A value, in how many articles it stands, and the first and last day of those."""

    value: str
    articles: int
    first: Day | None = None
    latest: Day | None = None


class KnownActor(Part):
    """`name`: the one told most often; `names`, `roles`: all that were told, most often first."""

    id: str
    name: str
    kind: ActorKind
    country: str | None
    names: list[Told]
    roles: list[Told]
    articles: int
    first: Day | None
    latest: Day | None


class KnownProject(Part):
    """`part_of`: lasting ids of the programmes that it was told to be part of."""

    id: str
    name: str
    programme: bool
    countries: list[Told]
    sectors: list[Told]
    part_of: list[Told]
    names: list[Told]
    articles: int
    first: Day | None
    latest: Day | None


class Telling(Part):
    """One outlet's words; `copies`: other articles that tell the same in nearly the same words (`article.story`)."""

    link: str
    source: str | None
    date: Day | None
    copies: list[str]
    status: Status
    trigger: str
    amounts: list[Sum]
    dates: list[str]
    attributed_to: str | None
    sentence: Offset
    start: Offset
    end: Offset
    quote: str


class KnownCommitment(Part):
    """One undertaking, whoever told it. `by` to `projects`: lasting ids, those told most often first.

    `amount`: the one that most tellings agree on, null where none leads. `disagree`: of `amounts`, `dates`, `status`,
    those on which tellings contradict each other; all values stand in `amounts`, `dates`, `statuses` with their number.
    `recommended_for_aggregates`: whether a sum over commitments should count it, `because` why (after AidData).
    """

    id: str
    kind: CommitmentKind
    negated: bool
    by: list[Told]
    partners: list[Told]
    to: list[Told]
    projects: list[Told]
    statuses: list[Told]
    amounts: list[Told]
    dates: list[Told]
    sectors: list[str]
    amount: Sum | None
    disagree: list[str]
    recommended_for_aggregates: bool
    because: str
    first: Day | None
    latest: Day | None
    tellings: list[Telling]


class Event(Part):
    """A line of a project's timeline: on this day this article said that this commitment stood so."""

    project: str
    date: Day | None
    commitment: str
    kind: CommitmentKind
    status: Status
    amounts: list[Sum]
    attributed_to: str | None
    source: str | None
    link: str
    quote: str


class Proposal(Part):
    """Two ids that may be one, for a person to decide; `link` brought it up, `decided` is what was decided."""

    one: str
    other: str
    names: tuple[str, str]
    score: Confidence
    reasons: list[str]
    link: str
    decided: Literal["merge", "apart"] | None = Field(default=None, exclude_if=lambda decided: decided is None)


@dataclass
class Knowledge:
    """All rows of a folder."""

    articles: list[KnownArticle] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    actors: list[KnownActor] = field(default_factory=list)
    projects: list[KnownProject] = field(default_factory=list)
    commitments: list[KnownCommitment] = field(default_factory=list)
    timeline: list[Event] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)


def read(folder: Path) -> Knowledge:
    """The knowledge in a folder, none where there is no folder yet. Raises SetupError naming file and line."""
    return Knowledge(
        articles=_rows(folder, "articles", KnownArticle),
        links=_rows(folder, "links", Link),
        actors=_rows(folder, "actors", KnownActor),
        projects=_rows(folder, "projects", KnownProject),
        commitments=_rows(folder, "commitments", KnownCommitment),
        timeline=_rows(folder, "timeline", Event),
        proposals=_rows(folder, "proposals", Proposal),
    )


def of_folder(folder: str | Path | None) -> Knowledge:
    """The knowledge of a folder that must be there; none where none is named. Raises SetupError."""
    if folder is None:
        return Knowledge()
    if not (Path(folder) / "links.jsonl").is_file():
        raise SetupError(f"{folder}: holds no links.jsonl; `corridor resolve RECORDS -o {folder}` makes it")
    return read(Path(folder))


def _rows[Row: Part](folder: Path, name: str, row: type[Row]) -> list[Row]:
    path = folder / f"{name}.jsonl"
    try:
        with path.open("rb") as lines:
            return [_row(row, line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror or error})") from error


def _row[Row: Part](row: type[Row], line: bytes, where: str) -> Row:
    try:
        return row.model_validate_json(line)
    except ValidationError as error:
        raise SetupError(f"{where}: not a row of `corridor resolve`: {fault(error)}") from error


def lines(rows: Iterable[Part]) -> str:
    """Rows as lines of JSON."""
    return "".join(f"{row.model_dump_json()}\n" for row in rows)
