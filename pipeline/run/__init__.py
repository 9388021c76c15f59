"""Extraction of many articles in parallel: as a stream, or into a run folder that can be stopped and resumed."""

import platform
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.errors import ArticleError, SetupError
from pipeline.extract import SMALL, digest_of, extractor_of, version_of
from pipeline.run.duplicates import NearCopies, Stories
from pipeline.run.folder import RunFolder
from pipeline.run.inputs import Read, Selection, Source, checked
from pipeline.run.parts import Engine, Monitor, Run, batches
from pipeline.run.workers.cluster import Actors, connected
from pipeline.run.workers.pool import Pool
from pipeline.run.workers.processes import Processes, cores
from pipeline.run.workers.worker import Item, Outcome, Worker, outcomes_of, unread
from pipeline.settings import Settings

__all__ = [
    "FEW",
    "Outcome",
    "RunFolder",
    "Selection",
    "cores",
    "local_engine",
    "made_with",
    "ray_engine",
    "run",
    "stream",
]

FEW = 48  # articles: reading them here takes less time than starting processes
TIMEOUT = 300.0  # seconds per article, by default
PACKAGE = Path(__file__).resolve().parents[1]
PACKAGES = ("pyarrow", "rensa")  # write parts, and find near-duplicates
APART = frozenset({"cli", "gold", "knowledge", "publish", "review", "serve", "train"})  # code that no extraction runs


def made_with(settings: Settings, options: dict[str, Any]) -> dict[str, Any]:
    """All that can change a byte of a record: the extractor and what it says, options, versions, a digest of the code.

    A resumed run must be made with the same.
    """
    return {
        **({} if settings.extractor == SMALL else {"extractor": settings.extractor}),
        **options,
        "corridor": __version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        **{name: version_of(name) for name in PACKAGES},
        "code": digest_of(PACKAGE, code()),
        **extractor_of(settings).made_with(),
    }


def code() -> Iterator[Path]:
    """The source files that can change a record."""
    return (path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] not in APART)


@contextmanager
def local_engine(settings: Settings, workers: int | None = None, timeout: float | None = None) -> Iterator[Engine]:
    """Processes of this machine, by default one per core, each with its own models and one thread."""
    with Pool(Processes(partial(Worker, settings)), workers or cores(), timeout or TIMEOUT) as pool:
        yield pool.outcomes


@contextmanager
def ray_engine(
    settings: Settings, workers: int | None = None, timeout: float | None = None, address: str | None = None
) -> Iterator[Engine]:
    """Actors of a Ray cluster, by default one per core; Corridor must be installed on its nodes."""
    with connected(address) as ray:
        workers = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
        with Pool(Actors(ray, partial(Worker, settings)), workers, timeout or TIMEOUT) as pool:
            yield pool.outcomes


def stream(
    results: Iterable[Read], settings: Settings, workers: int | None = None, timeout: float | None = None
) -> Iterator[Outcome]:
    """One outcome per article, in the order of the input; up to `FEW` are read in this process by default.

    Near-duplicates name their story, as in a run folder.
    """
    items = _in_stories(results)
    head = list(islice(items, FEW + 1))
    if len(head) <= FEW and workers is None and timeout is None:
        worker = Worker(replace(settings, threads=cores()))
        for batch in batches(head):
            yield from outcomes_of(batch, worker)
        return
    with local_engine(settings, workers, timeout) as engine:
        for outcomes in engine(batches(chain(head, items))):
            yield from outcomes


def _in_stories(results: Iterable[Read]) -> Iterator[Item]:
    """The articles with their stories, and the outcomes of those that could not be read."""
    with closing(sqlite3.connect("", check_same_thread=False)) as rows:  # "": a temporary file that SQLite removes
        stories = Stories(rows)
        for place, result in enumerate(results):
            if isinstance(result, ArticleError):
                yield unread(result)
            else:
                copy = stories.copy(result, place)
                yield result.model_copy(update={"story": copy.story if copy else result.id})


def run(
    source: Source,
    folder: RunFolder,
    engine: AbstractContextManager[Engine],
    near_copies: NearCopies,
    monitor: Monitor,
    prune: bool = False,
) -> dict[str, int]:
    """Runs articles into a folder; returns the number of articles in each state, earlier runs included.

    `prune`: delete records of articles that the source no longer holds. Without it such records raise SetupError,
    before anything is changed. Raises SetupError too if the counts do not add up to the articles that came in.
    """
    start = time.monotonic()
    with checked(source, folder, prune) as results:
        folder.start()
        with engine as work:
            reading = Run(folder, near_copies, monitor)
            articles = reading(results, work)
    counts = folder.counts()
    if sum(counts.values()) != articles or "todo" in counts:
        raise SetupError(f"{folder.where}: {articles} articles came in, but {counts} are accounted for; please report")
    folder.write_failures()
    seconds = round(time.monotonic() - start, 1)
    folder.write_state(state="finished", articles=articles, undated=reading.undated, counts=counts, seconds=seconds)
    return counts
