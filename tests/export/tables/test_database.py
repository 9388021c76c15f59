"""The DuckDB file: typed tables, and views that count a commitment once and never add two currencies."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from builders import DOLLARS, SOLES, bare, commitment, record

from pipeline.errors import SetupError
from pipeline.export import Options
from pipeline.export.tables import database
from pipeline.export.tables.schema import tables
from pipeline.knowledge import Knowledge
from pipeline.record import Project, Record
from pipeline.resolve import resolve

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


def test_a_commitment_counts_once(path: Path) -> None:
    counted = [name for (name,) in ask(path, "SELECT commitment FROM counted ORDER BY ALL")]
    assert counted == ["one/c1", "one/c2", "one/c4", "one/c5", "two/c1"]
    for view in ("country", "sector", "year", "status"):
        assert ask(path, f"SELECT sum(share) FROM commitments_by_{view}") == [(pytest.approx(5),)]
    assert ask(path, "SELECT sum(share) FROM actor_network") == [(pytest.approx(5),)]


@pytest.mark.parametrize(
    "view", ["commitments_by_country", "commitments_by_sector", "commitments_by_year", "actor_network"]
)
def test_money_adds_up_by_currency_and_recommendation(path: Path, view: str) -> None:
    query = (
        f"SELECT currency, recommended_for_aggregates, sum(amount) FROM {view} WHERE amount IS NOT NULL GROUP BY ALL"
    )
    assert sorted(ask(path, query)) == [("PEN", False, 2e8), ("PEN", True, 2e8), ("USD", True, pytest.approx(3 * 7e8))]


def test_by_country_splits_evenly(path: Path) -> None:
    query = "SELECT commitments, share, amount FROM commitments_by_country WHERE country = 'BOL'"
    assert ask(path, query) == [(1, 0.5, 3.5e8)]
    assert ask(path, "SELECT amount FROM commitments_by_country WHERE country IS NULL") == [(2e8,)]


def test_a_project_has_its_timeline_over_articles(path: Path) -> None:
    query = "SELECT date, status, amount, currency, source FROM project_timelines WHERE project_name = 'ica ring road'"
    first, *_, last = ask(path, query)
    assert first == (date(2025, 5, 2), "agreed", 7e8, "USD", "Wire")
    assert last == (date(2026, 1, 5), "agreed", 7e8, "USD", "Wire")


def test_the_network_has_who_commits_to_whom(path: Path) -> None:
    query = (
        "SELECT by_name, currency, commitments, amount FROM actor_network WHERE to_name = 'Peru' AND kind = 'finance'"
    )
    assert sorted(ask(path, query)) == [
        ("Andes Bank", "PEN", 1, 1e8),
        ("Andes Bank", "USD", 3, 1.75e9),
        ("Rosa Lima", "PEN", 1, 1e8),
        ("Rosa Lima", "USD", 1, 3.5e8),
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
    columns = "status, value, currency, recommended_for_aggregates, articles, sources, counted_as"
    assert sorted(ask(known, f"SELECT {columns} FROM lasting_commitments")) == [
        ("agreed", 2e8, "PEN", True, 1, 1, "two/c2"),
        ("cancelled", 7e8, "USD", False, 3, 3, "three/c1"),
    ]


def test_views_count_it_once_and_keep_every_report(known: Path) -> None:
    counted = "SELECT commitment, status, aiddata_stage, recommended_for_aggregates FROM counted ORDER BY ALL"
    assert ask(known, counted) == [
        ("three/c1", "cancelled", "Cancelled", False),
        ("two/c2", "agreed", "Pipeline: Commitment", True),
    ]
    assert ask(known, "SELECT sum(amount) FROM commitments_by_year WHERE recommended_for_aggregates") == [(2e8,)]
    query = "SELECT count(*), count(DISTINCT lasting_project) FROM project_timelines"
    assert ask(known, query) == [(4, 1)]
    assert ask(known, "SELECT count(*) FROM (SELECT DISTINCT by_actor, to_actor FROM actor_network)") == [(1,)]


def test_what_only_a_near_copy_reports_counts_too(tmp_path: Path) -> None:
    records = [record("a", {"story": "a"}, commitments=[]), record("b", {"story": "a"}, commitments=[LOAN])]
    other = [commitment(kind="delivery", status="agreed", amounts=[])]
    records += [record("c", {"story": "c"}, commitments=other), record("d", {"story": "c"}, commitments=other)]
    database.write(records, str(tmp_path / "news.duckdb"), Options("duckdb", resolve(records, Knowledge())))
    assert ask(tmp_path / "news.duckdb", "SELECT commitment FROM counted ORDER BY ALL") == [("b/c1",), ("c/c1",)]


def test_a_report_that_is_not_exported_counts_for_nothing(tmp_path: Path) -> None:
    records = [record(name, {"date": f"2025-05-0{n}"}, commitments=[LOAN]) for n, name in enumerate("ab", 1)]
    database.write(records[:1], str(tmp_path / "news.duckdb"), Options("duckdb", resolve(records, Knowledge())))
    query = "SELECT articles, counted_as FROM lasting_commitments JOIN counted ON counted_as = commitment"
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
