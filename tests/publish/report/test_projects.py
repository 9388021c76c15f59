"""What the page is told of the projects of a knowledge folder."""

from typing import Any

from publish.report.articles import flows
from publish.report.knowledge import ACT, CANAL, ELSEWHERE, FIRST, SCHEME, known

from pipeline.knowledge.folder import Claim, Disagreement, Knowledge
from pipeline.publish.report.data import gather
from pipeline.publish.report.projects import projects

ROWS = {FIRST: 0, "flows/5/c1": 5}


def canal(knowledge: Knowledge | None = None) -> Any:
    return next(row for row in projects(knowledge or known(), ROWS) if row["id"] == CANAL)


def test_a_project_has_its_facts_and_its_place() -> None:
    row = canal()
    assert (row["name"], row["countries"], row["sectors"], row["part_of"]) == (
        "Indus canal",
        ["PAK"],
        ["210"],
        [SCHEME],
    )


def test_a_timeline_leads_to_the_rows_that_are_in_the_page() -> None:
    parts = ("date", "status", "amounts", "attributed_to", "row")
    told = [tuple(row[part] for part in parts) for row in canal()["timeline"]]
    assert told == [
        ("2024-05-02", "pledged", ["3.5 bn USD"], "China", 0),
        ("2024-06-02", "agreed", ["4 bn USD"], "China", None),
    ]


def test_a_project_counts_its_acts() -> None:
    assert canal()["acts"] == 1


def test_an_act_says_what_its_reports_disagree_on() -> None:
    (row,) = canal()["disagreements"]
    assert row["field"] == "amounts"
    assert [(claim["value"], claim["articles"]) for claim in row["claims"]] == [("3.5 bn USD", 1), ("4 bn USD", 1)]


def test_pairs_of_reports_that_contradict_each_other_replace_the_values() -> None:
    knowledge = known()

    def claim(link: str, sum: str) -> Claim:
        return Claim(values=[sum], source="Wire", date="2024-05-02", link=link, quote="The canal gets money.")

    claims = (claim(FIRST, "USD 3500000000"), claim(ELSEWHERE, "USD 4000000000"))
    knowledge.disagreements = [Disagreement(one=ACT, other=ACT, field="amounts", claims=claims, reasons=["same_id"])]
    (row,) = canal(knowledge)["disagreements"]
    assert [(claim["value"], claim["row"]) for claim in row["claims"]] == [("3.5 bn USD", 0), ("4 bn USD", None)]


def test_a_page_has_projects_only_with_knowledge() -> None:
    without, with_knowledge = gather(flows()), gather(flows(), known())
    assert (without.index["has_projects"], with_knowledge.index["has_projects"]) == (False, True)
    assert "projects" not in dict(without.blocks())
    assert list(dict(with_knowledge.blocks())) == ["index", "articles-0", "progress", "map", "projects"]
    acts = [(row["act"], row["left_out"]) for row in with_knowledge.index["commitments"]]
    assert [acts[0], acts[5]] in ([(False, "reported again"), (True, None)], [(True, None), (False, "reported again")])
