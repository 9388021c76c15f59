"""The environment of `make demo` gets the tests' packages added, and one that is complete is left alone.

The packages are not installed: a stand-in for uv notes what it was asked for.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
UV = """#!/bin/sh
case $1 in
    venv) shift $(($# - 1)); mkdir -p "$1/bin"; ln -sf "$PYTHON" "$1/bin/python" ;;
    pip) for word; do :; done; echo "$word" >>"$NOTES"; [ ! -e "$NOTES.broken" ] ;;
esac
"""

Make = Callable[[str], tuple[int, list[str], str]]

pytestmark = pytest.mark.skipif(os.name != "posix" or shutil.which("bash") is None, reason="needs bash")


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "notes"


@pytest.fixture
def make(tmp_path: Path, notes: Path) -> Make:
    """Runs .ci/venv.sh with a lock; returns the exit code, the last word of each installation and the messages."""
    uv = tmp_path / "bin" / "uv"
    uv.parent.mkdir()
    uv.write_text(UV, encoding="utf-8")
    uv.chmod(0o755)
    path = os.pathsep.join([str(uv.parent), os.environ["PATH"]])

    def made(lock: str) -> tuple[int, list[str], str]:
        notes.write_text("", encoding="utf-8")
        done = subprocess.run(
            ["bash", ROOT / ".ci" / "venv.sh", tmp_path / "venv", lock],
            env=os.environ | {"PATH": path, "PYTHON": sys.executable, "NOTES": str(notes)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, notes.read_text(encoding="utf-8").splitlines(), done.stderr

    return made


def test_the_packages_of_the_tests_are_added_to_those_of_running(make: Make, tmp_path: Path) -> None:
    code, installed, said = make("requirements.lock")
    assert (code, installed) == (0, ["requirements.lock", "."])
    assert "downloading the packages of requirements.lock" in said
    kept = tmp_path / "venv" / "kept"
    kept.touch()
    assert make("requirements.lock") == (0, [], "")
    code, installed, said = make(".ci/dev.lock")
    assert (code, installed, kept.exists()) == (0, [".ci/dev.lock"], True)
    assert "what the tests need" in said
    assert make(".ci/dev.lock") == make("requirements.lock") == (0, [], "")


def test_running_needs_nothing_of_an_addition_that_failed(make: Make, notes: Path) -> None:
    make("requirements.lock")
    broken = notes.with_name("notes.broken")
    broken.touch()
    code, _, said = make(".ci/dev.lock")
    assert (code, "could not be installed" in said) == (2, True)
    assert make("requirements.lock") == (0, [], "")
    broken.unlink()
    assert make(".ci/dev.lock")[:2] == (0, [".ci/dev.lock"])


def test_one_that_is_half_made_is_made_anew(make: Make, tmp_path: Path, notes: Path) -> None:
    notes.with_name("notes.broken").touch()
    assert make(".ci/dev.lock")[0] == 2
    notes.with_name("notes.broken").unlink()
    (tmp_path / "venv" / "left").touch()
    code, installed, said = make(".ci/dev.lock")
    assert (code, installed) == (0, [".ci/dev.lock", "."])
    assert "half-made or out of date" in said
    assert not (tmp_path / "venv" / "left").exists()


def test_a_folder_of_someone_else_is_left_alone(make: Make, tmp_path: Path) -> None:
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "mine").touch()
    code, installed, said = make("requirements.lock")
    assert (code, installed, (tmp_path / "venv" / "mine").exists()) == (2, [], True)
    assert "was not made for Corridor" in said
