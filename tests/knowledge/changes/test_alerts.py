"""Rules that choose alerts: what they match, and what is said of wrong ones."""

from pathlib import Path
from typing import Any

import pytest
from knowledge.changes.news import contradicting, known, port

from pipeline.errors import SetupError
from pipeline.knowledge.alerts import Rule, alerts, read_rules
from pipeline.knowledge.changes import changes
from pipeline.knowledge.folder import Knowledge

KNOWN = known(port("p", "2025-06-03"), *contradicting())
ROWS = changes(Knowledge(), KNOWN)


def rules(path: Path, text: str) -> list[Rule]:
    (path / "rules.yaml").write_text(text, encoding="utf-8")
    return read_rules(path / "rules.yaml")


@pytest.mark.parametrize(
    ("rule", "met"),
    [
        ("change: added", 3),
        ("change: [contradicted, overdue]", 1),
        ("by: the world bank", 1),
        ("by: CHN", 3),
        ("by: China", 2),
        ("to: [Kenya, Peru]", 4),
        ("to: Peru", 0),
        ("country: KEN", 4),
        ("country: PER", 0),
        ("project: lamu port", 1),
        ("kind: finance", 4),
        ("status: [pledged]", 0),
        ("currency: EUR", 0),
        ("amount_at_least: 2.05e9", 2),
        ("amount_at_least: 2e9\n  currency: [EUR, USD]", 3),
        ("amount_at_least: 1000000\n  currency: EUR", 0),
        ("by: CHN\n  change: added\n  amount_at_least: 2050000000", 1),
        ("{}", 4),
    ],
)
def test_a_rule_is_met_where_all_its_fields_are(tmp_path: Path, rule: str, met: int) -> None:
    assert len(list(alerts(ROWS, rules(tmp_path, f"- {rule}\n"), KNOWN))) == met


def test_a_sector_may_be_a_number(tmp_path: Path) -> None:
    rows = [row.model_copy(update={"sectors": ["210"]}) for row in ROWS]
    assert len(list(alerts(rows, rules(tmp_path, "- sector: 210"), KNOWN))) == len(rows)
    assert list(alerts(ROWS, rules(tmp_path, "- sector: 210"), KNOWN)) == []


def test_an_alert_names_the_rules_that_it_meets(tmp_path: Path) -> None:
    found = list(alerts(ROWS, rules(tmp_path, "- name: port\n  project: Lamu Port\n- change: added\n"), KNOWN))
    assert sorted(row.alerts for row in found) == [["port", "rule 2"], ["rule 2"], ["rule 2"]]
    assert "alerts" not in ROWS[0].model_dump()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- name: a\n- change: [grown]\n", r"rules.yaml:2: 1.change.0: 'grown' is not one of added, amount"),
        ("- name: a\n  money: 3\n", r"rules.yaml:2: 0.money: is not a known field"),
        ("- name: a\n\n  country: Kenya\n", r"rules.yaml:3: .*'Kenya' is not a country's ISO 3166-1 alpha-3 code"),
        ("- sector: 7\n", r"rules.yaml:1: 0.sector: '7' is not a code of sectors.csv"),
        ("- amount_at_least: much\n", r"rules.yaml:1: 0.amount_at_least: 'much'"),
        ("- amount_at_least: -1\n", r"rules.yaml:1: 0.amount_at_least: '-1'"),
        ("- by:\n", r"rules.yaml:1: 0.by"),
        ("- name: a\n  name: b\n", r"rules.yaml: not valid YAML: .*'name' stands twice"),
        ("- [a\n", r"rules.yaml: not valid YAML: .*line 2"),
        ("name: a\n", r"rules.yaml:1: the table: .*valid list"),
        ("", r"rules.yaml: the table: must not be empty"),
        ("[]\n", r"rules.yaml:1: the table"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_line_and_field(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(SetupError, match=rf"(?s){reason}"):
        rules(tmp_path, text)


def test_rules_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"nowhere.yaml: cannot be read"):
        read_rules(tmp_path / "nowhere.yaml")


def test_every_field_of_a_rule_is_described() -> None:
    guide: Any = (Path(__file__).resolve().parents[3] / "docs" / "resolve.md").read_text(encoding="utf-8")
    assert [name for name in Rule.model_fields if f"`{name}`" not in guide] == []
