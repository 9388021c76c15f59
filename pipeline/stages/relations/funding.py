"""Budgets that allot money without naming the giver: "Rs2bn has been allocated for the hospital".

The giver is then the government that the article mentions most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pipeline.seeds import table
from pipeline.stages.document.doc import Entity
from pipeline.stages.relations.anchors import Anchor, entity_kind
from pipeline.stages.relations.names import Sentences
from pipeline.stages.relations.patterns import SEEDS, Finding, code, expanded, rule


def find_funding(text: str, sentences: Sentences) -> list[tuple[int, Finding]]:
    """For each project that a sentence allots money to without a giver: the government of the article funds it."""
    giver = _giver(sentences)
    if giver is None:
        return []
    return [(number, finding) for number, anchors in sentences for finding in _allotted(text, anchors, giver)]


def _giver(sentences: Sentences) -> Entity | None:
    """The government or country that the article mentions most, of those named as a government if there are any."""
    counts: dict[int, int] = {}
    governments: dict[int, Entity] = {}
    for _, anchors in sentences:
        for anchor in anchors:
            if isinstance(anchor.target, Entity) and anchor.target.kind in ("government", "country"):
                counts[id(anchor.target)] = counts.get(id(anchor.target), 0) + 1
                governments[id(anchor.target)] = anchor.target
    named = {entity: count for entity, count in counts.items() if _is_government(governments[entity])} or counts
    return governments[max(named, key=lambda entity: named[entity])] if named else None


def _is_government(entity: Entity) -> bool:
    return bool(re.search(r"\b(?:government|govt)\b", entity.name.lower()))


def _allotted(text: str, anchors: list[Anchor], giver: Entity) -> Iterator[Finding]:
    if not any(anchor.kind == "money" for anchor in anchors):
        return
    line, anchors_at = code(text, anchors)
    for match in _pattern().finditer(line):
        for anchor in anchors_at[match.start("o")]:
            if anchor.kind in ("project", "programme"):
                subject = Anchor(anchor.start, anchor.end, entity_kind(giver), giver, anchor.head)
                yield Finding(rule("allotted"), subject, anchor)


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(expanded(table(SEEDS)["allotted"]))
