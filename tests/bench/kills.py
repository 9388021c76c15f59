"""Kills a run again and again at random moments, resumes it each time, and compares it with one that nobody disturbed.

SIGKILL goes to the command, or to one of its workers and then to the command, at a random moment: of a quarter of
the starts while models are loaded, of the others soon after a part was written. Whenever a run comes to its end, every
file of records, failed.jsonl and the counts must be those of the undisturbed run, and `corridor verify` must find
nothing; then another run is begun, until there were so many kills.

    python tests/bench/kills.py --articles 1000 --kills 50
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from scale import ROOT, workers

# parts and batches smaller than usual, so that a run of a minute has many moments
OVER = "nothing"
CALL = "import pipeline.run.parts as p; p.PART, p.BATCH = {part}, 2; from pipeline.cli import main; main()"


def article(number: int) -> str:
    """A short article as a line of JSON: one of six stories, of which each has near-copies."""
    lender = ("Japan", "Norway", "The World Bank", "China", "Germany", "The African Development Bank")[number % 6]
    text = (
        f"{lender} will lend Kenya ${number + 1} million for a port in Mombasa by {2030 + number % 9}, its envoy said. "
    )
    return json.dumps({"id": f"n{number}", "date": "2025-03-04", "text": text * (1 + number % 3)}) + "\n"


def command(news: Path, out: Path, profile: str, part: int, *more: str) -> list[str]:
    words = ["extract", str(news), "-o", f"{out}/", "--profile", profile, "--workers", "2", "-q", *more]
    return [sys.executable, "-c", CALL.format(part=part), *words]


def killed(words: list[str], out: Path, chance: random.Random) -> str:
    """Starts the command and kills it; returns what was killed, and when."""
    before, early, worker = written(out), chance.random() < 1 / 4, chance.random() < 1 / 3
    with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        while not early and written(out) == before and process.poll() is None:
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 5 if early else 1))
        if process.poll() is not None:
            return OVER
        if worker:
            for pid in workers(process.pid)[:1]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(chance.uniform(0, 1))
        process.kill()
        _, said = process.communicate()
        if "Traceback" in said:
            raise SystemExit(said)
    return f"{'a worker and the command' if worker else 'the command'}, {'early' if early else 'at work'}"


def written(out: Path) -> frozenset[tuple[str, int]]:
    """The files of records, each with when it was written."""
    return frozenset((path.name, path.stat().st_mtime_ns) for path in out.glob("records-*"))


def finished(words: list[str]) -> None:
    done = subprocess.run(words, cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"the run ended with {done.returncode}: {done.stderr}")


def files(out: Path) -> dict[str, bytes]:
    """What must be the same in both runs."""
    found = {path.name: path.read_bytes() for path in sorted([*out.glob("records-*"), out / "failed.jsonl"])}
    options = json.loads((out / "run.json").read_text())
    return {**found, "counts": json.dumps([options["counts"], options["articles"], options["state"]]).encode()}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--articles", type=int, default=1_000)
    arguments.add_argument("--kills", type=int, default=50)
    arguments.add_argument("--part", type=int, default=20, help="articles of a part")
    arguments.add_argument("--profile", default="fast")
    arguments.add_argument("--seed", type=int, default=36)
    options = arguments.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as work:
        news, undisturbed, disturbed = (Path(work) / name for name in ("news.jsonl", "undisturbed", "disturbed"))
        with news.open("w", encoding="utf-8") as file:
            file.writelines(article(number) for number in range(options.articles))
        start = time.monotonic()
        finished(command(news, undisturbed, options.profile, options.part))
        print(f"the run that nobody disturbed took {time.monotonic() - start:.0f} seconds", flush=True)
        ends, runs = Counter[str](), 0
        while ends.total() < options.kills:
            runs += 1
            again = command(news, disturbed / str(runs), options.profile, options.part, "--resume")
            while ends.total() < options.kills and (what := killed(again, disturbed / str(runs), chance)) != OVER:
                ends[what] += 1
                print(f"kill {ends.total()} of {options.kills}: {what}", flush=True)
            finished(again)
            compare(undisturbed, disturbed / str(runs))
        print(json.dumps({"articles": options.articles, "runs": runs, "kills": dict(ends), "bytes": "the same"}))


def compare(undisturbed: Path, disturbed: Path) -> None:
    if files(undisturbed) != files(disturbed):
        raise SystemExit(f"{disturbed} differs from a run that nobody disturbed")
    verified = [sys.executable, "-m", "pipeline", "verify", str(disturbed), "-q"]
    if subprocess.run(verified, cwd=ROOT, check=False).returncode:
        raise SystemExit(f"{disturbed} is not whole")


if __name__ == "__main__":
    main()
