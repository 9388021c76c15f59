"""Both readers together: agreement makes surer, disagreement less sure, and nothing that was not read is lost."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from llm.articles import METHOD, act, answered, at, evidence, lent, read, record, sectors, value, whole

from pipeline.errors import SetupError
from pipeline.llm.fuse import (
    NAME,
    Fusion,
    act_features,
    fused,
    opinions,
    other_features,
    paired,
    read_fusion,
)
from pipeline.llm.ground import Reading, ground
from pipeline.record import Commitment, Date, Flow, Quote
from pipeline.settings import PROFILES, Settings
from pipeline.stages.models.linear import LogOdds

FUSION = read_fusion(Settings().models / "default")
SIGNED: dict[str, Any] = {
    "id": "c2", "kind": "agreement", "status": "agreed", "trigger": Quote(**at("had signed")), "by": ["a2"], "to": [],
    "projects": [], "amounts": [], "flow": None, "evidence": evidence(1), "slot_confidence": None,
}  # fmt: skip
TAUGHT = SIGNED | {"id": "c3", "trigger": Quote(**at("will train")), "kind": "cooperation", "evidence": evidence(2)}


def only(before: list[Commitment], reading: Reading, fusion: Fusion = FUSION) -> Commitment:
    (found,) = fused(before, reading, fusion)
    return found


def test_an_act_of_both_readers_is_one_that_names_both() -> None:
    made = only([lent()], read(act()))
    assert (made.method, made.by, made.trigger) == (f"{METHOD}+rules", ["a1"], lent().trigger)


def test_an_act_of_the_language_model_alone_names_it_alone() -> None:
    assert only([], read(act())).method == METHOD


@pytest.mark.parametrize("profile", PROFILES)
def test_agreement_is_surer_than_disagreement(profile: str) -> None:
    fusion = read_fusion(Settings().models / profile)
    reading = read(act())
    agreed = only([lent()], reading, fusion)
    other = lent(kind="contract", status="completed", by=["a5"], amounts=[], flow=None)
    differs = only([other], reading, fusion)
    assert differs.method == agreed.method  # both are in one sentence and share their words
    assert agreed.confidence > differs.confidence
    assert (agreed.row_confidence or 0) > (differs.row_confidence or 1)
    features = act_features(reading.commitments[0], lent())
    assert agreed.confidence == round(fusion.act(features), 2)
    assert agreed.row_confidence == round(fusion.row(features), 2)


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("status", {"status": "agreed"}),
        ("by", {"by": ["a5"]}),
        ("to", {"to": ["a5"]}),
        ("projects", {"projects": ["p2"]}),
        ("instrument", {"flow": Flow(instrument="grant", provider=["a1"], recipient=["a2"])}),
        ("provider", {"flow": Flow(instrument="loan", provider=["a5"], recipient=["a2"])}),
        ("recipient", {"flow": Flow(instrument="loan", provider=["a1"], recipient=["a5"])}),
    ],
)
def test_a_field_on_which_both_agree_is_surer_than_where_they_differ(field: str, other: dict[str, Any]) -> None:
    reading = read(act())
    agreed, differs = (only([lent(**more)], reading).slot_confidence for more in ({}, other))
    assert agreed and differs
    for name in ("status", "by", "to", "projects", "instrument", "provider", "recipient"):
        surer, less = getattr(agreed, name), getattr(differs, name)
        assert surer > less if name == field else surer == less, name


def test_each_entry_of_a_list_has_its_own_confidence() -> None:
    made = only([lent(by=["a1"])], read(act(by=["a1", "a5"], dates=["m7"])))
    assert made.slot_confidence
    first, second = made.slot_confidence.by
    assert first == round(FUSION.slots["by"]["agree"], 2) > second == round(FUSION.slots["by"]["differ"], 2)
    assert made.slot_confidence.dates == [round(FUSION.slots["dates"]["differ"], 2)]
    assert made.slot_confidence.with_ == []


def test_an_act_without_a_partner_has_the_confidences_of_one_alone() -> None:
    sure = only([], read(act())).slot_confidence
    assert sure and (sure.status, sure.by) == tuple(
        [round(FUSION.slots[name]["alone"], 2)] if name == "by" else round(FUSION.slots[name]["alone"], 2)
        for name in ("status", "by")
    )


def test_an_answer_that_stands_nowhere_for_the_most_part_is_not_believed() -> None:
    whole_one = only([lent()], read(act()))
    sure: list[Commitment] = [whole_one]
    for wrong in (1, 3, 12):
        reading = read(act(to=["a2", *(f"a{90 + n}" for n in range(wrong))]))
        sure.append(only([lent()], reading))
    for one, less in pairwise(sure):
        assert one.confidence > less.confidence and (one.row_confidence or 0) > (less.row_confidence or 0)
        assert one.slot_confidence and less.slot_confidence
        assert one.slot_confidence.by[0] > less.slot_confidence.by[0]
    last = sure[-1].slot_confidence
    assert last and max(sure[-1].confidence, sure[-1].row_confidence or 0, last.status or 0, *last.by) < 0.25
    assert whole_one.confidence > 0.9


def test_dates_agree_by_their_value() -> None:
    march = value("DATE", "3 March 2025")
    assert isinstance(march, Date)
    elsewhere = march.model_copy(update={"text": "on Monday", "start": 0, "end": 9})
    reading = read(act(dates=["m7"]))
    found = [dict(_opinions(reading, lent(dates=[date])))["dates"] for date in (elsewhere, march)]
    assert found == ["agree", "agree"]
    assert dict(_opinions(reading, lent(dates=[])))["dates"] == "differ"


def _opinions(reading: Reading, other: Commitment | None) -> list[tuple[str, str]]:
    return [(field, opinion) for field, _, opinion in opinions(reading.commitments[0], other)]


def test_opinions_name_every_entry_of_every_field() -> None:
    [made] = read(act(**{"with": ["a5"], "dates": ["m7"]})).commitments
    assert [(field, entry) for field, entry, _ in opinions(made, None)] == [
        ("by", "a1"), ("with_", "a5"), ("to", "a2"), ("projects", "p1"), ("dates", "2025-03-03"), ("status", None),
        ("instrument", None), ("provider", "a1"), ("recipient", "a2"),
    ]  # fmt: skip
    assert {opinion for *_, opinion in opinions(made, None)} == {"alone"}


def test_acts_of_the_small_models_outside_the_read_sentences_stay() -> None:
    of = record()
    part = replace(whole(of), first=0, last=2)
    reading = ground(of, [(part, answered(act()))], sectors(), METHOD)
    signed, taught = Commitment(**lent().model_dump() | SIGNED), Commitment(**lent().model_dump() | TAUGHT)
    never = replace(FUSION, least=1.01)
    assert [one.trigger.text for one in fused([signed, taught], reading, never)] == ["would lend", "will train"]
    assert fused([signed, taught], reading, never)[1] == taught  # as it was


def test_an_act_of_the_small_models_alone_stays_where_it_is_likely_enough() -> None:
    signed = Commitment(**lent().model_dump() | SIGNED)
    share = FUSION.other(other_features(signed))
    reading = read(act())
    for least, kept in ((share - 0.01, 2), (share, 2), (share + 0.01, 1)):
        assert len(fused([signed], reading, replace(FUSION, least=least))) == kept


def test_a_partner_is_not_kept_beside_its_act() -> None:
    assert len(fused([lent()], read(act()), replace(FUSION, least=0.0))) == 1


def test_what_the_small_models_alone_found_stays_whole_where_the_answer_is_empty_and_unread() -> None:
    of = record()
    assert fused([lent()], Reading(of, []), FUSION) == [lent()]


def test_pairs_are_one_to_one_and_the_best_ones_first() -> None:
    reading = read(act(trigger="lend", amounts=[], status="agreed"), act())
    twice = [lent(amounts=[], trigger=Quote(**at("said"))), lent()]
    found = paired(twice, reading)
    assert [other and other.amounts for _, other in found] == [[], lent().amounts]
    assert len({id(other) for _, other in found}) == 2
    [(_, first), (_, second)] = paired([lent()], reading)
    assert (first, second) == (None, lent())


@pytest.mark.parametrize(
    ("other", "pairs"),
    [
        ({}, True),
        ({"evidence": evidence(1)}, False),
        ({"evidence": evidence(1, 0)}, True),
        ({"trigger": Quote(**at("said")), "amounts": [], "by": ["a5"], "kind": "policy"}, False),
        ({"trigger": Quote(**at("said")), "amounts": [], "by": ["a5"]}, True),
        ({"trigger": Quote(**at("said")), "amounts": [], "kind": "policy"}, True),
        ({"trigger": Quote(**at("said")), "by": ["a5"], "kind": "policy"}, True),
        ({"amounts": [], "by": ["a5"], "kind": "policy"}, True),
    ],
)
def test_a_pair_shares_a_sentence_and_words_amount_doer_or_kind(other: dict[str, Any], pairs: bool) -> None:
    [(_, found)] = paired([lent(**other)], read(act()))
    assert (found is not None) == pairs


def test_doers_that_mean_one_actor_make_a_pair() -> None:
    other = lent(trigger=Quote(**at("said")), amounts=[], by=["a4"], kind="policy")
    assert paired([other], read(act(by=["a3"])))[0][1] is None
    assert paired([other], read(act(by=["a3"]), same=[["a3", "a4"]]))[0][1] == other
    assert paired([other], read(act(by=["a3"]), same=[["a4", "a3"]]))[0][1] == other


def test_an_act_of_money_without_a_flow_takes_that_of_the_other() -> None:
    assert only([lent()], read(act(flow=None))).flow == lent().flow
    assert only([lent()], read(act(flow=None, kind="policy", amounts=[]))).flow is None
    grant = {"instrument": "grant", "provider": [], "recipient": []}
    assert only([lent()], read(act(flow=grant))).flow == Flow(instrument="grant")


def test_confidences_stay_between_0_and_1_whatever_the_small_models_thought() -> None:
    for sure in (0.0, 1.0):
        made = only([lent(confidence=sure, row_confidence=sure)], read(act()))
        assert 0 <= made.confidence <= 1 and 0 <= (made.row_confidence or 0) <= 1
        assert 0 <= FUSION.other(other_features(lent(confidence=sure, row_confidence=None))) <= 1


def test_features_tell_what_both_have_in_common() -> None:
    [made] = read(act()).commitments
    alone, both = act_features(made, None), act_features(made, lent(status="agreed"))
    assert alone["both False"] == both["both True"] == 1.0
    assert not any(name.startswith("same") for name in alone)
    assert {name: both[f"same {name}"] for name in ("kind", "status", "by", "to", "amounts", "instrument")} == {
        "kind": 1.0, "status": 0.0, "by": 1.0, "to": 1.0, "amounts": 1.0, "instrument": 1.0,
    }  # fmt: skip


@pytest.mark.parametrize("profile", PROFILES)
def test_the_shipped_models_know_every_field_and_opinion(profile: str) -> None:
    fusion = read_fusion(Settings().models / profile)
    [made] = read(act(**{"with": ["a5"], "dates": ["m7"]})).commitments
    for field, _, _ in opinions(made, None):
        assert set(fusion.slots[field]) == {"agree", "differ", "alone"}
        assert all(0 <= share <= 1 for share in fusion.slots[field].values())
    assert set(act_features(made, lent())) & set(fusion.act.weights)
    assert "acts" in fusion.gain


def test_a_fusion_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = Fusion(
        LogOdds({"x": 1.5}, 0.5), LogOdds({}, -1.0), LogOdds({"y": -2.0}, 0.0), 0.4, {"by": {"agree": 1.0}}, {}
    )
    made.write(tmp_path)
    assert read_fusion(tmp_path) == made


@pytest.mark.parametrize("damage", ["missing", "no json", "a field less", "a field more", "a list"])
def test_a_missing_or_damaged_fusion_is_a_set_up_error_with_the_name_of_the_file(tmp_path: Path, damage: str) -> None:
    path = tmp_path / NAME
    whole_one = json.loads((Settings().models / "default" / NAME).read_text(encoding="utf-8"))
    less = {name: part for name, part in whole_one.items() if name != "row"}
    forms = {"no json": "{", "a field less": json.dumps(less), "a list": "[]"}
    forms["a field more"] = json.dumps(whole_one | {"more": 1})
    if damage in forms:
        path.write_text(forms[damage], encoding="utf-8")
    with pytest.raises(SetupError, match=r"reader\.json: cannot be read") as error:
        read_fusion(tmp_path)
    assert str(path) in str(error.value)
