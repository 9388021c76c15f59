"""Values of lists, as people type them."""

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.review.edits.working import Refused
from pipeline.review.workbook.typed import choice, country_codes, sector_codes, yes


@pytest.mark.parametrize(
    ("read", "typed", "value"),
    [
        (sector_codes, ["210 Transport & Storage", "230"], ["210", "230"]),
        (sector_codes, ["energy", "Energy"], ["230"]),
        (sector_codes, ["210, 230"], ["210", "230"]),
        (sector_codes, ["210 Transport & Storage, 230 Energy"], ["210", "230"]),
        (sector_codes, ["210 roads"], ["210"]),
        (sector_codes, ["Conflict, Peace & Security"], ["152"]),
        (sector_codes, [], []),
        (country_codes, ["Pakistan", "LAO", "lao", "the Netherlands"], ["PAK", "LAO", "NLD"]),
        (country_codes, ["Peru, Chile"], ["PER", "CHL"]),
        (yes, "Yes", True),
        (yes, "0", False),
        (yes, "", False),
    ],
)
def test_what_is_typed_is_understood(read: Callable[[Any], Any], typed: Any, value: Any) -> None:
    assert read(typed) == value


@pytest.mark.parametrize(
    ("read", "typed", "reason"),
    [
        (sector_codes, ["2100"], "there is no sector '2100'"),
        (sector_codes, ["Enrgy"], "there is no sector 'Enrgy'; did you mean '230 Energy'"),
        (country_codes, ["Pakistn"], "there is no country 'Pakistn'; did you mean 'Pakistan'"),
        (yes, "perhaps", "'perhaps' is neither yes nor no"),
    ],
)
def test_what_is_not_is_refused(read: Callable[[Any], Any], typed: Any, reason: str) -> None:
    with pytest.raises(Refused) as error:
        read(typed)
    assert reason in str(error.value)


def test_a_value_of_a_list() -> None:
    assert choice("kinds", "FINANCE") == "finance"
    with pytest.raises(Refused, match=r"'pledge' is not in the list; did you mean 'pledged'"):
        choice("statuses", "pledge")
    with pytest.raises(Refused, match="must not be empty; choose one of accepted, corrected, rejected, unsure"):
        choice("decisions", "")
