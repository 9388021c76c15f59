"""Names by their last word: "... Motorway" is a project, "... Initiative" a programme, "... accord" an instrument."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from spacy.tokens import Doc, Token

from pipeline.record import Label
from pipeline.seeds import table
from pipeline.settings import LIMITS
from pipeline.stages.document.doc import Limit
from pipeline.stages.entities.candidates import SpanCandidate
from pipeline.stages.entities.word_lists import list_goes_on, tokens_in, words
from pipeline.values.gazetteer import places

_JOINERS = frozenset({"-", "–", "&", "/", "'", "’"})
_DASHES = frozenset({"-", "–", "/"})
_COMPOUND = frozenset({"PROJECT", "AGREEMENT", "EVENT"})  # labels whose names take common nouns before the head
_SUFFIXES = frozenset({"phase", "phase-i", "phase-ii", "phase-iii", "i", "ii", "iii", "iv", "2.0", "one", "two"})


def find(doc: Doc) -> Iterator[SpanCandidate]:
    """Every span that ends in a head word and has before it the words that its label requires."""
    for token in tokens_in(doc, frozenset(_heads())):
        for label, any_ in _heads()[token.lower_]:
            start, named = _left(token, label)
            if (named or any_) and not _is_national(doc, start, token):
                span = doc[start : _right(token)]
                yield SpanCandidate(label, span.start_char, span.end_char, "heads")
    yield from _opened(doc)


def _left(head: Token, label: Label) -> tuple[int, bool]:
    """Where the name begins, and whether one of its words makes it a name."""
    doc, at, named = head.doc, head.i, False
    while at > max(0, head.i - LIMITS.name) and not doc[at].is_sent_start:
        taken, names = _qualifier(doc[at - 1], head, label)
        if not taken:
            break
        at, named = at - taken, named or names
    if head.i - at >= LIMITS.name:
        doc._.limits.append(Limit("name", head.i + 1 - head.sent.start, LIMITS.name, head.idx))
    while at < head.i and (doc[at].text in _JOINERS or doc[at].is_punct):
        at += 1
    return at, named


def _qualifier(word: Token, head: Token, label: Label) -> tuple[int, bool]:
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


def _is_national(doc: Doc, start: int, head: Token) -> bool:
    """Whether it is a national government ("Kuwaiti government"): that is the country, not an organisation."""
    name = doc[start : head.i].text
    return head.lower_ == "government" and bool(places.country_of(name) or places.demonym(name))


def _is_proper(token: Token) -> bool:
    return token.text[0].isupper() and token.tag_ in ("NNP", "NNPS", "JJ", "NN", "NNS", "CD", "VBG")


def _right(head: Token) -> int:
    """The end of the name, with a phase, a year or a bracketed phase after the head."""
    doc, end = head.doc, head.i + 1
    while end < len(doc) and (doc[end].lower_ in _SUFFIXES or doc[end].shape_ in ("dddd", "dddd-dd")):
        end += 1
    return end


def _opened(doc: Doc) -> Iterator[SpanCandidate]:
    """Names that go on after their first word: "Ministry of Planning", "Memorandum of Understanding"."""
    for token in tokens_in(doc, frozenset(_openers())):
        if token.i + 2 >= len(doc):
            return
        for label in _openers()[token.lower_]:
            following = doc[token.i + 1]
            if following.lower_ not in ("of", "for") or not (token.text[0].isupper() or label == "AGREEMENT"):
                continue
            end = token.i + 3 if label == "AGREEMENT" else _capitalised_until(doc, token.i + 2)
            if end > token.i + 2:
                start = token.i if label == "AGREEMENT" else _left(token, label)[0]
                span = doc[start:end]
                yield SpanCandidate(label, span.start_char, span.end_char, "heads")


def _capitalised_until(doc: Doc, at: int) -> int:
    end = last = at
    while end < min(len(doc), at + LIMITS.name) and not doc[end].is_sent_start:
        if doc[end].text[0].isupper() and doc[end].pos_ != "VERB":
            end = last = end + 1
        elif doc[end].lower_ in ("and", "&", "of", "the") or (doc[end].text == "," and list_goes_on(doc, end)):
            end += 1
        else:
            break
    return last


@cache
def _heads() -> dict[str, list[tuple[Label, bool]]]:
    found: dict[str, list[tuple[Label, bool]]] = {}
    for label, lists in table("entities.yaml")["heads"].items():
        for policy in ("any", "named"):
            for word in lists[policy]:
                found.setdefault(word, []).append((label, policy == "any"))
    return found


@cache
def _openers() -> dict[str, list[Label]]:
    found: dict[str, list[Label]] = {}
    for label, lists in table("entities.yaml")["openers"].items():
        for word in lists:
            found.setdefault(word, []).append(label)
    return found
