"""Makes the pictures of README.md anew: `make screenshots`, or `python docs/images/screenshots.py RECORDS`.

The records are those of the authored articles of seeds/gold, read by `corridor extract`.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from pipeline.cli.manners import sorted_out
from pipeline.review.page.data import gather
from pipeline.review.page.page import html

FOLDER = Path(__file__).parent
VIEWS = {"report": "#/overview", "article": "#/articles/0?commitment=0"}


def main(records: str) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = Path(folder) / "report.html"
        page.write_text(html("Corridor report", gather(sorted_out([records], []))), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        window = browser.new_page(viewport={"width": 1280, "height": 860})
        for name, view in VIEWS.items():
            window.goto(page.as_uri() + view)
            window.wait_for_selector(".chart svg, .text .found")
            window.screenshot(path=FOLDER / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
