"""A name is the same thing all through an article: labels are levelled, and names once found are found again."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from spacy.tokens import Doc

from pipeline.stages.entities.candidates import Candidate, settle

_LEVELLED = {"PERSON", "ORG", "PLACE", "PROJECT", "PROGRAMME"}


def mended(doc: Doc, settled: list[Candidate]) -> list[Candidate]:
    """The candidates with one label a name, plus the repeats of names that were missed elsewhere."""
    labels = _labels(doc, settled)
    settled = [_levelled(doc, c, labels) for c in settled]
    return settle([*settled, *_repeats(doc, settled)])


def _labels(doc: Doc, settled: list[Candidate]) -> dict[str, str]:
    """The label of each name: that of the surest finder, of equals the most frequent."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for c in settled:
        if c.label in _LEVELLED:
            text = doc.text[c.start : c.end]
            votes[text][c.label] += 1 if c.method == "model" else 100
            if c.label == "PERSON" and " " in text:
                votes[text.split()[-1]]["PERSON"] += 2  # a surname goes with its full name
    return {text: count.most_common(1)[0][0] for text, count in votes.items()}


def _levelled(doc: Doc, candidate: Candidate, labels: dict[str, str]) -> Candidate:
    label = labels.get(doc.text[candidate.start : candidate.end])
    if candidate.method != "model" or label is None or label == candidate.label:
        return candidate
    return Candidate(label, candidate.start, candidate.end, "model")  # type: ignore[arg-type]


def _repeats(doc: Doc, settled: list[Candidate]) -> list[Candidate]:
    names: dict[str, str] = {}
    for c in settled:
        text = doc.text[c.start : c.end]
        if c.label in _LEVELLED and (" " in text or text.isupper()):
            names.setdefault(text, c.label)
        if c.label == "PERSON" and " " in text and len(text.split()[-1]) > 2:
            names.setdefault(text.split()[-1], "PERSON")
    if not names:
        return []
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(n) for n in sorted(names, key=len, reverse=True))})(?!\w)")
    return [Candidate(names[m.group()], *m.span(), "repeat") for m in pattern.finditer(doc.text)]  # type: ignore[arg-type]
