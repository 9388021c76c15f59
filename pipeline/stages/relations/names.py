"""Relations that a name states: "factory in Bali", "inauguration of Mohmand Dam", "Pakistan-UAE commission session".

The place, project or country inside a longer name is no mention of its own: its name must occur elsewhere in the
article.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.stages.relations.anchors import Anchor
from pipeline.stages.relations.patterns import Finding, rule
from pipeline.values.gazetteer.names import key

Sentences = list[tuple[int, list[Anchor]]]
OUTER = {  # the rules that apply to names of a kind
    "project": ("place_in_name", "place_ends_name"),
    "event": ("place_in_name", "topic_of_event", "host_in_name"),
    "agreement": ("topic_of_event",),
}


def find_in_names(text: str, sentences: Sentences) -> list[tuple[int, Finding]]:
    """The relations between a named thing and those whose names its own contains."""
    inner = _names(text, sentences)
    found: list[tuple[int, Finding]] = []
    seen: set[str] = set()
    for number, anchors in sentences:
        for anchor in anchors:
            name = key(text[anchor.start : anchor.end])
            if OUTER.get(anchor.kind) and name not in seen:
                seen.add(name)
                found += [(number, finding) for finding in _inside(name, anchor, inner)]
    return found


def _names(text: str, sentences: Sentences) -> dict[str, Anchor]:
    """One anchor for each name of a place, country, organisation or project in the article."""
    found: dict[str, Anchor] = {}
    for _, anchors in sentences:
        for anchor in anchors:
            if anchor.kind in ("place", "country", "org", "project", "programme"):
                found.setdefault(key(text[anchor.start : anchor.end]), anchor)
    return {name: anchor for name, anchor in found.items() if len(name) > 2}


def _inside(name: str, outer: Anchor, inner: dict[str, Anchor]) -> Iterator[Finding]:
    words = name.split()
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + 8) + 1):
            anchor = inner.get(" ".join(words[start:end]))
            if anchor is not None and anchor.target is not outer.target:
                before = words[start - 1] if start else ""
                yield from _relations(outer, _at(outer, anchor), before, is_last=end == len(words))


def _relations(outer: Anchor, inner: Anchor, before: str, *, is_last: bool) -> Iterator[Finding]:
    """The relations of a name and the one inside it; `before`: the word before that (empty: it begins the name)."""
    for name in OUTER[outer.kind]:
        found = rule(name)
        if name == "place_in_name" and before not in ("in", "at", "near", "to", "from"):
            continue
        if name == "place_ends_name" and not (before and is_last):
            continue
        for subject, object_ in ((outer, inner), (inner, outer)):
            if subject.kind in found.subjects and object_.kind in found.objects:
                yield Finding(found, subject, object_)


def _at(outer: Anchor, inner: Anchor) -> Anchor:
    """The inner anchor, at the span of the outer name."""
    return Anchor(outer.start, outer.end, inner.kind, inner.target, outer.head)
