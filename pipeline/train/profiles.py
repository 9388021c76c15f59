"""Cross-validates a profile, writes its classifiers, and scores it without a component."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from spacy.tokens import Doc

from pipeline.gold.evaluate.score import Scores, score
from pipeline.gold.folder import read_gold
from pipeline.record import Record
from pipeline.settings import Profile
from pipeline.train.cards import described, write_card
from pipeline.train.parts import Parts
from pipeline.train.tasks import Change, tasks, validated

WHAT: dict[Profile, str] = {
    "default": "weights of all that decides, measured with what the encoder makes of a text",
    "fast": "weights of all that decides, measured without the encoder",
}
ABLATION = "ablation.json"
ROWS = (  # of the table of components
    "mentions",
    "actors",
    "projects",
    "relations",
    "commitments.found",
    "commitments",
    "commitments+status",
    "slots",
)
Table = dict[str, Scores]  # of held-out articles, by the name of the gold folder


def train_profiles(folders: Sequence[Path], parts: Parts, out: Path | None) -> dict[Profile, Table]:
    """The cross-validated scores of each profile; classifiers fitted on all articles are written to `out`, if given.

    Without an encoder for each part there is only the fast profile.
    """
    found: dict[Profile, Table] = {}
    for profile in get_args(Profile):
        if profile == "fast" or parts.encoded:
            records, fitted = validated(parts, profile)
            found[profile] = _table(folders, records)
            if out is not None:
                (out / profile).mkdir(parents=True, exist_ok=True)
                for task in tasks(profile):
                    task.write(fitted[task.name], out / profile)
                write_card(_card(profile, parts, found[profile]), out / profile)
    return found


def _table(folders: Sequence[Path], records: Mapping[str, Record]) -> Table:
    golds = {folder.name: read_gold(folder) for folder in folders}
    return {
        name: score(own, {gold.article.id: records[gold.article.id] for gold in own}) for name, own in golds.items()
    }


def _card(profile: Profile, parts: Parts, table: Table) -> dict[str, Any]:
    return {
        "name": profile,
        "what": WHAT[profile],
        **described(parts.golds),
        "rebuild": "corridor train weights --gold FOLDER ... --parts FOLDER [--more FOLDER ...]",
        "cross_validated": {name: _summary(scores) for name, scores in table.items()},
    }


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


def _without_encoder(begin: str) -> Change:
    def change(task: str, doc: Doc) -> Doc:
        if task == begin:
            doc._.encoding = None
        return doc

    return change


def _without_recognizer(task: str, doc: Doc) -> Doc:
    if task == "mentions":
        doc.ents = ()
    return doc


LEFT_OUT: dict[str, Change | None] = {
    "nothing": None,
    "the encoder": _without_encoder("mentions"),
    "the encoder after the mentions": _without_encoder("entities"),
    "the recognizer": _without_recognizer,
}


def component_scores(folders: Sequence[Path], parts: Parts, out: Path) -> dict[str, dict[str, dict[str, float]]]:
    """F1 of each row, by what is left out of the default profile and by gold folder; written to `out` and returned."""
    found = {}
    for name, change in LEFT_OUT.items():
        table = _table(folders, validated(parts, "default", change)[0])
        found[name] = {own: {row: round(scores[row].f1, 3) for row in ROWS} for own, scores in table.items()}
    out.mkdir(parents=True, exist_ok=True)
    (out / ABLATION).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return found
