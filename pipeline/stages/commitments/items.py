"""The objects of a clause, each with its own amounts, as budgets list them, and the values of its mentions.

A clause may list sums, or compare one sum with others: a former sum, a total, a target.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from pipeline.record import Amount, CommitmentKind, Date
from pipeline.seeds import table
from pipeline.stages.commitments.clauses import Clause
from pipeline.stages.document.doc import Entity, Mention
from pipeline.stages.document.mentions import distinct
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Word
from pipeline.values.money import is_price

NEAR = 8  # words before a sum that say what it is
AFTER = 3  # words after it
ENDS = {"ADP", "CCONJ", "PUNCT"}  # parts of speech that end what is said of a sum after it


@dataclass(frozen=True)
class Item:
    """One object of a clause: its amounts and projects."""

    amounts: Sequence[Mention]
    projects: Sequence[Entity]


def items_of(clause: Clause, kind: CommitmentKind, view: ArticleView) -> list[Item]:
    """The items of a clause; one without a list of amounts is one item.

    Each amount of a list has the projects up to the next one; those before the first amount are common to all.
    """
    money = own_sums(view, view.entities.labelled("MONEY", clause.tokens))
    projects = [span for span in view.entities.headed_in(clause.tokens) if not span.entity.is_actor]
    if kind != "finance" or len(money) < 2:
        return [Item(money, distinct(span.entity for span in projects))]
    bounds = pairwise([0, *(amount.start for amount in money), math.inf])
    common, *own = [[span.entity for span in projects if begin <= span.start < end] for begin, end in bounds]
    return [Item([amount], distinct([*near, *common])) for amount, near in zip(money, own, strict=True)]


def own_sums(view: ArticleView, money: Sequence[Mention]) -> list[Mention]:
    """The sums among those of one clause, given in reading order, without those that are only beside another."""
    words, spans = view.words, [(own[0].i, own[-1].i + 1) for own in (view.words_in(m.start, m.end) for m in money)]
    between = [words[end:start] for (_, end), (start, _) in pairwise(spans)]
    kept = list(money[:1])
    if between and _is_whole(words[max(0, spans[0][0] - NEAR) : spans[0][0]]):
        kept = []
    for at, before in enumerate(between, 1):
        after = words[spans[at][1] : spans[at][1] + AFTER]
        reached = _leading(before) == "to" and before[0].lower == "to"  # nothing else stands between both sums
        if reached and _leading(words[: spans[at - 1][0]]) == "from":  # "raised from 2 to 3"
            kept = [amount for amount in kept if amount is not money[at - 1]]
        elif reached or _is_part(before) or _beside(before, after, last=at == len(between)):
            continue
        kept.append(money[at])
    return kept


def _is_part(before: Sequence[Word]) -> bool:
    """Whether a sum is the whole of the one before it: "5 of its 7", "5 as part of a 7", "5 for the 7 billion dam"."""
    words, leading = [word.lower for word in before], _leading(before)
    if leading not in ("of", "for"):
        return False
    at = len(words) - 1 - words[::-1].index(leading)
    if at == 0 and leading == "of":
        return True
    determined = not _words()["determiners"].isdisjoint(words[at + 1 :])
    return determined and (leading == "for" or words[at - 1] == "part")


def _is_whole(before: Sequence[Word]) -> bool:
    """Whether others are parts of the first sum: "Of this 5, 2 ...", "out of the 5"; "loans of 5 and 2" are none."""
    words = [word for word in before if word.lower not in _words()["hedges"]]
    opens = len(words) < 2 or words[-2].lower == "out" or (words[-2].pos == "PUNCT" and words[-2].text != ",")
    return bool(words) and words[-1].lower == "of" and opens


def _beside(before: Sequence[Word], after: Sequence[Word], last: bool) -> bool:
    """Whether a sum is only beside one before it; `last`: no other sum follows it."""
    lists, leading = _words(), _leading(before)
    if leading in lists["parts"]:
        return last
    if leading in lists["before"] and _compares(before, leading):
        return True
    near = [word.lower for word in before[-NEAR:]]
    near = near[max((at + 1 for at, word in enumerate(near) if word in lists["breaks"]), default=0) :]
    if lists["between"] & set(near) or any(one in lists["steps"] and of in lists["of"] for one, of in pairwise(near)):
        return True
    ends = next((at for at, word in enumerate(after) if word.pos in ENDS), len(after))
    return any(word.lower in lists["after"] for word in after[:ends])


def _compares(before: Sequence[Word], leading: str) -> bool:
    """Whether the word before a sum compares it; not in a list with sums in brackets, nor in "more than" a sum."""
    words = [word.lower for word in before]
    if leading in ("(", "["):
        return words[0] == leading
    at = len(words) - 1 - words[::-1].index(leading)
    return " ".join(words[max(0, at - 1) : at + 1]) not in _words()["plain"]


def _leading(before: Sequence[Word]) -> str:
    """The word before a sum, hedges passed over."""
    return next((word.lower for word in reversed(before) if word.lower not in _words()["hedges"]), "")


@cache
def _words() -> dict[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in table("commitments.yaml")["asides"].items()}


def amount_of(text: str, mention: Mention) -> Amount | None:
    """The amount of a MONEY mention of an article's text; None for a price and an unknown value ("billions")."""
    value = mention.value
    return value if isinstance(value, Amount) and value.value is not None and not is_price(text, mention.end) else None


def date_of(text: str, mention: Mention) -> Date:
    """The date of a DATE mention of an article's text."""
    if isinstance(mention.value, Date):
        return mention.value
    return Date(text=text[mention.start : mention.end], start=mention.start, end=mention.end)
