"""What speaks for an instrument, and for an actor as provider or recipient, as names of facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.article.doc import Entity
from pipeline.article.entities import HeadedSpan, distinct
from pipeline.article.grammar import function, is_passive, objects, tense
from pipeline.stages.commitments.flow.acts import AROUND, Act

CONTENT = ("NOUN", "VERB", "ADJ", "PROPN")
CLOSE = 5  # words beside an amount


def of_instrument(act: Act) -> list[str]:
    """What tells the instrument of an act; each name once."""
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
    sentence = act.scene.cues(act.number)
    near = {word.i for word in act.near}
    region = [word.idx for word in act.scene.view.words[min(near) : max(near) + 1]] if near else [first]
    told: list[str] = []
    for cue in sentence:
        where = "trigger" if start <= cue.start < end else "near" if region[0] <= cue.start <= region[-1] else "sentence"
        yield f"cue {where} {cue.instrument}"
        yield f"cue {cue.instrument}"
        told.append(cue.instrument)
    if sentence:
        nearest = min(sentence, key=lambda cue: min(abs(cue.start - last), abs(first - cue.end)))
        yield f"nearest cue {nearest.instrument}"
        nearest = min(sentence, key=lambda cue: min(abs(cue.start - end), abs(start - cue.end)))
        yield f"nearest cue to trigger {nearest.instrument}"
    else:
        yield "no cue"
    for name, cues in (
        ("previous", [cue.instrument for cue in act.scene.cues(act.number - 1)]),
        ("title", act.scene.title),
        ("topic", act.scene.topic),
    ):
        yield from (f"cue {name} {instrument}" for instrument in dict.fromkeys(cues))


def _actors(act: Act) -> Iterator[str]:
    found, home = act.commitment, act.scene.home
    for slot, actors in (("by", found.by), ("to", found.to), ("with", found.with_)):
        yield from (f"{slot} {actor.kind}" for actor in actors[:3])
        yield from (f"{slot} {_where(actor, home)} {actor.kind}" for actor in actors[:3])
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


def _where(actor: Entity, home: str | None) -> str:
    if actor.country is None:
        return "nowhere"
    return "home" if actor.country == home else "abroad"


ROLES = ("provider", "recipient")


def candidates(act: Act) -> list[Entity]:
    """Who may provide or receive the money of an act: its slots first, then who stands near, then the usual ones."""
    found = act.commitment
    near = [actor for step in range(AROUND + 1) for actor in act.scene.actors(act.number - step)]
    speaker = [found.attributed_to] if found.attributed_to else []
    return distinct([*found.by, *found.with_, *found.to, *speaker, *near, *(actor for _, actor in act.scene.usual)])


PAIRED = ("slot", "grammar", "kind", "where", "usual")  # facts that mean something else for each instrument


def of_provider(act: Act, actor: Entity, instrument: str) -> list[str]:
    """What tells whether an actor provides the money of an act of an instrument."""
    slot = _slot(act, actor)
    common = [*_standing(act, actor, slot), *_grammar(act, actor)]
    paired = [f"{name} {instrument}" for name in common if name.startswith(PAIRED)]
    return list(dict.fromkeys([*common, *paired, *_shape(act, actor, slot, instrument)]))


def of_recipient(act: Act, actor: Entity, instrument: str, common: list[str], providers: Sequence[Entity]) -> list[str]:
    """What tells whether an actor receives it; `common`: what `of_provider` says of it."""
    return list(dict.fromkeys([*common, *_beside(act, actor, instrument, providers)]))


def _beside(act: Act, actor: Entity, instrument: str, providers: Sequence[Entity]) -> Iterator[str]:
    """What an actor is to those who provide."""
    if any(actor is provider for provider in providers):
        yield "provides"
        return
    scene, slot = act.scene, _slot(act, actor)
    usual = " ".join(name for name, other in scene.usual if other is actor and name != "spoken") or "no"
    first = providers[0] if providers else None
    origin = f"{first.kind} {_where(first, scene.home)}" if first else "nobody"
    where = _where(actor, scene.home)
    filled = "to" if act.commitment.to else "with" if act.commitment.with_ else "by"
    yield f"from {origin} to {actor.kind} {where}"
    yield f"from {origin} to {actor.kind} {where} slot {slot}"
    yield f"from {origin} to usual {usual} filled {filled}"
    yield f"from {origin} to usual {usual} {instrument}"
    yield f"from {origin} to usual {usual} {instrument} filled {filled}"
    yield f"to usual {usual} filled {filled} {instrument}"
    here = any(actor is other for other in scene.actors(act.number))
    yield f"to usual {usual} here {here} {instrument}"
    yield f"from {origin} to usual {usual} here {here}"
    others = [a for a in scene.actors(act.number) if a is not actor and not any(a is p for p in providers) and a.kind != "person"]
    yield f"to usual {usual} rivals {min(2, len(others))} here {here}"
    yield f"from {origin} slot {slot} rivals {min(2, len(others))}"
    if first:
        same = "same" if first.country == actor.country else "other"
        yield f"{same} country as provider {actor.kind} {first.kind}"
        yield f"{same} country as provider slot {slot} {instrument}"
        yield f"provider in slot {_slot(act, first)} actor in {slot}"
        yield f"provider in slot {_slot(act, first)} actor in {slot} {instrument}"
        yield f"provider in slot {_slot(act, first)} actor in {slot} usual {usual}"


def _slot(act: Act, actor: Entity) -> str:
    found = act.commitment
    for name, slot in (("by", found.by), ("with", found.with_), ("to", found.to)):
        if any(actor is other for other in slot):
            return name
    return "speaker" if actor is found.attributed_to else "none"


def _standing(act: Act, actor: Entity, slot: str) -> Iterator[str]:
    found, scene = act.commitment, act.scene
    yield f"slot {slot}"
    yield f"kind {actor.kind}"
    yield f"slot {slot} kind {actor.kind}"
    yield f"slot {slot} status {found.status}"
    yield f"slot {slot} commits {found.kind}"
    yield from (f"slot {slot} moves {move}" for move in act.moves or ["none"])
    yield from (f"slot {slot} trigger {lemma}" for lemma in act.lemmas)
    yield f"slot {slot} passive {is_passive(act.head)}"
    yield f"slot {slot} form {tense(act.head)}"
    yield f"where {_where(actor, scene.home)}"
    yield f"where {_where(actor, scene.home)} kind {actor.kind} slot {slot}"
    yield f"name {name_of(actor)}"
    yield f"name {name_of(actor)} slot {slot}"
    yield f"spoken {min(5, scene.spoken[id(actor)])}"
    for name, other in scene.usual:
        if other is actor:
            yield f"usual {name}"
            yield f"usual {name} slot {slot}"


def _shape(act: Act, actor: Entity, slot: str, instrument: str) -> Iterator[str]:
    """Which slots are filled at all, and by whom of the same country."""
    found = act.commitment
    filled = f"{'by' if found.by else ''} {'with' if found.with_ else ''} {'to' if found.to else ''}"
    yield f"filled {filled} slot {slot}"
    yield f"filled {filled} slot {slot} {instrument}"
    yield f"instrument {instrument}"
    kinds = {other.kind for other in found.by if other is not actor}
    if slot == "none":
        same = [other for other in found.by if other.country and other.country == actor.country]
        if same:
            yield f"compatriot of by {same[0].kind} kind {actor.kind}"
    if kinds:
        yield f"slot {slot} beside by {'person' if kinds == {'person'} else 'body'} kind {actor.kind}"
    if found.to and slot == "by":
        yield f"slot by kind {actor.kind} to {found.to[0].kind} {instrument}"
        yield f"slot by kind {actor.kind} to {found.to[0].kind}"
    if found.by and slot == "to":
        yield f"slot to kind {actor.kind} by {found.by[0].kind} {instrument}"
        yield f"slot to kind {actor.kind} by {found.by[0].kind}"


def _grammar(act: Act, actor: Entity) -> Iterator[str]:
    """Where the actor stands in the sentence of the act, and which function it has there."""
    spans = [span for span in spans_of(act) if span.entity is actor]
    if not spans:
        yield f"grammar away {_steps(act, actor)}"
        return
    start, _ = act.place
    span = min(spans, key=lambda span: abs(span.start - act.commitment.trigger_start))
    told = function(span.head)
    yield f"grammar {told}"
    yield f"grammar {'before' if span.start < act.commitment.trigger_start else 'after'} trigger"
    yield f"grammar {'before' if span.start < start else 'after'} amount"
    yield f"grammar {told} passive {is_passive(act.head)}"
    above = span.head.head
    if told.startswith("pobj"):
        above = above.head
    yield f"grammar {told} of {above.lemma}"
    yield from (f"grammar {told} moves {move}" for move in act.moves)
    inside = above.i in {word.i for word in act.trigger}
    yield f"grammar {told} {'of trigger' if inside else 'elsewhere'}"
    between = act.scene.money_between(*sorted((span.start, start)))
    yield f"grammar sums between {min(2, between)}"
    yield f"slot {_slot(act, actor)} sums between {min(2, between)}"
    rank = sorted(abs(other.start - act.commitment.trigger_start) for other in spans_of(act) if other.entity).index(
        abs(span.start - act.commitment.trigger_start)
    )
    yield f"rank {min(3, rank)} slot {_slot(act, actor)}"
    yield f"word before {act.scene.view.words[span.head.left_edge.i - 1].lower if span.head.left_edge.i else ''}"
    others = len({id(other.entity) for other in spans_of(act) if other.entity and other.entity.is_actor})
    yield f"actors {min(4, others)}"


def spans_of(act: Act) -> list[HeadedSpan]:
    """The spans of actors in the sentence of an act."""
    return act.spans


def name_of(actor: Entity) -> str:
    """The word that says what kind of body an actor is."""
    return actor.name.split()[-1].lower() if actor.kind not in ("country", "person") and actor.name else str(actor.kind)


def _steps(act: Act, actor: Entity) -> int | str:
    for step in range(1, AROUND + 1):
        if any(actor is other for other in act.scene.actors(act.number - step)):
            return step
    return "far"
