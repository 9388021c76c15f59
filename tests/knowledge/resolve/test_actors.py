"""Which two actors of two articles are one: the hard cases, as a table."""

import pytest
from knowledge.resolve.stories import actor, article

from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.names import country_in, office, same_office, skeleton, spelled_alike, words
from pipeline.knowledge.resolve import resolve
from pipeline.record import Record

Fields = tuple[object, ...]
MOF = "Ministry of Finance"
PLANNING = "Federal Minister for Planning"
NHA = "National Highway Authority"

ONE: list[tuple[Fields, Fields]] = [
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
]  # fmt: skip
TWO: list[tuple[Fields, Fields]] = [
    (("Hanif Abbasi", "person", "PAK", "minister"), ("Qamar Abbasi", "person", "PAK", "minister")),
    (("Iqbal", "person", "PAK"), ("Iqbal", "person", "PAK")),
    (("Iqbal", "person", "PAK", "chairman"), ("Zafar Iqbal", "person", "PAK", "chairman")),
    (("Imran Khan", "person", "PAK", "founder of PTI"), ("Imran Khan", "person", "PAK", "bank manager")),
    (("Muhammad Ali", "person", "PAK"), ("Mohammad Ali", "person", "PAK")),
    (("M Ali", "person", "PAK", "vice chancellor"), ("M. Ali", "person", "PAK", "caretaker minister")),
    (("Shakeel Ahmed", "person", "PAK", "Justice"), ("Mian Shakeel Ahmad", "person", "PAK", "secretary")),
    (("Tom Hale", "person", "USA", "president"), ("Tom Hale Jr", "person", "USA")),
    (("Maria Weiss", "person", "DEU"), ("Maria Weiss", "person", "AUT")),
    (("Prime Minister", "person", "PAK"), ("Prime Minister", "person", "PAK")),
    ((MOF, "government", "PAK"), (MOF, "government", "CHN")),
    ((MOF, "government", "PAK"), (MOF, "government")),
    (("Ministry of Human Resource Development", "government", "PAK"), ("Ministry of Education", "government", "PAK")),
    (("NHA", "government", "PHL"), (NHA, "government", "PAK", None, ["NHA"])),
    (("NHA", "government"), (NHA, "government", "PAK", None, ["NHA"])),
    (("Board of Revenue", "government", "PAK"), ("Federal Board of Revenue", "government", "PAK")),
    (("MNAs", "company", "PAK"), ("MNOs", "company", "PAK")),
    (("Counter Terrorism Department", "government", "PAK"), ("Counter-Terrorism Department", "government", "PAK")),
    (("Health Department", "government", "PAK"), ("Health Department", "government", "PAK")),
    (("Water and Sanitation Agency", "government", "PAK"), ("Water and Sanitation Agency", "government", "PAK")),
    (("Karachi Chamber of Commerce", "civil_society", "PAK"), ("Lahore Chamber of Commerce", "civil_society", "PAK")),
    (("Arif Habib Limited", "company", "PAK"), ("Arif Habib Corporation Limited", "company", "PAK")),
    (("Toyota Tsusho", "company", "JPN"), ("Toyota Tsusho-Gulf Energy Joint Venture", "company", "JPN")),
    (("OPEC", "multilateral"), ("OPEC+", "multilateral")),
    (("Punjab government", "government", "PAK"), ("Punjab government", "government", "IND")),
    (("Sindh government", "government", "PAK"), ("Punjab government", "government", "PAK")),
    (("provincial government", "government", "PAK"), ("provincial government", "government", "PAK")),
    (("Edhi Foundation", "civil_society", "PAK"), ("Edhi Foundation", "person", "PAK")),
    (("Chinese companies", "group", "CHN"), ("Chinese companies", "group", "CHN")),
    (("EXIM Bank of Pakistan", "bank", "PAK", None, ["Exim Bank"]), ("Exim Bank", "bank", "PAK")),
    (("Zorband Cement Exports", "company", "PAK", None, ["Zorband Cement"]), ("Zorband Cement", "company", "PAK")),
    (("friendly nation", "country", "PAK"), ("Pakistan", "country", "PAK")),
    (("Commercial Bank", "bank", "PAK"), ("Commercial Bank", "bank", "PAK")),
    (("central bank", "bank", "CHN"), ("ICBC", "bank", "CHN", None, ["Commercial Bank", "central bank"])),
    (("Central Bank", "government", "PAK"), ("Central Bank", "government")),
    (("Jamaat-e-Islami Karachi North", "civil_society", "PAK", None, ["JI"]), ("JI", "civil_society", "PAK")),
]  # fmt: skip


def number(one: Fields, other: Fields, story: str | None = None) -> int:
    """The number of actors in two articles."""
    made = [
        Record(article=article(name, name, story=story), actors=[actor("a1", *said)])
        for name, said in (("x", one), ("y", other))
    ]
    return len(resolve(made, Knowledge()).actors)


@pytest.mark.parametrize(("one", "other"), ONE)
def test_one_actor(one: Fields, other: Fields) -> None:
    assert number(one, other) == 1


@pytest.mark.parametrize(("one", "other"), TWO)
def test_two_actors(one: Fields, other: Fields) -> None:
    assert number(one, other) == 2


def test_within_copies_of_one_text_unnamed_groups_are_one() -> None:
    group = ("Chinese companies", "group", "CHN")
    assert number(group, group, story="x") == 1


def test_a_general_name_is_no_body_of_another_article_whatever_stands_beside_it() -> None:
    around = [actor("a2", "Zorband Cement", "company", "PAK"), actor("a3", "Quill and Daughters", "company", "PAK")]
    banks = [
        actor("a1", "EXIM Bank of Pakistan", "bank", "PAK", None, ["Exim Bank"]),
        actor("a1", "Exim Bank", "bank"),
    ]
    made = [Record(article=article(bank.name, bank.name), actors=[bank, *around]) for bank in banks]
    assert len(resolve(made, Knowledge()).actors) == 4


def test_a_seldom_counterpart_tells_who_a_common_name_is() -> None:
    firm = ("Zorband Cement", "company", "PAK")
    other = ("Quill and Daughters", "company", "PAK")
    made = [
        Record(article=article(name, name), actors=[actor("a1", "Muhammad Ali", "person", "PAK"), *around])
        for name, around in (
            ("x", [actor("a2", *firm), actor("a3", *other)]),
            ("y", [actor("a2", *firm), actor("a3", *other)]),
        )
    ]
    assert len(resolve(made, Knowledge()).actors) == 3


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Shehbaz", "Shahbaaz", True),
        ("Qaiser", "Qaisar", True),
        ("Langrial", "Langriyal", True),
        ("Iqbal", "Akbar", False),
        ("Phase 1", "Phase 2", False),
        ("Ali", "Alia", False),
    ],
)
def test_spellings(one: str, other: str, alike: bool) -> None:
    assert spelled_alike(words(one), words(other)) is alike


def test_short_words_have_no_skeleton() -> None:
    assert (skeleton("ali"), skeleton("shehbaz"), skeleton("osman")) == ("", "sbz", "asmn")


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Sindh Bank", "PAK"),
        ("Embassy of China in Pakistan", None),
        ("Zorband Cement", None),
        ("Bank of Thailand", "THA"),
    ],
)
def test_countries_in_names(name: str, country: str | None) -> None:
    assert country_in(name) == country


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("Federal Minister for Planning", "Planning Minister", "same_office"),
        ("PM", "Prime Minister", "same_office"),
        ("Chairman", "FBR Chairman", "same_title"),
        ("Minister for Finance", "Minister for Planning", None),
        ("Managing Director", None, None),
    ],
)
def test_offices(one: str, other: str | None, reason: str | None) -> None:
    assert same_office(office(one), office(other)) == reason
