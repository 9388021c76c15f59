"""All that is reviewed: the queue, the articles that are open, and who may decide next.

Hard because two browser tabs may decide on one article at once: a decision names the version that it saw, and one that
saw another is turned away with the present state.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any

from pipeline.annotate.edits.article import Article, digest_of
from pipeline.annotate.edits.base import Base, from_gold, from_record
from pipeline.annotate.review import journal
from pipeline.annotate.review.begun import Begun, begun
from pipeline.annotate.review.folder import Folder
from pipeline.annotate.review.progress import Decision, begin
from pipeline.annotate.review.queue import Entry, entries, titled
from pipeline.errors import ArticleError, CorridorError, SetupError
from pipeline.gazetteer.names import unaccented
from pipeline.record import Record, digest
from pipeline.records import record_at

OPEN = 8  # articles kept in memory
STATES = ("untouched", "begun", "finished")
OTHER_RECORD = "the records have another one of this article; its review goes on with the one on which it was begun"
OTHER_TEXT = "the records have another text of this article; its gold stays with its own"
Body = dict[str, Any]


class Unknown(CorridorError):
    """There is no such article."""


class Conflict(CorridorError):
    """The decision was made on another version; `body` is the article as it is now."""

    def __init__(self, body: Body) -> None:
        super().__init__("the article was changed elsewhere; look at it as it is now")
        self.body = body


class Store:
    """Records and the folder of their review. Raises SetupError where either cannot be used."""

    def __init__(self, records: str, gold: Path, say: Callable[[str], None], reviewer: str | None = None) -> None:
        found = {entry.id: entry for entry in entries(records, say)}
        if not found:
            raise SetupError(f"{records}: holds no record to review")
        self._reviewer = "".join(filter(str.isprintable, reviewer or "")) or None
        self._lock, self._open = RLock(), OrderedDict[str, Article]()
        self._folder = Folder(gold)
        try:
            self._fill(found, say)
        except BaseException:
            self.close()
            raise

    def _fill(self, found: dict[str, Entry], say: Callable[[str], None]) -> None:
        """What the records have, and what the folder has beside."""
        journals = list(begun(self._folder, say))
        known = {name: self._kept(name) for name in self._folder.ids()}
        self._states = dict.fromkeys(known, "finished") | {one.id: one.state for one in journals}
        known |= {one.id: Entry(one.id, one.title, one.confidence, None) for one in journals} | found
        self._order = sorted(known.values(), key=lambda entry: entry.confidence)
        self._at = {entry.id: number for number, entry in enumerate(self._order)}
        self._mend(journals, say)

    def close(self) -> None:
        self._folder.close()

    def counts(self) -> dict[str, int]:
        """How many articles there are in each state."""
        told = Counter(self._states.values())
        return {"untouched": len(self._order) - told["begun"] - told["finished"], **{s: told[s] for s in STATES[1:]}}

    def queue(self, state: str | None, limit: int, offset: int, search: str = "") -> Body:
        """Articles of a state with all the words in title or id, the least confident first."""
        words = _plain(search).split()
        with self._lock:
            found = [e for e in self._order if state in (None, self._state(e.id)) and _has(e, words)]
            told = [self._told(entry) for entry in found[offset : offset + limit]]
            return {"articles": told, "total": len(found), "counts": self.counts(), "next": self.next_after(None)}

    def next_after(self, name: str | None) -> str | None:
        """The next article in the queue that is not finished, from the start again after the last."""
        first = 0 if name is None else self._at[name] + 1
        order = (self._order[at % len(self._order)] for at in range(first, first + len(self._order)))
        return next((e.id for e in order if e.id != name and self._state(e.id) != "finished"), None)

    def article(self, name: str) -> Body:
        """An article as it is now. Raises Unknown; ArticleError where it cannot be reviewed."""
        with self._lock:
            return self._body(self._opened(name))

    def decide(self, name: str, version: int, decision: Decision) -> Body:
        """The article after a decision, which is on the disk by then.

        Raises Unknown, Conflict, Refused; ArticleError where it cannot be reviewed, OSError where it cannot be saved.
        """
        with self._lock:
            article = self._opened(name)
            if version != article.progress.version:
                raise Conflict(self._body(article))
            now = datetime.now(UTC).isoformat(timespec="seconds")
            try:
                article.decide(self._folder, decision, {"time": now, "reviewer": self._reviewer})
            finally:
                self._states[name] = article.progress.said
            return self._body(article)

    def _body(self, article: Article) -> Body:
        return article.body() | {"next": self.next_after(article.id)}

    def _state(self, name: str) -> str:
        return self._states.get(name, "untouched")

    def _told(self, entry: Entry) -> Body:
        told = {"id": entry.id, "title": entry.title, "confidence": entry.confidence}
        return told | {"state": self._state(entry.id)}

    def _kept(self, name: str) -> Entry:
        """An article that is in the folder already."""
        row = self._folder.row(name) or {}
        return Entry(name, titled(row.get("title"), row.get("text", "")), 1.0, None)

    def _opened(self, name: str) -> Article:
        if name not in self._at:
            raise Unknown(f"there is no article {name!r}")
        if name not in self._open:
            self._open[name] = self._read(name)
            if len(self._open) > OPEN:
                self._open.popitem(last=False)
        self._open.move_to_end(name)
        return self._open[name]

    def _read(self, name: str) -> Article:
        told = journal.read(self._folder.journal(name), name)
        if told:
            article = Article(told.base, told.progress, told.golds, True)
        else:
            base = self._base(name)
            found = digest_of(self._folder.gold(name)) if base.origin == "gold" else None
            article = Article(base, begin(base), [found], False)
        article.note = self._note(article.base)
        article.settle(self._folder)
        return article

    def _base(self, name: str) -> Base:
        """Gold that is there stands before the record."""
        if self._state(name) == "finished":
            return from_gold(self._folder.read_gold(name), self._folder.row(name) or {})
        record = self._record(name)
        if isinstance(record, Record):
            return from_record(record)
        raise record or ArticleError(name, "is in no record and no gold any more; start `corridor review` again")

    def _record(self, name: str) -> Record | ArticleError | None:
        """The record of an article, where it stood at the start; None of one that came with the folder."""
        place = self._order[self._at[name]].place
        try:
            record = record_at(place) if place else None
        except SetupError as error:
            return ArticleError(name, str(error))
        if isinstance(record, Record) and record.article.id != name:
            return ArticleError(str(place), f"is another record than {name!r} by now; start `corridor review` again")
        return record

    def _note(self, base: Base) -> str | None:
        record = self._record(base.record.article.id)
        if not isinstance(record, Record):
            return None
        if base.origin == "gold":
            return OTHER_TEXT if record.article.text != base.record.article.text else None
        return OTHER_RECORD if record != base.record else None

    def _mend(self, journals: list[Begun], say: Callable[[str], None]) -> None:
        """Goes on after a crash, and tells of reviews that were begun on other records."""
        others = 0
        for one in journals:
            try:
                if not one.settled:
                    self._opened(one.id)
                others += self._is_other(one)
            except ArticleError as error:
                say(str(error))
        if others:
            say(f"{others} of {len(journals)} reviews were begun on other records than these, and go on with their own")

    def _is_other(self, one: Begun) -> bool:
        record = self._record(one.id) if one.origin == "records" else None
        return isinstance(record, Record) and digest(record.to_json()) != one.sha256


def _has(entry: Entry, words: list[str]) -> bool:
    told = _plain(f"{entry.title} {entry.id}") if words else ""
    return all(word in told for word in words)


def _plain(text: str) -> str:
    return unaccented(text).casefold()
