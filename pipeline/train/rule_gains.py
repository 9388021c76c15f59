"""What each rule of the stages gains: scores on held-out articles with it on, less those with it off."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.gold.evaluate.score import Scores, score
from pipeline.gold.folder import read_gold
from pipeline.record import Record
from pipeline.stages.assemble import assemble
from pipeline.stages.language import STAGES
from pipeline.stages.stage import Stage

TABLE = "rules.csv"
ROWS = (
    "mentions", "actors", "actors.country", "actors.role", "projects", "relations", "commitments.found", "commitments",
    "commitments+status", "slots", "attributed_to", "rows", "rows.core", "money",
)  # fmt: skip
Gains = dict[str, float]  # by row of scores: F1 with the rule less F1 without it


def write_rule_gains(nlp: Language, folders: Sequence[Path], out: Path) -> dict[tuple[str, str], Gains]:
    """The gains of each rule, by stage and name; written to `out`/rules.csv as well.

    Args:
        nlp: The trained pipeline.
        folders: Gold of articles that the pipeline has not learned from.
        out: The folder of a profile in the directory of a trained pipeline.
    """
    golds = [gold for folder in folders for gold in read_gold(folder)]
    found = dict(rule_gains(nlp, golds))
    with (out / TABLE).open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["stage", "rule", "on", *ROWS])
        for (stage, rule), gains in sorted(found.items()):
            on = rule not in _stage(nlp, stage).off
            rows.writerow([stage, rule, "yes" if on else "no", *(f"{gains[row]:+.3f}" for row in ROWS)])
    return found


def rule_gains(nlp: Language, golds: Sequence[Record]) -> Iterator[tuple[tuple[str, str], Gains]]:
    """(stage, rule) with its gains. The articles are parsed and encoded once and stay in memory.

    The last stages come first: what stands before a rule's stage need not run again.
    """
    docs = [_read(nlp, gold) for gold in golds]
    names = [name for name in nlp.pipe_names if name in STAGES]
    whole = _scores(nlp, names, docs, golds)
    for at in reversed(range(len(names))):
        stage = _stage(nlp, names[at])
        for rule in stage.rules:
            before = stage.off
            stage.off = before ^ {rule}
            try:
                other = _scores(nlp, names[at:], docs, golds)
            finally:
                stage.off = before
            sign = -1 if rule in before else 1
            gains = {row: sign * (whole.rows[row].f1 - other.rows[row].f1) for row in ROWS}
            yield (names[at], rule), gains


def _stage(nlp: Language, name: str) -> Stage:
    stage = nlp.get_pipe(name)
    assert isinstance(stage, Stage)
    return stage


def _read(nlp: Language, gold: Record) -> Doc:
    """The Doc of an article up to the first of STAGES."""
    doc = nlp.make_doc(gold.article.text)
    doc._.article = gold.article
    for name, pipe in nlp.pipeline:
        doc = doc if name in STAGES else pipe(doc)
    return doc


def _scores(nlp: Language, names: Sequence[str], docs: Sequence[Doc], golds: Sequence[Record]) -> Scores:
    """The scores after some stages have run anew."""
    records: Mapping[str, Record] = {
        gold.article.id: _record(nlp, names, doc) for gold, doc in zip(golds, docs, strict=True)
    }
    return score(golds, records)


def _record(nlp: Language, names: Sequence[str], doc: Doc) -> Record:
    for name in names:
        doc = nlp.get_pipe(name)(doc)
    return assemble(doc)
