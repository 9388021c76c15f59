"""Candidates: every chain of a Doc with its reading as a commitment and the names of facts that hold for it."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from pipeline.record import CommitmentKind, Status
from pipeline.stages.commitments.classifier import Classifier, Floats, Verdict
from pipeline.stages.commitments.clauses import Chain, Clause, find_chains, find_clauses, kinds
from pipeline.stages.commitments.readings import kind_evidence, kind_of, kind_scores, status_of
from pipeline.stages.commitments.roles import Roles, roles_of
from pipeline.stages.commitments.vectors import encoded_of, tagged_of, vectors_of
from pipeline.stages.document.doc import Entity
from pipeline.stages.document.grammar import OBJECTS, is_negated, is_passive, listed, tense
from pipeline.stages.document.speakers import reporting_above
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Sentence, Word

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
            kind, roles = kind_of(leaning), roles_of(clause, view)
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
    labels = LABELS & view.entities.labels(region)
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
        "has": [*labels, *_works(view.entities.entities_in(region, actors=False))],
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


def _works(projects: Sequence[Entity]) -> list[str]:
    return ["PROGRAMME" if project.programme else "PROJECT" for project in projects[:1]]
