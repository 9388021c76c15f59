"""Whose government a name means."""

import pytest

from pipeline.values.gazetteer.institutions import government_owner, national_government


@pytest.mark.parametrize(
    ("name", "owner", "country"),
    [
        ("Government of Japan", "Japan", "JPN"),
        ("the government of the Kyrgyz Republic", "Kyrgyz Republic", "KGZ"),
        ("Federal Government of Somalia", "Somalia", "SOM"),
        ("Royal Government of Cambodia", "Cambodia", "KHM"),
        ("Government of C\u00f4te d\u2019Ivoire", "C\u00f4te d\u2019Ivoire", "CIV"),
        ("Samoan Government", "Samoan", "WSM"),
        ("Royal Thai Government", "Thai", "THA"),
        ("Swiss Federal Government", "Swiss", "CHE"),
        ("Kenya's government", "Kenya", "KEN"),
        ("Biden administration", "Biden", "USA"),
        ("Government of Punjab", None, None),
        ("Sindh government", None, None),
        ("Royal Bank", None, None),
    ],
)
def test_a_national_government_is_its_country(name: str, owner: str | None, country: str | None) -> None:
    found = government_owner(name)
    assert (name[slice(*found)] if found else None) == owner
    assert national_government(name, "PAK") == country


def test_the_government_is_that_of_home() -> None:
    assert national_government("Federal Government", "FJI") == "FJI"
    assert national_government("Federal Government", None) is None
