"""The table that a person decides on: what is written there stays, and a spreadsheet may save it in its own way."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import SetupError
from pipeline.knowledge.activities import Activity, Subject
from pipeline.knowledge.activity_matcher import rows
from pipeline.knowledge.decisions import Match, merged, published, read_matches, write_matches
from pipeline.knowledge.folder import Link, LocalProject, Sum
from pipeline.knowledge.linker import Candidate


def row(lasting: str, activity: str, **more: Any) -> Match:
    return Match(**{"lasting_id": lasting, "activity_id": activity, "source": "a.csv:1", "score": 0.9, **more})


def pairs(found: list[Match]) -> list[tuple[str, str, str]]:
    return [(one.lasting_id, one.activity_id, one.decision) for one in found]


def candidate(what: Any, name: str, activity: str, *projects: str, amounts: tuple[Sum, ...] = ()) -> Any:
    subject = Subject(what=what, id=name, name=name, names=(name,), projects=projects)
    found = Activity(id=activity, scheme="aiddata", source="a.csv:2", names=("Port",), amounts=amounts)
    return subject, [Candidate(0.8, 0, ("name_whole",), found)]


def test_decisions_stay_and_new_candidates_are_added() -> None:
    old = [row("p1", "1", decision="accept", score=0.5), row("p1", "2"), row("p2", "3", note="ask Ann"), row("p3", "4")]
    new = [row("p1", "1", score=0.7), row("p1", "5", score=0.6), row("p4", "6")]
    found = merged(old, new, ["a.csv"])
    assert pairs(found) == [("p2", "3", ""), ("p4", "6", ""), ("p1", "1", "accept"), ("p1", "5", "")]
    assert (found[2].score, found[0].note) == (0.7, "ask Ann")
    assert merged(found, new, ["a.csv"]) == found
    assert pairs(merged([row("p1", "1")], [], ["b.csv"])) == [("p1", "1", "")]  # of another list
    assert pairs(merged([row("p1", "1", source="a.csv, row 9")], [], ["a.csv"])) == []


def test_a_row_is_for_a_person_and_a_commitment_needs_none_where_its_project_has_one_candidate() -> None:
    project, act = candidate("project", "p1", "1"), candidate("commitment", "c1", "1", "p1")
    assert [one.lasting_id for one in rows([project, act])] == ["p1"]
    assert [one.lasting_id for one in rows([project, candidate("project", "p1", "2"), act])] == ["p1", "p1", "c1"]
    assert [one.lasting_id for one in rows([project, candidate("commitment", "c1", "7", "p1")])] == ["p1", "c1"]
    money = (Sum(text="$2.1 billion", value=2.1e9, currency="USD"), Sum(text="55,000", value=55_000, currency="KES"))
    (found,) = rows([candidate("project", "p1", "1", amounts=money)])
    assert found.listed == "2.1 bn USD, 55,000 KES"


def test_a_table_is_written_and_read_again_and_no_cell_is_a_formula(tmp_path: Path) -> None:
    path, texts = tmp_path / "matches.csv", ('=HYPERLINK("x")', "=1", "-1", "+a", "'=1", "'", "''a", "'plain", "Ségou,")
    found = [row(f"p{n}", "=1", title=text, decision="reject", note="no\nnever") for n, text in enumerate(texts)]
    write_matches(found, str(path))
    assert path.read_bytes().startswith(b"\xef\xbb\xbfdecision,what,lasting_id,")
    cells = path.read_text(encoding="utf-8").replace('"', "").split(",")
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert read_matches(path) == found


def test_a_spreadsheet_may_save_it_in_its_way(tmp_path: Path) -> None:
    path = tmp_path / "matches.csv"
    head = "lasting_id;decision;activity_id;scheme;score;mine\r\n"
    path.write_bytes(f"\ufeff{head}p1;ACCEPT ;7;aiddata;0,83;x\r\np2;;8;iati;;\r\n".encode())
    first, second = read_matches(path)
    assert (first.decision, first.activity_id, first.score, second.decision) == ("accept", "7", 0.83, "")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a,b\n1,2\n", "has no column decision"),
        (b"", "has no column decision"),
        (b"decision,lasting_id,activity_id\nmaybe,p1,1\n", ":2: decision: Input should be 'accept', 'reject'"),
        (b"decision,lasting_id,activity_id\naccept,p1,\n", "activity_id: Field required"),
        (b"decision,lasting_id,activity_id,score\naccept,p1,1,9\n", "score"),
        (b'decision,lasting_id,activity_id\n"accept"x,p1,1\n', "not CSV"),
        ("decision,lasting_id,activity_id,name\naccept,p1,1,S\u00e9gou\n".encode("cp1252"), "save it as CSV UTF-8"),
    ],
)
def test_what_is_wrong_with_a_table_is_said(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "matches.csv"
    path.write_bytes(content)
    with pytest.raises(SetupError) as caught:
        read_matches(path)
    assert str(path) in str(caught.value) and says in str(caught.value)


def test_what_was_accepted_follows_a_merge() -> None:
    said = LocalProject(name="Port", programme=False, aliases=[], countries=[], sectors=[], part_of=[])
    links = [Link(link="a/p1", entity="p2", score=1, reasons=[], given="p1", said=said)]
    table = [row("p1", "1", decision="accept", scheme="iati"), row("p1", "2", decision="reject"), row("p1", "3")]
    found = published(table, links)
    assert (found.of(["p2"], "iati"), found.of(["p1"], "iati"), found.of(["p2", None], "other")) == (["1"], [], [])
