"""All articles under review: the queue, the open articles, and their decisions.

The queue holds those of the records, least confident first, and those of the folder; of each only the id, title,
position and confidence, since there may be a million. Two browser tabs may decide on one article at once: a decision
names the version that it was made on, and is refused with the present state if that is not the latest.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple

from pydantic import AliasPath, BaseModel, Field, ValidationError

from pipeline.errors import ArticleError, CorridorError, SetupError, number_of
from pipeline.publish.report.index import lead
from pipeline.publish.report.words import clean
from pipeline.record import Record, digest, fault
from pipeline.records import STANDARD, Place, lines, record_at
from pipeline.review.accepted.carrying import compare
from pipeline.review.accepted.decisions import AGREED, Reviewed, name_of, rows_of
from pipeline.review.edits.progress import CORRECT_GOLD, Base, Decision, based_on, begin
from pipeline.review.edits.working import Refused, Signature
from pipeline.review.formats.task import mean_confidence
from pipeline.review.page import journal
from pipeline.review.page.article import Article, is_consistent
from pipeline.review.page.folder import GOLD, REVIEW, Folder, digest_of
from pipeline.values.gazetteer.names import unaccented

OPEN = 8  # articles kept in memory
STATES = ("untouched", "begun", "finished")
NO_ADDRESS = ("", ".", "..")  # ids that a browser cannot request
OTHER_RECORD = "the records hold another record of this article; its review continues with the original one"
OTHER_TEXT = "the records hold another text of this article; its gold keeps its own text"
Body = dict[str, Any]
Say = Callable[[str], None]


class Unknown(CorridorError):
    """There is no such article."""


class Conflict(CorridorError):
    """The decision was made on an older version; `body` is the present article."""

    def __init__(self, body: Body) -> None:
        super().__init__("the article was changed elsewhere; this is its present state")
        self.body = body


class Entry(NamedTuple):
    """`title`: or first words; `confidence`: see `mean_confidence`; `place`: None if not in the records."""

    id: str
    title: str
    confidence: float
    place: Place | None
    surest: float = -1.0  # the highest `row_confidence`


class Begun(NamedTuple):
    """A review with decisions. `sha256`: of its original record; `consistent`: the files match the journal."""

    entry: Entry
    state: str
    origin: str
    sha256: str
    consistent: bool
    agreed: bool  # rows were accepted by agreement


class _Part(BaseModel):
    confidence: float
    row_confidence: float | None = None


class _Head(BaseModel):
    """The fields of a record that the queue needs."""

    id: str = Field(validation_alias=AliasPath("article", "id"))
    title: str | None = Field(None, validation_alias=AliasPath("article", "title"))
    text: str = Field("", validation_alias=AliasPath("article", "text"))
    mentions: list[_Part] = []
    commitments: list[_Part] = []

    def entry(self, place: Place | None) -> Entry:
        confidence = mean_confidence([*self.mentions, *self.commitments])
        rows = (one.row_confidence for one in self.commitments if one.row_confidence is not None)
        return Entry(self.id, _title(self.title, self.text), confidence, place, max(rows, default=-1.0))


def _title(title: str | None = None, text: str = "", **_: Any) -> str:
    """The title of an article on one line; its first words if it has none."""
    return clean(title or "") or lead(text)


def entries(records: str, say: Say) -> dict[str, Entry]:
    """Each article once, in order; `say` is called with what is left out. Raises SetupError if nothing can be read."""
    if records == STANDARD:
        raise SetupError("a review reads the records more than once, which standard input cannot; name a file")
    found: dict[str, Entry] = {}
    for place, line in lines(records):
        try:
            entry = _Head.model_validate_json(line).entry(place)
        except ValidationError as error:
            say(f"{place}: not a record of `corridor extract`: {fault(error)}; left out")
            continue
        if entry.id in found or entry.id in NO_ADDRESS:
            what = "occurs twice" if entry.id in found else "cannot be requested by a browser"
            say(f"{place}: the article {entry.id!r} {what}; left out")
        else:
            found[entry.id] = entry
    if not found:
        raise SetupError(f"{records}: holds no record to review")
    return found


def begun(folder: Folder, say: Say) -> Iterator[Begun]:
    """Every review in a folder that has decisions; `say` is called with each damaged journal."""
    for path in folder.journals():
        try:
            found = journal.lines(path)
            if len(found) < 2:
                continue
            with journal.reading(path, 1):
                first, finished = found[0], found[0].get("origin") == "gold"
                for line in found[1:]:
                    if line.get("do") == journal.RENEW:
                        first, finished = line["base"], False  # it goes on with
                    elif line.get("do") == "finish":
                        finished = bool(line.get("finished"))
                entry = _Head.model_validate(first["record"]).entry(None)
                consistent = is_consistent(folder, entry.id, finished, journal.digests(found[-1]))
                done = {line.get("do") for line in found[1:]}
                state = "finished" if finished else "begun" if done - {journal.RENEW, journal.AGREE} else "untouched"
                yield Begun(entry, state, first["origin"], first["sha256"], consistent, journal.AGREE in done)
        except ArticleError as error:
            say(str(error))


class Store:
    """Records and the folder of their review. Raises SetupError if one cannot be used."""

    def __init__(
        self, records: str, gold: Path, say: Say, reviewer: str | None = None, accept_at: float | None = None
    ) -> None:
        found = entries(records, say)
        self._reviewer = "".join(filter(str.isprintable, reviewer or "")) or None
        self._lock, self._open = RLock(), OrderedDict[str, Article]()
        self._folder = Folder(gold)
        try:
            self._fill(found, say, accept_at)
        except BaseException:
            self.close()
            raise

    def _fill(self, found: dict[str, Entry], say: Say, accept_at: float | None) -> None:
        """Builds the queue from the records and the folder."""
        reviews = list(begun(self._folder, say))
        known = {name: Entry(name, _title(**row), 1.0, None) for name, row in self._folder.with_gold()}
        self._states = dict.fromkeys(known, "finished")
        self._states |= {one.entry.id: one.state for one in reviews}
        self._entries = known | {one.entry.id: one.entry for one in reviews} | found
        if accept_at is not None:
            self._agree(accept_at, {one.entry.id for one in reviews if one.agreed}, say)
            reviews = list(begun(self._folder, lambda _: None))  # what is damaged was named already
        first, last = self._recover(reviews, say)
        self._order = sorted(self._entries.values(), key=lambda e: (e.id not in first, e.id in last, e.confidence))
        self._at = {entry.id: number for number, entry in enumerate(self._order)}

    def close(self) -> None:
        self._folder.close()

    def counts(self) -> dict[str, int]:
        """The number of articles in each state."""
        counts = Counter(map(self._state, self._entries))
        return {state: counts[state] for state in STATES}

    def queue(self, state: str | None, limit: int, offset: int, search: str = "") -> Body:
        """Articles of a state with all the words in title or id, the least confident first."""
        words = _plain(search).split()

        def has_words(entry: Entry) -> bool:
            text = _plain(f"{entry.title} {entry.id}") if words else ""
            return all(word in text for word in words)

        with self._lock:
            found = [e for e in self._order if state in (None, self._state(e.id)) and has_words(e)]
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

    def _article(self, name: str) -> Article:
        if name not in self._entries:
            raise Unknown(f"there is no article {name!r}")
        if name not in self._open:
            self._open[name] = self._read(name)
            if len(self._open) > OPEN:
                self._open.popitem(last=False)
        self._open.move_to_end(name)
        return self._open[name]

    def _read(self, name: str) -> Article:
        if found := journal.read(self._folder.file(REVIEW, name), name):
            article = Article(*found)
        else:
            base = self._base(name)
            gold = digest_of(self._folder.file(GOLD, name)) if base.origin == "gold" else None
            header = journal.header(base, gold)
            article = Article(begin(base), [journal.digests(header)], [header])
        article.recover(self._folder)
        record = self._record(name)
        if not isinstance(record, Record):
            return article
        try:
            if found and article.renew(record):
                return article
        except ArticleError as error:
            article.notes.append(str(error))
        base = article.progress.base
        if base.origin == "gold":
            article.notes += [OTHER_TEXT] if record.article.text != base.record.article.text else []
        else:
            article.notes += [OTHER_RECORD] if record != base.record else []
        return article

    def _base(self, name: str) -> Base:
        """Existing gold, else the record."""
        if self._state(name) == "finished":
            try:
                return based_on(self._folder.read_gold(name), "gold")
            except ArticleError as error:
                raise ArticleError(name, f"cannot be reviewed: {error.reason}; {CORRECT_GOLD}") from error
        record = self._record(name)
        if isinstance(record, Record):
            return based_on(record)
        raise record or ArticleError(name, "has neither a record nor gold any more; start `corridor review` again")

    def _record(self, name: str) -> Record | ArticleError | None:
        """The record of an article, at its position in the file; None if only the folder has the article."""
        place = self._entries[name].place
        try:
            record = record_at(place) if place else None
        except SetupError as error:
            return ArticleError(name, str(error))
        if isinstance(record, Record) and record.article.id != name:
            return ArticleError(str(place), f"no longer holds {name!r}; start `corridor review` again")
        return record

    def _agree(self, at: float, agreed: set[str], say: Say) -> None:
        """Accepts rows this sure by agreement, and no others, also where some were `agreed`; says how many are."""
        rows, now = Counter[str](), datetime.now(UTC).isoformat(timespec="seconds")
        names = [one.id for one in self._entries.values() if one.surest >= at or one.id in agreed]
        say(f"{number_of(len(names), 'article')} to accept by agreement in; 1,000 take about 20 seconds")
        for name in names:
            try:
                article = self._article(name)
                article.agree(self._folder, at, now)
                found = article.progress.state.verdicts.values()
                rows[name] = sum(one.decision is not None and one.agreement is not None for one in found)
            except (ArticleError, Refused) as error:
                say(str(error))
        many = f"{number_of(rows.total(), 'commitment')} in {number_of(len(+rows), 'article')}"
        say(f"{many} accepted by agreement at {at:g}, not by a person")

    def _recover(self, reviews: list[Begun], say: Say) -> tuple[set[str], set[str]]:
        """Completes files after a crash, and reports reviews that started from other records.

        Returns the articles in which a decision is reopened, and those in which agreement left nothing to look at.
        """
        others, first, last, reviewed = 0, set[str](), set[str](), Reviewed(self._folder.path)
        for one in reviews:
            name = one.entry.id
            try:
                if not one.consistent:
                    self._article(name)
                record = self._record(name)
                if not isinstance(record, Record):
                    continue
                rows, text = reviewed.decisions(name), record.article
                reopened = [row for row in compare(rows, text.text, text.sha256, rows_of(record)) if row.reopened]
                first |= {name} if reopened else set()
                left = rows_of(record).keys() - {row.commitment for row in rows if row.decision}
                last |= {name} if not left and any(name_of(row) == AGREED for row in rows) else set()
                if any(row.changes for row in reopened):
                    self._states[name] = min("begun", self._state(name), key=STATES.index)
                else:
                    others += one.origin == "records" and digest(record.to_json()) != one.sha256
            except ArticleError as error:
                say(str(error))
        if others:
            say(f"{others} of {len(reviews)} reviews started from other records; they continue with those")
        if first:
            say(f"{number_of(len(first), 'article')} with decisions that were reopened; first in the queue")
        return first, last


def _plain(text: str) -> str:
    return unaccented(text).casefold()
