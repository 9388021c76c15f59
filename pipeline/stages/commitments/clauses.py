"""Finds what may be a commitment, a chain of heads ("agreed | to provide"), and reads its kind and status by rules.

A chain goes from the outermost opener to the action. One undertaking may spread over several words (verb, noun,
adjective), each of which also has uses that commit nobody. The clause of a chain are the tokens nearer to it than to
any other chain of the sentence. The kind comes from the action, the nouns around it and the mentions in its clause; the
status from negation, opener, modality, aspect and what the action reaches in the past.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from pipeline.record import CommitmentKind, Status
from pipeline.seeds import table
from pipeline.stages.commitments.classifier import KINDS, Floats
from pipeline.stages.document.doc import Entity
from pipeline.stages.document.grammar import is_negated, listed, modality, objects, says_no, says_yet, subject, tense
from pipeline.stages.document.view import ArticleView
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
        is_future = any(c.dep == "aux" and modality().get(c.lower) == "pledged" for c in token.children)
        return known or is_future or _opener(token) is not None
    is_state = token.lemma in statuses("states") and token.dep in {"acomp", "attr", "prep", "advmod"}
    return is_state and token.head.lemma in {"be", "remain"}


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
    clauses = []
    for chain, heads in zip(chains, owned, strict=True):
        tokens, found = _below(heads, owner.keys()), subject(chain.top)
        if found is not None:  # with its noun phrase, without the clauses that modify that
            tokens |= _below([found], {head.i for head in chain.heads}, {"relcl", "acl", "ccomp"})
        clauses.append(Clause(chain, frozenset(tokens), found))
    return clauses


def _below(heads: Sequence[Word], bounds: Collection[int], apart: Collection[str] = ()) -> set[int]:
    """The heads and their descendants, down to the bounds and without dependencies of `apart`."""
    found, queue = set(), list(heads)
    while queue:
        word = queue.pop()
        found.add(word.i)
        queue += [child for child in word.children if child.i not in bounds and child.dep not in apart]
    return found


NAMES = {"NOUN", "PROPN"}
SOURCES = {"action": 2.0, "joint": 3.0, "object": 1.5, "near": 0.3}
LABELLED, DECIDED = 1.5, 5.0  # what a mention adds; what a word that decides adds
BY_LABEL: dict[str, CommitmentKind] = {"MONEY": "finance", "PROJECT": "delivery", "AGREEMENT": "agreement"}
ENDED: frozenset[Status] = frozenset({"stalled", "cancelled"})


def kind_evidence(clause: Clause, view: ArticleView) -> Mapping[str, int]:
    """Counts of the evidence for each kind, by source: `action:KIND`, `object:KIND`, `near:KIND`, `label:LABEL`."""
    found, action = Counter[str](), clause.chain.action
    found.update(f"action:{kind}" for kind in kinds("actions").get(action.lemma, ()))
    done_to = objects(action) or ([clause.subject] if clause.subject is not None else [])
    inside, of_noun = {word.i for word in done_to}, kinds("objects")
    for index in clause.tokens:
        word = view.words[index]
        if word.lower in listed("joint"):
            found["joint:cooperation"] += 1
        if word.pos in NAMES and word.lemma in of_noun:
            source = "object" if index in inside else "near"
            found.update(f"{source}:{kind}" for kind in of_noun[word.lemma])
    found.update(f"label:{label}" for label in BY_LABEL.keys() & view.entities.labels(clause.tokens))
    return found


def kind_scores(evidence: Mapping[str, int], chain: Chain) -> Floats:
    """The score of each of KINDS: an action outweighs the nouns near it."""
    scores: dict[str, float] = dict.fromkeys(KINDS, 0.0)
    for name, count in evidence.items():
        source, _, target = name.partition(":")
        if source == "label":
            scores[BY_LABEL[target]] += LABELLED
        else:
            scores[target] += SOURCES[source] * min(2, count)
    if chain.action.lemma in listed("procuring"):
        scores["contract"] += DECIDED
    if chain.nominal and (noun := nouns().get(chain.action.lemma)):
        scores["finance" if "label:MONEY" in evidence else noun[0]] += DECIDED
    return np.array([scores[kind] for kind in KINDS], np.float32)


def status_of(chain: Chain, kind: CommitmentKind) -> Status:
    """The status that a chain states."""
    if is_negated(chain.heads):
        return _negated(chain, kind)
    if chain.nominal:
        return nouns().get(chain.action.lemma, ("", "agreed"))[1]
    form, ended = tense(chain.top), (statuses("reached").get(head.lemma) for head in chain.heads)
    hit = next((status for status in ended if status in ENDED), None)
    if hit and form not in {"future", "infinitive"}:
        return hit
    stated = [statuses("openers")[head.lemma] for head in chain.openers if head.lemma in statuses("openers")]
    if not stated:
        return _tensed(chain.action)
    return "pledged" if form == "future" and stated[0] == "agreed" else stated[0]


def is_undone(chain: Chain) -> bool:
    """Whether it is not done so far, which is no cancellation: "has not approved", "is yet to sign"."""
    return is_negated(chain.heads) and (tense(chain.top) == "perfect" or says_yet(chain.heads))


def _negated(chain: Chain, kind: CommitmentKind) -> Status:
    """Stalled where it was not done, cancelled where it will not be; a decision not to act is agreed."""
    if any(statuses("openers").get(head.lemma) == "agreed" and not says_no(head) for head in chain.openers):
        return "agreed"
    if says_yet(chain.heads) and kind in {"agreement", "policy"}:
        return "proposed"
    return "cancelled" if tense(chain.top) == "future" else "stalled"


def _tensed(action: Word) -> Status:
    form, reached = tense(action), statuses("reached").get(action.lemma, "completed")
    if form == "modal":
        return "proposed"
    if form in {"future", "infinitive"}:
        return "proposed" if reached == "proposed" else "pledged"
    if form == "progressive":
        return "proposed" if reached == "proposed" or action.lemma in {"finalise", "finalize"} else "underway"
    return "underway" if form == "present" and reached == "completed" else reached


def is_denied(chain: Chain) -> bool:
    """Whether a verb above a chain denies it: "denied that it had agreed"."""
    return any(word.lemma in listed("denial") for word in chain.top.ancestors)


def is_advice(chain: Chain, by: Iterable[Entity]) -> bool:
    """Whether a directive comes from a body that can only advise: a committee, not a minister or a court."""
    binding, named = table(SEEDS)["binding"], {word for entity in by for word in entity.name.lower().split()}
    return any(head.lemma in binding["openers"] for head in chain.heads) and not named.isdisjoint(binding["advisory"])
