"""Reads gold and finds its quoted strings in the text.

A gold folder holds `articles.jsonl`, whose `sentences` are the offsets that gold numbers, and `gold/ID.json`
(`file_names.py` makes the file name of an id). `flows/ID.json`, if there is such a folder, adds `boilerplate` and the
flows of commitments, by their keys. A quoted string is sought inside its numbered sentence, in order: the
second "Pakistan" of gold is the second one there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from pipeline.errors import ArticleError, SetupError
from pipeline.gold.file_names import gold_file

Offsets = tuple[int, int]


@dataclass(frozen=True)
class GoldMention:
    label: str
    start: int
    end: int


@dataclass(frozen=True)
class GoldArticle:
    """An article with its gold. `numbered`: the sentences that gold refers to, in characters; `raw`: the gold JSON."""

    id: str
    title: str | None
    source: str | None
    date: str | None
    text: str
    numbered: list[Offsets]
    raw: dict[str, Any]

    @cached_property
    def mentions(self) -> list[GoldMention]:
        return list(_locate_mentions(self))

    @cached_property
    def sentences(self) -> list[Offsets]:
        """The sentences after `sentence_fixes`."""
        return _fixed_sentences(self)

    @cached_property
    def boilerplate(self) -> list[Offsets] | None:
        """The sentences after the fixes that are boilerplate; None where gold does not mark boilerplate."""
        if "boilerplate" not in self.raw:
            return None
        marked = [self.numbered[number] for number in self.raw["boilerplate"]]
        return [s for s in self.sentences if any(start <= s[0] < end for start, end in marked)]

    @property
    def has_flows(self) -> bool:
        """Whether gold follows version 2 of the guide, which has flows of money and boilerplate."""
        return "boilerplate" in self.raw or any("flow" in row for row in self.raw["commitments"])

    def find(self, text: str, sentence: int, after: int = 0) -> Offsets | None:
        """The offsets of `text` in a numbered sentence: the first from `after` on, else the first in the sentence."""
        start, end = self.numbered[sentence]
        at = self.text.find(text, max(start, after), end)
        at = at if at >= 0 else self.text.find(text, start, end)
        return (at, at + len(text)) if at >= 0 else None


def read_corpus(folder: Path) -> list[GoldArticle]:
    """Every article of a corpus folder that has gold, in the order of `articles.jsonl`."""
    path = folder / "articles.jsonl"
    if not path.is_file():
        raise SetupError(f"{path}: not found; a gold folder holds articles.jsonl and gold/ID.json")
    rows = (json.loads(line) for line in path.open(encoding="utf-8") if line.strip())
    files = ((gold_file(folder, row["id"]), row) for row in rows)
    golds = [read_article(file, row) for file, row in files if file.is_file()]
    return [_with_flows(gold, folder / "flows" / gold_file(folder, gold.id).name) for gold in golds]


def _with_flows(gold: GoldArticle, path: Path) -> GoldArticle:
    """With the boilerplate and the flows that stand in a file of their own. Raises ArticleError where it is no JSON."""
    if not path.is_file():
        return gold
    try:
        more = json.loads(path.read_text(encoding="utf-8"))
        flows: dict[str, Any] = more["flows"]
        rows = [row | ({"flow": flows[row["key"]]} if row["key"] in flows else {}) for row in gold.raw["commitments"]]
        return replace(gold, raw=gold.raw | {"boilerplate": more["boilerplate"], "commitments": rows})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArticleError(str(path), f"no flows of gold: {error}") from error


def digest(golds: Sequence[GoldArticle]) -> str:
    """The SHA-256 of the texts and their gold, in hexadecimal."""
    return hashlib.sha256("".join(gold.text + json.dumps(gold.raw) for gold in golds).encode()).hexdigest()


def read_article(path: Path, row: dict[str, Any]) -> GoldArticle:
    """An article from its gold file and its line of `articles.jsonl`. Raises ArticleError where gold is no JSON."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ArticleError(str(path), f"not valid JSON: {error}") from error
    numbered = [(start, end) for start, end in row["sentences"]]
    source = row.get("outlet") or row.get("source")
    return GoldArticle(
        row["id"],
        row.get("title"),
        source if isinstance(source, str) else None,
        row.get("date"),
        row["text"],
        numbered,
        raw,
    )


def _locate_mentions(gold: GoldArticle) -> Iterator[GoldMention]:
    after = 0
    for number, label, text in gold.raw["mentions"]:
        found = gold.find(text, number, after)
        if found is None:
            raise ArticleError(gold.id, f"gold mention {text!r} does not stand in sentence {number}")
        yield GoldMention(label, *found)
        after = found[1]


def _fixed_sentences(gold: GoldArticle) -> list[Offsets]:
    cuts = {start for start, _ in gold.numbered}
    for fix in gold.raw.get("sentence_fixes", []):
        if fix[0] == "merge":
            cuts.discard(gold.numbered[max(fix[1:])][0])
        else:
            found = gold.find(fix[2], fix[1])
            if found is None:
                raise ArticleError(gold.id, f"sentence fix {fix} does not fit the text")
            cuts.add(found[0])
    starts = sorted(cuts)
    last = gold.numbered[-1][1] if gold.numbered else 0
    return [_stripped(gold.text, start, end) for start, end in zip(starts, [*starts[1:], last], strict=True)]


def _stripped(text: str, start: int, end: int) -> Offsets:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return start, start + len(piece.strip())
