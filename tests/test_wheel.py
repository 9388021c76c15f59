"""The wheel carries what it needs and works anywhere: built, installed into an empty environment, run elsewhere."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = ("seeds/answers/", "seeds/gold/", "seeds/languages/", "seeds/news/", "seeds/unseen/")  # gold and labels
TEXT = "Indonesia and the Asian Development Bank signed a $300 million loan for a port in Sulawesi on Tuesday.\n"


def run(*command: object, cwd: Path) -> str:
    """Standard output of a command that must succeed, in an environment that names no checkout."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    return next(folder.glob("corridor-*.whl"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with nothing but the wheel; the packages that it asks for are borrowed from this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=folder)
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    (Path(site) / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


def test_it_carries_the_package_the_seeds_the_models_and_the_licences(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = [*(ROOT / "pipeline").rglob("*.py"), ROOT / "pipeline" / "record.schema.json"]
    wanted += [path for path in (ROOT / "pipeline").glob("**/web/**/*") if path.is_file()]
    assert {path.relative_to(ROOT).as_posix() for path in wanted} <= names
    for folder in ("seeds", "models"):
        kept = [path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()]
        carried = {f"pipeline/_data/{name}" for name in kept if not name.startswith(LEFT_OUT)}
        assert {name for name in names if name.startswith(f"pipeline/_data/{folder}/")} == carried
    assert {Path(name).name for name in names if "/licenses/" in name} == {"LICENSE", "NOTICE"}


def test_it_carries_nothing_else(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.startswith("corridor-")} == {"pipeline"}
    assert wheel.stat().st_size < 36e6


@pytest.mark.slow
def test_the_command_reads_a_file_elsewhere(python: Path, tmp_path: Path) -> None:
    (tmp_path / "port.txt").write_text(TEXT, encoding="utf-8")
    run(python.parent / "corridor", "extract", "port.txt", "-o", "records.jsonl", cwd=tmp_path)
    record = json.loads((tmp_path / "records.jsonl").read_text(encoding="utf-8"))
    assert record["article"]["text"] == TEXT
    assert {"COUNTRY", "ORG", "MONEY"} <= {mention["label"] for mention in record["mentions"]}


@pytest.mark.slow
def test_it_is_the_installed_package_that_runs(python: Path, tmp_path: Path) -> None:
    code = "import pipeline; from pipeline.settings import Settings; print(pipeline.__file__); print(Settings().seeds)"
    for line in run(python, "-c", code, cwd=tmp_path).splitlines():
        assert Path(line).is_relative_to(python.parents[1]), line
