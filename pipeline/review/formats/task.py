"""What any tool shows of an article: spans of its text, and links between them; and the record that travels along."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TextIO, get_args

from pydantic import ValidationError

from pipeline.errors import ArticleError, SetupError
from pipeline.gold.check import problems
from pipeline.gold.importer import Offsets, guide_record
from pipeline.record import ActorKind, CommitmentKind, Label, Record, RelationType, Status, digest

PAYLOAD = "corridor"  # the name in every tool of what it carries with a task but does not show
MENTIONS: tuple[str, ...] = get_args(Label)
REFERENCE = "REFERENCE"  # other words for an actor or project that are no mention: "the bank"
COMMITMENT = "COMMITMENT"  # the trigger of a commitment
SPANS = (*MENTIONS, REFERENCE, COMMITMENT)
PROJECTS = ("PROJECT", "PROGRAMME")
RELATIONS: tuple[str, ...] = get_args(RelationType)
SAME = "same_as"  # both spans refer to one actor or project
ENTITIES = ("by", "with", "to", "projects", "attributed_to")  # fields of a commitment that hold actors and projects
VALUES = ("amounts", "dates")  # fields of a commitment that hold quotes
LINKS = (SAME, *RELATIONS, *ENTITIES, *VALUES)
NO_ENDS = ("MONEY", "DATE", "QUANTITY")  # labels that cannot be the end of a relation
KINDS: tuple[str, ...] = get_args(CommitmentKind)
STATUSES: tuple[str, ...] = get_args(Status)
ACTORS: tuple[str, ...] = get_args(ActorKind)


@dataclass(frozen=True)
class Span:
    """Characters of the text. `attributes`: `kind` and `status` of a COMMITMENT; `actor`, the kind, of an actor.

    `id`: which span of the record it is, as `view_of` names them; a new span has any other id.
    """

    id: str
    start: int
    end: int
    label: str
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_trigger(self) -> bool:
        return self.label == COMMITMENT

    @property
    def offsets(self) -> Offsets:
        return self.start, self.end

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class Link:
    """An arrow from the span `head` to the span `child`, by their ids."""

    head: str
    label: str
    child: str


@dataclass(frozen=True)
class Task:
    """A record to be corrected. `score`: its mean confidence; None if a person made it."""

    record: Record
    score: float | None = None


@dataclass(frozen=True)
class Answer:
    """An annotator's answer. `sectors`: of the article; None if the tool does not hold them."""

    spans: list[Span]
    links: list[Link]
    sectors: list[str] | None = None


@dataclass(frozen=True)
class Returned:
    """A task in a tool's file. `answer()`: the answer, or why it is left out; raises ArticleError if it is damaged."""

    where: str
    payload: Any
    text: Any
    answer: Callable[[], Answer | str]


Clash = Callable[[Span, Span], bool]  # whether a tool can show only one of two spans


def without_clashes(spans: Iterable[Span], clash: Clash) -> list[Span]:
    """The spans that a tool can show: mentions first, then triggers, then other references."""
    shown: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.is_trigger, span.label == REFERENCE)):
        if not any(clash(span, other) for other in shown):
            shown.append(span)
    return shown


class _Scored(Protocol):
    @property
    def confidence(self) -> float: ...


def mean_confidence(parts: Iterable[_Scored]) -> float:
    """The mean confidence, of commitments that of their rows, to three decimals; 0 if there are no parts."""
    rows = ((getattr(part, "row_confidence", None), part.confidence) for part in parts)
    found = [own if row is None else row for row, own in rows]
    return round(sum(found) / len(found), 3) if found else 0.0


def payload(record: Record) -> dict[str, Any]:
    """The record without its text, which the tool shows."""
    article = record.article.model_copy(update={"text": ""})
    return {"record": record.model_copy(update={"article": article}).model_dump(mode="json", by_alias=True)}


def record_of(where: str, part: Any, text: Any) -> Record:
    """The record that was exported, before the correction; earlier versions exported gold of the annotation guide.

    Raises ArticleError if it is not from Corridor, or its text has changed.
    """
    if not isinstance(part, Mapping) or not isinstance(text, str):
        raise ArticleError(where, f"has no `{PAYLOAD}` and `text`; use tasks that `corridor annotate export` wrote")
    try:
        if "record" in part:
            raw = part["record"] | {"article": part["record"]["article"] | {"text": text}}
            record, sha256 = Record.model_validate_json(json.dumps(raw)), raw["article"]["sha256"]
        else:
            record, sha256 = guide_record(where, part["article"] | {"text": text}, part["gold"]), part["sha256"]
        if sha256 != digest(text):
            raise ArticleError(where, "its text has changed, so that offsets would be wrong; export the article again")
        wrong = problems(record)
    except (KeyError, TypeError, ValueError, ValidationError) as error:
        wrong = [str(error)]
    if wrong:
        raise ArticleError(where, f"its `{PAYLOAD}` part is damaged ({wrong[0]}); export the article again")
    return record


def metadata(task: Task) -> dict[str, Any]:
    """What an annotator sees of an article beside its text."""
    fields = task.record.article.model_dump(include={"id", "title", "source", "date"})
    score = {} if task.score is None else {"score": task.score}
    return {name: value for name, value in fields.items() if value} | score


def as_json(value: Any) -> str:
    """JSON on one line."""
    return json.dumps(value, ensure_ascii=False)


def opened(path: Path) -> TextIO:
    """A text file to read. Raises SetupError if it cannot be opened."""
    try:
        return path.open(encoding="utf-8-sig", errors="replace")  # a replaced character changes the text: refused later
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror})") from error
