"""What people decided on commitments: rows with names in place of ids, the same in words, and the files that hold them.

decisions/ID.jsonl   a row for each commitment of an article that was decided on
accepted/ID.jsonl    the record of an article with what was accepted, and nothing else
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

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
    Flow,
    Part,
    Project,
    Quote,
    Record,
    Status,
    fault,
)
from pipeline.values.numbers import amount_in_words

Decision = Literal["accepted", "rejected", "unsure"]
ACCEPTED, REJECTED = "accepted", "rejected"
AGREED = "by agreement"  # the name of a decision that no person made
DECISIONS = "decisions"  # the folder of the rows; that of accepted records is ACCEPTED
LONGEST = 160  # characters of a quote in a reason
_NOTHING = "none"
_REMEDY = "start `corridor review` on the folder, which writes it again"


class Row(Part):
    """A commitment without ids: `by`, `with_`, `to`, `projects` and those in `flow` are names, `evidence` sentences.

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
    flow: Flow | None
    evidence: list[Quote]


class Decided(Part):
    """What was decided on one commitment.

    `decision` is null where a decision is `reopened`, which then says why. `corrected`: a person changed the row, or
    added it. `before`: the row of the record that was reviewed; null for what a person added, and for gold that was
    there before the review. `sha256`: the digest of the article's text. `agreement`: the `--accept-at` by which it was
    accepted, if no person did; there is no `reviewer` then.
    """

    article: str
    sha256: Digest
    commitment: str
    decision: Decision | None
    corrected: bool = False
    reopened: str | None = None
    row: Row
    before: Row | None = None
    agreement: float | None = Field(default=None, exclude_if=lambda unknown: unknown is None)
    reviewer: str | None = None
    time: str | None = None

    def to_json(self) -> str:
        return self.model_dump_json(by_alias=True)


def entities(record: Record) -> list[Actor | Project]:
    return [*record.actors, *record.projects]


def row_of(record: Record, commitment: Commitment) -> Row:
    """A commitment of a record as a row."""
    names = {entity.id: entity.name for entity in entities(record)}

    def named(ids: Iterable[str]) -> list[str]:
        return [names.get(one, one) for one in ids]

    flow, text = commitment.flow, record.article.text
    own = {field: getattr(commitment, field) for field in ("kind", "status", "negated", "trigger", "amounts", "dates")}
    return Row(
        **own,
        **{field: named(getattr(commitment, field)) for field in ("by", "to", "projects")},
        **{"with": named(commitment.with_)},
        flow=flow and Flow(**dict(flow) | {"provider": named(flow.provider), "recipient": named(flow.recipient)}),
        evidence=[Quote(text=text[e.start : e.end], start=e.start, end=e.end) for e in commitment.evidence],
    )


def rows_of(record: Record) -> dict[str, Row]:
    """The rows of a record by the ids of their commitments."""
    return {commitment.id: row_of(record, commitment) for commitment in record.commitments}


def overlap(one: Quote, other: Quote) -> bool:
    return one.start < other.end and other.start < one.end


def name_of(one: Decided) -> str:
    """The decision; `corrected` for an accepted row that a person changed, `reopened` where it does not hold."""
    if one.agreement is not None and one.decision:
        return AGREED
    return "corrected" if one.corrected else one.decision or "reopened"


def _listed(values: list[str]) -> str:
    return ", ".join(sorted(dict.fromkeys(values))) or _NOTHING


def _flow(flow: Flow | None) -> str:
    if flow is None:
        return _NOTHING
    terms = "".join(f", {term} {words}" for term, words in sorted(flow.terms.items()))
    return f"{flow.instrument} from {_listed(flow.provider)} to {_listed(flow.recipient)}{terms}"


class Column(NamedTuple):
    """A field of a commitment, its name in messages, and its value in words: `amount: 2 bn USD`."""

    field: str
    name: str
    words: Callable[[Any], str]

    def of(self, row: Row) -> str:
        return self.words(getattr(row, self.field))


COLUMNS = (  # what is decided on: equal words mean that a row is the same
    Column("kind", "kind", str),
    Column("status", "status", str),
    Column("negated", "denied", lambda negated: "yes" if negated else "no"),
    Column("by", "by", _listed),
    Column("with_", "with", _listed),
    Column("to", "to", _listed),
    Column("projects", "project", _listed),
    Column(
        "amounts", "amount", lambda some: _listed([amount_in_words(amount) or f"“{amount.text}”" for amount in some])
    ),
    Column("dates", "date", lambda some: _listed([(d.iso or f"“{d.text}”").replace("/", " to ") for d in some])),
    Column("flow", "flow", _flow),
)


def changed(row: Row, was: Row, seen: Row | None = None) -> list[str]:
    """The fields of a row that differ from what it was, in words; a field as in `seen` is not new."""
    return [
        f"{column.name}: {column.of(row)}, was {column.of(was)}"
        for column in COLUMNS
        if column.of(row) not in (column.of(was), seen and column.of(seen))
    ]


def clipped(text: str) -> str:
    """A quote on one line, of at most `LONGEST` characters."""
    plain = " ".join(text.split())
    return f"“{plain}”" if len(plain) <= LONGEST else f"“{plain[:LONGEST].rstrip()} …”"


class Reviewed:
    """The folder of a review, read without its journals. Raises SetupError if it is none."""

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
