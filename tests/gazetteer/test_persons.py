"""Spellings of one person's name, and names of two."""

import pytest

from pipeline.gazetteer.persons import person_key
from pipeline.seeds import rows


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Shehbaz Sharif", "Shahbaz Shareef"),
        ("Mohammed Ishaq Dar", "Muhammad Ishaq Dar"),
        ("Md. Touhid Hossain", "Mohammad Touhid Hussain"),
        ("Dr. Muhammad Yunus", "Mohammed Yunus"),
        ("Recep Tayyip Erdoğan", "Recep Tayyip Erdogan"),
        ("Volodymyr Zelenskyy", "Volodymyr Zelensky"),
        ("Abdel Fattah el-Sisi", "Abdul Fattah al-Sisi"),
        ("Shavkat Mirziyoyev", "Shavkat Mirziyoev"),
        ("Prof. Ahsan Iqbal", "ahsan  iqbal"),
        ("Salahuddin Rabbani", "Salahuddin Rabbani's"),
        ("Zia ud din Yusufzai", "Zia uddin Yusufzai"),
    ],
)
def test_one_person(first: str, second: str) -> None:
    assert person_key(first) == person_key(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Shehbaz Sharif", "Nawaz Sharif"),
        ("Hassan Rouhani", "Hussain Rouhani"),
        ("Hamid Karzai", "Hamed Karzai"),
        ("Xi Jinping", "Jinping Xi"),
        ("Li Qiang", "Li Keqiang"),
        ("Mahmood Khan", "Muhammad Khan"),
        ("Rashid Khan", "Rasheeda Khan"),
    ],
)
def test_two_persons(first: str, second: str) -> None:
    assert person_key(first) != person_key(second)


def test_no_spelling_stands_for_two_names() -> None:
    found = rows("name_variants.csv", "name", "variants")
    spellings = [spelling for row in found for spelling in (row["name"], *row["variants"].split("|"))]
    assert len(spellings) == len(set(spellings))
