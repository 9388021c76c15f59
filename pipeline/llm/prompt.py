"""What a language model is asked about a record, and the form of its answer.

A prompt holds instructions, numbered sentences, and the candidates with their ids that these name. Each part of an
answer is checked by itself, so that a wrong one costs only itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from pipeline.record import Actor, ActorKind, Amount, CommitmentKind, Date, Instrument, Mention, Project, Record, Status
from pipeline.values.money import is_price

CONTEXT = 3  # sentences from the start of the article in its later prompts
CHARACTERS = 4  # to a token, about: what estimates of tokens rest on
OTHER_NAMES = 3  # of an actor or a project
INSTRUCTIONS = Path(__file__).with_name("instructions.md")
# Trigger and interest of the example of an answer; the instructions hold the first pair.
EXAMPLES = (("will lend", "2%"), ("is to finance", "3.25 percent"), ("has insured", "0.8pc"))
Candidate = Actor | Project | Amount | Date


class Request(Protocol):
    """What is asked in one call: the messages of the system and of the user; `form`: the JSON Schema of an answer."""

    @property
    def text(self) -> str: ...

    @property
    def system(self) -> str: ...

    @property
    def form(self) -> dict[str, Any]: ...

    def parse(self, content: str) -> tuple[Any, list[str]]:
        """The answer in what a model wrote, and why parts of it were dropped. Raises Broken where there is none."""
        ...


def tokens_of(request: Request) -> int:
    """About how many tokens a server reads."""
    return (len(request.system) + len(request.text)) // CHARACTERS


def digest_of(request: Request) -> str:
    """Of all that decides the answer but for model and endpoint."""
    form = json.dumps(request.form, sort_keys=True)
    return hashlib.sha256("\0".join((request.system, form, request.text)).encode()).hexdigest()


@dataclass(frozen=True)
class Prompt:
    """A request about an article: the sentences `first` up to but not including `last`.

    `candidates`: what it shows, by id; `example`: which of `EXAMPLES`.
    """

    first: int
    last: int
    text: str
    candidates: Mapping[str, Candidate]
    example: int = 0

    @property
    def system(self) -> str:
        return instructions(self.example)

    @property
    def form(self) -> dict[str, Any]:
        return schema()

    def parse(self, content: str) -> tuple[Answer, list[str]]:
        return parse(content)


@cache
def instructions(example: int = 0) -> str:
    """The system message."""
    return with_example(INSTRUCTIONS.read_text(encoding="utf-8"), example)


def with_example(text: str, example: int) -> str:
    """Instructions with the words of another example of an answer."""
    for first, words in zip(EXAMPLES[0], EXAMPLES[example], strict=True):
        text = text.replace(f'"{first}"', f'"{words}"')
    return text


def copies(record: Record, act: Act) -> bool:
    """Whether an act has words of an example that do not stand in the article."""
    text, own = _line(record.article.text), (act.trigger, act.flow and act.flow.terms.interest)
    return any(words in own and words not in text for example in EXAMPLES for words in example)


def version() -> str:
    """The first 12 hexadecimal digits of a SHA-256 of instructions and schema."""
    return hashlib.sha256((instructions() + json.dumps(schema(), sort_keys=True)).encode()).hexdigest()[:12]


def prompt_of(record: Record, first: int, last: int, prefix: str = "") -> Prompt:
    """What is asked about the sentences `first` up to but not including `last`, with the record's candidates.

    `prefix`: of the ids that the text shows.
    """
    shown = shown_sentences(first, last)
    within = [mention for mention in record.mentions if mention.sentence in set(shown)]
    whole = (first, last) == (0, len(record.sentences))
    named = {mention.entity for mention in within}
    actors = [actor for actor in record.actors if whole or actor.id in named]
    projects = [project for project in record.projects if whole or project.id in named]
    values = [(mention, value) for mention in within if (value := _value(record, mention))]
    parts = [
        *article_parts(record, first, last),
        ["ACTORS", *(prefix + _shown_entity(actor) for actor in actors)],
        ["PROJECTS AND PROGRAMMES", *(prefix + _shown_entity(project) for project in projects)],
        ["AMOUNTS AND DATES", *(prefix + _shown_value(*pair) for pair in values)],
    ]
    if not whole:
        parts.append([f"List the commitments of the sentences {first} to {last - 1} only."])
    candidates: dict[str, Candidate] = {mention.id: value for mention, value in values}
    candidates |= {actor.id: actor for actor in actors} | {project.id: project for project in projects}
    return Prompt(first, last, message(parts), candidates, example_for(record))


def shown_sentences(first: int, last: int) -> list[int]:
    """The numbers of the sentences that a prompt shows, those for context first."""
    return [*range(min(CONTEXT, first)), *range(first, last)]


def article_parts(record: Record, first: int, last: int) -> list[list[str]]:
    """The head of a message, and its sentences."""
    article = record.article
    head = [f"Date: {article.date or 'unknown'}"]
    head += [f"{name}: {_line(text)}" for name, text in (("Outlet", article.source), ("Title", article.title)) if text]
    return [head, ["SENTENCES", *(_shown_sentence(record, number, first) for number in shown_sentences(first, last))]]


def message(parts: Iterable[Iterable[str]]) -> str:
    """The message of the user: parts with an empty line between them."""
    return "\n\n".join(map("\n".join, parts)) + "\n"


def example_for(*records: Record) -> int:
    """The number of an example whose words stand in none of the articles."""
    text = "\n".join(_line(record.article.text) for record in records)
    other = (number for number, example in enumerate(EXAMPLES) if not any(words in text for words in example))
    return next(other, 0)


def _value(record: Record, mention: Mention) -> Amount | Date | None:
    """The amount or date of a mention that a commitment may have; a price of one thing is none."""
    value = mention.value
    if mention.label == "DATE":
        return value if isinstance(value, Date) else Date(text=mention.text, start=mention.start, end=mention.end)
    if mention.label != "MONEY" or not isinstance(value, Amount) or is_price(record.article.text, mention.end):
        return None
    return value if value.value is not None else None


def _line(text: str) -> str:
    """The text with single spaces, so that it cannot look like another part of the prompt."""
    return " ".join(text.split())


def _shown_sentence(record: Record, number: int, first: int) -> str:
    sentence = record.sentences[number]
    note = " (context)" if number < first else " (boilerplate)" if sentence.boilerplate else ""
    return f"[{number}]{note} {_line(record.article.text[sentence.start : sentence.end])}"


def _shown_entity(entity: Actor | Project) -> str:
    if isinstance(entity, Actor):
        facts = [entity.kind, entity.country, entity.role]
    else:
        facts = ["programme" if entity.programme else "project", *entity.countries]
    names = " = ".join([entity.name, *entity.aliases[:OTHER_NAMES]])
    return f"{entity.id}: {_line(names)} ({_line(', '.join(filter(None, facts)))})"


def _shown_value(mention: Mention, value: Amount | Date) -> str:
    if isinstance(value, Amount):
        known = f"{value.value:,.0f} {value.currency or 'currency unknown'}"
    else:
        known = value.iso or "unknown"
    return f'{mention.id}: "{_line(mention.text)}" in [{mention.sentence}] = {known}'


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


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of an answer, for servers that can be held to one."""
    return Answer.model_json_schema(by_alias=True)


def parse[A: Answer](content: str, form: type[A] = Answer) -> tuple[A, list[str]]:  # type: ignore[assignment]
    """The answer in what a model wrote, and the reason of each part that was dropped.

    Text before the first brace and after the last one, such as a code fence, is ignored. Raises Broken where no
    JSON object is left, or it has no list of commitments, or one with nothing but wrong entries.
    """
    read = object_in(content)
    if not isinstance(read.get("commitments"), list):
        raise Broken("no list of commitments")
    answer, dropped = right_parts(form, read)
    if read["commitments"] and not answer.commitments:
        raise Broken("no commitment of the expected form")
    return answer, dropped


def object_in(content: str) -> dict[str, Any]:
    """The JSON object in what a model wrote. Raises Broken where there is none."""
    first, last = content.find("{"), content.rfind("}")
    if first < 0 or last < first:
        raise Broken("no JSON object" if content.strip() else "empty")
    try:
        return dict(json.loads(content[first : last + 1]))
    except (ValueError, RecursionError):
        raise Broken("no valid JSON") from None


def right_parts[P: Part](form: type[P], read: Mapping[str, Any]) -> tuple[P, list[str]]:
    """An answer whose fields are lists, with the entries that are right, and the reason of each other one."""
    dropped: list[str] = []
    return form(**{name: list(_right_ones(form, name, read.get(name), dropped)) for name in form.model_fields}), dropped


def _right_ones(form: type[Part], name: str, entries: Any, dropped: list[str]) -> Iterator[Any]:
    """The entries of a list that are right; the reason of each other one is added to `dropped`."""
    entry_of = _adapter(form, name)
    for entry in entries if isinstance(entries, list) else []:
        try:
            yield entry_of.validate_python(entry)
        except ValidationError as error:
            place = ".".join(part for part in error.errors()[0]["loc"] if isinstance(part, str)) or "an entry"
            dropped.append(f"{name}: {place} has a wrong value")


@cache
def _adapter(form: type[Part], name: str) -> TypeAdapter[Any]:
    return TypeAdapter(get_args(form.model_fields[name].annotation)[0])
