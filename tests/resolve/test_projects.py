"""Which two projects of two articles are one."""

import pytest
from resolve.stories import article, project

from pipeline.knowledge import Knowledge
from pipeline.record import Record
from pipeline.resolve import resolve

Told = tuple[object, ...]
PAK = ["PAK"]

ONE: list[tuple[Told, Told]] = [
    (("ML-1", False, PAK), ("ML-1 railway modernization project", False, PAK)),
    (("Dasu Dam", False, PAK), ("Dasu Hydropower Project", False, PAK)),
    (("Reko Diq", False, PAK), ("Reko Diq gold and copper mining project", False, PAK)),
    (("CPEC", True, PAK), ("China-Pakistan Economic Corridor", True, ["PAK", "CHN"])),
    (("CPEC Phase II", True, PAK), ("CPEC 2.0", True, ["PAK", "CHN"])),
    (("Belt and Road Initiative", True, ["CHN"]), ("Belt and Road Initiative", True, ["ITA"])),
    (("Zorband-Quill Expressway", False, ["KEN"]), ("Zorband-Quill expressway project", False, ["KEN"])),
]
TWO: list[tuple[Told, Told]] = [
    (("ML-1", False, PAK), ("ML-1 Karachi-Rohri section", False, PAK)),
    (("ML-1", False, PAK), ("ML-3", False, PAK)),
    (("China-Pakistan Economic Corridor", True, PAK), ("CPEC Phase II", True, PAK)),
    (("Dasu Hydropower Project", False, PAK), ("Dasu transmission line", False, PAK)),
    (("Thar coal mine", False, PAK), ("Thar railway", False, PAK)),
    (("water supply project", False, PAK), ("water supply project", False, PAK)),
    (("Budget 2025-26", True, PAK), ("Budget 2025-26", True, PAK)),
    (("Annual Development Programme", True, PAK), ("Annual Development Programme", True, PAK)),
    (("Punjab School Programme", True, PAK), ("Punjab School Programme", True, ["IND"])),
    (("Zorband Solar Park Phase I", False, PAK), ("Zorband Solar Park Phase II", False, PAK)),
]


def told(one: Told, other: Told) -> int:
    made = [
        Record(article=article(name, name), projects=[project("p1", *said)])
        for name, said in (("x", one), ("y", other))
    ]
    return len(resolve(made, Knowledge()).projects)


@pytest.mark.parametrize(("one", "other"), ONE)
def test_one_project(one: Told, other: Told) -> None:
    assert told(one, other) == 1


@pytest.mark.parametrize(("one", "other"), TWO)
def test_two_projects(one: Told, other: Told) -> None:
    assert told(one, other) == 2
