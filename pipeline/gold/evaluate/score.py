"""Scores records against gold, micro-averaged over articles. An article without a record counts as missed.

Intervals of F1 come from the bootstrap over articles: they are drawn, not mentions, because the errors within one
article depend on each other. Bins of the calibration error have equal counts, because many confidences are alike and
bins of equal width would be empty.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from pathlib import Path
from statistics import mean

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import SetupError
from pipeline.gold.check import has_flows
from pipeline.gold.evaluate.differences import Difference, differences
from pipeline.gold.evaluate.matching import Matched, match, mentions_of, relations_of
from pipeline.gold.evaluate.rows import MAIN, TABLE, Counts, Name, false_alarms, tally
from pipeline.gold.folder import is_gold, read_gold
from pipeline.knowledge.sums import Ledger
from pipeline.record import Record

DRAWS, SEED = 1_000, 20_250_925
THRESHOLDS = (0.5, 0.8, 0.9)
BINS = 10
FAMILIES = ("mentions", "actors", "projects", "relations", "commitments")

Answer = tuple[float, bool]  # confidence, right


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
class Kept:
    """Of the output with at least this confidence: its share of all output and its precision, NaN where it is empty."""

    threshold: float
    share: float
    precision: float


@dataclass(frozen=True)
class Calibration:
    """`ece`: the expected calibration error."""

    count: int
    ece: float
    kept: tuple[Kept, ...]


@dataclass(frozen=True)
class Scores:
    """`rows` by name; `details[row][label]` for mentions, relations, commitments and slots.

    `false_alarms`: the number of `places` where gold has nothing, and the share of them `left alone`;
    `missing`: articles with gold and no record (counted as missed); `extra`: records without gold (not counted);
    `alone`: articles that only one of two gold folders has (not counted). `sum_error`: the mean relative error of the
    sums of money, over all articles with flows in gold; None where neither side has any, and in scores of files.
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


def score(golds: Sequence[Record], found: Mapping[str, Record], sums: bool = True) -> Scores:
    """Scores of records (by article id) against gold; `sums`: those of money too.

    Raises SetupError where a record was made from another text than gold's.
    """
    _require_same_text(golds, found)
    matches = [match(gold, found.get(gold.article.id)) for gold in golds]
    rows, known = _rows([tally(matched) for matched in matches]), {gold.article.id for gold in golds}
    details: dict[str, dict[str, Row]] = defaultdict(dict)
    for (name, label), row in rows.items():
        if label:
            details[name][label] = row
    each = [answers(matched) for matched in matches]
    return Scores(
        articles=len(golds),
        rows={name: rows[name, ""] for name in TABLE if (name, "") in rows},
        details=dict(details),
        calibration={family: calibration([one for own in each for one in own[family]]) for family in FAMILIES},
        false_alarms=false_alarms([matched for matched in matches if matched.gold.article.id in found]),
        missing=[gold.article.id for gold in golds if gold.article.id not in found],
        extra=[name for name in found if name not in known],
        sum_error=_sum_error(golds, found) if sums else None,
    )


def evaluate_files(gold: Path, predictions: Path, ids: Collection[str] | None = None) -> Scores:
    """Scores of a file or folder of records against gold, of all gold articles or only those in `ids`.

    Args:
        gold: A gold folder (articles.jsonl and gold/ID.json), or a file or folder of records that a person wrote.
        predictions: A file or folder of records. Where it is a gold folder, two annotators are compared, and articles
            of only one of them are not counted.
        ids: Ids of the articles to compare; None for all of `gold`.

    Returns:
        Scores whose `rows` have, for each measure, counts, and precision, recall and F1 from 0 to 1.

    Raises:
        SetupError: A side cannot be read, or was made from another text.
    """
    golds, found, alone = _both(gold, predictions, ids)
    return replace(score(golds, found, sums=False), alone=alone)


def differences_in_files(
    gold: Path, predictions: Path, ids: Collection[str] | None = None
) -> dict[str, list[Difference]]:
    """What was missed, spurious or different in each article, those with the most differences first."""
    golds, found, _ = _both(gold, predictions, ids)
    _require_same_text(golds, found)
    lists = {one.article.id: differences(match(one, found.get(one.article.id))) for one in golds}
    return dict(sorted(lists.items(), key=lambda item: -len(item[1])))


def _both(
    gold: Path, predictions: Path, ids: Collection[str] | None
) -> tuple[list[Record], dict[str, Record], list[str]]:
    """Gold, what was found by article id, and the articles that only one of two gold folders has, left out of both."""
    golds, every = (
        {record.article.id: record for record in read_gold(path) if ids is None or record.article.id in ids}
        for path in (gold, predictions)
    )
    if unknown := set(ids or ()) - golds.keys():
        raise SetupError(f"{gold}: has no gold for {', '.join(sorted(unknown))}")
    both = golds.keys() & every.keys()
    if not both:
        raise SetupError(f"{gold} and {predictions}: no article is in both")
    if not is_gold(predictions):
        return [*golds.values()], every, []
    alone = sorted(golds.keys() ^ every.keys())
    return (
        [one for name, one in golds.items() if name in both],
        {name: every[name] for name in golds if name in both},
        alone,
    )


def _require_same_text(golds: Iterable[Record], found: Mapping[str, Record]) -> None:
    """Raises SetupError where a record was made from another text than gold's."""
    for one in (gold.article for gold in golds):
        if one.id in found and found[one.id].article.text != one.text:
            raise SetupError(
                f"{one.id}: the record's text is not the gold article's, so offsets cannot be compared; "
                "extract again from the text that gold was made on"
            )


def _rows(tallies: Sequence[dict[Name, Counts]]) -> dict[Name, Row]:
    names = sorted({(name, "") for name in MAIN}.union(*tallies))
    none = Counts(0, 0, 0)
    counts = np.array([[one.get(name, none) for name in names] for one in tallies], dtype=np.int64)
    counts = counts.reshape(len(tallies), len(names), 3)
    each = zip(names, counts.sum(axis=0).tolist(), intervals(counts).tolist(), strict=True)
    return {name: _row(*total, *interval) for name, total, interval in each}


def _row(tp: int, fp: int, fn: int, low: float, high: float) -> Row:
    value = float(f1(np.array([tp, fp, fn], dtype=np.float64)))
    if tp + fp + fn == 0:
        return Row(value, value, value, low, high, tp, fp, fn)
    return Row(tp / max(1, tp + fp), tp / max(1, tp + fn), value, low, high, tp, fp, fn)


def f1(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """F1 of counts (..., 3: tp, fp, fn) -> (...); NaN where all three are 0."""
    tp, wrong = counts[..., 0], counts[..., 1] + counts[..., 2]
    whole = 2 * tp + wrong
    found = np.full(whole.shape, np.nan)
    np.divide(2 * tp, whole, out=found, where=whole > 0)
    return found


def intervals(counts: NDArray[np.int64], draws: int = DRAWS, seed: int = SEED) -> NDArray[np.float64]:
    """The 95 % interval of F1: counts (articles, rows, 3) -> (rows, 2: low, high); NaN for a row without counts."""
    articles, rows, _ = counts.shape
    if articles == 0:
        return np.full((rows, 2), np.nan)
    weights = np.random.default_rng(seed).multinomial(articles, np.full(articles, 1 / articles), size=draws)
    drawn = (weights.astype(np.float64) @ counts.reshape(articles, -1)).reshape(draws, rows, 3)
    scores = f1(drawn)
    found = np.full((rows, 2), np.nan)
    for row in range(rows):
        defined = scores[:, row][~np.isnan(scores[:, row])]
        if defined.size:
            found[row] = np.percentile(defined, (2.5, 97.5))
    return found


def calibration(answers: Sequence[Answer]) -> Calibration:
    """The calibration of some answers. Equal confidences keep their order; all is NaN where there are no answers."""
    nothing = float("nan")
    if not answers:
        return Calibration(0, nothing, tuple(Kept(threshold, nothing, nothing) for threshold in THRESHOLDS))
    ordered = np.array(sorted(answers, key=itemgetter(0)), dtype=np.float64)
    bins = [part for part in np.array_split(ordered, BINS) if len(part)]
    ece = sum(abs(part[:, 0].mean() - part[:, 1].mean()) * len(part) for part in bins) / len(ordered)
    kept = [(threshold, ordered[ordered[:, 0] >= threshold, 1]) for threshold in THRESHOLDS]
    return Calibration(
        len(ordered),
        float(ece),
        tuple(Kept(t, len(right) / len(ordered), float(right.mean()) if len(right) else nothing) for t, right in kept),
    )


def answers(matched: Matched) -> dict[str, list[Answer]]:
    """The confidence of everything found in an article, and whether it is right, by family."""
    gold, found = matched.gold, matched.found
    mentions, relations = mentions_of(gold), relations_of(gold)
    actors, projects = ({f for _, f in pairs} for pairs in (matched.actors, matched.projects))
    kinds = {f for g, f in matched.commitments if gold.commitments[g].kind == found.commitments[f].kind}
    return {
        "mentions": [(c, mention in mentions) for mention, c in mentions_of(found).items()],
        "actors": [(actor.confidence, at in actors) for at, actor in enumerate(found.actors)],
        "projects": [(project.confidence, at in projects) for at, project in enumerate(found.projects)],
        "relations": [(c, triple in relations) for triple, c in relations_of(found).items()],
        "commitments": [(one.confidence, at in kinds) for at, one in enumerate(found.commitments)],
    }


def _sum_error(golds: Iterable[Record], records: Mapping[str, Record]) -> float | None:
    """See `Scores`: of each currency the difference as a share of the larger sum; no record counts as no money."""
    errors = []
    for gold in golds:
        if has_flows(gold):
            one, other = _sums(gold), _sums(records.get(gold.article.id))
            pairs = [(one.get(name, 0.0), other.get(name, 0.0)) for name in one.keys() | other.keys()]
            errors += [abs(a - b) / max(a, b) for a, b in pairs]
    return mean(errors) if errors else None


def _sums(record: Record | None) -> dict[str, float]:
    """The counted money of an article, by currency."""
    ledger, found = Ledger(), defaultdict[str, float](float)
    if record:
        ledger.add(record)
    for entry in ledger.entries().values():
        if entry.counted and entry.worth:
            currency, value = entry.worth
            found[currency] += value
    return found
