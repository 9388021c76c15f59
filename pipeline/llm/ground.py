"""Grounding: an answer becomes commitments of the record; what does not stand in the article is dropped and counted.

Ids must be those of the prompt or of the answer's own new parts, values those of the record, and words must stand in
the sentence that is named. Nothing is repaired: a wrong entry of a list is left out, and a commitment without a doer,
with a trigger that is not there, or outside the sentences of its prompt is left out whole. An answer that lists
commitments of which none is left, or that copies the example of the instructions, counts as none.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import get_args

from pipeline.llm import prompt as answers
from pipeline.llm.candidates import CERTAIN, Candidates, Refused, carries_act, ids, place_of, quoted, sentence_at
from pipeline.llm.prompt import Act, Answer, Prompt
from pipeline.record import Actor, Amount, Commitment, Date, Evidence, Flow, Mention, Part, Project, Record, Term
from pipeline.stages.models.sectors import Model

SECTORS = 2  # of one commitment
COPIED = "an answer that copies the example"


@dataclass
class Reading:
    """What a language model says of an article, grounded. `record` has the new candidates and no commitments.

    `lost`: by number of each sentence that was read, the share of the parts of its answer that were left out; `same`:
    ids of actors and projects, each with the id that stands for it and for itself alone; `no_project`: ids of projects
    that are none; `dropped`: how many parts of answers were left out, by reason.
    """

    record: Record
    commitments: list[Commitment] = field(default_factory=list)
    lost: dict[int, float] = field(default_factory=dict)
    same: dict[str, str] = field(default_factory=dict)
    no_project: set[str] = field(default_factory=set)
    dropped: Counter[str] = field(default_factory=Counter)


def ground(record: Record, answers: Iterable[tuple[Prompt, Answer]], sectors: Model, method: str) -> Reading:
    """The reading of a record by the answers to its prompts. `method`: of the commitments, such as "llm:NAME"."""
    grounding = Grounding(record, sectors, method)
    for prompt, answer in answers:
        grounding.add(prompt, answer)
    return grounding.reading()


class Grounding:
    """Answers of a second reader, one after the other."""

    def __init__(self, record: Record, sectors: Model, method: str) -> None:
        self._record, self._sectors, self._method = record, sectors, method
        self._candidates = self._new_candidates()
        self._reading = Reading(record)
        self._parts = 0  # of all answers

    def _new_candidates(self) -> Candidates:
        return Candidates(self._record, self._sectors)

    def _stated(self) -> Iterable[Mention]:
        """The names that no trigger can be."""
        return self._record.mentions

    def add(self, prompt: Prompt, answer: Answer) -> None:
        """Adds what an answer says."""
        reading, parts, dropped = self._reading, self._parts, self._reading.dropped.total()
        if any(answers.copies(self._record, act) for act in answer.commitments):
            reading.dropped[COPIED] += 1
            return
        self._candidates.begin(prompt)
        for new in answer.new:
            self._try(self._candidates.add, new)
        before = len(reading.commitments)
        for act in answer.commitments:
            self._try(partial(self._add, prompt), act)
        if answer.commitments and len(reading.commitments) == before:
            self._candidates.forget()
            return
        for group in answer.same:
            self._try(self._join, group)
        reading.no_project |= set(ids(self._all(answer.no_project, Project)))
        lost = (reading.dropped.total() - dropped) / max(1, self._parts - parts)
        reading.lost |= dict.fromkeys(range(prompt.first, prompt.last), lost)

    def reading(self) -> Reading:
        """What all answers say."""
        reading, lists = self._reading, ("actors", "projects", "mentions")
        parts = {name: getattr(self._candidates, name) for name in lists}
        used = {reading.same.get(name, name) for act in reading.commitments for name in act.projects}
        none = {name for name in reading.no_project if reading.same.get(name, name) not in used}
        record = self._record.model_copy(update={**parts, "commitments": []})
        return replace(reading, record=record, no_project=none)

    def _try[A, R](self, step: Callable[[A], R], part: A) -> R | None:
        """What a step makes of a part of an answer; None where it refuses, which is counted."""
        self._parts += 1
        try:
            return step(part)
        except Refused as reason:
            self._reading.dropped[str(reason)] += 1
            return None

    def _all[P: Part](self, names: Iterable[str], form: type[P]) -> list[P]:
        """What ids mean, without those that mean nothing of this form."""
        parts = (self._try(lambda name: self._candidates.find(name, form), name) for name in names)
        return [part for part in parts if part is not None]

    def _join(self, group: list[str]) -> None:
        entities: list[Part] = [self._candidates.find(name, Actor, Project) for name in group]
        if len(set(map(type, entities))) > 1:
            raise Refused("an actor that is the same as a project")
        if len({entity.kind == "person" for entity in entities if isinstance(entity, Actor)}) > 1:
            raise Refused("a person that is the same as a body")
        same = self._reading.same
        first, *others = list(dict.fromkeys(same.get(name, name) for name in ids(entities))) or [""]
        same |= {name: first for name, head in same.items() if head in others} | dict.fromkeys(others, first)

    def _add(self, prompt: Prompt, act: Act) -> None:
        if not prompt.first <= act.sentence < prompt.last:
            raise Refused("a commitment outside the sentences of its prompt")
        trigger = quoted(self._record, act.trigger, act.sentence)
        by = self._all(act.by, Actor)
        if not by:
            raise Refused("a commitment without a doer")
        amounts = _distinct(self._all(act.amounts, Amount))
        itself = any((amount.start, amount.end) == (trigger.start, trigger.end) for amount in amounts)  # in a list
        if not itself and not carries_act(trigger, self._stated()):
            raise Refused("a trigger without a word of action")
        doers, partners = ids(by), ids(self._all(act.with_, Actor))
        others = ids(self._all(act.to, Actor))
        projects = self._all(act.projects, Project)
        also = [self._try(partial(sentence_at, self._record), number) for number in act.also]
        sentences = _distinct(filter(None, [sentence_at(self._record, act.sentence), *also]))
        speaker = self._all([act.attributed_to] if act.attributed_to else [], Actor)
        made = Commitment(
            id="c0",
            kind=act.kind,
            status=act.status,
            trigger=trigger,
            by=doers,
            with_=[name for name in partners if name not in doers],
            to=[name for name in others if name not in (*doers, *partners)],
            projects=ids(projects),
            amounts=amounts,
            dates=_distinct(self._all(act.dates, Date)),
            sectors=self._sectors_of(act, projects),
            flow=self._flow(act.flow) if act.flow and (act.kind == "finance" or amounts) else None,
            attributed_to=next(iter(ids(speaker)), None),
            negated=act.negated,
            boilerplate=all(sentence.boilerplate for sentence in sentences),
            evidence=[Evidence(sentence=sentence.id, start=sentence.start, end=sentence.end) for sentence in sentences],
            confidence=CERTAIN,
            method=self._method,
        )
        if any(_is_repeated(made, other) for other in self._reading.commitments):
            raise Refused("a commitment that is there already")
        self._reading.commitments.append(made)

    def _flow(self, flow: answers.Flow) -> Flow:
        provider, recipient = (ids(self._all(names, Actor)) for names in (flow.provider, flow.recipient))
        words = {name: getattr(flow.terms, name) for name in get_args(Term)}
        terms = {name: term for name in words if words[name] and (term := self._try(self._term, words[name]))}
        return Flow(instrument=flow.instrument, provider=provider, recipient=recipient, terms=terms)

    def _term(self, words: str) -> str:
        place = place_of(words, self._record.article.text)
        if place is None:
            raise Refused("terms that do not stand in the article")
        return place[0]

    def _sectors_of(self, act: Act, projects: list[Project]) -> list[str]:
        """Those of the projects, else what the sentence says."""
        codes = [sector.code for project in projects if not project.programme for sector in project.sectors]
        if not codes:
            sentence = self._record.sentences[act.sentence]
            (sectors,) = self._sectors.classify([self._record.article.text[sentence.start : sentence.end]], SECTORS)
            codes = [sector.code for sector in sectors]
        return _distinct(codes)[:SECTORS]


def _is_repeated(one: Commitment, other: Commitment) -> bool:
    ignored = {"id", "sectors", "evidence", "flow", "dates"}
    return one.model_dump(exclude=ignored) == other.model_dump(exclude=ignored)


def _distinct[T](parts: Iterable[T]) -> list[T]:
    """Each once, in order."""
    return list(dict.fromkeys(parts))
