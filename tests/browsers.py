"""A browser for the tests of pages: fixtures that `conftest.py` gives to all of them."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

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


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens an address in a window of its own. After the test nothing may have gone wrong in any of them.

    `site`: what may be asked for beside the address begins with it; `expected`: what the console may say, a pattern.
    """
    pages: list[Any] = []
    faults: list[str] = []

    def opened(address: str, site: str | None = None, expected: str = "(?!)", **window: Any) -> Any:
        context = browser.new_context(**DESK | window)
        page = context.new_page()
        page.set_default_timeout(5000)
        page.add_init_script(WATCH)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda told: faults.append(told.text) if _is_fault(told, expected) else None)
        page.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
        asked = address.partition("#")[0]

        def watch(request: Any) -> None:
            url = request.url.partition("#")[0]
            if url != asked and not (site and url.startswith(site.partition("?")[0])):
                faults.append(url)

        page.on("request", watch)
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
        os.environ.get("CORRIDOR_SCREENSHOTS") or Path(__file__).resolve().parents[1] / "outputs" / "screenshots"
    )
    folder.mkdir(parents=True, exist_ok=True)
    return lambda page, name: page.screenshot(path=folder / f"{name}.png")


def _is_fault(told: Any, expected: str) -> bool:
    return told.type in ("error", "warning") and not re.search(expected, told.text)
