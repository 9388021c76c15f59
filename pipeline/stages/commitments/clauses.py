"""Finds what may be a commitment: a chain of heads, openers first and the action last ("agreed | to provide").

One undertaking may spread over several words (verb, noun, adjective), each of which also has uses that commit nobody.
The clause of a chain are the tokens nearer to it than to any other chain of the sentence.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.errors import SetupError
from pipeline.record import CommitmentKind, Status
from pipeline.seeds import table
from pipeline.stages.document.grammar import modality, subject
from pipeline.stages.document.words import Word

Kinds = Mapping[str, frozenset[str]]
AUXILIARIES = {"aux", "auxpass", "neg", "prt"}
ACTING = {"VERB", "NOUN", "ADJ", "ADP", "ADV"}  # parts of speech that can be an action or a state
APART = {"with", "after", "by", "before", "while", "without", "through", "since"}  # their clauses are not opened
WIDEST_GAP = 6  # tokens between an opener and its action, beyond which the trigger is the opener alone


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


@dataclass(frozen=True)
class Chain:
    """Heads from the outermost opener to the action; `nominal`: the action is a noun, without openers.

    `tagged`: only the encoder takes it for one.
    """

    heads: tuple[Word, ...]
    nominal: bool = False
    tagged: bool = False

    @property
    def top(self) -> Word:
        return self.heads[0]

    @property
    def action(self) -> Word:
        return self.heads[-1]

    @property
    def openers(self) -> tuple[Word, ...]:
        return self.heads[:-1]


def find_chains(sentence: Sequence[Word], tagged: Sequence[Sequence[Word]] = ()) -> list[Chain]:
    """The chains of a sentence in reading order of their actions; none is part of another.

    `tagged`: runs of its words that the encoder takes for triggers.
    """
    words = lexicon()
    chains = [Chain(_opened(token, words)) for token in sentence if _acts(token, words)]
    chains += [Chain((token,), nominal=True) for token in sentence if _stands_alone(token, words)]
    inner = {head.i for chain in chains for head in chain.openers}
    kept = [chain for chain in chains if chain.action.i not in inner]
    kept += list(_tagged(tagged, kept))
    return sorted(kept, key=lambda chain: chain.action.i)


def _tagged(runs: Sequence[Sequence[Word]], chains: Sequence[Chain]) -> Iterator[Chain]:
    """A chain for each run of words that touches no trigger of the chains: its highest word in the parse."""
    spans = [trigger_span(chain) for chain in chains]
    for run in runs:
        if all(run[-1].end <= start or end <= run[0].idx for start, end in spans):
            inside = {word.i for word in run}
            head = next(word for word in run if word.head is word or word.head.i not in inside)
            yield Chain((head,), nominal=head.pos in ("NOUN", "PROPN"), tagged=True)


def _acts(token: Word, words: Lexicon) -> bool:
    """Whether a verb (or a state after "be") can be an action: in the lexicon, in the future, or opened."""
    if token.pos not in ACTING:
        return False
    lemma = token.lemma
    if token.pos == "VERB" or (token.pos == "NOUN" and token.tag == "VB"):
        known = lemma in words.actions or lemma in words.openers
        return known or _is_future(token) or _opener(token, words) is not None
    return (
        lemma in words.states
        and token.dep in {"acomp", "attr", "prep", "advmod"}
        and token.head.lemma in {"be", "remain"}
    )


def _is_future(token: Word) -> bool:
    return any(child.dep == "aux" and modality().get(child.lower) == "pledged" for child in token.children)


def _stands_alone(token: Word, words: Lexicon) -> bool:
    return token.pos == "NOUN" and token.dep != "compound" and token.lemma in words.nouns


def _opened(token: Word, words: Lexicon) -> tuple[Word, ...]:
    """The chain that ends in `token`, grown from the action outwards."""
    heads = [token]
    while (outer := _opener(heads[0], words)) is not None and len(heads) < 4:
        heads.insert(0, outer)
    return tuple(heads)


def _opener(token: Word, words: Lexicon) -> Word | None:
    """The word that opens `token`: "plans to build", "committed to building", "made a commitment"."""
    head = token.head
    if token.dep in {"xcomp", "ccomp", "acl", "advcl"} and _is_open(token):
        return head if head.lemma in words.openers and not _passes_over(token, head) else None
    if token.dep == "pcomp" and head.dep == "prep" and head.lower not in APART:
        return head.head if head.head.lemma in words.openers else None
    if token.pos == "NOUN" and token.dep in {"dobj", "attr"} and token.lemma in words.openers:
        return head if head.lemma in words.light else None
    if token.pos == "ADJ" and token.dep == "acomp":
        return head if head.lemma in {"be", "remain"} else None
    return None


def _is_open(token: Word) -> bool:
    """Whether a complement is one with its governor: an infinitive or participle, not a clause of its own."""
    return token.tag in {"VB", "VBG"} or any(
        child.dep in {"aux", "auxpass"} and child.lower == "to" for child in token.children
    )


def _passes_over(token: Word, head: Word) -> bool:
    """Whether an adverbial "to" clause is one of purpose, which is not opened: "signed a deal to boost trade"."""
    return token.dep == "advcl" and (head.tag != "VBN" or not any(child.dep == "auxpass" for child in head.children))


def trigger_span(chain: Chain) -> tuple[int, int]:
    """Start and end of the trigger in characters: auxiliaries, openers and action, where they are close together."""
    if chain.openers and (chain.top.lemma in lexicon().directives or _is_wide(chain)):
        return _verb_group(chain.top)
    start, end = _verb_group(chain.top)
    last_start, last_end = _verb_group(chain.action)
    return min(start, last_start), max(end, last_end)


def _is_wide(chain: Chain) -> bool:
    indices = sorted(head.i for head in chain.heads)
    return any(after - before > WIDEST_GAP for before, after in itertools.pairwise(indices))


def _verb_group(head: Word) -> tuple[int, int]:
    group = [
        head,
        *(child for child in head.children if child.dep in AUXILIARIES and abs(child.i - head.i) <= WIDEST_GAP),
    ]
    first, last = min(group, key=lambda token: token.i), max(group, key=lambda token: token.i)
    return first.idx, last.end


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
