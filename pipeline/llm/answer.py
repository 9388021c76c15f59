"""The form of a language model's answer. Each part is checked by itself, so that a wrong one costs only itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipeline.record import ActorKind, CommitmentKind, Instrument, Status


class Broken(ValueError):
    """An answer that is no JSON object of the expected form; the message says why."""


class Part(BaseModel):
    """Base of every part of an answer: unknown fields are ignored, missing ones have defaults."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:
        """A null means the same as a missing field."""
        return {name: value for name, value in data.items() if value is not None} if isinstance(data, dict) else data


class New(Part):
    """What the list of candidates lacks. `quote` stands in sentence `sentence`, letter by letter."""

    id: str
    type: Literal["actor", "project", "amount", "date"]
    quote: str
    sentence: int
    kind: ActorKind | None = None
    country: str | None = None
    programme: bool = False


class Terms(Part):
    """Words of the article, or null."""

    interest: str | None = None
    maturity: str | None = None
    grace: str | None = None


class Flow(Part):
    """Whose money goes where: ids of actors."""

    instrument: Instrument
    provider: list[str] = []
    recipient: list[str] = []
    terms: Terms = Terms()


class Act(Part):
    """One commitment: numbers of sentences, ids of candidates or of `New`, and the exact words of its action."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, populate_by_name=True)

    sentence: int
    also: list[int] = []
    trigger: str
    kind: CommitmentKind
    status: Status
    by: list[str] = []
    with_: list[str] = Field(default=[], alias="with")
    to: list[str] = []
    projects: list[str] = []
    amounts: list[str] = []
    dates: list[str] = []
    flow: Flow | None = None
    negated: bool = False
    attributed_to: str | None = None


class Answer(Part):
    """`same`: groups of ids that mean one actor or one project; `no_project`: ids in the list that are none."""

    new: list[New] = []
    same: list[list[str]] = []
    no_project: list[str] = []
    commitments: list[Act] = []


Item = tuple[str, Any]  # name of the list in an answer, and one of its entries as read from JSON
_FORMS: dict[str, Any] = {"new": New, "commitments": Act}


def schema() -> dict[str, Any]:
    """The JSON Schema of an answer, for servers that can be held to one."""
    return Answer.model_json_schema(by_alias=True)


def parse(content: str) -> tuple[Answer, list[str]]:
    """The answer in what a model wrote, and the reason of each part that was dropped.

    Text before the first brace and after the last one, such as a code fence, is ignored. Raises Broken where no
    JSON object is left, or it has no list of commitments, or one with nothing but wrong entries.
    """
    first, last = content.find("{"), content.rfind("}")
    if first < 0 or last < first:
        raise Broken("no JSON object" if content.strip() else "empty")
    try:
        found = json.loads(content[first : last + 1])
    except (ValueError, RecursionError):
        raise Broken("no valid JSON") from None
    if not isinstance(found, dict) or not isinstance(found.get("commitments"), list):
        raise Broken("no list of commitments")
    kept: dict[str, list[Any]] = {}
    dropped: list[str] = []
    for name, item in _items(found):
        try:
            kept.setdefault(name, []).append(_checked(name, item))
        except ValidationError as error:
            first_error = error.errors()[0]
            place = ".".join(str(part) for part in first_error["loc"] if isinstance(part, str))
            dropped.append(f"{name}: {place or 'an entry'} has a wrong value")
    if found["commitments"] and "commitments" not in kept:
        raise Broken("no commitment of the expected form")
    return Answer(**kept), dropped


def _items(found: dict[str, Any]) -> Iterator[Item]:
    for name in Answer.model_fields:
        entries = found.get(name)
        yield from ((name, entry) for entry in entries) if isinstance(entries, list) else ()


def _checked(name: str, item: Any) -> Any:
    if form := _FORMS.get(name):
        return form.model_validate(item)
    return getattr(Answer.model_validate({name: [item]}), name)[0]
