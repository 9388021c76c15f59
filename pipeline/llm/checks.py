"""Checks of language models, kept for all runs of a user: how far what a model says of an article is believed.

`corridor llm check` measures it. A model that was not tried, or that does not help, may only repeat what the small
models say: that is safe with any model (docs/llm.md).
"""

import os
from datetime import date
from pathlib import Path

from filelock import FileLock
from pydantic import TypeAdapter, ValidationError
from typer import get_app_dir

from pipeline.atomic import whole_file
from pipeline.errors import SetupError
from pipeline.llm.endpoint import Endpoint
from pipeline.record import Part

CHECKS = "CORRIDOR_LLM_CHECKS"  # environment variable: the file of checks


class Row(Part):
    """F1 of a row with its 95 % interval: of the small models `alone`, and `read` by both."""

    alone: float
    read: float
    low: float
    high: float


class Check(Part):
    """What a model made of the articles. `believed`: whether later runs take all that it says; `gain`: the mean of the
    rows; `copied`: answers that repeat the example of the instructions. Tokens and seconds are of all articles."""

    url: str
    model: str
    day: date
    articles: int
    believed: bool
    gain: float
    rows: dict[str, Row]
    calls: int
    tokens_in: int
    tokens_out: int
    seconds: float
    set_aside: int
    copied: int
    stopped: str | None

    @property
    def verdict(self) -> str:
        """One sentence."""
        if self.stopped:
            return f"could not be tried: {self.stopped}"
        if self.believed:
            return "helps"
        if self.gain > 0:
            return "helps little: what only it says is left out"
        return "do not use it for records: they are no better than those of the small models alone"


_ROWS = TypeAdapter(dict[str, Check])


def checks_file() -> Path:
    """Where checks are kept, for all runs of a user."""
    return Path(os.environ.get(CHECKS) or Path(get_app_dir("corridor")) / "llm_checks.json")


def kept() -> dict[str, Check]:
    """The checks by address and model. Raises SetupError for a file that is none of checks."""
    path = checks_file()
    try:
        return _ROWS.validate_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValidationError) as error:
        raise SetupError(f"{path}: no checks of language models; delete it and run `corridor llm check`") from error


def keep(made: Check) -> None:
    """Keeps a check in place of an earlier one of the same model. Raises SetupError where it cannot be written."""
    path = checks_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock"):
            rows = kept() | {f"{made.url} {made.model}": made}
            with whole_file(str(path)) as file:
                file.write(_ROWS.dump_json(rows, indent=1).decode() + "\n")
    except OSError as error:
        raise SetupError(f"{path}: cannot be written ({error}); name another file in {CHECKS}") from error


def belief_in(endpoint: Endpoint) -> tuple[bool, str]:
    """Whether all that a model says is taken, and what to say of that."""
    made = kept().get(f"{endpoint.made['url']} {endpoint.model}")
    if made is None:
        return False, "has not been tried: what only it says is left out; run `corridor llm check`"
    return made.believed, made.verdict
