"""Finds the person who holds the office of each ROLE mention.

An office may stand before a name, after it, or with the organisation between, and one plural serves several names.
Where the rules find no holder, the encoder may.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from math import log

from pipeline.seeds import table
from pipeline.stages.document.doc import Mention
from pipeline.stages.document.view import ArticleView
from pipeline.stages.encoding import pair_head_of
from pipeline.stages.models.heads import HOLDS, RELATIONS
from pipeline.values.gazetteer.names import key
from pipeline.values.numbers import any_case

_DROP_CAP = re.compile(r"^([A-Z]) (?=[a-z])([a-z]+)")  # a large first letter of a page: "P resident"
_AFTER = re.compile(
    r",? ?\(? ?(?:who is|who was|also|as)? ?(?:the|a|an|its|their)? ?(?:\w+['\u2019]s)? ?(?:then|former)?", re.I
)
_OWNS = re.compile(r"['\u2019\u00b4]s?\s(?:\w+\s)?")
LIKELY = log(0.5)  # least log probability of the encoder that a person holds an office
OWNED = re.compile(r" (?:(?:of|at|for|from) (?:the )?)?", re.I)  # between an office and its owner


def offices(view: ArticleView) -> dict[int, list[Mention]]:
    """id of a PERSON mention -> the ROLE mentions of the person's offices, in reading order."""
    found: dict[int, list[Mention]] = {}
    led: set[int] = set()  # persons that an office and a comma lead to: "Secretary Finance, A"
    for index, mention in enumerate(view.mentions):
        if mention.label == "ROLE":
            for person in _holders(view, index, led):
                found.setdefault(id(person), []).append(mention)
    taken = {id(mention) for held in found.values() for mention in held}
    for person, mention in _found_by_encoder(view, [m for m in view.mentions.labelled("ROLE") if id(m) not in taken]):
        found.setdefault(id(person), [mention])
    return found


def _found_by_encoder(view: ArticleView, roles: list[Mention]) -> Iterator[tuple[Mention, Mention]]:
    """Pairs of person and office in one sentence that the encoder finds likely, the likeliest first."""
    near: dict[int, list[Mention]] = {}
    for person in view.mentions.labelled("PERSON"):
        near.setdefault(person.sentence, []).append(person)
    pairs = [(person, role) for role in roles for person in near.get(role.sentence, [])]
    pair_head = pair_head_of(view.doc) if pairs else None
    if pair_head is not None:
        spans = [((p.start, p.end, p.label), (r.start, r.end, r.label)) for p, r in pairs]
        likely = pair_head.relations_of(spans)[:, RELATIONS.index(HOLDS)]
        for at in sorted(range(len(pairs)), key=lambda at: -likely[at]):
            if likely[at] >= LIKELY:
                yield pairs[at]


def _holders(view: ArticleView, index: int, led: set[int]) -> list[Mention]:
    person, before = _next_person(view, index), _person_before(view, index)
    if person is None or (before and id(before) not in led and _ends_list(view, index, person)):
        return [before] if before else []
    if without_titles(view.mentions.gap(view.mentions[view.mentions.position(person) - 1], person)) == ",":
        led.add(id(person))
    return _with_coordinated(view, index, person) if is_plural(view.mentions.name(view.mentions[index])) else [person]


def _next_person(view: ArticleView, index: int) -> Mention | None:
    """The person named after an office: directly, or after another office or the organisation."""
    for left, right in pairwise(view.mentions[index : index + 4]):
        gap = without_titles(view.mentions.gap(left, right))
        if right.label == "PERSON":
            return right if gap in ("", ",", ":") or (left.label == "ORG" and gap in ("),", ")")) else None
        leads = OWNED.fullmatch(view.mentions.gap(left, right)) or gap in ("", ",", "and", "(")
        if right.label not in ("ROLE", "ORG", "COUNTRY") or not leads or (right.label == "ROLE" and gap == ","):
            return None
    return None


def _person_before(view: ArticleView, index: int) -> Mention | None:
    if index == 0:
        return None
    person, role = view.mentions[index - 1 : index + 1]
    if index > 1 and person.label in ("ORG", "COUNTRY") and _OWNS.fullmatch(view.mentions.gap(person, role)):
        person, role = view.mentions[index - 2], person  # "A, the IMF's mission chief"
        if not view.mentions.gap(person, role).startswith(","):
            return None
    gap = view.mentions.gap(person, role)
    words = " ".join(gap.split()).replace(" ,", ",")
    return person if person.label == "PERSON" and (gap == " " or (words and _AFTER.fullmatch(words))) else None


def _ends_list(view: ArticleView, index: int, person: Mention) -> bool:
    """Whether a comma or "and" follows an office and its body: "A, Chairman of the board, B" gives the office to A.

    Not where offices alone lead to the next person: "A, Director and Secretary B".
    """
    between = view.mentions[index : view.mentions.position(person) + 1]
    if all(mention.label == "ROLE" for mention in between[:-1]) and view.mentions.gap(*between[-2:]) == " ":
        return False
    for office, after in pairwise(between):
        gap = view.mentions.gap(office, after)
        if after.label != "ORG" or not (OWNED.fullmatch(gap) or gap == " ("):
            return bool(re.match(r"\)?\s*(?:,|;|\n|and\b)", gap))
    return False


def _with_coordinated(view: ArticleView, index: int, person: Mention) -> list[Mention]:
    """The persons of "Senators A, B and C"."""
    held = [person]
    for mention in view.mentions[view.mentions.position(person) + 1 :]:
        gap = without_titles(view.mentions.gap(held[-1], mention))
        if mention.label != "PERSON" or gap not in (",", "and", ", and", ",and", "&"):
            break
        held.append(mention)
    return held


def is_plural(role: str) -> bool:
    """Whether several persons hold the office: "Senators", "members of the board"."""
    return role.partition(" of ")[0].lower().split()[-1] in table("references.yaml")["plural_offices"]


def singular(role: str) -> str:
    """The office of one person: "Senators" -> "Senator"."""
    if not is_plural(role):
        return role
    head, of, rest = role.partition(" of ")
    one = f"{head[:-3]}y" if head.endswith("ies") else f"{head[:-2]}an" if head.endswith("men") else head[:-1]
    return f"{one}{of}{rest}"


def office_text(view: ArticleView, role: Mention) -> str:
    """The name of an office, with the organisation straight beside it; two joined by "and" are one."""
    index = view.mentions.position(role)
    start, end = role.start, role.end
    after = next(iter(view.mentions[index + 1 : index + 2]), None)
    if after and after.label == "ORG" and view.mentions.gap(role, after) == " ":
        end = after.end
    if index and (end == role.end or view.mentions[index - 1].label == "ROLE"):
        start = _office_start(view, index)
    words = _DROP_CAP.sub(r"\1\2", view.text[start:end]).split()
    return singular(_bare(words))


def _bare(words: list[str]) -> str:
    """An office without words of time before it ("then") and its holder's rank and titles after it ("Engineer").

    A title or rank alone is an office.
    """
    lists = table("references.yaml")
    heads, qualifiers = set(lists["offices"]["heads"]), set(lists["offices"]["qualifiers"])
    while len(words) > 1 and words[0].lower() in lists["opening_words"]:
        words = words[1:]
    lower = " ".join(words).lower()
    rank = next((rank for rank in lists["closing_ranks"] if lower.endswith(f" {rank}")), "")
    words = words[: len(words) - len(rank.split())]
    while len(words) > 1 and words[-1].lower().strip(".") in lists["closing_titles"]:
        is_office = words[-1].lower().strip(",.") in heads and words[-2].lower() in qualifiers  # "Chief Engineer"
        if is_office or heads.isdisjoint(word.lower().strip(",.") for word in words[:-1]):
            break
        words = words[:-1]
    return " ".join(words)


def _office_start(view: ArticleView, index: int) -> int:
    """Where an office begins: "Tax Board (TB) Chairman" and "Prime Minister and Finance Minister" are one each."""
    before, role = view.mentions[index - 1 : index + 1]
    gap = view.mentions.gap(before, role)
    if (before.label, gap) in (("ROLE", " and "), ("ORG", " ")):
        return before.start
    if (before.label, gap) == ("ORG", ") ") and index > 1:
        name = view.mentions[index - 2]
        return name.start if name.label == "ORG" and view.mentions.gap(name, before) == " (" else role.start
    return role.start


def without_titles(gap: str) -> str:
    """The text between an office and a name, without titles ("Prof. Dr.") and spare space."""
    return "" if not gap.strip() else " ".join(_titles().sub(" ", gap).split()).replace(" ,", ",").strip(" .")


@cache
def _titles() -> re.Pattern[str]:
    lists = table("honorifics.yaml")
    words = "|".join(re.escape(word) for word in sorted(lists["before"], key=len, reverse=True))
    marks = "|".join(re.escape(word) for word in lists["after"] if word.startswith("("))
    return re.compile(rf"\(?\b(?:{words})\b\.?\)?|{marks}|[\[\]\n]", re.I)


def office_words(role: str) -> frozenset[str]:
    """The words of an office, abbreviations in full, synonyms as one, without particles."""
    full = table("references.yaml")["office_abbreviations"]
    words = " ".join(full.get(word, word) for word in key(role).split()).split()
    drop = table("references.yaml")["stop_words"]
    return frozenset(_synonyms().get(word, word) for word in words if word not in drop)


@cache
def _synonyms() -> dict[str, str]:
    return {word: words[0] for words in table("references.yaml")["office_synonyms"] for word in words}


@cache
def office_pattern(group: str, where: str) -> re.Pattern[str]:
    """An office of one of several lists in the seeds, in any case."""
    return re.compile(rf"\b{any_case(table('references.yaml')[group][where])}\b")
