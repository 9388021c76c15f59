"""Actors and projects after a correction: which spans tell of whom now, under the keys that gold had for them.

Hard because a tool has no actors, only arrows that say "the same as": arrows are drawn, cut and drawn elsewhere, and
what gold knows of an actor (name, country, role) must stay with the right spans.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from pipeline.annotate.corrections.guess import guessed
from pipeline.annotate.corrections.view import PROJECTS, View, entities
from pipeline.annotate.formats.task import SAME, Answer, Span
from pipeline.corpus.gold import GoldArticle
from pipeline.gazetteer.names import key
from pipeline.stages.references.clusters import Clusters


class Cast:
    """`actors` and `projects` as gold has them; `notes`: what a person should look at, since it was guessed."""

    def __init__(self, gold: GoldArticle, view: View, answer: Answer) -> None:
        self.notes: list[str] = []
        self._gold, self._view = gold, view
        self._groups = _groups(answer)
        self._group_of = {span.id: number for number, group in enumerate(self._groups) for span in group}
        self._rows = {row["key"]: dict(row) for row in entities(gold)}
        self._projects = {row["key"] for row in gold.raw["projects"]}
        self._now = self._kept()  # old key: key
        self._key_of = {n: self._now[old] for old, n in self._holders().items()}
        for old, new in self._now.items():
            if old == new:
                self._corrected(old)
        for number, group in enumerate(self._groups):
            if len(group) > 1 and number not in self._key_of:
                self.entity(group[0].id)

    @property
    def actors(self) -> list[dict[str, Any]]:
        return [row for name, row in self._rows.items() if name not in self._projects]

    @property
    def projects(self) -> list[dict[str, Any]]:
        return [row for name, row in self._rows.items() if name in self._projects]

    def now(self, old: str) -> str | None:
        """The key of what had the key `old`; None where all that told of it was deleted."""
        return self._now.get(old)

    def known(self, span: str) -> str | None:
        """The key of what a span tells of; None where it tells of nobody."""
        return self._key_of.get(self._group_of[span])

    def entity(self, span: str, project: bool | None = None) -> str:
        """The same; where it told of nobody, of a new one from now on."""
        number = self._group_of[span]
        if number not in self._key_of:
            self._key_of[number] = self._new(self._groups[number], project)
        return self._key_of[number]

    def _holders(self) -> dict[str, int]:
        """By key the group with the most of its spans; of equals the first."""
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

    def _kept(self) -> dict[str, str]:
        """Two in one group become the first of them; whose shown spans are all deleted is gone."""
        holders, first = self._holders(), dict[int, str]()
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

    def _corrected(self, name: str) -> None:
        """Surfaces that no span tells of any more go, new ones come; kind and programme as the spans have them."""
        row, spans = self._rows[name], [s for n, held in self._key_of.items() if held == name for s in self._groups[n]]
        before = {key(self._words(s)) for s in self._view.spans.values() if self._view.entity.get(s.id) == name}
        hidden = {key(self._words(self._view.spans[h])) for h in self._view.hidden if self._view.entity.get(h) == name}
        after = {key(self._words(span)): self._words(span) for span in reversed(spans)}
        row["surface"] = [s for s in row["surface"] if key(s) not in before - hidden - after.keys()]
        known = {key(surface) for surface in [row["name"], *row["surface"]]}
        row["surface"] += [words for form, words in reversed(after.items()) if form not in known]
        if key(row["name"]) in before - hidden - after.keys():
            self.notes.append(f"no span tells of {name} as {row['name']!r} any more: check its name")
        self._relabelled(row, spans)

    def _relabelled(self, row: dict[str, Any], spans: list[Span]) -> None:
        for span in spans:
            old = self._view.spans.get(span.id)
            if old and "kind" in row and span.told.get("actor", old.told.get("actor")) != old.told.get("actor"):
                row["kind"] = span.told["actor"]
            if old and old.label != span.label and (span.label in PROJECTS or old.label in PROJECTS):
                self._changed_label(row, span)

    def _changed_label(self, row: dict[str, Any], span: Span) -> None:
        if "programme" in row and span.label in PROJECTS:
            row["programme"] = span.label == "PROGRAMME"
        else:
            what = "an actor" if "kind" in row else "a project"
            self.notes.append(f"{row['key']} {row['name']!r} is {what} still, and has a {span.label} now: check both")

    def _new(self, group: list[Span], project: bool | None) -> str:
        if project is None:
            project = any(span.label in PROJECTS for span in group)
        letter = "p" if project else "a"
        used = self._rows.keys() | self._now
        name = next(f"{letter}{n}" for n in range(1, len(used) + 2) if f"{letter}{n}" not in used)
        row = self._rows[name] = {"key": name, **guessed(self._gold.text, group, project)}
        if project:
            self._projects.add(name)
        unsure = "programme, sectors, countries" if project else f"kind {row['kind']}, country, role"
        self.notes.append(f"new {'project' if project else 'actor'} {name} {row['name']!r}: check {unsure}")
        return name

    def _words(self, span: Span) -> str:
        return self._gold.text[span.start : span.end]


def _groups(answer: Answer) -> list[list[Span]]:
    spans = sorted((span for span in answer.spans if not span.is_trigger), key=lambda span: (span.start, span.end))
    place = {span.id: number for number, span in enumerate(spans)}
    clusters = Clusters(len(spans))
    for link in answer.links:
        if link.label == SAME:
            clusters.unite(place[link.head], place[link.child])
    return [[spans[number] for number in members] for members in clusters.members()]
