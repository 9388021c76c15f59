"""Scores records against gold, micro-averaged over articles. An article without a record counts as missed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from pipeline.errors import SetupError
from pipeline.gold.evaluate.bootstrap import f1, intervals
from pipeline.gold.evaluate.calibration import Answer, Calibration, answers, calibration
from pipeline.gold.evaluate.facts import Facts, facts_of, nothing_of
from pipeline.gold.evaluate.false_alarms import false_alarms
from pipeline.gold.evaluate.matching import Matched, match
from pipeline.gold.evaluate.rows import MAIN, OPTIONAL, Counts, Name, tally
from pipeline.gold.evaluate.sums import sum_error
from pipeline.record import Record


@dataclass(frozen=True)
class Row:
    """A row of the score table. All scores are NaN where neither side has anything."""

    precision: float
    recall: float
    f1: float
    low: float  # 95 % interval of F1
    high: float
    tp: int
    fp: int
    fn: int


@dataclass(frozen=True)
class Scores:
    """`rows` by name; `details[row][label]` for mentions, relations, commitments and slots.

    `false_alarms`: the number of `places` where gold has nothing, and the share of them `left alone`;
    `missing`: articles with gold and no record (counted as missed); `extra`: records without gold (not counted);
    `alone`: articles that only one of two gold folders has (not counted). `sum_error`: see `sums.py`.
    """

    articles: int
    rows: dict[str, Row]
    details: dict[str, dict[str, Row]]
    calibration: dict[str, Calibration]
    false_alarms: dict[str, dict[str, float]]
    missing: list[str]
    extra: list[str]
    alone: list[str] = field(default_factory=list)
    sum_error: float | None = None

    def __getitem__(self, row: str) -> Row:
        return self.rows[row]


def score(golds: Sequence[Record], records: Mapping[str, Record]) -> Scores:
    """Scores of records (by article id) against gold.

    Raises SetupError where a record was made from another text than gold's.
    """
    facts = {name: facts_of(record) for name, record in records.items()}
    scores = score_facts([facts_of(gold) for gold in golds], facts)
    return replace(scores, sum_error=sum_error(golds, records))


def score_facts(golds: Sequence[Facts], found: Mapping[str, Facts]) -> Scores:
    """As `score`, from facts and without `sum_error`."""
    require_same_text(golds, found)
    matches = [match(gold, found.get(gold.id) or nothing_of(gold)) for gold in golds]
    rows = _rows([tally(matched) for matched in matches])
    known = {gold.id for gold in golds}
    return Scores(
        articles=len(golds),
        rows={name: rows[name, ""] for name in (*MAIN, *OPTIONAL) if (name, "") in rows},
        details=_details(rows),
        calibration={family: calibration(all_of) for family, all_of in _collected(matches).items()},
        false_alarms=false_alarms([matched for matched in matches if matched.gold.id in found]),
        missing=[gold.id for gold in golds if gold.id not in found],
        extra=[name for name in found if name not in known],
    )


def require_same_text(golds: Iterable[Facts], found: Mapping[str, Facts]) -> None:
    """Raises SetupError where a record was made from another text than gold's."""
    for gold in golds:
        if gold.id in found and found[gold.id].text != gold.text:
            raise SetupError(
                f"{gold.id}: the record's text is not the gold article's, so offsets cannot be compared; "
                "extract again from the text that gold was made on"
            )


def _rows(tallies: Sequence[dict[Name, Counts]]) -> dict[Name, Row]:
    names = sorted({(name, "") for name in MAIN}.union(*tallies))
    none = Counts(0, 0, 0)
    counts = np.array([[one.get(name, none) for name in names] for one in tallies], dtype=np.int64)
    counts = counts.reshape(len(tallies), len(names), 3)
    return {
        name: _row(total, interval)
        for name, total, interval in zip(names, counts.sum(axis=0), intervals(counts), strict=True)
    }


def _row(total: Iterable[int], interval: Iterable[float]) -> Row:
    tp, fp, fn = (int(count) for count in total)
    low, high = (float(end) for end in interval)
    value = float(f1(np.array([tp, fp, fn], dtype=np.float64)))
    if tp + fp + fn == 0:
        return Row(value, value, value, low, high, tp, fp, fn)
    return Row(tp / max(1, tp + fp), tp / max(1, tp + fn), value, low, high, tp, fp, fn)


def _details(rows: dict[Name, Row]) -> dict[str, dict[str, Row]]:
    found: dict[str, dict[str, Row]] = {}
    for (name, label), row in rows.items():
        if label:
            found.setdefault(name, {})[label] = row
    return found


def _collected(matches: Sequence[Matched]) -> dict[str, list[Answer]]:
    found: dict[str, list[Answer]] = {"mentions": [], "actors": [], "projects": [], "relations": [], "commitments": []}
    for matched in matches:
        for family, some in answers(matched).items():
            found[family] += some
    return found
