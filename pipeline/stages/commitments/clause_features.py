"""Candidates: every chain of a Doc with its reading as a commitment, the names of facts that hold for it, its vectors.

The vectors are word vectors of its action, its objects and its whole clause, each of length 1, and the encoder's scores
of trigger, kind and status. With them the weights of "allocate" apply to "apportion", which no annotated article has.
The encoder also proposes candidates: words that it takes for a trigger and that the lexicon lacks ("relending").
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain

import numpy as np
from spacy.tokens import Doc
from spacy.vocab import Vocab

from pipeline.record import CommitmentKind, Status
from pipeline.stages.commitments.arguments import Roles, roles_of
from pipeline.stages.commitments.classifier import KINDS, Classifier, Floats, Verdict
from pipeline.stages.commitments.clauses import (
    Chain,
    Clause,
    find_chains,
    find_clauses,
    kind_evidence,
    kind_scores,
    kinds,
    status_of,
)
from pipeline.stages.document.doc import encoding_of
from pipeline.stages.document.grammar import OBJECTS, is_negated, is_passive, listed, objects, tense
from pipeline.stages.document.speakers import reporting_above
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Sentence, Word
from pipeline.stages.models.encoder import Encoding, runs

LABELS = {"MONEY", "DATE", "AGREEMENT", "QUANTITY", "EVENT"}
CLOSING = set(".?!”\"'’)")  # marks that end a sentence, and no headline
ZONES = 5  # parts of an article


@dataclass(frozen=True, eq=False)
class ActCandidate:
    """A clause of sentence number `sentence`, as rules read it.

    `features`: the names of facts that hold for it; `vector`: its words and what the encoder makes of it;
    `leaning`: the rules' score for each of KINDS; `encoded`: whether the encoder has read it.
    """

    clause: Clause
    sentence: int
    kind: CommitmentKind
    status: Status
    roles: Roles
    evidence: Mapping[str, int]
    leaning: Floats
    features: frozenset[str] = frozenset()
    vector: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    encoded: bool = False

    @property
    def chain(self) -> Chain:
        return self.clause.chain

    @property
    def action(self) -> Word:
        return self.clause.chain.action


def find_candidates(view: ArticleView) -> list[ActCandidate]:
    """All candidates of an article in reading order."""
    tagged = _by_sentence(tagged_of(view), view)
    found = [one for number in range(len(view.sentences)) for one in _in_sentence(number, view, tagged[number])]
    clauses = [candidate.clause for candidate in found]
    encoded = encoded_of(view, clauses, [candidate.sentence for candidate in found])
    vectors, is_encoded = np.hstack([vectors_of(view, clauses), encoded]), encoded.shape[1] > 0
    return [
        replace(candidate, features=candidate.features | repeated, vector=vector, encoded=is_encoded)
        for candidate, repeated, vector in zip(found, _repeats(found, view), vectors, strict=True)
    ]


def judged(candidates: Sequence[ActCandidate], trained: Classifier) -> list[Verdict]:
    """The verdict of a classifier on each candidate."""
    return trained(*stacked(candidates)) if candidates else []


def stacked(candidates: Sequence[ActCandidate]) -> tuple[list[frozenset[str]], Floats, Floats]:
    """The features, the vectors (n, components) and the leanings (n, kinds) of one or more candidates."""
    vectors, leanings = np.array([c.vector for c in candidates]), np.array([c.leaning for c in candidates])
    return [c.features for c in candidates], vectors, leanings


def _by_sentence(tagged: Sequence[Sequence[Word]], view: ArticleView) -> list[list[Sequence[Word]]]:
    """Runs of words by the sentence that they begin in; blank text belongs to the one before."""
    starts = [sentence.words[0].i for sentence in view.sentences]
    found: list[list[Sequence[Word]]] = [[] for _ in starts]
    for run in tagged:
        found[max(0, bisect_right(starts, run[0].i) - 1)].append(run)
    return found


def _in_sentence(number: int, view: ArticleView, tagged: Sequence[Sequence[Word]]) -> Iterator[ActCandidate]:
    """The clauses of a sentence with their features; a nominal clause has to hold a name or a value.

    `tagged`: runs of its words that the encoder takes for triggers.
    """
    sentence = view.sentences[number]
    clauses = find_clauses(find_chains(sentence.words, tagged))
    for clause in clauses:
        if not clause.chain.nominal or clause.chain.tagged or view.entities.names(clause.tokens):
            evidence = kind_evidence(clause, view)
            leaning = kind_scores(evidence, clause.chain)
            kind, roles = KINDS[int(leaning.argmax())], roles_of(clause, view)
            read = ActCandidate(clause, number, kind, status_of(clause.chain, kind), roles, evidence, leaning)
            yield replace(read, features=frozenset(features_of(read, sentence, view, len(clauses))))


def _repeats(found: Sequence[ActCandidate], view: ArticleView) -> Iterator[set[str]]:
    """Features of repetition: an earlier sentence has the action, or the kind with an actor or a project."""
    first: dict[object, int] = {}  # the first sentence that has an action, or a kind or action with an entity
    for candidate in found:
        number, action, region = candidate.sentence, candidate.action.lemma, candidate.clause.tokens
        named = [id(entity) for actors in (True, False) for entity in view.entities.entities_in(region, actors=actors)]
        shared = sum(first.get((candidate.kind, entity), number) < number for entity in named)
        repeated = {f"before=kind+{min(2, shared)}"}
        if first.setdefault(action, number) < number:
            repeated.add("before=action")
            if any(first.get((action, entity), number) < number for entity in named):
                repeated.add("before=action+entity")
        for entity in named:
            first.setdefault((candidate.kind, entity), number)
            first.setdefault((action, entity), number)
        yield repeated


def features_of(candidate: ActCandidate, sentence: Sentence, view: ArticleView, clauses: int) -> Iterator[str]:
    """The names of the features of a candidate; `clauses`: how many its sentence has."""
    chain, region, kind, roles = candidate.chain, candidate.clause.tokens, candidate.kind, candidate.roles
    action, top, first = chain.action, chain.top, sentence.words[0].i
    sums = min(3, len(view.entities.labelled("MONEY", region)))
    labels, projects = LABELS & view.entities.labels(region), view.entities.entities_in(region, actors=False)
    one: dict[str, object] = {
        "action": action.lemma,
        "known": action.lemma in kinds("actions"),
        "top": top.lemma,
        "openers": min(2, len(chain.openers)),
        "kind": kind,
        "status": candidate.status,
        "kind+status": f"{kind}+{candidate.status}",
        "nominal": chain.nominal,
        "form": tense(top),
        "form+nominal": f"{tense(action)}+{chain.nominal}",
        "passive": is_passive(action),
        "dep": top.dep,
        "depth": min(4, sum(1 for _ in top.ancestors)),
        "subject": _subject(candidate, view),
        "by": roles["by"][0].kind if roles["by"] else "none",
        "to": bool(roles["to"]),
        "with": bool(roles["with"]),
        "arguments": min(3, len(view.entities.entities_in(region, actors=True))),
        "sums": sums,
        "sums+kind": f"{sums}+{kind}",
        "sums+action": f"{sums > 1}+{action.lemma}",
        "size": min(5, len(region) // 6),
        "chains": min(5, clauses),
        "length": min(4, len(sentence.words) // 12),
        "ended": sentence.text.rstrip()[-1] in CLOSING,
        "first": first == 0,
        "zone": min(ZONES - 1, ZONES * first // sentence.of),
    }
    many: dict[str, Iterable[str]] = {
        "opener": [opener.lemma for opener in chain.openers[-1:]],
        "object": [child.lemma for child in action.children if child.dep in OBJECTS],
        "prep": [child.lower for child in action.children if child.dep == "prep"],
        "mark": [child.lower for child in top.children if child.dep == "mark"],
        "has": [*labels, *("PROGRAMME" if project.programme else "PROJECT" for project in projects[:1])],
        "has+kind": [f"{label}+{kind}" for label in labels],
        "evidence": candidate.evidence,
    }
    flags = {
        "formal": any(child.lower in listed("formal") for head in chain.heads for child in head.children),
        "tagged": chain.tagged,
        "negated": is_negated(chain.heads),
        "reported": bool(reporting_above(top)),
        "quoted": sentence.quoted,
    }
    yield from (f"{name}={value}" for name, value in one.items())
    yield from (f"{name}={value}" for name, values in many.items() for value in values)
    yield from (name for name, holds in flags.items() if holds)


def _subject(candidate: ActCandidate, view: ArticleView) -> str:
    head = candidate.clause.subject
    if head is None:
        return "none"
    if head.lemma in listed("gatherings") or view.entities.labelled("EVENT", {head.i}):
        return "gathering"
    if entities := view.entities.at(head):
        return entities[0].kind or "project"
    if head.pos == "PRON":
        return f"pronoun:{head.lower}"
    return "owned" if candidate.roles["by"] else "other"


CONTENT = {"NOUN", "VERB", "ADJ"}
MOST = 1 << 15  # words whose rows are cached
FURTHEST = 8.0  # log odds beyond which nothing changes
PHRASAL = 0.0  # least log odds of a verb with its particle, of which the encoder has seen few
TAKEN = -0.5  # log odds from which a word is taken for part of a trigger


def vectors_of(view: ArticleView, clauses: Sequence[Clause]) -> Floats:
    """(clauses, 3 times the width of the base model's vectors), looked up and added up for a whole article at once."""
    if not clauses:
        return np.zeros((0, 0), np.float32)
    content = {word.i for word in view.words if word.pos in CONTENT}
    actions = [clause.chain.action for clause in clauses]
    parts = [
        part
        for clause, action in zip(clauses, actions, strict=True)
        for part in ([action.i], [word.i for word in objects(action)], sorted(clause.tokens & content))
    ]
    return _directions(view.doc, parts).reshape(len(clauses), -1)


@lru_cache(MOST)
def _row(vocab: Vocab, word: int) -> int:
    """The row of a word in the table of vectors, -1 where it has none; cached, since the table is large and slow."""
    row: int = vocab.vectors.key2row.get(word, -1)
    return row


def _directions(doc: Doc, parts: list[list[int]]) -> Floats:
    """The sum of the vectors of each part, at length 1; zeros where no token of it has a vector."""
    vectors, words = doc.vocab.vectors, doc.to_array("ORTH").tolist()
    rows = {i: _row(doc.vocab, words[i]) for i in set(chain(*parts))}
    found = [[rows[i] for i in part if rows[i] >= 0] for part in parts]
    sums: Floats = np.zeros((len(parts), vectors.shape[1]), np.float32)
    filled = [at for at, part in enumerate(found) if part]
    if filled:
        starts = np.cumsum([0, *(len(found[at]) for at in filled[:-1])])
        sums[filled] = np.add.reduceat(vectors.data[[row for at in filled for row in found[at]]], starts, axis=0)
    norms = np.sqrt(np.einsum("ij,ij->i", sums, sums))
    norms[norms == 0] = 1
    sums /= norms[:, None]
    return sums


def encoded_of(view: ArticleView, clauses: Sequence[Clause], numbers: Sequence[int]) -> Floats:
    """(clauses, components) of an article that the encoder has read; no components where it has not.

    `numbers`: of the sentence of each clause.
    """
    encoding = encoding_of(view.doc)
    if encoding is None or not clauses:
        return np.zeros((len(clauses), 0), np.float32)
    odds = encoding.trigger_odds(FURTHEST)
    own = np.array([_components(encoding, odds, view.words, clause) for clause in clauses])
    spoken = encoding.stated_in([(sentence.words[0].idx, sentence.words[-1].end) for sentence in view.sentences])
    stated = np.clip(spoken, -FURTHEST, FURTHEST)
    any_stated = np.pad(stated[:, 0], 1, constant_values=-FURTHEST)
    before, after = any_stated[:-2][numbers], any_stated[2:][numbers]
    near = np.column_stack([before, after, rivals(numbers, own[:, 0].tolist())])
    return np.hstack([own, stated[numbers], near], dtype=np.float32)


def tagged_of(view: ArticleView) -> list[list[Word]]:
    """The runs of words that the encoder takes for a trigger, in reading order; none where it has not read them."""
    encoding = encoding_of(view.doc)
    if encoding is None or not view.words:
        return []
    pieces = np.flatnonzero(encoding.trigger_odds(FURTHEST) >= TAKEN).tolist()
    starts = (encoding.starts[at] for at in pieces)
    taken = sorted({view.words_in(start, start + 1)[0].i for start in starts})
    return [[view.words[i] for i in run] for run in runs(np.array(taken, np.int64))]


def rivals(numbers: Sequence[int], odds: Sequence[float]) -> list[float]:
    """For each clause the highest log odds of another one of its sentence; `numbers`: of the sentences."""
    ranked: dict[int, list[float]] = {}
    for number, own in zip(numbers, odds, strict=True):
        ranked[number] = sorted([own, *ranked.get(number, [-FURTHEST])], reverse=True)[:2]
    return [ranked[number][own == ranked[number][0]] for number, own in zip(numbers, odds, strict=True)]


def _components(encoding: Encoding, odds: Floats, words: Sequence[Word], clause: Clause) -> Floats:
    """Log odds of the surest head and of the surest word of the clause; kinds and statuses at that head."""
    heads = [at for head in clause.chain.heads for at in _pieces(encoding, head)]
    best = max(heads, key=lambda at: float(odds[at]))
    around = max(float(odds[at]) for i in clause.tokens for at in _pieces(encoding, words[i]))
    least = PHRASAL if any(head.phrasal for head in clause.chain.heads) else -FURTHEST
    stated = np.concatenate([[max(odds[best], least), max(around, least)], encoding.kinds_and_statuses(best)])
    return np.asarray(np.maximum(stated, -FURTHEST), np.float32)


def _pieces(encoding: Encoding, word: Word) -> range:
    span = encoding.pieces(word.idx, word.end)
    return range(span.start, span.stop)
