"""Whether what a sentence says of a day lies ahead or is over, by the nearest verb above it: "will open on Friday".

Hard because verbs without a tense borrow it ("opened the port, hosting talks on Friday"), what somebody did to an end
is told with the day on which it was done ("sent police to clear the road on Friday"), and some verbs in the past
announce ("is scheduled for Friday").
"""

from __future__ import annotations

from spacy.tokens import Span, Token

from pipeline.seeds import table

_VERBS = {"VERB", "AUX"}
_AUXILIARIES = {"aux", "auxpass"}
_PRESENT = {"VBZ", "VBP", "VB", "VBG"}


def is_ahead(day: Span) -> bool:
    """Where no verb stands above it, it does not; nor does what is told "since" the day; what is moved to it does."""
    words, link = table("dates.yaml"), day.root.head
    if link.lower_ == "since":
        return False
    if link.lower_ in words["moved_to"] and link.head.lemma_.lower() in words["moving"]:
        return True
    verbs = [token for token in (day.root, *day.root.ancestors) if token.pos_ in _VERBS]
    told = (_is_ahead(verb, above) for verb, above in zip(verbs, [*verbs[1:], None], strict=False))
    return next((ahead for ahead in told if ahead is not None), False)


def is_over(day: Span) -> bool:
    """Whether the verb right above tells what was done on the day ("signed in March"), not what was moved to it."""
    first = day.root
    while first.dep_ == "conj" and first.head.pos_ not in _VERBS:  # "between March and June"
        first = first.head
    words = table("dates.yaml")
    link = first if first.lower_ in words["done_in"] else first.head
    if link.lower_ == "since":
        return True
    if link.lower_ == "by":  # "had paid by the end of the year"
        return any(token.lower_ == "had" for token in _auxiliaries(link.head))
    verb = link if first.dep_ in ("npadvmod", "advmod") else link.head if link.lower_ in words["done_in"] else first
    asks = verb.lemma_.lower() in words["asking"] and day.start > verb.i + 2  # not "proposed in March"
    return verb.pos_ in _VERBS and not asks and _is_over(verb)


def _is_over(verb: Token) -> bool:
    """Whether it is past or perfect; not where it announces ("was expected in March") or a condition stands by."""
    words = table("dates.yaml")
    aux = _auxiliaries(verb)
    if verb.lemma_.lower() in words["announcing"] or any(child.lower_ in words["unreal"] for child in verb.children):
        return False
    if any(token.tag_ == "MD" or token.lower_ == "to" for token in aux):
        return False
    if aux:
        return any(token.tag_ == "VBD" or token.lemma_.lower() == "have" for token in aux)
    return verb.tag_ in ("VBD", "VBN")


def _is_ahead(verb: Token, above: Token | None) -> bool | None:
    """None: as the verb above it is."""
    aux = _auxiliaries(verb)
    lemmas = {token.lemma_.lower() for token in aux}
    if "have" in lemmas or any(token.lower_ == "did" for token in aux):
        return False
    if any(token.tag_ == "MD" for token in aux):
        return True
    if any(token.lower_ == "to" for token in aux):
        return not (above and _is_past(above))
    if aux and "be" in lemmas:
        return _is_present(aux) and (verb.tag_ == "VBG" or verb.lemma_.lower() in table("dates.yaml")["announcing"])
    if verb.tag_ == "VBG" and above:
        return None
    return verb.tag_ in _PRESENT and verb.lemma_.lower() in table("dates.yaml")["timetable"]


def _is_past(verb: Token) -> bool:
    """Whether it tells what was done: "agreed to meet", not "has agreed to meet", "was set to meet"."""
    return verb.tag_ == "VBD" and not _auxiliaries(verb)


def _auxiliaries(verb: Token) -> list[Token]:
    """Its own; a coordinated verb without any has those of the one before it."""
    while not (own := [child for child in verb.children if child.dep_ in _AUXILIARIES]):
        if verb.dep_ != "conj" or verb.tag_ != verb.head.tag_:
            break
        verb = verb.head
    return own


def _is_present(aux: list[Token]) -> bool:
    return any(token.lemma_.lower() == "be" and token.tag_ in ("VBZ", "VBP") for token in aux)
