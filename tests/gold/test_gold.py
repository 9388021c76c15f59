"""Gold as it is read."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import ArticleError
from pipeline.gold.gold import GoldArticle, read_corpus


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


def test_flows_may_stand_in_files_of_their_own(tmp_path: Path, golds: dict[str, GoldArticle]) -> None:
    gold = golds["authored-001"]
    plain = {
        **{name: value for name, value in gold.raw.items() if name != "boilerplate"},
        "commitments": [{k: v for k, v in row.items() if k != "flow"} for row in gold.raw["commitments"]],
    }
    row = {"id": gold.id, "text": gold.text, "sentences": gold.numbered, "title": gold.title, "source": gold.source}
    (tmp_path / "gold").mkdir()
    (tmp_path / "articles.jsonl").write_text(json.dumps(row | {"date": gold.date}) + "\n", encoding="utf-8")
    (tmp_path / "gold" / f"{gold.id}.json").write_text(json.dumps(plain), encoding="utf-8")
    assert not read_corpus(tmp_path)[0].has_flows
    flows = {row["key"]: row["flow"] for row in gold.raw["commitments"] if row.get("flow")}
    (tmp_path / "flows").mkdir()
    path = tmp_path / "flows" / f"{gold.id}.json"
    path.write_text(json.dumps({"id": gold.id, "boilerplate": [0], "flows": flows}), encoding="utf-8")
    (found,) = read_corpus(tmp_path)
    assert [row.get("flow") for row in found.raw["commitments"]] == [row.get("flow") for row in gold.raw["commitments"]]
    assert found.boilerplate == found.sentences[:1]
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(ArticleError, match=r"flows/authored-001\.json: no flows of gold"):
        read_corpus(tmp_path)
