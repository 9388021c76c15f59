"""An article cut into sentences, and nothing else read: what a language model gets that reads alone.

The splitter knows the marks of all scripts; abbreviations are data (`seeds/languages.yaml`).
"""

import re
from collections.abc import Iterator
from functools import cache

from pipeline.record import Article, Record, Sentence
from pipeline.seeds import table
from pipeline.values.languages import TABLE

_CLOSERS = r"[\"'”’»›」』）)\]]*(?:[ \u00a0\u202f]»)?"
_FULL = re.compile(rf"[。！？]+{_CLOSERS}")  # nothing has to follow
_STOP = re.compile(rf"(?:[.!?…]+|[؟۔।]+){_CLOSERS}(?=[ \t\u00a0\u202f])")
_WORD = re.compile(r"[^\W\d_]+(?:\.[^\W\d_]+)*$")
_OPENED = re.compile(r"[：:]\s*[“「『][^”」』]*$")


def bare(article: Article) -> Record:
    """The record of an article with its sentences alone."""
    spans = sentences_of(article.text, article.language)
    sentences = [Sentence(id=n, start=start, end=end, boilerplate=False) for n, (start, end) in enumerate(spans)]
    return Record(article=article, sentences=sentences)


def is_bare(record: Record) -> bool:
    """Whether a record has nothing but sentences."""
    return not (record.mentions or record.actors or record.projects or record.commitments)


def sentences_of(text: str, language: str | None) -> Iterator[tuple[int, int]]:
    """Half-open offsets of the sentences of a text, in order, without the white space around them."""
    for line in re.finditer(r"[^\r\n]+", text):
        start = line.start()
        for end in (*_ends(text, line.start(), line.end(), language), line.end()):
            if own := text[start:end].strip():
                first = text.index(own, start)
                yield first, first + len(own)
            start = end


def _ends(text: str, first: int, last: int, language: str | None) -> Iterator[int]:
    """Where sentences of a line end."""
    found = [*_FULL.finditer(text, first, last), *_STOP.finditer(text, first, last)]
    start = first
    for mark in sorted(found, key=re.Match.start):
        before, rest = text[start : mark.start()], text[mark.end() : last].lstrip()
        if mark[0][0] in "。！？":
            ends = mark[0][-1] not in "”」』" or _OPENED.search(before) is not None
        else:
            ends = bool(rest) and not rest[0].islower() and not (mark[0][0] == "." and _goes_on(before, language))
        if ends:
            yield mark.end()
            start = mark.end()


def _goes_on(before: str, language: str | None) -> bool:
    """Whether a full stop belongs to an abbreviation or an initial."""
    word = _WORD.search(before)
    if word is None:
        return False
    is_initial = len(word[0]) == 1 and (word[0].isupper() or not word[0].isascii())
    return is_initial or word[0].lower() in _abbreviations(language)


@cache
def _abbreviations(language: str | None) -> frozenset[str]:
    rows = table(TABLE)
    if language in rows:
        return frozenset(rows[language]["abbreviations"])
    return frozenset(table("sentences.yaml")["never_last"])
