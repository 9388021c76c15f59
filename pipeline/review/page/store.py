"""All articles under review: the queue, the open articles, and their decisions.

Two browser tabs may decide on one article at once: a decision names the version that it was made on, and is refused
with the present state if that is not the latest.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Container, Iterable
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any

from pipeline.errors import ArticleError, CorridorError, SetupError, number_of
from pipeline.record import Record, digest
from pipeline.records import record_at
from pipeline.review.accepted.carrying import Compared, compare
from pipeline.review.accepted.decisions import Reviewed, rows_of
from pipeline.review.edits.progress import CORRECT_GOLD, Base, Decision, begin, from_gold, from_record
from pipeline.review.edits.working import Signature
from pipeline.review.page import journal
from pipeline.review.page.article import Article, digest_of
from pipeline.review.page.folder import Folder
from pipeline.review.page.queue import Begun, Entry, begun, entries, title_of
from pipeline.values.gazetteer.names import unaccented

OPEN = 8  # articles kept in memory
STATES = ("untouched", "begun", "finished")
OTHER_RECORD = "the records hold another record of this article; its review continues with the original one"
OTHER_TEXT = "the records hold another text of this article; its gold keeps its own text"
Body = dict[str, Any]


class Unknown(CorridorError):
    """There is no such article."""


class Conflict(CorridorError):
    """The decision was made on an older version; `body` is the present article."""

    def __init__(self, body: Body) -> None:
        super().__init__("the article was changed elsewhere; this is its present state")
        self.body = body


class Store:
    """Records and the folder of their review. Raises SetupError if one cannot be used."""

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
        """Builds the queue from the records and the folder."""
        journals = list(begun(self._folder, say))
        known = {name: self._gold_entry(name) for name in self._folder.ids()}
        self._states = dict.fromkeys(known, "finished") | {one.id: one.state for one in journals}
        known |= {one.id: Entry(one.id, one.title, one.confidence, None) for one in journals} | found
        self._sort(known.values(), set())
        self._sort(known.values(), self._recover(journals, say))

    def _sort(self, found: Iterable[Entry], first: Container[str]) -> None:
        self._order = sorted(found, key=lambda entry: (entry.id not in first, entry.confidence))
        self._at = {entry.id: number for number, entry in enumerate(self._order)}

    def close(self) -> None:
        self._folder.close()

    def counts(self) -> dict[str, int]:
        """The number of articles in each state."""
        counts = Counter(map(self._state, self._at))
        return {state: counts[state] for state in STATES}

    def queue(self, state: str | None, limit: int, offset: int, search: str = "") -> Body:
        """Articles of a state with all the words in title or id, the least confident first."""
        words = _plain(search).split()
        with self._lock:
            found = [e for e in self._order if state in (None, self._state(e.id)) and _has(e, words)]
            rows = [
                {"id": e.id, "title": e.title, "confidence": e.confidence, "state": self._state(e.id)}
                for e in found[offset : offset + limit]
            ]
            return {"articles": rows, "total": len(found), "counts": self.counts(), "next": self.next_after(None)}

    def next_after(self, name: str | None) -> str | None:
        """The next unfinished article in the queue, which starts again after its end."""
        first = 0 if name is None else self._at[name] + 1
        order = (self._order[at % len(self._order)] for at in range(first, first + len(self._order)))
        return next((e.id for e in order if e.id != name and self._state(e.id) != "finished"), None)

    def article(self, name: str) -> Body:
        """The present article. Raises Unknown; ArticleError if it cannot be reviewed."""
        with self._lock:
            return self._body(self._article(name))

    def record(self, name: str) -> Record:
        """The present record of an article. Raises Unknown; ArticleError if it cannot be reviewed."""
        with self._lock:
            return self._article(name).progress.state.record

    def decide(self, name: str, version: int, decision: Decision) -> Body:
        """The article after a decision, which is then on disk.

        Raises Unknown, Conflict, Refused; ArticleError if it cannot be reviewed, OSError if it cannot be saved.
        """
        with self._lock:
            article = self._article(name)
            if version != article.progress.version:
                raise Conflict(self._body(article))
            now = datetime.now(UTC).isoformat(timespec="seconds")
            try:
                article.decide(self._folder, decision, Signature(self._reviewer, now))
            finally:
                self._states[name] = article.progress.status
            return self._body(article)

    def _body(self, article: Article) -> Body:
        return article.body() | {"next": self.next_after(article.id)}

    def _state(self, name: str) -> str:
        return self._states.get(name, "untouched")

    def _gold_entry(self, name: str) -> Entry:
        """The entry of an article that has gold in the folder."""
        row = self._folder.row(name) or {}
        return Entry(name, title_of(row.get("title"), row.get("text", "")), 1.0, None)

    def _article(self, name: str) -> Article:
        if name not in self._at:
            raise Unknown(f"there is no article {name!r}")
        if name not in self._open:
            self._open[name] = self._read(name)
            if len(self._open) > OPEN:
                self._open.popitem(last=False)
        self._open.move_to_end(name)
        return self._open[name]

    def _read(self, name: str) -> Article:
        found = journal.read(self._folder.journal(name), name)
        if found:
            article = Article(found.progress, found.golds)
        else:
            base = self._base(name)
            gold = digest_of(self._folder.gold(name)) if base.origin == "gold" else None
            article = Article(begin(base), [gold], [journal.header(base, gold)])
        article.recover(self._folder)
        if not found or not self._renew(article):
            article.notes += self._notes(article.base)
        return article

    def _renew(self, article: Article) -> bool:
        """Whether the records have a newer record that reopens decisions, with which the review then goes on."""
        record = self._record(article.id)
        try:
            return isinstance(record, Record) and article.renew(record)
        except ArticleError as error:
            article.notes.append(str(error))
            return False

    def _base(self, name: str) -> Base:
        """Existing gold, else the record."""
        if self._state(name) == "finished":
            return from_gold(self._gold(name))
        record = self._record(name)
        if isinstance(record, Record):
            return from_record(record)
        raise record or ArticleError(name, "has neither a record nor gold any more; start `corridor review` again")

    def _gold(self, name: str) -> Record:
        try:
            return self._folder.read_gold(name)
        except ArticleError as error:
            raise ArticleError(name, f"cannot be reviewed: {error.reason}; {CORRECT_GOLD}") from error

    def _record(self, name: str) -> Record | ArticleError | None:
        """The record of an article, at its position in the file; None if only the folder has the article."""
        place = self._order[self._at[name]].place
        try:
            record = record_at(place) if place else None
        except SetupError as error:
            return ArticleError(name, str(error))
        if isinstance(record, Record) and record.article.id != name:
            return ArticleError(str(place), f"no longer holds {name!r}; start `corridor review` again")
        return record

    def _notes(self, base: Base) -> list[str]:
        record = self._record(base.record.article.id)
        if not isinstance(record, Record):
            return []
        if base.origin == "gold":
            return [OTHER_TEXT] if record.article.text != base.record.article.text else []
        return [OTHER_RECORD] if record != base.record else []

    def _recover(self, journals: list[Begun], say: Callable[[str], None]) -> set[str]:
        """Completes files after a crash, and reports reviews that started from other records.

        Returns the articles in which a decision is reopened.
        """
        others, first, reviewed = 0, set[str](), Reviewed(self._folder.path)
        for one in journals:
            try:
                if not one.consistent:
                    self._article(one.id)
                found = self._compared(one.id, reviewed)
                if any(row.reopened for row in found):
                    first.add(one.id)
                if any(row.reopened and row.changes for row in found):
                    self._states[one.id] = "begun"
                else:
                    others += self._is_other(one)
            except ArticleError as error:
                say(str(error))
        if others:
            say(f"{others} of {len(journals)} reviews started from other records; they continue with those")
        if first:
            say(f"{number_of(len(first), 'article')} with decisions that were reopened; first in the queue")
        return first

    def _compared(self, name: str, reviewed: Reviewed) -> list[Compared]:
        """The decisions on an article beside its record."""
        rows, record = reviewed.decisions(name), self._record(name)
        if not rows or not isinstance(record, Record):
            return []
        return compare(rows, record.article.text, record.article.sha256, rows_of(record))

    def _is_other(self, one: Begun) -> bool:
        record = self._record(one.id) if one.origin == "records" else None
        return isinstance(record, Record) and digest(record.to_json()) != one.sha256


def _has(entry: Entry, words: list[str]) -> bool:
    text = _plain(f"{entry.title} {entry.id}") if words else ""
    return all(word in text for word in words)


def _plain(text: str) -> str:
    return unaccented(text).casefold()
