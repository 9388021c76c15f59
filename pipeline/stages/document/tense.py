"""The tense of a verb ("will sign" is future), and whether a day is ahead or over by the verb above it.

A verb without a tense takes that of the verb above it ("opened the port, hosting talks on Friday"); some participles
announce ("is scheduled for Friday").
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import takewhile
from typing import Literal

from pipeline.seeds import table
from pipeline.stages.document.grammar import VERBS, auxiliaries
from pipeline.stages.document.words import Word

Form = Literal["future", "modal", "infinitive", "progressive", "perfect", "past", "participle", "present", "noun"]
_BY_TAG: dict[str, Form] = {"VBD": "past", "VBZ": "present", "VBP": "present", "VB": "present"}
_PRESENT = {"VBZ", "VBP", "VB", "VBG"}


def tense(head: Word) -> Form:
    """The form of a verb with its auxiliaries; `noun` for any other word."""
    aux = [word for word in auxiliaries(head) if word.dep in {"aux", "auxpass"}]
    for word in aux:
        if word.tag == "MD" or word.lower in modality():
            return "future" if modality().get(word.lower, "proposed") == "pledged" else "modal"
    if any(word.lower == "to" for word in aux):
        return "infinitive"
    if head.dep == "advcl" and head.tag == "VBG" and not aux and tense(head.head) == "future":
        return "future"  # "will meet, launching the second phase"
    if head.tag == "VBG" or any(word.lower == "being" for word in aux):
        return "progressive"
    if any(word.lemma == "have" for word in aux):
        return "perfect"
    if head.tag == "VBN":
        return "past" if aux else "participle"
    return _BY_TAG.get(head.tag, "noun")


@cache
def modality() -> dict[str, str]:
    """Modal verb -> the status that it gives an action: "will" -> pledged."""
    modals: dict[str, list[str]] = table("commitments.yaml")["modality"]
    found: dict[str, str] = {}
    for status, words in modals.items():
        for word in words:
            found.setdefault(word, status)
    return found


def is_ahead(day: Word) -> bool:
    """Whether the day headed by a word is ahead; False where no verb is above it, and after "since".

    The day of what came first ("will go after talks in March") is not, what has to be done by a day is.
    """
    words, link = table("dates.yaml"), _first(day).head
    if link.lower == "since":
        return False
    if link.lower in words["moved_to"] and link.head.lemma in words["moving"]:
        return True
    verbs = [word for word in (day, *day.ancestors) if word.pos in VERBS]
    between = list(_above(link))
    if any(word.lower in words["after"] for word in between):
        return False
    announced = any(word.pos == "ADJ" and word.lemma in words["announcing"] for word in between)
    if announced and verbs and tense(verbs[0]) == "present":
        return True  # "is due in March"
    if link.lower == "by" and verbs:
        return tense(verbs[0]) not in ("past", "perfect")
    judged = (_is_ahead(verb, above) for verb, above in zip(verbs, [*verbs[1:], None], strict=False))
    return next((ahead for ahead in judged if ahead is not None), False)


def is_over(day: Word, start: int) -> bool:
    """Whether the verb above a day says what was done on it ("signed in March"), not what was moved to it.

    `start`: the index of the first word of the day.
    """
    first, words = _first(day), table("dates.yaml")
    link = first if first.lower in words["done_in"] else first.head
    if link.lower == "since":
        return True
    if link.lower == "by":  # "had paid by the end of the year"
        return any(word.lower == "had" for word in _auxiliaries(link.head))
    verb = link if first.dep in ("npadvmod", "advmod") else link.head if link.lower in words["done_in"] else first
    asks = verb.lemma in words["asking"] and start > verb.i + 2  # not "proposed in March"
    return verb.pos in VERBS and not asks and _is_over(verb)


def _first(day: Word) -> Word:
    """The first of coordinated days: "between March and June"."""
    while day.dep == "conj" and day.head.pos not in VERBS:
        day = day.head
    return day


def _above(word: Word) -> Iterator[Word]:
    """The words above a word that are below the nearest verb."""
    return takewhile(lambda above: above.pos not in VERBS, word.ancestors)


def _is_over(verb: Word) -> bool:
    """Whether a verb is past or perfect, and neither announces ("was expected in March") nor has a condition."""
    words = table("dates.yaml")
    aux = _auxiliaries(verb)
    if verb.lemma in words["announcing"] or any(child.lower in words["unreal"] for child in verb.children):
        return False
    if any(word.tag == "MD" or word.lower == "to" for word in aux):
        return False
    if aux:
        return any(word.tag == "VBD" or word.lemma == "have" for word in aux)
    return verb.tag in ("VBD", "VBN")


def _is_ahead(verb: Word, above: Word | None) -> bool | None:
    """Whether a verb looks ahead; None where the verb above it decides."""
    aux = _auxiliaries(verb)
    lemmas = {word.lemma for word in aux}
    if "have" in lemmas or any(word.lower == "did" for word in aux):
        return False
    if any(word.tag == "MD" for word in aux):
        return True
    if any(word.lower == "to" for word in aux):
        past = above and above.tag == "VBD" and not _auxiliaries(above)  # "agreed to meet", but "to be signed"
        return "be" in lemmas or not past
    if aux and "be" in lemmas:
        present = any(word.lemma == "be" and word.tag in ("VBZ", "VBP") for word in aux)
        return present and (verb.tag == "VBG" or verb.lemma in table("dates.yaml")["announcing"])
    if verb.tag == "VBG" and above:
        return None
    return verb.tag in _PRESENT and verb.lemma in table("dates.yaml")["timetable"]


def _auxiliaries(verb: Word) -> list[Word]:
    return [word for word in auxiliaries(verb) if word.dep != "neg"]
