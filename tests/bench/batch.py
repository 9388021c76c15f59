"""Words a second of one and of all workers beside the stock English model, in one run: `make bench-batch`.

Hard because workers are processes that warm up apart: each engine reads some batches first, then all are timed in turns
on the same articles, the median of the turns counts. `--ray` times a Ray of this machine's own beside the local engine.
"""

import argparse
import time
from collections.abc import Callable
from contextlib import ExitStack
from statistics import median

from bench import Profile, texts, turns, worker

from pipeline.record import Article, digest
from pipeline.run import cores, local_engine, ray_engine
from pipeline.run.parts import Engine, batches
from pipeline.settings import Settings

LEAST = {"default": 1.4, "fast": 2.4}  # of all workers' words a second to the stock model's in one process
MORE, RAY = 1.7, 0.85  # least gain of two workers over one; least share of the local engine's speed for Ray
Timed = Callable[[list[str]], float]


def timed(engine: Engine) -> Timed:
    """Seconds that an engine takes for articles."""

    def run(given: list[str]) -> float:
        items = [Article(id=f"bench-{n}", sha256=digest(text), text=text) for n, text in enumerate(given)]
        start = time.perf_counter()
        outcomes = [outcome for found in engine(batches(items)) for outcome in found]
        if failed := [outcome for outcome in outcomes if outcome.state != "done"]:
            raise SystemExit(f"{len(failed)} articles failed; the first: {failed[0].reason}")
        return time.perf_counter() - start

    return run


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--articles", type=int, default=300)
    arguments.add_argument("--repeats", type=int, default=3)
    arguments.add_argument("--ray", action="store_true")
    options = arguments.parse_args()
    given, failed = texts(options.articles), []
    words = sum(len(text.split()) for text in given)
    profiles: tuple[Profile, ...] = ("default", "fast")
    for profile in profiles:
        with ExitStack() as stack:
            stock = stack.enter_context(worker("stock"))
            sides: dict[str, Timed] = {"stock": lambda batch, ask=stock: ask(batch)[0]}  # type: ignore[misc]
            for count in sorted({1, cores()}):
                sides[f"{count} workers"] = timed(stack.enter_context(local_engine(Settings(profile=profile), count)))
            if options.ray:
                sides["ray"] = timed(stack.enter_context(ray_engine(Settings(profile=profile), cores())))
            speed = {name: words / median(taken) for name, taken in turns(sides, given, options.repeats).items()}
        every = speed[f"{cores()} workers"]
        print(f"{profile}: " + ", ".join(f"{name} {found:,.0f}" for name, found in speed.items()) + " words a second")
        print(f"  {every / speed['stock']:.2f} times stock, {every / speed['1 workers']:.2f} times one worker")
        failed += [f"{profile} below {LEAST[profile]}"] * (every < LEAST[profile] * speed["stock"])
        failed += [f"{profile}: gain below {MORE}"] * (cores() == 2 and every < MORE * speed["1 workers"])
        if options.ray:
            print(f"  Ray {speed['ray'] / every:.2f} times the local engine")
            failed += [f"{profile}: Ray below {RAY}"] * (speed["ray"] < RAY * every)
    if failed:
        raise SystemExit(f"below the target: {'; '.join(failed)}")


if __name__ == "__main__":
    main()
