"""`corridor fetch` as a person meets it."""

import sqlite3
from pathlib import Path

from sources.fetch.running import XML, Fetched
from sources.fetch.server import Site, page, rss, send
from test_cli import run

from pipeline.sources.fetch import folder


def test_folders_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    for name in ("other", "columns"):
        (tmp_path / name).mkdir()
    (tmp_path / "other" / "seen.sqlite").write_bytes(b"no database at all" * 100)
    with sqlite3.connect(tmp_path / "columns" / "seen.sqlite") as opened:
        opened.execute("CREATE TABLE seen (url TEXT)")
    with folder.Folder(tmp_path / "busy"):
        for name, reason in (("other", "seen.sqlite"), ("columns", "seen.sqlite"), ("busy", "another process")):
            answer = run(f"corridor fetch http://127.0.0.1:1/ -o {tmp_path / name}")
            assert (answer.code, reason in answer.err) == (2, True), answer.err


def test_quiet_says_only_what_went_wrong(tmp_path: Path) -> None:
    with Site() as site:
        site.pages = {"/feed": send(rss("/a", "/b"), XML), "/a": send(page("Loan", 30))}
        fetched = Fetched(tmp_path, f"{site.url}/feed", "--quiet")
    assert fetched.err == f"corridor: failed: {site.url}/b: HTTP 404\n"
