"""Fits relations, acts and flows over the installed pipeline, with thresholds and confidences from held-out gold.

The pipeline has learned from some of the gold, so it finds more there than in new articles. So thresholds come from
held-out gold, of which each fifth, by story, is scored with those that are best for the others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.errors import SetupError
from pipeline.extract import load
from pipeline.gold.check import has_flows
from pipeline.gold.evaluate.score import score
from pipeline.gold.stories import folds
from pipeline.record import Record
from pipeline.settings import Profile, Settings
from pipeline.stages.assemble import assemble
from pipeline.stages.commitments import same_act
from pipeline.stages.commitments.classifier import Classifier, read_classifier
from pipeline.stages.commitments.flow.find import give_flows, read_flow_weights
from pipeline.stages.commitments.stage import Commitments
from pipeline.stages.document.doc import Commitment
from pipeline.stages.models.linear import ANY, Weights
from pipeline.stages.relations.candidates import Fact
from pipeline.stages.relations.stage import WEIGHTS as RELATIONS
from pipeline.stages.relations.stage import find_relations
from pipeline.train import commitments, flows, rows
from pipeline.train.estimators import Row, balance, weights_of
from pipeline.train.gold import Read, described, matched, read_docs, read_golds, write_json
from pipeline.train.tasks import STRENGTH


@dataclass(frozen=True)
class Gold:
    """Articles by what they are for: `own` teaches, and `more` too; nothing has learned from `held`.

    `folders`: by the name of a folder of `own`, the ids of its articles; `only`: see `train_late`.
    """

    own: list[Record]
    more: list[Record]
    held: list[Record]
    folders: dict[str, set[str]]
    only: str | None = None


@dataclass(frozen=True)
class Late:
    """`what` is fitted, for the card, and the name of its file; `fit`: writes into a folder, returns scores."""

    what: str
    card: str
    fit: Callable[[Language, Gold, Path], dict[str, Any]]


def train_late(
    name: str,
    profile: Profile,
    gold: Sequence[Path],
    held: Sequence[Path],
    out: Path,
    more: Sequence[Path] = (),
    only: str | None = None,
) -> dict[str, Any]:
    """Fits a task of LATE; writes its files and its card to the folder of a profile in `out`, returns the card.

    The same articles give the same files, byte for byte. `gold`: teaches; `held`: gold of articles that the pipeline
    has not learned from, for thresholds, confidences and scores; `more`: gold that teaches flows only;
    `only`: how the features of parties of a flow begin that are fitted, over the installed weights (None: all are
    fitted anew).

    Raises SetupError where the gold is too little.
    """
    task, folder = LATE[name], out / profile
    if name == "acts" and profile == "fast":
        gold = ()  # more of it gains nothing there
    ids = {folder.name: {one.article.id for one in read_golds([folder])} for folder in gold}
    read = Gold(read_golds(gold), read_golds(more), read_golds(held), ids, only)
    folder.mkdir(parents=True, exist_ok=True)
    found = task.fit(load(profile=profile), read, folder)
    card = {
        "what": task.what,
        **described([*read.own, *read.more, *read.held]),
        "articles": {"gold": len(read.own), "more": len(read.more), "held": len(read.held)},
        "rebuild": f"corridor train {name} --gold FOLDER ... --held FOLDER ... --out DIR"
        + (f" --only {only}" if only else ""),
        **found,
    }
    write_json(card, folder / task.card)
    return card


# relations

SLACK = 0.002  # F1 given up for fewer wrong relations
AFTER = ("relations", "commitments")  # stages that the classifier of relations does not need

Judged = tuple[list[tuple[float, bool]], int]  # of an article: how likely each fact is and whether gold has it; missed


def _fit_relations(nlp: Language, gold: Gold, out: Path) -> dict[str, Any]:
    """The classifier of pairs of mentions, its threshold, and the curve of its confidences."""
    with nlp.select_pipes(disable=AFTER):
        taught = (rows.of_relations(doc, g) for one in gold.own for g, doc in read_docs(nlp, [one], encoded=True))
        weights = weights_of([row for own, _ in taught for row in own], STRENGTH)
        unseen = read_docs(nlp, gold.held, encoded=True)
    judged = [_judged(weights, *rows.of_relations(doc, g)) for g, doc in unseen]
    every = range(len(unseen))
    for part in map(set, folds(gold.held)):
        threshold = _relation_threshold(judged, [at for at in every if at not in part])
        for at in part:
            doc = unseen[at][1]
            doc._.relations = find_relations(doc, _at(weights, threshold))
    found = score(gold.held, {g.article.id: assemble(doc) for g, doc in unseen})["relations"]
    best = _relation_threshold(judged, every)
    _at(weights, best).write(out / RELATIONS)
    curves = rows.fit_curves((rows.families_of(doc, g) for g, doc in unseen), {"relations": 1.0})
    rows.write_curves(curves, out, others=Settings().models / out.name)
    return {
        "threshold": best,
        "held": {name: round(getattr(found, name), 4) for name in ("precision", "recall", "f1")},
    }


def _judged(weights: Weights, own: Sequence[Row], facts: Sequence[Fact]) -> Judged:
    proposed = [(label, names, right) for label, names, right in own if names is not None]
    sure = [weights.probability(label, names) for label, names, _ in proposed]
    likely: dict[Fact, tuple[float, bool]] = {}
    for fact, one, (_, _, right) in zip(facts, sure, proposed, strict=True):
        likely[fact] = max(likely.get(fact, (0.0, right)), (one, right))
    return list(likely.values()), len(own) - len(proposed)


def _relation_threshold(judged: Sequence[Judged], chosen: Collection[int]) -> float:
    """The threshold of best F1 over the articles with these numbers."""
    proposed = [answer for at in chosen for answer in judged[at][0]]
    return balance(proposed, sum(judged[at][1] for at in chosen), SLACK)


def _at(weights: Weights, threshold: float) -> Weights:
    return replace(weights, thresholds={ANY: threshold})


# acts

ACT_ROWS = ("commitments.found", "commitments", "commitments+status", "slots", "rows", "rows.core", "money")
NEVER = 1.0  # the threshold at which nothing is merged
ACT_SLACK = 0.001  # F1 that a higher threshold may cost: a false act, or two taken for one, is worse than one twice
SCORES = (0.2, 0.22, 0.24, 0.26, 0.28, 0.3, 0.32, 0.34, 0.36)  # thresholds of candidates that are tried
SAME = (0.5, 0.55, 0.6, 0.65, 0.7, 0.8, NEVER)  # of pairs

Setting = tuple[float, float]  # a threshold of each
Counts = tuple[int, int]  # how many are found, right in kind, and in kind and status, added; how many there are


def _fit_acts(nlp: Language, gold: Gold, out: Path) -> dict[str, Any]:
    """The classifier of candidates, learned on from the installed one, that of pairs, and the thresholds of both.

    Without gold of its own, as in the fast profile, the thresholds of candidates alone.
    """
    stage = nlp.get_pipe("commitments")
    assert isinstance(stage, Commitments)
    stage.off |= {"same act"}
    unseen, own = (read_docs(nlp, golds, encoded=True) for golds in (gold.held, gold.own))
    weights = weights_of([row for g, doc in own for row in rows.of_pairs(doc, g)]) if own else None
    classifier = read_classifier(stage.trained(unseen[0][1]))
    if own:
        classifier = commitments.continued(classifier, [commitments.examples(doc, g) for g, doc in own])
    acts = _Acts(stage, classifier, weights)
    counts = acts.counted(unseen)
    best = _best(counts, range(len(unseen)))
    commitments.write(replace(classifier, threshold=best[0]), out)
    if weights:
        _at(weights, best[1]).write(out / same_act.WEIGHTS)
    chosen: dict[str, Record] = {}
    for part in folds(gold.held):
        setting = _best(counts, sorted(set(range(len(unseen))).difference(part)))
        chosen |= {unseen[at][0].article.id: acts.record(unseen[at][1], setting) for at in part}
    never = {g.article.id: acts.record(doc, (best[0], NEVER)) for g, doc in unseen}
    f1 = [
        {row: round(found.rows[row].f1, 4) for row in ACT_ROWS}
        for found in (score(gold.held, records) for records in (never, chosen))
    ]
    thresholds = {"candidates": best[0], "pairs": best[1]}
    return {"thresholds": thresholds, "held, nothing merged": f1[0], "held": f1[1]}


@dataclass(frozen=True)
class _Acts:
    """Commitments at other thresholds of candidates and of pairs."""

    stage: Commitments
    classifier: Classifier
    weights: Weights | None  # of pairs; None: nothing is merged

    def record(self, doc: Doc, setting: Setting) -> Record:
        """The record of a Doc at some thresholds."""
        return self._merged(doc, self._stated(doc, setting[0]), setting[1])

    def counted(self, read: Read) -> dict[Setting, list[Counts]]:
        """By setting the counts of each article."""
        tried = SAME if self.weights else (NEVER,)
        counts: dict[Setting, list[Counts]] = {setting: [] for setting in product(SCORES, tried)}
        for gold, doc in read:
            for at in SCORES:
                every = self._stated(doc, at)
                for same in tried:
                    counts[at, same].append(_count(gold, self._merged(doc, every, same)))
        return counts

    def _stated(self, doc: Doc, threshold: float) -> Sequence[Commitment]:
        return self.stage.stated(doc, replace(self.classifier, threshold=threshold))

    def _merged(self, doc: Doc, every: Sequence[Commitment], threshold: float) -> Record:
        copies = [replace(c, sentences=[*c.sentences], sure={**c.sure}, whole={**c.whole}) for c in every]
        if self.weights and threshold < NEVER:
            copies = same_act.distinct(doc, copies, _at(self.weights, threshold))
        doc._.commitments = copies
        return assemble(doc)


def _count(gold: Record, record: Record) -> Counts:
    found = matched(gold, record)
    own, other = found.gold.commitments, found.found.commitments
    pairs = [(own[g], other[f]) for g, f in found.commitments]
    kinds = [(one, two) for one, two in pairs if one.kind == two.kind]
    statuses = sum(one.status == two.status for one, two in kinds)
    return len(pairs) + len(kinds) + statuses, len(own) + len(other)


def _best(counts: dict[Setting, list[Counts]], chosen: Collection[int]) -> Setting:
    """The highest setting with nearly the best mean F1 of found, of kind, and of kind and status."""

    def f1(setting: Setting) -> float:
        right, all_of_them = zip(*(counts[setting][at] for at in chosen), strict=True)
        return float(2 / 3 * sum(right) / max(1, sum(all_of_them)))

    scores = {setting: f1(setting) for setting in counts}
    return max(setting for setting, found in scores.items() if found >= max(scores.values()) - ACT_SLACK)


# flows

CROSS_VALIDATED = "cross_validated, flow weights alone"
FLOW_ROWS = ("flow", "flow.instrument", "flow.direction", "flow.cells")


def _fit_flows(nlp: Language, gold: Gold, out: Path) -> dict[str, Any]:
    """The flows of money, and, on held-out gold, how sure rows and their fields are."""
    own, other, unseen = (read_docs(nlp, golds) for golds in (gold.own, gold.more, gold.held))
    taught, added = ([flows.examples(doc, g) for g, doc in read] for read in (own, other))
    installed = Settings().models / out.name
    weights = (
        flows.continued([*taught, *added], read_flow_weights(installed), gold.only)
        if gold.only
        else flows.fit([*taught, *added], len(taught))
    )
    if weights is None:
        raise SetupError(f"too few flows of money in {', '.join(gold.folders)}: annotate more")
    weights.write(out)
    found: list[rows.Found] = []
    for g, doc in unseen:
        give_flows(doc, weights)
        found += rows.of_commitments(doc, g)
    rows.fit_rows(found).write(out)
    if gold.only:  # the scores of the weights that others are fitted over
        scores = json.loads((installed / LATE["flows"].card).read_text(encoding="utf-8"))[CROSS_VALIDATED]
    else:
        scores = _cross_validated(own, taught, added, gold.folders)
    return {
        CROSS_VALIDATED: scores,
        "held": _flow_scores(unseen),
        "row confidence, held out by story": rows.row_scores(found, gold.held),
    }


def _cross_validated(
    own: Read, taught: Sequence[list[flows.Example]], added: list[list[flows.Example]], folders: dict[str, set[str]]
) -> dict[str, dict[str, float]]:
    """F1 for each folder of gold, where the flow weights, and only they, have not seen the article."""
    for part in map(set, folds([gold for gold, _ in own])):
        seen = [examples for at, examples in enumerate(taught) if at not in part]
        weights = flows.fit([*seen, *added], len(seen))
        if weights is not None:
            for at in part:
                give_flows(own[at][1], weights)
    return {
        name: _flow_scores([(gold, doc) for gold, doc in own if gold.article.id in ids])
        for name, ids in folders.items()
    }


def _flow_scores(read: Read) -> dict[str, float]:
    """F1 of flows, on articles that have any in gold."""
    known = [(gold, doc) for gold, doc in read if has_flows(gold)]
    found = score([gold for gold, _ in known], {gold.article.id: assemble(doc) for gold, doc in known})
    return {row: round(found.rows[row].f1, 3) for row in FLOW_ROWS if row in found.rows}


LATE = {
    "relations": Late("which pairs of mentions are related", "relations_card.json", _fit_relations),
    "acts": Late(
        "which clauses are commitments, and which commitments of an article state the same act",
        "acts_card.json",
        _fit_acts,
    ),
    "flows": Late("flows of money, and how sure fields and rows are", "flows.json", _fit_flows),
}
