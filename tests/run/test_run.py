"""A run folder through all that can happen to it: copies, changes, longer inputs, stops; the records stay the same."""

import json
import logging
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.errors import ArticleError, SetupError
from pipeline.record import Article, digest
from pipeline.run import APART, PACKAGE, code, run
from pipeline.run.folder import RunFolder
from pipeline.run.workers.worker import Item, Outcome

MADE = {"profile": "fast", "models": "1"}
Read = Article | ArticleError


def articles(*texts: str) -> list[Read]:
    return [Article(id=f"a{n}", sha256=digest(text), text=text) for n, text in enumerate(texts)]


def long(word: str) -> str:
    """A text of sixty words like no other word's."""
    return " ".join(f"{word}{n}" for n in range(60))


class Engine:
    """Answers in this process; `seen`: the ids that a worker got; ends, as a power cut does, after `last` of them."""

    def __init__(self, last: int | None = None) -> None:
        self.seen: list[str] = []
        self._last = last

    def __call__(self, batches: Iterable[Sequence[Item]]) -> Iterator[list[Outcome]]:
        for batch in batches:
            yield [item if isinstance(item, Outcome) else self._answer(item) for item in batch]

    def _answer(self, article: Article) -> Outcome:
        self.seen.append(article.id)
        if self._last is not None and len(self.seen) > self._last:
            raise KeyboardInterrupt
        if article.text == "bad":
            return Outcome(article.id, "failed", reason="cannot be read")
        told = {"id": article.id, "text": article.text, "story": article.story}
        line = json.dumps({**told, "article": told})
        return Outcome(article.id, "done", line=line, words=1)


class Watcher(logging.Handler):
    """Remembers what is reported and logged: how many are done, which have changed, from where others stand."""

    def __init__(self) -> None:
        super().__init__()
        self.done, self.altered, self.places = 0, list[str](), list[str]()

    def emit(self, record: logging.LogRecord) -> None:
        for begin, end, found in (("from about article ", " on, the", self.places), ("", ": text, date", self.altered)):
            message = record.getMessage()
            if message.startswith(begin) and end in message:
                found.append(message.removeprefix(begin).partition(end)[0])

    def count(self, outcomes: Sequence[Outcome]) -> None:
        self.done += len(outcomes)

    def already_done(self, number: int) -> None:
        self.done += number


def go(
    folder: Path | str, items: list[Read], engine: Engine, resume: bool = False, **told: Any
) -> tuple[Any, list[str]]:
    """The counts and the ids that were said to have changed."""
    watch, log = told.get("watch", Watcher()), logging.getLogger("corridor")
    log.addHandler(watch)
    opened = RunFolder(str(folder), told.get("made", MADE), resume, told.get("retry", False))
    try:
        work = nullcontext(engine)
        counts = run(lambda: items, opened, work, told.get("near_copies", "group"), watch, told.get("prune", False))
    finally:
        opened.close()
        log.removeHandler(watch)
    assert watch.done == sum(counts.values())
    return counts, watch.altered


def records_of(folder: Path) -> list[Path]:
    return sorted(folder.glob("records-*"))


def records(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in records_of(folder))


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in records(folder).splitlines()]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.run.parts.PART", 4)


def test_every_article_is_accounted_for(tmp_path: Path) -> None:
    items = [*articles("one", "bad", "two", "one"), ArticleError("x.txt", "is empty"), *articles("three")]
    counts, _ = go(tmp_path / "run", items, Engine())
    assert counts == {"done": 3, "failed": 2, "skipped": 1}
    assert [line["text"] for line in lines(tmp_path / "run")] == ["one", "two", "three"]
    failed = [json.loads(line) for line in (tmp_path / "run" / "failed.jsonl").read_text().splitlines()]
    assert failed == [{"id": "a1", "reason": "cannot be read"}, {"id": "x.txt", "reason": "is empty"}]
    told = json.loads((tmp_path / "run" / "run.json").read_text())
    assert (told["state"], told["articles"], told["made"]) == ("finished", 6, MADE)
    rows = sqlite3.connect(tmp_path / "run" / "manifest.sqlite").execute("SELECT id, status, reason FROM articles")
    assert ("a3", "skipped", "has the same text as a0") in rows.fetchall()


@pytest.mark.parametrize("last", range(11))
def test_a_run_that_was_cut_off_ends_with_the_same_bytes(tmp_path: Path, last: int) -> None:
    items = articles(*(long(word) for word in "abcdefg"), long("a"), "bad", *(long(word) for word in "hij"))
    go(tmp_path / "whole", items, Engine())
    first, second = Engine(last), Engine()
    with pytest.raises(KeyboardInterrupt):
        go(tmp_path / "cut", items, first)
    assert sum(go(tmp_path / "cut", items, second, resume=True)[0].values()) == len(items)
    assert records(tmp_path / "cut") == records(tmp_path / "whole")
    done = max(read for read in (0, 4, 7) if read <= last)  # by the end of each part; the last article of one is a copy
    assert len(second.seen) == 11 - done


def test_parts_of_parquet_are_resumed_to_the_same_bytes_too(tmp_path: Path) -> None:
    items, made = articles(*"abcdefghij", "bad"), {**MADE, "to": "parquet"}
    go(tmp_path / "whole", items, Engine(), made=made)
    with pytest.raises(KeyboardInterrupt):
        go(tmp_path / "cut", items, Engine(6), made=made)
    go(tmp_path / "cut", items, Engine(), resume=True, made=made)
    assert records(tmp_path / "cut") == records(tmp_path / "whole")
    rows = [row for path in records_of(tmp_path / "cut") for row in pq.read_table(path).to_pylist()]
    assert [row["id"] for row in rows] == [f"a{n}" for n in range(10)]
    go(tmp_path / "cut", items[:3], Engine(), resume=True, made=made, prune=True)
    assert [path.name for path in records_of(tmp_path / "cut")] == ["records-00000.parquet"]


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_an_input_that_grew_is_read_from_where_it_ended(tmp_path: Path, form: str) -> None:
    texts = ("one", "bad", "one", *(long(word) for word in "abcdaef"))
    items, made, again = articles(*texts), {**MADE, "to": form}, Engine()
    for end in (2, 3, 5, 6, 8, 9):
        go(tmp_path / "run", items[:end], again, resume=True, made=made)
    assert again.seen == ["a0", "a1", "a3", "a4", "a5", "a6", "a8"]  # a2 and a7 are copies
    go(tmp_path / "fresh", items[:9], Engine(), made=made)
    assert records(tmp_path / "run") == records(tmp_path / "fresh")
    for path in [*(tmp_path / "fresh").glob("manifest-*"), tmp_path / "fresh" / "failed.jsonl"]:
        assert (tmp_path / "run" / path.name).read_bytes() == path.read_bytes()
    records_of(tmp_path / "run")[-1].write_bytes(b"damaged")
    go(tmp_path / "run", items, again, resume=True, made=made)
    assert again.seen[7:] == ["a8", "a9"]


def test_what_failed_is_read_once_more_where_that_is_asked(tmp_path: Path) -> None:
    items = [
        *articles("one", "two", "three", "four", "bad", "six", "seven", "eight"),
        ArticleError("x.txt", "is empty"),
    ]
    go(tmp_path / "run", items, Engine())
    for retry, seen in ((False, []), (True, ["a4", "a5", "a6", "a7"])):
        again = Engine()
        counts, _ = go(tmp_path / "run", items, again, resume=True, retry=retry)
        assert (counts, again.seen) == ({"done": 7, "failed": 2}, seen)


def test_a_copy_is_read_once_what_it_copied_is_gone(tmp_path: Path) -> None:
    before = articles("one", "two", "three", "four", "one", "six", "seven", "eight", "nine")
    after = articles("ONE", "two", "three", "four", "one", "six", "seven", "eight", "nine")
    go(tmp_path / "run", before, Engine())
    again = Engine()
    counts, _ = go(tmp_path / "run", after, again, resume=True)
    assert counts == {"done": 9}
    assert again.seen == ["a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7"]  # the last part hangs on nothing
    go(tmp_path / "fresh", after, Engine())
    assert records(tmp_path / "run") == records(tmp_path / "fresh")


MOVED = [
    ("abcdefghij", []),
    ("abcdefghijkl", []),  # more at the end
    ("abc", []),
    ("abcd", []),  # a whole part
    ("xabcdefghij", ["1"]),
    ("abcdegfhij", ["5"]),
    ("abcdeXfghij", ["5"]),
    ("jihgfedcba", ["1"]),
]


@pytest.mark.parametrize(("names", "places"), MOVED)
def test_other_articles_than_before_are_said_once(tmp_path: Path, names: str, places: list[str]) -> None:
    def named(letters: str) -> list[Read]:
        return [Article(id=letter, sha256=digest(long(letter)), text=long(letter)) for letter in letters]

    go(tmp_path / "run", named("abcdefghij"), Engine())
    watch = Watcher()
    go(tmp_path / "run", named(names), Engine(), resume=True, watch=watch, prune=len(names) < 10)
    assert (watch.places, watch.altered) == (places, [])
    go(tmp_path / "fresh", named(names), Engine())
    assert records(tmp_path / "run") == records(tmp_path / "fresh")
    assert len(records_of(tmp_path / "run")) == len(records_of(tmp_path / "fresh"))


@pytest.mark.parametrize(
    ("near_copies", "stories", "counts"),
    [
        ("group", ["a0", "a1", "a0", "a3"], {"done": 4}),
        ("skip", ["a0", "a1", "a3"], {"done": 3, "skipped": 1}),
        ("off", [None, None, None, None], {"done": 4}),
    ],
)
def test_near_copies(tmp_path: Path, near_copies: str, stories: list[str], counts: dict[str, int]) -> None:
    items = articles(long("port"), long("road"), f"KARACHI: {long('port').upper()} (Agencies)", long("dam"))
    assert go(tmp_path / "run", items, Engine(), near_copies=near_copies)[0] == counts
    assert [line["story"] for line in lines(tmp_path / "run")] == stories


def test_a_run_made_otherwise_is_refused(tmp_path: Path) -> None:
    items = articles("one")
    go(tmp_path / "run", items, Engine())
    with pytest.raises(SetupError, match="already holds a run; continue it with --resume"):
        go(tmp_path / "run", items, Engine())
    with pytest.raises(SetupError, match=r"made with other settings \(models: 1 then, 2 now\)"):
        go(tmp_path / "run", items, Engine(), resume=True, made={**MADE, "models": "2"})


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(SetupError, match="is a folder with other files in it"):
        go(tmp_path, articles("one"), Engine())


def test_what_reads_no_article_makes_no_other_run() -> None:
    names = {path.relative_to(PACKAGE).parts[0] for path in code()}
    assert names >= {"extract", "llm", "run", "sources", "stages", "values"}
    assert not names & APART
