"""The authored stories as records, and what each of their links truly is."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipeline.record import (
    Actor,
    Amount,
    Article,
    Commitment,
    Evidence,
    Project,
    Quote,
    Record,
    Relation,
    Sentence,
    Span,
    digest,
)

Row = dict[str, Any]


@cache
def rows() -> tuple[Row, ...]:
    return tuple(yaml.safe_load((Path(__file__).parent / "stories.yaml").read_text(encoding="utf-8")))


def actor(
    id: str, name: str, kind: str, country: str | None = None, role: str | None = None, aliases: Any = ()
) -> Actor:
    return Actor(id=id, name=name, kind=kind, country=country, role=role, aliases=list(aliases), confidence=1)


def project(id: str, name: str, programme: bool = False, countries: Any = (), aliases: Any = ()) -> Project:
    fields = {"countries": list(countries), "aliases": list(aliases)}
    return Project(id=id, name=name, programme=programme, confidence=1, **fields)


def amount(money: str) -> Amount:
    currency, value = money.split()
    return Amount(text=money, start=0, end=len(money), value=float(value), currency=currency)


def commitment(id: str, kind: str, status: str, number: int, place: tuple[int, int], **rest: Any) -> Commitment:
    start, end = place
    evidence = [Evidence(sentence=number, start=start, end=end)]
    trigger = Quote(text="said", start=start, end=start + 4)
    fields = {"id": id, "kind": kind, "status": status, "trigger": trigger, "evidence": evidence, "confidence": 1}
    return Commitment(**fields, method="authored", **rest)


def article(
    id: str, text: str, source: str = "The Courier", day: str | None = "2025-06-03", story: str | None = None
) -> Article:
    return Article(id=id, source=source, date=day, story=story, sha256=digest(text), text=text)


def record(row: Row) -> Record:
    """The record of a row of stories.yaml."""
    rows_ = row.get("commitments", [])
    text = " ".join(sentence for *_, sentence in rows_)
    places = [(text.index(sentence), text.index(sentence) + len(sentence)) for *_, sentence in rows_]
    day = str(row["day"]) if row["day"] else None
    parts = [(part, whole, Span(start=0, end=1)) for part, whole in row.get("part_of", [])]
    return Record(
        article=article(row["id"], text, row["source"], day, row.get("story", row["id"])),
        sentences=[Sentence(id=n, start=start, end=end) for n, (start, end) in enumerate(places)],
        actors=[actor(local, *rest) for local, _, *rest in row.get("actors", [])],
        projects=[project(local, *rest) for local, _, *rest in row.get("projects", [])],
        relations=[
            Relation(
                subject=part, type="part_of", object=whole, sentence=0, evidence=at, confidence=1, method="authored"
            )
            for part, whole, at in parts
        ],
        commitments=[
            commitment(local, kind, status, n, places[n], by=by, to=to, projects=on, amounts=[amount(m) for m in sums])
            for n, (local, _, kind, status, by, to, on, sums, _) in enumerate(rows_)
        ],
    )


def records() -> list[Record]:
    return [record(row) for row in rows()]


def truth(what: str) -> dict[str, str]:
    """What each link of `actors`, `projects` or `commitments` truly is."""
    return {f"{row['id']}/{local}": name for row in rows() for local, name, *_ in row.get(what, [])}
