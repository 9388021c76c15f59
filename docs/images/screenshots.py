"""Makes the pictures of README.md anew: `make screenshots`, or `python docs/images/screenshots.py RECORDS`.

The records are those of the authored articles of seeds/gold, read by `corridor extract`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from pipeline.cli.console import sound_records
from pipeline.publish.report.data import gather
from pipeline.publish.report.page import html

FOLDER = Path(__file__).parent
VIEWS = {"report": "#/overview", "article": "#/articles/0?commitment=0"}


def of_report(window: Any, records: str, folder: Path) -> None:
    page = folder / "report.html"
    page.write_text(html("Corridor report", gather(sound_records([records], []))), encoding="utf-8")
    for name, view in VIEWS.items():
        window.goto(page.as_uri() + view)
        window.wait_for_selector(".chart svg, .text .found")
        window.screenshot(path=FOLDER / f"{name}.png")


@contextmanager
def served(records: str, folder: Path) -> Iterator[str]:
    """The address of a review of the records."""
    words = [sys.executable, "-m", "pipeline", "review", records, "--gold", str(folder / "mine"), "--no-open"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            yield server.stderr.readline().split("review at ")[1].split(" ")[0]
        finally:
            server.terminate()


def of_review(window: Any, records: str, folder: Path) -> None:
    """The first commitment is accepted, the second rejected, and a party of the third is misspelt."""
    first = next(iter(sound_records([records], [])))
    with served(records, folder) as address:
        window.goto(f"{address}#/articles/{first.article.id}")
        window.wait_for_selector(".card.commitment:focus")
        for key in ("a", "x", "ArrowRight", "Enter"):
            window.keyboard.press(key)
        window.wait_for_selector(".card.rejected")
        window.keyboard.type("Kirgyzstan")
        window.wait_for_selector("[role=option] .from")
        window.screenshot(path=FOLDER / "review.png")


def main(records: str) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        window = browser.new_page(viewport={"width": 1280, "height": 860})
        of_report(window, records, Path(folder))
        of_review(window, records, Path(folder))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
