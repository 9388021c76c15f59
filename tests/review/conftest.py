"""A browser for the tests of pages, and articles to show in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from review.articles import shown

from pipeline.review.page.data import gather
from pipeline.review.page.page import html

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
)  # fmt: skip
DESK = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}
WATCH = "addEventListener('securitypolicyviolation', (event) => (window.broken ??= []).push(event.violatedDirective));"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """The Chromium of this machine, without a window; ended with the module, since it keeps an event loop running."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no Chromium is here: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a report of the articles of `articles.py`."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(html("Ring roads", gather(shown())), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens an address in a window of its own. After the test nothing may have gone wrong in any of them."""
    pages: list[Any] = []
    faults: list[str] = []

    def opened(address: str, **window: Any) -> Any:
        context = browser.new_context(**DESK | window)
        page = context.new_page()
        page.set_default_timeout(5000)
        page.add_init_script(WATCH)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda told: faults.append(told.text) if told.type in ("error", "warning") else None)
        page.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
        asked = address.partition("#")[0]
        page.on(
            "request", lambda request: faults.append(request.url) if request.url.partition("#")[0] != asked else None
        )
        page.goto(address)
        page.wait_for_selector("main h1, [role=alert]")
        pages.append(page)
        return page

    yield opened
    broken = [page.evaluate("() => window.broken ?? []") for page in pages]
    for page in pages:
        page.context.close()
    assert faults == []
    assert broken == [[]] * len(pages)


@pytest.fixture
def picture() -> Callable[[Any, str], None]:
    """Keeps what a page looks like: in the folder that CORRIDOR_SCREENSHOTS names, else in outputs/screenshots."""
    folder = Path(
        os.environ.get("CORRIDOR_SCREENSHOTS") or Path(__file__).resolve().parents[2] / "outputs" / "screenshots"
    )
    folder.mkdir(parents=True, exist_ok=True)
    return lambda page, name: page.screenshot(path=folder / f"{name}.png")
