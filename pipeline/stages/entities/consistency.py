"""A name is the same thing all through an article: labels are levelled, and names once found are found again."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace

from pipeline.record import Label
from pipeline.stages.entities.candidates import Candidate, settle

_LEVELLED = {"PERSON", "ORG", "PLACE", "PROJECT", "PROGRAMME"}


def mended(text: str, settled: list[Candidate]) -> list[Candidate]:
    """The candidates with one label a name, plus the repeats of names that were missed elsewhere."""
    labels = _labels(text, settled)
    settled = [_levelled(text, candidate, labels) for candidate in settled]
    return settle([*settled, *_repeats(text, settled)])


def _labels(text: str, settled: list[Candidate]) -> dict[str, Label]:
    """The label of each name: that of the surest finder, of equals the most frequent."""
    votes: dict[str, Counter[Label]] = defaultdict(Counter)
    for c in settled:
        if c.label in _LEVELLED:
            name = text[c.start : c.end]
            votes[name][c.label] += 1 if c.method == "model" else 100
            if c.label == "PERSON" and " " in name:
                votes[name.split()[-1]]["PERSON"] += 2  # a surname goes with its full name
    return {name: count.most_common(1)[0][0] for name, count in votes.items()}


def _levelled(text: str, candidate: Candidate, labels: dict[str, Label]) -> Candidate:
    label = labels.get(text[candidate.start : candidate.end], candidate.label)
    return replace(candidate, label=label) if candidate.method == "model" else candidate


def _repeats(text: str, settled: list[Candidate]) -> list[Candidate]:
    names: dict[str, Label] = {}
    for c in settled:
        name = text[c.start : c.end]
        if c.label in _LEVELLED and (" " in name or name.isupper()):
            names.setdefault(name, c.label)
        if c.label == "PERSON" and " " in name and len(name.split()[-1]) > 2:
            names.setdefault(name.split()[-1], "PERSON")
    if not names:
        return []
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
    return [Candidate(names[m.group()], *m.span(), "repeat") for m in pattern.finditer(text)]
