"""The notebooks run from their first cell to their last, and what they keep is what they give.

nbclient is what nbmake (Apache-2.0) runs them with; here what they give is also held against what they keep.
Values may move with the models and the machine, so the kinds of output are compared, not their digits.
"""

import ast
import importlib
import os
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from notebooks.execute import executed

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ONE_QUICK = [NOTEBOOKS[0], *(pytest.param(path, marks=pytest.mark.slow) for path in NOTEBOOKS[1:])]
OF_A_MACHINE = re.compile(r"/(home|root|tmp|Users|usr)/|[A-Z]:\\\\|[Ww]arning|Traceback|0x[0-9a-f]{8}")


def outputs(notebook: Any) -> list[list[str]]:
    """The kinds of output of each code cell."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [[_kind(output) for output in cell.outputs] for cell in cells]


def _kind(output: Any) -> str:
    return str(output.name) if output.output_type == "stream" else " ".join(sorted(output.data))


def words(notebook: Any) -> str:
    """All text that outputs hold."""
    found = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    texts = [{"text/plain": output.get("text", ""), **output.get("data", {})} for output in found]
    return "\n".join(text for texts_of_one in texts for kind, text in texts_of_one.items() if kind.startswith("text/"))


def test_there_are_four() -> None:
    assert [path.name[0] for path in NOTEBOOKS] == ["1", "2", "3", "4"]


@pytest.mark.parametrize("path", ONE_QUICK, ids=lambda path: path.stem)
def test_it_runs_and_keeps_its_outputs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    kept, fresh = nbformat.read(path, as_version=4), executed(path)
    assert outputs(fresh) == outputs(kept), f"python notebooks/execute.py {path.name} keeps them anew"
    for notebook in (kept, fresh):
        assert "stderr" not in {kind for kinds in outputs(notebook) for kind in kinds}
        assert not OF_A_MACHINE.search(words(notebook))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_it_imports_of_corridor_is_there(path: Path) -> None:
    code = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code")
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pipeline"):
            module = importlib.import_module(node.module or "")
            assert [name.name for name in node.names if not hasattr(module, name.name)] == [], node.module


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_was_kept_whole_and_in_order(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    numbers = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert numbers == list(range(1, len(numbers) + 1))
    assert notebook.metadata.kernelspec.name == "python3"
