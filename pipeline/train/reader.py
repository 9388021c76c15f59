"""Fits how far a second reader is to be believed, from recorded answers to articles with gold."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import Ridge

from pipeline.errors import SetupError
from pipeline.gold.curve import Example, read_examples
from pipeline.gold.evaluate.score import Answer, calibration
from pipeline.gold.folder import read_gold, read_records
from pipeline.gold.stories import by_story
from pipeline.llm.bare import is_bare
from pipeline.llm.fuse import Fusion, act_features, applied, opinions, other_features, paired, read_fusion
from pipeline.llm.ledger import gain_features
from pipeline.record import Commitment, Record
from pipeline.settings import Profile, Settings
from pipeline.stages.models.linear import LogOdds
from pipeline.train.estimators import held_out, log_odds_of
from pipeline.train.gold import described, scores_of, write_json
from pipeline.train.rows import Compared, precision_and_share
from pipeline.train.tasks import sector_model

CARD = "reader_card.json"
STEPS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # thresholds of an act of the small models alone
SHOWN = ("rows", "rows.core", "money", "flow", "commitments.found", "commitments", "commitments+status", "slots")
FIELDS = ("by", "with_", "to", "projects", "dates", "status", "instrument", "provider", "recipient")
PRIOR = 2.0  # entries that are added to each count of opinions, half of them right
FEWEST = 20  # articles
STRENGTH = 10.0  # of the ridge of the gain


@dataclass(frozen=True)
class _Taught:
    """What an article teaches. `acts`: features, stated, right; `others`: features, stated; `slots`: see `opinions`."""

    acts: list[tuple[dict[str, float], bool, bool]]
    others: list[tuple[dict[str, float], bool]]
    slots: list[tuple[str, str, bool]]
    gain: tuple[dict[str, float], float]


def train_second_reader(
    gold: Sequence[Path], records: Sequence[Path], answers: Sequence[Path], out: Path, profile: Profile = "default"
) -> dict[str, Any]:
    """Writes `reader.json` and its card to a profile's folder in `out`, and returns the card; deterministic.

    `records`: files of what the small models made of the articles in `gold`, or of their sentences alone; `answers`:
    recordings of these articles. What is not taught stays as it came with Corridor. Raises SetupError where there are
    fewer than `FEWEST` articles of a kind.
    """
    golds = [article for folder in gold for article in read_gold(folder)]
    known = [record for path in records for record in read_records(path).values()]
    examples = read_examples(golds, known, answers, sector_model())
    kinds = [[one for one in examples if is_bare(one.record) is alone] for alone in (False, True)]
    for kind in filter(None, kinds):
        if len(kind) < FEWEST:
            raise SetupError(f"only {len(kind)} articles have gold, a record and answers; {FEWEST} are needed")
    examples = max(kinds, key=len)
    taught, fused = [_taught(example) for example in examples], read_fusion(Settings().measured(profile))
    fits = [fit([_taught(one) for one in kind]) if kind else None for kind in kinds]
    folder = out / profile
    folder.mkdir(parents=True, exist_ok=True)
    replace(fits[0] or fused, alone=fits[1] or fused.alone).write(folder)
    card = {
        "what": "how far a second reader, a language model, is to be believed",
        **described([example.gold for example in examples]),
        "models": sorted({one.reading.commitments[0].method for one in examples if one.reading.commitments}),
        "rebuild": "corridor train reader --gold FOLDER ... --records FILE ... --answers FILE ... --out DIR",
        "held out by story": _held_out(examples, taught),
    }
    return write_json(card, folder / CARD)


def fit(taught: Sequence[_Taught]) -> Fusion:
    """The fusion that some articles teach."""
    acts = [act for one in taught for act in one.acts]
    others = [other for one in taught for other in one.others]
    judged: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for field, opinion, right in (slot for one in taught for slot in one.slots):
        judged[field, opinion].append(right)
    slots = {
        field: {
            name: round((PRIOR / 2 + sum(judged[field, name])) / (PRIOR + len(judged[field, name])), 3)
            for name in ("agree", "differ", "alone")
        }
        for field in FIELDS
    }
    other = log_odds_of([(features, stated) for features, stated in others])
    return Fusion(
        act=log_odds_of([(features, stated) for features, stated, _ in acts]),
        row=log_odds_of([(features, right) for features, _, right in acts]),
        other=other,
        least=_threshold(taught, other),
        slots=slots,
        gain=_gain([one.gain for one in taught]),
    )


def _taught(example: Example) -> _Taught:
    """What an article teaches: each act of either reader, held against gold."""
    gold, before, reading = example.gold, example.record.commitments, example.reading
    pairs = sorted(paired(before, reading), key=lambda pair: _place(pair[0]))  # as they stand in the record
    partners = {id(other) for _, other in pairs if other}
    alone = [other for other in before if id(other) not in partners]
    record = applied(reading, [act for act, _ in pairs])
    acts: list[tuple[dict[str, float], bool, bool]] = []
    slots: list[tuple[str, str, bool]] = []
    compared = Compared(gold, record)
    for at, (act, other) in enumerate(pairs):
        answer, marks = compared.stated.get(at), compared.fields(at, record.commitments[at])
        acts.append((act_features(act, other), answer is not None and answer.kind == act.kind, compared.right(at)))
        given: dict[str, list[str]] = defaultdict(list)
        for field, opinion in opinions(act, other):
            given[field].append(opinion)
        for field, own in given.items():
            right = marks.get("with" if field == "with_" else field, [])
            if len(own) == len(right):  # not where entities that are one filled it twice
                slots += zip([field] * len(own), own, right, strict=True)
    together = sorted([*(act for act, _ in pairs), *alone], key=_place)
    stated = Compared(gold, applied(reading, together)).stated
    kinds = {id(one): stated[at].kind for at, one in enumerate(together) if at in stated}
    others = [(other_features(other), kinds.get(id(other)) == other.kind) for other in alone]
    gain = 0.0 if is_bare(example.record) else _rows_right(gold, record) - _rows_right(gold, example.record)
    return _Taught(acts, others, slots, (gain_features(example.record), gain))


def _place(act: Commitment) -> tuple[int, int]:
    return act.trigger.start, act.trigger.end


def _rows_right(gold: Record, record: Record) -> float:
    """Right rows less a half for each that is wrong or missed, of the core fields."""
    row = scores_of([gold], [record])["rows.core"]
    return row.tp - (row.fp + row.fn) / 2


def _threshold(taught: Sequence[_Taught], other: LogOdds) -> float:
    """The step from which acts of the small models alone raise F1 of acts that are stated."""
    hits = sum(stated for one in taught for _, stated, _ in one.acts)
    extra = sum(not stated for one in taught for _, stated, _ in one.acts)
    judged: list[Answer] = [(other(features), stated) for one in taught for features, stated in one.others]

    def gained(step: float) -> float:
        kept = [stated for sure, stated in judged if sure >= step]
        right = hits + sum(kept)
        return right / (right + extra / 2 + (len(kept) - sum(kept)) / 2 + (len(judged) - len(kept)) / 100)

    return max((*STEPS, 1.01), key=lambda step: (round(gained(step), 4), step))


def _gain(rows: Sequence[tuple[dict[str, float], float]]) -> dict[str, float]:
    """The weights of features by which the gain of an article is expected."""
    names = sorted({name for features, _ in rows for name in features})
    matrix = np.array([[features[name] for name in names] for features, _ in rows])
    model = Ridge(alpha=STRENGTH, fit_intercept=False).fit(matrix, [gain for _, gain in rows])
    return {name: round(float(weight), 4) for name, weight in zip(names, model.coef_, strict=True)}


def _held_out(examples: Sequence[Example], taught: Sequence[_Taught]) -> dict[str, Any]:
    """Scores and calibration where the fusion has learned from other stories."""
    golds = [example.gold for example in examples]
    fusions = held_out(by_story(golds), lambda chosen: fit([taught[at] for at in chosen]))
    judged = [(fusion, act) for fusion, one in zip(fusions, taught, strict=True) for act in one.acts]
    acts = [(fusion.act(features), stated) for fusion, (features, stated, _) in judged]
    rows = [(fusion.row(features), right) for fusion, (features, _, right) in judged]
    plain = [applied(one.reading, one.reading.commitments) for one in examples]
    both = [one.joined(fusion) for one, fusion in zip(examples, fusions, strict=True)]
    sides = [scores_of(golds, of).rows for of in ([one.record for one in examples], plain, both)]
    return {
        "small models, the language model alone, both": {
            row: [round(side[row].f1, 3) for side in sides if row in side] for row in SHOWN
        },
        "acts: expected calibration error": round(calibration(acts).ece, 3),
        "rows: expected calibration error": round(calibration(rows).ece, 3),
        "rows at .5, .8: precision, share": [precision_and_share(rows, step) for step in (0.5, 0.8)],
    }
