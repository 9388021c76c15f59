"""What needs no reading of the words around it: values, names of the seeds, spans of the recognizer and the encoder."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache, lru_cache
from typing import cast

import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span, Token
from spacy.vocab import Vocab

from pipeline import seeds
from pipeline.record import Amount, Date, Label, Quantity
from pipeline.stages.document.doc import article_of, encoding_of, home, text_of
from pipeline.stages.document.grammar import is_ahead, is_over
from pipeline.stages.document.mentions import agencies
from pipeline.stages.document.view import view_of
from pipeline.stages.document.words import root_of
from pipeline.stages.entities.candidates import LONG, SpanCandidate, leftmost, words
from pipeline.stages.models.encoder import GROUP, within_word
from pipeline.values.dates import find_dates
from pipeline.values.gazetteer import places
from pipeline.values.money import read_money
from pipeline.values.numbers import find_quantities
from pipeline.values.quoted import amount, amount_at, date_at, quantity_at, shared_amount_at

_SHORT = 3  # names up to this length are matched only as written ("US", "Pak")

_LEAST = 0.5  # least probability by the encoder of a whole span
_NO_PART = " \n\t.,;:'’\"“”()"  # at the borders of a name


def find_amounts(doc: Doc) -> Iterator[SpanCandidate]:
    """Every amount, calendar expression and physical measure, with its value."""
    text = text_of(doc)
    for (start, end), money in read_money(text, home(doc)):
        yield SpanCandidate("MONEY", start, end, "amounts", amount(text, start, end, money))
    for start, end in find_dates(text):
        yield SpanCandidate("DATE", start, end, "amounts", _date(doc, start, end))
    for start, end in find_quantities(text):
        yield SpanCandidate("QUANTITY", start, end, "amounts", quantity_at(text, start, end))


def value_of(
    doc: Doc, label: Label, start: int, end: int, before: Amount | None = None
) -> Amount | Date | Quantity | None:
    """The value of a span of another finder; None where it has none.

    `before`: the last amount before it in its sentence.
    """
    text = text_of(doc)
    match label:
        case "MONEY":
            own = amount_at(text, start, end, home(doc))
            return own or (shared_amount_at(text, start, end, before) if before is not None else None)
        case "DATE":
            return _date(doc, start, end)
        case "QUANTITY":
            return quantity_at(text, start, end)
    return None


def _date(doc: Doc, start: int, end: int) -> Date:
    """Its value. "Friday" may be the last or the next one; the tense of the verb above decides, if it can."""
    words, article = view_of(doc).words_in(start, end), article_of(doc)
    day, today = root_of(words), date.fromisoformat(article.date) if article and article.date else None
    ahead = True if is_ahead(day) else False if is_over(day, words[0].i) else None
    return date_at(text_of(doc), start, end, today, home(doc), future=ahead)


def find_names(doc: Doc) -> Iterator[SpanCandidate]:
    """Every name of the seeds, countries and demonyms with their ISO 3166-1 alpha-3 code, and agencies of datelines."""
    yield from (SpanCandidate("ORG", start, end, "lexicon") for start, end in agencies(text_of(doc)))
    for key, start, end in _matcher(doc.vocab)(doc):
        label, span = cast(Label, doc.vocab.strings[key]), doc[start:end]
        nation = places.demonym(span.text) if label == "NORP" else None
        code = places.country_of(span.text) if label == "COUNTRY" else nation
        yield SpanCandidate(label, span.start_char, span.end_char, "lexicon", code)


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


def find_recognized(doc: Doc) -> Iterator[SpanCandidate]:
    """The recognizer's spans, without articles, honorifics and possessives; persons with their whole name."""
    for entity in doc.ents:
        span = _trimmed(entity)
        if span is not None:
            span = _whole_name(span) if entity.label_ == "PERSON" else span
            yield SpanCandidate(cast(Label, entity.label_), span.start_char, span.end_char, "model")


def _trimmed(span: Span) -> Span | None:
    """The span from its first to its last word that can be part of a name; None if there is none."""
    doc, start, end = span.doc, span.start, span.end
    while start < end and (doc[start].is_space or doc[start].lower_.rstrip(".") in _leading(span.label_)):
        start += 1
    while end > start and (doc[end - 1].tag_ == "POS" or doc[end - 1].is_punct or doc[end - 1].is_space):
        end -= 1
    lines = [token.i for token in doc[start:end] if "\n" in token.text]
    end = lines[0] if lines else end
    return doc[start:end] if start < end else None


def _whole_name(span: Span) -> Span:
    """A person's name with the capitalised words that the recognizer cut off."""
    doc, start, end = span.doc, leftmost(span[0], _is_name_word), span.end
    while end < len(doc) and not doc[end].is_sent_start and _is_name_word(doc[end]):
        end += 1
    return doc[start:end]


def _is_name_word(token: Token) -> bool:
    barred = token.lower_ in words("never") or token.lower_.rstrip(".") in _leading("PERSON")
    return token.tag_ == "NNP" and token.is_title and token.ent_type_ in ("PERSON", "") and not barred


@cache
def _leading(base_label: str) -> frozenset[str]:
    """Words that are cut off the start; for a person's name also offices."""
    offices = words("roles", "heads") | words("roles", "before") if base_label == "PERSON" else frozenset()
    return words("leading") | offices


def find_tagged(doc: Doc) -> Iterator[SpanCandidate]:
    """The names that the encoder tags; none without an encoding."""
    encoding = encoding_of(doc)
    for label, start, end in encoding.tagged() if encoding else ():
        if label != GROUP:
            yield from _whole_words(text_of(doc), label, start, end, "encoder")


def find_long(doc: Doc) -> Iterator[SpanCandidate]:
    """The long names that the encoder finds likely as a whole; none without an encoding.

    Few words of such a name ("dualisation of the road from Mardan to Swabi") are likely on their own, and its end is
    unsure, so the encoder scores all spans that may be one.
    """
    encoding = encoding_of(doc)
    for label, start, end in encoding.likely_names(text_of(doc), LONG, _LEAST) if encoding else ():
        yield from _whole_words(text_of(doc), label, start, end, "spans")


def _whole_words(text: str, label: str, start: int, end: int, method: str) -> Iterator[SpanCandidate]:
    """The span of whole words, without marks at its edges and the possessive; nothing where no word is left."""
    while within_word(text, start):
        start -= 1
    while end < len(text) and within_word(text, end):
        end += 1
    name = text[start:end].removesuffix("'s").removesuffix("’s")
    end = start + len(name.rstrip(_NO_PART.replace(")", "").replace(".", "")))
    start += len(name) - len(name.lstrip(_NO_PART))
    if start < end:
        yield SpanCandidate(cast(Label, label), start, end, method)
