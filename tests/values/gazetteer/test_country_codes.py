"""Two letters for every country that a record can name."""

from pipeline.seeds import rows
from pipeline.values.gazetteer.places import alpha2


def test_every_country_has_two_letters_of_its_own() -> None:
    found = [alpha2(row["alpha3"]) for row in rows("countries.csv", "alpha3")]
    assert all(code and len(code) == 2 and code.isupper() for code in found)
    assert len(set(found)) == len(found)


def test_some_that_are_easily_confused() -> None:
    wanted = {"CHN": "CN", "CHE": "CH", "CHL": "CL", "AUS": "AU", "AUT": "AT", "PRK": "KP", "KOR": "KR", "XKX": "XK"}
    assert {code: alpha2(code) for code in wanted} == wanted
    assert alpha2("QQQ") is None
