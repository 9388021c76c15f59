"""Sets the flow of every commitment with money: weights choose the instrument, who provides, then who receives."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from math import exp, prod
from pathlib import Path
from typing import get_args

from spacy.tokens import Doc

from pipeline.record import Instrument
from pipeline.stages.commitments.flow.acts import Act, ActContext
from pipeline.stages.commitments.flow.cues import LENT, terms_of
from pipeline.stages.commitments.flow.party_features import candidates, of_instrument, of_provider, of_recipient
from pipeline.stages.document.doc import Commitment, Entity, Flow
from pipeline.stages.models.linear import ANY, Weights, weights

INSTRUMENTS: tuple[Instrument, ...] = get_args(Instrument)
INSTRUMENT_WEIGHTS, PARTY_WEIGHTS = "flow_instruments.json.xz", "flow_parties.json.xz"
PROVIDER, RECIPIENT = "provider", "recipient"
LEAST = 0.2  # probability from which the likeliest actor stands where none is likely enough

Likely = tuple[float, Entity]


@dataclass(frozen=True)
class FlowWeights:
    """`instruments`: by instrument; `parties`: of provider and recipient, with a threshold each."""

    instruments: Weights
    parties: Weights

    @cached_property
    def table(self) -> dict[str, tuple[float, ...]]:
        """What each feature speaks for each of INSTRUMENTS; `ANY`: what holds with no feature."""
        of = self.instruments.of
        names = dict.fromkeys(name for weights in of.values() for name in weights)
        return {name: tuple(of[one].get(name, 0.0) for one in INSTRUMENTS) for name in names}

    def instrument(self, names: Iterable[str]) -> Instrument:
        """The likeliest instrument of an act with these features, of equals the first."""
        return self.likeliest(names)[0]

    def likeliest(self, names: Iterable[str]) -> tuple[Instrument, float]:
        """The same with its probability."""
        table = self.table
        known = [table[name] for name in names if name in table]
        scores = [sum(column) for column in zip(table[ANY], *known, strict=True)]
        best = max(scores)
        return INSTRUMENTS[scores.index(best)], 1 / sum(exp(score - best) for score in scores)

    def write(self, folder: Path) -> None:
        """Writes what the stage reads."""
        self.instruments.write(folder / INSTRUMENT_WEIGHTS)
        self.parties.write(folder / PARTY_WEIGHTS)


@cache
def read_flow_weights(folder: Path) -> FlowWeights:
    """The weights in a folder of `models/`; raises SetupError where they are missing or cut short."""
    return FlowWeights(weights(folder / INSTRUMENT_WEIGHTS), weights(folder / PARTY_WEIGHTS))


def has_money(commitment: Commitment) -> bool:
    """Whether a commitment has a flow: of kind finance, or with an amount."""
    return commitment.kind == "finance" or bool(commitment.amounts)


def give_flows(doc: Doc, trained: FlowWeights) -> None:
    """Sets `flow` of the commitments of a Doc that have money."""
    for act in acts_of(doc, doc._.commitments):
        act.commitment.flow = flow_of(act, trained)


def acts_of(doc: Doc, commitments: Iterable[Commitment]) -> Iterator[Act]:
    """The acts of those commitments that have money."""
    context: ActContext | None = None
    for commitment in commitments:
        if has_money(commitment):
            context = context or ActContext(doc)
            yield Act(context, commitment)


def flow_of(act: Act, trained: FlowWeights) -> Flow:
    """The flow of one act; how sure it is goes into `sure` and `whole` of its commitment."""
    instrument, sure = trained.likeliest(of_instrument(act))
    actors, parties = candidates(act), trained.parties
    common = [of_provider(act, actor, instrument) for actor in actors]
    giving = [(parties.probability(PROVIDER, names), actor) for names, actor in zip(common, actors, strict=True)]
    providers = chosen(giving, parties.thresholds[PROVIDER])
    getting = [
        (parties.probability(RECIPIENT, of_recipient(act, actor, instrument, names, providers)), actor)
        for names, actor in zip(common, actors, strict=True)
        if all(actor is not other for other in providers)
    ]
    recipients = chosen(getting, parties.thresholds[RECIPIENT])
    act.commitment.sure["instrument"], act.commitment.whole["instrument"] = [sure], sure
    for side, judged, taken in ((PROVIDER, giving, providers), (RECIPIENT, getting, recipients)):
        stands = {id(actor) for actor in taken}
        act.commitment.sure[side] = [likely for likely, actor in judged if id(actor) in stands]
        act.commitment.whole[side] = prod(p if id(actor) in stands else 1 - p for p, actor in judged)
    terms = terms_of(act.words) if instrument in LENT else {}
    return Flow(instrument, tuple(providers), tuple(recipients), terms)


def chosen(judged: Sequence[Likely], threshold: float) -> list[Entity]:
    """The actors that are likely enough; where none is, the likeliest, from LEAST on."""
    found = [actor for sure, actor in judged if sure >= threshold]
    if found or not judged:
        return found
    sure, best = max(judged, key=lambda pair: pair[0])
    return [best] if sure >= LEAST else []
