"""What is measured on whole articles may rise, never fall below its floor; see tests/floors.py."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pipeline.gold.folder import digest, read_gold
from pipeline.settings import PROFILES, Profile


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("floors", Path(__file__).with_name("floors.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


floors = _tool()
KEPT: dict[str, Any] = floors.read()


def _present(name: str) -> None:
    if not floors.GOLD[name].is_dir():
        pytest.skip(f"{name}: this gold is not here")


def _held(name: str, what: str, scores: dict[str, float]) -> None:
    last = {row: history[-1]["floor"] for row, history in KEPT["floors"][name]["rows"][what].items()}
    assert set(last) == set(scores), f"{name}, {what}: run python tests/floors.py"
    below = [f"{row}: {scores[row]:.3f} is below {floor}" for row, floor in last.items() if not scores[row] >= floor]
    assert not below, f"{name}, {what}: {'; '.join(below)}"
    far = [f"{row}: {scores[row]:.3f} for {floor}" for row, floor in last.items() if scores[row] > floor + floors.LAG]
    assert not far, f"{name}, {what}: floors lag behind, run python tests/floors.py: {'; '.join(far)}"


@pytest.mark.parametrize("name", floors.GOLD)
def test_the_gold_is_the_one_that_was_measured(name: str) -> None:
    _present(name)
    assert digest(read_gold(floors.GOLD[name])) == KEPT["floors"][name]["digest"], "run python tests/floors.py"


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name == "corpus" else name for name in floors.GOLD]
)
def test_floor_of_what_is_shipped(name: str, profile: Profile) -> None:
    _present(name)
    _held(name, f"{profile}, as shipped", floors.shipped(name, profile))


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", floors.GOLD)
def test_floor_of_cross_validation(name: str, profile: Profile) -> None:
    _held(name, f"{profile}, cross-validated", floors.unseen(name, profile))


def test_no_floor_went_down_without_a_reason() -> None:
    assert list(floors.unexplained(KEPT)) == []


def test_what_is_written_is_read(tmp_path: Path) -> None:
    floors.write(KEPT, tmp_path / "floors.yaml")
    assert floors.read(tmp_path / "floors.yaml") == KEPT
    assert (tmp_path / "floors.yaml").read_bytes() == floors.FLOORS.read_bytes()


def test_a_silent_lowering_is_found() -> None:
    history: list[dict[str, float]] = [{"floor": 0.9}, {"floor": 0.8}]
    kept = {"reasons": {1: "the gold was corrected"}, "floors": {"gold": {"rows": {"default": {"mentions": history}}}}}
    assert len(list(floors.unexplained(kept))) == 1
    history[1]["reason"] = 2  # nobody wrote that down
    assert len(list(floors.unexplained(kept))) == 1
    history[1]["reason"] = 1
    assert list(floors.unexplained(kept)) == []
