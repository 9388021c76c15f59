"""Names by their words: a head ("... Motorway" is a project), an office with its portfolio and its body, a phase."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from spacy.tokens import Doc, Token

from pipeline.record import Label
from pipeline.seeds import table
from pipeline.settings import LIMITS
from pipeline.stages.document.doc import Limit, text_of
from pipeline.stages.entities.candidates import SpanCandidate, leftmost, list_goes_on, tokens_in, words
from pipeline.values.gazetteer import places

_JOINERS = frozenset({"-", "–", "&", "/", "'", "’"})
_DASHES = frozenset({"-", "–", "/"})
_COMPOUND = frozenset({"PROJECT", "AGREEMENT", "EVENT"})  # labels whose names take common nouns before the head
_SUFFIXES = frozenset({"phase", "phase-i", "phase-ii", "phase-iii", "i", "ii", "iii", "iv", "2.0", "one", "two"})
_SHORT_NAME = re.compile(r"\s*\([^()\n]{2,12}\)$")  # of the body, in brackets
_NEAR = 40  # characters searched before an office or a body
_WHOLES = ("PROGRAMME", "PROJECT")


def find_by_head(doc: Doc) -> Iterator[SpanCandidate]:
    """Every span that ends in a head word and has before it the words that its label requires."""
    for token in tokens_in(doc, frozenset(_heads())):
        for label, any_ in _heads()[token.lower_]:
            start, named = _name_start(token, label)
            if named or any_:
                span = doc[start : _right(token)]
                yield SpanCandidate(label, span.start_char, span.end_char, "heads")


def _name_start(head: Token, label: Label) -> tuple[int, bool]:
    """Where the name begins, and whether one of its words makes it a name."""
    doc, at, named = head.doc, head.i, False
    while at > max(0, head.i - LIMITS.name) and not doc[at].is_sent_start:
        taken, names = _head_qualifier(doc[at - 1], head, label)
        if not taken:
            break
        at, named = at - taken, named or names
    if head.i - at >= LIMITS.name:
        doc._.limits.append(Limit("name", head.i + 1 - head.sent.start, LIMITS.name, head.idx))
    while at < head.i and (doc[at].text in _JOINERS or doc[at].is_punct):
        at += 1
    return at, named


def _head_qualifier(word: Token, head: Token, label: Label) -> tuple[int, bool]:
    """How many tokens that end with `word` belong to the head's name (0: none), and whether they make it a name."""
    if word.text in _JOINERS:
        return int(not (word.whitespace_ and word.text in _DASHES)), False
    if _is_proper(word):
        return 1, True
    if word.lower_ in words("heads", label, "kinds") or (word.like_num and not word.text.isalpha()):
        return 1, head.tag_ not in ("NNS", "NNPS")  # "power projects" are no particular ones
    if word.text == ")" and word.i > 2 and word.nbor(-2).text == "(" and word.nbor(-1).text.isupper():
        return 3, False
    return int(label in _COMPOUND and word.tag_ in ("NN", "NNS") and word.dep_ == "compound"), False


def _is_proper(token: Token) -> bool:
    return token.text[0].isupper() and token.tag_ in ("NNP", "NNPS", "JJ", "NN", "NNS", "CD", "VBG")


def _right(head: Token) -> int:
    """The end of the name, with a phase, a year or a bracketed phase after the head."""
    doc, end = head.doc, head.i + 1
    while end < len(doc) and (doc[end].lower_ in _SUFFIXES or doc[end].shape_ in ("dddd", "dddd-dd")):
        end += 1
    return end


@cache
def _heads() -> dict[str, list[tuple[Label, bool]]]:
    found: dict[str, list[tuple[Label, bool]]] = {}
    for label, lists in table("entities.yaml")["heads"].items():
        for policy in ("any", "named"):
            for word in lists[policy]:
                found.setdefault(word, []).append((label, policy == "any"))
    return found


def find_offices(doc: Doc) -> Iterator[SpanCandidate]:
    """Every office that is capitalised or beside a name; not a bare lower-case "minister"."""
    end = 0
    for token in tokens_in(doc, words("roles", "heads")):
        if token.i < end:
            continue
        start, end = _office_start(token), office_end(token)
        if _is_office(doc, token, start, end):
            span = doc[start:end]
            yield SpanCandidate("ROLE", span.start_char, span.end_char, "roles")
        else:
            end = token.i + 1


def _office_start(head: Token) -> int:
    """Where the words that qualify the office begin."""
    doc, start = head.doc, leftmost(head, _qualifies_office)
    while start < head.i and (doc[start].lower_ in ("and", "&", "-", ")", "(") or doc[start].pos_ == "VERB"):
        start += 1
    return start


def _qualifies_office(token: Token) -> bool:
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


def find_offices_of_bodies(doc: Doc, proposed: Iterable[SpanCandidate]) -> Iterator[SpanCandidate]:
    """Every office right after a body: a `proposed` ROLE together with the longest ORG that ends there."""
    text, bodies, offices = text_of(doc), dict[int, int](), list[SpanCandidate]()
    for candidate in proposed:
        if candidate.label == "ORG":
            bodies[candidate.end] = min(candidate.start, bodies.get(candidate.end, candidate.start))
        elif candidate.label == "ROLE":
            offices.append(candidate)
    for token in tokens_in(doc, words("roles", "heads") - words("roles", "in_names")):
        if not token.is_sent_start:
            first, last = doc[leftmost(token, _is_part_of_title)].idx, token.idx + len(token)
            body = bodies.get(_end_of_body(text, first), bodies.get(last, first))
            if body < first and words("roles", "heads").isdisjoint(text[body:first].lower().split()):
                whole = doc[token.i : office_end(token)].end_char
                for end in sorted({whole, *(c.end for c in offices if c.start < last <= c.end)}):
                    yield SpanCandidate("ROLE", _with_before(text, body), end, "offices")


def _is_part_of_title(word: Token) -> bool:
    """Whether a word before the head belongs to the office itself: "Vice" Chancellor, "co-" founder."""
    return word.lower_ in words("roles", "before") - {"and"} or (word.text == "-" and not word.whitespace_)


def _end_of_body(text: str, office: int) -> int:
    """Where the name before an office ends, without a short form in brackets."""
    begin = max(0, office - _NEAR)
    before = text[begin:office].rstrip()
    short = _SHORT_NAME.search(before)
    return begin + (short.start() if short else len(before))


def _with_before(text: str, start: int) -> int:
    """The start moved before a word of time: "former" of "former PTI leader"."""
    before = text[max(0, start - _NEAR) : start].removesuffix(" ").rpartition(" ")[2]
    return start - len(before) - 1 if before.lower() in words("roles", "when") else start


def find_phases(doc: Doc, wholes: Iterable[SpanCandidate]) -> Iterator[SpanCandidate]:
    """The phases of an article, each with the one of `wholes` beside it: "the X Phase II", "second phase of the X"."""
    named = [c for c in wholes if c.label in _WHOLES]
    before, after = {c.end: c for c in named}, {c.start: c for c in named}
    for token in tokens_in(doc, words("phases", "words")):
        following = [*doc[token.i + 1 : token.i + 4]]
        lower = [word.lower_ for word in following]
        if lower and lower[0] in words("phases", "numbers"):
            whole = before.get(token.idx - 1)
            start, label = (whole.start, whole.label) if whole else (token.idx, "PROGRAMME")
            yield SpanCandidate(label, start, following[0].idx + len(following[0]), "heads")
        elif lower[:1] == ["of"] and token.i and doc[token.i - 1].lower_ in words("phases", "before"):
            first = following[2 if lower[1:2] == ["the"] else 1 :][:1]
            if first and (whole := after.get(first[0].idx)):
                yield SpanCandidate(whole.label, doc[token.i - 1].idx, whole.end, "heads")
