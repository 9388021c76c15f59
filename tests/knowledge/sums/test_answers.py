"""How much money goes from whom to whom: `pipeline.sums`, and `corridor sums` in all its forms."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from knowledge.resolve.flows import flow, report, said
from test_cli import run

import pipeline
from pipeline.knowledge.answers import scope_of
from pipeline.knowledge.folder import Knowledge, KnownActor, write
from pipeline.knowledge.resolve import resolve

PORT = "China will lend Kenya the money for the Lamu Port, the ministry said."
SAYS = "China pledged a loan to Kenya for the Lamu Port on Tuesday, officials said."
LOAN = flow("loan", "exim", "ken")


def lent(id: str, *sums: str, words: str = PORT, money: Any = LOAN, day: str = "2025-06-03", **fields: Any) -> Any:
    return report(id, said(words, money, *sums, **{"projects": ["port"], "sectors": ["210"]} | fields), day=day)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A loan that two outlets give alike, a third with another amount; a grant of two sectors; a swap in shillings."""
    folder = tmp_path_factory.mktemp("known")
    records = [
        lent("Nation", "USD 2e9"),
        lent("Standard", "USD 2.004e9", words=SAYS),
        lent("Courier", "USD 1.8e9", words=SAYS, day="2025-06-04"),
        lent("Herald", "KES 1.3e9", words="China will give Kenya a clinic.", money=flow("grant", "chn", "ken"),
             projects=[], sectors=["120", "140"], status="pledged", day="2025-08-01"),
        lent("Post", "USD 5e8", words="The World Bank guarantees bonds of Kenya.", money=flow("guarantee", "wb", "ken"),
             projects=[], sectors=[]),
        lent("Mail", "USD 9e8", words="Kenya paid back a loan.", money=flow("repayment", "ken", "exim"), projects=[]),
    ]  # fmt: skip
    write(resolve(records, Knowledge()), folder)
    return folder


def test_sums_are_apart_by_columns_and_a_range_where_outlets_differ(known: Path) -> None:
    found = pipeline.sums(known, "China", "KEN", 2025, by=["instrument", "status", "sector"])
    grant = round(1.3e9 / 129.2, -5)  # two sectors share it evenly
    assert found[["instrument", "status", "sector", "acts"]].values.tolist() == [
        ["grant", "pledged", "120", 0.5], ["grant", "pledged", "140", 0.5], ["loan", "agreed", "210", 1.0],
    ]  # fmt: skip
    assert [round(usd, -5) for usd in found["usd"][:2]] == [pytest.approx(grant / 2, rel=0.02)] * 2
    assert found.iloc[2][["usd", "low", "high", "without_rate"]].tolist() == [2e9, 1.8e9, 2e9, 0]


@pytest.mark.parametrize(
    ("asked", "acts"),
    [
        ({}, 3),
        ({"provider": "CHN"}, 2),
        ({"provider": "Export-Import Bank of China"}, 1),
        ({"provider": "world bank", "recipient": "kenya"}, 1),
        ({"recipient": "CHN"}, 0),  # a repayment is no act that a sum counts
        ({"year": 2024}, 0),
        ({"instruments": ["loan", "guarantee"]}, 2),
        ({"sources": ["Standard"]}, 1),
        ({"scope": "cooperation"}, 3),
        ({"scope": "domestic"}, 0),
        ({"accepted": {"Herald/c0", "Mail/c0"}, "only_accepted": True}, 1),
    ],
)
def test_what_is_asked_for(known: Path, asked: dict[str, Any], acts: int) -> None:
    assert pipeline.sums(known, **asked)["acts"].sum() == acts


def test_a_lone_outlet_is_no_side_of_a_range(tmp_path: Path) -> None:
    records = [lent(f"o{number}", "USD 2e9", words=f"{number} {PORT}") for number in range(3)]
    write(resolve([*records, lent("x", "USD 1.8e9", words=SAYS)], Knowledge()), tmp_path)
    assert pipeline.sums(tmp_path)[["usd", "low", "high", "acts"]].values.tolist() == [[2e9, 2e9, 2e9, 1]]


def test_the_answer_is_a_sentence_a_table_and_the_words(known: Path) -> None:
    answer = run(f"corridor sums {known} --provider CHN --recipient Kenya --year 2025 --acts")
    first, *table = answer.out.splitlines()
    assert first.startswith("China to Kenya, 2025: 1.8 bn to 2 bn USD agreed, 10")
    assert first.endswith(" m USD pledged; outlets differ on 1 act; firm: 100% is expected to be right; 2 acts.")
    assert table[2].split() == ["loan", "agreed", "1.8", "bn", "to", "2", "bn", "2", "bn", "1"]
    assert f"  2025-06-04 Courier 1.8 bn USD: “{SAYS}”" in table
    assert run(f"corridor sums {known} --provider FRA").out == "France to anyone: no money that a sum counts.\n"
    alone = run(f"corridor sums {known} --provider 'World Bank'").out.splitlines()[0]
    assert alone.startswith("World Bank to anyone: nothing agreed; 500 m USD guaranteed (agreed); firm: 100%")


def test_every_form_has_the_same_rows(known: Path, tmp_path: Path) -> None:
    asked, expected = f"corridor sums {known} --by recipient,status", pipeline.sums(known, by=["recipient", "status"])
    for form, read in (("csv", pd.read_csv), ("json", pd.read_json), ("parquet", pd.read_parquet)):
        assert run(f"{asked} --format {form} -o {tmp_path}/a.{form}").code == 0
        pd.testing.assert_frame_equal(read(tmp_path / f"a.{form}"), expected, check_dtype=False)
    answer = json.loads(run(f"{asked} --format json --acts").out)
    assert answer["answer"].startswith("anyone to anyone: ")
    assert {one["link"] for act in answer["acts"] for one in act["reports"]} > {"Nation/c0", "Courier/c0"}


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("--by sector,who", "--by who: not one of provider, recipient, "),
        ("--instrument loans", "--instrument loans: not one of grant, loan, "),
        ("--only accepted", "--reviewed"),
        ("--format parquet", "name a file with -o"),
        ("--format csv --acts", "use json"),
        ("--reviewed {known}", "holds no review"),
    ],
)
def test_wrong_use_says_what_to_do(known: Path, command: str, reason: str) -> None:
    answer = run(f"corridor sums {known} {command.format(known=known)}")
    assert (answer.code, answer.out) == (2, "")
    assert reason in answer.err


@pytest.mark.parametrize(
    ("instrument", "provider", "recipient", "scope"),
    [
        ("loan", "bank CHN", "country KEN", "cooperation"),
        ("loan", "multilateral -", "company KEN", "cooperation"),
        ("equity", "company CHN", "country KEN", "business"),
        ("equity", "government CHN", "company KEN", "cooperation"),
        ("loan", "bank CHN", "company KEN", "business"),
        ("bond", "government KEN", "bank KEN", "domestic"),
        ("loan", "country KEN, country CHN", "country KEN", "cooperation"),
        ("loan", "multilateral -", "multilateral -", "cooperation"),
        ("loan", "country CHN", "", "unknown"),
        ("bond", "", "country KEN", "unknown"),
    ],
)
def test_the_scope_of_an_act(instrument: Any, provider: str, recipient: str, scope: str) -> None:
    def actors(side: str) -> list[KnownActor]:
        own = [one.split() for one in side.split(", ") if one]
        more: dict[str, Any] = {"names": [], "roles": [], "articles": 1, "first": None, "latest": None}
        return [
            KnownActor(id=kind, name=kind, kind=kind, country=None if home == "-" else home, **more)  # type: ignore[arg-type]
            for kind, home in own
        ]

    assert scope_of(instrument, actors(provider), actors(recipient)) == scope
