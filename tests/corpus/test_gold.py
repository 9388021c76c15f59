"""Gold as it is read."""

from dataclasses import replace

import pytest

from pipeline.corpus.gold import GoldArticle


@pytest.mark.parametrize(
    ("fixes", "marked", "expected"),
    [
        ([], [], []),
        ([], [1], ["Read: Port strike ends"]),
        ([["merge", 1, 2]], [1, 2], ["Read: Port strike ends\nfor good"]),
        ([["split", 1, "Port"]], [1], ["Read:", "Port strike ends"]),
    ],
)
def test_boilerplate_after_the_fixes(fixes: list[list[object]], marked: list[int], expected: list[str]) -> None:
    text = "The port is open.\nRead: Port strike ends\nfor good"
    raw = {"sentence_fixes": fixes, "boilerplate": marked, "mentions": [], "commitments": []}
    gold = GoldArticle("x", None, None, None, text, [(0, 17), (18, 40), (41, 49)], raw)
    assert [text[start:end] for start, end in gold.boilerplate or []] == expected


@pytest.mark.parametrize(
    ("raw", "flows", "boilerplate"),
    [
        ({"commitments": []}, False, None),
        ({"commitments": [{"key": "c1"}]}, False, None),
        ({"commitments": [{"key": "c1", "flow": {}}]}, True, None),
        ({"commitments": [], "boilerplate": []}, True, []),
    ],
)
def test_whether_gold_has_flows_and_boilerplate(
    golds: dict[str, GoldArticle], raw: dict[str, object], flows: bool, boilerplate: list[object] | None
) -> None:
    gold = replace(golds["authored-001"], raw={"sentence_fixes": [], **raw})
    assert (gold.has_flows, gold.boilerplate) == (flows, boilerplate)
