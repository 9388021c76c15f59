"""The table fits a terminal, the JSON is JSON, and article text is no markup."""

import json
from collections.abc import Callable

import pytest
from rich.console import Console

from pipeline.gold.evaluate.differences import Difference
from pipeline.gold.evaluate.report import listing, table, to_json
from pipeline.gold.evaluate.rows import MAIN
from pipeline.gold.evaluate.score import Scores, score
from pipeline.record import Record


def printed(renderable: object, width: int = 80) -> str:
    console = Console(width=width, file=None, color_system=None)
    with console.capture() as captured:
        console.print(renderable)
    return captured.get()


@pytest.fixture
def scores(golds: dict[str, Record], perfect: Callable[[str], Record]) -> Scores:
    records = {name: perfect(name) for name in ("authored-001", "authored-002")}
    records["authored-002"] = records["authored-002"].model_copy(update={"actors": []})
    return score(list(golds.values()), records)


def test_the_table_shows_every_row_in_80_columns(scores: Scores) -> None:
    lines = printed(table(scores)).splitlines()
    assert all(any(line.split()[:1] == [row] for line in lines) for row in MAIN)
    assert not any("…" in line for line in lines)
    sentences = next(line.split() for line in lines if line.split()[:1] == ["sentences"])
    assert sentences == ["sentences", "1.000", "0.679", "0.809", "0.000-1.000", "19", "0", "9"]
    assert "1 article without a record, counted as missed: authored-003" in lines
    quiet, neighbours = scores.false_alarms.values()
    assert quiet["places"] > 0 < neighbours["places"]
    assert f"sentences without a commitment: {quiet['places']}, of which 100.0% are left alone" in lines
    assert f"neighbours without a relation: {neighbours['places']}, of which 100.0% are left alone" in lines


def test_a_prediction_where_gold_has_nothing_is_a_false_alarm(
    golds: dict[str, Record], perfect: Callable[[str], Record]
) -> None:
    record, gold = perfect("authored-001"), golds["authored-001"]
    stated = [span for commitment in record.commitments for span in [(e.start, e.end) for e in commitment.evidence]]
    quiet = next(s for s in record.sentences if all(s.end <= start or s.start >= end for start, end in stated))
    moved = record.commitments[0].evidence[0].model_copy(update={"start": quiet.start, "end": quiet.end})
    wrong = record.commitments[0].model_copy(update={"evidence": [moved]})
    actors = [actor.id for actor in record.actors]
    related = record.relations[0].model_copy(update={"subject": actors[0], "object": actors[1]})
    before, after = (
        score([gold], {gold.article.id: record.model_copy(update=changed)}).false_alarms
        for changed in ({}, {"commitments": [*record.commitments, wrong], "relations": [*record.relations, related]})
    )
    (quiet_before, near_before), (quiet_after, near_after) = before.values(), after.values()
    assert quiet_before["left alone"] == near_before["left alone"] == 1
    assert quiet_after == {**quiet_before, "left alone": round(1 - 1 / quiet_before["places"], 3)}
    assert near_after["places"] == near_before["places"]


def test_json(scores: Scores) -> None:
    found = json.loads(to_json(scores))
    assert found["rows"]["sentences"]["tp"] == 19
    assert found["details"]["slots"]["by"]["fn"] > 0
    assert found["calibration"]["mentions"]["ece"] == 0
    assert set(found["false_alarms"]) == {"sentences without a commitment", "neighbours without a relation"}
    assert found["missing"] == ["authored-003"]
    assert json.loads(to_json(score([], {})))["rows"]["mentions"]["f1"] is None


def test_the_listing_marks_sides_reads_no_markup_and_stops_after_some_articles() -> None:
    both = [Difference("actors", "missed", "[red]Bank[/red]\x1b[2J"), Difference("actors", "spurious", "Y")]
    lines = printed(listing({"x": both, "y": both[:1]}, 1)).splitlines()
    assert lines[1:] == ["x: 2 differences", "- actors [red]Bank[/red] [2J", "+ actors Y"]
