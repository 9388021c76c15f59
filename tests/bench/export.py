"""How long `corridor export` takes for a million commitments, and how much memory: made records through the command.

    python -m pipeline extract seeds/gold/articles.jsonl -o gold.jsonl
    python tests/bench/export.py gold.jsonl FORM OUT [COMMITMENTS]

The records are repeated under other ids, each with its text, and streamed into the command.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any


def repeated(records: list[dict[str, Any]], commitments: int) -> Iterator[bytes]:
    """The records as lines of JSON, over and over under new ids, until they state so many commitments."""
    stated = 0
    for again in count():
        for record in records:
            article = {**record["article"], "id": f"{record['article']['id']}-{again}"}
            yield json.dumps({**record, "article": article}).encode() + b"\n"
            stated += len(record["commitments"])
            if stated >= commitments:
                return


def main(records: str, form: str, out: str, commitments: str = "1000000") -> None:
    rows = [json.loads(line) for line in Path(records).read_text(encoding="utf-8").splitlines()]
    command = [sys.executable, "-m", "pipeline", "export", "-", "--to", form, "-o", out]
    start, articles = time.perf_counter(), 0
    with subprocess.Popen(command, stdin=subprocess.PIPE) as running:
        assert running.stdin is not None
        for line in repeated(rows, int(commitments)):
            running.stdin.write(line)
            articles += 1
        running.stdin.close()
        code = running.wait()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{form}: {articles} articles, {time.perf_counter() - start:.0f} s, peak {peak:.0f} MB, exit {code}")


if __name__ == "__main__":
    main(*sys.argv[1:])
