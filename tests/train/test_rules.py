"""Rules are measured by switching them off, and a stage names its rules."""

import csv
from pathlib import Path

import pytest
from spacy.language import Language

from pipeline.errors import SetupError
from pipeline.gold.evaluate.score import score
from pipeline.gold.folder import read_gold
from pipeline.settings import Settings
from pipeline.stages.assemble import assemble
from pipeline.stages.language import STAGES
from pipeline.stages.references.stage import References
from pipeline.stages.stage import Stage
from pipeline.train import tasks
from pipeline.train.gold import read_docs
from pipeline.train.tasks import RULES, write_rule_gains

GOLD = Settings().seeds / "gold"


def test_a_gain_is_what_a_row_loses_without_the_rule(
    nlp: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    golds = read_gold(GOLD)[:3]
    monkeypatch.setattr(tasks, "read_golds", lambda folders: golds)
    monkeypatch.setattr(References, "rules", {name: References.rules[name] for name in ("persons", "I and we")})
    for name in set(STAGES) - {"references"}:
        monkeypatch.setattr(type(nlp.get_pipe(name)), "rules", {})
    gains = write_rule_gains(nlp, [GOLD], tmp_path)
    stage = nlp.get_pipe("references")
    assert isinstance(stage, Stage) and not stage.off
    whole = score(golds, {gold.article.id: assemble(doc) for gold, doc in read_docs(nlp, golds)}).rows["actors"].f1
    stage.off = frozenset({"persons"})
    try:
        records = {gold.article.id: assemble(doc) for gold, doc in read_docs(nlp, golds)}
    finally:
        stage.off = frozenset()
    assert not any(actor.kind == "person" for record in records.values() for actor in record.actors)
    assert gains["references", "persons"]["actors"] == pytest.approx(whole - score(golds, records).rows["actors"].f1)
    rows = list(csv.DictReader((tmp_path / RULES).read_text(encoding="utf-8").splitlines()))
    assert [(row["stage"], row["rule"], row["on"]) for row in rows] == [
        ("references", "I and we", "yes"), ("references", "persons", "yes"),
    ]  # fmt: skip
    assert float(rows[1]["actors"]) == pytest.approx(gains["references", "persons"]["actors"], abs=6e-4)


def test_an_unknown_rule_is_named() -> None:
    with pytest.raises(SetupError, match="no rule persnos; rules of this stage: countries, organisations, "):
        References(Settings().models, off=["persnos"])
