"""What there is to learn of flows of money, and the weights fitted on it.

It learns from the commitments that the pipeline found, which know how it errs, and from gold's own, over the actors
that were found. Each step learns from what the step before makes of articles that it never saw.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from spacy.tokens import Doc

from pipeline import record
from pipeline.gold.check import has_flows
from pipeline.gold.evaluate.facts import facts_of
from pipeline.gold.evaluate.matching import match
from pipeline.record import Flow, Instrument, Record
from pipeline.stages.assemble import assemble
from pipeline.stages.commitments.flow.acts import Act, ActContext
from pipeline.stages.commitments.flow.features import candidates, of_instrument, of_provider, of_recipient
from pipeline.stages.commitments.flow.find import (
    INSTRUMENTS,
    PROVIDER,
    RECIPIENT,
    FlowWeights,
    chosen,
    has_money,
)
from pipeline.stages.document.doc import Commitment, Entity
from pipeline.stages.models.linear import ANY, Weights
from pipeline.train.weights import PARTS, RARE

INSTRUMENT_STRENGTH, PARTY_STRENGTH = 0.3, 0.2  # inverse of the L2 penalty: lower trusts what was seen seldom less
ADDED_STRENGTH = 0.5  # the same of features that are fitted over installed weights
GOLD = 0.4  # what a commitment of gold counts for parties, beside one that was found: its slots are better than real
STEPS = [at / 20 for at in range(4, 17)]  # thresholds that are tried
SLACK = 0.995  # of what is right at the best threshold, what about as good a one has
SMALLEST = 0.02  # weights nearer to nothing are left out
FEWEST = 20  # flows, below which nothing is learned


@dataclass(frozen=True, eq=False)
class Example:
    """An act with what gold says of its flow: the instrument, and the ids of the entities that provide and receive."""

    act: Act
    instrument: Instrument
    providers: frozenset[int]
    recipients: frozenset[int]
    weight: float = 1.0


def examples(doc: Doc, gold: Record) -> list[Example]:
    """Of a Doc with commitments: those found that gold has a flow of, and gold's own."""
    if not has_flows(gold):
        return []
    matched = match(facts_of(gold), facts_of(assemble(doc)))
    actors = [entity for entity in doc._.entities if entity.is_actor]
    keyed = {matched.gold.actors[g].id: actors[f] for g, f in matched.actors}
    context, stated = ActContext(doc), gold.commitments
    found = [(doc._.commitments[f], stated[g], 1.0) for g, f in matched.commitments]
    found += [(_laid(row, context, keyed), row, GOLD) for row in stated]
    moving = [(one, row.flow, weight) for one, row, weight in found if row.flow and has_money(one)]
    return [_example(Act(context, one), flow, keyed, weight) for one, flow, weight in moving]


def _example(act: Act, flow: Flow, keyed: dict[str, Entity], weight: float) -> Example:
    provider, recipient = (
        frozenset(id(keyed[key]) for key in getattr(flow, side) if key in keyed) for side in (PROVIDER, RECIPIENT)
    )
    return Example(act, flow.instrument, provider, recipient, weight)


def _laid(row: record.Commitment, context: ActContext, keyed: dict[str, Entity]) -> Commitment:
    """A commitment of gold over the actors that were found."""
    start, end = row.trigger.start, row.trigger.end
    by, with_, to = ([keyed[key] for key in slot if key in keyed] for slot in (row.by, row.with_, row.to))
    laid = Commitment(row.kind, row.status, start, end, [context.view.sentence_of(start)], by, with_, to)
    laid.amounts += row.amounts
    laid.attributed_to = keyed.get(row.attributed_to or "")
    return laid


def fit(articles: Sequence[Sequence[Example]], scored: int | None = None) -> FlowWeights | None:
    """The weights that some articles teach; None where they have too few flows. Deterministic.

    `scored`: for how many of the articles, the first, the thresholds are (None: all).
    """
    taught = [(at, example) for at, own in enumerate(articles) for example in own]
    parts = [at % PARTS for at, _ in taught]
    instruments = [example.instrument for _, example in taught]
    if len(taught) < FEWEST or len(set(instruments)) < 2 or len(set(parts)) < 2:
        return None
    names = [of_instrument(example.act) for _, example in taught]

    def reading(rows: Sequence[int]) -> FlowWeights:
        return FlowWeights(_of_instruments([names[r] for r in rows], [instruments[r] for r in rows]), Weights({}, 0.0))

    read = _Held(parts, reading)
    judged = [(at, e, read(row).instrument(names[row])) for row, (at, e) in enumerate(taught)]
    return FlowWeights(read.whole.instruments, _parties(judged, parts, scored))


def continued(articles: Sequence[Sequence[Example]], installed: FlowWeights, only: str) -> FlowWeights:
    """Installed weights with those of the features of parties whose names begin with `only` fitted over them."""
    taught = [example for own in articles for example in own]
    parties, of = installed.parties, dict(installed.parties.of)
    for role in (PROVIDER, RECIPIENT):
        names, odds, right, counts = [], [], [], []
        for example in taught:
            act, instrument = example.act, installed.instrument(of_instrument(example.act))
            actors = candidates(act)
            listed = [of_provider(act, actor, instrument) for actor in actors]
            if role == RECIPIENT:
                giving = [parties.probability(PROVIDER, own) for own in listed]
                given = chosen(list(zip(giving, actors, strict=True)), parties.thresholds[PROVIDER])
                listed = [of_recipient(act, a, instrument, own, given) for a, own in zip(actors, listed, strict=True)]
            own = {name: weight for name, weight in of[role].items() if not name.startswith(only)}
            odds += [own[ANY] + sum(own.get(name, 0.0) for name in one) for one in listed]
            names += [[name for name in one if name.startswith(only)] for one in listed]
            right += Weighed(example, actors, scored=False).right(role)
            counts += [example.weight] * len(actors)
        columns, matrix = _matrix(names)
        signs, base, weights = np.where(right, 1.0, -1.0), np.array(odds), np.array(counts) * ADDED_STRENGTH

        def loss(
            x: Any, signs: Any = signs, base: Any = base, weights: Any = weights, matrix: Any = matrix
        ) -> tuple[float, Any]:
            margins = signs * (base + matrix @ x)
            slope = -signs * weights * expit(-margins)
            return float(weights @ np.logaddexp(0, -margins) + x @ x / 2), matrix.T @ slope + x

        fitted = minimize(loss, np.zeros(len(columns)), jac=True, method="L-BFGS-B").x
        of[role] = own | {name: w for name, w in _named(columns, fitted, 0.0).items() if name != ANY}
    return FlowWeights(installed.instruments, Weights(of, 0.0, parties.thresholds))


class _Held[T]:
    """Models of rows by what was fitted without the part of each row; `whole`: fitted with all."""

    def __init__(self, parts: Sequence[int], fitted: Callable[[Sequence[int]], T]) -> None:
        self._parts = parts
        self._models = {
            part: fitted([row for row, own in enumerate(parts) if own != part]) for part in sorted(set(parts))
        }
        self.whole = fitted(range(len(parts)))

    def __call__(self, row: int) -> T:
        return self._models[self._parts[row]]


def _parties(taught: Sequence[tuple[int, Example, Instrument]], parts: Sequence[int], scored: int | None) -> Weights:
    """The weights of both roles: the recipient's are fitted on the providers that are chosen in unseen articles."""
    own = [Weighed(example, candidates(example.act), scored is None or at < scored) for at, example, _ in taught]
    names = [
        [of_provider(one.example.act, a, instrument) for a in one.actors]
        for one, (_, _, instrument) in zip(own, taught, strict=True)
    ]
    first, sure, lower = _role(PROVIDER, own, names, parts)
    providers = [
        chosen(list(zip(likely, one.actors, strict=True)), lower) for likely, one in zip(sure, own, strict=True)
    ]
    names = [
        [
            of_recipient(one.example.act, a, instrument, common, given)
            for a, common in zip(one.actors, shared, strict=True)
        ]
        for one, (_, _, instrument), shared, given in zip(own, taught, names, providers, strict=True)
    ]
    second, _, upper = _role(RECIPIENT, own, names, parts)
    return Weights(first.of | second.of, 0.0, {PROVIDER: lower, RECIPIENT: upper, ANY: 0.5})


@dataclass(frozen=True, eq=False)
class Weighed:
    """An example with its candidates; `scored`: whether the thresholds are for its article."""

    example: Example
    actors: list[Entity]
    scored: bool

    def of(self, role: str) -> frozenset[int]:
        """The ids of those that have a role."""
        return self.example.providers if role == PROVIDER else self.example.recipients

    def right(self, role: str) -> list[bool]:
        """Which of the candidates have a role."""
        return [id(actor) in self.of(role) for actor in self.actors]


Names = Sequence[list[list[str]]]  # of each example, of each of its candidates


def _role(
    role: str, own: Sequence[Weighed], names: Names, parts: Sequence[int]
) -> tuple[Weights, list[list[float]], float]:
    """The weights of a role, what they make of each actor where they never saw it, and the threshold."""

    def fitted(rows: Sequence[int]) -> Weights:
        return _binary(
            role,
            [name for row in rows for name in names[row]],
            [right for row in rows for right in own[row].right(role)],
            [own[row].example.weight for row in rows for _ in own[row].actors],
        )

    held = _Held(parts, fitted)
    sure = [[held(row).probability(role, one) for one in listed] for row, listed in enumerate(names)]
    return held.whole, sure, _threshold(role, own, sure)


def _threshold(role: str, own: Sequence[Weighed], sure: Sequence[Sequence[float]]) -> float:
    """From which most commitments have exactly the right actors.

    The mean of the thresholds that are about as good, since the one that happens to be best may lie anywhere.
    """
    known = [
        (one, list(zip(likely, one.actors, strict=True))) for one, likely in zip(own, sure, strict=True) if one.scored
    ]
    hits = [
        sum(
            one.example.weight * ({id(actor) for actor in chosen(likely, step)} == one.of(role))
            for one, likely in known
        )
        for step in STEPS
    ]
    good = [step for step, right in zip(STEPS, hits, strict=True) if right >= max(hits) * SLACK]
    return round(sum(good) / len(good), 3)


def _of_instruments(names: Sequence[Sequence[str]], instruments: Sequence[str]) -> Weights:
    """Multinomial logistic regression, with weights for each instrument; one that was never seen is least likely."""
    columns, matrix = _matrix(names)
    model = LogisticRegression(C=INSTRUMENT_STRENGTH, max_iter=2000).fit(matrix, list(instruments))
    classes = list(model.classes_)
    rows = model.coef_ if len(classes) > 2 else np.vstack([-model.coef_[0] / 2, model.coef_[0] / 2])
    biases = model.intercept_ if len(classes) > 2 else np.array([-model.intercept_[0] / 2, model.intercept_[0] / 2])
    of: dict[str, dict[str, float]] = {ANY: {}}
    for instrument in INSTRUMENTS:
        seen = instrument in classes
        at = classes.index(instrument) if seen else 0
        of[instrument] = _named(columns, rows[at], biases[at]) if seen else {ANY: -99.0}
    return Weights(of, 0.0)


def _binary(role: str, names: Sequence[Sequence[str]], right: Sequence[bool], counts: Sequence[float]) -> Weights:
    if len(set(right)) < 2:
        return Weights({ANY: {}, role: {ANY: 9.0 if any(right) else -9.0}}, 0.0)
    columns, matrix = _matrix(names)
    model = LogisticRegression(C=PARTY_STRENGTH, max_iter=1000, solver="liblinear", random_state=0)
    model.fit(matrix, list(right), sample_weight=list(counts))
    return Weights({ANY: {}, role: _named(columns, model.coef_[0], model.intercept_[0])}, 0.0)


def _named(columns: dict[str, int], weights: Any, bias: float) -> dict[str, float]:
    found = {name: round(float(weights[at]), 2) for name, at in columns.items() if abs(weights[at]) >= SMALLEST}
    return {ANY: round(float(bias), 3), **found}


def _matrix(names: Sequence[Sequence[str]]) -> tuple[dict[str, int], csr_matrix]:
    """The columns of the features that are not too rare, and one row for each list of names."""
    counts = Counter(name for own in names for name in own)
    columns = {name: at for at, name in enumerate(sorted(name for name, count in counts.items() if count >= RARE))}
    places = [[columns[name] for name in own if name in columns] for own in names]
    ends = np.cumsum([0, *(len(place) for place in places)], dtype=np.int32)
    indices = np.array([column for place in places for column in place], dtype=np.int32)
    return columns, csr_matrix((np.ones(len(indices)), indices, ends), shape=(len(names), len(columns)))
