"""The floors under every score: `python tests/floors.py` measures and raises them, and never lowers one in silence.

`tests/floors.yaml` keeps, for each set of gold and each profile, the digest of the gold and the history of each row's
floor. A floor goes down, or another gold takes the place of one, only with `--lower --reason "..."`, and the reason
stays there, numbered. A floor that lies far below what is measured was lowered by hand, or forgotten.
"""

import argparse
import datetime
import json
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from pipeline.extract import extract_stream, load
from pipeline.gold.evaluate.score import Scores, score
from pipeline.gold.folder import digest, read_gold
from pipeline.record import Record
from pipeline.settings import PROFILES, Profile, Settings
from pipeline.sources import make_article

FLOORS = Path(__file__).with_name("floors.yaml")
GOLD = {"gold": Settings().seeds / "gold", "corpus": Path(__file__).resolve().parents[2] / "shared" / "corpus"}
ROWS = (
    "sentences", "mentions", "actors", "actors.kind", "actors.country", "actors.role", "projects", "relations",
    "commitments.found", "commitments", "commitments+status", "slots", "sectors", "rows", "rows.core",
    "rows.nothing_wrong", "money", "flow", "flow.instrument", "flow.direction", "flow.cells", "sums", "boilerplate",
)  # fmt: skip
SLACK = 0.005  # what another machine's rounding may cost
LAG = 0.02  # how far below what is measured a floor may lie

History = list[dict[str, Any]]  # of one row: floor, date, the number of the reason for going down; the last holds


def read(path: Path = FLOORS) -> dict[str, Any]:
    """`reasons` by number; `floors` by the name of the gold: `digest`, and the history of each row of all measured."""
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def unexplained(kept: dict[str, Any]) -> Iterator[str]:
    """Floors that went down without a reason."""
    for name, own in kept["floors"].items():
        for measured, rows in own["rows"].items():
            for row, history in rows.items():
                for before, after in pairwise(history):
                    if after["floor"] < before["floor"] and not kept["reasons"].get(after.get("reason"), "").strip():
                        yield f"{name}, {measured}, {row}: {before['floor']} to {after['floor']} without a reason"


def shipped(name: str, profile: Profile) -> dict[str, float]:
    """F1 of the models as they are, which learned from the same gold: tells that nothing broke.

    `sums`: one less the mean relative error of the sums of money of each article.
    """
    found = extracted(name, profile)
    rows = {row: one.f1 for row, one in found.rows.items()}
    return {row: one for row, one in (rows | {"sums": 1 - (found.sum_error or 0.0)}).items() if row in ROWS}


def extracted(name: str, profile: Profile) -> Scores:
    """The scores of all articles of a gold folder."""
    golds = read_gold(GOLD[name])
    articles = (
        make_article(g.article.text, id=g.article.id, title=g.article.title, date=g.article.date) for g in golds
    )
    records = {r.article.id: r for r in extract_stream(articles, load(profile=profile)) if isinstance(r, Record)}
    return score(golds, records)


def unseen(name: str, profile: Profile) -> dict[str, float]:
    """F1 on articles that nothing learned from, as training put it into the cards.

    Of flows only the weights of flows had not seen the articles.
    """
    folder = Settings().measured(profile)
    card, flows = (json.loads((folder / file).read_text(encoding="utf-8")) for file in ("card.json", "flows.json"))
    rows = {row: f1 for row, (f1, *_) in card["cross_validated"][name]["f1, low, high"].items()}
    return {row: f1 for row, f1 in (rows | flows["cross_validated, flow weights alone"][name]).items() if row in ROWS}


def measured(name: str) -> dict[str, dict[str, float]]:
    """Everything that has a floor."""
    found = {}
    for profile in PROFILES:
        found[f"{profile}, as shipped"] = shipped(name, profile)
        found[f"{profile}, cross-validated"] = unseen(name, profile)
    return found


def main() -> None:
    """Measures and writes; exits with 1 and says which floors would have to go down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lower", action="store_true", help="let floors go down, or be those of another gold")
    parser.add_argument("--reason", default="", help="why; needed with --lower")
    given = parser.parse_args()
    if given.lower and not given.reason.strip():
        parser.error("--lower needs a --reason")
    kept = read() if FLOORS.is_file() else {"reasons": {}, "floors": {}}
    refused = [line for name, folder in GOLD.items() if folder.is_dir() for line in _update(kept, name, given)]
    if refused:
        sys.exit("\n".join([*refused, "nothing was written; --lower --reason TEXT if it has to be"]))
    write(kept)


def write(kept: dict[str, Any], path: Path = FLOORS) -> None:
    """A reason a paragraph, a floor a line."""
    told = yaml.safe_dump({"reasons": kept["reasons"]}, width=120)
    told += yaml.safe_dump({"floors": kept["floors"]}, width=120, default_flow_style=None)
    path.write_text(told, encoding="utf-8")


def _update(kept: dict[str, Any], name: str, given: argparse.Namespace) -> Iterator[str]:
    """Raises the floors of a gold in place, and lowers them where that is allowed; yields what is not."""
    now = digest(read_gold(GOLD[name]))
    own = kept["floors"].setdefault(name, {"digest": now, "rows": {}})
    if own["digest"] != now and not given.lower:
        yield f"{name}: the gold is another one than the floors were measured on"
        return
    if own["digest"] != now:
        own |= {"digest": now, "reason": _number(kept["reasons"], given.reason)}
    for what, scores in measured(name).items():
        histories = own["rows"].setdefault(what, {})
        for row in scores:
            history: History = histories.setdefault(row, [])
            floor, last = round(scores[row] - SLACK, 3), history[-1]["floor"] if history else 0.0
            if floor < last and scores[row] < last and not given.lower:
                yield f"{name}, {what}, {row}: {scores[row]:.3f} is below its floor {last}"
            elif floor > last or scores[row] < last:
                why = {"reason": _number(kept["reasons"], given.reason)} if floor < last else {}
                history.append({"floor": floor, "date": datetime.date.today().isoformat(), **why})


def _number(reasons: dict[int, str], told: str) -> int:
    """Of a reason, which is written down if it is new."""
    if told not in reasons.values():
        reasons[len(reasons) + 1] = told
    return next(number for number, reason in reasons.items() if reason == told)


if __name__ == "__main__":
    main()
