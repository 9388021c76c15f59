"""What each rule of the stages gains: scores on held-out articles with it on, less those with it off."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from pipeline.gold.evaluate.score import Scores, score
from pipeline.record import Record
from pipeline.stages.assemble import assemble
from pipeline.stages.language import STAGES
from pipeline.stages.stage import Stage
from pipeline.train.gold import read_docs, read_golds

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
    found = dict(_gains(nlp, read_golds(folders)))
    out.mkdir(parents=True, exist_ok=True)
    with (out / TABLE).open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["stage", "rule", "on", *ROWS])
        for (stage, rule), gains in sorted(found.items()):
            on = rule not in _stage(nlp, stage).off
            rows.writerow([stage, rule, "yes" if on else "no", *(f"{gains[row]:+.3f}" for row in ROWS)])
    return found


def _gains(nlp: Language, golds: Sequence[Record]) -> Iterator[tuple[tuple[str, str], Gains]]:
    """(stage, rule) with its gains. The articles are parsed and encoded once and stay in memory.

    The last stages come first: what stands before a rule's stage need not run again.
    """
    names = [name for name in nlp.pipe_names if name in STAGES]
    with nlp.select_pipes(disable=names):
        docs = [doc for _, doc in read_docs(nlp, golds, encoded=True)]
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


def _scores(nlp: Language, names: Sequence[str], docs: Sequence[Doc], golds: Sequence[Record]) -> Scores:
    """The scores after some stages have run anew."""
    records = dict[str, Record]()
    for gold, doc in zip(golds, docs, strict=True):
        for name in names:
            doc = nlp.get_pipe(name)(doc)
        records[gold.article.id] = assemble(doc)
    return score(golds, records)
