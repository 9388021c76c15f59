"""The prompts of a record: instructions, numbered sentences, and the candidates with their ids.

An article with more than `MOST` characters is cut at sentences into several prompts. Each holds all candidates that its
sentences name, and the first sentences of the article for context.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.llm.answer import schema
from pipeline.record import Actor, Amount, Date, Mention, Project, Record
from pipeline.values.money import is_price

MOST = 12_000  # characters of sentences in a prompt
CONTEXT = 3  # sentences from the start of the article in its later prompts
CHARACTERS = 4  # to a token, about: what estimates of tokens rest on
OTHER_NAMES = 3  # of an actor or a project
INSTRUCTIONS = Path(__file__).with_name("instructions.md")


@dataclass(frozen=True)
class Prompt:
    """One request: the sentences `first` up to but not including `last`, and the text of the user message.

    `ids`: the candidates that it names.
    """

    first: int
    last: int
    text: str
    ids: frozenset[str]

    @property
    def tokens(self) -> int:
        """About how many tokens a server reads."""
        return (len(instructions()) + len(self.text)) // CHARACTERS

    @property
    def digest(self) -> str:
        """Of all that decides the answer but for model and endpoint."""
        parts = (instructions(), json.dumps(schema(), sort_keys=True), self.text)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def instructions() -> str:
    """The system message."""
    return INSTRUCTIONS.read_text(encoding="utf-8")


def version() -> str:
    """The first 12 hexadecimal digits of a SHA-256 of instructions and schema."""
    return hashlib.sha256((instructions() + json.dumps(schema(), sort_keys=True)).encode()).hexdigest()[:12]


def prompts_of(record: Record) -> list[Prompt]:
    """The prompts of a record, in the order of its sentences; none for an article without words."""
    return [_prompt(record, first, last) for first, last in _windows(record)]


def _windows(record: Record) -> Iterator[tuple[int, int]]:
    first, size = 0, 0
    for number, sentence in enumerate(record.sentences):
        length = sentence.end - sentence.start
        if number > first and size + length > MOST:
            yield first, number
            first, size = number, 0
        size += length
    if record.sentences:
        yield first, len(record.sentences)


def _prompt(record: Record, first: int, last: int) -> Prompt:
    shown = [*range(min(CONTEXT, first)), *range(first, last)]
    within = [m for m in record.mentions if m.sentence in set(shown)]
    whole = (first, last) == (0, len(record.sentences))
    named = {m.entity for m in within}
    actors = [actor for actor in record.actors if whole or actor.id in named]
    projects = [project for project in record.projects if whole or project.id in named]
    values = [m for m in within if is_candidate(record, m)]
    article = record.article
    head = [f"Date: {article.date or 'unknown'}"]
    head += [f"Outlet: {one_line(article.source)}"] if article.source else []
    head += [f"Title: {one_line(article.title)}"] if article.title else []
    parts = [
        "\n".join(head),
        _listed("SENTENCES", (_sentence(record, n, first) for n in shown)),
        _listed("ACTORS", map(_actor, actors)),
        _listed("PROJECTS AND PROGRAMMES", map(_project, projects)),
        _listed("AMOUNTS AND DATES", map(_value, values)),
    ]
    if not whole:
        parts.append(f"List the commitments of the sentences {first} to {last - 1} only.")
    ids = frozenset([*(actor.id for actor in actors), *(project.id for project in projects), *(m.id for m in values)])
    return Prompt(first, last, "\n\n".join(parts) + "\n", ids)


def is_candidate(record: Record, mention: Mention) -> bool:
    """Whether a mention is an amount or date that a commitment may have; a price of one thing is not."""
    if mention.label == "MONEY":
        value = mention.value
        return isinstance(value, Amount) and value.value is not None and not is_price(record.article.text, mention.end)
    return mention.label == "DATE"


def one_line(text: str) -> str:
    """The text with single spaces, so that it cannot look like another part of the prompt."""
    return " ".join(text.split())


def _listed(title: str, lines: Iterable[str]) -> str:
    return "\n".join([title, *lines])


def _sentence(record: Record, number: int, first: int) -> str:
    sentence = record.sentences[number]
    note = " (context)" if number < first else " (boilerplate)" if sentence.boilerplate else ""
    return f"[{number}]{note} {one_line(record.article.text[sentence.start : sentence.end])}"


def _actor(actor: Actor) -> str:
    return f"{actor.id}: {_names(actor)} ({one_line(', '.join(filter(None, (actor.kind, actor.country, actor.role))))})"


def _project(project: Project) -> str:
    kind = "programme" if project.programme else "project"
    return f"{project.id}: {_names(project)} ({', '.join((kind, *project.countries))})"


def _names(entity: Actor | Project) -> str:
    return one_line(" = ".join([entity.name, *entity.aliases[:OTHER_NAMES]]))


def _value(mention: Mention) -> str:
    value, known = mention.value, "unknown"
    if isinstance(value, Amount):
        known = f"{value.value:,.0f} {value.currency or 'currency unknown'}"
    elif isinstance(value, Date) and value.iso:
        known = value.iso
    return f'{mention.id}: "{one_line(mention.text)}" in [{mention.sentence}] = {known}'
