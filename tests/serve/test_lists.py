"""What the server was started with: records and knowledge by id, by filters and by page, and what changed."""

from pathlib import Path

import pytest
from builders import record
from knowledge.changes.news import contradicting, known, port
from serve.working import client_of, knowledge_folder, records_file
from starlette.testclient import TestClient

from pipeline.knowledge.folder import write
from pipeline.record import Record
from pipeline.serve.extraction import Extraction
from pipeline.serve.known import Known
from pipeline.serve.records import Records
from pipeline.settings import Settings

CREDIT, RIVAL, LOAN = "Lenders from", "Kenya expects", "The World"
IDLE = Extraction(Settings(), 1.0, 0)  # no worker is started


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """Three records, and knowledge of a port and two lines of credit."""
    folder, said = tmp_path_factory.mktemp("served"), list[str]()
    write(known(port("p", "2025-06-10", "underway"), *contradicting()), folder / "both")
    records = Records(str(records_file(folder)), said.append)
    assert [line.partition(": ")[0].rpartition(":")[2] for line in said] == ["4", "5"]
    assert said[1].endswith("the article 'dry' occurs twice; left out")
    return client_of(IDLE, records, Known(folder / "both"))


def shown(api: TestClient, path: str) -> set[str]:
    """Of each row its name, the first two words of its quote, or its id."""
    found = api.get(path).json()
    assert found["total"] == len(found["items"])
    quotes = [row["reports"][0]["quote"].split()[:2] if "reports" in row else [] for row in found["items"]]
    rows = zip(found["items"], quotes, strict=True)
    return {row.get("name") or " ".join(quote) or row["id"] for row, quote in rows}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {CREDIT, RIVAL, LOAN}),
        ("q=lamu BERTHS", {LOAN}),
        ("q=World Bank", {LOAN}),
        ("q=snow", set()),
        ("kind=policy", set()),
        ("instrument=rollover", {CREDIT}),
        ("status=underway", {LOAN}),
        ("status=completed", set()),
        ("country=KEN", {CREDIT, RIVAL, LOAN}),
        ("country=CHN", {CREDIT, RIVAL}),
        ("country=PER", set()),
        ("since=2025-06-05", {RIVAL, LOAN}),
        ("since=2025-06-11", set()),
        ("actor=nobody", set()),
        ("project=nothing", set()),
    ],
)
def test_commitments_are_found(api: TestClient, query: str, expected: set[str]) -> None:
    assert shown(api, f"/knowledge/commitments?{query}") == expected
    counted = [shown(api, f"/knowledge/commitments?{query}&counted={value}") for value in ("true", "false")]
    assert counted[0] | counted[1] == expected and not counted[0] & counted[1]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("knowledge/actors?q=bank world", {"World Bank"}),
        ("knowledge/actors?kind=country&q=the Kenya's", {"Kenya"}),
        ("knowledge/actors?country=PER", set()),
        ("knowledge/projects?q=the lamu port", {"Lamu Port"}),
        ("knowledge/projects?q=port&country=CHN", set()),
        ("records", {"peru/1", "dry", "old"}),
        ("records?q=ICA rain", {"dry"}),
        ("records?q=wire", {"peru/1", "dry"}),
        ("records?since=2025-06-01", {"dry"}),
        ("records?q=snow", set()),
    ],
)
def test_actors_projects_and_records_are_found(api: TestClient, path: str, expected: set[str]) -> None:
    assert shown(api, path) == expected


def test_a_page_is_a_part(api: TestClient) -> None:
    page = api.get("/records?limit=1&offset=1").json()
    assert (page["total"], page["offset"]) == (3, 1)
    assert [(one["id"], one["commitments"]) for one in page["items"]] == [("dry", 0)]


def test_one_is_found_by_its_lasting_id(api: TestClient) -> None:
    (project,) = api.get("/knowledge/projects?q=lamu&country=KEN").json()["items"]
    view = api.get(f"/knowledge/projects/{project['id']}").json()
    assert view["project"] == project
    assert [(event["date"], event["status"]) for event in view["timeline"]] == [("2025-06-10", "underway")]
    assert view["commitments"] == api.get(f"/knowledge/commitments?project={project['id']}").json()["items"]
    (loan,) = view["commitments"]
    assert api.get(f"/knowledge/commitments/{loan['id']}").json() == loan
    (bank,) = api.get("/knowledge/actors?q=world+bank").json()["items"]
    assert api.get(f"/knowledge/actors/{bank['id']}").json() == bank
    assert shown(api, f"/knowledge/commitments?actor={bank['id']}") == {LOAN}


def test_what_changed_since_a_day_or_the_older_folder(tmp_path: Path) -> None:
    folder = knowledge_folder(tmp_path)
    alone, compared = (client_of(IDLE, None, Known(folder, old)) for old in (None, tmp_path / "old"))
    for client, query, changes in (
        (compared, "", ["completed"]),
        (compared, "since=2025-07-01", []),
        (alone, "since=2025-06-15", ["completed"]),
        (alone, "since=2025-06-01", ["added"]),
        (alone, "since=2025-06-15&kind=amount", []),
    ):
        assert [row["change"] for row in client.get(f"/changes?{query}").json()["items"]] == changes


def test_a_record_is_read_when_it_is_asked_for(tmp_path: Path) -> None:
    path = records_file(tmp_path)
    client = client_of(IDLE, Records(str(path), print))
    for name in ("peru/1", "peru%2F1"):
        assert Record.model_validate_json(client.get(f"/records/{name}").content) == record("peru/1")
    path.write_text("changed\n", encoding="utf-8")
    answer = client.get("/records/peru/1")
    assert (answer.status_code, "no longer holds 'peru/1'; start the server again" in answer.text) == (500, True)
    path.unlink()
    answer = client.get("/records/peru/1")
    assert (answer.status_code, "start the server again" in answer.text) == (500, True)
