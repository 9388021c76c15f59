"""The rules of `seeds/relations.yaml`, compiled, and what they find in a sentence.

Each rule says which end is the subject, and both ends must be of a kind that the type allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.errors import SetupError
from pipeline.record import RelationType
from pipeline.seeds import table
from pipeline.stages.document.paths import climb, path
from pipeline.stages.relations.anchors import Anchor, Generic

SEEDS = "relations.yaml"

# How an anchor is written in the coded sentence; all other words are in lower case.
CODES = {
    "person": "P", "role": "R", "org": "O", "group": "G", "country": "C", "norp": "N", "capital": "L", "place": "L",
    "project": "J", "programme": "J", "event": "E", "agreement": "A", "money": "M",
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """One way to state a relation; `confidence` is its measured precision."""

    name: str
    type: RelationType
    subjects: frozenset[str]
    objects: frozenset[str]
    pattern: re.Pattern[str]
    confidence: float


@dataclass(frozen=True, eq=False)
class Finding:
    rule: Rule
    subject: Anchor
    object: Anchor


@cache
def rules(form: str) -> tuple[Rule, ...]:
    """The rules of a form, `path` or `order`, the most confident first."""
    found = [_rule(name, row, row[form]) for name, row in table(SEEDS)["rules"].items() if form in row]
    return tuple(sorted(found, key=lambda rule: -rule.confidence))


@cache
def rule(name: str) -> Rule:
    """A rule that code applies: it has no pattern."""
    return _rule(name, table(SEEDS)["rules"][name], "")


@cache
def generic_nouns() -> Generic:
    """Nouns that refer to the last event when definite."""
    rows = table(SEEDS)["generic_events"]
    return Generic(*(frozenset(rows[name]) for name in ("any", "meetings", "other")))


def by_path(anchors: list[Anchor]) -> Iterator[Finding]:
    """The findings from the path between each pair of anchors in the parse."""
    climbed = [(anchor, climb(anchor.head)) for anchor in anchors]
    for left, up in climbed:
        for right, down in climbed:
            candidates = _candidates(left.kind, right.kind)
            if candidates and left.target is not right.target:
                line = path(up, down)
                if line is not None:
                    yield from _matching(candidates, line, left, right)


def by_order(text: str, anchors: list[Anchor]) -> Iterator[Finding]:
    """The findings from the order of words."""
    line, anchors_at = code(text, anchors)
    for found in rules("order"):
        for match in found.pattern.finditer(line):
            yield from _pairs(found, covered(anchors_at, match.span("s")), covered(anchors_at, match.span("o")))


def covered(anchors_at: dict[int, list[Anchor]], span: tuple[int, int]) -> list[Anchor]:
    """The anchors that a span of the coded sentence covers; see `code`."""
    return [anchor for at in range(*span) for anchor in anchors_at.get(at, ())]


def code(text: str, anchors: list[Anchor]) -> tuple[str, dict[int, list[Anchor]]]:
    """The sentence with each anchor as one letter (CODES), and the anchors that each letter stands for."""
    pieces: list[str] = []
    anchors_at: dict[int, list[Anchor]] = {}
    length, at = 0, max(0, anchors[0].start - 12) if anchors else 0
    for anchor in anchors:
        if anchor.start < at and anchors_at:  # the same words again, as another kind of end
            anchors_at[length - 1].append(anchor)
            continue
        gap = text[at : anchor.start].lower().replace("\n", " ")
        pieces += [gap, CODES[anchor.kind]]
        length, at = length + len(gap) + 1, anchor.end
        anchors_at[length - 1] = [anchor]
    return "".join(pieces) + text[at : at + 80].lower().replace("\n", " "), anchors_at


def _pairs(found: Rule, subjects: list[Anchor], objects: list[Anchor]) -> Iterator[Finding]:
    for subject in subjects:
        for object_ in objects:
            fits = subject.kind in found.subjects and object_.kind in found.objects
            if fits and subject.target is not object_.target:
                yield Finding(found, subject, object_)


def _matching(candidates: tuple[Rule, ...], line: str, left: Anchor, right: Anchor) -> Iterator[Finding]:
    return (Finding(found, left, right) for found in candidates if found.pattern.fullmatch(line))


@cache
def _candidates(subject: str, object_: str) -> tuple[Rule, ...]:
    return tuple(found for found in rules("path") if subject in found.subjects and object_ in found.objects)


def _rule(name: str, row: dict[str, object], pattern: object) -> Rule:
    allowed = table(SEEDS)["types"][row["type"]]
    subjects, objects = _kinds(name, row, allowed, "subject"), _kinds(name, row, allowed, "object")
    compiled = re.compile(expanded(str(pattern)))
    return Rule(name, row["type"], subjects, objects, compiled, float(str(row["confidence"])))  # type: ignore[arg-type]


def _kinds(name: str, row: dict[str, object], allowed: dict[str, list[str]], end: str) -> frozenset[str]:
    kinds = row.get(end, allowed[end])
    assert isinstance(kinds, list)
    if not set(kinds) <= set(allowed[end]):
        raise SetupError(f"seeds/{SEEDS}: rule {name}: {row['type']} allows as {end} only {allowed[end]}")
    return frozenset(kinds)


def expanded(pattern: str) -> str:
    """Fills in `{class}` from the words and shapes of the seeds."""
    words = {name: f"(?:{'|'.join(group)})" for name, group in table(SEEDS)["words"].items()}
    for name, value in (table(SEEDS)["shapes"] | words).items():
        pattern = pattern.replace("{" + name + "}", value)
    return pattern
