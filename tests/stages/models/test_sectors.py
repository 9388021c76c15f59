"""Sectors of texts: the arrays load plainly, words of the field give their codes, confidences are probabilities."""

import json
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import SetupError
from pipeline.seeds import rows, table
from pipeline.settings import Settings
from pipeline.stages.models.sectors import VOCABULARY, codes, read_model, shares
from pipeline.values.codes import words

MODEL = Settings().models / "sectors"
classify = read_model(MODEL).classify


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Work on the Sukkur bypass and a new motorway interchange starts in March", "210"),
        ("An 880 MW hydropower plant will be connected to the national grid", "230"),
        ("The province will hire 400 nurses for its district hospitals", "120"),
        ("Scholarships for students of the new engineering university", "110"),
        ("Engineers laid sewerage lines and a filtration plant for clean drinking water", "140"),
        ("Both armies agreed to extend the ceasefire and to withdraw troops", "152"),
        ("The ministers want a free trade agreement and lower tariffs on exports", "331"),
        ("The hotel chain hopes for a million tourists a year", "332"),
        ("The copper mine will be drilled deeper next year", "322"),
        ("A carmaker opens its second factory in the industrial park", "321"),
        ("The two treasuries signed the rollover of maturing external debt", "600"),
        ("Tents were flown in for families hit by the earthquake", "720"),
        ("Wheat farmers are promised better seeds and irrigation", "311"),
        ("A satellite and a fibre optic cable for rural internet", "220"),
        ("The committee rejected the income tax amendment of the finance bill", "151"),
        ("A fund to cut carbon emissions and protect wildlife", "410"),
        ("The central bank kept its policy rate at ten per cent", "240"),
        ("Shelters for Rohingya refugees near the border", "930"),
    ],
)
def test_words_of_the_field_give_their_code(text: str, code: str) -> None:
    assert classify([text])[0][0].code == code


def test_what_says_little_counts_little() -> None:
    """Nothing at all, a lender, a weak word."""
    assert classify(["", "   ", "Phase II", "He did so again.", "zxqv wrrt", "12 34 %"]) == [[]] * 6
    [found] = classify(["The Asian Development Bank approved a loan for the railway"])
    assert [sector.code for sector in found] == ["210"]
    assert classify(["development plan"])[0][0].code == "430"
    assert shares([words("education development plan")])[0, codes().index("110")] == 1


@pytest.mark.parametrize("text", ["", "road", "school " * 500, "road school hospital bank mine farm troop tax " * 9])
def test_confidences_are_probabilities_in_falling_order_and_the_limit_holds(text: str) -> None:
    confidences = [sector.confidence for sector in classify([text], limit=5)[0]]
    assert len(confidences) <= 5
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 <= confidence <= 1 for confidence in confidences)


def test_the_model_is_plain_arrays_that_fit_their_card() -> None:
    with np.load(MODEL / "weights.npz", allow_pickle=False) as stored:
        assert {stored[name].dtype.kind for name in stored.files} <= set("fi")
        assert stored["weights"].shape == (len(read_model(MODEL).vocabulary), len(codes()))
    card = json.loads((MODEL / "card.json").read_text(encoding="utf-8"))
    assert card["codes"] == list(codes())
    assert card["scores"]["micro_f1_two_level"] >= 0.75
    assert sum(file.stat().st_size for file in MODEL.iterdir()) < 6_000_000


def test_a_text_is_judged_as_it_is_alone() -> None:
    texts = [words(text) for text in ("a road", "", "tax reform and hospitals, hospitals and roads", "zzz")]
    blends = read_model(MODEL).blends
    for text, found in zip(texts, blends(texts), strict=True):
        assert found == pytest.approx(blends([text])[0], abs=1e-6)


def test_a_missing_or_broken_model_is_a_set_up_error(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="corridor train sectors"):
        read_model(tmp_path)
    (tmp_path / VOCABULARY).write_bytes(b"no such file")
    (tmp_path / "card.json").write_text("{")
    with pytest.raises(SetupError):
        read_model(tmp_path)


def test_the_lexicon_and_the_mappings_have_codes_of_ours_and_terms_that_can_be_found() -> None:
    lexicon = table("sectors.yaml")
    assert set(lexicon["terms"]) <= set(codes())
    for name in ("sectors_crs.csv", "sectors_worldbank.csv"):
        assert {code for row in rows(name) for code in row["codes"].split("|")} <= set(codes())
    terms = [term for lists in lexicon["terms"].values() for terms in lists.values() for term in terms]
    assert [term for term in [*terms, *lexicon["none"]] if not 1 <= len(words(str(term))) <= 4] == []
