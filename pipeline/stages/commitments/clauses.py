"""Finds what may be a commitment: a chain of heads, openers first and the action last ("agreed | to provide").

One undertaking may spread over several words (verb, noun, adjective), each of which also has uses that commit nobody.
The clause of a chain are the tokens nearer to it than to any other chain of the sentence.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from pipeline.record import CommitmentKind, Status
from pipeline.seeds import table
from pipeline.stages.document.grammar import listed, modality, subject
from pipeline.stages.document.words import SEEDS, Word

Kinds = Mapping[str, frozenset[str]]
AUXILIARIES = {"aux", "auxpass", "neg", "prt"}
ACTING = {"VERB", "NOUN", "ADJ", "ADP", "ADV"}  # parts of speech that can be an action or a state
APART = {"with", "after", "by", "before", "while", "without", "through", "since"}  # their clauses are not opened
WIDEST_GAP = 6  # tokens between an opener and its action, beyond which the trigger is the opener alone


@cache
def kinds(name: str) -> Kinds:
    """Lemma to the kinds that it is evidence for, of `actions` or `objects`; none for a lemma under `any`."""
    found: dict[str, frozenset[str]] = {}
    for kind, lemmas in table(SEEDS)[name].items():
        for lemma in lemmas:
            found[lemma] = found.get(lemma, frozenset()) | {kind} - {"any"}
    return found


@cache
def statuses(name: str) -> Mapping[str, Status]:
    """Lemma to status, of `openers`, `reached` or `states`; where a lemma is listed twice, the first status holds."""
    return {lemma: status for status, lemmas in reversed(table(SEEDS)[name].items()) for lemma in lemmas}


@cache
def nouns() -> Mapping[str, tuple[CommitmentKind, Status]]:
    """Lemma of a noun that can carry a commitment alone, to its kind and status."""
    listed_by = table(SEEDS)["nouns"].items()
    return {noun: (kind, status) for kind, rows in listed_by for status, lemmas in rows.items() for noun in lemmas}


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
    chains = [Chain(_opened(token)) for token in sentence if _acts(token)]
    alone = (token for token in sentence if token.pos == "NOUN" and token.dep != "compound" and token.lemma in nouns())
    chains += [Chain((token,), nominal=True) for token in alone]
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


def _acts(token: Word) -> bool:
    """Whether a verb (or a state after "be") can be an action: in the lexicon, in the future, or opened."""
    if token.pos not in ACTING:
        return False
    if token.pos == "VERB" or (token.pos == "NOUN" and token.tag == "VB"):
        known = token.lemma in kinds("actions") or token.lemma in statuses("openers")
        return known or _is_future(token) or _opener(token) is not None
    is_state = token.lemma in statuses("states") and token.dep in {"acomp", "attr", "prep", "advmod"}
    return is_state and token.head.lemma in {"be", "remain"}


def _is_future(token: Word) -> bool:
    return any(child.dep == "aux" and modality().get(child.lower) == "pledged" for child in token.children)


def _opened(token: Word) -> tuple[Word, ...]:
    """The chain that ends in `token`, grown from the action outwards."""
    heads = [token]
    while (outer := _opener(heads[0])) is not None and len(heads) < 4:
        heads.insert(0, outer)
    return tuple(heads)


def _opener(token: Word) -> Word | None:
    """The word that opens `token`: "plans to build", "committed to building", "made a commitment"."""
    head, openers = token.head, statuses("openers")
    if token.dep in {"xcomp", "ccomp", "acl", "advcl"} and _is_open(token):
        return head if head.lemma in openers and not _passes_over(token, head) else None
    if token.dep == "pcomp" and head.dep == "prep" and head.lower not in APART:
        return head.head if head.head.lemma in openers else None
    if token.pos == "NOUN" and token.dep in {"dobj", "attr"} and token.lemma in openers:
        return head if head.lemma in listed("light") else None
    if token.pos == "ADJ" and token.dep == "acomp":
        return head if head.lemma in {"be", "remain"} else None
    return None


def _is_open(token: Word) -> bool:
    """Whether a complement is one with its governor: an infinitive or participle, not a clause of its own."""
    return token.tag in {"VB", "VBG"} or any(c.dep in {"aux", "auxpass"} and c.lower == "to" for c in token.children)


def _passes_over(token: Word, head: Word) -> bool:
    """Whether an adverbial "to" clause is one of purpose, which is not opened: "signed a deal to boost trade"."""
    return token.dep == "advcl" and (head.tag != "VBN" or not any(child.dep == "auxpass" for child in head.children))


def trigger_span(chain: Chain) -> tuple[int, int]:
    """Start and end of the trigger in characters: auxiliaries, openers and action, where they are close together."""
    indices = sorted(head.i for head in chain.heads)
    is_wide = any(after - before > WIDEST_GAP for before, after in pairwise(indices))
    opened = chain.openers and (chain.top.lemma in listed("directives") or is_wide)
    ends = [chain.top] if opened else [chain.top, chain.action]
    near = [c for head in ends for c in head.children if c.dep in AUXILIARIES and abs(c.i - head.i) <= WIDEST_GAP]
    group = sorted([*ends, *near], key=lambda word: word.i)
    return group[0].idx, group[-1].end


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
