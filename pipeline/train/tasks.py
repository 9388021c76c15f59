"""The table of what is fitted for a profile: what an article teaches, how articles are fitted, what the fit finds.

`validated` takes the tasks in their order, by five parts that share no story. Each learns from what the earlier ones,
none of which saw the article, make of it, so it learns their errors too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from pipeline.record import Record
from pipeline.settings import Profile, Settings
from pipeline.stages.assemble import assemble
from pipeline.stages.commitments.classifier import Classifier, give_row_confidences
from pipeline.stages.commitments.flow.find import FlowWeights, give_flows
from pipeline.stages.commitments.stage import SLOTS, find_commitments
from pipeline.stages.entities.stage import WEIGHTS as MENTIONS
from pipeline.stages.entities.stage import find_mentions
from pipeline.stages.models.linear import ANY, Weights
from pipeline.stages.models.sectors import FOLDER, Model, read_model
from pipeline.stages.references import stage as references
from pipeline.stages.references.salience import weigh
from pipeline.stages.relations.stage import WEIGHTS as RELATIONS
from pipeline.stages.relations.stage import find_relations
from pipeline.stages.sectors import WEIGHTS as SECTORS
from pipeline.stages.sectors import find_sectors
from pipeline.train import commitments, confidence, flows, rows
from pipeline.train.commitments import Example
from pipeline.train.estimators import Row, balanced, weights_of
from pipeline.train.parts import Parts

MENTION_STRENGTH = 0.3  # inverse of the L2 penalty: there are many rows
STRENGTH = 0.02  # the same of relations, slots and sectors, whose features overlap
SLACK = 0.005  # F1 given up for fewer wrong relations
LIKELY = 0.25  # threshold of a slot: half of the best F1, where F1 is best
CAUTION: dict[Profile, dict[str, float]] = {  # of the curve of each family: see `curve_of`
    "default": {"relations": 1.0, "commitments": 1.7},
    "fast": {"relations": 1.0, "commitments": 1.45},
}

Change = Callable[[str, Doc], Doc]  # of a Doc before the task of this name


@dataclass(frozen=True)
class Task[Taught, Fitted]:
    """`rows`: what an article teaches; `fit`: what articles teach, thresholds being for so many of them, the first.

    `use`: sets on a Doc what the fit finds; `write`: its files, into a folder; `begin`: what is found before, in all
    articles; `more`: whether articles teach it that no recognizer learned from (see `Parts`).
    """

    name: str
    rows: Callable[[Doc, Record], Taught]
    fit: Callable[[Sequence[Taught], int], Fitted]
    use: Callable[[Doc, Fitted], object]
    write: Callable[[Fitted, Path], object]
    begin: Callable[[Doc], object] = lambda doc: None
    more: bool = True


def validated(parts: Parts, profile: Profile, change: Change | None = None) -> tuple[dict[str, Record], dict[str, Any]]:
    """By article id the record that models of the other parts give, and by task what is fitted on all parts.

    Some minutes on one core. `change`: called with each Doc before each task. Raises SetupError where the articles are
    too few, or a part lacks its models.
    """
    docs, fitted = parts.unseen(profile), dict[str, Any]()
    for task in tasks(profile):
        docs = [change(task.name, doc) for doc in docs] if change else docs
        for doc in docs:
            task.begin(doc)
        chosen = range(len(docs)) if task.more else parts.scored()
        taught = {at: task.rows(docs[at], parts.golds[at]) for at in chosen}
        for number, members in enumerate(parts.places):
            scored = parts.scored(number)
            model = task.fit([taught[at] for at in (parts.others(number) if task.more else scored)], len(scored))
            for at in members:
                task.use(docs[at], model)
        fitted[task.name] = task.fit(list(taught.values()), len(parts.scored()))
    return {gold.article.id: assemble(doc) for gold, doc in zip(parts.golds, docs, strict=True)}, fitted


@cache
def sector_model() -> Model:
    """The linear model of sectors that comes with Corridor; it learned from coded projects alone."""
    return read_model(Settings().models / FOLDER)


def mention_weights(taught: Sequence[Sequence[Row]], scored: int = 0) -> Weights:
    """The weights of the finders' proposals."""
    return weights_of([*chain(*taught)], MENTION_STRENGTH)


def _set(name: str, found: Any, doc: Doc) -> None:
    setattr(doc._, name, found)


def _fit_relations(taught: Sequence[rows.Related], scored: int) -> Weights:
    return balanced([own for own, _ in taught], scored, slack=SLACK, strength=STRENGTH)


Stated = tuple[list[Example], list[Row]]  # the candidates of an article, and the fillers of their slots


def _stated(doc: Doc, gold: Record) -> Stated:
    candidates = commitments.examples(doc, gold)
    return candidates, rows.of_slots(doc, gold, candidates)


def _fit_stated(taught: Sequence[Stated], scored: int) -> tuple[Classifier, Weights]:
    slots = weights_of([row for _, own in taught for row in own], STRENGTH)
    return commitments.fit([own for own, _ in taught], scored), replace(slots, thresholds={ANY: LIKELY})


def _write_stated(fitted: tuple[Classifier, Weights], folder: Path) -> None:
    commitments.write(fitted[0], folder)
    fitted[1].write(folder / SLOTS)


def _use_flows(doc: Doc, fitted: FlowWeights | None) -> None:
    if fitted is not None:  # gold has flows
        give_flows(doc, fitted)


def tasks(profile: Profile) -> tuple[Task[Any, Any], ...]:
    """The table, in the order in which the tasks depend on each other."""
    return (
        Task(
            "mentions",
            rows.of_mentions,
            mention_weights,
            lambda doc, fitted: _set("mentions", find_mentions(doc, fitted), doc),
            lambda fitted, folder: fitted.write(folder / MENTIONS),
            more=False,
        ),
        Task(
            "entities",
            rows.of_entities,
            lambda taught, scored: balanced(taught, apart=rows.PROJECTS),
            weigh,
            lambda fitted, folder: fitted.write(folder / references.WEIGHTS),
            begin=lambda doc: references.write(doc, references.find(doc)),
            more=False,
        ),
        Task(
            "sectors",
            lambda doc, gold: rows.of_sectors(doc, gold, sector_model()),
            lambda taught, scored: balanced(taught, scored, strength=STRENGTH),
            lambda doc, fitted: find_sectors(doc, fitted, sector_model()),
            lambda fitted, folder: fitted.write(folder / SECTORS),
        ),
        Task(
            "relations",
            rows.of_relations,
            _fit_relations,
            lambda doc, fitted: _set("relations", find_relations(doc, fitted), doc),
            lambda fitted, folder: fitted.write(folder / RELATIONS),
        ),
        Task(
            "commitments",
            _stated,
            _fit_stated,
            lambda doc, fitted: _set("commitments", find_commitments(doc, fitted[0], fitted[1], sector_model()), doc),
            _write_stated,
        ),
        Task(
            "flows",
            flows.examples,
            flows.fit,
            _use_flows,
            lambda fitted, folder: fitted and fitted.write(folder),
        ),
        Task(
            "confidences",
            confidence.families_of,
            lambda taught, scored: confidence.fit_curves(taught, CAUTION[profile]),
            confidence.calibrate,
            confidence.write_curves,
            more=False,
        ),
        Task(
            "rows",
            lambda doc, gold: [*confidence.rows_of(doc, gold)],
            lambda taught, scored: confidence.fit_rows([*chain(*taught)]),
            lambda doc, fitted: give_row_confidences(doc._.commitments, fitted),
            lambda fitted, folder: fitted.write(folder),
            more=False,
        ),
    )
