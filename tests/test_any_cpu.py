"""Records do not depend on the processor: kernels of OpenBLAS round differently; what is extracted is the same."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.settings import PROFILES, Profile, Settings

ROOT = Path(__file__).parents[1]
ARTICLES = 12
KERNEL = "import numpy, threadpoolctl; print(*(found.get('architecture') for found in threadpoolctl.threadpool_info()))"


def _records(lines: str) -> tuple[list[Any], list[float]]:
    """Records without their confidences, and the confidences, which are rounded to two digits, in order."""
    confidences: list[float] = []

    def without(fields: dict[str, Any]) -> dict[str, Any]:
        confidences.extend(fields.pop(name) for name in ("confidence",) if name in fields)
        return fields

    return [json.loads(line, object_hook=without) for line in lines.splitlines()], confidences


def _run(kernel: str, *args: str) -> str:
    """What a command prints under a kernel; an empty name leaves the choice to OpenBLAS."""
    chosen = {"OPENBLAS_CORETYPE": kernel} if kernel else {}
    plain = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    done = subprocess.run(
        [sys.executable, *args], cwd=ROOT, env=plain | chosen, capture_output=True, text=True, timeout=300, check=True
    )
    return done.stdout


@pytest.mark.parametrize(
    "profile", [pytest.param(name, marks=pytest.mark.slow) if name == "default" else name for name in PROFILES]
)
def test_every_kernel_gives_the_same_records(profile: Profile, tmp_path: Path) -> None:
    kernels = [kernel for kernel in ("Haswell", "SkylakeX") if kernel in _run(kernel, "-c", KERNEL).split()]
    if len(kernels) < 2:
        pytest.skip(f"this processor has one kernel: {' '.join(kernels) or 'another'}")
    lines = (Settings().seeds / "gold" / "articles.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "in.jsonl").write_text("".join(lines[:ARTICLES]), encoding="utf-8")
    records = [_run(k, "-m", "pipeline", "extract", str(tmp_path / "in.jsonl"), "--profile", profile) for k in kernels]
    (one, sure), (other, likewise) = map(_records, records)
    assert len(one) == ARTICLES
    assert one == other
    assert sure == pytest.approx(likewise, abs=0.011)  # a last digit may go the other way
