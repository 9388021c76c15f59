"""What speaks for an instrument, as names of facts that the weights know."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.stages.commitments.flow.acts import Act, home_or_abroad, name_of
from pipeline.stages.document.grammar import objects

CONTENT = ("NOUN", "VERB", "ADJ", "PROPN")
CLOSE = 5  # words beside an amount


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
        ("previous", [cue.instrument for cue in act.scene.cues(act.number - 1)]),
        ("title", act.scene.title),
        ("topic", act.scene.topic),
    ):
        yield from (f"cue {name} {instrument}" for instrument in dict.fromkeys(cues))


def _actors(act: Act) -> Iterator[str]:
    found, home = act.commitment, act.scene.home
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
