"""Defects and doubts of gold."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from pipeline.gold.check import defects, doubts
from pipeline.gold.gold import GoldArticle


def changed(gold: GoldArticle, change: Callable[[dict[str, Any]], object]) -> GoldArticle:
    raw = deepcopy(gold.raw)
    change(raw)
    return replace(gold, raw=raw)


@pytest.mark.parametrize("name", ["authored-001", "authored-002", "authored-003"])
def test_the_authored_corpus_is_sound(golds: dict[str, GoldArticle], name: str) -> None:
    assert (defects(golds[name]), doubts(golds[name])) == ([], [])


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda raw: raw.pop("sectors"), "sectors: Field required"),
        (lambda raw: raw["actors"][0].update(kind="ngo"), "actors.0.kind: Input should be 'person'"),
        (lambda raw: raw["mentions"].append([0, "GPE", "Kyrgyzstan"]), "mentions.26.1: Input should be 'PERSON'"),
        (lambda raw: raw["commitments"][0].update(status="signed"), "commitments.0.status: Input should be 'proposed'"),
        (lambda raw: raw["commitments"][1].update(to=["p1"]), "commitment c2: there is no actor 'p1'"),
        (lambda raw: raw["commitments"][1].update(projects=["a1"]), "commitment c2: there is no project 'a1'"),
        (lambda raw: raw["commitments"][1].update(attributed_to="a77"), "commitment c2: there is no actor 'a77'"),
        (lambda raw: raw["commitments"][1].update(also=[9]), "commitment c2: there is no sentence 9"),
        (lambda raw: raw["commitments"][1].update(negated="no"), "commitments.1.negated: Input should be a valid bool"),
        (lambda raw: raw["commitments"][1]["flow"].update(instrument="gift"), "commitments.1.flow.instrument: Input"),
        (lambda raw: raw["commitments"][1]["flow"].pop("provider"), "commitments.1.flow.provider: Field required"),
        (lambda raw: raw["commitments"][1]["flow"].update(to=[]), "commitments.1.flow.to: Extra inputs"),
        (lambda raw: raw["commitments"][1]["flow"].update(terms={"rate": "2%"}), "commitments.1.flow.terms.rate"),
        (lambda raw: raw["commitments"][1]["flow"].update(recipient=["p1"]), "commitment c2: there is no actor 'p1'"),
        (lambda raw: raw.update(boilerplate=[9]), "boilerplate: there is no sentence 9"),
        (lambda raw: raw["relations"].append(["a1", "funds", "p8", 0]), "relation a1 funds p8: there is no 'p8'"),
        (lambda raw: raw["relations"].append(["a1", "owns", "p1", 0]), "relations.13.1: Input should be 'affiliated_"),
        (lambda raw: raw["mentions"].append([3, "ORG", "ADB"]), "mention 'ADB' does not stand in sentence 3"),
        (lambda raw: raw["mentions"].append([3, "ORG", " "]), "mention ' ' does not stand in sentence 3"),
        (lambda raw: raw["sentence_fixes"].append(["split", 2, "The road"]), "sentence fix ['split', 2, 'The road']"),
        (lambda raw: raw["sentence_fixes"].append(["merge", 8, 9, 10]), "sentence_fixes.0"),
    ],
)
def test_defects(golds: dict[str, GoldArticle], change: Callable[[dict[str, Any]], object], named: str) -> None:
    found = defects(changed(golds["authored-001"], change))
    assert found
    assert any(one.startswith(named) for one in found), found


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda raw: raw["commitments"][0].update(trigger="agreed"), "commitment c1: 'agreed' does not stand"),
        (lambda raw: raw["commitments"][4].update(dates=[{"text": "2029", "iso": "2029"}]), "commitment c5: '2029'"),
        (lambda raw: raw["relations"].append(["p1", "located_in", "PLACE:Baetov", 0]), "relation p1 located_in"),
        (lambda raw: raw["commitments"][1].pop("flow"), "commitment c2: is about money and has no flow"),
        (lambda raw: raw["commitments"][3].update(flow=raw["commitments"][0]["flow"]), "commitment c4: has a flow and"),
        (lambda raw: raw["commitments"][0]["flow"].update(terms={"interest": "2%"}), "commitment c1: '2%' does not"),
    ],
)
def test_doubts(golds: dict[str, GoldArticle], change: Callable[[dict[str, Any]], object], named: str) -> None:
    gold = changed(golds["authored-001"], change)
    assert defects(gold) == []
    assert [one.startswith(named) for one in doubts(gold)] == [True]


def test_gold_of_version_1_needs_no_flows(golds: dict[str, GoldArticle]) -> None:
    def without_flows(raw: dict[str, Any]) -> None:
        del raw["boilerplate"]
        for row in raw["commitments"]:
            row.pop("flow", None)

    gold = changed(golds["authored-001"], without_flows)
    assert (defects(gold), doubts(gold), gold.has_flows, gold.boilerplate) == ([], [], False, None)
