"""What a run is made with: all that can change a byte of its records. A resumed run must be made with the same."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.extract import SMALL, digest_of, extractor_of, version_of
from pipeline.settings import Settings

PACKAGE = Path(__file__).resolve().parents[1]
PACKAGES = ("pyarrow", "rensa")  # write parts, and find near-duplicates
APART = frozenset({"cli", "gold", "knowledge", "publish", "review", "serve", "train"})  # code that no extraction runs


def made_with(settings: Settings, options: dict[str, Any]) -> dict[str, Any]:
    """The extractor and what it says of itself, options, versions, and a digest of the code."""
    return {
        **({} if settings.extractor == SMALL else {"extractor": settings.extractor}),
        **options,
        "corridor": __version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        **{name: version_of(name) for name in PACKAGES},
        "code": digest_of(PACKAGE, code()),
        **extractor_of(settings).made_with(),
    }


def code() -> Iterator[Path]:
    """The source files that can change a record."""
    return (path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] not in APART)
