"""Gold of the annotation guide as a record: what a perfect extraction of the article would give.

Gold numbers the sentences of its article and quotes its words: they become offsets. Quoted words are sought in the
sentences that gold names, mentions in order: the second "Pakistan" of gold is the second one there. An end of a
relation that is no mention keeps the words of gold (`EVENT:groundbreaking`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline import record as out
from pipeline.errors import ArticleError
from pipeline.gold.check import problems
from pipeline.stages.models.sectors import codes, labelled
from pipeline.values.gazetteer.names import key
from pipeline.values.periods import days_of

PERSON = "person"  # the method of what a person annotated
Offsets = tuple[int, int]
_SHOWN = 5  # defects named in one message


class _Shape(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True)


class _Article(_Shape):
    model_config = ConfigDict(strict=False)

    id: str
    text: str
    sentences: list[Offsets]


class _Entity(_Shape):
    key: str
    name: str
    name_en: str | None = None
    surface: list[str]


class _Actor(_Entity):
    kind: out.ActorKind
    country: str | None
    role: str | None


class _Project(_Entity):
    programme: bool
    sectors: list[str]
    countries: list[str]


class _Amount(_Shape):
    text: str
    value: out.Number
    currency: str | None


class _Date(_Shape):
    text: str
    iso: str | None


class _Flow(_Shape):
    model_config = ConfigDict(extra="forbid")

    instrument: out.Instrument
    provider: list[str]
    recipient: list[str]
    terms: dict[out.Term, str] = {}


class _Commitment(_Shape):
    key: str
    sent: int
    also: list[int]
    trigger: str
    kind: out.CommitmentKind
    status: out.Status
    by: list[str]
    with_: list[str] = Field(alias="with")
    to: list[str]
    projects: list[str]
    amounts: list[_Amount]
    dates: list[_Date]
    sectors: list[str]
    attributed_to: str | None
    negated: bool = False
    flow: _Flow | None = None
    method: str = PERSON


_Fix = tuple[Literal["merge"], int, int] | tuple[Literal["split"], int, str]


class _Gold(_Shape):
    model_config = ConfigDict(strict=False)  # JSON has lists where Python has tuples

    sentence_fixes: list[_Fix] = []
    boilerplate: list[int] | None = None
    mentions: list[tuple[int, out.Label, str]]
    actors: list[_Actor]
    projects: list[_Project]
    relations: list[tuple[str, out.RelationType, str, int]]
    commitments: list[_Commitment]
    sectors: list[str]


def guide_record(where: str, row: Mapping[str, Any], raw: Any) -> out.Record:
    """The record of gold `raw` and the line of `articles.jsonl` that it annotates; confidences are 1.

    Raises ArticleError with what makes the gold unusable: a missing field, a value outside its closed set, a dead
    reference, words that are not in the text.
    """
    try:
        article, gold = _Article.model_validate(row), _Gold.model_validate(raw)
        reader = _Reader(article_of(row), article.sentences, gold)
        wrong = list(reader.wrong_values()) or list(reader.lost_words())
        if not wrong:
            record = reader.record()
            wrong = problems(record)
            if not wrong:
                return record
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
    more = f" (and {len(wrong) - _SHOWN} more)" if len(wrong) > _SHOWN else ""
    raise ArticleError(where, f"{'; '.join(wrong[:_SHOWN])}{more}")


def article_of(row: Mapping[str, Any]) -> out.Article:
    """The article of a line of `articles.jsonl`; a date that is no day is left out."""
    fields = {"title": row.get("title"), "url": row.get("url"), "source": row.get("outlet") or row.get("source")}
    texts = {name: value for name, value in fields.items() if isinstance(value, str)}
    day = re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(row.get("date")))
    date = day[0] if day and days_of(day[0]) else None
    return out.Article(id=row["id"], **texts, date=date, sha256=out.digest(row["text"]), text=row["text"])


class _Reader:
    """Gold beside the text of its article; `numbered`: the sentences that gold numbers."""

    def __init__(self, article: out.Article, numbered: list[Offsets], gold: _Gold) -> None:
        self.article, self.numbered, self.gold, self.text = article, numbered, gold, article.text

    def find(self, text: str, sentence: int, after: int = 0) -> Offsets | None:
        """The offsets of `text` in a numbered sentence: the first from `after` on, else the first in the sentence."""
        start, end = self.numbered[sentence]
        at = self.text.find(text, max(start, after), end)
        at = at if at >= 0 else self.text.find(text, start, end)
        return (at, at + len(text)) if at >= 0 else None

    def wrong_values(self) -> Iterator[str]:
        """Sentences and sectors that there are not."""
        gold = self.gold
        numbers = [(m[0], f"mention {m[2]!r}") for m in gold.mentions]
        numbers += [(r[3], f"relation {r[0]} {r[1]} {r[2]}") for r in gold.relations]
        numbers += [(n, f"commitment {c.key}") for c in gold.commitments for n in (c.sent, *c.also)]
        fixes = [(n, fix) for fix in gold.sentence_fixes for n in fix[1:] if isinstance(n, int)]
        numbers += [(n, f"sentence fix {list(fix)}") for n, fix in fixes]
        numbers += [(n, "boilerplate") for n in gold.boilerplate or ()]
        for number, what in numbers:
            if not 0 <= number < len(self.numbered):
                yield f"{what}: there is no sentence {number}"
        sectors = [(code, "sectors") for code in gold.sectors]
        sectors += [(code, f"project {p.key}") for p in gold.projects for code in p.sectors]
        sectors += [(code, f"commitment {c.key}") for c in gold.commitments for code in c.sectors]
        yield from (f"{what}: there is no sector {code!r}" for code, what in sectors if code not in codes())

    def lost_words(self) -> Iterator[str]:
        for number, _, text in self.gold.mentions:
            if not text.strip() or self.find(text, number) is None:
                yield f"mention {text!r} does not stand in sentence {number}"
        for fix in self.gold.sentence_fixes:
            if fix[0] == "split" and self.find(fix[2], fix[1]) is None:
                yield f"sentence fix {list(fix)}: the words do not stand in the sentence"
        for c in self.gold.commitments:
            for text in [c.trigger, *(a.text for a in c.amounts), *(d.text for d in c.dates)]:
                if self.quote(text, [c.sent, *c.also]) is None:
                    yield f"commitment {c.key}: {text!r} does not stand in the text"

    def record(self) -> out.Record:
        self.sentences = self._sentences()
        self.mentions = list(self._mentions())
        return out.Record(
            article=self.article,
            sentences=self.sentences,
            mentions=self.mentions,
            actors=[self._actor(row) for row in self.gold.actors],
            projects=[self._project(row) for row in self.gold.projects],
            relations=[self._relation(*row) for row in self.gold.relations],
            commitments=[self._commitment(row) for row in self.gold.commitments],
            sectors=[labelled(code, 1.0) for code in self.gold.sectors],
        )

    def _sentences(self) -> list[out.Sentence]:
        """The sentences after the fixes, with `boilerplate` null where gold does not say."""
        cuts = {start for start, _ in self.numbered}
        for fix in self.gold.sentence_fixes:
            if fix[0] == "merge":
                cuts.discard(self.numbered[max(fix[1:])][0])
            elif found := self.find(fix[2], fix[1]):
                cuts.add(found[0])
        starts, last = sorted(cuts), self.numbered[-1][1] if self.numbered else 0
        found_in = [self._stripped(*pair) for pair in pairwise([*starts, last])]
        gold = self.gold.boilerplate
        marked = [self.numbered[number] for number in gold or ()]
        marks = [None if gold is None else any(a <= start < b for a, b in marked) for start, _ in found_in]
        return [
            out.Sentence(id=n, start=start, end=end, boilerplate=mark)
            for n, ((start, end), mark) in enumerate(zip(found_in, marks, strict=True))
        ]

    def _stripped(self, start: int, end: int) -> Offsets:
        piece = self.text[start:end]
        start += len(piece) - len(piece.lstrip())
        return start, start + len(piece.strip())

    def _sentence(self, offset: int) -> int:
        """The number of the sentence that holds `offset`, counted after the fixes."""
        return max((sentence.id for sentence in self.sentences if sentence.start <= offset), default=0)

    def _mentions(self) -> Iterator[out.Mention]:
        entities: dict[str, str] = {}
        for row in [*self.gold.actors, *self.gold.projects]:
            for name in [row.name, *row.surface]:
                entities.setdefault(key(name), row.key)
        after = 0
        for number, (sentence, label, text) in enumerate(self.gold.mentions, 1):
            start, after = self.find(text, sentence, after) or (0, 0)
            yield out.Mention(
                id=f"m{number}",
                label=label,
                text=text,
                start=start,
                end=after,
                sentence=self._sentence(start),
                entity=entities.get(key(text)),
                confidence=1.0,
                method=PERSON,
            )

    def _named(self, row: _Entity) -> dict[str, Any]:
        """What actors and projects have in common."""
        mentions = [mention.id for mention in self.mentions if mention.entity == row.key]
        aliases = [surface for surface in dict.fromkeys(row.surface) if surface != row.name]
        names = {"name": row.name, "name_en": row.name_en, "aliases": aliases}
        return {"id": row.key, **names, "mentions": mentions, "confidence": 1.0}

    def _actor(self, row: _Actor) -> out.Actor:
        return out.Actor(**self._named(row), kind=row.kind, country=row.country, role=row.role)

    def _project(self, row: _Project) -> out.Project:
        sectors = [labelled(code, 1.0) for code in row.sectors]
        return out.Project(**self._named(row), programme=row.programme, sectors=sectors, countries=row.countries)

    def _relation(self, subject: str, kind: out.RelationType, target: str, number: int) -> out.Relation:
        start, end = self.numbered[number]
        return out.Relation(
            subject=self._end(subject, start, end),
            type=kind,
            object=self._end(target, start, end),
            sentence=self._sentence(start),
            evidence=out.Span(start=start, end=end),
            confidence=1.0,
            method=PERSON,
        )

    def _end(self, end: str, first: int, last: int) -> str:
        """For `LABEL:text` the id of the mention with that text, best of all in the sentence; other ends unchanged."""
        label, colon, text = end.partition(":")
        alike = [m for m in self.mentions if key(m.text) == key(text)] if colon else []
        best = min(alike, key=lambda m: (not first <= m.start < last, m.label != label, m.start), default=None)
        return best.id if best else end

    def _commitment(self, row: _Commitment) -> out.Commitment:
        sentences = [row.sent, *row.also]
        spans = [self.numbered[number] for number in sentences]

        def quote(text: str) -> dict[str, Any]:
            found = self.quote(text, sentences)
            return found.model_dump() if found else {}

        return out.Commitment(
            **row.model_dump(include={"kind", "status", "by", "with_", "to", "projects", "sectors", "attributed_to"}),
            id=row.key,
            trigger=out.Quote(**quote(row.trigger)),
            amounts=[out.Amount(**quote(a.text), value=a.value, currency=a.currency) for a in row.amounts],
            dates=[out.Date(**quote(d.text), iso=d.iso) for d in row.dates],
            flow=row.flow and out.Flow(**row.flow.model_dump()),
            negated=row.negated,
            evidence=[out.Evidence(sentence=self._sentence(a), start=a, end=b) for a, b in spans],
            confidence=1.0,
            method=row.method,
        )

    def quote(self, text: str, sentences: Sequence[int]) -> out.Quote | None:
        """Quoted words with their offsets in one of the sentences, else anywhere; a line end may replace a space."""
        for number in sentences:
            if text and (found := self.find(text, number)):
                return out.Quote(text=text, start=found[0], end=found[1])
        match = re.search(r"\s+".join(map(re.escape, text.split())), self.text) if text.strip() else None
        return out.Quote(text=match[0], start=match.start(), end=match.end()) if match else None
