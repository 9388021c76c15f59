"""Grounding: an answer becomes commitments of the record; what does not stand in the article is dropped and counted.

Ids must be those of the prompt or of the answer's own new parts, values those of the record, and words must stand in
the sentence that is named. Nothing is repaired: a wrong entry of a list is left out, and a commitment without a doer,
with a trigger that is not there, or outside the sentences of its prompt is left out whole. An answer that lists
commitments of which none is left was not about the article, and counts as none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from pipeline.llm.answer import Act, Answer, Terms
from pipeline.llm.answer import Flow as FlowPart
from pipeline.llm.candidates import CERTAIN, Candidates, Refused, carries_act, ids, place_of, quoted
from pipeline.llm.prompt import Prompt
from pipeline.record import Actor, Amount, Commitment, Date, Evidence, Flow, Project, Record, Term
from pipeline.stages.models.sectors import Model

SECTORS = 2  # of one commitment


@dataclass
class Reading:
    """What a language model says of an article, grounded. `record` has the new candidates and no commitments.

    `read`: numbers of the sentences that were read; `lost`: of each, the share of the parts of its answer that were
    left out; `same`: ids of actors and projects, each with the id that it means; `no_project`: ids of projects that are
    none; `dropped`: how many parts of answers were left out, by reason.
    """

    record: Record
    commitments: list[Commitment]
    read: frozenset[int] = frozenset()
    lost: dict[int, float] = field(default_factory=dict)
    same: dict[str, str] = field(default_factory=dict)
    no_project: frozenset[str] = frozenset()
    dropped: Counter[str] = field(default_factory=Counter)


def ground(record: Record, answers: Iterable[tuple[Prompt, Answer]], sectors: Model, method: str) -> Reading:
    """The reading of a record by the answers to its prompts. `method`: of the commitments, such as "llm:NAME"."""
    grounding = _Grounding(record, sectors, method)
    for prompt, answer in answers:
        grounding.add(prompt, answer)
    return grounding.reading()


class _Grounding:
    def __init__(self, record: Record, sectors: Model, method: str) -> None:
        self._record, self._sectors, self._method = record, sectors, method
        self._candidates = Candidates(record, sectors)
        self._found: list[Commitment] = []
        self._lost: dict[int, float] = {}
        self._parts = 0  # of all answers
        self._same: dict[str, str] = {}
        self._no_project: set[str] = set()
        self._dropped: Counter[str] = Counter()

    def add(self, prompt: Prompt, answer: Answer) -> None:
        """Adds what an answer says."""
        parts, dropped = self._parts, self._dropped.total()
        self._candidates.begin(prompt)
        for new in answer.new:
            self._try(self._candidates.add, new)
        before = len(self._found)
        for act in answer.commitments:
            made = self._try(partial(self._commitment, prompt), act)
            if made is not None:
                self._found.append(made)
        if answer.commitments and len(self._found) == before:
            self._candidates.forget()
            return
        for group in answer.same:
            self._try(self._join, group)
        self._no_project |= set(ids(self._each(self._candidates.project, answer.no_project)))
        lost = (self._dropped.total() - dropped) / max(1, self._parts - parts)
        self._lost |= dict.fromkeys(range(prompt.first, prompt.last), lost)

    def reading(self) -> Reading:
        """What all answers say."""
        parts = self._candidates
        record = self._record.model_copy(
            update={
                "actors": parts.actors,
                "projects": parts.projects,
                "mentions": parts.mentions,
                "commitments": [],
            }
        )
        used = {self._same.get(name, name) for found in self._found for name in found.projects}
        none = frozenset(name for name in self._no_project if self._same.get(name, name) not in used)
        return Reading(record, self._found, frozenset(self._lost), self._lost, self._same, none, self._dropped)

    def _try[A, R](self, step: Callable[[A], R], part: A) -> R | None:
        """What a step makes of a part of an answer; None where it refuses, which is counted."""
        self._parts += 1
        try:
            return step(part)
        except Refused as reason:
            self._dropped[str(reason)] += 1
            return None

    def _each[A, R](self, find: Callable[[A], R], parts: Iterable[A]) -> list[R]:
        found = (self._try(find, part) for part in parts)
        return [one for one in found if one is not None]

    def _join(self, group: list[str]) -> None:
        found = [self._candidates.entity(name) for name in group]
        if len({type(one) for one in found}) > 1:
            raise Refused("an actor that is the same as a project")
        if len({one.kind == "person" for one in found if isinstance(one, Actor)}) > 1:
            raise Refused("a person that is the same as a body")
        first, *others = list(dict.fromkeys(self._same.get(name, name) for name in ids(found))) or [""]
        self._same = {name: first if head in others else head for name, head in self._same.items()}
        self._same |= dict.fromkeys(others, first)

    def _commitment(self, prompt: Prompt, act: Act) -> Commitment:
        if not prompt.first <= act.sentence < prompt.last:
            raise Refused("a commitment outside the sentences of its prompt")
        trigger = quoted(self._record, act.trigger, act.sentence)
        parts = self._candidates
        by = self._each(parts.actor, act.by)
        if not by:
            raise Refused("a commitment without a doer")
        amounts = _distinct(self._each(parts.amount, act.amounts))
        itself = any((amount.start, amount.end) == (trigger.start, trigger.end) for amount in amounts)  # in a list
        if not itself and not carries_act(self._record, trigger):
            raise Refused("a trigger without a word of action")
        sides = _disjoint(ids(by), ids(self._each(parts.actor, act.with_)), ids(self._each(parts.actor, act.to)))
        projects = self._each(parts.project, act.projects)
        numbers = _distinct([act.sentence, *self._each(self._number, act.also)])
        speaker = self._each(parts.actor, [act.attributed_to] if act.attributed_to else [])
        made = Commitment(
            id="c0",
            kind=act.kind,
            status=act.status,
            trigger=trigger,
            by=next(sides),
            with_=next(sides),
            to=next(sides),
            projects=ids(projects),
            amounts=amounts,
            dates=_distinct(self._each(parts.date, act.dates)),
            sectors=self._sectors_of(projects, act.sentence),
            flow=self._flow(act.flow) if act.flow and (act.kind == "finance" or amounts) else None,
            attributed_to=next(iter(ids(speaker)), None),
            negated=act.negated,
            boilerplate=all(self._record.sentences[n].boilerplate for n in numbers),
            evidence=[_evidence(self._record, number) for number in numbers],
            confidence=CERTAIN,
            method=self._method,
        )
        if any(_is_repeated(made, other) for other in self._found):
            raise Refused("a commitment that is there already")
        return made

    def _number(self, number: int) -> int:
        if not 0 <= number < len(self._record.sentences):
            raise Refused("a sentence that is not there")
        return number

    def _flow(self, flow: FlowPart) -> Flow:
        find = self._candidates.actor
        provider, recipient = (ids(self._each(find, names)) for names in (flow.provider, flow.recipient))
        return Flow(
            instrument=flow.instrument, provider=provider, recipient=recipient, terms=dict(self._terms(flow.terms))
        )

    def _terms(self, terms: Terms) -> Iterator[tuple[Term, str]]:
        text = self._record.article.text
        names: tuple[Term, ...] = ("interest", "maturity", "grace")
        for name in names:
            words = getattr(terms, name)
            self._parts += bool(words)
            found = place_of(words, text) if words else None
            if found:
                yield name, found[0]
            elif words:
                self._dropped["terms that do not stand in the article"] += 1

    def _sectors_of(self, projects: list[Project], number: int) -> list[str]:
        """Those of the projects, else what the sentence says."""
        codes = [sector.code for project in projects if not project.programme for sector in project.sectors]
        if not codes:
            sentence = self._record.sentences[number]
            (found,) = self._sectors.classify([self._record.article.text[sentence.start : sentence.end]], SECTORS)
            codes = [sector.code for sector in found]
        return _distinct(codes)[:SECTORS]


def _evidence(record: Record, number: int) -> Evidence:
    sentence = record.sentences[number]
    return Evidence(sentence=sentence.id, start=sentence.start, end=sentence.end)


def _is_repeated(one: Commitment, other: Commitment) -> bool:
    ignored = {"id", "sectors", "evidence", "flow", "dates"}
    return one.model_dump(exclude=ignored) == other.model_dump(exclude=ignored)


def _disjoint(*slots: list[str]) -> Iterator[list[str]]:
    """Each slot without what a slot before it has."""
    taken: set[str] = set()
    for slot in slots:
        yield [name for name in slot if name not in taken]
        taken |= set(slot)


def _distinct[T: (Amount, Date, int, str)](parts: Iterable[T]) -> list[T]:
    """Each once, in order."""
    found: list[T] = []
    for part in parts:
        if part not in found:
            found.append(part)
    return found
