"""What `corridor fetch` keeps, tells of pages that changed or went, and completes after a kill."""

import gzip
import hashlib
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sources.fetch.server import OK, XML, Fetched, Site, endless, page, rows, rss, seen, send, status, with_etag

from pipeline.sources.fetch import folder

ROOT = Path(__file__).resolve().parents[3]


def test_a_page_becomes_an_article_and_is_kept_as_received(site: Site, tmp_path: Path) -> None:
    site.pages["/a"] = send(page("Loan for Lamu", 30))
    run = Fetched(tmp_path, f"{site.url}/a")
    assert (run.code, run.out) == (0, "")
    assert "1 new, 0 unchanged, 0 changed, 0 gone, 0 refused, 0 failed" in run.err
    (line,) = run.lines
    assert list(line) == ["id", "title", "date", "source", "url", "text"]
    assert (line["title"], line["date"], line["url"]) == ("Loan for Lamu", "2026-11-03", f"{site.url}/a")
    name = hashlib.sha256(page("Loan for Lamu", 30).encode()).hexdigest()
    kept = tmp_path / "pages" / f"{name}.html.gz"
    assert gzip.decompress(kept.read_bytes()).decode() == page("Loan for Lamu", 30)
    assert seen(tmp_path, "SELECT id, page FROM articles") == [(line["id"], name)]


def test_what_is_fetched_can_be_extracted(site: Site, tmp_path: Path) -> None:
    from pipeline.sources import ReadOptions, read

    site.pages["/a"] = send(page("Loan\u2028for Lamu", 30))
    Fetched(tmp_path, f"{site.url}/a")
    (article,) = read([str(tmp_path / "articles.jsonl")], ReadOptions())
    (same,) = read([str(tmp_path)], ReadOptions())
    assert article == same
    assert article.id == article.sha256[:16]


def test_unchanged_pages_are_passed_over(site: Site, tmp_path: Path) -> None:
    site.pages = {
        "/etag": with_etag(page("Loan", 30), '"1"'),
        "/same": send(page("Grant", 40), Last_Modified="Tue, 03 Nov 2026 10:00:00 GMT"),
        "/advert": send(page("Road", 50, "<!-- 1 -->")),
    }
    urls = [f"{site.url}{path}" for path in site.pages]
    Fetched(tmp_path, *urls)
    before = (tmp_path / "articles.jsonl").read_bytes()
    site.pages["/advert"] = send(page("Road", 50, "<!-- 2 -->"))
    site.requests.clear()
    run = Fetched(tmp_path, *urls)
    assert run.code == 0 and "0 new, 3 unchanged" in run.err
    assert (tmp_path / "articles.jsonl").read_bytes() == before
    assert len(list((tmp_path / "pages").iterdir())) == 3
    asked = {request.path: request.headers for request in site.requests}
    assert asked["/etag"]["if-none-match"] == '"1"'
    assert asked["/same"]["if-modified-since"] == "Tue, 03 Nov 2026 10:00:00 GMT"


def test_a_page_that_changed_in_silence_is_told_and_kept_beside_the_old_one(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "_now", lambda: "2026-11-03T10:00:00+00:00")
    told = []
    for amount in (30, 300, 30, 30):
        site.pages["/a"] = send(page("Loan", amount), ETag=f'"{amount}"')
        run = Fetched(tmp_path, f"{site.url}/a")
        told.append(f"changed since 2026-11-03: {site.url}/a" in run.err)
        assert run.code == 0
    assert told == [False, True, True, False]
    assert ["$300 million" in line["text"] for line in run.lines] == [False, True, False]
    assert len({line["url"] for line in run.lines}) == 1
    assert len({line["id"] for line in run.lines}) == 3
    assert run.lines[2]["id"] == f"{run.lines[0]['id']}-2"


def test_pages_that_left_their_feed_are_asked_for_again_on_request(site: Site, tmp_path: Path) -> None:
    site.pages = {"/feed": send(rss("/a"), XML), "/a": send(page("Loan", 30)), "/b": send(page("Grant", 40))}
    Fetched(tmp_path, f"{site.url}/feed")
    site.pages |= {"/feed": send(rss("/b"), XML), "/a": send(page("Loan", 300))}
    assert "1 new, 0 unchanged, 0 changed" in Fetched(tmp_path, f"{site.url}/feed").err
    assert "0 new, 1 unchanged, 1 changed" in Fetched(tmp_path, f"{site.url}/feed", "--again").err
    assert "2 refused" in Fetched(tmp_path, "--again").err  # on loopback, which is named each time


def test_a_tag_that_no_header_can_hold_does_not_stop_the_next_run(site: Site, tmp_path: Path) -> None:
    site.pages["/a"] = send(page("Loan", 30), ETag='"a\x01b"', Last_Modified="\xfc")
    Fetched(tmp_path, f"{site.url}/a")
    assert "1 unchanged" in Fetched(tmp_path, f"{site.url}/a").err
    assert "if-none-match" not in site.requests[-1].headers


@pytest.mark.parametrize("code", [404, 410])
def test_a_page_that_is_gone_is_told(site: Site, tmp_path: Path, code: int) -> None:
    site.pages["/a"] = send(page("Loan", 30))
    Fetched(tmp_path, f"{site.url}/a")
    site.pages["/a"] = status(code)
    run = Fetched(tmp_path, f"{site.url}/a", f"{site.url}/never")
    assert f"gone since {seen(tmp_path, 'SELECT last FROM seen')[0][0][:10]}: {site.url}/a" in run.err
    assert (run.code, f"failed: {site.url}/never: HTTP 404" in run.err) == (1, True)
    assert len(run.lines) == 1 and seen(tmp_path, "SELECT status FROM seen") == [("gone",)]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_stopped_in_the_middle_everything_so_far_is_kept_and_the_next_run_goes_on(
    site: Site, tmp_path: Path, number: int
) -> None:
    site.pages = {"/feed": send(rss(*(f"/{n}" for n in range(6))), XML)}
    site.pages |= {f"/{n}": send(page(f"News {n}", n + 1)) for n in range(6)}
    site.pages["/3"] = endless(OK, b"<", 0.05)
    command = [sys.executable, "-m", "pipeline", "fetch", f"{site.url}/feed", "-o", str(tmp_path), "--delay", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while "/3" not in site.paths and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(number)
    _, told = process.communicate(timeout=30)
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert "the same command goes on" in told
    assert [line["title"] for line in rows(tmp_path)] == ["News 0", "News 1", "News 2"]
    site.pages["/3"] = send(page("News 3", 4))
    run = Fetched(tmp_path, f"{site.url}/feed")
    assert (run.code, "3 new, 3 unchanged" in run.err) == (0, True)
    assert [line["title"] for line in run.lines] == [f"News {n}" for n in range(6)]


class Killed(BaseException):
    """The end of the process, at a certain place."""


@pytest.mark.parametrize("written", [0, 1, 100, None])
def test_killed_while_a_line_is_written_it_is_completed_once(
    site: Site, tmp_path: Path, written: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages = {f"/{n}": send(page(f"News {n}", n + 1)) for n in range(2)}
    Fetched(tmp_path, f"{site.url}/0")
    path = tmp_path / "articles.jsonl"

    def torn(self: folder.Folder, line: bytes) -> None:
        with path.open("ab") as file:
            file.write(line[:written])
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(folder.Folder, "_append", torn)
        with pytest.raises(Killed):
            Fetched(tmp_path, f"{site.url}/1")
    run = Fetched(tmp_path, f"{site.url}/0", f"{site.url}/1")
    assert [line["title"] for line in run.lines] == ["News 0", "News 1"]
    assert "0 new, 2 unchanged" in run.err


def test_lines_of_a_user_are_left_alone(site: Site, tmp_path: Path) -> None:
    site.pages = {f"/{n}": send(page(f"News {n}", n + 1)) for n in range(2)}
    Fetched(tmp_path, f"{site.url}/0")
    with (tmp_path / "articles.jsonl").open("a") as file:
        file.write('{"title": "mine", "text": "x"}')
    assert [line["title"] for line in Fetched(tmp_path, f"{site.url}/1").lines] == ["News 0", "mine", "News 1"]
    (tmp_path / "articles.jsonl").unlink()
    assert "2 unchanged" in Fetched(tmp_path, f"{site.url}/0", f"{site.url}/1").err


def test_folders_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    for name in ("other", "columns"):
        (tmp_path / name).mkdir()
    (tmp_path / "other" / "seen.sqlite").write_bytes(b"no database at all" * 100)
    with sqlite3.connect(tmp_path / "columns" / "seen.sqlite") as opened:
        opened.execute("CREATE TABLE seen (url TEXT)")
    with folder.Folder(tmp_path / "busy"):
        for name, reason in (("other", "seen.sqlite"), ("columns", "seen.sqlite"), ("busy", "another process")):
            run = Fetched(tmp_path / name, "http://127.0.0.1:1/")
            assert (run.code, reason in run.err) == (2, True), run.err


def test_quiet_says_only_what_went_wrong(site: Site, tmp_path: Path) -> None:
    site.pages = {"/feed": send(rss("/a", "/b"), XML), "/a": send(page("Loan", 30))}
    assert Fetched(tmp_path, f"{site.url}/feed", "--quiet").err == f"corridor: failed: {site.url}/b: HTTP 404\n"
