"""Sets the flow of every commitment with money: weights choose the instrument, who provides, then who receives.

What speaks for an instrument, and for each who may provide or receive, are named facts.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from math import exp, prod
from pathlib import Path
from typing import get_args

from spacy.tokens import Doc

from pipeline.record import Instrument
from pipeline.stages.commitments.flow.acts import LENT, Act, ActContext, home_or_abroad, lends, name_of, terms_of
from pipeline.stages.document.doc import Commitment, Entity, Flow
from pipeline.stages.document.grammar import function, objects
from pipeline.stages.document.mentions import distinct
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


AROUND = 2  # sentences before that of the trigger whose actors may pay or receive
MOST = 16  # actors that are weighed for one act
PAIRED = ("slot", "grammar", "kind", "where", "usual", "history")  # facts that mean something else for each instrument
CONTENT = ("NOUN", "VERB", "ADJ", "PROPN")
CLOSE = 5  # words beside an amount


def candidates(act: Act) -> list[Entity]:
    """Who may provide or receive the money of an act: its slots, the bodies near, and the usual ones."""
    found = act.commitment
    before = [actor for step in range(1, AROUND + 1) for actor in act.context.actors(act.number - step)]
    speaker = [found.attributed_to] if found.attributed_to else []
    usual = distinct(actor for _, actor in act.context.usual)
    bodies = (actor for actor in [*act.here, *before] if actor.kind != "person")
    near = distinct([*found.by, *found.with_, *found.to, *speaker, *bodies])
    return distinct([*near[: MOST - len(usual)], *usual])


def of_provider(act: Act, actor: Entity, instrument: str) -> list[str]:
    """The features of an actor as provider of the money of an act."""
    slot = slot_of(act, actor)
    common = [*_standing(act, actor, slot), *_grammar(act, actor, slot), *_history(act, actor, slot)]
    paired = [f"{name} {instrument}" for name in common if name.startswith(PAIRED)]
    return list(dict.fromkeys([*common, *paired, *_filled(act, actor, slot, instrument), *_fellows(act, actor, slot)]))


def of_recipient(act: Act, actor: Entity, instrument: str, common: list[str], providers: Sequence[Entity]) -> list[str]:
    """The features of an actor as recipient; `common`: its features as provider."""
    return list(dict.fromkeys([*common, *_beside(act, actor, instrument, providers)]))


def slot_of(act: Act, actor: Entity) -> str:
    """The slot of the commitment that an actor fills: by, with, to, speaker or none."""
    found = act.commitment
    for name, slot in (("by", found.by), ("with", found.with_), ("to", found.to)):
        if _is_among(actor, slot):
            return name
    return "speaker" if actor is found.attributed_to else "none"


def _standing(act: Act, actor: Entity, slot: str) -> Iterator[str]:
    """What an actor is, and what its slot means for this act."""
    found, context = act.commitment, act.context
    where, name = home_or_abroad(actor, context.home), name_of(actor)
    yield from (f"slot {slot}", f"kind {actor.kind}", f"slot {slot} kind {actor.kind}")
    yield from (f"slot {slot} status {found.status}", f"slot {slot} commits {found.kind}")
    yield from (f"slot {slot} moves {move}" for move in act.moves or ["none"])
    yield from (f"slot {slot} trigger {lemma}" for lemma in act.lemmas)
    yield from (f"slot {slot} passive {act.passive}", f"slot {slot} form {act.form}")
    yield from (f"where {where}", f"where {where} kind {actor.kind} slot {slot}")
    yield from (f"name {name}", f"name {name} slot {slot}", f"spoken {min(5, context.spoken[id(actor)])}")
    for usual, other in context.usual:
        if other is actor:
            yield from (f"usual {usual}", f"usual {usual} slot {slot}")


def _filled(act: Act, actor: Entity, slot: str, instrument: str) -> Iterator[str]:
    """Which slots are filled at all, and by whom."""
    found = act.commitment
    filled = "+".join(name for name, own in (("by", found.by), ("with", found.with_), ("to", found.to)) if own)
    yield from (f"filled {filled} slot {slot}", f"filled {filled} slot {slot} {instrument}", f"instrument {instrument}")
    first = found.by[0] if found.by else None
    if first and slot == "none" and first.country and first.country == actor.country:
        yield f"compatriot of by {first.kind} kind {actor.kind}"
    if kinds := {other.kind for other in found.by if other is not actor}:
        yield f"slot {slot} beside by {'person' if kinds == {'person'} else 'body'} kind {actor.kind}"
    opposite = found.to if slot == "by" else found.by if slot == "to" else []
    for other in opposite[:1]:
        yield f"slot {slot} kind {actor.kind} opposite {other.kind}"
        yield f"slot {slot} kind {actor.kind} opposite {other.kind} {instrument}"


def _fellows(act: Act, actor: Entity, slot: str) -> Iterator[str]:
    """What an actor is to the others of its slot: one may stand for another, as a state for its cabinet."""
    found, context = act.commitment, act.context
    fellows = [a for a in {"by": found.by, "with": found.with_, "to": found.to}.get(slot, []) if a is not actor]
    yield f"slot {slot} fellows {min(3, len(fellows))}"
    present = _is_among(actor, act.here)
    for other in fellows[:MOST]:
        same = "compatriot" if other.country and other.country == actor.country else "fellow"
        yield f"slot {slot} {actor.kind} {same} {other.kind}"
        yield f"slot {slot} name {name_of(actor)} {same} {name_of(other)}"
        if present != _is_among(other, act.here):
            yield f"slot {slot} {'alone' if present else 'not'} here, {same}"
    if fellows:
        most, own = max(context.spoken[id(other)] for other in fellows), context.spoken[id(actor)]
        yield f"slot {slot} spoken {'more' if own > most else 'less' if own < most else 'as much'}"


def _grammar(act: Act, actor: Entity, slot: str) -> Iterator[str]:
    """Where the actor stands in the sentence of the act, and which function it has there."""
    spans = [span for span in act.spans if span.entity is actor]
    if not spans:
        yield f"grammar away {_steps(act, actor)}"
        return
    (amount, _), trigger = act.place, act.commitment.trigger_start
    span = min(spans, key=lambda span: abs(span.start - trigger))
    role = function(span.head)
    above = span.head.head.head if role.startswith("pobj") else span.head.head
    inside = any(above is word for word in act.trigger)
    yield from (f"grammar {role}", f"grammar {role} passive {act.passive}", f"grammar {role} of {above.lemma}")
    yield from (f"grammar {role} of {cue.instrument}" for cue in act.cues if cue.start <= above.idx < cue.end)
    yield from (f"grammar {role} moves {move}" for move in act.moves)
    yield f"grammar {role} {'of trigger' if inside else 'elsewhere'}"
    yield f"grammar {'before' if span.start < trigger else 'after'} trigger"
    yield f"grammar {'before' if span.start < amount else 'after'} amount"
    between = min(2, act.context.money_between(min(span.start, amount), max(span.start, amount)))
    yield from (f"grammar sums between {between}", f"slot {slot} sums between {between}")
    nearer = sum(abs(other.start - trigger) < abs(span.start - trigger) for other in act.spans)
    yield from (f"rank {min(3, nearer)} slot {slot}", f"actors {min(4, len(act.here))}")
    edge = span.head.left_edge
    yield f"word before {act.context.view.words[edge.i - 1].lower if edge.i else ''}"


def _history(act: Act, actor: Entity, slot: str) -> Iterator[str]:
    """Whether an actor is of those who lend more than the others of the act do."""
    found = act.commitment
    others = [
        lends(other)
        for other in distinct([*found.by, *found.with_, *found.to, *act.here])
        if other is not actor and (other.country is None or other.country != actor.country)
    ]
    own = lends(actor)
    if not others:
        yield f"history alone {own}"
        return
    most = max(others)
    beside = "more" if own > most else "less" if own < most else "as much"
    yield from (f"history {beside}", f"history {beside} {own}", f"history {beside} slot {slot}")
    yield from (f"history {beside} slot {slot} moves {move}" for move in act.moves or ["none"])


def _beside(act: Act, actor: Entity, instrument: str, providers: Sequence[Entity]) -> Iterator[str]:
    """What an actor is to those who provide."""
    if _is_among(actor, providers):
        yield "provides"
        return
    context, slot = act.context, slot_of(act, actor)
    first = providers[0] if providers else None
    origin = f"{first.kind} {home_or_abroad(first, context.home)}" if first else "nobody"
    usual = " ".join(name for name, other in context.usual if other is actor and name != "spoken") or "no"
    filled = "to" if act.commitment.to else "with" if act.commitment.with_ else "by"
    here = "here" if _is_among(actor, act.here) else "away"
    others = [a for a in act.here if a is not actor and a.kind != "person" and not _is_among(a, providers)]
    rivals, where = min(2, len(others)), home_or_abroad(actor, context.home)
    yield f"from {origin} to {actor.kind} {where}"
    yield f"from {origin} to {actor.kind} {where} slot {slot}"
    yield f"from {origin} to usual {usual} filled {filled}"
    yield f"from {origin} to usual {usual} {instrument}"
    yield f"from {origin} to usual {usual} {instrument} filled {filled}"
    yield f"from {origin} to usual {usual} {here}"
    yield f"from {origin} slot {slot} rivals {rivals}"
    yield f"to usual {usual} filled {filled} {instrument}"
    yield f"to usual {usual} {here} {instrument}"
    yield f"to usual {usual} rivals {rivals} {here}"
    if first:
        same, other = "same" if first.country == actor.country else "other", slot_of(act, first)
        yield f"{same} country as provider {actor.kind} {first.kind}"
        yield f"{same} country as provider slot {slot} {instrument}"
        yield f"provider in {other} actor in {slot}"
        yield f"provider in {other} actor in {slot} {instrument}"
        yield f"provider in {other} actor in {slot} usual {usual}"


def _steps(act: Act, actor: Entity) -> int | str:
    """How many sentences before that of the act an actor stands."""
    steps = (step for step in range(1, AROUND + 1) if _is_among(actor, act.context.actors(act.number - step)))
    return next(steps, "far")


def _is_among(actor: Entity, others: Sequence[Entity]) -> bool:
    return any(actor is other for other in others)


def of_instrument(act: Act) -> list[str]:
    """The features of the instrument of an act; each name once."""
    return list(dict.fromkeys([*_words(act), *_cues(act), *_actors(act)]))


def _words(act: Act) -> Iterator[str]:
    found = act.commitment
    yield f"kind {found.kind}"
    yield f"status {found.status}"
    yield f"kind {found.kind} {found.status}"
    yield from (f"trigger {lemma}" for lemma in act.lemmas)
    yield from (f"moves {move}" for move in act.moves)
    yield from (f"object {word.lemma}" for word in objects(act.head))
    start, _ = act.place
    before = [word for word in act.near if word.idx < start]
    after = [word for word in act.near if word.idx >= start]
    yield from (f"near {word.lemma}" for word in [*before[-CLOSE:], *after[:CLOSE]] if word.pos in CONTENT)
    yield from (f"before {word.lower}" for word in before[-1:])
    yield from (f"after {word.lower}" for word in after[:1])
    yield from (f"says {word.lemma}" for word in act.sentence if word.pos in CONTENT)
    yield f"sums {min(2, len(found.amounts))}"
    for amount in found.amounts[:1]:
        yield f"currency {amount.currency}"


def _cues(act: Act) -> Iterator[str]:
    start, end = act.commitment.trigger_start, act.commitment.trigger_end
    first, last = act.place
    sentence = act.cues
    begin, stop = (act.near[0].idx, act.near[-1].end) if act.near else (first, last)
    for cue in sentence:
        where = "trigger" if start <= cue.start < end else "near" if begin <= cue.start < stop else "sentence"
        yield f"cue {where} {cue.instrument}"
        yield f"cue {cue.instrument}"
    if sentence:
        nearest = min(sentence, key=lambda cue: min(abs(cue.start - last), abs(first - cue.end)))
        yield f"nearest cue {nearest.instrument}"
        nearest = min(sentence, key=lambda cue: min(abs(cue.start - end), abs(start - cue.end)))
        yield f"nearest cue to trigger {nearest.instrument}"
    else:
        yield "no cue"
    for name, cues in (
        ("previous", [cue.instrument for cue in act.context.cues(act.number - 1)]),
        ("title", act.context.title),
        ("topic", act.context.topic),
    ):
        yield from (f"cue {name} {instrument}" for instrument in dict.fromkeys(cues))


def _actors(act: Act) -> Iterator[str]:
    found, home = act.commitment, act.context.home
    for slot, actors in (("by", found.by), ("to", found.to), ("with", found.with_)):
        yield from (f"{slot} {actor.kind}" for actor in actors[:3])
        yield from (f"{slot} {home_or_abroad(actor, home)} {actor.kind}" for actor in actors[:3])
        yield from (f"{slot} name {name_of(actor)}" for actor in actors[:3])
        if not actors:
            yield f"{slot} none"
    if found.by:
        yield f"by {found.by[0].kind} {found.kind}"
        yield from (f"by {found.by[0].kind} moves {move}" for move in act.moves)
        if found.to:
            yield f"by {found.by[0].kind} to {found.to[0].kind}"
            yield f"by to {'same' if found.by[0].country == found.to[0].country else 'other'} country"
    yield f"project {bool(found.projects)}"
