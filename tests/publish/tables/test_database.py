"""The DuckDB file: typed tables, and views that count a commitment once and never add two currencies."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from builders import DOLLARS, SOLES, bare, commitment, record

from pipeline.errors import SetupError
from pipeline.knowledge.counting import COUNTED
from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.resolve import resolve
from pipeline.publish.formats import Options
from pipeline.publish.tables import database
from pipeline.publish.tables.frames import frames
from pipeline.publish.tables.schema import tables
from pipeline.record import Project, Record

DUCKDB = Options("duckdb")
LOAN = commitment(id="c1", status="agreed", amounts=[DOLLARS])
MIXED = commitment(id="c2", status="agreed", by=["a1", "a3"], amounts=[DOLLARS, SOLES])
NOT_SO = commitment(id="c3", status="agreed", negated=True)
TEASER = commitment(id="c6", status="agreed", amounts=[DOLLARS], boilerplate=True)
DREAM = commitment(id="c4", status="proposed", amounts=[SOLES], projects=[], to=[], sectors=[])
UNKNOWN = commitment(
    id="c5", kind="contract", status="completed", amounts=[DOLLARS.model_copy(update={"currency": None})]
)
TWO = Project(id="p1", name="ICA ring road", programme=False, countries=["PER", "BOL"], confidence=1)
RECORDS = [
    record("one", {"story": "one"}, commitments=[LOAN, MIXED, NOT_SO, DREAM, UNKNOWN, TEASER]),
    record("copy", {"story": "one"}, commitments=[LOAN]),
    record("two", {"story": "gone", "date": "2026-01-05"}, projects=[TWO], commitments=[LOAN]),
    bare("three"),
]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("database") / "news.duckdb"
    database.write(RECORDS, str(path), DUCKDB)
    return path


def ask(path: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(path, read_only=True) as opened:
        return opened.execute(query).fetchall()


def test_tables_have_types_and_comments(path: Path) -> None:
    columns = ask(path, "SELECT table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns()")
    found = {(table, column): rest for table, column, *rest in columns}
    for table in tables().values():
        for column in table.columns:
            kind, nullable, comment = found[table.name, column.name]
            assert (nullable, comment) == (column.nullable, column.says)
            assert kind.startswith("ENUM(") if column.values else kind == column.duckdb
    assert ask(path, "SELECT date, typeof(date) FROM articles WHERE article = 'two'") == [(date(2026, 1, 5), "DATE")]


def test_every_view_is_described_and_can_be_read(path: Path) -> None:
    views = ask(path, "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal")
    assert dict(views) == database.view_comments()
    assert all(ask(path, f"SELECT * FROM {name}") for name in database.view_comments())


def test_an_act_counts_once(path: Path) -> None:
    acts = [name for (name,) in ask(path, "SELECT commitment FROM acts ORDER BY ALL")]
    assert acts == ["one/c4", "one/c5", "two/c1"]
    for view in ("country", "sector"):
        assert ask(path, f"SELECT sum(share) FROM commitments_by_{view}") == [(pytest.approx(3),)]
    assert ask(path, "SELECT sum(share) FROM actor_network") == [(pytest.approx(3),)]


def test_one_sum_everywhere(path: Path) -> None:
    expected = [("proposed", "PEN", 2e8), ("agreed", "USD", 7e8)]
    for view in (
        "money_flows",
        "commitments_by_country",
        "commitments_by_sector",
        "commitments_by_year",
        "actor_network",
    ):
        query = f"SELECT status, currency, sum(amount) FROM {view} WHERE amount IS NOT NULL GROUP BY ALL ORDER BY ALL"
        assert ask(path, query) == [(status, currency, pytest.approx(amount)) for status, currency, amount in expected]
    frame = frames(RECORDS)["commitments_flat"].query("counted")
    rows = zip(frame.act_status, frame.counted_currency, frame.counted_value, strict=True)
    assert sorted(rows, reverse=True) == expected


def test_what_is_left_out_has_a_reason(path: Path) -> None:
    found = dict(ask(path, "SELECT commitment, because FROM left_out"))
    assert found == {
        "one/c1": "reported again: counted as two/c1",
        "one/c2": "reported again: counted as two/c1",
        "one/c3": "denied: the article says that it does not exist",
        "one/c5": "no amount",
        "one/c6": "boilerplate: no part of the story",
        "copy/c1": "nearly the same text as one",
    }


def test_by_country_splits_evenly(path: Path) -> None:
    query = "SELECT country, share, amount FROM commitments_by_country WHERE currency = 'USD' ORDER BY ALL"
    assert ask(path, query) == [("BOL", 0.5, 3.5e8), ("PER", 0.5, 3.5e8)]


def test_a_project_has_its_timeline_over_articles(path: Path) -> None:
    query = "SELECT date, status, amount, currency, source FROM project_timelines WHERE project_name = 'ica ring road'"
    first, *_, last = ask(path, query)
    assert first == (date(2025, 5, 2), "agreed", 7e8, "USD", "Wire")
    assert last == (date(2026, 1, 5), "agreed", 7e8, "USD", "Wire")


def test_the_network_has_who_provides_to_whom(path: Path) -> None:
    query = "SELECT by_name, to_name, instrument, currency, acts, amount FROM actor_network ORDER BY ALL"
    assert ask(path, query) == [
        ("Andes Bank", "Peru", "loan", "PEN", 1, 2e8),
        ("Andes Bank", "Peru", "loan", "USD", 1, 7e8),
        ("Andes Bank", "Peru", "loan", None, 1, None),
    ]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three outlets on one loan, which the last of them calls off, and a second loan."""
    path = tmp_path_factory.mktemp("known") / "news.duckdb"
    off, other = LOAN.model_copy(update={"status": "cancelled"}), LOAN.model_copy(update={"amounts": [SOLES]})
    records = [
        record("one", {"date": "2025-05-02", "source": "Wire"}, commitments=[LOAN]),
        record(
            "two", {"date": "2025-05-03", "source": "Herald"}, commitments=[LOAN, other.model_copy(update={"id": "c2"})]
        ),
        record("three", {"date": "2025-05-04", "source": "Courier"}, commitments=[off]),
    ]
    database.write(records, str(path), Options("duckdb", resolve(records, Knowledge())))
    return path


def test_a_commitment_of_three_articles_is_one_with_knowledge(known: Path) -> None:
    columns = "status, value, currency, counted, articles, sources, counted_as"
    assert sorted(ask(known, f"SELECT {columns} FROM lasting_commitments")) == [
        ("agreed", 2e8, "PEN", True, 1, 1, "two/c2"),
        ("cancelled", 7e8, "USD", False, 3, 3, "three/c1"),
    ]


def test_views_count_it_once_and_keep_every_report(known: Path) -> None:
    acts = "SELECT commitment, act_status, counted, because FROM acts ORDER BY ALL"
    assert ask(known, acts) == [
        ("three/c1", "cancelled", False, "cancelled: the money does not flow"),
        ("two/c2", "agreed", True, COUNTED),
    ]
    assert ask(known, "SELECT sum(amount) FROM commitments_by_year") == [(2e8,)]
    query = "SELECT count(*), count(DISTINCT lasting_project) FROM project_timelines"
    assert ask(known, query) == [(4, 1)]
    assert ask(known, "SELECT count(*) FROM (SELECT DISTINCT by_actor, to_actor FROM actor_network)") == [(1,)]


def test_what_only_a_near_copy_reports_counts_too(tmp_path: Path) -> None:
    records = [record("a", {"story": "a"}, commitments=[]), record("b", {"story": "a"}, commitments=[LOAN])]
    other = [commitment(kind="delivery", status="agreed", amounts=[], flow=None)]
    records += [record("c", {"story": "c"}, commitments=other), record("d", {"story": "c"}, commitments=other)]
    database.write(records, str(tmp_path / "news.duckdb"), Options("duckdb", resolve(records, Knowledge())))
    assert ask(tmp_path / "news.duckdb", "SELECT commitment FROM acts ORDER BY ALL") == [("b/c1",), ("c/c1",)]


def test_a_report_that_is_not_exported_counts_for_nothing(tmp_path: Path) -> None:
    records = [record(name, {"date": f"2025-05-0{n}"}, commitments=[LOAN]) for n, name in enumerate("ab", 1)]
    database.write(records[:1], str(tmp_path / "news.duckdb"), Options("duckdb", resolve(records, Knowledge())))
    query = "SELECT articles, counted_as FROM lasting_commitments JOIN acts ON counted_as = commitment"
    assert ask(tmp_path / "news.duckdb", query) == [(2, "a/c1")]


def test_a_file_is_replaced_only_by_a_whole_one(tmp_path: Path) -> None:
    out = tmp_path / "news.duckdb"
    database.write([record()], str(out), DUCKDB)

    def broken() -> Any:
        yield bare("other")
        raise ValueError

    with pytest.raises(ValueError):
        database.write(broken(), str(out), DUCKDB)
    assert ask(out, "SELECT article FROM articles") == [("peru/1",)]
    assert [path.name for path in tmp_path.iterdir()] == ["news.duckdb"]
    with pytest.raises(SetupError, match="is no file"):
        database.write(list[Record](), str(tmp_path), DUCKDB)
