"""`pipeline.frames`: from records or a path; a bad record is named and left out."""

import logging
from pathlib import Path

import pandas as pd
import pytest
from builders import commitment, record

import pipeline
from pipeline.errors import SetupError
from pipeline.publish.tables.schema import tables

RECORDS = [record(), record("peru/2")]


def test_a_path_gives_what_its_records_give(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    path.write_text("".join(f"{each.to_json()}\n" for each in RECORDS), encoding="utf-8")
    made, read = pipeline.frames(RECORDS), pipeline.frames(path)
    assert list(made) == list(read) == list(tables())
    for name in made:
        pd.testing.assert_frame_equal(made[name], read[name])


def test_a_bad_record_is_named_and_left_out(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "corridor"):
        made = pipeline.frames([record("bad", commitments=[commitment(by=["a9"])]), record()])
    assert list(made["articles"]["article"]) == ["peru/1"]
    assert "bad: commitments.by: there is no 'a9'" in caplog.text


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="not found"):
        pipeline.frames(str(tmp_path / "nowhere"))
