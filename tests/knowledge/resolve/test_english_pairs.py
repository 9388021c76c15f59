"""Actors and projects in seven languages are joined by English names that differ, and no others are."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import builders
import pytest
import yaml

from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.resolve import resolve
from pipeline.record import Actor, Project, Record, digest

Row = dict[str, Any]
PAIRS: dict[str, list[Row]] = yaml.safe_load(Path(__file__).with_name("english_pairs.yaml").read_text(encoding="utf-8"))
LEAST = 36  # of the 40 pairs


def record(id: str, row: Row, name: str, english: str | None) -> Record:
    """The record of an article that names one actor or project."""
    fields: Row = {"id": "e1", "name": name, "name_en": english, "aliases": row.get("also", []), "confidence": 1}
    country, text = row.get("country"), f"{id}: {name}."
    bare = builders.bare(id, text=text, sha256=digest(text), date="2025-03-05")
    if row["kind"] in ("project", "programme"):
        fields |= {"programme": row["kind"] == "programme", "countries": [country] if country else []}
        return bare.model_copy(update={"projects": [Project(**fields)]})
    return bare.model_copy(
        update={"actors": [Actor(**fields, kind=row["kind"], country=country, role=row.get("role"))]}
    )


def articles(row: Row, number: str) -> list[Record]:
    """The record in English and the one in another language."""
    its = {name.removeprefix("its_"): value for name, value in row.items() if name.startswith("its_")}
    other = {name: row.get(name) for name in ("kind", "country")} | its
    return [
        record(f"{number}-en", row, row["name"], None),
        record(f"{number}-{row['language']}", other, row["printed"], row["name_en"]),
    ]


def one_id(records: Iterable[Record]) -> set[str]:
    """The numbers of the pairs that share a lasting id."""
    ids: dict[str, set[str]] = {}
    for link in resolve(records, Knowledge()).links:
        ids.setdefault(link.article.rpartition("-")[0], set()).add(link.entity)
    return {number for number, found in ids.items() if len(found) == 1}


def joined(what: str, together: bool) -> list[str]:
    """The pairs that are joined, alone or in one folder with all others."""
    pairs = {f"{group}{n}": (group, row) for group, rows in PAIRS.items() for n, row in enumerate(rows)}
    read = {number: articles(row, number) for number, (_, row) in pairs.items()}
    runs = [[one for records in read.values() for one in records]] if together else list(read.values())
    found = set[str]().union(*map(one_id, runs))
    return [f"{row['name']} = {row['name_en']}" for n, (group, row) in pairs.items() if group == what and n in found]


@pytest.mark.parametrize("together", [False, True], ids=["alone", "in one folder"])
def test_pairs_are_one_across_languages(together: bool) -> None:
    found = joined("joined", together)
    lost = [name for row in PAIRS["joined"] if (name := f"{row['name']} = {row['name_en']}") not in found]
    assert len(PAIRS["joined"]) == 40 and len(found) >= LEAST, lost


@pytest.mark.parametrize("together", [False, True], ids=["alone", "in one folder"])
def test_others_stay_apart(together: bool) -> None:
    assert len(PAIRS["apart"]) == 15 and not joined("apart", together)
