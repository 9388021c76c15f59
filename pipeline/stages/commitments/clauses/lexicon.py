"""The words of seeds/commitments.yaml as look-up tables; built once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from pipeline.errors import SetupError
from pipeline.record import CommitmentKind, Status
from pipeline.seeds import table

Kinds = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Lexicon:
    """Lemma tables. `actions`, `objects`: lemma to kinds it is evidence for; `nouns`: lemma to its kind and status."""

    actions: Kinds
    objects: Kinds
    nouns: Mapping[str, tuple[CommitmentKind, Status]]
    reached: Mapping[str, Status]
    openers: Mapping[str, Status]
    states: Mapping[str, Status]
    directives: frozenset[str]
    binding: frozenset[str]
    advisory: frozenset[str]
    procuring: frozenset[str]
    formal: frozenset[str]
    gatherings: frozenset[str]
    joint: frozenset[str]
    light: frozenset[str]
    offices: frozenset[str]
    receiving: frozenset[str]
    recipients: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """The lexicon; raises SetupError where the seeds lack a table."""
    seeds = table("commitments.yaml")
    try:
        return Lexicon(
            actions=_kinds(seeds["actions"]),
            objects=_kinds(seeds["objects"]),
            nouns=_nouns(seeds["nouns"]),
            reached=_inverted(seeds["reached"]),
            openers=_inverted(seeds["openers"]),
            states=_inverted(seeds["states"]),
            binding=frozenset(seeds["binding"]["openers"]),
            advisory=frozenset(seeds["binding"]["advisory"]),
            **{name: frozenset(seeds[name]) for name in _SETS},
        )
    except (KeyError, TypeError) as error:
        raise SetupError(f"seeds/commitments.yaml: the table {error} is missing or malformed") from error


_SETS = (
    "directives",
    "procuring",
    "formal",
    "gatherings",
    "joint",
    "light",
    "offices",
    "receiving",
    "recipients",
)


def _kinds(tables: Mapping[str, Iterable[str]]) -> Kinds:
    """Lemma to kinds; a lemma under `any` is in the lexicon without a kind."""
    found: dict[str, set[str]] = {}
    for kind, lemmas in tables.items():
        for lemma in lemmas:
            found.setdefault(lemma, set()).update({kind} - {"any"})
    return {lemma: frozenset(kinds) for lemma, kinds in found.items()}


def _inverted(tables: Mapping[Status, Iterable[str]]) -> dict[str, Status]:
    """Lemma to status; where a lemma is listed twice, the first table holds."""
    found: dict[str, Status] = {}
    for status, lemmas in tables.items():
        for lemma in lemmas:
            found.setdefault(lemma, status)
    return found


def _nouns(tables: Mapping[CommitmentKind, Mapping[Status, Iterable[str]]]) -> dict[str, tuple[CommitmentKind, Status]]:
    return {
        lemma: (kind, status) for kind, rows in tables.items() for status, lemmas in rows.items() for lemma in lemmas
    }
