"""`corridor fetch` as a person meets it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sources.fetch.running import XML, Fetched
from sources.fetch.server import Site, page, rss, send
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.sources.fetch import folder


def test_folders_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    other = tmp_path / "other"
    other.mkdir()
    (other / "seen.sqlite").write_bytes(b"no database at all" * 100)
    columns = tmp_path / "columns"
    columns.mkdir()
    with sqlite3.connect(columns / "seen.sqlite") as opened:
        opened.execute("CREATE TABLE seen (url TEXT)")
    busy = folder.Folder(tmp_path / "busy")
    with busy:
        for name, reason in (
            ("file", "file"),
            ("other", "seen.sqlite"),
            ("columns", "seen.sqlite"),
            ("busy", "another process"),
        ):
            result = CliRunner().invoke(app, ["fetch", "http://127.0.0.1:1/", "-o", str(tmp_path / name)])
            assert (result.exit_code, reason in result.stderr) == (2, True), result.stderr
    result = CliRunner().invoke(app, ["fetch", "http://127.0.0.1:1/", "-o", "s3://bucket/news"])
    assert (result.exit_code, "of this machine" in result.stderr) == (2, True)


def test_quiet_says_only_what_went_wrong(tmp_path: Path) -> None:
    with Site() as site:
        site.pages = {"/feed": send(rss("/a", "/b"), XML), "/a": send(page("Loan", 30))}
        run = Fetched(tmp_path, f"{site.url}/feed", "--quiet")
    assert run.err == f"corridor: failed: {site.url}/b: HTTP 404\n"
