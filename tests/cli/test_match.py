"""`corridor match` as a person meets it, and what `corridor export` makes of what was accepted."""

import csv
import json
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from builders import record
from test_cli import Answer
from test_cli import run as corridor

ROWS = """AidData Record ID,Title,Recipient,Commitment Year,Amount (Original Currency),Original Currency
901,Ring road of Ica,Peru,2025,700000000,USD
902,Hospital in Arequipa,Peru,2025,5000000,USD
"""
XML = """<iati-activities><iati-activity><iati-identifier>XM-1-7</iati-identifier><title><narrative>Ica ring road
</narrative></title><recipient-country code="PE"/></iati-activity></iati-activities>"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")
    (tmp_path / "records.jsonl").write_text(record().to_json() + "\n", encoding="utf-8")
    (tmp_path / "aid.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "iati.xml").write_text(XML, encoding="utf-8")
    return tmp_path


def run(command: str, code: int = 0) -> Answer:
    answer = corridor(f"corridor {command}")
    assert answer.code == code, answer.err
    return answer


def table(path: str = "matches.csv") -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def decide(answers: dict[str, str]) -> None:
    rows = table()
    with Path("matches.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(row | {"decision": answers.get(row["activity_id"], "")} for row in rows)


def test_match_decide_and_export() -> None:
    run("resolve records.jsonl -o knowledge")
    match = "match knowledge --against aid.csv --against iati.xml -o matches.csv"
    answer = run(match)
    assert "aid.csv: id from AidData Record ID, title from Title" in answer.err
    assert "among 3 activities in matches.csv; 0 accepted, 0 rejected," in answer.err
    assert {row["activity_id"] for row in table()} == {"901", "XM-1-7"}
    assert {row["decision"] for row in table()} == {""}
    decide({"901": "accept", "XM-1-7": "Accept"})
    assert "0 rejected, 0 to decide" in run(match).err
    assert {row["decision"] for row in table()} == {"accept"}
    accepted = "--knowledge knowledge --matches matches.csv"
    run(f"export records.jsonl --to iati -o out.xml {accepted}")
    activity = fromstring(Path("out.xml").read_text(encoding="utf-8"))[0]
    assert [one.attrib for one in activity.findall("other-identifier")] == [{"ref": "901", "type": "A9"}]
    assert [one.attrib for one in activity.findall("related-activity")] == [{"ref": "XM-1-7", "type": "5"}]
    run(f"export records.jsonl --to csv -o tables {accepted}")
    for name in ("lasting_projects", "lasting_commitments"):
        assert [(row["iati_identifier"], row["aiddata_id"]) for row in table(f"tables/{name}.csv")] == [
            ("XM-1-7", "901")
        ]
    run(f"export records.jsonl --to ftm -o out.jsonl {accepted}")
    entities = map(json.loads, Path("out.jsonl").read_text(encoding="utf-8").splitlines())
    assert [e["properties"]["projectId"] for e in entities if e["schema"] == "Project"] == [
        ["peru/1/p1", "XM-1-7", "901"]
    ]


def test_records_are_resolved_for_it() -> None:
    run("match records.jsonl --against aid.csv -o matches.csv --score 0 --most 1")
    assert {row["activity_id"] for row in table()} == {"901"}


def test_a_damaged_row_is_named_and_counts_as_failed() -> None:
    Path("aid.csv").write_text(ROWS + "903,x,y\n,,,,,\n", encoding="utf-8")
    answer = run("match records.jsonl --against aid.csv -o matches.csv", 1)
    assert "aid.csv:4: 3 cells, but the header has 6" in answer.err
    assert "1 row without an id or a title left out" in answer.err


def test_decisions_about_other_ids_are_kept_and_said() -> None:
    Path("matches.csv").write_text("decision,lasting_id,activity_id\nreject,gone-1,5\n", encoding="utf-8")
    answer = run("match records.jsonl --against aid.csv -o matches.csv")
    assert "1 lasting id with decisions not in this knowledge, such as gone-1; kept" in answer.err
    assert ("reject", "gone-1") in {(row["decision"], row["lasting_id"]) for row in table()}
