"""`corridor watch` as a person or a cron job meets it."""

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from knowledge.changes.news import port
from run.engine import Engine as Records
from sources.fetch.server import Site, page, rss, send
from test_cli import closed_port, run

from pipeline.atomic import locked
from pipeline.cli.resolve import News
from pipeline.record import Article
from pipeline.run import Outcome
from pipeline.run.inbox import Inbox
from pipeline.sources import ReadOptions, read

FIRST = port("o", "2025-06-03")
LATER = port("p", "2025-06-10", "underway", words="Work on berths at Lamu Port has begun.")
SAID = {record.article.text: record for record in (FIRST, LATER)}
NOTHING_NEW = "corridor: 0 new articles, 2 in watched\n"


class Engine(Records):
    """Answers with the records of `SAID`, and without any commitment for other texts; ends after `last` articles."""

    def _answer(self, article: Article) -> Outcome:
        outcome = super()._answer(article)
        if outcome.state != "done" or article.text not in SAID:
            return outcome
        return Outcome(article.id, "done", SAID[article.text].model_copy(update={"article": article}).to_json())


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    """What reads; `seen` has the ids that it was given. No model is loaded."""
    made = Engine()
    monkeypatch.setattr("pipeline.run.local_engine", lambda *_: nullcontext(made))
    return made


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Engine) -> Path:
    """An empty folder to work in, with one article in news/."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "news").mkdir()
    add(FIRST.article)
    return tmp_path


def add(article: Article, name: str = "") -> None:
    row = article.model_dump(include={"id", "text", "date", "source", "url"})
    Path("news", f"{name or article.id}.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")


def articles() -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path("watched/articles.jsonl").read_text(encoding="utf-8").splitlines()]


def written() -> dict[str, bytes]:
    """What a watch has written, without its locks and clocks."""
    apart = ("run/run.json", "run/manifest")
    found = {str(path.relative_to("watched")): path for path in Path("watched").rglob("*") if path.is_file()}
    return {
        name: path.read_bytes()
        for name, path in found.items()
        if not name.startswith(apart) and "lock" not in name and "sqlite" not in name
    }


def watch(more: str = "", code: int = 0, sources: str = "news/") -> Any:
    answer = run(f"corridor watch {sources} -o watched/ {more}")
    assert answer.code == code, answer.err
    return answer


def test_what_arrives_between_two_rounds_is_told_alone(here: Path, engine: Engine) -> None:
    first = watch()
    assert first.out.startswith("Added (1)\n")
    add(LATER.article)
    second = watch()
    assert "Added" not in second.out
    assert "agreed → underway. “Work on berths at Lamu Port has begun.” (p, 2025-06-10)" in second.out
    assert "corridor: 1 new article, 2 in watched\n" in second.err
    assert [row["id"] for row in articles()] == engine.seen == ["o", "p"]
    before = written()
    assert run("corridor extract watched/articles.jsonl -o watched/run/ --resume --workers 1").code == 0
    assert written() == before  # made with the options of a plain run


def test_a_round_without_news_reads_and_changes_nothing(here: Path, engine: Engine) -> None:
    add(LATER.article)
    watch()
    before, seen = written(), list(engine.seen)
    answer = watch()
    assert (answer.out, answer.err) == ("", NOTHING_NEW)
    assert (written(), engine.seen) == (before, seen)
    assert watch("--quiet").err == ""
    Path("watched/seen.sqlite").write_bytes(b"no database" * 100)  # an index that is lost is made anew
    assert watch().err == NOTHING_NEW
    assert (written(), engine.seen) == (before, seen)


def test_a_changed_text_is_another_article_of_the_same_address(here: Path) -> None:
    watch()
    changed = FIRST.article.model_copy(update={"url": "https://example.org/1", "text": "Work on the berths has ended."})
    add(changed)
    watch()
    assert [row["id"] for row in articles()] == ["o", "o-2"]
    assert articles()[1]["url"] == changed.url
    add(FIRST.article)  # and back again
    assert watch().err == NOTHING_NEW


def test_a_feed_is_fetched_and_its_changes_are_followed(here: Path) -> None:
    with Site() as site:
        site.pages = {"/feed": send(rss("/a", "/b"), "application/rss+xml"), "/a": send(page("Loan", 30))}
        sources = f"{site.url}/feed news/"
        first = watch("--delay 0", 1, sources)
        assert f"failed: {site.url}/b: HTTP 404" in first.err
        assert {row.get("url") for row in articles()} == {None, f"{site.url}/a"}
        site.pages |= {"/a": send(page("Loan", 40)), "/b": send(page("Port", 50))}
        watch("--delay 0", 0, sources)
        assert sorted(row["url"] for row in articles() if "url" in row) == [f"{site.url}/{name}" for name in "aab"]
        before = written()
        watch("--delay 0", 0, sources)
        assert written() == before


def test_sources_that_fail_are_named_and_cost_nothing_else(here: Path) -> None:
    down = f"http://127.0.0.1:{closed_port()}/feed"
    Path("news/half.jsonl").write_text('{"id": "x", "te', encoding="utf-8")
    Path("empty").mkdir()
    answer = watch("--delay 0", 1, f"nowhere/ {down} empty/ news/")
    assert all(name in answer.err for name in ("nowhere", f"failed: {down}", "half.jsonl"))
    assert "empty" not in answer.err
    assert answer.out.startswith("Added (1)\n")
    assert [row["id"] for row in articles()] == ["o"]


def test_a_round_that_was_stopped_goes_on(here: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    add(LATER.article)
    engine._last = 1
    answer = watch(code=130)
    assert "corridor: stopped; continue with: corridor" in answer.err
    engine._last = None
    assert watch().out.startswith("Added (1)\n")
    whole = written()
    Path("watched").rename("stopped")
    watch()
    assert written() == whole


@pytest.mark.parametrize("stop", [(News, "show"), (sys.modules["pipeline.cli.resolve"], "sound_records")])
def test_what_was_not_shown_is_shown_by_the_next_round(here: Path, monkeypatch: pytest.MonkeyPatch, stop: Any) -> None:
    watch()
    add(LATER.article)
    with monkeypatch.context() as context:
        context.setattr(*stop, stopped)
        watch(code=130)
    assert "agreed → underway" in watch().out


def stopped(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_last_line_that_was_cut_is_mended_and_a_damaged_one_named(here: Path) -> None:
    add(LATER.article)
    watch()
    before, path = written(), Path("watched/articles.jsonl")
    whole = path.read_bytes()
    for end in (-1, -40):
        path.write_bytes(whole[:end])
        answer = watch()
        assert ("watched/articles.jsonl:2: was not written to its end" in answer.err) is (end < -1)
        assert (written(), answer.out) == (before, "")
    first, second = whole.splitlines(keepends=True)
    path.write_bytes(first[:50] + b"\n" + second)
    before = written()
    assert "watched/articles.jsonl:1: damaged" in watch(code=2).err
    assert written() == before
    path.write_bytes(second)  # as the message says
    assert watch().out == ""
    assert [row["id"] for row in articles()] == ["p", "o"]


def test_two_watches_at_once_are_refused(here: Path) -> None:
    Path("watched").mkdir()
    lock = locked(Path("watched/watch.lock"), "")
    try:
        assert "another watch is at work there" in watch(code=2).err
        assert not Path("watched/articles.jsonl").exists()
    finally:
        lock.release()
    watch()


def test_rounds_go_on_until_someone_stops_them(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited = list[float]()

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            raise KeyboardInterrupt
        add(LATER.article)

    monkeypatch.setattr(sys.modules["pipeline.cli.fetch"].time, "sleep", sleep)
    answer = watch("--every 15", 130)
    assert waited == [900, 900]
    assert answer.out.startswith("Added (1)\n") and "agreed → underway" in answer.out
    assert "stopped; continue with: corridor" in answer.err


def test_alerts_end_with_3_and_wait_for_a_webhook_that_is_down(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("port.yaml").write_text("- name: port\n  project: Lamu Port\n", encoding="utf-8")
    sent = list[int]()
    hook = "--alerts port.yaml --webhook https://example.org/hook"
    monkeypatch.setattr(sys.modules["pipeline.cli.resolve"], "post", lambda *_: "it is down")
    assert "it is down" in watch(hook, 1).err
    monkeypatch.setattr(sys.modules["pipeline.cli.resolve"], "post", lambda _, rows: sent.append(len(rows)))
    watch(hook, 3)
    watch(hook)
    assert sent == [1]


def test_an_article_that_fails_costs_itself(here: Path) -> None:
    add(FIRST.article.model_copy(update={"id": "q", "text": "bad"}))
    assert "q: cannot be read" in watch(code=1).err
    assert watch().err == NOTHING_NEW
    add(LATER.article)
    answer = watch()
    assert ("agreed → underway" in answer.out, "q: " in answer.err) == (True, False)


def test_the_folder_of_the_watch_is_no_source_and_each_article_is_as_its_reader_gave_it(here: Path) -> None:
    watch(sources=".")
    before = written()
    watch(sources=".")
    assert written() == before
    Path("watched").rename("other")
    Path("more").mkdir()
    Path("more/road.txt").write_text("Road signed\n\nJapan signed a grant with Kenya on Monday.\n", encoding="utf-8")
    watch(sources="more/")
    (found,) = Inbox(Path("watched"), ReadOptions()).articles()
    assert [found] == list(read(["more/road.txt"]))
    assert run("corridor verify watched/run").code == 0
