"""Lines and files of each package of pipeline/ beside its budget, of tests/ and of docs/: `make size`.

A budget is a bound: a package that outgrows it is rewritten, not given more.
"""

import subprocess
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUDGETS = {  # lines of Python; files at the top count as `record`, but for doctor.py, which counts as `cli`
    "record": 2_200, "sources": 3_000, "values": 2_900, "stages": 9_000, "llm": 1_800, "extract": 600, "run": 2_500,
    "gold": 2_000, "train": 3_000, "review": 4_300, "knowledge": 3_900, "publish": 3_100, "serve": 1_200, "cli": 2_000,
}  # fmt: skip
LINES, FILES, SHORT, TESTS, WORDS = 41_500, 270, 30, 27_000, 22_000
GENERATED = {"api.md", "commands.md", "tables.md"}  # pages of docs/ that a program writes


def package_of(path: str) -> str:
    """The row of BUDGETS that a file of pipeline/ counts for."""
    top = path.split("/")[1]
    return "cli" if top == "doctor.py" else "record" if top == "seeds" or top.endswith(".py") else top


def tracked(pattern: str) -> list[str]:
    found = subprocess.run(["git", "ls-files", pattern], cwd=ROOT, capture_output=True, text=True, check=True)
    return [line for line in found.stdout.splitlines() if (ROOT / line).is_file()]


def lines_of(path: str) -> int:
    return (ROOT / path).read_text(encoding="utf-8").count("\n")


def main() -> None:
    paths = {path: lines_of(path) for path in tracked("pipeline/*.py")}
    lines, files = Counter[str](), Counter[str]()
    for path, count in paths.items():
        lines[package_of(path)] += count
        files[package_of(path)] += 1
    print(f"{'package':12}{'lines':>8}{'budget':>8}{'over':>8}{'files':>7}")
    for package, budget in BUDGETS.items():
        over = max(0, lines[package] - budget)
        print(f"{package:12}{lines[package]:8,}{budget:8,}{over or '':>8}{files[package]:7}")
    short = sum(count < 40 and not path.endswith("__init__.py") for path, count in paths.items())
    tests = sum(map(lines_of, tracked("tests/*.py")))
    words = sum(
        len((ROOT / path).read_text("utf-8").split())
        for path in tracked("docs/*.md")
        if Path(path).name not in GENERATED
    )
    rows = [
        ("lines of pipeline/", lines.total(), LINES),
        ("files of pipeline/", files.total(), FILES),
        ("files under 40 lines", short, SHORT),
        ("lines of tests/", tests, TESTS),
        ("words of docs/ by hand", words, WORDS),
    ]
    print()
    for name, value, bound in rows:
        print(f"{name:24}{value:8,}  at most {bound:,}")


if __name__ == "__main__":
    main()
