"""Makes the mentions of a name consistent in an article: one label for each name, and its missed repeats added.

`mended` does so with proposals, `relabelled` with the mentions that were selected.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.record import Label
from pipeline.stages.document.doc import Mention
from pipeline.stages.entities.candidates import SpanCandidate, settle
from pipeline.values.gazetteer.names import is_acronym_of

_WORD = re.compile(r"\w+")
_NAME_LABELS = {"PERSON", "ORG", "PLACE", "PROJECT", "PROGRAMME"}
_SPELLED_OUT = {"ORG", "PLACE", "PROJECT", "PROGRAMME", "AGREEMENT"}  # labels that an acronym has from its long form


def relabelled(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions, each acronym with the label of its long form: "National Highway Authority (NHA)" and NHA."""
    labels: dict[str, Label] = {}
    for long, short in pairwise(mentions):
        opened = text[long.end : short.start].strip() == "(" and text[short.end : short.end + 1] == ")"
        name = text[short.start : short.end]
        if opened and long.label in _SPELLED_OUT and is_acronym_of(name, text[long.start : long.end]):
            labels.setdefault(name, long.label)
    own = (labels.get(text[mention.start : mention.end], mention.label) for mention in mentions)
    return [replace(mention, label=label) for mention, label in zip(mentions, own, strict=True)]


def mended(text: str, settled: list[SpanCandidate]) -> list[SpanCandidate]:
    """The candidates with one label for each name, and the repeats of names that were missed."""
    labels = _labels(text, settled)
    settled = [_relabelled(text, candidate, labels) for candidate in settled]
    return settle([*settled, *_repeats(text, settled)])


def _labels(text: str, settled: list[SpanCandidate]) -> dict[str, Label]:
    """The label of each name: the vote of the recognizer counts 1, that of other finders 100."""
    votes: dict[str, Counter[Label]] = defaultdict(Counter)
    for c in settled:
        if c.label in _NAME_LABELS:
            name = text[c.start : c.end]
            votes[name][c.label] += 1 if c.method == "model" else 100
            if c.label == "PERSON" and " " in name:
                votes[name.split()[-1]]["PERSON"] += 2  # a surname goes with its full name
    return {name: count.most_common(1)[0][0] for name, count in votes.items()}


def _relabelled(text: str, candidate: SpanCandidate, labels: dict[str, Label]) -> SpanCandidate:
    label = labels.get(text[candidate.start : candidate.end], candidate.label)
    return replace(candidate, label=label) if candidate.method == "model" else candidate


def _repeats(text: str, settled: list[SpanCandidate]) -> Iterator[SpanCandidate]:
    """Every span where a name of the article stands as whole words."""
    names = _names(text, settled)
    by_first_word: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if first := _WORD.match(name):
            by_first_word[first[0]].append(name)
    for word in _WORD.finditer(text):
        for name in by_first_word.get(word[0], ()):
            end = word.start() + len(name)
            if text.startswith(name, word.start()) and not text[end : end + 1].isalnum():
                yield SpanCandidate(names[name], word.start(), end, "repeat")


def _names(text: str, settled: list[SpanCandidate]) -> dict[str, Label]:
    """The names to search for: those of several words, acronyms, and the surnames of persons."""
    names: dict[str, Label] = {}
    for c in settled:
        name = text[c.start : c.end]
        if c.label in _NAME_LABELS and (" " in name or name.isupper()):
            names.setdefault(name, c.label)
        if c.label == "PERSON" and " " in name and len(name.split()[-1]) > 2:
            names.setdefault(name.split()[-1], "PERSON")
    return names
