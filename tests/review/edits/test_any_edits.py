"""Whatever a reviewer does, in whatever order: the record stays whole, its gold sound, and undo leads back."""

import json
import re
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from review.formats.people import TEXT
from review.page.steps import Json, record

from pipeline.gold.check import problems
from pipeline.gold.folder import as_gold
from pipeline.record import Record, quotes
from pipeline.review.accepted.decisions import Decided
from pipeline.review.edits.fields import ACTORS, KINDS, MENTIONS, RELATIONS, STATUSES
from pipeline.review.edits.operations import OPERATIONS
from pipeline.review.edits.progress import Progress, after, based_on, begin, decided, notes
from pipeline.review.edits.working import SLOTS, Refused, State, ids_of, relation_id, rests_on, slot_ids

WORDS = [match.span() for match in re.finditer(r"\S+", TEXT)]
PLACES = st.tuples(st.integers(0, len(WORDS) - 1), st.integers(0, 2)).map(
    lambda at: {"start": WORDS[at[0]][0], "end": WORDS[min(sum(at), len(WORDS) - 1)][1]}
)
NAMES = st.sampled_from(["Laos", "the bank", "Pakse bridge", "<b>x</b>", "a:b", "ປາກເຊ", "\x00"]) | st.text(max_size=5)
CODES = st.lists(st.sampled_from(["210", "230", "998"]), max_size=3)
COUNTRIES = st.sampled_from(["LAO", "THA", "KEN"])
NUMBERS = st.none() | st.floats(0, 1e12) | st.integers(0, 10**12)
ISO = st.none() | st.sampled_from(["2030", "2025-06", "2025-06-30", "2025-07/2026-06"])
FIELDS: dict[str, dict[str, Any]] = {
    "mention": {"label": st.sampled_from(MENTIONS), "place": PLACES, "entity": ...},
    "actor": {"name": NAMES, "kind": st.sampled_from(ACTORS), "country": st.none() | COUNTRIES,
              "role": st.none() | NAMES, "aliases": st.lists(NAMES, max_size=2), "mentions": ...},
    "project": {"name": NAMES, "programme": st.booleans(), "sectors": CODES,
                "countries": st.lists(COUNTRIES, max_size=2), "mentions": ...},
    "relation": {"subject": ..., "type": st.sampled_from(RELATIONS), "object": ..., "sentence": st.integers(0, 1)},
    "commitment": {"kind": st.sampled_from(KINDS), "status": st.sampled_from(STATUSES), "place": PLACES,
                   "negated": st.booleans(), "sentences": st.lists(st.integers(0, 1), max_size=2)},
    "amounts": {"value": NUMBERS, "low": NUMBERS, "high": NUMBERS, "currency": st.sampled_from(["USD", "LAK", None])},
    "dates": {"iso": ISO},
    "article": {"sectors": CODES},
}  # fmt: skip
NO_SETTING = {"actor": {"mentions"}, "project": {"mentions"}}
NEW = {  # what an addition has to say, and what it cannot
    "mention": ({"label", "place"}, set()),
    "actor": ({"name", "kind"}, set()),
    "project": ({"name"}, set()),
    "relation": ({"subject", "type", "object"}, set()),
    "commitment": ({"kind", "status", "place"}, {"sentences"}),
}


def parts_of(found: Record) -> dict[str, list[str]]:
    """The ids of a record by what they are of."""
    slots = [(known, at) for one in found.commitments for known, at, _ in slot_ids(one)]
    told = {"mention": found.mentions, "actor": found.actors, "project": found.projects}
    return {
        **{what: [part.id for part in some] for what, some in told.items()},
        "commitment": [one.id for one in found.commitments],
        "relation": [relation_id(one) for one in found.relations],
        **{what: [known for known, at in slots if at == what] for what in ("amounts", "dates")},
        "article": ["article"],
    }


def chosen(names: list[str]) -> st.SearchStrategy[Any]:
    return st.sampled_from(names) if names else st.just("m1")


@st.composite
def fields(draw: st.DrawFn, what: str, names: set[str], parts: dict[str, list[str]]) -> Json:
    entities = [*parts["actor"], *parts["project"]]
    known = {
        "entity": st.none() | chosen(entities),
        "mentions": st.lists(chosen(parts["mention"]), max_size=3),
        **dict.fromkeys(("subject", "object"), chosen([*entities, *parts["mention"]])),
    }
    told = {name: draw(known[name] if FIELDS[what][name] is ... else FIELDS[what][name]) for name in sorted(names)}
    return {**told.pop("place", {}), **told}


@st.composite
def decisions(draw: st.DrawFn, found: Record) -> Json:
    """Something to do with a record as it is now, which most often can be done."""
    parts = parts_of(found)
    do = draw(st.sampled_from([*OPERATIONS, "set", "add", "undo", "redo"]))
    match do:
        case "set":
            what = draw(st.sampled_from([name for name, some in parts.items() if some and name != "relation"]))
            names = draw(
                st.sets(st.sampled_from(sorted(FIELDS[what].keys() - NO_SETTING.get(what, set()))), min_size=1)
            )
            return {"do": do, "id": draw(chosen(parts[what])), "fields": draw(fields(what, names, parts))}
        case "add":
            what = draw(st.sampled_from(sorted(NEW)))
            needed, never = NEW[what]
            names = needed | draw(st.sets(st.sampled_from(sorted(FIELDS[what].keys() - never))))
            return {"do": do, "what": what, "fields": draw(fields(what, names, parts))}
        case "add_slot":
            slot, of = draw(st.sampled_from(sorted(SLOTS.items())))
            values = {"actors": parts["actor"], "projects": parts["project"], "sectors": ["210", "230"]}
            value = {"value": draw(chosen(values[of]))} if of in values else draw(PLACES)
            return {"do": do, "id": draw(chosen(parts["commitment"])), "slot": slot, **value}
        case "replace":
            filled = [name for one in found.commitments for name, slot, _ in slot_ids(one) if SLOTS[slot] == "actors"]
            return {"do": do, "id": draw(chosen(filled)), "value": draw(chosen(parts["actor"]))}
        case "merge":
            some = parts[draw(st.sampled_from(["actor", "project"]))]
            return {"do": do, "id": draw(chosen(some)), "into": draw(chosen(some))}
        case "accept_all":
            return {"do": do, "ids": draw(st.lists(chosen(sorted(ids_of(found))), min_size=1, max_size=4))}
        case "decide":
            decision = draw(st.sampled_from(["accepted", "rejected", "unsure", "accepted", None]))
            return {"do": do, "id": draw(chosen(parts["commitment"])), "decision": decision}
        case "undo" | "redo":
            return {"do": do}
    return {"do": do, "id": draw(chosen(sorted(ids_of(found))))}


def require_whole(progress: Progress, base: Any) -> None:
    state = progress.state
    found = state.record
    assert Record.model_validate_json(found.to_json()) == found
    assert all(found.article.text[quote.start : quote.end] == quote.text != "" for quote in quotes(found))
    assert problems(found) == []
    assert state.accepted <= ids_of(found)
    require_decided(base, state)
    assert problems(as_gold(state.kept)) == []
    notes(state.kept)


def require_decided(base: Any, state: State) -> None:
    """Decisions are about commitments that are there; only the rejected are not in the gold; rows come back whole."""
    names = [one.id for one in state.record.commitments]
    rejected = {name for name in names if state.decision(name) == "rejected"}
    assert state.verdicts.keys() <= set(names)
    assert [one.id for one in state.kept.commitments] == [name for name in names if name not in rejected]
    rows = decided(base, state)
    assert [row.commitment for row in rows] == [name for name in names if name in state.verdicts]
    assert [Decided.model_validate_json(row.to_json()) for row in rows] == rows
    assert not any(row.corrected and row.decision != "accepted" for row in rows)
    assert all(rests_on(state.record, commitment) <= ids_of(state.record) for commitment in state.record.commitments)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_any_edits_leave_a_whole_record_and_can_be_undone(data: st.DataObject) -> None:
    base = based_on(record())
    first = progress = begin(base)
    made: list[Json] = []
    for _ in range(data.draw(st.integers(1, 12))):
        decision = data.draw(decisions(progress.state.record))
        try:
            progress = after(progress, decision)
        except Refused:
            continue
        made.append(json.loads(json.dumps(decision)))
        require_whole(progress, base)
    assert progress.version == len(made)
    again = begin(base)
    for decision in made:
        again = after(again, decision)
    assert again == progress
    last = progress.state
    for _ in range(progress.at):
        progress = after(progress, {"do": "undo"})
    assert progress.state == first.state
    while progress.can_redo:
        progress = after(progress, {"do": "redo"})
    assert again.can_redo or progress.state == last


def test_most_of_these_edits_are_made() -> None:
    """The test above would be idle if its edits were refused."""
    made: dict[str, list[bool]] = {}

    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(decisions(record()))
    def count(decision: Json) -> None:
        try:
            after(begin(based_on(record())), decision)
            made.setdefault(decision["do"], []).append(True)
        except Refused:
            made.setdefault(decision["do"], []).append(False)

    count()
    assert all(sum(made[do]) >= 3 for do in OPERATIONS), made
    assert sum(map(sum, made.values())) > 0.5 * sum(map(len, made.values())), made
