"""Runs `corridor fetch` and reads what it has written."""

import json
import socket
import sqlite3
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from pipeline.cli import app

XML = "application/rss+xml"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"


class Fetched:
    """What a run of the command gave: `code`, `err`, and the lines in the folder."""

    def __init__(self, out: Path, *words: str) -> None:
        result = CliRunner().invoke(app, ["fetch", *words, "-o", str(out), "--delay", "0"])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.code, self.err, self.out = result.exit_code, result.stderr, result.stdout
        self.lines = rows(out)


def rows(out: Path) -> list[dict[str, Any]]:
    path = out / "articles.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def seen(out: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(out / "seen.sqlite") as opened:
        return opened.execute(query).fetchall()


def raw(data: bytes) -> Any:
    return lambda handler: handler.wfile.write(data)


def numeric(host: str, port: int, **_: object) -> list[Any]:
    """Names and old forms of numbers as most systems resolve them, without asking anyone."""
    address = {"localhost": "127.0.0.1", "2130706433": "127.0.0.1", "two.example": "8.8.8.8"}.get(host, host)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = [(family, socket.SOCK_STREAM, 6, "", (address, port))]
    return [*found, (family, socket.SOCK_STREAM, 6, "", ("10.0.0.1", port))] if host == "two.example" else found
