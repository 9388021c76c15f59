"""ROLE: the office that a person holds, with the words before it ("Sindh Chief ...") and its portfolio after it."""

from __future__ import annotations

from collections.abc import Iterator

from spacy.tokens import Doc, Token

from pipeline.stages.entities.candidates import SpanCandidate
from pipeline.stages.entities.word_lists import list_goes_on, tokens_in, words
from pipeline.values.gazetteer import places


def find(doc: Doc) -> Iterator[SpanCandidate]:
    """Every office that is capitalised or beside a name; not a bare lower-case "minister"."""
    end = 0
    for token in tokens_in(doc, words("roles", "heads")):
        if token.i < end:
            continue
        start, end = _left(token), office_end(token)
        if _is_office(doc, token, start, end):
            span = doc[start:end]
            yield SpanCandidate("ROLE", span.start_char, span.end_char, "roles")
        else:
            end = token.i + 1


def _left(head: Token) -> int:
    """Where the words that qualify the office begin."""
    doc, start = head.doc, head.i
    while start > 0 and not doc[start].is_sent_start and _qualifies(doc[start - 1]):
        start -= 1
    while start < head.i and (doc[start].lower_ in ("and", "&", "-", ")", "(") or doc[start].pos_ == "VERB"):
        start += 1
    return start


def _qualifies(token: Token) -> bool:
    if token.lower_ in words("roles", "before"):
        return token.lower_ != "and" or (token.i > 0 and token.nbor(-1).lower_ in words("roles", "before"))
    if token.text == "-":
        return not token.whitespace_
    return token.tag_ in ("NNP", "NNPS", "JJ") and token.text[0].isupper()


def office_end(head: Token) -> int:
    """Where the office ends: "General", "of State", "for Planning, Development and Special Initiatives"."""
    doc, end = head.doc, head.i + 1
    further = words("roles", "after") | words("roles", "heads") - words("roles", "honorifics")
    while end < len(doc) and doc[end].lower_ in further:
        end += 1
    if end < len(doc) - 1 and doc[end].text == "-" and doc[end + 1].lower_ in words("roles", "after"):
        end += 2
    if end < len(doc) - 2 and doc[end].lower_ == "of" and doc[end + 1].lower_ == "state":
        end += 2
    while end < len(doc) - 1 and doc[end].lower_ in ("for", "of", "to"):
        last = _portfolio(doc, end)
        if last == end:
            break
        end = last
    return end


def _portfolio(doc: Doc, at: int) -> int:
    """The end of a portfolio that starts with the preposition at `at`; `at` if it is not part of the office."""
    begin = at + 2 if doc[at + 1].lower_ == "the" and at + 2 < len(doc) else at + 1
    if doc[at].lower_ == "of" and doc[begin].lower_ in words("roles", "commands"):
        return begin + 1
    if not _in_name(doc[begin]) or (doc[at].lower_ in ("of", "to") and not _belongs(doc, at, begin)):
        return at
    end = last = begin
    while end < len(doc) and not (doc[end].is_sent_start or doc[end].ent_type_ == "PERSON"):
        if _in_name(doc[end]):
            end = last = end + 1
        elif doc[end].lower_ in ("and", "&") or (doc[end].text == "," and list_goes_on(doc, end)):
            end += 1
        else:
            break
    return last


def _in_name(token: Token) -> bool:
    """Whether the word can be in a portfolio: capitalised, not a person, an office or an honorific."""
    barred = token.lower_.rstrip(".") in words("roles", "heads") | words("leading")
    return token.text[0].isupper() and token.ent_type_ != "PERSON" and not barred


def _belongs(doc: Doc, at: int, begin: int) -> bool:
    """Whether "of X", "to X" belongs to the office: X is a country, a place or (minister of ...) a portfolio."""
    if doc[at].lower_ == "of" and doc[at - 1].lower_ in ("minister", "secretary"):
        return True
    name = " ".join(token.text for token in doc[begin : begin + 2] if _in_name(token))
    country = places.country_of(name) or places.place_country(name)
    return bool(country) or doc[begin].lower_ in words("roles", "served")


def _is_office(doc: Doc, head: Token, start: int, end: int) -> bool:
    if end - start > 1 or head.lower_ not in words("roles", "weak"):
        return True
    before_name = end < len(doc) and doc[end].ent_type_ == "PERSON"
    return (head.text[0].isupper() and not head.is_sent_start) or before_name
