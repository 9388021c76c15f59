"""CRS purposes where the words decide, and silence elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.seeds import table
from pipeline.stages.models.sectors import codes
from pipeline.values.codes import THRESHOLD, purpose

PURPOSES = table("purposes.yaml")["purposes"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ML-1 railway modernization project", "21030"),
        ("Orange Line Metro Train", "21030"),
        ("Sukkur-Hyderabad motorway", "21020"),
        ("Gwadar Port expressway", "21020"),
        ("rail link over the Padma Bridge", "21030"),
        ("deep-sea port at Hambantota", "21040"),
        ("new international airport in Gwadar", "21050"),
        ("884 MW hydropower project", "23220"),
        ("600 MW solar park", "23230"),
        ("50 MW wind farm at Jhimpir", "23240"),
        ("1,320 MW coal-fired power plant at Port Qasim", "23320"),
        ("RLNG power plant in Jhang", "23340"),
        ("1,200 MW nuclear power plant", "23510"),
        ("660 kV transmission line from Matiari to Lahore", "23630"),
        ("cross-border optical fibre cable", "22020"),
        ("rural water supply schemes with hand pumps", "14031"),
        ("sewerage treatment plant", "14022"),
        ("cement factory", "32166"),
        ("copper mine", "32264"),
        ("landmine clearance", "15250"),
        ("rollover of deposits and debt rescheduling", "60040"),
        ("scholarships for students", "11420"),
        ("polio vaccination drive", "12250"),
    ],
)
def test_words_decide(text: str, code: str) -> None:
    found = purpose(text)
    assert found is not None and found[0] == code and found[1] >= THRESHOLD


@pytest.mark.parametrize("text", ["", "energy project", "CPEC", "a loan agreement", "sportsmen", "development"])
def test_silent_where_no_word_decides(text: str) -> None:
    assert purpose(text) is None


def test_the_sectors_of_the_project_decide_between_two() -> None:
    text = "road to the solar park"
    assert [purpose(text, [sector]) for sector in ("210", "230")] == [
        ("21020", pytest.approx(0.76)),
        ("23230", pytest.approx(0.76)),
    ]


def test_silent_where_the_sectors_differ() -> None:
    assert purpose("training for railway officials", ["110"]) is None
    found = purpose("training for railway officials", ["110"], threshold=0)
    assert found is not None and found[0] == "21030" and found[1] < THRESHOLD


def test_terms_are_unique_and_sectors_known() -> None:
    terms = [term for row in PURPOSES.values() for term in row["sure"]]
    assert len(terms) == len(set(terms))
    assert {row["sector"] for row in PURPOSES.values()} <= set(codes())
    assert all(len(code) == 5 and code.isdigit() for code in PURPOSES)


@given(st.text(alphabet=st.sampled_from("road port solar. atbus")))
def test_any_string_is_read_or_left(text: str) -> None:
    found = purpose(text)
    assert found is None or (found[0] in PURPOSES and THRESHOLD <= found[1] <= 1)
