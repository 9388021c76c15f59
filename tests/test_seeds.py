"""Seeds: a bad row is named by file and line."""

from pathlib import Path

import pytest

from pipeline import seeds
from pipeline.errors import SetupError
from pipeline.settings import Settings

BAD = [
    ("name,kind\nA,x\n", "the header lacks the columns \\['country'\\]"),
    ("# note\nname,kind,country\nA,,FJI\n", r"t.csv:3: kind must not be empty"),
    ("name,kind,country\nA,x,FJI\n\nB,x\n", r"t.csv:4: the row has not as many cells"),
    ("name,kind,country\nA,x,FJI,y\n", r"t.csv:2: the row has not as many cells"),
]


@pytest.mark.parametrize(("content", "message"), BAD)
def test_a_bad_row_is_named(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "t.csv").write_text(content, encoding="utf-8")
    with pytest.raises(SetupError, match=message):
        seeds.rows("t.csv", "name", "kind", "country", folder=tmp_path)


def test_comments_and_blank_lines_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text("# c\nname\n\n Fiji \n", encoding="utf-8")
    assert seeds.rows("good.csv", "name", folder=tmp_path) == ({"name": "Fiji"},)


def test_a_missing_or_broken_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(SetupError, match="not valid YAML"):
        seeds.table("b.yaml", folder=tmp_path)
    with pytest.raises(SetupError, match="reinstall"):
        seeds.table("none.yaml", folder=tmp_path)


def test_every_shipped_seed_can_be_read() -> None:
    for path in sorted(Settings().seeds.glob("*.csv")):
        assert seeds.rows(path.name), path
    for path in sorted(Settings().seeds.glob("*.yaml")):
        assert seeds.table(path.name), path


@pytest.mark.parametrize("listed", ["world_outlets", "financiers_abroad"])
def test_who_is_listed_by_name_is_a_known_institution(listed: str) -> None:
    known = {row["name"] for row in seeds.rows("institutions.csv", "name", "kind")}
    assert set(seeds.table("references.yaml")[listed]) <= known
