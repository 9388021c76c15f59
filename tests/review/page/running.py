"""`corridor review` as a process of its own, for tests that kill it or look at it in a browser."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
from review.page.steps import Json

ROOT = Path(__file__).resolve().parents[3]
ARTICLE = "/api/articles/sure"
WAIT = 20  # seconds that a start may take on a busy machine


class Running:
    """A server of its own process, once it listens."""

    def __init__(self, folder: Path, *options: str, browser: str = "false") -> None:
        words = [sys.executable, "-m", "pipeline", "review", "records.jsonl", "--gold", "mine", *options]
        told = {**os.environ, "PYTHONPATH": str(ROOT), "BROWSER": browser}
        self.process = subprocess.Popen(words, cwd=folder, stderr=subprocess.PIPE, text=True, env=told)
        self.said = ""
        while "Ctrl-C ends it" not in self.said:
            line = self._line()
            assert line, f"ended with {self.process.wait()}: {self.said}"
            self.said += line
        (self.address,) = re.findall(r"review at (\S+) \(Ctrl-C", self.said)
        site, _, query = self.address.partition("?")
        self.client = httpx2.Client(base_url=site, timeout=WAIT)
        assert self.client.get(f"/?{query}").status_code == 303

    def _line(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.readline()

    def end(self, how: signal.Signals) -> tuple[int, str]:
        """The exit code, and what was said at the end."""
        self.process.send_signal(how)
        _, rest = self.process.communicate(timeout=WAIT)
        return self.process.returncode, rest

    def get(self, name: str = "sure") -> Json:
        return self.client.get(f"/api/articles/{name}").json()

    def decide(self, version: int, **told: Any) -> Json:
        answer = self.client.post(f"{ARTICLE}/edits", json={"version": version, **told})
        assert answer.status_code == 200, answer.text
        return answer.json()


class Shown(NamedTuple):
    """An article of a server."""

    server: Running
    name: str

    def get(self) -> Json:
        return self.server.get(self.name)


STARTED: list[Running] = []


def started(folder: Path, *options: str, **told: str) -> Running:
    """One that ends with the test."""
    STARTED.append(Running(folder, *(options or ("--no-open",)), **told))
    return STARTED[-1]


def end_all() -> None:
    """Ends those that still run."""
    for one in STARTED:
        if one.process.poll() is None:
            one.end(signal.SIGKILL)
    STARTED.clear()
