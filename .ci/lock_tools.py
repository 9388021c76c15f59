"""The packages of requirements.lock as a bill of materials; advisories on those of .ci/dev.lock, which has them too.

    python .ci/lock_tools.py sbom    writes outputs/sbom.cdx.json (CycloneDX)
    python .ci/lock_tools.py audit   names advisories; exits with 1 where one is mended by a release that
                                     pyproject.toml allows, with 0 where nothing could be asked, and says so

The tools live in an environment that is removed again, so that the lock holds nothing for them.
"""

import json
import re
import subprocess
import sys
import tomllib
import venv
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCK, DEV_LOCK = ROOT / "requirements.lock", ROOT / ".ci" / "dev.lock"
BILL = ROOT / "outputs" / "sbom.cdx.json"
SBOM, AUDIT = ("cyclonedx-bom==7.5.0", "cyclonedx-py"), ("pip-audit==2.10.1", "pip-audit")
SECONDS = 120  # for installing a tool, and for running it


class NoTool(Exception):
    """The tool could not be installed, or did not end in time."""


def run(tool: tuple[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """What a tool did. Raises NoTool."""
    package, command = tool
    with TemporaryDirectory() as folder:
        try:
            venv.create(folder, with_pip=True)
            bin_ = Path(folder) / ("Scripts" if sys.platform == "win32" else "bin")
            pip = ["-m", "pip", "install", "--quiet", "--timeout", "15", "--retries", "1", package]
            subprocess.run([bin_ / "python", *pip], check=True, timeout=SECONDS, capture_output=True)
            done = [bin_ / command, *words]
            return subprocess.run(done, timeout=SECONDS, capture_output=True, text=True, check=False)
        except (subprocess.SubprocessError, OSError) as error:
            raise NoTool(f"{package} could not be installed or run ({type(error).__name__})") from error


def sbom() -> int:
    """Writes the bill of materials of the lock."""
    BILL.parent.mkdir(exist_ok=True)
    project = ["--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible", "--of", "JSON"]
    try:
        done = run(SBOM, "requirements", str(LOCK), *project, "-o", str(BILL))
    except NoTool as error:
        return say(f"no SBOM: {error}", 2)
    if done.returncode:
        return say(f"no SBOM: {done.stderr.strip()[-1000:]}", 2)
    count = len(json.loads(BILL.read_text(encoding="utf-8"))["components"])
    return say(f"{count} packages of requirements.lock in {BILL.relative_to(ROOT)}", 0)


def audit() -> int:
    """Names what is known against the packages of .ci/dev.lock."""
    try:
        how = ("--disable-pip", "--timeout", "10", "--progress-spinner", "off", "-f", "json")
        report = json.loads(run(AUDIT, "-r", str(DEV_LOCK), *how).stdout)
    except (NoTool, ValueError) as error:
        return say(f"advisories not asked for, since the scan could not be made: {error}", 0)
    with (ROOT / "pyproject.toml").open("rb") as file:
        return judge(report, bounds(tomllib.load(file)["project"]))


def bounds(project: Mapping[str, Any]) -> dict[str, str]:
    """By package the lowest release that pyproject.toml does not allow, for what has an upper bound."""
    wanted = [*project["dependencies"], *(one for some in project["optional-dependencies"].values() for one in some)]
    found = ((re.split(r"[^\w.-]", one)[0], re.search(r"(?:<|==)\s*(\d[\w.]*)", one)) for one in wanted)
    return {name.lower(): bound[1] for name, bound in found if bound}


def judge(report: Mapping[str, Any], below: Mapping[str, str]) -> int:
    """1 where a known fault is mended by a release below the bound of its package, else 0."""
    packages = report["dependencies"]
    asked = [one for one in packages if "vulns" in one]
    if not asked:
        return say("advisories not asked for: no answer for any package, as without a network", 0)
    code = 0
    for one in asked:
        for fault in one["vulns"]:
            fixes = [fix for fix in fault["fix_versions"] if number(fix) < number(below.get(one["name"], "999999"))]
            what = (
                f"mended in {' or '.join(fixes)}: make lock"
                if fixes
                else "no release that the lock could take mends it"
            )
            say(f"{one['name']} {one['version']}: {fault['id']}, {what}", 0)
            code = 1 if fixes else code
    unasked = f", {len(packages) - len(asked)} not" if len(asked) < len(packages) else ""
    return say(f"{sum(len(one['vulns']) for one in asked)} advisories; {len(asked)} packages asked for{unasked}", code)


def number(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)))


def say(text: str, code: int) -> int:
    print(f"corridor: {text}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit({"sbom": sbom, "audit": audit}[sys.argv[1]]())
