"""Grammar over the parse: subjects and objects, passives, coordination, tense and negation.

Every stage uses these functions. The parse is often wrong in headings, so each of them has a safe default.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import islice, takewhile
from typing import Literal

from pipeline.seeds import table
from pipeline.stages.document.words import SEEDS, Word

SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj"})
OBJECTS = frozenset({"dobj", "nsubjpass", "attr"})
VERBS = frozenset({"VERB", "AUX"})
_SHARING = {"acl", "relcl", "amod", "conj", "xcomp", "advcl", "pcomp", "prep", "acomp", "dobj", "attr", "ccomp"}
_MOST = 12  # words of a coordination that are read: keeps a long list linear
Form = Literal["future", "modal", "infinitive", "progressive", "perfect", "past", "participle", "present", "noun"]
_BY_TAG: dict[str, Form] = {"VBD": "past", "VBZ": "present", "VBP": "present", "VB": "present"}
_PRESENT = {"VBZ", "VBP", "VB", "VBG"}


def auxiliaries(verb: Word) -> list[Word]:
    """The auxiliaries and negations of a verb; a coordinated verb without any shares those of the verb before it."""
    while not (own := [child for child in verb.children if child.dep in {"aux", "auxpass", "neg"}]):
        if verb.dep != "conj" or verb.head.pos not in VERBS:
            break
        if any(child.dep in {"nsubj", "nsubjpass", "csubj", "expl"} for child in verb.children):
            break
        verb = verb.head
    return own


def is_passive(verb: Word) -> bool:
    """Whether the subject undergoes the action: "was approved", "funds allocated for"."""
    if any(word.dep == "auxpass" for word in auxiliaries(verb)):
        return True
    if verb.dep in {"acl", "amod"}:
        return verb.tag == "VBN" and not auxiliaries(verb)
    has_agent = any(child.dep == "agent" for child in verb.children)
    return verb.dep in {"advcl", "conj", "ROOT"} and verb.tag == "VBN" and has_agent


def subject(verb: Word) -> Word | None:
    """The subject of a verb, over coordination, relative clauses, participles and open complements."""
    while not (own := [child for child in verb.children if child.dep in SUBJECTS]):
        if verb.dep not in _SHARING:
            return None
        if verb.dep in {"acl", "relcl", "amod"} and verb.head.pos in {"NOUN", "PROPN", "PRON"}:
            return verb.head
        verb = verb.head
    nearest = own[-1]  # a dateline is parsed as a subject too
    relative = nearest.lower in {"which", "that", "who"} and verb.dep == "relcl"
    return verb.head if relative else nearest


def objects(verb: Word) -> list[Word]:
    """The objects of a verb or noun, its passive subject, and the nouns after its prepositions."""
    found = [child for child in verb.children if child.dep in {*OBJECTS, "pobj"}]
    preps = [child for child in verb.children if child.dep == "prep"]
    return found + [obj for prep in preps for obj in prep.children if obj.dep == "pobj"]


def function(word: Word) -> str:
    """The dependency of a word, through coordination; with the preposition of an object: `pobj:in`."""
    while word.dep in ("conj", "appos") and word.head is not word:
        word = word.head
    return f"pobj:{word.head.lower}" if word.dep == "pobj" else word.dep


def is_subject(word: Word) -> bool:
    """Whether a word is, alone or in coordination, the subject of a verb or its agent."""
    return function(word) in ("nsubj", "nsubjpass", "pobj:by") and not word.text.isspace()


def first_of_list(word: Word) -> Word:
    """The first of coordinated words."""
    while word.dep == "conj" and word.head is not word:
        word = word.head
    return word


def coordination(word: Word) -> list[Word]:
    """The words of a coordination, the first one first, at most 12.

    Each depends on the one before it: "Oslo" on the verb, "Rome" on "Oslo", "Cairo" on "Rome".
    """
    first = word
    for _ in range(_MOST):
        first = first.head if first.dep == "conj" else first
    found = [first]
    for one in found:
        found += islice((child for child in one.rights if child.dep == "conj"), max(0, _MOST - len(found)))
    return found


@cache
def listed(name: str) -> frozenset[str]:
    """The words of a list of `seeds/commitments.yaml`."""
    return frozenset(table(SEEDS)[name])


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
    modals: dict[str, list[str]] = table(SEEDS)["modality"]
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
    between = list(takewhile(lambda above: above.pos not in VERBS, link.ancestors))
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


def is_negated(heads: Iterable[Word]) -> bool:
    """Whether one of the heads of an action is negated: "did not sign", "no funds", "is yet to approve"."""
    heads = tuple(heads)
    return any(map(says_no, heads)) or (tense(heads[-1]) == "infinitive" and says_yet(heads))


def says_no(head: Word) -> bool:
    """Whether a word or its subject is negated ("none", "no one"); "not only" is no negation."""
    own = [word for word in [*auxiliaries(head), *_determiners(head)] if word.lower in listed("negation")]
    alone = [word for word in own if not any(child.lower in listed("bare") for child in word.children)]
    longer = [child for child in head.children if child.lower == "longer"]  # "will no longer fund"
    no_longer = any(word.lower == "no" for adverb in longer for word in adverb.children)
    return bool(alone) or no_longer or any(map(_is_negated_subject, head.children))


def says_yet(heads: Sequence[Word]) -> bool:
    """Whether "yet" modifies a head, or the "be" above it: "has yet to", "is yet to"."""
    above = [head.head for head in heads if head.dep == "xcomp"]
    return any(child.lower == "yet" for head in [*heads, *above] for child in head.children)


def _determiners(head: Word) -> list[Word]:
    return [child for child in head.children if child.dep in {"neg", "det", "preconj"}]


def _is_negated_subject(child: Word) -> bool:
    """Whether a word is a negated subject: "none of it", "no funds", "neither A nor B"; "Law No 5" is not."""
    first = [word.lower for word in (*_determiners(child), child) if word.i <= child.i]
    return child.dep in {"nsubj", "nsubjpass"} and not listed("nobody").isdisjoint(first)
