"""What people decided on commitments: rows in words, what they rest on, and the files of a review."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, ValidationError

from pipeline.errors import ArticleError, SetupError
from pipeline.gold.folder import file_name
from pipeline.record import (
    Actor,
    Amount,
    Commitment,
    CommitmentKind,
    Date,
    Digest,
    Instrument,
    Mention,
    Part,
    Project,
    Quote,
    Record,
    Status,
    Term,
    fault,
)
from pipeline.values.numbers import amount_in_words

Decision = Literal["accepted", "rejected", "unsure"]
ACCEPTED, REJECTED, UNSURE = "accepted", "rejected", "unsure"


class FlowRow(Part):
    """A flow of money; `provider` and `recipient` are names."""

    instrument: Instrument
    provider: list[str]
    recipient: list[str]
    terms: dict[Term, str]


class Row(Part):
    """A commitment without ids: `by`, `with_`, `to`, `projects` are names, `evidence` its sentences.

    Offsets are those of the article whose digest the decision names.
    """

    kind: CommitmentKind
    status: Status
    negated: bool
    trigger: Quote
    by: list[str]
    with_: list[str] = Field(alias="with")
    to: list[str]
    projects: list[str]
    amounts: list[Amount]
    dates: list[Date]
    flow: FlowRow | None
    evidence: list[Quote]


class Decided(Part):
    """What was decided on one commitment.

    `decision` is null where a decision is `reopened`, which then says why. `corrected`: a person changed the row, or
    added it. `before`: the row of the record that was reviewed; null for what a person added, and for gold that was
    there before the review. `sha256`: the digest of the article's text.
    """

    article: str
    sha256: Digest
    commitment: str
    decision: Decision | None
    corrected: bool = False
    reopened: str | None = None
    row: Row
    before: Row | None = None
    reviewer: str | None = None
    time: str | None = None

    def to_json(self) -> str:
        return self.model_dump_json(by_alias=True)


def row_of(record: Record, commitment: Commitment) -> Row:
    """A commitment of a record as a row."""
    names = {actor.id: actor.name for actor in record.actors}
    names |= {project.id: project.name for project in record.projects}

    def named(ids: Iterable[str]) -> list[str]:
        return [names.get(one, one) for one in ids]

    flow, text = commitment.flow, record.article.text
    fields = {field: named(getattr(commitment, field)) for field in ("by", "to", "projects")}
    return Row.model_validate(
        {
            "kind": commitment.kind,
            "status": commitment.status,
            "negated": commitment.negated,
            "trigger": commitment.trigger,
            "with": named(commitment.with_),
            "amounts": commitment.amounts,
            "dates": commitment.dates,
            "flow": flow
            and FlowRow(
                instrument=flow.instrument,
                provider=named(flow.provider),
                recipient=named(flow.recipient),
                terms=flow.terms,
            ),
            "evidence": [Quote(text=text[e.start : e.end], start=e.start, end=e.end) for e in commitment.evidence],
            **fields,
        }
    )


def rows_of(record: Record) -> dict[str, Row]:
    """The rows of a record by the ids of their commitments."""
    return {commitment.id: row_of(record, commitment) for commitment in record.commitments}


_NOTHING = "none"
LONGEST = 160  # characters of a quote in a reason


def _day(date: Date) -> str:
    return (date.iso or f"“{date.text}”").replace("/", " to ")


def _listed(values: list[str]) -> str:
    return ", ".join(sorted(dict.fromkeys(values))) or _NOTHING


def _flow(row: Row) -> str:
    flow = row.flow
    if flow is None:
        return _NOTHING
    terms = "".join(f", {term} {words}" for term, words in sorted(flow.terms.items()))
    return f"{flow.instrument} from {_listed(flow.provider)} to {_listed(flow.recipient)}{terms}"


FIELDS: Mapping[str, Callable[[Row], str]] = {  # what is decided on: equal words mean that a row is the same
    "kind": lambda row: row.kind,
    "status": lambda row: row.status,
    "denied": lambda row: "yes" if row.negated else "no",
    "by": lambda row: _listed(row.by),
    "with": lambda row: _listed(row.with_),
    "to": lambda row: _listed(row.to),
    "project": lambda row: _listed(row.projects),
    "amount": lambda row: _listed([amount_in_words(amount) or f"“{amount.text}”" for amount in row.amounts]),
    "date": lambda row: _listed([_day(date) for date in row.dates]),
    "flow": _flow,
}


def changed(row: Row, was: Row, seen: Row | None = None) -> list[str]:
    """The fields of a row that differ from what it was, in words; a field as in `seen` is not new."""
    found = []
    for field, words in FIELDS.items():
        now, before = words(row), words(was)
        if now != before and (seen is None or now != words(seen)):
            found.append(f"{field}: {now}, was {before}")
    return found


def clipped(text: str) -> str:
    """A quote on one line, of at most `LONGEST` characters."""
    plain = " ".join(text.split())
    return f"“{plain}”" if len(plain) <= LONGEST else f"“{plain[:LONGEST].rstrip()} …”"


def rests_on(
    commitment: Commitment, mentions: Collection[Mention], actors: Iterable[Actor], projects: Iterable[Project]
) -> Iterator[str]:
    """The ids of the actors, projects and mentions of a row.

    These are the mentions of its trigger, amounts and dates, and those of each actor and project in its sentences; of
    one that its sentences do not mention the first.
    """
    flow = commitment.flow
    parties = {*commitment.by, *commitment.with_, *commitment.to, commitment.attributed_to}
    parties |= {*flow.provider, *flow.recipient} if flow else set()
    entities = [actor.id for actor in actors if actor.id in parties]
    entities += [project.id for project in projects if project.id in commitment.projects]
    yield from entities
    trigger, values = commitment.trigger, {(v.start, v.end) for v in (*commitment.amounts, *commitment.dates)}
    for mention in mentions:
        if (mention.start, mention.end) in values or (mention.start < trigger.end and trigger.start < mention.end):
            yield mention.id
    sentences = {evidence.sentence for evidence in commitment.evidence}
    for name in entities:
        own = [mention for mention in mentions if mention.entity == name]
        near = [mention for mention in own if mention.sentence in sentences]
        yield from (mention.id for mention in near or own[:1])


def parts_of(record: Record, commitment: Commitment) -> set[str]:
    return set(rests_on(commitment, record.mentions, record.actors, record.projects))


def only(record: Record, commitments: list[Commitment], kept: Collection[str]) -> Record:
    """A record with some commitments, mentions, actors and projects, and the relations between those."""
    mentions = [m for m in record.mentions if m.id in kept]
    return record.model_copy(
        update={
            "mentions": [m.model_copy(update={"entity": m.entity if m.entity in kept else None}) for m in mentions],
            "actors": [_within(actor, kept) for actor in record.actors if actor.id in kept],
            "projects": [_within(project, kept) for project in record.projects if project.id in kept],
            "relations": [r for r in record.relations if r.subject in kept and r.object in kept],
            "commitments": commitments,
        }
    )


def without(record: Record, gone: Collection[str]) -> Record:
    """A record without some of its commitments, and without what only these rest on."""
    left = [one for one in record.commitments if one.id not in gone]
    used = {name for one in left for name in parts_of(record, one)}
    unused = {n for one in record.commitments if one.id in gone for n in parts_of(record, one)} - used
    names = {m.id for m in record.mentions} | {a.id for a in record.actors} | {p.id for p in record.projects}
    return only(record, left, names - unused)


def _within[T: (Actor, Project)](entity: T, kept: Collection[str]) -> T:
    return entity.model_copy(update={"mentions": [name for name in entity.mentions if name in kept]})


DECISIONS, ACCEPTED = "decisions", "accepted"
_REMEDY = "start `corridor review` on the folder, which writes it again"


class Reviewed:
    """The folder of a review. Raises SetupError if it is none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not (folder / "review").is_dir():
            raise SetupError(f"{folder}: holds no review; name the --gold folder of `corridor review`")
        if not (folder / DECISIONS).is_dir():
            raise SetupError(f"{folder}: was reviewed by an older version; {_REMEDY}")

    def decisions(self, article: str) -> list[Decided]:
        """The decisions on an article, in the order of its record. Raises ArticleError where the file is damaged."""
        return list(_read(self._path(DECISIONS, article), Decided))

    def accepted(self, article: str) -> Record | None:
        """The record with what was accepted; None without any. Raises ArticleError where the file is damaged."""
        return next(_read(self._path(ACCEPTED, article), Record), None)

    def all(self) -> Iterator[list[Decided]]:
        """The decisions of every article that has some, by file name."""
        for path in sorted((self.folder / DECISIONS).glob("*.jsonl")):
            yield list(_read(path, Decided))

    def named(self, one: Decided) -> str:
        """Who decided; the folder's name if the journal has none."""
        return one.reviewer or self.folder.name or str(self.folder)

    def _path(self, part: str, article: str) -> Path:
        return self.folder / part / f"{file_name(article)}.jsonl"


def _read[T: BaseModel](path: Path, shape: type[T]) -> Iterator[T]:
    try:
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
    except (OSError, ValueError) as error:
        raise ArticleError(str(path), f"cannot be read ({error})") from error
    for number, line in enumerate(text.split("\n")[:-1], 1):
        try:
            yield shape.model_validate_json(line)
        except ValidationError as error:
            raise ArticleError(f"{path}:{number}", f"is damaged ({fault(error)}); {_REMEDY}") from error
