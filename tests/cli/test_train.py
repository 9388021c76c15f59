"""Training writes a directory of its own, complete after each command."""

from pathlib import Path

import pytest

import pipeline
from pipeline.cli.train import _trained
from pipeline.record import Record
from pipeline.settings import Settings


def test_what_a_training_does_not_write_is_copied(tmp_path: Path) -> None:
    shipped, out = Settings().models, tmp_path / "model"
    with _trained(out) as folder:
        (folder / "fast").mkdir(parents=True)
        (folder / "fast" / "card.json").write_text("{}", encoding="utf-8")
    assert (out / "fast" / "card.json").read_text(encoding="utf-8") == "{}"
    assert (out / "encoder" / "encoder.onnx").read_bytes() == (shipped / "encoder" / "encoder.onnx").read_bytes()
    assert not (out / "base").exists()
    assert isinstance(pipeline.extract("Japan lent Kenya $300 million.", pipeline.load(out, "fast")), Record)


def test_a_training_that_fails_copies_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError), _trained(tmp_path / "model"):
        raise ValueError
    assert not (tmp_path / "model").exists()
