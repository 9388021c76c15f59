"""Names that are known beforehand: countries, demonyms, places, programmes, institutions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from pipeline import seeds
from pipeline.article.dateline import agencies
from pipeline.article.doc import text_of
from pipeline.gazetteer import places
from pipeline.seeds import table
from pipeline.stages.entities.candidates import SpanCandidate
from pipeline.stages.entities.word_lists import words

_SHORT = 3  # names up to this length are matched as they are written only ("US", "Pak")

_LETTERS = re.compile("[A-Z]{3,}")


def find(doc: Doc) -> Iterator[SpanCandidate]:
    """Every known name, and the agency of a dateline. Countries and demonyms have their ISO 3166-1 alpha-3 code."""
    yield from (SpanCandidate("ORG", start, end, "lexicon") for start, end in agencies(text_of(doc)))
    for key, start, end in _matcher(doc.vocab)(doc):
        label = doc.vocab.strings[key]
        span = doc[start:end]
        yield _candidate(label, span, _country(label, span.text))
        if label in ("COUNTRY", "PLACE"):
            wider = _with_its_kind(span)
            if len(wider) > len(span):
                yield _candidate("PLACE", wider, None)
            if label == "PLACE" and _has_letters(span):
                yield _candidate("ORG", doc[start : end + 1], None)


def _candidate(label: str, span: Span, value: str | None) -> SpanCandidate:
    return SpanCandidate(label, span.start_char, span.end_char, "lexicon", value)  # type: ignore[arg-type]


def _with_its_kind(span: Span) -> Span:
    """The place with what its name says of it: "southwestern China", "Nong Khai province"."""
    doc, words = span.doc, table("entities.yaml")["places"]
    start = span.start - (span.start > 0 and doc[span.start - 1].lower_ in words["before"])
    end = span.end + (span.end < len(doc) and doc[span.end].lower_ in words["after"])
    return doc[start:end]


def _has_letters(span: Span) -> bool:
    """Whether a place is followed by the letters of its agency: "Lahore WASA"; letters of an office are none."""
    letters = span.doc[span.end : span.end + 1].text
    place = span.text[0].isupper() and not span.text.isupper()
    return place and bool(_LETTERS.fullmatch(letters)) and letters.lower() not in words("roles", "heads")


def _country(label: str, name: str) -> str | None:
    if label == "COUNTRY":
        return places.country_of(name)
    return places.demonym(name) if label == "NORP" else None


def names() -> dict[str, set[str]]:
    """The known names by label, in the spellings of the seeds; countries with either apostrophe."""
    return {
        "COUNTRY": {form for name in places.country_names() for form in (name, name.replace("'", "\u2019"))},
        "NORP": set(places.demonyms()),
        "PLACE": set(places.place_names()),
        "PROJECT": set(_spellings("projects.csv")),
        "PROGRAMME": set(_spellings("programmes.csv")),
        "ORG": {name for name in _spellings("institutions.csv") if len(name) > 2},
    }


def _spellings(file: str) -> Iterator[str]:
    for row in seeds.rows(file, "name"):
        yield row["name"]
        yield from (alias.strip() for alias in row["aliases"].split("|") if alias.strip())


@lru_cache(maxsize=8)  # more than the parts of the articles, whose models have a vocabulary each
def _matcher(vocab: Vocab) -> PhraseMatcher:
    tokenizer = spacy.blank("en", vocab=vocab).tokenizer
    matcher = PhraseMatcher(vocab)
    for label, known in names().items():
        matcher.add(label, [tokenizer(name) for name in sorted(_cased(known))])
    return matcher


def _cased(known: Iterable[str]) -> set[str]:
    """Names as written and, unless short, in capitals (headlines, datelines)."""
    known = set(known)
    return known | {name.upper() for name in known if len(name) > _SHORT}
