"""Many articles: in processes of this machine, as a stream or into a run folder that can be stopped and resumed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import chain, islice
from typing import Any

from pipeline.batch.cluster import Actors, connected
from pipeline.batch.duplicates import NearCopies
from pipeline.batch.folder import RunFolder
from pipeline.batch.inputs import Read, Source, looked_through
from pipeline.batch.made_with import made_with
from pipeline.batch.outcome import Item, Outcome, Worker, outcomes_of, settled
from pipeline.batch.parts import Engine, Run, Watch, batches
from pipeline.batch.pool import Pool
from pipeline.batch.processes import Processes, cores
from pipeline.batch.select import Selection
from pipeline.errors import ArticleError, SetupError
from pipeline.settings import Settings

__all__ = ["NearCopies", "Outcome", "Selection", "cores", "local_engine", "open_run", "ray_engine", "run", "stream"]

FEW = 48  # articles that are read sooner than processes are started
TIMEOUT = 300.0  # seconds that an article may take, if nothing is said


@contextmanager
def local_engine(settings: Settings, workers: int | None = None, timeout: float | None = None) -> Iterator[Engine]:
    """Processes of this machine, one a core if nothing is said, each with the models and one thread."""
    with Pool(Processes(partial(Worker, settings)), workers or cores(), timeout or TIMEOUT) as pool:
        yield pool.outcomes


@contextmanager
def ray_engine(
    settings: Settings, workers: int | None = None, timeout: float | None = None, address: str | None = None
) -> Iterator[Engine]:
    """Actors of a Ray cluster, as many as it has cores if nothing is said; Corridor must be installed on its nodes."""
    with connected(address) as ray:
        workers = workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
        with Pool(Actors(ray, partial(Worker, settings)), workers, timeout or TIMEOUT) as pool:
            yield pool.outcomes


def stream(
    results: Iterable[Read], settings: Settings, workers: int | None = None, timeout: float | None = None
) -> Iterator[Outcome]:
    """One outcome an article, in the order of the input; few are read in this process, if nothing else is said."""
    items: Iterator[Item] = (settled(r) if isinstance(r, ArticleError) else r for r in results)
    head = list(islice(items, FEW + 1))
    if len(head) <= FEW and workers is None and timeout is None:
        worker = Worker(settings, cores())
        for batch in batches(head):
            yield from outcomes_of(batch, worker)
        return
    with local_engine(settings, workers, timeout) as engine:
        for outcomes in engine(batches(chain(head, items))):
            yield from outcomes


def run(
    source: Source,
    folder: RunFolder,
    engine: AbstractContextManager[Engine],
    near_copies: NearCopies,
    watch: Watch,
    prune: bool = False,
) -> dict[str, int]:
    """Runs articles into a folder, and returns how many are in each state, those of earlier runs too.

    `prune`: whether records of articles that the source does not hold may be taken away. Raises SetupError, before
    anything is changed and the engine is started, where they would have to be; and where the counts do not add up to
    the articles that came in.
    """
    start = time.monotonic()
    with looked_through(source, folder, prune) as results:
        folder.start()
        with engine as work:
            articles = Run(folder, near_copies, watch)(results, work)
    counts = folder.counts()
    if sum(counts.values()) != articles or "todo" in counts:
        raise SetupError(f"{folder.where}: {articles} articles came in, but {counts} are accounted for; please report")
    folder.write_failures()
    seconds = round(time.monotonic() - start, 1)
    folder.say(state="finished", articles=articles, counts=counts, seconds=seconds)
    return counts


def open_run(where: str, settings: Settings, options: dict[str, Any], resume: bool, retry: bool = False) -> RunFolder:
    """The run at a folder or an address, new or gone on with. Raises SetupError where it was made otherwise.

    `retry`: whether it reads once more what failed.
    """
    return RunFolder(where, made_with(settings, options), resume, retry)
