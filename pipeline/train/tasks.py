"""The table of what is fitted for a profile, cross-validated and written; and what each component and each rule adds.

A task says what an article teaches, how articles are fitted, and what the fit finds. `validated` takes the tasks in
their order, by five parts that share no story. Each learns from what the earlier ones, none of which saw the article,
make of it, so it learns their errors too.
"""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, reduce
from itertools import chain
from pathlib import Path
from typing import Any, get_args

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.errors import SetupError
from pipeline.extract import load
from pipeline.gold.evaluate.score import Scores
from pipeline.record import Record
from pipeline.settings import CONFIG, Profile, Settings
from pipeline.stages.assemble import assemble
from pipeline.stages.commitments.classifier import Classifier, give_row_confidences
from pipeline.stages.commitments.stage import SLOTS, find_commitments
from pipeline.stages.entities.stage import WEIGHTS as MENTIONS
from pipeline.stages.entities.stage import find_mentions
from pipeline.stages.language import STAGES
from pipeline.stages.models.linear import ANY, Weights
from pipeline.stages.models.sectors import FOLDER, Model, read_model
from pipeline.stages.references import stage as references
from pipeline.stages.references.salience import weigh
from pipeline.stages.relations.stage import WEIGHTS as RELATIONS
from pipeline.stages.relations.stage import find_relations
from pipeline.stages.sectors import WEIGHTS as SECTORS
from pipeline.stages.sectors import find_sectors
from pipeline.stages.stage import Stage
from pipeline.train import commitments, flows, rows
from pipeline.train.estimators import Row, balanced, held_out, weights_of
from pipeline.train.gold import CARD, Parts, described, read_docs, read_golds, scores_of, write_json

MENTION_STRENGTH = 0.3  # inverse of the L2 penalty: there are many rows
STRENGTH = 0.02  # the same of relations, slots and sectors, whose features overlap
SLACK = 0.005  # F1 given up for fewer wrong relations
LIKELY = 0.25  # threshold of a slot: half of the best F1, where F1 is best
CAUTION: dict[Profile, dict[str, float]] = {  # of the curve of each family: see `curve_of`
    "default": {"relations": 1.0, "commitments": 1.7},
    "fast": {"relations": 1.0, "commitments": 1.45},
}
WHAT: dict[Profile, str] = {
    "default": "weights of all that decides, fitted with what the encoder makes of a text",
    "fast": "weights of all that decides, fitted without the encoder",
}

Change = tuple[str, Callable[[Doc], object]]  # before the task of this name, of a Doc
Table = dict[str, Scores]  # of held-out articles, by the name of the gold folder
Stated = tuple[list[commitments.Example], list[Row]]  # the candidates of an article, and the fillers of their slots


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

    Some minutes on one core. `change`: of each Doc, before a task. Raises SetupError where the articles are
    too few, or a part lacks its models.
    """
    docs, fitted = parts.unseen(profile), dict[str, Any]()
    for task in tasks(profile):
        for doc in docs:
            if change and change[0] == task.name:
                change[1](doc)
            task.begin(doc)
        every = range(len(docs) if task.more else parts.scored)
        taught = [task.rows(docs[at], parts.golds[at]) for at in every]

        def fit(chosen: Iterable[int], task: Task[Any, Any] = task, taught: Sequence[Any] = taught) -> Any:
            own = [at for at in chosen if at < len(taught)]
            return task.fit([taught[at] for at in own], sum(at < parts.scored for at in own))

        for doc, model in zip(docs, held_out(parts.part, fit), strict=True):
            task.use(doc, model)
        fitted[task.name] = fit(every)
    return {gold.article.id: assemble(doc) for gold, doc in zip(parts.golds, docs, strict=True)}, fitted


@cache
def sector_model() -> Model:
    """The linear model of sectors that comes with Corridor; it learned from coded projects alone."""
    return read_model(Settings().models / FOLDER)


def mention_weights(taught: Sequence[Sequence[Row]], scored: int = 0) -> Weights:
    """The weights of the finders' proposals."""
    return weights_of([*chain(*taught)], MENTION_STRENGTH)


def _stated(doc: Doc, gold: Record) -> Stated:
    candidates = commitments.examples(doc, gold)
    return candidates, rows.of_slots(doc, gold, candidates)


def _fit_stated(taught: Sequence[Stated], scored: int) -> tuple[Classifier, Weights]:
    slots = weights_of([row for _, own in taught for row in own], STRENGTH)
    return commitments.fit([own for own, _ in taught], scored), replace(slots, thresholds={ANY: LIKELY})


def _write_stated(fitted: tuple[Classifier, Weights], folder: Path) -> None:
    commitments.write(fitted[0], folder)
    fitted[1].write(folder / SLOTS)


def _set(name: str, find: Callable[..., Any]) -> Callable[[Doc, Any], None]:
    return lambda doc, fitted: setattr(doc._, name, find(doc, fitted))


def _file(name: str) -> Callable[[Weights, Path], None]:
    return lambda fitted, folder: fitted.write(folder / name)


def tasks(profile: Profile) -> tuple[Task[Any, Any], ...]:
    """The table, in the order in which the tasks depend on each other."""
    return (
        Task(
            "mentions", rows.of_mentions, mention_weights, _set("mentions", find_mentions), _file(MENTIONS), more=False
        ),
        Task(
            "entities",
            rows.of_entities,
            lambda taught, scored: balanced(taught, apart=rows.PROJECTS),
            weigh,
            _file(references.WEIGHTS),
            begin=lambda doc: references.write(doc, references.find(doc)),
            more=False,
        ),
        Task(
            "sectors",
            lambda doc, gold: rows.of_sectors(doc, gold, sector_model()),
            lambda taught, scored: balanced(taught, scored, strength=STRENGTH),
            lambda doc, fitted: find_sectors(doc, fitted, sector_model()),
            _file(SECTORS),
        ),
        Task(
            "relations",
            rows.of_relations,
            lambda taught, scored: balanced([own for own, _ in taught], scored, slack=SLACK, strength=STRENGTH),
            _set("relations", find_relations),
            _file(RELATIONS),
        ),
        Task(
            "commitments",
            _stated,
            _fit_stated,
            _set("commitments", lambda doc, fitted: find_commitments(doc, fitted[0], fitted[1], sector_model())),
            _write_stated,
        ),
        Task("flows", flows.examples, flows.fit, flows.use, lambda fitted, folder: fitted and fitted.write(folder)),
        Task(
            "confidences",
            rows.families_of,
            lambda taught, scored: rows.fit_curves(taught, CAUTION[profile]),
            rows.calibrate,
            rows.write_curves,
            more=False,
        ),
        Task(
            "rows",
            lambda doc, gold: [*rows.of_commitments(doc, gold)],
            lambda taught, scored: rows.fit_rows([*chain(*taught)]),
            lambda doc, fitted: give_row_confidences(doc._.commitments, fitted),
            lambda fitted, folder: fitted.write(folder),
            more=False,
        ),
    )


def train_profiles(parts: Parts, out: Path | None = None) -> dict[Profile, Table]:
    """The cross-validated scores of each profile; classifiers fitted on all articles are written to `out`, if given.

    Without an encoder for each part there is only the fast profile.
    """
    found: dict[Profile, Table] = {}
    for profile in get_args(Profile):
        if profile == "fast" or parts.encoded:
            records, fitted = validated(parts, profile)
            found[profile] = _table(parts, records)
            if out is not None:
                card = {
                    "name": profile,
                    "what": WHAT[profile],
                    **described(parts.golds),
                    "rebuild": "corridor train weights --gold FOLDER ... --parts FOLDER [--more FOLDER ...]",
                    "cross_validated": {name: _summary(scores) for name, scores in found[profile].items()},
                }
                write_json(card, out / profile / CARD)
                for task in tasks(profile):
                    task.write(fitted[task.name], out / profile)
    return found


def _table(parts: Parts, records: Mapping[str, Record]) -> Table:
    return {name: scores_of(own, (records[one.article.id] for one in own)) for name, own in parts.named.items()}


def _summary(scores: Scores) -> dict[str, Any]:
    """F1 with its 95 % interval by row, calibration by family, and false alarms."""
    rows = {name: [round(v, 3) for v in (row.f1, row.low, row.high)] for name, row in scores.rows.items()}
    calibration = {
        family: {
            "ece": round(found.ece, 3),
            **{f"at {kept.threshold}": [round(kept.precision, 3), round(kept.share, 3)] for kept in found.kept},
        }
        for family, found in scores.calibration.items()
    }
    return {
        "f1, low, high": rows,
        "calibration, at a confidence: precision, share": calibration,
        "false alarms": scores.false_alarms,
    }


# What components and rules add

ABLATION, RULES = "ablation.json", "rules.csv"
SCORED = (
    "mentions", "actors", "actors.country", "actors.role", "projects", "relations", "commitments.found", "commitments",
    "commitments+status", "slots", "attributed_to", "rows", "rows.core", "money",
)  # fmt: skip
LEFT_OUT: dict[str, Change | None] = {
    "nothing": None,
    "the encoder": ("mentions", lambda doc: setattr(doc._, "encoding", None)),
    "the encoder after the mentions": ("entities", lambda doc: setattr(doc._, "encoding", None)),
    "the recognizer": ("mentions", lambda doc: setattr(doc, "ents", ())),
}
Gains = dict[str, float]  # by row of scores: F1 with the rule less F1 without it


def train_ablation(parts: Parts | None, held: Sequence[Path], out: Path) -> tuple[dict[str, Any], int, Path]:
    """With `parts` F1 by component left out, gold and row; with `held` the number of rules left out, and their table.

    Both are written to `out`. Raises SetupError without either.
    """
    if not held and not parts:
        raise SetupError("ablation needs --gold and --parts for components, or --held for rules")
    components = {}
    if parts:
        for name, change in LEFT_OUT.items():
            table = _table(parts, validated(parts, "default", change)[0])
            components[name] = {own: {row: round(scores[row].f1, 3) for row in SCORED} for own, scores in table.items()}
        write_json(components, out / "default" / ABLATION)
    pipeline = out if (out / CONFIG).is_file() else None  # the one that comes with Corridor
    gains = write_rule_gains(load(pipeline), held, out / "default") if held else {}
    return components, len(gains), out / "default" / RULES


def write_rule_gains(nlp: Language, folders: Sequence[Path], out: Path) -> dict[tuple[str, str], Gains]:
    """The gains of each rule, by stage and name; written to `out`/rules.csv as well.

    Args:
        nlp: The trained pipeline.
        folders: Gold of articles that the pipeline has not learned from.
        out: The folder of a profile in the directory of a trained pipeline.
    """
    golds = read_golds(folders)
    stages = {name: stage for name, stage in nlp.pipeline if name in STAGES and isinstance(stage, Stage)}
    with nlp.select_pipes(disable=[*stages]):  # the articles are parsed and encoded once and stay in memory
        docs = [doc for _, doc in read_docs(nlp, golds, encoded=True)]

    def scored(again: Sequence[Stage]) -> Scores:
        """The scores after some stages have run anew."""
        return scores_of(golds, (assemble(reduce(lambda doc, stage: stage(doc), again, doc)) for doc in docs))

    every, found = [*stages.values()], dict[tuple[str, str], Gains]()
    whole = scored(every)
    for at, (name, stage) in reversed([*enumerate(stages.items())]):  # what stands before a stage need not run again
        for rule in stage.rules:
            before = stage.off
            stage.off = before ^ {rule}
            try:
                other = scored(every[at:])
            finally:
                stage.off = before
            sign = -1 if rule in before else 1
            found[name, rule] = {row: sign * (whole.rows[row].f1 - other.rows[row].f1) for row in SCORED}
    out.mkdir(parents=True, exist_ok=True)
    with (out / RULES).open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["stage", "rule", "on", *SCORED])
        for (name, rule), gains in sorted(found.items()):
            on = "no" if rule in stages[name].off else "yes"
            lines.writerow([name, rule, on, *(f"{gains[row]:+.3f}" for row in SCORED)])
    return found
