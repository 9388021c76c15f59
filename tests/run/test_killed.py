"""The command really killed, stopped and cut short: a resumed run ends with the bytes of one that was left in peace.

Real processes with the real pipeline: parts of six articles, so that a run has several.
"""

import json
import os
import resource
import signal
import sqlite3
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest
from run.engine import records
from run.processes import Running, finish, until
from run.processes import start as started

ARTICLES = 60  # so many that the run lasts until it is killed

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals")


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("news") / "news.jsonl"
    texts = [f"Japan will lend Kenya ${n} million for a port in {2030 + n}. " * 4 for n in range(ARTICLES)]
    rows = [{"id": f"n{n}", "date": "2025-03-04", "text": text} for n, text in enumerate(texts)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def start(news: Path, out: Path, *options: str, limit: Callable[[], None] | None = None) -> Running:
    return started(news, out, 6, "--workers", "2", *options, limit=limit)


def workers_of(process: Running) -> list[int]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(pid) for pid in children if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()]


@pytest.fixture(scope="module")
def whole(news: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The records of a run that was left in peace."""
    out = tmp_path_factory.mktemp("whole") / "run"
    assert f"{ARTICLES} records written" in finish(start(news, out), 0)
    assert records(out).count(b"\n") == ARTICLES
    return records(out)


@pytest.mark.slow
@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_command_is_ended_and_resumed(news: Path, tmp_path: Path, whole: bytes, kill: signal.Signals) -> None:
    out = tmp_path / "run"
    process = start(news, out)
    until(lambda: records(out), process)
    workers = workers_of(process)
    process.send_signal(kill)
    said = finish(process)
    assert len(records(out)) < len(whole), "it was over before it was ended"
    if kill == signal.SIGINT:
        assert process.returncode == 130
        assert "--resume" in said
    until(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in workers))  # they notice that they are alone
    finish(start(news, out, "--resume"), 0)
    assert records(out) == whole
    assert json.loads((out / "run.json").read_text())["counts"] == {"done": ARTICLES}


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the workers in /proc")
def test_a_worker_that_is_killed_costs_nothing(news: Path, tmp_path: Path, whole: bytes) -> None:
    out = tmp_path / "run"
    process = start(news, out)
    until(lambda: records(out), process)
    os.kill(workers_of(process)[0], signal.SIGKILL)
    finish(process, 0)
    assert records(out) == whole


@pytest.mark.slow
@pytest.mark.skipif(find_spec("ray") is None, reason="an extra: pip install 'corridor[ray]'")
def test_a_cluster_gives_the_same_bytes(news: Path, tmp_path: Path, whole: bytes) -> None:
    finish(start(news, tmp_path / "run", "--engine", "ray"), 0)
    assert records(tmp_path / "run") == whole


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "advice"),
    [(18_500, "--resume"), (100_000, "TMPDIR")],  # bytes: less than the manifest, than the unpacked language model
)
def test_a_disk_that_is_full_ends_the_run_with_a_word(
    news: Path, tmp_path: Path, whole: bytes, size: int, advice: str
) -> None:
    out, limits = tmp_path / "run", (size, resource.RLIM_INFINITY)
    said = finish(start(news, out, limit=partial(resource.setrlimit, resource.RLIMIT_FSIZE, limits)), 2)
    assert "cannot be written" in said
    assert advice in said
    assert "Traceback" not in said
    finish(start(news, out, "--resume"), 0)
    assert records(out) == whole


def test_the_manifest_has_a_row_an_article(news: Path, tmp_path: Path) -> None:
    finish(start(news, tmp_path / "run", "--limit", "7"), 0)
    rows = sqlite3.connect(tmp_path / "run" / "manifest.sqlite").execute(
        "SELECT id, status, reason, ms > 0 FROM articles ORDER BY place"
    )
    assert rows.fetchall() == [(f"n{n}", "done", "", 1) for n in range(7)]
