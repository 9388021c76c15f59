"""What any tool shows of an article: spans of its text, and links between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from pipeline.gold.gold import GoldArticle, Offsets
from pipeline.record import ActorKind, CommitmentKind, Label, RelationType, Status

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

    `id`: which span of gold it is, as `view_of` numbers them; a new span has any other id.
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
    """An article with its gold. `row`: its line of articles.jsonl; `score`: None if a person made the gold."""

    gold: GoldArticle
    row: Mapping[str, Any]
    score: float | None = None


@dataclass(frozen=True)
class Answer:
    """An annotator's answer. `sectors`: of the article; None if the tool does not hold them."""

    spans: list[Span]
    links: list[Link]
    sectors: list[str] | None = None


Clash = Callable[[Span, Span], bool]  # whether a tool can show only one of two spans


def without_clashes(spans: Iterable[Span], clash: Clash) -> list[Span]:
    """The spans that a tool can show: mentions first, then triggers, then other references."""
    shown: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.is_trigger, span.label == REFERENCE)):
        if not any(clash(span, other) for other in shown):
            shown.append(span)
    return shown
