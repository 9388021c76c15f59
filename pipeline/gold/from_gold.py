"""Converts gold to the record that a perfect extraction would give.

Gold says less than a record, so only what gold states is filled in. Quoted words are located in the sentence that gold
names.
"""

from __future__ import annotations

import re
from typing import Any

from pipeline import record as out
from pipeline.errors import ArticleError
from pipeline.gold.gold import GoldArticle, Offsets
from pipeline.stages.models.sectors import labelled
from pipeline.values.calendar.days import days
from pipeline.values.gazetteer.names import key

METHOD = "gold"


def gold_record(gold: GoldArticle) -> out.Record:
    """The record of a gold article; confidences are 1, methods "gold".

    A relation to an event, place or agreement that is no mention is left out: a record cannot hold it. Raises
    ArticleError where gold quotes words that are not in the text.
    """
    mentions = _mentions(gold)
    return out.Record(
        article=_article(gold),
        sentences=_sentences(gold),
        mentions=mentions,
        actors=[_actor(row, mentions) for row in gold.raw["actors"]],
        projects=[_project(row, mentions) for row in gold.raw["projects"]],
        relations=_relations(gold, mentions),
        commitments=[_commitment(gold, row) for row in gold.raw["commitments"]],
        sectors=[labelled(code, 1.0) for code in gold.raw["sectors"]],
    )


def _sentences(gold: GoldArticle) -> list[out.Sentence]:
    """With `boilerplate` null where gold does not say."""
    marked = gold.boilerplate
    return [
        out.Sentence(id=n, start=a, end=b, boilerplate=None if marked is None else (a, b) in marked)
        for n, (a, b) in enumerate(gold.sentences)
    ]


def _day(date: str | None) -> str | None:
    """The day of an ISO date or time; None for other forms of date."""
    found = re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", date or "")
    return found[0] if found and days(found[0]) else None


def _article(gold: GoldArticle) -> out.Article:
    return out.Article(
        id=gold.id,
        title=gold.title,
        source=gold.source,
        date=_day(gold.date),
        sha256=out.digest(gold.text),
        text=gold.text,
    )


def _sentence(gold: GoldArticle, offset: int) -> int:
    """The number of the sentence that holds `offset`, counted after the fixes."""
    return max((n for n, (start, _) in enumerate(gold.sentences) if start <= offset), default=0)


def _mentions(gold: GoldArticle) -> list[out.Mention]:
    entities = _entity_of_surface(gold)
    return [
        out.Mention(
            id=f"m{number}",
            label=mention.label,
            text=gold.text[mention.start : mention.end],
            start=mention.start,
            end=mention.end,
            sentence=_sentence(gold, mention.start),
            entity=entities.get(key(gold.text[mention.start : mention.end])),
            confidence=1.0,
            method=METHOD,
        )
        for number, mention in enumerate(gold.mentions, 1)
    ]


def _entity_of_surface(gold: GoldArticle) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in gold.raw["actors"] + gold.raw["projects"]:
        for surface in [row["name"], *row["surface"]]:
            found.setdefault(key(surface), row["key"])
    return found


def _mention_ids(row: dict[str, Any], mentions: list[out.Mention]) -> list[str]:
    return [mention.id for mention in mentions if mention.entity == row["key"]]


def _aliases(row: dict[str, Any]) -> list[str]:
    return [surface for surface in dict.fromkeys(row["surface"]) if surface != row["name"]]


def _actor(row: dict[str, Any], mentions: list[out.Mention]) -> out.Actor:
    return out.Actor(
        id=row["key"],
        name=row["name"],
        kind=row["kind"],
        country=row["country"],
        role=row["role"],
        aliases=_aliases(row),
        mentions=_mention_ids(row, mentions),
        confidence=1.0,
    )


def _project(row: dict[str, Any], mentions: list[out.Mention]) -> out.Project:
    return out.Project(
        id=row["key"],
        name=row["name"],
        programme=row["programme"],
        aliases=_aliases(row),
        sectors=[labelled(code, 1.0) for code in row["sectors"]],
        countries=row["countries"],
        mentions=_mention_ids(row, mentions),
        confidence=1.0,
    )


def _relations(gold: GoldArticle, mentions: list[out.Mention]) -> list[out.Relation]:
    found = []
    for subject, kind, target, number in gold.raw["relations"]:
        start, end = gold.numbered[number]
        one, other = _end(subject, (start, end), mentions), _end(target, (start, end), mentions)
        if one and other:
            relation = out.Relation(
                subject=one,
                type=kind,
                object=other,
                sentence=_sentence(gold, start),
                evidence=out.Span(start=start, end=end),
                confidence=1.0,
                method=METHOD,
            )
            found.append(relation)
    return found


def _end(end: str, near: Offsets, mentions: list[out.Mention]) -> str | None:
    """An entity's key unchanged; for `LABEL:text` the id of the mention with that text, best of all in the sentence."""
    label, colon, text = end.partition(":")
    if not colon:
        return end
    alike = [m for m in mentions if key(m.text) == key(text)]
    best = min(alike, key=lambda m: (not near[0] <= m.start < near[1], m.label != label, m.start), default=None)
    return best.id if best else None


def _quote(gold: GoldArticle, text: str, sentences: list[int]) -> out.Quote:
    """Quoted words with their offsets in one of the sentences, else anywhere; a line end may replace a space."""
    for number in sentences:
        found = gold.find(text, number)
        if found:
            return out.Quote(text=text, start=found[0], end=found[1])
    match = re.search(r"\s+".join(map(re.escape, text.split())), gold.text)
    if match is None:
        raise ArticleError(gold.id, f"{text!r} does not stand in the text")
    return out.Quote(text=match[0], start=match.start(), end=match.end())


def _commitment(gold: GoldArticle, row: dict[str, Any]) -> out.Commitment:
    sentences = [row["sent"], *row["also"]]

    def quoted(text: str) -> dict[str, Any]:
        return _quote(gold, text, sentences).model_dump()

    spans = [gold.numbered[number] for number in sentences]
    return out.Commitment(
        id=row["key"],
        kind=row["kind"],
        status=row["status"],
        trigger=_quote(gold, row["trigger"], sentences),
        by=row["by"],
        with_=row["with"],
        to=row["to"],
        projects=row["projects"],
        amounts=[out.Amount(**quoted(a["text"]), value=a["value"], currency=a["currency"]) for a in row["amounts"]],
        dates=[out.Date(**quoted(d["text"]), iso=d["iso"]) for d in row["dates"]],
        sectors=row["sectors"],
        flow=out.Flow(**flow) if (flow := row.get("flow")) else None,
        attributed_to=row["attributed_to"],
        negated=row.get("negated", False),
        evidence=[out.Evidence(sentence=_sentence(gold, a), start=a, end=b) for a, b in spans],
        confidence=1.0,
        method=METHOD,
    )
