"""The clause of a chain: the tokens nearer to it than to any other chain of the sentence."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipeline.stages.commitments.clauses.chains import Chain
from pipeline.stages.document.grammar import subject
from pipeline.stages.document.words import Word


@dataclass(frozen=True)
class Clause:
    """A chain with its tokens (by index) and its subject."""

    chain: Chain
    tokens: frozenset[int]
    subject: Word | None


def find_clauses(chains: Sequence[Chain]) -> list[Clause]:
    """One clause a chain; a token belongs to the nearest chain above it, so nested clauses keep their own."""
    owner = {head.i: number for number, chain in enumerate(chains) for head in reversed(chain.heads)}
    owned = ([head for head in chain.heads if owner[head.i] == number] for number, chain in enumerate(chains))
    return [_clause(chain, _below(heads, owner.keys())) for chain, heads in zip(chains, owned, strict=True)]


def _clause(chain: Chain, tokens: set[int]) -> Clause:
    """A clause with the noun phrase of its subject, without the clauses that modify that."""
    found = subject(chain.top)
    if found is not None:
        tokens |= _below([found], {head.i for head in chain.heads}, {"relcl", "acl", "ccomp"})
    return Clause(chain, frozenset(tokens), found)


def _below(heads: Sequence[Word], bounds: Collection[int], apart: Collection[str] = ()) -> set[int]:
    """The heads and their descendants, down to the bounds and without dependencies of `apart`."""
    found, queue = set(), list(heads)
    while queue:
        word = queue.pop()
        found.add(word.i)
        queue += [child for child in word.children if child.i not in bounds and child.dep not in apart]
    return found
