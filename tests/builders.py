"""Two small articles as records, and parts of them in other states; gold folders of some authored articles."""

import json
import shutil
from pathlib import Path
from typing import Any

from pipeline.gold.folder import gold_file
from pipeline.record import (
    Actor,
    Amount,
    Article,
    Commitment,
    Date,
    Evidence,
    Flow,
    Mention,
    Project,
    Quantity,
    Quote,
    Record,
    Relation,
    Sector,
    Sentence,
    Span,
    digest,
)
from pipeline.settings import Settings

FIRST = (
    "=Minister Rosa Lima said the Andes Bank would lend Peru $700m and 200 million soles by 2027 for the Ica ring road."
)
SECOND = "It is 40 km long."
TEXT = f"{FIRST}\n{SECOND}"
SURE: dict[str, Any] = {"confidence": 0.8, "method": "rules"}


def at(words: str) -> dict[str, Any]:
    start = TEXT.index(words)
    return {"text": words, "start": start, "end": start + len(words)}


def within(words: str) -> dict[str, Any]:
    return {name: place for name, place in at(words).items() if name != "text"}


DOLLARS = Amount(**at("$700m"), value=7e8, high=7e8, approximate=True, currency="USD")
SOLES = Amount(**at("200 million soles"), value=2e8, currency="PEN")
YEAR = Date(**at("2027"), iso="2027", precision="year", basis="text")
TRANSPORT = Sector(code="210", label="Transport & Storage", confidence=0.9)


def mention(number: int, label: str, words: str, **more: Any) -> Mention:
    return Mention(**{"id": f"m{number}", "label": label, "sentence": 0, **at(words), **SURE, **more})


def relation(subject: str, type: Any, object: str, place: dict[str, Any]) -> Relation:
    return Relation(subject=subject, type=type, object=object, sentence=0, evidence=Span(**place), **SURE)


def commitment(**values: Any) -> Commitment:
    parts: dict[str, Any] = {
        "id": "c1", "kind": "finance", "status": "pledged", "trigger": Quote(**at("would lend")),
        "by": ["a1"], "to": ["a2"], "attributed_to": "a3", "projects": ["p1"], "sectors": ["210", "110"],
        "amounts": [DOLLARS, SOLES], "dates": [YEAR],
        "flow": Flow(instrument="loan", provider=["a1"], recipient=["a2"]),
        "evidence": [Evidence(sentence=0, **within(FIRST)), Evidence(sentence=1, **within(SECOND))],
        **SURE,
    }  # fmt: skip
    return Commitment(**parts | values)


def record(name: str = "peru/1", article: dict[str, Any] | None = None, **values: Any) -> Record:
    fields: dict[str, Any] = {"title": "Ring\x0b road", "source": "Wire", "url": "https://example.org/1"}
    fields |= {"id": name, "date": "2025-05-02", "language": "en", "sha256": digest(TEXT), "text": TEXT}
    parts: dict[str, Any] = {
        "article": Article(**fields | (article or {})),
        "sentences": [Sentence(id=0, **within(FIRST)), Sentence(id=1, **within(SECOND))],
        "mentions": [
            mention(1, "PERSON", "Rosa Lima", entity="a3"),
            mention(2, "ORG", "Andes Bank", entity="a1"),
            mention(3, "COUNTRY", "Peru", entity="a2", value="PER"),
            mention(4, "MONEY", "$700m", value=DOLLARS),
            mention(5, "DATE", "2027", value=YEAR),
            mention(6, "PROJECT", "Ica ring road", entity="p1"),
            mention(7, "QUANTITY", "40 km", sentence=1, value=Quantity(**at("40 km"), value=40, unit="km")),
        ],
        "actors": [
            Actor(id="a1", name="Andes Bank", kind="bank", aliases=["the bank"], mentions=["m2"], confidence=0.9),
            Actor(id="a2", name="Peru", kind="country", country="PER", mentions=["m3"], confidence=0.9),
            Actor(id="a3", name="Rosa Lima", kind="person", country="PER", role="Minister", mentions=["m1"],
                  confidence=0.9),
        ],
        "projects": [
            Project(id="p1", name="Ica ring road", programme=False, aliases=["the road"], sectors=[TRANSPORT],
                    countries=["PER"], mentions=["m6"], confidence=0.9)
        ],
        "relations": [
            relation("a3", "affiliated_with", "a2", within("Minister Rosa Lima")),
            relation("a1", "funds", "p1", within(FIRST)),
        ],
        "commitments": [commitment()],
        "sectors": [TRANSPORT],
    }  # fmt: skip
    return Record(**parts | values)


def bare(name: str, **article: Any) -> Record:
    """An article in which nothing was found."""
    fields = {"id": name, "sha256": digest("Rain."), "text": "Rain.", **article}
    return Record(article=Article(**fields), sentences=[Sentence(id=0, start=0, end=5)])


def authored(path: Path, first: int, last: int | None, step: int = 1) -> Path:
    """A gold folder with some of the authored articles, by their numbers."""
    gold = Settings().seeds / "gold"
    (path / "gold").mkdir(parents=True)
    rows = (gold / "articles.jsonl").read_text(encoding="utf-8").splitlines()[first:last:step]
    (path / "articles.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    for row in rows:
        name = json.loads(row)["id"]
        shutil.copy(gold_file(gold, name), gold_file(path, name))
    return path
