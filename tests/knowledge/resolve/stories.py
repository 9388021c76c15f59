"""The authored stories as records, and what each of their links truly is."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sklearn.metrics.cluster import pair_confusion_matrix

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


def article(
    id: str, text: str, source: str = "The Courier", day: str | None = "2025-06-03", story: str | None = None
) -> Article:
    return Article(id=id, source=source, date=day, story=story, sha256=digest(text), text=text)


def stated(article: Article, said: Sequence[Row], **parts: Any) -> Record:
    """The record of an article of which each sentence states a commitment: its fields, and `sentence`."""
    sentences, commitments = list[Sentence](), list[Commitment]()
    for number, row in enumerate(said):
        start = article.text.index(row["sentence"])
        place = {"start": start, "end": start + len(row["sentence"])}
        sentences.append(Sentence(id=number, **place))
        fields = {"id": f"c{number}", "confidence": 1} | {name: row[name] for name in row if name != "sentence"}
        trigger, evidence = Quote(text="said", start=start, end=start + 4), [Evidence(sentence=number, **place)]
        commitments.append(Commitment(**fields, trigger=trigger, evidence=evidence, method="authored"))
    return Record(article=article, sentences=sentences, commitments=commitments, **parts)


def record(row: Row) -> Record:
    """The record of a row of stories.yaml."""
    fields = ("id", "", "kind", "status", "by", "to", "projects", "amounts", "sentence")
    said = [dict(zip(fields, one, strict=True)) for one in row.get("commitments", [])]
    said = [{k: v for k, v in one.items() if k} | {"amounts": [amount(m) for m in one["amounts"]]} for one in said]
    text, day = " ".join(one["sentence"] for one in said), str(row["day"]) if row["day"] else None
    known: Row = {"type": "part_of", "sentence": 0, "evidence": Span(start=0, end=1), "confidence": 1}
    return stated(
        article(row["id"], text, row["source"], day, row.get("story", row["id"])),
        said,
        actors=[actor(local, *rest) for local, _, *rest in row.get("actors", [])],
        projects=[project(local, *rest) for local, _, *rest in row.get("projects", [])],
        relations=[Relation(subject=a, object=b, method="authored", **known) for a, b in row.get("part_of", [])],
    )


def records() -> list[Record]:
    return [record(row) for row in rows()]


def truth(what: str) -> dict[str, str]:
    """What each link of `actors`, `projects` or `commitments` truly is."""
    return {f"{row['id']}/{local}": name for row in rows() for local, name, *_ in row.get(what, [])}


def pairwise(found: Mapping[str, str], truth: Mapping[str, str]) -> tuple[float, float]:
    """Precision and recall of the pairs that are put together."""
    matrix = pair_confusion_matrix(list(truth.values()), [found[link] for link in truth])
    wrong, lost, right = map(float, (matrix[0, 1], matrix[1, 0], matrix[1, 1]))
    return right / (right + wrong or 1), right / (right + lost or 1)
