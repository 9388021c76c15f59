"""Which two projects of two articles are one."""

import pytest
from knowledge.resolve.stories import article, project

from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.resolve import resolve
from pipeline.record import Record

Fields = tuple[object, ...]
PAK = ["PAK"]

ONE: list[tuple[Fields, Fields]] = [
    (("ML-1", False, PAK), ("ML-1 railway modernization project", False, PAK)),
    (("Dasu Dam", False, PAK), ("Dasu Hydropower Project", False, PAK)),
    (("Reko Diq", False, PAK), ("Reko Diq gold and copper mining project", False, PAK)),
    (("K-IV water supply", False, PAK), ("K-IV project", False, PAK)),
    (("Sukkur-Hyderabad (M-6) motorway", False, PAK), ("Hyderabad-Sukkur Motorway project", False, PAK)),
    (("CPEC", True, PAK), ("China-Pakistan Economic Corridor", True, ["PAK", "CHN"])),
    (("CPEC Phase II", True, PAK), ("CPEC 2.0", True, ["PAK", "CHN"])),
    (("Belt and Road Initiative", True, ["CHN"]), ("Belt and Road Initiative", True, ["ITA"])),
    (("Zorband-Quill Expressway", False, ["KEN"]), ("Zorband-Quill expressway project", False, ["KEN"])),
]
TWO: list[tuple[Fields, Fields]] = [
    (("ML-1", False, PAK), ("ML-1 Karachi-Rohri section", False, PAK)),
    (("ML-1", False, PAK), ("ML-3", False, PAK)),
    (("China-Pakistan Economic Corridor", True, PAK), ("CPEC Phase II", True, PAK)),
    (("Dasu Hydropower Project", False, PAK), ("Dasu transmission line", False, PAK)),
    (("Thar coal mine", False, PAK), ("Thar railway", False, PAK)),
    (("water supply project", False, PAK), ("water supply project", False, PAK)),
    (("Budget 2025-26", True, PAK), ("Budget 2025-26", True, PAK)),
    (("budget for FY2025-26", True, PAK), ("budget for FY2025-26", True, PAK)),
    (("Bus Rapid Transit", False, PAK), ("Bus Rapid Transit", False, PAK)),
    (("Green Line", False, PAK), ("Green Line", False, PAK)),
    (("Belt and Road Initiative", True, ["CHN"]), ("Digital Silk Road", True, ["CHN"])),
    (("Kissan Card", True, PAK), ("Kissan Package", True, PAK)),
    (("Annual Development Programme", True, PAK), ("Annual Development Programme", True, PAK)),
    (("Punjab School Programme", True, PAK), ("Punjab School Programme", True, ["IND"])),
    (("Zorband Solar Park Phase I", False, PAK), ("Zorband Solar Park Phase II", False, PAK)),
]


def number(one: Fields, other: Fields) -> int:
    made = [
        Record(article=article(name, name), projects=[project("p1", *said)])
        for name, said in (("x", one), ("y", other))
    ]
    return len(resolve(made, Knowledge()).projects)


@pytest.mark.parametrize(("one", "other"), ONE)
def test_one_project(one: Fields, other: Fields) -> None:
    assert number(one, other) == 1


def test_an_article_that_has_it_twice_does_not_keep_others_apart() -> None:
    """A resembling name in one article with the very name is no rival to the very name."""
    names = ["Quill copper mine", "Quill gold and copper mining project"]
    twice = Record(
        article=article("x", "x"), projects=[project(f"p{n}", name, False, PAK) for n, name in enumerate(names)]
    )
    once = [Record(article=article(a, a), projects=[project("p1", names[0], False, PAK)]) for a in "yz"]
    links = resolve([twice, *once], Knowledge()).links
    assert len({link.entity for link in links if link.said.name == names[0]}) == 1  # type: ignore[union-attr]


@pytest.mark.parametrize(("one", "other"), TWO)
def test_two_projects(one: Fields, other: Fields) -> None:
    assert number(one, other) == 2
