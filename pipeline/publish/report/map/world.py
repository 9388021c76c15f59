"""The shapes of countries and a point inside each, from `world.json` (Natural Earth; see NOTICE)."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.errors import SetupError

_FILE = Path(__file__).parent / "world.json"


@cache
def world() -> dict[str, Any]:
    """`shapes`: country (ISO 3166-1 alpha-3, null for land without a code, and where states dispute it) and rings.

    A ring is a list of whole numbers in tenths of a degree: longitude and latitude of its first point, then the step to
    each next one. `points`: longitude and latitude in degrees, also of countries too small for a shape. Raises
    SetupError where the file cannot be read.
    """
    try:
        found: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SetupError(f"{_FILE}: cannot be read ({error}); reinstall corridor") from error
    return found
