"""Imports run down only: each file of pipeline/ is parsed and held against the table of packages; nothing is imported.

An import can hide in a function, in `from pipeline import x`, in a relative form or in a string.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name as canonical

PACKAGE = Path(__file__).resolve().parents[1] / "pipeline"

# A package imports from the lines above its own only. Those on one line do not import each other.
LEVELS = (
    {"errors"},
    {"record"},
    {"settings", "records"},
    {"atomic"},
    {"seeds"},
    {"values"},
    {"sources"},
    {"stages"},
    {"llm"},
    {"extract"},
    {"knowledge"},
    {"run", "gold"},
    {"publish"},
    {"review"},
    {"train", "serve", "doctor"},
    {"cli"},
    {"__init__", "__main__"},
)
LEVEL = {room: number for number, rooms in enumerate(LEVELS) for room in rooms}
MAY_IMPORT_STAGES = {"stages", "extract", "train"}
NO_SPACY = (
    "pipeline.stages.models.",
    "pipeline.stages.document.home",
    "pipeline.stages.references.clusters",
)  # arrays and records in, values out
STAGES = {"sentences", "boilerplate", "entities", "references", "sectors", "relations", "commitments"}
KNOW_SPACY = {"stages", "extract", "train"}
SPACY_FORMAT = {"review/formats/docbin.py"}  # spaCy's own file format
SPACY = {"spacy", "thinc"}
UNSAFE = {"pickle", "joblib", "dill", "cloudpickle", "shelve", "marshal"}  # run code when they load
UNSAFE_NAMES = {"read_pickle", "to_pickle", "allow_pickle"}
NETWORK = {
    "socket",
    "http",
    "ftplib",
    "smtplib",
    "requests",
    "httpx",
    "httpx2",
    "urllib3",
    "aiohttp",
    "websockets",
    "openai",
}
REACHES_THE_NETWORK = {
    "llm/batch.py",
    "llm/client.py",
    "knowledge/alerts.py",
    "sources/fetch/download.py",
    "review/httpd.py",
}  # where a user names an address
NETWORK_NAMES = {"urllib.request", "fetch_url", "fetch_response"}


def imports(tree: ast.AST, package: list[str]) -> Iterator[str]:
    """Every module that a file imports, by its full dotted name, as far down as the import names it."""
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom():
                base = package[: len(package) - node.level + 1] if node.level else []
                module = ".".join([*base, *(node.module or "").split(".")]).strip(".")
                yield from (f"{module}.{alias.name}" for alias in node.names)
            case ast.Call(
                func=ast.Name("import_module" | "__import__") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(str(name)), *_],
            ):
                yield name


def names(tree: ast.AST) -> Iterator[str]:
    """Attributes and keyword arguments (other than `=False`) that a file uses: the calls that no import gives away."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.keyword) and node.arg and getattr(node.value, "value", True) is not False:
            yield node.arg


def broken_between_rooms(room: str, stage: str, module: str) -> str | None:
    """What is wrong with a file of `room` importing `module` of Corridor's own."""
    parts = module.split(".")
    target = parts[1] if len(parts) > 1 and parts[1] in LEVEL else "__init__"
    if target == room == "stages":
        other = parts[2] if len(parts) > 2 else ""
        return f"stage {stage} imports stage {other}" if other in STAGES - {stage} and stage in STAGES else None
    if target != room and LEVEL[target] >= LEVEL[room]:
        return f"{room} imports {target}"
    if target == "stages" and room not in MAY_IMPORT_STAGES and not module.startswith(NO_SPACY):
        return f"{room} imports stages"
    return None


def broken(path: str, source: str) -> list[str]:
    """The rules that one file breaks; `path` is relative to pipeline/, such as `stages/sectors.py`."""
    parts = path.removesuffix(".py").split("/")
    room, stage = parts[0], parts[1] if len(parts) > 1 else ""
    if room not in LEVEL:
        return [f"{room} has no place in the table of rooms"]
    tree = ast.parse(source)
    found = []
    for module in imports(tree, ["pipeline", *parts[:-1]]):
        top = module.split(".")[0]
        if top == "pipeline" and module != "pipeline.__version__":
            found.append(broken_between_rooms(room, stage, module))
        known = room in KNOW_SPACY or path in SPACY_FORMAT
        found.append(f"{room} knows {top}" if top in SPACY and not known else None)
        found.append(f"{top} runs code when it loads" if top in UNSAFE else None)
        in_network = top in NETWORK or any(f"{module}.".startswith(f"{name}.") for name in NETWORK_NAMES)
        in_network = in_network and path not in REACHES_THE_NETWORK
        found.append(f"{module} reaches the network" if in_network or module.split(".")[-1] in NETWORK_NAMES else None)
    used = set(names(tree))
    found += [f"{name} runs code when it loads" for name in used & UNSAFE_NAMES]
    found += [f"{name} reaches the network" for name in used & NETWORK_NAMES]
    return [rule for rule in found if rule]


FILES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", FILES)
def test_file_keeps_the_rules(path: str) -> None:
    assert broken(path, (PACKAGE / path).read_text(encoding="utf-8")) == []


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *chain.from_iterable(project["optional-dependencies"].values())]
    declared = {canonical(Requirement(line).name) for line in lines}
    owners = packages_distributions()
    for path in FILES:
        for module in imports(ast.parse((PACKAGE / path).read_text(encoding="utf-8")), ["pipeline"]):
            top = module.split(".")[0]
            if top not in {"pipeline", *sys.stdlib_module_names}:
                assert {canonical(owner) for owner in owners.get(top, [top])} & declared, f"{path} imports {top}"


@pytest.mark.parametrize(
    ("path", "source", "rule"),
    [
        ("record.py", "from pipeline.settings import Settings", "record imports settings"),
        ("record.py", "from pipeline import settings", "record imports settings"),
        ("record.py", "import pipeline.settings", "record imports settings"),
        ("record.py", "from . import settings", "record imports settings"),
        ("stages/sectors.py", "from ..extract import load", "stages imports extract"),
        ("record.py", "def late():\n    from pipeline.seeds import rows", "record imports seeds"),
        ("record.py", "import importlib\nimportlib.import_module('pipeline.seeds')", "record imports seeds"),
        ("sources/html.py", "from pipeline.run import run", "sources imports run"),
        ("gold/folder.py", "from pipeline.run import run", "gold imports run"),
        ("extract.py", "from pipeline import load", "extract imports __init__"),
        ("stages/sectors.py", "from pipeline.stages.entities import entities", "stage sectors imports stage entities"),
        ("stages/sectors.py", "from pipeline.stages import entities", "stage sectors imports stage entities"),
        ("stages/sectors.py", "from . import entities", "stage sectors imports stage entities"),
        ("sources/text.py", "import spacy", "sources knows spacy"),
        ("cli.py", "def late():\n    from thinc.api import NumpyOps", "cli knows thinc"),
        ("train/sectors.py", "import joblib", "joblib runs code when it loads"),
        ("train/sectors.py", "import numpy\nnumpy.load(x, allow_pickle=1)", "allow_pickle runs code when it loads"),
        ("sources/html.py", "import urllib.request", "urllib.request reaches the network"),
        ("sources/html.py", "from urllib.request import urlopen", "urllib.request.urlopen reaches the network"),
        ("sources/html.py", "from urllib import request", "urllib.request reaches the network"),
        ("sources/html.py", "import trafilatura\ntrafilatura.fetch_url('x')", "fetch_url reaches the network"),
        ("values/money.py", "from pipeline.stages.document.home import home_of", "values imports stages"),
        ("run/parts.py", "from pipeline.stages.document.doc import text_of", "run imports stages"),
        ("publish/iati.py", "from pipeline.review import edits", "publish imports review"),
        ("gadgets.py", "", "gadgets has no place in the table of rooms"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_named(path: str, source: str, rule: str) -> None:
    assert rule in broken(path, source)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("cli.py", "from pipeline.extract import load"),
        ("values/money.py", "from pipeline import record, seeds"),
        ("stages/entities/patterns.py", "from pipeline.stages.entities.finders import words\nimport spacy"),
        ("stages/relations.py", "from pipeline.stages.parse import subject_of"),
        ("sources/html.py", "from urllib.parse import urlsplit\nfrom pipeline.sources.text import decode"),
        ("gold/evaluate/score.py", "from pipeline.gold.folder import read_gold"),
        ("__init__.py", "from pipeline.extract import load"),
        ("stages/models/sectors.py", "import numpy\nnumpy.load(x, allow_pickle=False)"),
        ("cli/__init__.py", "from pipeline import __version__\nfrom pipeline.cli.console import say"),
    ],
)
def test_what_is_allowed_passes(path: str, source: str) -> None:
    assert broken(path, source) == []
