"""What a clause holds: its parties, read off the parse or implied, and its objects, each with its own amounts.

The doer is often unstated ("has been allocated"), and a subject may be the recipient ("was awarded the contract"). A
clause may list sums, or compare one sum with others: a former sum, a total, a target.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from pipeline.record import Amount, CommitmentKind, Date, Status
from pipeline.seeds import table
from pipeline.stages.commitments.clauses import Chain, Clause
from pipeline.stages.document.doc import Entity, Mention
from pipeline.stages.document.grammar import OBJECTS, is_passive, listed
from pipeline.stages.document.mentions import distinct
from pipeline.stages.document.view import ArticleView
from pipeline.stages.document.words import Word
from pipeline.values.money import is_price

RECIPIENT = {"to", "for", "from", "into", "towards", "upon", "on"}  # prepositions before a recipient
OWNING = {"poss", "amod", "compound"}
BODIES = {"country", "government", "company", "bank", "multilateral"}
NEARNESS, STEADINESS, SALIENCE = 1.0, 0.5, 0.1  # weights of a doer stated nearby, of one stated anywhere, of a mention


Roles = Mapping[str, list[Entity]]  # the actors in `by`, `with` and `to`; none in `by` where the doer is not stated


def roles_of(clause: Clause, view: ArticleView) -> Roles:
    """The roles of a clause; an actor has one."""
    by, with_, to = map(distinct, (_nominal if clause.chain.nominal else _verbal)(clause, view))
    with_ = without(with_, by)
    return {"by": by, "with": with_, "to": without(to, [*by, *with_])}


def without(entities: Iterable[Entity], others: Iterable[Entity]) -> list[Entity]:
    """The entities that are none of the others."""
    taken = {id(entity) for entity in others}
    return [entity for entity in entities if id(entity) not in taken]


def _verbal(clause: Clause, view: ArticleView) -> tuple[list[Entity], list[Entity], list[Entity]]:
    chain, action, heads = clause.chain, clause.chain.action, clause.chain.heads
    subjects = view.entities.actors(clause.subject) if clause.subject is not None else []
    owners = _actors(_below([opener for opener in chain.openers if opener.pos == "NOUN"], OWNING), view)
    receives, directs = action.lemma in listed("receiving"), chain.top.lemma in listed("directives")
    acted = chain.top if directs else action
    by, to = owners or subjects, list[Entity]()
    if is_passive(acted):
        by = _actors(_below(_below(heads, {"agent", "prep"}, {"by", "through"}), {"pobj"}), view)
        to += subjects if acted.lemma in listed("recipients") else []
    elif receives:
        by, to = _prepositional(chain, {"from"}, view), subjects
    if directs:  # whom it directs is its object, or the subject of its complement
        complements = _below([chain.top], {"ccomp", "xcomp"})
        to += _actors(_below([chain.top], {"dobj", "dative"}) + _below(complements, {"nsubj", "nsubjpass"}), view)
    for dative in _below([action], {"dative"}):
        to += _actors(_below([dative], {"pobj"}) or [dative], view)
    to += [] if receives else _prepositional(chain, RECIPIENT, view)
    return by, _prepositional(chain, {"with", "alongside"}, view), to


def _nominal(clause: Clause, view: ArticleView) -> tuple[list[Entity], list[Entity], list[Entity]]:
    """The roles of a noun: "the ADB's approval", "a loan of $5m from the ADB to Nepal", "signing by A and B"."""
    chain = clause.chain
    by = _actors(_below([chain.action], OWNING), view) + _prepositional(chain, {"by", "from", "between"}, view)
    return by, _prepositional(chain, {"with"}, view), _prepositional(chain, {"to", "for"}, view)


def _below(heads: Iterable[Word], deps: Collection[str], forms: Collection[str] = ()) -> list[Word]:
    """The children of some heads with a dependency and, where `forms` are given, one of these forms."""
    children = (child for head in heads for child in head.children)
    return [child for child in children if child.dep in deps and (not forms or child.lower in forms)]


def _actors(words: Iterable[Word], view: ArticleView) -> list[Entity]:
    return [entity for word in words for entity in view.entities.actors(word)]


def _prepositional(chain: Chain, forms: Collection[str], view: ArticleView) -> list[Entity]:
    """Actors after the given prepositions, at a head of the chain or at its object."""
    objects = [word for word in _below([chain.action], OBJECTS) if word.pos == "NOUN"]
    return _actors(_below(_below([*chain.heads, *objects], {"prep", "dative"}, forms), {"pobj"}), view)


class Doers:
    """Who acts in an article, for clauses that do not state a doer."""

    def __init__(self, stated: Iterable[tuple[int, list[Entity]]], named: Sequence[Entity]) -> None:
        acting = [(at, group) for at, by in stated if (group := tuple(one for one in by if one.kind in BODIES))]
        counted = Counter(named)
        alone = [(entity,) for entity in counted if entity.kind in BODIES]
        self._groups = list(dict.fromkeys([*(group for _, group in acting), *alone]))
        numbers = {group: number for number, group in enumerate(self._groups)}
        self._at = np.array([at for at, _ in acting], np.int64)
        self._acts = np.array([numbers[group] for _, group in acting], np.int64)
        self._salience = np.array([SALIENCE * counted[group[0]] * (len(group) == 1) for group in self._groups])
        self._having: dict[int, list[int]] = {}  # the groups that an entity is in
        for group, number in numbers.items():
            for entity in group:
                self._having.setdefault(id(entity), []).append(number)
        self._countries = {e.country: e for e in named if e.kind == "country" and e.country}
        self._governments = [entity for entity in counted if entity.kind == "government"]

    def likely(self, sentence: int, excluded: Iterable[Entity]) -> list[Entity]:
        """The bodies most often stated as doers, nearer sentences first; else the one most often named."""
        weights = STEADINESS + NEARNESS / (1 + np.abs(sentence - self._at))
        scores = np.bincount(self._acts, weights, len(self._groups)) + self._salience
        scores[[number for entity in excluded for number in self._having.get(id(entity), ())]] = 0
        return list(self._groups[scores.argmax()]) if scores.any() else []

    def principal(self, person: Entity) -> Entity | None:
        """The country or government that an office-holder binds by a promise in person."""
        role = (person.role or "").lower()
        if person.kind != "person" or not any(word in role for word in listed("offices")):
            return None
        words = {word for word in (person.role or "").split() if word[0].isupper()}
        own = (e for e in self._governments if "government" in e.name.lower() and words & set(e.name.split()))
        return next(own, None) or self._countries.get(person.country or "")


def completed(
    roles: Roles, kind: CommitmentKind, status: Status, region: list[Entity], doers: Doers, sentence: int
) -> Roles:
    """The roles of a clause with what its kind and status imply; `region`: the actors that its words name."""
    by, with_ = roles["by"], roles["with"]
    if kind == "agreement":
        by, with_ = distinct([*by, *with_]), []
    by = by or doers.likely(sentence, [*roles["to"], *with_])
    if status == "pledged":
        by = distinct([*by, *(body for e in by if (body := doers.principal(e)) is not None)])
    to = roles["to"] or without((e for e in region if e.kind == "group"), with_)
    return {"by": by, "with": with_, "to": without(to, by)}


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
