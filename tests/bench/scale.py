"""How a run grows with the number of articles: seconds, memory of each process, size of the folder.

Articles are the beginnings of the authored ones. In each, invented names and words, new every time, replace some of its
own: the vocabulary grows as that of real news does, about seven words an article. This measures growth, not accuracy.
`--kill` ends the command by SIGKILL on the way and resumes it.
"""

import argparse
import json
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import reduce
from itertools import batched, count, islice
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]


NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b")
WORD = re.compile(r"\b[a-z]{5,}(?=(?:ing|ion|ed|s|al|ment)\b)")  # the stem; the ending keeps the part of speech


def articles(words: int, share: float) -> Iterator[str]:
    """Lines of JSON, as many as are wanted; `share`: of the names and stems that are replaced by new ones."""
    gold = ROOT / "seeds" / "gold" / "articles.jsonl"
    texts = [json.loads(line)["text"].split() for line in gold.read_text(encoding="utf-8").splitlines()]
    for number in count():
        text = " ".join(texts[number % len(texts)][:words])
        chance = random.Random(number)
        text = NAME.sub(lambda name: _new(name[0], share, chance).capitalize(), text)  # noqa: B023  called at once
        text = WORD.sub(lambda stem: _new(stem[0], share, chance), text)  # noqa: B023
        yield json.dumps({"id": f"n{number}", "text": f"Report {number}: {text}"}) + "\n"


def _new(word: str, share: float, chance: random.Random) -> str:
    """The word, or, for a share of them, four invented syllables."""
    if chance.random() > share:
        return word
    return "".join(chance.choice("bdfgklmnprstvz") + chance.choice("aeiou") for _ in range(4))


def run(count: int, words: int, share: float, profile: str, kill: int | None) -> dict[str, Any]:
    """A run of `count` articles by the command, in a process of its own; `kill`: ended after so many parts, resumed.

    Memory is in MB: the most that each process had, and the most that the largest worker had in each quarter.
    """
    with tempfile.TemporaryDirectory() as work:
        news, out = Path(work) / "news.jsonl", Path(work) / "run"
        with news.open("w", encoding="utf-8") as file:
            file.writelines(islice(articles(words, share), count))
        command = [sys.executable, "-m", "pipeline", "extract", str(news), "-o", f"{out}/", "--profile", profile, "-q"]
        start = time.monotonic()
        killed = _watched(command, out, kill) if kill else []
        found = [*killed, *_watched([*command, "--resume"] if kill else command, out)]
        counts = json.loads((out / "run.json").read_text())["counts"]
        if sum(counts.values()) != count or counts["done"] != _lines(out):
            raise SystemExit(f"{count} articles came in; the run counts {counts}, its parts hold {_lines(out)} records")
        largest = [max(sample.workers.values(), default=0) for sample in found]
        quarter = len(found) // 4 or 1
        return {
            "articles": count,
            "counts": counts,
            "seconds": round(time.monotonic() - start, 1),
            "parent_mb": max(sample.parent for sample in found),
            "workers_mb": list(reduce(_most, (sample.workers for sample in found)).values()),
            "quarters_mb": [max(own) for own in batched(largest[: 4 * quarter], quarter, strict=True)],
            "manifest_mb": round((out / "manifest.sqlite").stat().st_size / 1e6, 1),
            "records_mb": round(sum(path.stat().st_size for path in _parts(out)) / 1e6, 1),
        }


def _most(one: dict[int, int], other: dict[int, int]) -> dict[int, int]:
    return {pid: max(one.get(pid, 0), other.get(pid, 0)) for pid in one | other}


def _parts(out: Path) -> list[Path]:
    return sorted(out.glob("records-*"))


def _lines(out: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in _parts(out))


class Sample(NamedTuple):
    """Memory of the command and of each of its workers by process id, in MB."""

    parent: int
    workers: dict[int, int]


def _watched(command: list[str], out: Path, kill: int | None = None) -> list[Sample]:
    """Runs the command, and returns two samples a second."""
    samples = []
    with subprocess.Popen(command, cwd=ROOT) as process:
        while process.poll() is None:
            samples.append(Sample(_memory(process.pid), {pid: _memory(pid) for pid in workers(process.pid)}))
            time.sleep(0.5)
            if kill and len(_parts(out)) >= kill:
                process.kill()
    if process.returncode != (-signal.SIGKILL if kill else 0):
        raise SystemExit(f"the run ended with {process.returncode}")
    return samples


def workers(pid: int) -> list[int]:
    """The processes that a command has started."""
    with suppress(OSError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]
    return []


def _memory(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return round(pages * resource.getpagesize() / 1e6)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("counts", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    arguments.add_argument("--words", type=int, default=40)
    arguments.add_argument("--new", type=float, default=0.6, help="share of names and stems that are new words")
    arguments.add_argument("--profile", default="fast")
    arguments.add_argument("--most", type=int, help="fail where a worker had more memory, in MB")
    arguments.add_argument("--kill", type=int, help="end the command by SIGKILL after so many parts, and resume it")
    options = arguments.parse_args()
    for number in options.counts:
        found = run(number, options.words, options.new, options.profile, options.kill)
        print(json.dumps(found), flush=True)
        if options.most and max(found["workers_mb"]) > options.most:
            raise SystemExit(f"a worker had {max(found['workers_mb'])} MB, more than {options.most}")


if __name__ == "__main__":
    main()
