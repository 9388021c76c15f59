"""What is measured on whole articles may rise, never fall below its floor; see tests/floors.py."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pipeline.evaluate.gold import digest, read_corpus
from pipeline.extract import PROFILES
from pipeline.settings import Profile


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
    below = [
        f"{row}: {scores[row]:.3f} is below {history[-1]['floor']}"
        for row, history in KEPT[name]["rows"][what].items()
        if not scores[row] >= history[-1]["floor"]
    ]
    assert not below, f"{name}, {what}: {'; '.join(below)}"


@pytest.mark.parametrize("name", floors.GOLD)
def test_the_gold_is_the_one_that_was_measured(name: str) -> None:
    _present(name)
    assert digest(read_corpus(floors.GOLD[name])) == KEPT[name]["digest"], "run python tests/floors.py"


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", floors.GOLD)
def test_floor_of_what_is_shipped(name: str, profile: Profile) -> None:
    _present(name)
    _held(name, f"{profile}, as shipped", floors.shipped(name, profile))


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", floors.GOLD)
def test_floor_of_cross_validation(name: str, profile: Profile) -> None:
    _held(name, f"{profile}, cross-validated", floors.unseen(name, profile))


def test_no_floor_went_down_without_a_reason() -> None:
    assert list(floors.unexplained(KEPT)) == []


def test_a_silent_lowering_is_found() -> None:
    lowered = {"gold": {"rows": {"default": {"mentions": [{"floor": 0.9}, {"floor": 0.8}]}}}}
    assert len(list(floors.unexplained(lowered))) == 1
    lowered["gold"]["rows"]["default"]["mentions"][1]["reason"] = "the gold was corrected"  # type: ignore[assignment]
    assert list(floors.unexplained(lowered)) == []
