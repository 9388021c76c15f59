"""Records read back from every form that they are written in, with what is no record named and the rest kept."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import ArticleError, SetupError
from pipeline.record import Article, Record, digest, page_of
from pipeline.records import PARTS, lines, placed, read, record_at

RECORDS = [
    Record(article=Article(id=f"r{n}", sha256=digest(text), text=text, date="2025-04-01", source="Daily"))
    for n, text in enumerate(["Japan lent Kenya $5m.", "Çin, Pakistan’a\u2028borç verdi.", "Nothing."])
]
LINES = [record.to_json() for record in RECORDS]


@pytest.mark.parametrize("form", PARTS)
def test_what_is_written_is_read(tmp_path: Path, form: str) -> None:
    (tmp_path / f"some.{form}").write_bytes(PARTS[form](LINES))
    assert list(read(str(tmp_path / f"some.{form}"))) == RECORDS
    assert [where for where, _ in placed(str(tmp_path))] == [f"{tmp_path}/some.{form}:{n}" for n in (1, 2, 3)]


@pytest.mark.parametrize("form", PARTS)
def test_a_record_is_found_at_its_place_again(tmp_path: Path, form: str) -> None:
    (tmp_path / f"some.{form}").write_bytes(PARTS[form](LINES))
    places = [place for place, _ in lines(str(tmp_path))]
    assert [record_at(place) for place in reversed(places)] == RECORDS[::-1]
    (tmp_path / f"some.{form}").write_bytes(PARTS[form](LINES[:1]))
    assert isinstance(record_at(places[-1]), ArticleError)


@pytest.mark.parametrize("form", PARTS)
def test_a_part_without_articles(tmp_path: Path, form: str) -> None:
    (tmp_path / f"none.{form}").write_bytes(PARTS[form]([]))
    assert list(read(str(tmp_path / f"none.{form}"))) == []


def test_a_parquet_part_has_columns_to_choose_rows_by(tmp_path: Path) -> None:
    (tmp_path / "some.parquet").write_bytes(PARTS["parquet"](LINES))
    (row, *_) = pq.read_table(tmp_path / "some.parquet", columns=["id", "date", "source", "title"]).to_pylist()
    assert row == {"id": "r0", "date": "2025-04-01", "source": "Daily", "title": None}


@pytest.mark.parametrize("form", PARTS)
def test_of_a_run_folder_only_its_parts_are_records(tmp_path: Path, form: str) -> None:
    for number, line in enumerate(LINES):
        (tmp_path / f"records-{number:05}.{form}").write_bytes(PARTS[form]([line]))
    (tmp_path / "failed.jsonl").write_text('{"id": "x", "reason": "empty"}\n')
    (tmp_path / "run.json").write_text("{}")
    assert list(read(str(tmp_path))) == RECORDS


def test_what_is_no_record_costs_no_other(tmp_path: Path) -> None:
    (tmp_path / "some.jsonl").write_text("\n".join([LINES[0], LINES[1][:40], "", LINES[2]]), encoding="utf-8")
    one, error, other = read(str(tmp_path / "some.jsonl"))
    assert [one, other] == [RECORDS[0], RECORDS[2]]
    assert isinstance(error, ArticleError)
    assert error.where == f"{tmp_path}/some.jsonl:2"
    pq.write_table(pa.table({"record": [LINES[0], None, json.dumps({"id": 1})]}), tmp_path / "some.parquet")
    assert [type(found) for found in read(str(tmp_path / "some.parquet"))] == [Record, ArticleError]


def test_files_that_hold_none_are_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="nowhere: not found"):
        list(read(str(tmp_path / "nowhere")))
    with pytest.raises(SetupError, match="holds no records"):
        list(read(str(tmp_path)))
    (tmp_path / "cut.parquet").write_bytes(PARTS["parquet"](LINES)[:-20])
    with pytest.raises(SetupError, match=r"cut\.parquet: cannot be read as Parquet"):
        list(read(str(tmp_path / "cut.parquet")))
    pq.write_table(pa.table({"text": ["x"]}), tmp_path / "other.parquet")
    with pytest.raises(SetupError, match=r"other\.parquet: cannot be read as Parquet with a column record"):
        list(read(str(tmp_path / "other.parquet")))


PAGES = [
    ([0, 10, 10, 25], 0, 1),
    ([0, 10, 10, 25], 9, 1),
    ([0, 10, 10, 25], 10, 3),
    ([0, 10, 10, 25], 25, 4),
    ([0, 10, 10, 25], 99, 4),
    ([5], 2, None),
    ([], 2, None),
    (None, 2, None),
]


@pytest.mark.parametrize(("pages", "offset", "page"), PAGES)
def test_the_page_of_an_offset(pages: list[int] | None, offset: int, page: int | None) -> None:
    article = RECORDS[0].article.model_copy(update={"pages": pages})
    assert page_of(article, offset) == page


def test_pages_are_left_out_where_there_are_none() -> None:
    assert "pages" not in RECORDS[0].model_dump(mode="json")["article"]
    paged = RECORDS[0].article.model_copy(update={"pages": [0, 5]})
    assert Article.model_validate_json(paged.model_dump_json()) == paged


def test_an_id_with_a_slash_is_refused(tmp_path: Path) -> None:
    actor = {"id": "a/1", "name": "Japan", "kind": "country", "confidence": 1.0}
    record = json.loads(LINES[0]) | {"actors": [actor]}
    (tmp_path / "some.jsonl").write_text(json.dumps(record), encoding="utf-8")
    (error,) = read(str(tmp_path / "some.jsonl"))
    assert isinstance(error, ArticleError)
    assert "actors.0.id" in str(error)
