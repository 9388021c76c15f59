"""Cross-validates a profile and writes its classifiers, fitted on all articles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from pipeline.gold.evaluate.score import Scores, score
from pipeline.gold.folder import digest, read_gold
from pipeline.settings import Profile
from pipeline.stages.entities.stage import WEIGHTS as MENTIONS
from pipeline.stages.references.stage import WEIGHTS as ENTITIES
from pipeline.train.cards import today, write_card
from pipeline.train.cross_validation import Validated, validated
from pipeline.train.measure import write_curves
from pipeline.train.parts import Parts, read_golds

WHAT: dict[Profile, str] = {
    "default": "weights of all that decides, measured with what the encoder makes of a text",
    "fast": "weights of all that decides, measured without the encoder",
}


Table = dict[str, Scores]  # of held-out articles, by the name of the gold folder


def open_parts(folders: Sequence[Path], parts: Path, more: Sequence[Path] = ()) -> Parts:
    """The articles of some gold folders in five parts, whose models are in the folder `parts`; `more`: see Parts."""
    golds = read_golds([*folders, *more])
    slow = sum(len(read_gold(folder)) for folder in folders)
    return Parts(golds[:slow], parts, golds[slow:])


def train_profiles(folders: Sequence[Path], parts: Parts, out: Path | None) -> dict[Profile, Table]:
    """The cross-validated scores of each profile; classifiers fitted on all articles are written to `out`, if given.

    Without an encoder for each part there is only the fast profile.
    """
    found: dict[Profile, Table] = {}
    for profile in get_args(Profile):
        if profile == "fast" or parts.encoded:
            learned = validated(parts, profile)
            found[profile] = {folder.name: _scored(folder, learned) for folder in folders}
            if out is not None:
                _write(out / profile, profile, learned, parts, found[profile])
    return found


def _scored(folder: Path, learned: Validated) -> Scores:
    golds = read_gold(folder)
    return score(golds, {gold.article.id: learned.records[gold.article.id] for gold in golds})


def _write(out: Path, profile: Profile, learned: Validated, parts: Parts, table: Table) -> None:
    out.mkdir(parents=True, exist_ok=True)
    learned.mentions.write(out / MENTIONS)
    learned.entities.write(out / ENTITIES)
    learned.models.write(out)
    if learned.flows is not None:
        learned.flows.write(out)
    learned.rows.write(out)
    write_curves(learned.curves, out)
    card = {
        "name": profile,
        "what": WHAT[profile],
        "articles": len(parts.golds),
        "data_sha256": digest(parts.golds),
        "date": today(),
        "rebuild": "corridor train weights --gold FOLDER ... --parts FOLDER [--more FOLDER ...]",
        "cross_validated": {name: _summary(scores) for name, scores in table.items()},
    }
    write_card(card, out)


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
