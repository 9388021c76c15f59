"""What a tool shows of an article, whatever the tool: spans of its text, and links between them.

Hard because gold quotes words and names entities by key, and a tool has offsets and arrows only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from pipeline.corpus.gold import GoldArticle, Offsets
from pipeline.record import ActorKind, CommitmentKind, Label, RelationType, Status

MENTIONS: tuple[str, ...] = get_args(Label)
REFERENCE = "REFERENCE"  # other words for an actor or project, which are no mention: "the bank"
COMMITMENT = "COMMITMENT"  # the trigger of a commitment
SPANS = (*MENTIONS, REFERENCE, COMMITMENT)
RELATIONS: tuple[str, ...] = get_args(RelationType)
SAME = "same_as"  # both spans tell of one actor or project
ENTITIES = ("by", "with", "to", "projects", "attributed_to")  # fields of a commitment that hold actors and projects
VALUES = ("amounts", "dates")  # those that hold what is quoted
LINKS = (SAME, *RELATIONS, *ENTITIES, *VALUES)
KINDS: tuple[str, ...] = get_args(CommitmentKind)
STATUSES: tuple[str, ...] = get_args(Status)
ACTORS: tuple[str, ...] = get_args(ActorKind)


@dataclass(frozen=True)
class Span:
    """Characters of the text. `told`: `kind` and `status` of a COMMITMENT, `actor` (its kind) of an actor's main span.

    `id`: which span of gold it is (`view.py` gives them out); that of a new span is any other.
    """

    id: str
    start: int
    end: int
    label: str
    told: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_trigger(self) -> bool:
        return self.label == COMMITMENT

    @property
    def place(self) -> Offsets:
        return self.start, self.end

    def meets(self, other: Span) -> bool:
        """Whether both share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class Link:
    """An arrow from the span `head` to the span `child`, by their ids."""

    head: str
    label: str
    child: str


@dataclass(frozen=True)
class Task:
    """An article with its gold. `row`: its line of articles.jsonl; `score`: None where a person made the gold."""

    gold: GoldArticle
    row: Mapping[str, Any]
    score: float | None = None


@dataclass(frozen=True)
class Answer:
    """What an annotator made of an article. `sectors`: of the article; None where the tool does not hold them."""

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
