"""What the notebooks share: a place to work, the command, one style of chart.

Hard because what a notebook keeps must be the same on every machine: no folder of this one, no width of a terminal.
"""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

ROOT = Path(__file__).resolve().parents[1]
BLUE, RED, BRIGHT, GREY, PALE = "#1f5a7a", "#b5482f", "#c99a3b", "#6b757c", "#c9d1d6"
STATUSES = {  # in the order of a project's life; what counts in totals is blue
    "proposed": "#d9c58b",
    "pledged": "#c99a3b",
    "agreed": "#8fb8cf",
    "underway": "#4b8bad",
    "completed": "#1f5a7a",
    "stalled": "#d08a76",
    "cancelled": "#9c3520",
}
STYLE = {
    "figure.figsize": (8, 4),
    "figure.dpi": 110,
    "figure.constrained_layout.use": True,
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": PALE,
    "axes.labelcolor": GREY,
    "xtick.color": GREY,
    "ytick.color": "#22282c",
    "axes.axisbelow": True,
    "grid.color": "#e8ecee",
    "legend.frameon": False,
}


def start(name: str) -> Path:
    """Goes to the root of the repository, where all paths begin; returns an empty folder for what is written."""
    os.chdir(ROOT)
    plt.rcParams.update(STYLE)
    work = Path("outputs") / "notebooks" / name
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    return work


def corridor(command: str) -> None:
    """Runs `corridor COMMAND` and prints what it says. Raises RuntimeError where it fails."""
    wide = {**os.environ, "COLUMNS": "100", "TERM": "dumb", "PYTHONIOENCODING": "utf-8"}
    line = [sys.executable, "-m", "pipeline", *shlex.split(command, posix=os.name == "posix")]
    done = subprocess.run(
        line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", env=wide, check=False
    )
    print("\n".join([f"$ corridor {command}", *(text.rstrip() for text in done.stdout.splitlines())]))
    if done.returncode:
        raise RuntimeError(f"corridor {command}: exit code {done.returncode}")


def titled(axes: Axes, finding: str, note: str = "", grid: str = "x") -> None:
    """The finding above, what was counted below, lines of one axis behind."""
    figure = axes.get_figure()
    assert figure is not None
    figure.suptitle(finding, x=0.01, ha="left", fontsize=12, fontweight="bold")
    figure.supxlabel(note, x=0.01, ha="left", fontsize=8.5, color=GREY)
    axes.grid(axis=grid)
    axes.tick_params(length=0)


def told(axes: Axes, values: Iterable[float], form: str = "{:.0f}", gap: float = 0.01) -> None:
    """The value at the end of each horizontal bar."""
    values = list(values)
    for place, value in enumerate(values):
        axes.text(value + gap * max(values), place, form.format(value), va="center", fontsize=9, color=GREY)
