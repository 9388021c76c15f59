"""What a language model is asked that reads an article alone: all parts of the record, in any language."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from pipeline.llm.prompt import (
    INSTRUCTIONS,
    Act,
    Answer,
    New,
    Part,
    Prompt,
    article_parts,
    example_for,
    message,
    parse,
    with_example,
)
from pipeline.record import Record, RelationType

ALONE = Path(__file__).with_name("alone.md")
RULES = "# What counts", "# Candidates"  # the part of the instructions for all readers begins and ends here


class Found(New):
    """A part of the article. `also`: its other names; `value`, `currency`, `iso`: what the quote means."""

    type: Literal["actor", "project", "amount", "date", "event", "place", "agreement"]  # type: ignore[assignment]
    name_en: str | None = None
    also: list[str] = Field(default=[])
    role: str | None = None
    sectors: list[str] = Field(default=[])
    countries: list[str] = Field(default=[])
    value: float | None = None
    currency: str | None = None
    iso: str | None = None


class Stated(Act):
    """A commitment with the codes of its sectors."""

    sectors: list[str] = Field(default=[])


class Link(Part):
    """A relation between two ids of an answer."""

    subject: str
    type: RelationType
    object: str
    sentence: int


class Whole(Answer):
    """All that an article says. `sectors`: its codes; `boilerplate`: numbers of sentences."""

    new: list[Found] = Field(default=[])  # type: ignore[assignment]
    commitments: list[Stated] = Field(default=[])  # type: ignore[assignment]
    relations: list[Link] = Field(default=[])
    sectors: list[str] = Field(default=[])
    boilerplate: list[int] = Field(default=[])


class Alone(Prompt):
    """A request for all parts of the sentences `first` up to but not including `last`."""

    @property
    def system(self) -> str:
        return instructions(self.example)

    @property
    def form(self) -> dict[str, Any]:
        return schema()

    def parse(self, content: str) -> tuple[Whole, list[str]]:
        return parse(content, Whole)


def alone_prompt(record: Record, first: int, last: int) -> Alone:
    """What is asked about the sentences `first` up to but not including `last`."""
    parts = article_parts(record, first, last)
    if (first, last) != (0, len(record.sentences)):
        parts.append([f"List what the sentences {first} to {last - 1} say, and no other."])
    return Alone(first, last, message(parts), {}, example_for(record))


@cache
def instructions(example: int = 0) -> str:
    """The system message."""
    first, last = RULES
    rules = INSTRUCTIONS.read_text(encoding="utf-8").partition(first)[2].partition(last)[0]
    return with_example(ALONE.read_text(encoding="utf-8").replace("{rules}", f"{first}{rules.rstrip()}\n"), example)


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of an answer."""
    return Whole.model_json_schema(by_alias=True)


def version() -> str:
    """As `prompt.version`."""
    return hashlib.sha256((instructions() + json.dumps(schema(), sort_keys=True)).encode()).hexdigest()[:12]
