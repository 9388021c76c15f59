"""Language models of any quality for tests: what a careful reader answers, and the same with parts made worse."""

import random
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any

from pipeline.llm.prompt import Prompt
from pipeline.record import Amount, Commitment, Quote, Record

KINDS = ("finance", "agreement", "contract", "delivery", "cooperation", "policy")
STATUSES = ("proposed", "pledged", "agreed", "underway", "completed", "stalled", "cancelled")
PARTIES = ("by", "with", "to")
LISTS = (*PARTIES, "projects", "amounts", "dates")
EXAMPLE: dict[str, Any] = {
    "sentence": 3, "also": [7], "trigger": "will lend", "kind": "finance", "status": "pledged", "by": ["a1"],
    "to": ["a4"], "projects": ["p1"], "amounts": ["m7"], "dates": ["m8"], "attributed_to": "a6",
    "flow": {"instrument": "loan", "provider": ["a1"], "recipient": ["a4"], "terms": {"interest": "2%"}},
}  # fmt: skip


def careful(gold: Record, record: Record) -> dict[str, Any]:
    """An answer about a record that says what its gold says, each part with its words."""
    starts = [sentence.start for sentence in record.sentences]
    new: dict[str, dict[str, Any]] = {}

    def number(offset: int) -> int:
        return max(0, bisect_right(starts, offset) - 1)

    def add(name: str, type: str, quote: Quote, **more: Any) -> str:
        new.setdefault(name, {"id": name, "type": type, "quote": quote.text, "sentence": number(quote.start), **more})
        return name

    mentions = {mention.id: mention for mention in gold.mentions}
    actors = {actor.id: actor for actor in gold.actors if actor.mentions}
    projects = {project.id: project for project in gold.projects if project.mentions}

    def parties(names: list[str]) -> Iterator[str]:
        for one in (actors[name] for name in names if name in actors):
            yield add(f"n{one.id}", "actor", mentions[one.mentions[0]], kind=one.kind, country=one.country)

    def act(one: Commitment) -> dict[str, Any]:
        made: dict[str, Any] = {"sentence": number(one.trigger.start), "trigger": one.trigger.text}
        made |= {"kind": one.kind, "status": one.status, "negated": one.negated}
        made |= {"by": [*parties(one.by)], "with": [*parties(one.with_)], "to": [*parties(one.to)]}
        made["projects"] = [
            add(f"n{own.id}", "project", mentions[own.mentions[0]], programme=own.programme)
            for own in (projects[name] for name in one.projects if name in projects)
        ]
        made["amounts"] = [add(f"n{quote.start}", "amount", quote) for quote in one.amounts]
        made["dates"] = [add(f"n{quote.start}", "date", quote) for quote in one.dates]
        if one.flow:
            sides = {side: [*parties(getattr(one.flow, side))] for side in ("provider", "recipient")}
            made["flow"] = {"instrument": one.flow.instrument, **sides}
        return made

    acts = [act(one) for one in gold.commitments]
    return {"new": [*new.values()], "commitments": acts}


def worse(answer: dict[str, Any], prompt: Prompt, share: float, chance: random.Random) -> dict[str, Any]:
    """An answer of which about this share of the acts is wrong, as small models are wrong, with wrong removals.

    Some answers copy the example of the instructions, some are empty.
    """
    if chance.random() < share * 0.15:
        return {"commitments": [EXAMPLE]}
    if chance.random() < share * 0.15:
        return {"commitments": []}
    of_type = {letter: [name for name in prompt.candidates if name.startswith(letter)] for letter in "apm"}

    def shifted(name: str) -> str:
        own = of_type.get(name[:1], [])
        return own[(own.index(name) + 1) % len(own)] if name in own else chance.choice(own or [name])

    amounts = [name for name, value in prompt.candidates.items() if isinstance(value, Amount)]
    for act in answer["commitments"]:
        if chance.random() < share:
            _spoil(act, chance, shifted, amounts)
    for letter in "ap":
        if len(of_type[letter]) > 1 and chance.random() < share:
            answer.setdefault("same", []).append(chance.sample(of_type[letter], 2))
    if of_type["p"] and chance.random() < share:
        answer.setdefault("no_project", []).append(chance.choice(of_type["p"]))
    return answer


def _spoil(act: dict[str, Any], chance: random.Random, shifted: Callable[[str], str], amounts: list[str]) -> None:
    """Makes an act wrong: other ids, all amounts, another kind and status."""
    how = chance.choice(["ids", "amounts", "kind", "ids and kind"])
    if "ids" in how:
        act |= {name: [shifted(one) for one in act[name]] for name in LISTS}
        flow = act.get("flow") or {}
        flow |= {side: [shifted(one) for one in flow[side]] for side in ("provider", "recipient") if flow}
    if how == "amounts":
        act["amounts"] = amounts
    if "kind" in how:
        act |= {"kind": chance.choice(KINDS), "status": chance.choice(STATUSES)}
