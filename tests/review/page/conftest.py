"""Three articles to review, and a folder to do it in."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from review.page.desks import client_of, named, write_records
from review.page.running import Running, end_all, started
from review.page.tabs import hostile
from starlette.testclient import TestClient

from pipeline.review.page.store import Store

Opener = Callable[..., Store]


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

    def opened(source: Path = records) -> Store:
        while running:
            running.pop().close()
        running.append(Store(str(source), tmp_path / "mine", said.append, "Ann"))
        return running[0]

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


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one that several tests look at, with an article that means harm."""
    folder = tmp_path_factory.mktemp("served")
    write_records(folder / "records.jsonl", named("sure", 0.9), named("unsure", 0.3), hostile())
    running = Running(folder, "--no-open")
    yield running.address
    running.end(signal.SIGKILL)


@pytest.fixture
def tab(visit: Callable[..., Any]) -> Callable[..., Any]:
    """Opens an article at an address, or the queue; `expected`: what the console may say."""

    def opened(address: str, name: str | None = None, **told: Any) -> Any:
        page = visit(address + (f"#/articles/{quote(name, safe='')}" if name else ""), site=address, **told)
        page.wait_for_selector(".card, .queue")
        return page

    return opened
