"""How far acts have come: their steps, what is due, silent or contradicted; with a knowledge folder and without."""

from typing import Any

import pytest
from builders import commitment, record
from publish.report.ladder import TODAY, all_acts, known, of_port

from pipeline.knowledge.folder import Knowledge
from pipeline.publish.report.data import gather
from pipeline.record import Record


def acts(records: list[Record], knowledge: Knowledge | None = None, today: str | None = None) -> list[dict[str, Any]]:
    found = gather(records, knowledge, today).more["progress"]
    return list(found["acts"])


def of(provider: str, status: str, **more: Any) -> Any:
    (found,) = (
        act for act in acts(all_acts(), known(), **more) if act["ends"][0] == [provider] and act["status"] == status
    )
    return found


def test_an_act_climbs_with_all_its_outlets() -> None:
    port = of("World Bank", "underway")
    steps = [(step["status"], step["date"], len(step["reports"])) for step in port["steps"]]
    assert steps == [("pledged", "2025-01-10", 1), ("agreed", "2025-02-05", 2), ("underway", "2025-03-20", 1)]
    assert [report["row"] for step in port["steps"] for report in step["reports"]] == [0, 1, 2, 3]
    assert (port["homes"], port["amount"], port["silent"], port["due"]) == (
        [["World Bank"], ["KEN"]], "300 m USD", None, None,
    )  # fmt: skip


def test_a_promise_whose_day_has_passed_is_overdue_and_silent() -> None:
    gift = of("China", "pledged")
    assert (gift["due"]["date"], gift["due"]["day"], gift["due"]["overdue"]) == ("2024-06", "2024-06-30", True)
    assert gift["silent"] == 16


@pytest.mark.parametrize(("today", "overdue", "silent"), [("2024-06-30", False, None), ("2024-07-15", True, 6)])
def test_due_and_silent_depend_on_the_day(today: str, overdue: bool, silent: int | None) -> None:
    gift = of("China", "pledged", today=today)
    assert (gift["due"]["overdue"], gift["silent"]) == (overdue, silent)


def test_reports_that_contradict_each_other_stand_at_both_acts() -> None:
    for provider in ("China", "Chinese banks"):
        (row,) = of(provider, "agreed")["disagreements"]
        assert row["field"] == "amounts"
        assert sorted(claim["value"] for claim in row["claims"]) == ["2 bn USD", "2.1 bn USD"]
        assert all(claim["quote"] and claim["row"] is not None for claim in row["claims"])


def test_a_report_that_is_not_in_the_page_brings_its_words() -> None:
    (act,) = [act for act in acts(of_port()[1:], known()) if act["status"] == "underway"]
    (report,) = act["steps"][0]["reports"]
    assert (report["row"], report["date"]) == (None, "2025-01-10")
    assert report["quote"].startswith("The World Bank promised")


def test_the_day_is_that_of_the_latest_article() -> None:
    assert gather(of_port(), known()).more["progress"]["today"] == TODAY
    assert gather(of_port()).more["progress"]["today"] == "2025-03-20"
    assert gather([record("a", {"date": None})]).more["progress"]["today"] is None


def test_records_alone_have_acts_too_but_no_boilerplate() -> None:
    found = acts([record("a", commitments=[commitment(), commitment(id="c2", boilerplate=True)])])
    assert [(act["id"], act["ends"][0], act["projects"]) for act in found] == [
        ("a/c1", ["Andes Bank"], ["ica ring road"])
    ]


def test_what_is_reported_again_is_one_act_without_knowledge() -> None:
    found = acts(of_port())
    assert sum(len(step["reports"]) for act in found for step in act["steps"]) == 4
    assert len(found) < 4


def test_an_article_whose_id_repeats_counts_once() -> None:
    assert len(acts([record("a"), record("a")])) == 1


def test_denied_acts_are_neither_due_nor_silent() -> None:
    (act,) = acts([record("a", {"date": "2020-01-01"}, commitments=[commitment(negated=True)])], today="2030-01-01")
    assert (act["negated"], act["due"], act["silent"]) == (True, None, None)
