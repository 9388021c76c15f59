"""How a run grows with the number of articles: seconds, memory of each process, size of the folder.

Hard because a hundred thousand real articles are not at hand: short ones are made from the beginnings of the authored
articles, each with a number of its own, so that none is a copy. That tells of growth, not of accuracy. `--kill` ends
the command by SIGKILL on the way and resumes it.
"""

from __future__ import annotations

import argparse
import json
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def articles(words: int) -> Iterator[str]:
    """Lines of JSON, as many as are wanted."""
    gold = ROOT / "seeds" / "gold" / "articles.jsonl"
    texts = [json.loads(line)["text"].split() for line in gold.read_text(encoding="utf-8").splitlines()]
    number = 0
    while True:
        text = " ".join(texts[number % len(texts)][:words])
        yield json.dumps({"id": f"n{number}", "text": f"Report {number}: {text}"}) + "\n"
        number += 1


def measured(count: int, words: int, profile: str, kill: int | None) -> dict[str, float]:
    """A run of `count` articles by the command, in a process of its own; `kill`: ended after so many parts, resumed."""
    with tempfile.TemporaryDirectory() as work:
        news, out = Path(work) / "news.jsonl", Path(work) / "run"
        with news.open("w", encoding="utf-8") as file:
            file.writelines(islice(articles(words), count))
        command = [sys.executable, "-m", "pipeline", "extract", str(news), "-o", f"{out}/", "--profile", profile, "-q"]
        start = time.monotonic()
        killed = [_watched(command, out, kill)] if kill else []
        found = [*killed, _watched([*command, "--resume"] if kill else command, out)]
        counts = json.loads((out / "run.json").read_text())["counts"]
        if counts != {"done": count} or _lines(out) != count:
            raise SystemExit(f"{count} articles came in; the run counts {counts}, its parts hold {_lines(out)} records")
        return {
            "articles": count,
            "seconds": round(time.monotonic() - start, 1),
            "parent_mb": max(parent for parent, _ in found),
            "worker_mb": max(workers for _, workers in found),
            "manifest_mb": round((out / "manifest.sqlite").stat().st_size / 1e6, 1),
            "records_mb": round(sum(path.stat().st_size for path in _parts(out)) / 1e6, 1),
        }


def _parts(out: Path) -> list[Path]:
    return sorted(out.glob("records-*"))


def _lines(out: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in _parts(out))


def _watched(command: list[str], out: Path, kill: int | None = None) -> tuple[int, int]:
    """The most memory that the command and the largest of its workers had at any time, in MB."""
    parent = workers = 0
    with subprocess.Popen(command, cwd=ROOT) as process:
        while process.poll() is None:
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
            pids = children.read_text().split() if children.exists() else []
            parent = max(parent, _memory(str(process.pid)))
            workers = max([workers, *map(_memory, pids)])
            time.sleep(0.5)
            if kill and len(_parts(out)) >= kill:
                process.kill()
    if process.returncode != (-signal.SIGKILL if kill else 0):
        raise SystemExit(f"the run ended with {process.returncode}")
    return parent, workers


def _memory(pid: str) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return round(pages * resource.getpagesize() / 1e6)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("counts", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    arguments.add_argument("--words", type=int, default=40)
    arguments.add_argument("--profile", default="fast")
    arguments.add_argument("--kill", type=int, help="end the command by SIGKILL after so many parts, and resume it")
    told = arguments.parse_args()
    for count in told.counts:
        print(json.dumps(measured(count, told.words, told.profile, told.kill)), flush=True)


if __name__ == "__main__":
    main()
