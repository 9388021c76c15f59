"""What there is to learn of flows of money, and the weights fitted on it.

It learns from the commitments that the pipeline found, which know how it errs, and from gold's own, over the actors
that were found. Each step learns from what the step before makes of articles that it never saw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from spacy.tokens import Doc

from pipeline import record
from pipeline.gold.check import has_flows
from pipeline.record import Flow, Instrument, Record
from pipeline.stages.assemble import assemble
from pipeline.stages.commitments.flow.acts import Act
from pipeline.stages.commitments.flow.acts import ActContext as Scene
from pipeline.stages.commitments.flow.features import candidates, of_instrument, of_provider, of_recipient
from pipeline.stages.commitments.flow.find import INSTRUMENTS, PROVIDER, RECIPIENT, FlowWeights, chosen, has_money
from pipeline.stages.document.doc import Commitment, Entity
from pipeline.stages.models.linear import ANY, Weights
from pipeline.train.estimators import PARTS, columns_of, matrix_of
from pipeline.train.gold import matched, matched_entities

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
    parties: dict[str, frozenset[int]]  # by role
    weight: float = 1.0


def examples(doc: Doc, gold: Record) -> list[Example]:
    """Of a Doc with commitments: those found that gold has a flow of, and gold's own."""
    if not has_flows(gold):
        return []
    pairs = matched(gold, assemble(doc)).commitments
    keyed = {key: entity for key, entity in matched_entities(doc, gold).items() if entity.is_actor}
    scene, stated = Scene(doc), gold.commitments
    found = [(doc._.commitments[f], stated[g], 1.0) for g, f in pairs]
    found += [(_laid(row, scene, keyed), row, GOLD) for row in stated]
    return [
        Example(Act(scene, one), row.flow.instrument, _parties_of(row.flow, keyed), weight)
        for one, row, weight in found
        if row.flow and has_money(one)
    ]


def _parties_of(flow: Flow, keyed: dict[str, Entity]) -> dict[str, frozenset[int]]:
    return {
        role: frozenset(id(keyed[key]) for key in getattr(flow, role) if key in keyed) for role in (PROVIDER, RECIPIENT)
    }


def _laid(row: record.Commitment, scene: Scene, keyed: dict[str, Entity]) -> Commitment:
    """A commitment of gold over the actors that were found."""
    start, end = row.trigger.start, row.trigger.end
    by, with_, to = ([keyed[key] for key in slot if key in keyed] for slot in (row.by, row.with_, row.to))
    laid = Commitment(row.kind, row.status, start, end, [scene.view.sentence_of(start)], by, with_, to)
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
    whole, of_others = _held_out(
        parts, lambda rows: _instruments([names[r] for r in rows], [instruments[r] for r in rows])
    )
    read = [FlowWeights(w, Weights({}, 0.0)).instrument(own) for w, own in zip(of_others, names, strict=True)]
    weighed = [_Weighed(example, candidates(example.act), scored is None or at < scored) for at, example in taught]
    return FlowWeights(whole, _parties(weighed, read, parts))


def continued(articles: Sequence[Sequence[Example]], installed: FlowWeights, only: str) -> FlowWeights:
    """Installed weights with those of the features of parties whose names begin with `only` fitted over them."""
    own = [_Weighed(example, candidates(example.act), scored=False) for taught in articles for example in taught]
    instruments = [installed.instrument(of_instrument(one.example.act)) for one in own]
    names, parties, of = _provider_names(own, instruments), installed.parties, dict(installed.parties.of)
    for role in (PROVIDER, RECIPIENT):
        if role == RECIPIENT:
            sure = [[parties.probability(PROVIDER, one) for one in listed] for listed in names]
            names = _recipient_names(own, instruments, names, sure, parties.thresholds[PROVIDER])
        kept = {name: weight for name, weight in of[role].items() if not name.startswith(only)}
        listed = [name for actors in names for name in actors]
        added = [[name for name in one if name.startswith(only)] for one in listed]
        base = np.array([kept[ANY] + sum(kept.get(name, 0.0) for name in one) for one in listed])
        signs = np.where([right for one in own for right in one.right(role)], 1.0, -1.0)
        counts = np.array([one.example.weight for one in own for _ in one.actors])
        columns = columns_of(added)
        fitted = _shift(matrix_of(added, columns), base, signs, counts * ADDED_STRENGTH)
        of[role] = kept | {name: w for name, w in _named(columns, fitted, 0.0).items() if name != ANY}
    return FlowWeights(installed.instruments, Weights(of, 0.0, parties.thresholds))


def _shift(matrix: Any, base: Any, signs: Any, counts: Any) -> Any:
    """What a logistic regression with an L2 penalty adds to log odds (`base`); `signs`: 1 of what is right, or -1."""

    def loss(shift: Any) -> tuple[float, Any]:
        margins = signs * (base + matrix @ shift)
        slope = -signs * counts * expit(-margins)
        return float(counts @ np.logaddexp(0, -margins) + shift @ shift / 2), matrix.T @ slope + shift

    return minimize(loss, np.zeros(matrix.shape[1]), jac=True, method="L-BFGS-B").x


def _held_out[T](parts: Sequence[int], fitted: Callable[[Sequence[int]], T]) -> tuple[T, list[T]]:
    """What is fitted with all rows, and for each row what is fitted without its part."""
    models = {part: fitted([row for row, own in enumerate(parts) if own != part]) for part in sorted(set(parts))}
    return fitted(range(len(parts))), [models[part] for part in parts]


@dataclass(frozen=True, eq=False)
class _Weighed:
    """An example with its candidates; `scored`: whether the thresholds are for its article."""

    example: Example
    actors: list[Entity]
    scored: bool

    def right(self, role: str) -> list[bool]:
        """Which of the candidates have a role."""
        return [id(actor) in self.example.parties[role] for actor in self.actors]


Names = list[list[list[str]]]  # of each example, of each of its candidates


def _provider_names(own: Sequence[_Weighed], instruments: Sequence[Instrument]) -> Names:
    return [
        [of_provider(one.example.act, actor, instrument) for actor in one.actors]
        for one, instrument in zip(own, instruments, strict=True)
    ]


def _recipient_names(
    own: Sequence[_Weighed], instruments: Sequence[Instrument], names: Names, sure: list[list[float]], least: float
) -> Names:
    """`names`, `sure`: of the same candidates as providers; those likelier than `least` are taken for providers."""
    found = []
    for one, instrument, shared, likely in zip(own, instruments, names, sure, strict=True):
        given = chosen(list(zip(likely, one.actors, strict=True)), least)
        pairs = zip(one.actors, shared, strict=True)
        found.append([of_recipient(one.example.act, actor, instrument, common, given) for actor, common in pairs])
    return found


def _parties(own: Sequence[_Weighed], instruments: Sequence[Instrument], parts: Sequence[int]) -> Weights:
    """The weights of both roles: the recipient's are fitted on the providers that are chosen in unseen articles."""
    names = _provider_names(own, instruments)
    first, sure, lower = _role(PROVIDER, own, names, parts)
    names = _recipient_names(own, instruments, names, sure, lower)
    second, _, upper = _role(RECIPIENT, own, names, parts)
    return Weights(first.of | second.of, 0.0, {PROVIDER: lower, RECIPIENT: upper, ANY: 0.5})


def _role(
    role: str, own: Sequence[_Weighed], names: Names, parts: Sequence[int]
) -> tuple[Weights, list[list[float]], float]:
    """The weights of a role, what they make of each actor where they never saw it, and the threshold."""

    def fitted(rows: Sequence[int]) -> Weights:
        answers = [answer for row in rows for answer in own[row].right(role)]
        if len(set(answers)) < 2:
            return Weights({ANY: {}, role: {ANY: 9.0 if any(answers) else -9.0}}, 0.0)
        listed = [name for row in rows for name in names[row]]
        columns = columns_of(listed)
        model = LogisticRegression(C=PARTY_STRENGTH, max_iter=1000, solver="liblinear", random_state=0)
        counts = [own[row].example.weight for row in rows for _ in own[row].actors]
        model.fit(matrix_of(listed, columns), answers, sample_weight=counts)
        return Weights({ANY: {}, role: _named(columns, model.coef_[0], model.intercept_[0])}, 0.0)

    whole, of_others = _held_out(parts, fitted)
    sure = [[w.probability(role, one) for one in listed] for w, listed in zip(of_others, names, strict=True)]
    return whole, sure, _threshold(role, own, sure)


def _threshold(role: str, own: Sequence[_Weighed], sure: Sequence[Sequence[float]]) -> float:
    """From which most commitments have exactly the right actors.

    The mean of the thresholds that are about as good, since the one that happens to be best may lie anywhere.
    """
    known = [
        (one.example, list(zip(likely, one.actors, strict=True)))
        for one, likely in zip(own, sure, strict=True)
        if one.scored
    ]
    hits = [
        sum(one.weight * ({id(a) for a in chosen(likely, step)} == one.parties[role]) for one, likely in known)
        for step in STEPS
    ]
    good = [step for step, right in zip(STEPS, hits, strict=True) if right >= max(hits) * SLACK]
    return round(sum(good) / len(good), 3)


def _instruments(names: Sequence[Sequence[str]], instruments: Sequence[str]) -> Weights:
    """Multinomial logistic regression, with weights for each instrument; one that was never seen is least likely."""
    columns = columns_of(names)
    model = LogisticRegression(C=INSTRUMENT_STRENGTH, max_iter=2000).fit(matrix_of(names, columns), list(instruments))
    classes = list(model.classes_)
    rows, biases = model.coef_, model.intercept_
    if len(classes) == 2:
        rows, biases = np.vstack([-rows[0] / 2, rows[0] / 2]), np.array([-biases[0] / 2, biases[0] / 2])
    of: dict[str, dict[str, float]] = {ANY: {}}
    for instrument in INSTRUMENTS:
        at = classes.index(instrument) if instrument in classes else None
        of[instrument] = {ANY: -99.0} if at is None else _named(columns, rows[at], biases[at])
    return Weights(of, 0.0)


def _named(columns: dict[str, int], weights: Any, bias: float) -> dict[str, float]:
    found = {name: round(float(weights[at]), 2) for name, at in columns.items() if abs(weights[at]) >= SMALLEST}
    return {ANY: round(float(bias), 3), **found}
