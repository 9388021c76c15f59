"""The form of a language model's answer. Each part is checked by itself, so that a wrong one costs only itself."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

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


def _right_ones(entries: Any, check: ValidatorFunctionWrapHandler, info: ValidationInfo[list[str]]) -> Any:
    """The entries of a list that are right; the reason of each other one is added to the context."""
    try:
        return check(entries if isinstance(entries, list) else [])
    except ValidationError as error:
        wrong = {int(one["loc"][0]): one["loc"][1:] for one in reversed(error.errors())}  # the first of each entry
        for loc in wrong.values():
            place = ".".join(part for part in loc if isinstance(part, str)) or "an entry"
            info.context.append(f"{info.field_name}: {place} has a wrong value")
        return check([entry for number, entry in enumerate(entries) if number not in wrong])


class Answer(Part):
    """`same`: groups of ids that mean one actor or one project; `no_project`: ids in the list that are none."""

    new: Annotated[list[New], WrapValidator(_right_ones)] = []
    same: Annotated[list[list[str]], WrapValidator(_right_ones)] = []
    no_project: Annotated[list[str], WrapValidator(_right_ones)] = []
    commitments: Annotated[list[Act], WrapValidator(_right_ones)] = []


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
    dropped: list[str] = []
    answer = Answer.model_validate(found, context=dropped)
    if found["commitments"] and not answer.commitments:
        raise Broken("no commitment of the expected form")
    return answer, dropped
