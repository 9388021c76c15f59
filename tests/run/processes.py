"""The real command in a process of its own, in small parts and with the `fast` profile, so that it can be killed."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 300  # for a process to get somewhere, on a busy machine
CALL = "import pipeline.run.parts as p; p.PART, p.BATCH = {part}, 2; from pipeline.cli import main; main()"
Running = subprocess.Popen[str]


def start(
    news: Path, out: Path, part: int, *options: str, before: str = "", limit: Callable[[], None] | None = None
) -> Running:
    """`corridor extract` into a run folder, with parts of so many articles; `before`: Python to run first."""
    command = [sys.executable, "-c", before + CALL.format(part=part), "extract", str(news), "-o", f"{out}/"]
    command += ["--profile", "fast", *options]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, preexec_fn=limit)


def finish(process: Running, code: int | None = None) -> str:
    """All that it says until it ends, with that exit code."""
    _, said = process.communicate(timeout=SECONDS)
    assert code is None or process.returncode == code, said
    return said


def until(true: Callable[[], object], process: Running | None = None) -> None:
    """Waits; where a process is given it must not end before."""
    end = time.monotonic() + SECONDS
    while not true():
        assert process is None or process.poll() is None, finish(process)
        assert time.monotonic() < end
        time.sleep(0.02)
