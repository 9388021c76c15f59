"""`make test` leaves out the tests marked slow: CI runs both kinds, and no file has slow tests only."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / "tests").rglob("test_*.py"))
SLOW = "pytest.mark.slow"


def marked(path: Path) -> bool:
    """Whether the file marks a test, or one case of a test, slow."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.Attribute) and ast.unparse(node) == SLOW for node in ast.walk(tree))


def quick(source: str) -> list[str]:
    """The test functions that have at least one case that is not slow."""
    tree = ast.parse(source)
    assigned = [
        node for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
    ]
    if any(SLOW in ast.unparse(node.value) for node in assigned):
        return []
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    return [node.name for node in functions if SLOW not in map(ast.unparse, node.decorator_list)]


def recipe(target: str) -> str:
    found = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert found, target
    return found[1]


def commands() -> Iterator[list[str]]:
    """The make commands of .ci/run."""
    for line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines():
        if line.startswith("make "):
            yield line.split()


def test_some_tests_are_slow() -> None:
    assert sum(map(marked, FILES)) > 5


@pytest.mark.parametrize("path", [path for path in FILES if marked(path)], ids=lambda path: path.stem)
def test_a_file_with_slow_tests_has_quick_ones(path: Path) -> None:
    assert quick(path.read_text(encoding="utf-8")), f"what {path.name} tests needs a quick test in `make test`"


def test_slow_tests_are_told_apart() -> None:
    assert quick("@pytest.mark.slow\ndef test_a(): ...\ndef test_b(): ...") == ["test_b"]
    assert quick("@pytest.mark.parametrize('x', [1, pytest.param(2, marks=pytest.mark.slow)])\ndef test_a(x): ...") == [
        "test_a"
    ]
    assert quick("pytestmark = [pytest.mark.slow]\ndef test_a(): ...") == []


def test_ci_runs_both_kinds() -> None:
    assert '-m "not slow"' in recipe("test")
    assert "-m slow" in recipe("test-slow")
    assert recipe("test-all") == "\t$(RUN) $(TESTS)\n"
    assert {"test", "test-slow"} <= {words[1] for words in commands()}
    assert "    make test\n" in (ROOT / "README.md").read_text(encoding="utf-8")
