"""What there is to learn of flows of money, and the weights fitted on it.

It learns from the commitments that the pipeline found, which know how it errs, and from gold's own, over the actors
that were found. Each step learns from what the step before makes of articles that it never saw.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from spacy.tokens import Doc

from pipeline import record
from pipeline.gold.check import has_flows
from pipeline.gold.evaluate.matching import match
from pipeline.record import Instrument, Record
from pipeline.stages.assemble import assemble
from pipeline.stages.commitments.flow.acts import Act, ActContext
from pipeline.stages.commitments.flow.find import (
    INSTRUMENTS,
    PROVIDER,
    RECIPIENT,
    FlowWeights,
    candidates,
    chosen,
    give_flows,
    has_money,
    of_instrument,
    of_provider,
    of_recipient,
)
from pipeline.stages.document.doc import Commitment, Entity
from pipeline.stages.models.linear import ANY, Weights
from pipeline.train.estimators import PARTS, classes_of, columns_of, held_out, matrix_of, shifted
from pipeline.train.gold import matched_entities

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

    @cached_property
    def actors(self) -> list[Entity]:
        """The candidates for both roles."""
        return candidates(self.act)

    def right(self, role: str) -> list[bool]:
        """Which of the candidates have a role."""
        return [id(actor) in self.parties[role] for actor in self.actors]


def examples(doc: Doc, gold: Record) -> list[Example]:
    """Of a Doc with commitments: those found that gold has a flow of, and gold's own."""
    if not has_flows(gold):
        return []
    pairs = match(gold, assemble(doc)).commitments
    keyed = {key: entity for key, entity in matched_entities(doc, gold).items() if entity.is_actor}
    context, stated = ActContext(doc), gold.commitments
    found = [(doc._.commitments[f], stated[g], 1.0) for g, f in pairs]
    found += [(_laid(row, context, keyed), row, GOLD) for row in stated]
    examples = []
    for one, row, weight in found:
        if row.flow and has_money(one):
            sides = {PROVIDER: row.flow.provider, RECIPIENT: row.flow.recipient}
            parties = {role: frozenset(id(keyed[key]) for key in side if key in keyed) for role, side in sides.items()}
            examples.append(Example(Act(context, one), row.flow.instrument, parties, weight))
    return examples


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
    facts = [of_instrument(example.act) for _, example in taught]

    def fitted(rows: Sequence[int]) -> Weights:
        return _instruments([facts[row] for row in rows], [instruments[row] for row in rows])

    none = Weights({}, 0.0)
    read = [FlowWeights(w, none).instrument(own) for w, own in zip(held_out(parts, fitted), facts, strict=True)]
    own, asked = [example for _, example in taught], [scored is None or at < scored for at, _ in taught]
    names = _provider_names(own, read)
    first, sure, lower = _role(PROVIDER, own, names, parts, asked)
    names = _recipient_names(own, read, names, sure, lower)  # by the providers that are chosen in unseen articles
    second, _, upper = _role(RECIPIENT, own, names, parts, asked)
    parties = Weights(first.of | second.of, 0.0, {PROVIDER: lower, RECIPIENT: upper, ANY: 0.5})
    return FlowWeights(fitted(range(len(taught))), parties)


def use(doc: Doc, fitted: FlowWeights | None) -> None:
    """Sets the flows of a Doc, where there are weights: gold has flows."""
    if fitted is not None:
        give_flows(doc, fitted)


def continued(articles: Sequence[Sequence[Example]], installed: FlowWeights, only: str) -> FlowWeights:
    """Installed weights with those of the features of parties whose names begin with `only` fitted over them."""
    own = [example for taught in articles for example in taught]
    instruments = [installed.instrument(of_instrument(one.act)) for one in own]
    names, parties, of = _provider_names(own, instruments), installed.parties, dict(installed.parties.of)
    for role in (PROVIDER, RECIPIENT):
        if role == RECIPIENT:
            sure = [[parties.probability(PROVIDER, one) for one in listed] for listed in names]
            names = _recipient_names(own, instruments, names, sure, parties.thresholds[PROVIDER])
        kept = {name: weight for name, weight in of[role].items() if not name.startswith(only)}
        listed = [name for actors in names for name in actors]
        added = [[name for name in one if name.startswith(only)] for one in listed]
        base = np.array([kept[ANY] + sum(kept.get(name, 0.0) for name in one) for one in listed])
        wanted = np.array([[not right, right] for one in own for right in one.right(role)], np.float64)
        counts, columns = np.array([one.weight for one in own for _ in one.actors]), columns_of(added)
        both = np.column_stack([np.zeros(len(base)), base])
        shift = shifted(matrix_of(added, columns), wanted, both, counts * ADDED_STRENGTH / 2)  # half for each class
        of[role] = kept | {
            name: w for name, w in _named(columns, shift[:, 1] - shift[:, 0], 0.0).items() if name != ANY
        }
    return FlowWeights(installed.instruments, Weights(of, 0.0, parties.thresholds))


Names = list[list[list[str]]]  # of each example, of each of its candidates


def _provider_names(own: Sequence[Example], instruments: Sequence[Instrument]) -> Names:
    return [
        [of_provider(one.act, actor, instrument) for actor in one.actors]
        for one, instrument in zip(own, instruments, strict=True)
    ]


def _recipient_names(
    own: Sequence[Example], instruments: Sequence[Instrument], names: Names, sure: list[list[float]], least: float
) -> Names:
    """`names`, `sure`: of the same candidates as providers; those likelier than `least` are taken for providers."""
    found = []
    for one, instrument, shared, likely in zip(own, instruments, names, sure, strict=True):
        given = chosen(list(zip(likely, one.actors, strict=True)), least)
        pairs = zip(one.actors, shared, strict=True)
        found.append([of_recipient(one.act, actor, instrument, common, given) for actor, common in pairs])
    return found


def _role(
    role: str, own: Sequence[Example], names: Names, parts: Sequence[int], asked: Sequence[bool]
) -> tuple[Weights, list[list[float]], float]:
    """The weights of a role, what they make of each actor where they never saw it, and the threshold of those asked.

    From the threshold on most commitments have exactly the right actors. It is the mean of those that are about as
    good, since the one that happens to be best may lie anywhere.
    """

    def fitted(rows: Sequence[int]) -> Weights:
        answers = [answer for row in rows for answer in own[row].right(role)]
        if len(set(answers)) < 2:
            return Weights({ANY: {}, role: {ANY: 9.0 if any(answers) else -9.0}}, 0.0)
        listed = [name for row in rows for name in names[row]]
        columns = columns_of(listed)
        model = LogisticRegression(C=PARTY_STRENGTH, max_iter=1000, solver="liblinear", random_state=0)
        counts = [own[row].weight for row in rows for _ in own[row].actors]
        model.fit(matrix_of(listed, columns), answers, sample_weight=counts)
        return Weights({ANY: {}, role: _named(columns, model.coef_[0], model.intercept_[0])}, 0.0)

    of_others = zip(held_out(parts, fitted), names, strict=True)
    sure = [[weights.probability(role, one) for one in listed] for weights, listed in of_others]
    known = [
        (one, [*zip(likely, one.actors, strict=True)]) for one, likely in compress(zip(own, sure, strict=True), asked)
    ]
    hits = [
        sum(one.weight * ({id(a) for a in chosen(likely, step)} == one.parties[role]) for one, likely in known)
        for step in STEPS
    ]
    good = [step for step, right in zip(STEPS, hits, strict=True) if right >= max(hits) * SLACK]
    return fitted(range(len(own))), sure, round(sum(good) / len(good), 3)


def _instruments(names: Sequence[Sequence[str]], instruments: Sequence[str]) -> Weights:
    """Weights for each instrument."""
    columns = columns_of(names)
    slopes, biases = classes_of(matrix_of(names, columns), instruments, INSTRUMENTS, INSTRUMENT_STRENGTH)
    each = zip(INSTRUMENTS, slopes.T, biases, strict=True)
    return Weights({ANY: {}} | {name: _named(columns, own, bias) for name, own, bias in each}, 0.0)


def _named(columns: dict[str, int], weights: Any, bias: float) -> dict[str, float]:
    found = {name: round(float(weights[at]), 2) for name, at in columns.items() if abs(weights[at]) >= SMALLEST}
    return {ANY: round(float(bias), 3), **found}
