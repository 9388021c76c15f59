"""Fits relations, acts and flows over the installed pipeline, with thresholds and confidences from held-out gold.

The pipeline has learned from some of the gold, so it finds more there than in new articles. So thresholds come from
held-out gold, of which each fifth, by story, is scored with those that are best for the others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice, product
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.errors import SetupError
from pipeline.extract import load
from pipeline.gold.check import has_flows
from pipeline.gold.evaluate.matching import match
from pipeline.gold.evaluate.score import Scores
from pipeline.gold.stories import by_story
from pipeline.record import Record
from pipeline.settings import Profile, Settings
from pipeline.stages.assemble import assemble
from pipeline.stages.commitments import same_act
from pipeline.stages.commitments.classifier import read_classifier
from pipeline.stages.commitments.flow.find import give_flows, read_flow_weights
from pipeline.stages.commitments.stage import Commitments
from pipeline.stages.document.doc import Commitment
from pipeline.stages.models.linear import ANY, Weights
from pipeline.stages.relations.candidates import Fact
from pipeline.stages.relations.stage import WEIGHTS as RELATIONS
from pipeline.stages.relations.stage import find_relations
from pipeline.train import commitments, flows, rows
from pipeline.train.estimators import Row, balance, held_out, weights_of
from pipeline.train.gold import Read, by_folder, card_of, described, read_docs, read_golds, scores_of, write_json
from pipeline.train.tasks import STRENGTH

CARDS = {"relations": "relations_card.json", "acts": "acts_card.json", "flows": "flows.json"}
SLACK = 0.002  # F1 given up for fewer wrong relations
AFTER = ("relations", "commitments")  # stages that the classifier of relations does not need
ACT_ROWS = ("commitments.found", "commitments", "commitments+status", "slots", "rows", "rows.core", "money")
NEVER = 1.0  # the threshold at which nothing is merged
ACT_SLACK = 0.001  # F1 that a higher threshold may cost: a false act, or two taken for one, is worse than one twice
CANDIDATES = (0.2, 0.22, 0.24, 0.26, 0.28, 0.3, 0.32, 0.34, 0.36)  # thresholds of candidates that are tried
SAME = (0.5, 0.55, 0.6, 0.65, 0.7, 0.8, NEVER)  # of pairs
CROSS_VALIDATED = "cross_validated, flow weights alone"
FLOW_ROWS = ("flow", "flow.instrument", "flow.direction", "flow.cells")

Judged = tuple[list[tuple[float, bool]], int]  # of an article: how likely each fact is and whether gold has it; missed
Setting = tuple[float, float]  # a threshold of candidates and one of pairs
Counts = tuple[int, int]  # how many are found, right in kind, and in kind and status, added; how many there are


@dataclass(frozen=True)
class Gold:
    """Articles by what they are for: `own` teaches, and `more` too; nothing has learned from `held`.

    `named`: see `by_folder`; `only`: see `train_late`.
    """

    named: dict[str, list[Record]]
    more: list[Record]
    held: list[Record]
    only: str | None

    @property
    def own(self) -> list[Record]:
        return [*chain(*self.named.values())]


def train_late(
    name: str,
    gold: Sequence[Path],
    held: Sequence[Path],
    out: Path,
    profile: Profile,
    more: Sequence[Path] = (),
    only: str | None = None,
) -> dict[str, Any]:
    """Fits relations, acts or flows; writes files and card to the folder of a profile in `out`, returns the card.

    The same articles give the same files, byte for byte. `gold`: teaches; `held`: gold of articles that the pipeline
    has not learned from, for thresholds, confidences and scores; `more`: gold that teaches flows only;
    `only`: how the features of parties of a flow begin that are fitted, over the installed weights (None: all are
    fitted anew).

    Raises SetupError where the gold is too little.
    """
    what, fit = LATE[name]
    folder = out / profile
    if name == "acts" and profile == "fast":
        gold = ()  # more of it gains nothing there
    read = Gold(by_folder(gold), read_golds(more), read_golds(held), only)
    folder.mkdir(parents=True, exist_ok=True)
    found = fit(load(profile=profile), read, folder)
    card = {
        "what": what,
        **described([*read.own, *read.more, *read.held]),
        "articles": {"gold": len(read.own), "more": len(read.more), "held": len(read.held)},
        "rebuild": f"corridor train {name} --gold FOLDER ... --held FOLDER ... --out DIR"
        + (f" --only {only}" if only else ""),
        **found,
    }
    return write_json(card, folder / CARDS[name])


def _scored(read: Read) -> Scores:
    return scores_of([gold for gold, _ in read], (assemble(doc) for _, doc in read))


def _at(weights: Weights, threshold: float) -> Weights:
    return replace(weights, thresholds={ANY: threshold})


def _fit_relations(nlp: Language, gold: Gold, out: Path) -> dict[str, Any]:
    """The classifier of pairs of mentions, its threshold, and the curve of its confidences."""
    with nlp.select_pipes(disable=AFTER):
        taught = (rows.of_relations(doc, g)[0] for one in gold.own for g, doc in read_docs(nlp, [one], encoded=True))
        weights = weights_of([*chain(*taught)], STRENGTH)
        unseen = read_docs(nlp, gold.held, encoded=True)
    judged = [_judged(weights, *rows.of_relations(doc, g)) for g, doc in unseen]

    def best(chosen: Sequence[int]) -> float:
        """The threshold of best F1 over the articles with these numbers."""
        return balance([one for at in chosen for one in judged[at][0]], sum(judged[at][1] for at in chosen), SLACK)

    for (_, doc), least in zip(unseen, held_out(by_story(gold.held), best), strict=True):
        doc._.relations = find_relations(doc, _at(weights, least))
    found, threshold = _scored(unseen)["relations"], best(range(len(unseen)))
    _at(weights, threshold).write(out / RELATIONS)
    curves = rows.fit_curves((rows.families_of(doc, g) for g, doc in unseen), {"relations": 1.0})
    rows.write_curves(curves, out, others=Settings().models / out.name)
    held = {name: round(getattr(found, name), 4) for name in ("precision", "recall", "f1")}
    return {"threshold": threshold, "held": held}


def _judged(weights: Weights, own: Sequence[Row], facts: Sequence[Fact]) -> Judged:
    proposed = [(label, names, right) for label, names, right in own if names is not None]
    likely: dict[Fact, tuple[float, bool]] = {}
    for fact, (label, names, right) in zip(facts, proposed, strict=True):
        likely[fact] = max(likely.get(fact, (0.0, right)), (weights.probability(label, names), right))
    return list(likely.values()), len(own) - len(proposed)


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

    def stated(doc: Doc, threshold: float) -> Sequence[Commitment]:
        return stage.stated(doc, replace(classifier, threshold=threshold))

    tried = SAME if weights else (NEVER,)
    counts: dict[Setting, list[Counts]] = {setting: [] for setting in product(CANDIDATES, tried)}
    for (g, doc), at in product(unseen, CANDIDATES):
        every = stated(doc, at)
        for same in tried:
            counts[at, same].append(_count(g, _record(doc, every, weights, same)))
    best = _best(counts, range(len(unseen)))
    commitments.write(replace(classifier, threshold=best[0]), out)
    if weights:
        _at(weights, best[1]).write(out / same_act.WEIGHTS)
    f1 = []
    for settings in ([(best[0], NEVER)] * len(unseen), held_out(by_story(gold.held), partial(_best, counts))):
        each = zip(unseen, settings, strict=True)
        scores = scores_of(gold.held, (_record(doc, stated(doc, at), weights, same) for (_, doc), (at, same) in each))
        f1.append({row: round(scores[row].f1, 4) for row in ACT_ROWS})
    thresholds = {"candidates": best[0], "pairs": best[1]}
    return {"thresholds": thresholds, "held, nothing merged": f1[0], "held": f1[1]}


def _record(doc: Doc, every: Sequence[Commitment], same: Weights | None, threshold: float) -> Record:
    """The record of a Doc in which commitments that are likely to state the same act are one."""
    doc._.commitments = [replace(c, sentences=[*c.sentences], sure={**c.sure}, whole={**c.whole}) for c in every]
    if same and threshold < NEVER:
        doc._.commitments = same_act.distinct(doc, doc._.commitments, _at(same, threshold))
    return assemble(doc)


def _count(gold: Record, record: Record) -> Counts:
    found = match(gold, record)
    own, other = found.gold.commitments, found.found.commitments
    kinds = [(own[g], other[f]) for g, f in found.commitments if own[g].kind == other[f].kind]
    statuses = sum(one.status == two.status for one, two in kinds)
    return len(found.commitments) + len(kinds) + statuses, len(own) + len(other)


def _best(counts: dict[Setting, list[Counts]], chosen: Sequence[int]) -> Setting:
    """The highest setting with nearly the best mean F1 of found, of kind, and of kind and status."""
    scores = {}
    for setting, of in counts.items():
        right, all_of_them = zip(*(of[at] for at in chosen), strict=True)
        scores[setting] = 2 / 3 * sum(right) / max(1, sum(all_of_them))
    return max(setting for setting, found in scores.items() if found >= max(scores.values()) - ACT_SLACK)


def _fit_flows(nlp: Language, gold: Gold, out: Path) -> dict[str, Any]:
    """The flows of money, and, on held-out gold, how sure rows and their fields are."""
    own, other, unseen = (read_docs(nlp, golds) for golds in (gold.own, gold.more, gold.held))
    taught, added = ([flows.examples(doc, g) for g, doc in read] for read in (own, other))
    installed = Settings().models / out.name
    if gold.only:
        weights = flows.continued([*taught, *added], read_flow_weights(installed), gold.only)
    elif (fitted := flows.fit([*taught, *added], len(taught))) is None:
        raise SetupError(f"too few flows of money in {', '.join(gold.named)}: annotate more")
    else:
        weights = fitted
    weights.write(out)
    found: list[rows.Found] = []
    for g, doc in unseen:
        give_flows(doc, weights)
        found += rows.of_commitments(doc, g)
    rows.fit_rows(found).write(out)
    if gold.only:  # the scores of the weights that others are fitted over
        scores = (card_of(installed, CARDS["flows"]) or {})[CROSS_VALIDATED]
    else:
        models = held_out(
            by_story(gold.own), lambda chosen: flows.fit([*(taught[at] for at in chosen), *added], len(chosen))
        )
        for (_, doc), model in zip(own, models, strict=True):
            flows.use(doc, model)
        docs = iter(own)
        scores = {name: _flow_scores([*islice(docs, len(golds))]) for name, golds in gold.named.items()}
    return {
        CROSS_VALIDATED: scores,
        "held": _flow_scores(unseen),
        "row confidence, held out by story": rows.row_scores(found, gold.held),
    }


def _flow_scores(read: Read) -> dict[str, float]:
    """F1 of flows, on articles that have any in gold."""
    found = _scored([(gold, doc) for gold, doc in read if has_flows(gold)])
    return {row: round(found[row].f1, 3) for row in FLOW_ROWS if row in found.rows}


LATE: dict[str, tuple[str, Callable[[Language, Gold, Path], dict[str, Any]]]] = {
    "relations": ("which pairs of mentions are related", _fit_relations),
    "acts": ("which clauses are commitments, and which commitments of an article state the same act", _fit_acts),
    "flows": ("flows of money, and how sure fields and rows are", _fit_flows),
}
