"""What corrects proposals and mentions: one label for a name, whole brackets, clean edges."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from pipeline.record import Label
from pipeline.stages.document.doc import Mention
from pipeline.stages.entities.candidates import SpanCandidate, settle, words
from pipeline.stages.entities.selection import Proposal
from pipeline.values.gazetteer.names import is_acronym, is_acronym_of

_WORD = re.compile(r"\w+")
_NAME_LABELS = {"PERSON", "ORG", "PLACE", "PROJECT", "PROGRAMME"}
_SPELLED_OUT = {"ORG", "PLACE", "PROJECT", "PROGRAMME", "AGREEMENT"}  # labels that an acronym has from its long form
_OPENED = re.compile(r"\s*\(")  # between a name before a bracket and one that begins in it
_CLOSED = re.compile(r"[^()]*\)")
_OPEN = re.compile(r"(.*\S)\s*\(([^()]*)", re.S)
_LIST = re.compile(r"(?:\s(?:for|of)\s[^,]*|\s?,.*|)\s?(?:and|&)\s.*", re.S)  # the rest of an office
Weighed = list[tuple[float, Proposal]]


def with_labels_of_long_forms(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions, each acronym with the label of its long form: "National Highway Authority (NHA)" and NHA."""
    labels: dict[str, Label] = {}
    for long, short in pairwise(mentions):
        opened = text[long.end : short.start].strip() == "(" and text[short.end : short.end + 1] == ")"
        name = text[short.start : short.end]
        if opened and long.label in _SPELLED_OUT and is_acronym_of(name, text[long.start : long.end]):
            labels.setdefault(name, long.label)
    own = (labels.get(text[mention.start : mention.end], mention.label) for mention in mentions)
    return [replace(mention, label=label) for mention, label in zip(mentions, own, strict=True)]


def consistent(text: str, settled: list[SpanCandidate]) -> list[SpanCandidate]:
    """The candidates with one label for each name, and the repeats of names that were missed."""
    labels = _majority_labels(text, settled)
    own = ((c, labels.get(text[c.start : c.end], c.label)) for c in settled)
    settled = [replace(c, label=label) if c.method == "model" else c for c, label in own]
    return settle([*settled, *_repeats(text, settled)])


def _majority_labels(text: str, settled: list[SpanCandidate]) -> dict[str, Label]:
    """The label of each name: the vote of the recognizer counts 1, that of other finders 100."""
    votes: dict[str, Counter[Label]] = defaultdict(Counter)
    for c in settled:
        if c.label in _NAME_LABELS:
            name = text[c.start : c.end]
            votes[name][c.label] += 1 if c.method == "model" else 100
            if c.label == "PERSON" and " " in name:
                votes[name.split()[-1]]["PERSON"] += 2  # a surname goes with its full name
    return {name: count.most_common(1)[0][0] for name, count in votes.items()}


def _repeats(text: str, settled: list[SpanCandidate]) -> Iterator[SpanCandidate]:
    """Every span where a name of several words, an acronym or a person's surname stands as whole words."""
    names: dict[str, Label] = {}
    for c in settled:
        name = text[c.start : c.end]
        if c.label in _NAME_LABELS and (" " in name or name.isupper()):
            names.setdefault(name, c.label)
        if c.label == "PERSON" and " " in name and len(name.split()[-1]) > 2:
            names.setdefault(name.split()[-1], "PERSON")
    by_first_word: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if first := _WORD.match(name):
            by_first_word[first[0]].append(name)
    for word in _WORD.finditer(text):
        for name in by_first_word.get(word[0], ()):
            end = word.start() + len(name)
            if text.startswith(name, word.start()) and not text[end : end + 1].isalnum():
                yield SpanCandidate(names[name], word.start(), end, "repeat")


def with_whole_brackets(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Mentions in reading order, each with both brackets of a pair or with none."""
    found: list[Mention] = []
    for mention in mentions:
        before = found[-1] if found else mention
        alike = (before.label, before.sentence) == (mention.label, mention.sentence)
        goes_on = _CLOSED.match(text, mention.start, mention.end - 1)
        if alike and goes_on and _OPENED.fullmatch(text, before.end, mention.start):  # the rest of "X (Y) Z"
            found[-1] = replace(before, end=mention.end, confidence=min(before.confidence, mention.confidence))
        else:
            found += _whole(text, mention)
    return found


def _whole(text: str, mention: Mention) -> Iterator[Mention]:
    """The mention with its closing bracket; a short form in brackets becomes a mention of its own."""
    opened = _OPEN.fullmatch(text, mention.start, mention.end)
    if opened is None or text[mention.end : mention.end + 1] != ")":
        yield mention
    elif is_acronym(opened[2].upper(), opened[1]):
        yield replace(mention, end=opened.end(1))
        yield replace(mention, start=opened.start(2))
    else:
        yield replace(mention, end=mention.end + 1)


def with_whole_lists(text: str, selected: Weighed, proposals: Sequence[Proposal]) -> Weighed:
    """Selected proposals in which an office has its whole list: "Country Manager for Kenya, Rwanda and Uganda"."""
    offices = [p for p in proposals if p.label == "ROLE" and "roles" in p.methods]
    found: Weighed = []
    for probability, own in selected:
        whole = next((p for p in offices if p.start < own.end < p.end and _LIST.fullmatch(text, own.end, p.end)), None)
        if whole and own.label == "ROLE":
            own = replace(own, end=whole.end)
        if not found or found[-1][1].end <= own.start:
            found.append((probability, own))
    return found


def trimmed(text: str, start: int, end: int, label: Label) -> tuple[int, int]:
    """Start and end without little words and marks at the end, or "of" and marks at the start, if a word remains."""
    found = _edges().fullmatch(text, start, end) if label in words("edges", "labels") else None
    return found.span(1) if found else (start, end)


@cache
def _edges() -> re.Pattern[str]:
    little = "|".join(map(re.escape, sorted(words("edges", "words"))))
    before, after = r"of\s+|[-\u2013\u2014,;:&)\s]", rf"\s+(?:{little})|\s*[-\u2013\u2014,;:&(]"
    return re.compile(rf"(?:{before})*(\S(?:.*?\S)??)(?:{after})*", re.I | re.S)
