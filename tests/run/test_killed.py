"""The command really killed, stopped and cut short: a resumed run ends with the bytes of one that was left in peace.

Real processes with the real pipeline: parts of six articles, so that a run has several.
"""

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CALL = "import pipeline.run.parts as p; p.PART = 6; p.BATCH = 2; from pipeline.cli import main; main()"
ARTICLES = 60  # so many that the run lasts until it is killed
SECONDS = 300  # for a process to get somewhere, on a busy machine

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals")


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("news") / "news.jsonl"
    rows = [
        {
            "id": f"n{n}",
            "date": "2025-03-04",
            "text": f"Japan will lend Kenya ${n} million for a port in {2030 + n}. " * 4,
        }
        for n in range(ARTICLES)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def start(news: Path, out: Path, *options: str, limit: Callable[[], None] | None = None) -> "subprocess.Popen[str]":
    words = ["extract", str(news), "-o", f"{out}/", "--profile", "fast", "--workers", "2", *options]
    return subprocess.Popen(
        [sys.executable, "-c", CALL, *words], cwd=ROOT, stderr=subprocess.PIPE, text=True, preexec_fn=limit
    )


def finish(process: "subprocess.Popen[str]") -> str:
    _, told = process.communicate(timeout=SECONDS)
    return told


def until_a_part_is_there(process: "subprocess.Popen[str]", out: Path) -> None:
    end = time.monotonic() + SECONDS
    while not records_of(out):
        assert process.poll() is None, finish(process)
        assert time.monotonic() < end
        time.sleep(0.02)


def workers_of(process: "subprocess.Popen[str]") -> list[int]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(pid) for pid in children if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()]


def records_of(out: Path) -> list[Path]:
    return sorted(out.glob("records-*.jsonl"))


def records(out: Path) -> bytes:
    return b"".join(path.read_bytes() for path in records_of(out))


@pytest.fixture(scope="module")
def whole(news: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The records of a run that was left in peace."""
    out = tmp_path_factory.mktemp("whole") / "run"
    process = start(news, out)
    told = finish(process)
    assert (process.returncode, f"{ARTICLES} records written" in told) == (0, True), told
    assert records(out).count(b"\n") == ARTICLES
    return records(out)


@pytest.mark.slow
@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_command_is_ended_and_resumed(news: Path, tmp_path: Path, whole: bytes, kill: signal.Signals) -> None:
    out = tmp_path / "run"
    process = start(news, out)
    until_a_part_is_there(process, out)
    workers = workers_of(process)
    process.send_signal(kill)
    told = finish(process)
    assert len(records(out)) < len(whole), "it was over before it was ended"
    if kill == signal.SIGINT:
        assert process.returncode == 130
        assert "--resume" in told
    end = time.monotonic() + SECONDS
    while any(Path(f"/proc/{pid}/cmdline").exists() for pid in workers):  # they notice that they are alone
        assert time.monotonic() < end
        time.sleep(0.05)
    resumed = start(news, out, "--resume")
    told = finish(resumed)
    assert resumed.returncode == 0, told
    assert records(out) == whole
    assert json.loads((out / "run.json").read_text())["counts"] == {"done": ARTICLES}


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the workers in /proc")
def test_a_worker_that_is_killed_costs_nothing(news: Path, tmp_path: Path, whole: bytes) -> None:
    out = tmp_path / "run"
    process = start(news, out)
    until_a_part_is_there(process, out)
    os.kill(workers_of(process)[0], signal.SIGKILL)
    told = finish(process)
    assert process.returncode == 0, told
    assert records(out) == whole


@pytest.mark.slow
def test_a_cluster_gives_the_same_bytes(news: Path, tmp_path: Path, whole: bytes) -> None:
    if find_spec("ray") is None:
        pytest.skip("Ray is an extra: pip install 'corridor[ray]'")
    process = start(news, tmp_path / "run", "--engine", "ray")
    told = finish(process)
    assert process.returncode == 0, told
    assert records(tmp_path / "run") == whole


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "advice"),
    [(18_500, "--resume"), (100_000, "TMPDIR")],  # bytes: less than the manifest, than the unpacked language model
)
def test_a_disk_that_is_full_ends_the_run_with_a_word(
    news: Path, tmp_path: Path, whole: bytes, size: int, advice: str
) -> None:
    out = tmp_path / "run"

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    process = start(news, out, limit=small_files)
    told = finish(process)
    assert process.returncode == 2
    assert "cannot be written" in told
    assert advice in told
    assert "Traceback" not in told
    resumed = start(news, out, "--resume")
    assert finish(resumed)
    assert records(out) == whole


def test_the_manifest_has_a_row_an_article(news: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    finish(start(news, out, "--limit", "7"))
    rows = sqlite3.connect(out / "manifest.sqlite").execute(
        "SELECT id, status, reason, ms FROM articles ORDER BY place"
    )
    found = rows.fetchall()
    assert [row[:3] for row in found] == [(f"n{n}", "done", "") for n in range(7)]
    assert all(ms > 0 for *_, ms in found)
