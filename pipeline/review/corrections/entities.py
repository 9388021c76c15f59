"""Actors and projects after a correction: which spans refer to each, under the keys that gold had for them.

A tool has no actors, only `same_as` links between spans. The spans that these link form a group; the name, country and
role that gold has for an actor stay with the group that holds most of its spans.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from pipeline.gold.gold import GoldArticle
from pipeline.review.corrections.view import View, entities
from pipeline.review.formats.task import PROJECTS, REFERENCE, SAME, Answer, Span
from pipeline.stages.references.clusters import Clusters
from pipeline.values.gazetteer.institutions import kind_of
from pipeline.values.gazetteer.names import key
from pipeline.values.gazetteer.places import place_country

_KINDS = {"PERSON": "person", "ROLE": "person", REFERENCE: "group"}
_KINDS |= dict.fromkeys(("COUNTRY", "NORP", "PLACE"), "country")


class Entities:
    """`actors` and `projects` as in gold; `notes`: what a person should check because it was guessed."""

    def __init__(self, gold: GoldArticle, view: View, answer: Answer) -> None:
        self.notes: list[str] = []
        self._gold, self._view = gold, view
        self._groups = _groups(answer)
        self._group_of = {span.id: number for number, group in enumerate(self._groups) for span in group}
        self._rows = {row["key"]: dict(row) for row in entities(gold)}
        self._projects = {row["key"] for row in gold.raw["projects"]}
        holders = self._holders()
        self._key_now = self._kept(holders)  # by the key in gold
        self._key_of = {number: self._key_now[old] for old, number in holders.items()}  # by group
        for old, new in self._key_now.items():
            if old == new:
                self._correct(old)
        for number, group in enumerate(self._groups):
            if len(group) > 1 and number not in self._key_of:
                self.key_of(group[0].id)

    @property
    def actors(self) -> list[dict[str, Any]]:
        return [row for name, row in self._rows.items() if name not in self._projects]

    @property
    def projects(self) -> list[dict[str, Any]]:
        return [row for name, row in self._rows.items() if name in self._projects]

    def key_now(self, old: str) -> str | None:
        """The present key of an entity of gold; None if all spans that refer to it were deleted."""
        return self._key_now.get(old)

    def known_key(self, span: str) -> str | None:
        """The key of the entity that a span refers to; None if there is none."""
        return self._key_of.get(self._group_of[span])

    def key_of(self, span: str, project: bool | None = None) -> str:
        """The key of the entity that a span refers to, which is created if there is none."""
        number = self._group_of[span]
        if number not in self._key_of:
            self._key_of[number] = self._new(self._groups[number], project)
        return self._key_of[number]

    def _holders(self) -> dict[str, int]:
        """By key, the group with most of its spans; of equals the first."""
        counts = Counter(
            (self._view.entity[span.id], number)
            for number, group in enumerate(self._groups)
            for span in group
            if span.id in self._view.entity
        )
        best: dict[str, int] = {}
        for (name, number), _ in sorted(counts.items(), key=lambda item: (-item[1], item[0][1])):
            best.setdefault(name, number)
        return best

    def _kept(self, holders: dict[str, int]) -> dict[str, str]:
        """Two entities in one group become the first; one whose shown spans were all deleted is deleted."""
        first = dict[int, str]()
        shown = {self._view.entity.get(span.id) for span in self._view.shown}
        hidden = {self._view.entity.get(name) for name in self._view.hidden}
        kept = {}
        for name in list(self._rows):
            if name in holders:
                kept[name] = first.setdefault(holders[name], name)
            elif name not in shown or name in hidden:
                kept[name] = name
            if kept.get(name) != name:
                del self._rows[name]
        return kept

    def _correct(self, name: str) -> None:
        """Updates surfaces, kind and programme of an entity from its spans."""
        row, spans = self._rows[name], [s for n, held in self._key_of.items() if held == name for s in self._groups[n]]
        before = {key(self._words(s)) for s in self._view.spans.values() if self._view.entity.get(s.id) == name}
        hidden = {key(self._words(self._view.spans[h])) for h in self._view.hidden if self._view.entity.get(h) == name}
        after = {key(self._words(span)): self._words(span) for span in reversed(spans)}
        gone = before - hidden - after.keys()
        row["surface"] = [surface for surface in row["surface"] if key(surface) not in gone]
        known = {key(surface) for surface in [row["name"], *row["surface"]]}
        row["surface"] += [words for form, words in reversed(after.items()) if form not in known]
        if key(row["name"]) in gone:
            self.notes.append(f"no span refers to {name} as {row['name']!r} any more: check its name")
        for span in spans:
            self._relabel(row, span)

    def _relabel(self, row: dict[str, Any], span: Span) -> None:
        old = self._view.spans.get(span.id)
        if old is None:
            return
        kind, before = span.attributes.get("actor"), old.attributes.get("actor")
        if "kind" in row and kind not in (None, before):
            row["kind"] = kind
        if old.label != span.label and (span.label in PROJECTS or old.label in PROJECTS):
            if "programme" in row and span.label in PROJECTS:
                row["programme"] = span.label == "PROGRAMME"
            else:
                what = "an actor" if "kind" in row else "a project"
                self.notes.append(f"{row['key']} {row['name']!r} is still {what}, but has a {span.label}: check both")

    def _new(self, group: list[Span], project: bool | None) -> str:
        if project is None:
            project = any(span.label in PROJECTS for span in group)
        letter = "p" if project else "a"
        used = self._rows.keys() | self._key_now
        name = next(f"{letter}{n}" for n in range(1, len(used) + 2) if f"{letter}{n}" not in used)
        row = self._rows[name] = {"key": name, **self._guess(group, project)}
        if project:
            self._projects.add(name)
        unsure = "programme, sectors, countries" if project else f"kind {row['kind']}, country, role"
        self.notes.append(f"new {'project' if project else 'actor'} {name} {row['name']!r}: check {unsure}")
        return name

    def _guess(self, group: list[Span], project: bool) -> dict[str, Any]:
        """A new actor or project without its key, guessed from its spans; the longest mention is its name."""
        mentions = [span for span in group if span.label != REFERENCE]
        words = list(dict.fromkeys(self._words(span) for span in (*mentions, *group)))
        name = max((self._words(span) for span in mentions or group), key=len)
        if project:
            programme = any(span.label == "PROGRAMME" for span in group)
            return {"name": name, "programme": programme, "sectors": [], "countries": [], "surface": words}
        chosen = next((span.attributes["actor"] for span in group if "actor" in span.attributes), None)
        kind = chosen or _KINDS.get((mentions or group)[0].label) or kind_of(words)
        country = place_country(name) if kind == "country" else None
        return {"name": name, "kind": kind, "country": country, "role": None, "surface": words}

    def _words(self, span: Span) -> str:
        return self._gold.text[span.start : span.end]


def _groups(answer: Answer) -> list[list[Span]]:
    spans = sorted((span for span in answer.spans if not span.is_trigger), key=lambda span: span.offsets)
    index = {span.id: number for number, span in enumerate(spans)}
    clusters = Clusters(len(spans))
    for link in answer.links:
        if link.label == SAME:
            clusters.unite(index[link.head], index[link.child])
    return [[spans[number] for number in members] for members in clusters.members()]
