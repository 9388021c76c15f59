"""Three articles to review, and a folder to do it in."""

import signal
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from review.page.running import Running, Shown, end_all, started
from review.page.steps import client_of, named, write_records
from review.page.tabs import hostile
from starlette.testclient import TestClient

from pipeline.review.page.store import Store

Opener = Callable[..., Store]
NUMBERS = count()
SHARED = 30  # articles of one server that tests correct, one each


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """`sure`, `unsure` and `middling`, in this order."""
    found = (named("sure", 0.9), named("unsure", 0.3), named("middling", 0.6))
    return write_records(tmp_path / "records.jsonl", *found)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def start(records: Path, tmp_path: Path, said: list[str]) -> Iterator[Opener]:
    """Starts a store on the records and the folder `mine`, as a new process would; the one before is gone."""
    running: list[Store] = []

    def opened(source: Path = records, folder: str = "mine", reviewer: str = "Ann") -> Store:
        while running and folder == "mine":
            running.pop().close()
        running.append(Store(str(source), tmp_path / folder, said.append, reviewer))
        return running[-1]

    yield opened
    for store in running:
        store.close()


@pytest.fixture
def store(start: Opener) -> Store:
    return start()


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    with client_of(store) as client:
        yield client


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    yield
    end_all()


@pytest.fixture
def server(records: Path) -> Running:
    """`corridor review` as it really runs, on those articles."""
    return started(records.parent)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One that many tests look at, with an article that means harm."""
    folder = tmp_path_factory.mktemp("shared")
    write_records(folder / "records.jsonl", *(named(f"a{n}", 0.9) for n in range(SHARED)), hostile())
    running = Running(folder, "--no-open")
    yield running
    running.end(signal.SIGKILL)


@pytest.fixture
def article(shared: Running) -> Shown:
    """An article of the shared server that no test has seen."""
    return Shown(shared, f"a{next(NUMBERS)}")


@pytest.fixture
def page(tab: Callable[..., Any], article: Shown) -> Any:
    """That article in the browser."""
    return tab(article.server.address, article.name)


@pytest.fixture
def tab(visit: Callable[..., Any]) -> Callable[..., Any]:
    """Opens an article at an address, or the queue; `expected`: what the console may say."""

    def opened(address: str, name: str | None = None, **window: Any) -> Any:
        page = visit(address + (f"#/articles/{quote(name, safe='')}" if name else ""), site=address, **window)
        page.wait_for_selector(".card, .queue")
        return page

    return opened
