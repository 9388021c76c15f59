"""Names of the seeds: countries, demonyms, places, projects, programmes, institutions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from pipeline import seeds
from pipeline.seeds import table
from pipeline.stages.document.dateline import agencies
from pipeline.stages.document.doc import text_of
from pipeline.stages.entities.candidates import SpanCandidate
from pipeline.stages.entities.word_lists import words
from pipeline.values.gazetteer import places

_SHORT = 3  # names up to this length are matched only as written ("US", "Pak")

_ACRONYM = re.compile("[A-Z]{3,}")


def find(doc: Doc) -> Iterator[SpanCandidate]:
    """Every name of the seeds, countries and demonyms with their ISO 3166-1 alpha-3 code, and agencies of datelines."""
    yield from (SpanCandidate("ORG", start, end, "lexicon") for start, end in agencies(text_of(doc)))
    for key, start, end in _matcher(doc.vocab)(doc):
        label = doc.vocab.strings[key]
        span = doc[start:end]
        yield _candidate(label, span, _country(label, span.text))
        if label in ("COUNTRY", "PLACE"):
            wider = _qualified(span)
            if len(wider) > len(span):
                yield _candidate("PLACE", wider, None)
            if label == "PLACE" and _has_agency(span):
                yield _candidate("ORG", doc[start : end + 1], None)


def _candidate(label: str, span: Span, value: str | None) -> SpanCandidate:
    return SpanCandidate(label, span.start_char, span.end_char, "lexicon", value)  # type: ignore[arg-type]


def _qualified(span: Span) -> Span:
    """The place with a word that qualifies it: "southwestern China", "Nong Khai province"."""
    doc, words = span.doc, table("entities.yaml")["places"]
    start = span.start - (span.start > 0 and doc[span.start - 1].lower_ in words["before"])
    end = span.end + (span.end < len(doc) and doc[span.end].lower_ in words["after"])
    return doc[start:end]


def _has_agency(span: Span) -> bool:
    """Whether the acronym of its agency follows a place: "Lahore WASA"; that of an office does not count."""
    acronym = span.doc[span.end : span.end + 1].text
    place = span.text[0].isupper() and not span.text.isupper()
    return place and bool(_ACRONYM.fullmatch(acronym)) and acronym.lower() not in words("roles", "heads")


def _country(label: str, name: str) -> str | None:
    if label == "COUNTRY":
        return places.country_of(name)
    return places.demonym(name) if label == "NORP" else None


def names() -> dict[str, set[str]]:
    """The names of the seeds by label, in their spellings; countries with either apostrophe."""
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


@lru_cache(maxsize=8)  # more than the folds of a cross-validation, each with its own vocabulary
def _matcher(vocab: Vocab) -> PhraseMatcher:
    tokenizer = spacy.blank("en", vocab=vocab).tokenizer
    matcher = PhraseMatcher(vocab)
    for label, forms in names().items():
        matcher.add(label, [tokenizer(name) for name in sorted(_cased(forms))])
    return matcher


def _cased(forms: Iterable[str]) -> set[str]:
    """Names as written and, unless short, in capitals (headlines, datelines)."""
    forms = set(forms)
    return forms | {name.upper() for name in forms if len(name) > _SHORT}
