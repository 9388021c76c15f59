"""Which two actors or projects of two articles are one: the hard cases, as tables."""

from typing import Any

import pytest
from knowledge.resolve.stories import actor, article, project

from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.resolve import resolve
from pipeline.record import Record

Fields = tuple[object, ...]
Pairs = list[tuple[Fields, Fields]]
PAK = ["PAK"]
MOF = "Ministry of Finance"
PLANNING = "Federal Minister for Planning"
NHA = "National Highway Authority"

ONE_ACTOR: Pairs = [
    (("Shehbaz Sharif", "person", "PAK", "Prime Minister"), ("Shahbaz Sharif", "person", "PAK", "PM")),
    (("Syed Murad Ali Shah", "person", "PAK", "Sindh Chief Minister"), ("Murad Ali Shah", "person", "PAK")),
    (("Qamar Abbasi", "person", "PAK", "Finance Spokesman"), ("Qumar Abbasi", "person", "PAK", "finance spokesman")),
    (("Musadik Langrial", "person", "PAK", PLANNING), ("Langrial", "person", "PAK", "Planning Minister")),
    (("Dr Najy Benhassine", "person"), ("Najy Benhassine", "person")),
    ((MOF, "government", "PAK"), ("finance ministry", "government", "PAK")),
    (("Thai Commerce Ministry", "government", "THA"), ("commerce ministry", "government", "THA")),
    (("Sindh government", "government", "PAK"), ("Government of Sindh", "government", "PAK")),
    (("Ministry of Human Resource Development", "government", "IND"), ("Ministry of Education", "government", "IND")),
    (("IMF", "multilateral"), ("International Monetary Fund", "multilateral")),
    (("Asian Development Bank (ADB)", "multilateral"), ("ADB", "multilateral")),
    (("Kenya Ports Authority", "government", "KEN", None, ["KPA"]), ("KPA", "government", "KEN")),
    (("CRRC Zhuzhou Company Limited", "company", "CHN"), ("CRRC Zhuzhou Co Ltd", "company", "CHN")),
    (("Islamabad", "country", "PAK"), ("Pakistan", "country", "PAK")),
    (("State Bank", "bank", "PAK"), ("State Bank of Pakistan", "government", "PAK", None, ["SBP"])),
    (("central bank", "government", "KEN"), ("Central Bank of Kenya", "government", "KEN")),
    (("Pakistan Railways", "company", "PAK"), ("Pakistan Railways", "government", "PAK")),
    (("Qaiser Bengali", "person", "PAK", "PM"), ("Qaisar Bengali", "person", "PAK", "Prime Minister")),
    (("Sindh Bank", "bank", "PAK"), ("Sindh Bank", "bank")),
    (("Saltland Recovery Council", "government", "PAK", None, ["Drainage Works"]),
     ("Drainage Works", "government", "PAK")),
]  # fmt: skip
TWO_ACTORS: Pairs = [
    (("Hanif Abbasi", "person", "PAK", "minister"), ("Qamar Abbasi", "person", "PAK", "minister")),
    (("Iqbal", "person", "PAK", "chairman"), ("Zafar Iqbal", "person", "PAK", "chairman")),
    (("Imran Khan", "person", "PAK", "founder of PTI"), ("Imran Khan", "person", "PAK", "bank manager")),
    (("Muhammad Ali", "person", "PAK"), ("Mohammad Ali", "person", "PAK")),
    (("M Ali", "person", "PAK", "vice chancellor"), ("M. Ali", "person", "PAK", "caretaker minister")),
    (("Shakeel Ahmed", "person", "PAK", "Justice"), ("Mian Shakeel Ahmad", "person", "PAK", "secretary")),
    (("Tom Hale", "person", "USA", "president"), ("Tom Hale Jr", "person", "USA")),
    (("Maria Weiss", "person", "DEU"), ("Maria Weiss", "person", "AUT")),
    ((MOF, "government", "PAK"), (MOF, "government", "CHN")),
    ((MOF, "government", "PAK"), (MOF, "government")),
    (("Ministry of Human Resource Development", "government", "PAK"), ("Ministry of Education", "government", "PAK")),
    (("NHA", "government", "PHL"), (NHA, "government", "PAK", None, ["NHA"])),
    (("NHA", "government"), (NHA, "government", "PAK", None, ["NHA"])),
    (("Board of Revenue", "government", "PAK"), ("Federal Board of Revenue", "government", "PAK")),
    (("MNAs", "company", "PAK"), ("MNOs", "company", "PAK")),
    (("Counter Terrorism Department", "government", "PAK"), ("Counter-Terrorism Department", "government", "PAK")),
    (("Karachi Chamber of Commerce", "civil_society", "PAK"), ("Lahore Chamber of Commerce", "civil_society", "PAK")),
    (("Arif Habib Limited", "company", "PAK"), ("Arif Habib Corporation Limited", "company", "PAK")),
    (("Toyota Tsusho", "company", "JPN"), ("Toyota Tsusho-Gulf Energy Joint Venture", "company", "JPN")),
    (("OPEC", "multilateral"), ("OPEC+", "multilateral")),
    (("Punjab government", "government", "PAK"), ("Punjab government", "government", "IND")),
    (("Sindh government", "government", "PAK"), ("Punjab government", "government", "PAK")),
    (("Edhi Foundation", "civil_society", "PAK"), ("Edhi Foundation", "person", "PAK")),
    (("EXIM Bank of Pakistan", "bank", "PAK", None, ["Exim Bank"]), ("Exim Bank", "bank", "PAK")),
    (("Zorband Cement Exports", "company", "PAK", None, ["Zorband Cement"]), ("Zorband Cement", "company", "PAK")),
    (("friendly nation", "country", "PAK"), ("Pakistan", "country", "PAK")),
    (("central bank", "bank", "CHN"), ("ICBC", "bank", "CHN", None, ["Commercial Bank", "central bank"])),
    (("Central Bank", "government", "PAK"), ("Central Bank", "government")),
    (("Jamaat-e-Islami Karachi North", "civil_society", "PAK", None, ["JI"]), ("JI", "civil_society", "PAK")),
    (("Ali Akbar", "person", "PAK", "minister"), ("Alia Akbar", "person", "PAK", "minister")),
    (("M. Iqbal", "person", "PAK", "Minister for Finance"), ("M Iqbal", "person", "PAK", PLANNING)),
    *((one, one) for one in (  # a name that many have
        ("Iqbal", "person", "PAK"), ("Prime Minister", "person", "PAK"), ("Health Department", "government", "PAK"),
        ("Water and Sanitation Agency", "government", "PAK"), ("provincial government", "government", "PAK"),
        ("Chinese companies", "group", "CHN"), ("Commercial Bank", "bank", "PAK"),
    )),
]  # fmt: skip
ONE_PROJECT: Pairs = [
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
TWO_PROJECTS: Pairs = [
    (("ML-1", False, PAK), ("ML-1 Karachi-Rohri section", False, PAK)),
    (("ML-1", False, PAK), ("ML-3", False, PAK)),
    (("China-Pakistan Economic Corridor", True, PAK), ("CPEC Phase II", True, PAK)),
    (("Dasu Hydropower Project", False, PAK), ("Dasu transmission line", False, PAK)),
    (("Thar coal mine", False, PAK), ("Thar railway", False, PAK)),
    (("Belt and Road Initiative", True, ["CHN"]), ("Digital Silk Road", True, ["CHN"])),
    (("Kissan Card", True, PAK), ("Kissan Package", True, PAK)),
    (("Punjab School Programme", True, PAK), ("Punjab School Programme", True, ["IND"])),
    (("Zorband Solar Park Phase I", False, PAK), ("Zorband Solar Park Phase II", False, PAK)),
    *((one, one) for one in (  # a name that many have
        ("water supply project", False, PAK), ("Budget 2025-26", True, PAK), ("budget for FY2025-26", True, PAK),
        ("Bus Rapid Transit", False, PAK), ("Green Line", False, PAK), ("Annual Development Programme", True, PAK),
    )),
]  # fmt: skip

CASES = [
    *(("actors", 1, *pair) for pair in ONE_ACTOR),
    *(("actors", 2, *pair) for pair in TWO_ACTORS),
    *(("projects", 1, *pair) for pair in ONE_PROJECT),
    *(("projects", 2, *pair) for pair in TWO_PROJECTS),
]


def known(what: str, *rows: Fields, story: str | None = None) -> Knowledge:
    """What articles know that name one actor or project each."""
    make: Any = actor if what == "actors" else project
    articles = [(article(name, name, story=story), make("e1", *row)) for name, row in zip("xyz", rows, strict=False)]
    return resolve([Record(article=one, **{what: [part]}) for one, part in articles], Knowledge())


@pytest.mark.parametrize(("what", "expected", "one", "other"), CASES)
def test_two_names_are_of_one_or_of_two(what: str, expected: int, one: Fields, other: Fields) -> None:
    assert len(getattr(known(what, one, other), what)) == expected


def test_within_copies_of_one_text_unnamed_groups_are_one() -> None:
    group = ("Chinese companies", "group", "CHN")
    assert len(known("actors", group, group, story="x").actors) == 1


CEMENT, LAKE = "Zorband Cement", ["Quill Water Project"]


@pytest.mark.parametrize(
    ("what", "rows", "reasons"),
    [
        # a name that two have who cannot be one joins neither
        ("actors", [(CEMENT, "company", "PAK"), (CEMENT, "company", "IND"), (CEMENT, "company")], 2 * ["same_name"]),
        ("actors", [("Khorasan Steel", "company", "PAK"), ("Khurasan Steel", "company", "PAK")], ["spelled_alike"]),
        ("projects", [("Zorband Lake", False, ["KEN"], LAKE), (LAKE[0], False, ["KEN"])], ["alias_given"]),
    ],
)
def test_what_is_likely_but_not_sure_is_put_before_a_person(what: str, rows: list[Fields], reasons: list[str]) -> None:
    found = known(what, *rows)
    assert (len(getattr(found, what)), [one.reasons[0] for one in found.proposals]) == (len(rows), reasons)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        # a general name is no body of another article, whatever stands beside it
        (("EXIM Bank of Pakistan", "bank", "PAK", None, ["Exim Bank"]), ("Exim Bank", "bank"), 4),
        # a seldom counterpart says who a common name is
        (("Muhammad Ali", "person", "PAK"), ("Muhammad Ali", "person", "PAK"), 3),
    ],
)
def test_what_stands_beside_a_name(one: Fields, other: Fields, expected: int) -> None:
    around = [actor("a2", "Zorband Cement", "company", "PAK"), actor("a3", "Quill and Daughters", "company", "PAK")]
    made = [
        Record(article=article(name, name), actors=[actor("a1", *said), *around])  # type: ignore[arg-type]
        for name, said in (("x", one), ("y", other))
    ]
    assert len(resolve(made, Knowledge()).actors) == expected


def test_an_article_that_has_it_twice_does_not_keep_others_apart() -> None:
    """A resembling name in one article with the very name is no rival to the very name."""
    names = ["Quill copper mine", "Quill gold and copper mining project"]
    twice = Record(
        article=article("x", "x"), projects=[project(f"p{n}", name, False, PAK) for n, name in enumerate(names)]
    )
    once = [Record(article=article(a, a), projects=[project("p1", names[0], False, PAK)]) for a in "yz"]
    links = resolve([twice, *once], Knowledge()).links
    assert len({link.entity for link in links if link.said.name == names[0]}) == 1  # type: ignore[union-attr]
